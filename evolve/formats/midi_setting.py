"""Keys, metres, pick-up and phrase ends as MIDI can say them, and what must be said beside it in words.

An event is a tick with a key or metre that MIDI has a signature for, or with a text.  `stated` and `framed` are
inverses: where the signatures alone would not read back, a text at the same tick says what is meant.  The texts:
`evophrase` (written by us), `pickup 24`, `key D dorian`, `metre 3+2+2/8`, and the marker `phrase end`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from fitness.phrase import C_MAJOR, COMMON_TIME, Phrase, Voice
from fitness.theory import QUARTER, SCALES, Key, Metre

T = TypeVar("T", Key, Metre)
Event = tuple[int, Key | Metre | str]

OURS = "evophrase"
PHRASE_END = "phrase end"
# Tonics of the key signatures from 7 flats to 7 sharps.
TONICS = {
    "major": ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"),
    "minor": ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#"),
}


def stated(phrase: Phrase) -> Iterator[Event]:
    """The events that say everything of a phrase but its notes.

    >>> [(tick, str(event)) for tick, event in stated(Phrase.parse("D dorian 3/4: D4"))][2:]
    [(0, '3/4'), (0, 'key D dorian'), (0, 'A minor'), (24, 'phrase end')]
    """
    yield 0, OURS
    yield 0, f"pickup {phrase.pickup}"
    for (tick, metre), (_, before) in zip(phrase.metres, ((0, None), *phrase.metres), strict=False):
        shown = _of_length(phrase.pickup, metre) if tick == 0 and phrase.pickup else metre
        if plain(shown) != metre or (before and plain(before) == metre):
            yield tick, f"metre {metre}"
        yield tick, shown
    if phrase.pickup and all(tick != phrase.pickup for tick, _ in phrase.metres):
        yield phrase.pickup, [metre for tick, metre in phrase.metres if tick < phrase.pickup][-1]
    for (tick, key), (_, old) in zip(phrase.keys, ((0, None), *phrase.keys), strict=False):
        if nearest_signature(key) != key or (old and nearest_signature(old) == key):
            yield tick, f"key {key}"
        yield tick, nearest_signature(key)
    for tick in phrase.ends:
        yield tick, PHRASE_END


def framed(voices: tuple[Voice, ...], events: Iterable[Event], end: int) -> Phrase:
    """The phrase of these voices and events, in order of time; `end` is the tick at which the tracks end.

    Of signatures at one tick the first counts, and one that changes nothing is left out.  Where no text tells the
    pick-up, a first bar in a shorter metre of its own is one.  Without phrase ends, silence after the last note
    counts up to the barline.
    """
    keys: dict[int, Key] = {}
    metres: dict[int, Metre] = {}
    said_keys: dict[int, Key] = {}
    said_metres: dict[int, Metre] = {}
    ends: list[int] = []
    ours, pickup = False, None
    for tick, event in events:
        said = _said(event) if isinstance(event, str) else None
        if event == OURS:
            ours = True
        elif event == PHRASE_END:
            ends.append(tick)
        elif isinstance(event, Key):
            keys.setdefault(tick, event)
        elif isinstance(event, Metre):
            metres.setdefault(tick, plain(event))
        elif isinstance(said, Key):
            said_keys[tick] = said
        elif isinstance(said, Metre):
            said_metres[tick] = said
        elif said is not None:
            pickup = said if pickup is None else pickup
    all_keys = _changes(keys, said_keys, C_MAJOR, nearest_signature)
    all_metres = _changes(metres, said_metres, COMMON_TIME, plain)
    if pickup is None and 0 not in said_metres and len(all_metres) > 1:
        (_, first), (tick, second), *later = all_metres
        if first.bar == tick and first.bar < second.bar:
            pickup, all_metres = tick, [(0, second), *later]
    pickup = pickup if pickup and pickup < all_metres[0][1].bar else 0
    last = max((voice.notes[-1].end for voice in voices if voice.notes), default=0)
    length = max(last, *ends) if ends else last
    if not ours and not ends:
        length = max(last, min(end, _barline_after(last, Phrase(length=last, metres=tuple(all_metres), pickup=pickup))))
    if not ours:
        all_keys = [change for change in all_keys if change[0] < max(length, 1)]
        all_metres = [change for change in all_metres if change[0] < max(length, 1)]
    return Phrase(voices, length, tuple(all_keys), tuple(all_metres), pickup, tuple(ends))


def nearest_signature(key: Key) -> Key:
    """The major or minor key with the signature of a key, on at most seven sharps or flats.

    >>> str(nearest_signature(Key("D", "dorian"))), str(nearest_signature(Key("G#")))
    ('A minor', 'Ab major')
    """
    mode = "minor" if 3 in SCALES[key.mode] and 4 not in SCALES[key.mode] else "major"
    fifths = key.fifths
    while abs(fifths) > 7:
        fifths -= 12 if fifths > 0 else -12
    return Key(TONICS[mode][fifths + 7], mode)


def plain(metre: Metre) -> Metre:
    """The metre as its two numbers alone are heard."""
    return Metre.parse(f"{metre.count}/{metre.unit}")


def metres_of(count: int, unit: int) -> Iterator[Metre]:
    """The metre of a time signature; nothing where we have none such, as for 3/64."""
    while unit > 16 and count % 2 == 0:
        count, unit = count // 2, unit // 2
    if unit <= 16 and count <= 64:
        yield Metre.parse(f"{count}/{unit}")


def _of_length(ticks: int, metre: Metre) -> Metre:
    """A metre whose bar has this length, or the given one where none has."""
    for unit in (metre.unit, 4, 8, 16):
        count, more = divmod(ticks * unit, 4 * QUARTER)
        if more == 0 and count <= 64:
            return Metre.parse(f"{count}/{unit}")
    return metre


def _said(text: str) -> Key | Metre | int | None:
    """What a text of ours says; nothing where it is not one."""
    word, _, rest = text.partition(" ")
    try:
        if word == "key" and rest.partition(" ")[2] in SCALES:
            return Key.parse(rest)
        if word == "metre":
            return Metre.parse(rest)
        if word == "pickup" and len(rest) < 5:
            return int(rest)
    except ValueError:
        pass  # a text of someone else's that begins alike
    return None


def _changes(shown: dict[int, T], said: dict[int, T], usual: T, sign: Callable[[T], T]) -> list[tuple[int, T]]:
    """What changes at which tick: a text outweighs a signature, and a signature must be a new one (see `sign`)."""
    shown = {0: usual} | shown
    changes: list[tuple[int, T]] = []
    for tick in sorted({*shown, *said}):
        value = said.get(tick) or shown[tick]
        if tick in said or not changes or sign(changes[-1][1]) != value:
            changes.append((tick, value))
    return changes


def _barline_after(tick: int, phrase: Phrase) -> int:
    """The first barline at or after a tick, or after the phrase's end where it lies there."""
    after = phrase.pickup
    for barline, metre in phrase.barlines():
        after = barline if barline >= tick else barline + metre.bar
    return after
