"""What is heard at a place, in words: intervals between voices, and how two voices move from one to the next."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from fitness.phrase import Note, Phrase
from fitness.theory import QUARTER
from fitness.verdict import Place

# Names of intervals by semitones modulo 12, in tonal harmony's usual spelling.
INTERVALS = (
    "octave", "minor second", "major second", "minor third", "major third", "perfect fourth", "tritone",
    "perfect fifth", "minor sixth", "major sixth", "minor seventh", "major seventh",
)  # fmt: skip


def interval_name(semitones: int) -> str:
    """The name of an interval of any size, compound ones as their simple form.

    >>> interval_name(0), interval_name(-16), interval_name(24)
    ('unison', 'major third', 'octave')
    """
    return "unison" if semitones == 0 else INTERVALS[abs(semitones) % 12]


def heard_interval(phrase: Phrase, place: Place) -> str:
    """The interval at a place and the one before it."""
    now = _interval(sounding(phrase, place, place.onset))
    before = _interval(sounding(phrase, place, place.onset - 1))
    return f"{before} to {now}" if before and before != now else now


def heard_motion(phrase: Phrase, place: Place) -> str:
    """The interval before a place, the one at it, and the motion between them."""
    before, now = (sounding(phrase, place, tick) for tick in (place.onset - 1, place.onset))
    if len(before) < 2 or len(now) < 2:
        return _interval(now)
    moves = [b.pitch - a.pitch for a, b in zip(before, now, strict=True)]
    way = "oblique" if 0 in moves else "similar" if (moves[0] > 0) == (moves[1] > 0) else "contrary"
    bars = [phrase.place(tick)[0] for tick in (place.onset - 1, place.onset)]
    where = f", bars {bars[0]}\u2013{bars[1]}" if bars[0] != bars[1] else ""
    return f"{_interval(before)} to {_interval(now)} by {way} motion{where}"


def heard_from_barline(phrase: Phrase, place: Place) -> str:
    """The interval at the barline before a place, and the one at the place."""
    before = max((tick for tick, _ in phrase.barlines() if tick < place.onset), default=0)
    return _from_to(phrase, place, before, place.onset, "barline to barline")


def heard_at_ends(phrase: Phrase, place: Place) -> str:
    """The interval with which the bar before a place ends, and that with which its own does."""
    after = min((tick for tick, _ in phrase.barlines() if tick > place.onset), default=phrase.length)
    return _from_to(phrase, place, place.onset - 1, after - 1, "the end of one bar to that of the next")


def _from_to(phrase: Phrase, place: Place, one: int, other: int, way: str) -> str:
    first, then = (_interval(sounding(phrase, place, tick)) for tick in (one, other))
    return f"{first} to {then} from {way}, bars {phrase.place(one)[0]}\u2013{phrase.place(other)[0]}"


def heard_length(phrase: Phrase, place: Place) -> str:
    """The note at a place with its length in quarters, and whether a rest is before it."""
    line, at = _struck(phrase, place)
    if at < 0:
        return ""
    note = line[at]
    rest = " after a rest" if at and line[at - 1].end < note.onset else ""
    quarters = Fraction(note.duration, QUARTER)
    return f"{phrase.key_at(note.onset).name_of(note.pitch)}, {quarters} quarter{'s' * (quarters != 1)} long{rest}"


def heard_move(phrase: Phrase, place: Place) -> str:
    """The note at a place and the interval by which the line came to it."""
    key, (line, at) = phrase.key_at(place.onset), _struck(phrase, place)
    if at < 1:
        return key.name_of(line[at].pitch) if at == 0 else ""
    before, note = line[at - 1 : at + 1]
    return f"{key.name_of(before.pitch)} to {key.name_of(note.pitch)}, {_way(note.pitch - before.pitch)}"


def heard_turn(phrase: Phrase, place: Place) -> str:
    """The note at a place between its neighbours, and how the line comes to it and leaves it."""
    key, (line, at) = phrase.key_at(place.onset), _struck(phrase, place)
    if at < 0:
        return ""
    around = line[max(0, at - 1) : at + 2]
    moves = [_way(b.pitch - a.pitch) for a, b in pairwise(around)]
    return f"{' '.join(key.name_of(note.pitch) for note in around)}: {', then '.join(moves)}"


def _struck(phrase: Phrase, place: Place) -> tuple[tuple[Note, ...], int]:
    """The line of the first of a place's voices that strikes a note there, and where in it; -1 where none does."""
    for voice in place.voices:
        line = phrase.voices[voice].notes
        at = next((i for i, note in enumerate(line) if note.onset == place.onset), -1)
        if at >= 0:
            return line, at
    return (), -1


def heard_struck(phrase: Phrase, place: Place) -> str:
    """The interval at a place, and how it came about: by a note held over a barline, or by one that is struck."""
    now = _interval(sounding(phrase, place, place.onset))
    for voice in place.voices:
        line = phrase.voices[voice].notes
        at = next((i for i, note in enumerate(line) if note.onset < place.onset < note.end), None)
        if at is not None and phrase.place(line[at].onset)[0] < phrase.place(place.onset)[0]:
            held, following = line[at], line[at + 1 : at + 2]
            ways = [f", then {_way(note.pitch - held.pitch)}" for note in following]
            return f"{now}; {phrase.key_at(place.onset).name_of(held.pitch)} held over{''.join(ways)}"
    lines = [Place(place.onset, place.end, (voice,)) for voice in place.voices]
    told = [turn for turn in (heard_turn(phrase, line) for line in lines) if ":" in turn]
    return f"{now}; {told[0]}" if told else now


def _way(size: int) -> str:
    """A melodic interval in words."""
    if size == 0:
        return "the same note"
    return f"{'more than an octave' if abs(size) > 12 else interval_name(size)} {'up' if size > 0 else 'down'}"


def sounding(phrase: Phrase, place: Place, tick: int) -> list[Note]:
    """The notes of a place's voices at a tick, in the order of the voices; those that rest are left out."""
    lines = (phrase.voices[voice].notes for voice in place.voices)
    return [note for notes in lines for note in notes if note.onset <= tick < note.end]


def _interval(notes: list[Note]) -> str:
    return interval_name(notes[0].pitch - notes[1].pitch) if len(notes) > 1 else ""
