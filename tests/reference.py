"""Slow, obvious references, one phrase at a time and in plain Python, and the phrases to compare them on.

Written from the docstrings of the rules and features, note by note and tick by tick; nothing here knows of
views, masks or batches.  A rule gives the (tick, voices) at which it was broken and at which it was tested, a
feature a list of numbers.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, NamedTuple

from fitness.phrase import Note, Phrase, Voice
from fitness.theory import KEY_PROFILES, SCALES, Key, Metre

Mark = tuple[int, tuple[int, ...]]


class Marks(NamedTuple):
    """Where a rule was broken, and where it was tested."""

    broken: set[Mark]
    tested: set[Mark]


# Questions that several references ask


def in_force(changes: tuple[tuple[int, Any], ...], tick: int) -> Any:
    """The key or metre of the last change up to a tick."""
    return [value for start, value in changes if start <= tick][-1]


def degree(phrase: Phrase, note: Note) -> int:
    """The degree of a note in the key in force at its onset; 0 = chromatic."""
    key: Key = in_force(phrase.keys, note.onset)
    return key.degrees[note.pitch % 12]


def bars(phrase: Phrase) -> list[tuple[int, int, Metre]]:
    """Start, end and metre of each bar after the pick-up; a change of metre begins a bar."""
    result, tick = [], phrase.pickup
    while tick < phrase.length:
        metre = in_force(phrase.metres, tick)
        ends = [tick + metre.bar, phrase.length, *(turn for turn, _ in phrase.metres if turn > tick)]
        result.append((tick, min(ends), metre))
        tick = min(ends)
    return result


def bar_at(phrase: Phrase, tick: int) -> tuple[int, Metre]:
    """The barline before a tick and the metre from there; the pick-up ends a bar that began before tick 0."""
    metre = phrase.metres[0][1]
    return max(((s, m) for s, _, m in bars(phrase) if s <= tick), default=(phrase.pickup - metre.bar, metre))


def place(phrase: Phrase, tick: int) -> int:
    """Ticks since the barline."""
    return tick - bar_at(phrase, tick)[0]


def weight(phrase: Phrase, tick: int) -> int:
    """The metrical weight of a tick."""
    start, metre = bar_at(phrase, tick)
    return int(metre.weights[tick - start])


def contending(phrase: Phrase, tick: int) -> int:
    """The weight of a note's onset against later ticks: that of a triplet (off all halves) is below every unit's."""
    start, metre = bar_at(phrase, tick)
    if (tick - start) % 3 == 0:
        return weight(phrase, tick)
    return min(int(metre.weights[place]) for place in range(0, metre.bar, metre.step)) - 1


def is_beat(phrase: Phrase, tick: int) -> bool:
    """Whether a beat begins: a group of a compound or uneven metre of short units, else a unit."""
    start, metre = bar_at(phrase, tick)
    if metre.unit < 8 or 1 in metre.groups:
        return (tick - start) % metre.step == 0
    begins, beats = 0, set()
    for group in metre.groups:
        beats.add(begins)
        begins += group * metre.step
    return tick - start in beats


def segment(phrase: Phrase, note: Note) -> int:
    """How many phrases ended before a note."""
    return sum(end <= note.onset for end in phrase.ends)


def voices(phrase: Phrase) -> Iterator[tuple[tuple[int], tuple[Note, ...]]]:
    """Each voice that has notes: its number as marks name it, and its notes."""
    for number, voice in enumerate(phrase.voices):
        if voice.notes:
            yield (number,), voice.notes


def phrases_of(phrase: Phrase, notes: tuple[Note, ...]) -> list[list[int]]:
    """The places in `notes` of the notes of each phrase that has some."""
    parts: dict[int, list[int]] = {}
    for i, note in enumerate(notes):
        parts.setdefault(segment(phrase, note), []).append(i)
    return list(parts.values())


def heard(voice: Voice, tick: int) -> int | None:
    """The pitch that a voice sounds."""
    return next((note.pitch for note in voice.notes if note.onset <= tick < note.end), None)


def strikes(voice: Voice, tick: int) -> bool:
    """Whether a note of a voice begins."""
    return any(note.onset == tick for note in voice.notes)


def same_way(a: int, b: int) -> bool:
    """Whether two moves go in the same direction."""
    return (a > 0 and b > 0) or (a < 0 and b < 0)


def marked(tests: Iterator[tuple[int, tuple[int, ...], bool]]) -> Marks:
    """Marks from (tick, voices, whether broken) of each test; no place is tested twice."""
    found = list(tests)
    tested = {(tick, members) for tick, members, _ in found}
    assert len(tested) == len(found)
    return Marks({(tick, members) for tick, members, broken in found if broken}, tested)


# Rules

Reference = Callable[..., Iterator[tuple[int, tuple[int, ...], bool]]]
_RULES: dict[str, Reference] = {}


def _rule(function: Reference) -> Reference:
    _RULES[function.__name__] = function
    return function


def rule_marks(name: str, phrase: Phrase, **options: Any) -> Marks:
    """What the reference of a rule says of a phrase."""
    if name not in _RULES:
        raise LookupError(f"tests/reference.py: the rule '{name}' must have a slow reference there, got none")
    return marked(_RULES[name](phrase, **options))


@_rule
def legal_leaps(phrase):
    for who, notes in voices(phrase):
        for a, b in pairwise(notes):
            move = b.pitch - a.pitch
            if move:
                allowed = {1, 2, 3, 4, 5, 7, 12}
                yield b.onset, who, not (abs(move) in allowed or move in (8, 9))


@_rule
def leaps_recovered(phrase, leap=5):
    for who, notes in voices(phrase):
        for a, b, c in zip(notes, notes[1:], notes[2:], strict=False):
            arrived, left = b.pitch - a.pitch, c.pitch - b.pitch
            if abs(arrived) >= leap:
                back = left < 0 if arrived > 0 else left > 0
                yield b.onset, who, not (back and abs(left) in (1, 2))


@_rule
def single_climax(phrase):
    for who, notes in voices(phrase):
        if len(notes) < 2:
            continue
        top = max(note.pitch for note in notes)
        summits: list[list[int]] = []  # the same note struck again at once is one summit
        for i, note in enumerate(notes):
            if note.pitch == top:
                if summits and summits[-1][-1] == i - 1:
                    summits[-1].append(i)
                else:
                    summits.append([i])
        for number, summit in enumerate(summits):
            at_edge = summit[0] == 0 or summit[-1] == len(notes) - 1
            yield notes[summit[0]].onset, who, number > 0 or at_edge


@_rule
def no_tritone_outline(phrase):
    for who, notes in voices(phrase):
        moved, point = 0, notes[0]
        for i, note in enumerate(notes[1:], 1):
            moved = note.pitch - notes[i - 1].pitch or moved
            last = i == len(notes) - 1
            goes_on = 0 if last else notes[i + 1].pitch - note.pitch
            if last or (moved and goes_on and not same_way(moved, goes_on)):
                yield note.onset, who, abs(note.pitch - point.pitch) == 6
                point = note


@_rule
def leaps_not_chained(phrase, leap=5):
    for who, notes in voices(phrase):
        for a, b, c in zip(notes, notes[1:], notes[2:], strict=False):
            first, second = b.pitch - a.pitch, c.pitch - b.pitch
            if abs(first) >= leap and second:  # "between two moves": a repeated note has not moved
                yield b.onset, who, abs(second) >= leap and same_way(first, second)


@_rule
def repeats_limited(phrase, most=3):
    for who, notes in voices(phrase):
        running = 0
        for i, note in enumerate(notes):
            running = running + 1 if i and notes[i - 1].pitch == note.pitch else 1
            yield note.onset, who, running > most


@_rule
def phrase_ends_reached_by_step(phrase):
    for who, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            last = part[-1]
            if last > 0:
                yield notes[last].onset, who, abs(notes[last].pitch - notes[last - 1].pitch) > 2


@_rule
def no_syncopation(phrase):
    for who, notes in voices(phrase):
        for note in notes:
            over = range(note.onset + 1, note.end)
            yield note.onset, who, any(weight(phrase, tick) > contending(phrase, note.onset) for tick in over)


@_rule
def inner_phrases_end_open(phrase):
    for who, notes in voices(phrase):
        for a, b in pairwise(notes):
            if segment(phrase, a) != segment(phrase, b):
                yield a.onset, who, degree(phrase, a) == 1


@_rule
def rests_at_phrase_ends(phrase):
    for who, notes in voices(phrase):
        for a, b in pairwise(notes):
            if segment(phrase, a) == segment(phrase, b):
                yield a.onset, who, b.onset > a.end


@_rule
def phrase_ends_lengthened(phrase, times=1.0):
    for who, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            if len(part) > 1:
                first, last = notes[part[0]], notes[part[-1]]
                average = Fraction(last.onset - first.onset, len(part) - 1)
                yield last.onset, who, last.duration < Fraction(times) * average


@_rule
def in_key(phrase):
    for who, notes in voices(phrase):
        for note in notes:
            yield note.onset, who, degree(phrase, note) == 0


@_rule
def ends_on_tonic(phrase):
    for who, notes in voices(phrase):
        yield notes[-1].onset, who, degree(phrase, notes[-1]) != 1


@_rule
def starts_on_triad(phrase):
    for who, notes in voices(phrase):
        yield notes[0].onset, who, degree(phrase, notes[0]) not in (1, 3, 5)


@_rule
def phrases_end_on_triad(phrase):
    for who, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            last = notes[part[-1]]
            yield last.onset, who, degree(phrase, last) not in (1, 3, 5)


@_rule
def no_parallel_perfects(phrase, every=None):
    ticks = [t for t in range(phrase.length) if every is None or place(phrase, t) % every == 0]
    states = [(tick, [heard(voice, tick) for voice in phrase.voices]) for tick in ticks]
    for a, b in combinations(range(len(phrase.voices)), 2):
        for (_, before), (tick, now) in pairwise(states):
            if None in (before[a], before[b], now[a], now[b]):
                continue
            if same_way(now[a] - before[a], now[b] - before[b]):
                was, is_ = abs(before[a] - before[b]) % 12, abs(now[a] - now[b]) % 12
                yield tick, (a, b), was == is_ and is_ in (0, 7)


@_rule
def consonant_on_the_beat(phrase):
    for a, b in combinations(range(len(phrase.voices)), 2):
        upper, lower = phrase.voices[a], phrase.voices[b]
        for tick in range(phrase.length):
            if not (strikes(upper, tick) or strikes(lower, tick)) or not is_beat(phrase, tick):
                continue
            x, y = heard(upper, tick), heard(lower, tick)
            if x is not None and y is not None:
                unison_third_fifth_or_sixth = (0, 3, 4, 7, 8, 9)
                yield tick, (a, b), abs(x - y) % 12 not in unison_third_fifth_or_sixth


@_rule
def voices_uncrossed(phrase):
    for a, b in combinations(range(len(phrase.voices)), 2):
        upper, lower = phrase.voices[a], phrase.voices[b]
        for tick in range(phrase.length):
            if strikes(upper, tick) or strikes(lower, tick):
                x, y = heard(upper, tick), heard(lower, tick)
                if x is not None and y is not None:
                    yield tick, (a, b), y > x


@_rule
def bars_follow(phrase, template, by="notes"):
    lines = bars(phrase)
    sections: dict[int, list[int]] = {}  # the letters spread evenly; those that no bar falls to are not there
    for number in range(len(lines)):
        sections.setdefault(number * len(template) // len(lines), []).append(number)
    for voice_number, voice in enumerate(phrase.voices):
        contents = []
        for start, end, _ in lines:
            inside = [note for note in voice.notes if start <= note.onset < end]
            pitch = [note.pitch if by == "notes" else None for note in inside]
            contents.append([(n.onset - start, n.duration, p) for n, p in zip(inside, pitch, strict=True)])
        earlier: dict[str, list[list[int]]] = {}
        for number, own in sections.items():
            letter = template[number]
            if letter == ".":
                continue
            if letter in earlier:
                for bar, like in zip(own, earlier[letter][0], strict=False):  # a bar that the first lacks is free
                    yield lines[bar][0], (voice_number,), contents[bar] != contents[like]
            elif earlier:
                first_bars = [section[0] for sections_of in earlier.values() for section in sections_of]
                yield lines[own[0]][0], (voice_number,), contents[own[0]] in [contents[b] for b in first_bars]
            earlier.setdefault(letter, []).append(own)


# Features

_FEATURES: dict[str, Callable[..., list[float]]] = {}


def _feature(function: Callable[..., list[float]]) -> Callable[..., list[float]]:
    _FEATURES[function.__name__] = function
    return function


def feature_numbers(name: str, phrase: Phrase, **options: Any) -> list[float]:
    """What the reference of a feature says of a phrase."""
    if name not in _FEATURES:
        raise LookupError(f"tests/reference.py: the feature '{name}' must have a slow reference there, got none")
    return _FEATURES[name](phrase, **options)


def intervals(phrase: Phrase) -> list[int]:
    """All melodic intervals of all voices."""
    return [b.pitch - a.pitch for _, notes in voices(phrase) for a, b in pairwise(notes)]


def all_notes(phrase: Phrase) -> list[Note]:
    """All notes of all voices."""
    return [note for _, notes in voices(phrase) for note in notes]


def part_of(part: int, whole: int) -> float:
    """A share; 0 of nothing."""
    return part / whole if whole else 0.0


def profile_of(bins: list[int], size: int, amounts: list[int] | None = None) -> list[float]:
    """Shares of the bins, each entry counted once or by its amount."""
    total = [0] * size
    for place_, amount in zip(bins, amounts or [1] * len(bins), strict=True):
        total[place_] += amount
    return [part_of(x, sum(total)) for x in total]


def bits_of(profile: list[float]) -> list[float]:
    """Shannon's entropy in bits."""
    return [-sum(p * math.log2(p) for p in profile if p > 0)]


@_feature
def step_share(phrase):
    moves = intervals(phrase)
    return [part_of(sum(abs(move) in (1, 2) for move in moves), len(moves))]


@_feature
def leap_share(phrase, leap=5):
    moves = intervals(phrase)
    return [part_of(sum(abs(move) >= leap for move in moves), len(moves))]


@_feature
def repeat_share(phrase):
    moves = intervals(phrase)
    return [part_of(moves.count(0), len(moves))]


@_feature
def ambitus(phrase):
    pitches = [note.pitch for note in all_notes(phrase)]
    return [float(max(pitches) - min(pitches)) if pitches else 0.0]


@_feature
def interval_profile(phrase):
    return profile_of([min(12, max(-12, move)) + 12 for move in intervals(phrase)], 25)


@_feature
def interval_entropy(phrase):
    return bits_of(interval_profile(phrase))


@_feature
def rest_share(phrase):
    whole = phrase.length * len(phrase.voices)
    return [1.0 - part_of(sum(note.duration for note in all_notes(phrase)), whole)]


@_feature
def notes_per_bar(phrase):
    return [part_of(len(all_notes(phrase)), len(phrase.voices) * max(1, len(bars(phrase))))]


@_feature
def duration_profile(phrase):
    values = [3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 36, 48, 72, 96, 144, 192]
    nearest = [min(values, key=lambda v: (abs(v - note.duration), v)) for note in all_notes(phrase)]
    return profile_of([values.index(value) for value in nearest], len(values))


@_feature
def duration_entropy(phrase):
    return bits_of(duration_profile(phrase))


@_feature
def degree_profile(phrase):
    tonic, notes = phrase.keys[0][1].pitch_class, all_notes(phrase)
    return profile_of([(note.pitch - tonic) % 12 for note in notes], 12, [note.duration for note in notes])


@_feature
def key_fit(phrase, profile="temperley_kostka_payne"):
    heard_ = degree_profile(phrase)
    major, minor = KEY_PROFILES[profile]
    expected = minor if 3 in SCALES[phrase.keys[0][1].mode] else major
    x = [value - sum(heard_) / 12 for value in heard_]
    y = [value - sum(expected) / 12 for value in expected]
    spread = math.sqrt(sum(a * a for a in x) * sum(b * b for b in y))
    return [sum(a * b for a, b in zip(x, y, strict=True)) / spread if spread > 1e-9 else 0.0]


@_feature
def motif_economy(phrase):
    again = total = 0
    for _, notes in voices(phrase):
        events = [(b.pitch - a.pitch, Fraction(b.duration, a.duration)) for a, b in pairwise(notes)]
        figures = Counter(zip(events, events[1:], events[2:], strict=False))
        total += figures.total()
        again += figures.total() - len(figures)
    return [part_of(again, total)]


# Phrases to compare on

SETTINGS = (  # header and phrase ends; each with what is unusual about it
    "C major 4/4:", "G major 3/4 pickup=24:", "E minor 6/8 pickup=12:", "D dorian 2/2:", "Bb major 7/8:",
    "F# minor 2/4 pickup=12:", "A harmonic_minor 3+2+2/8 pickup=24:", "Eb lydian 12/8:", "B locrian 5/8:",
    "C minor_pentatonic 3/8:", "F mixolydian 2+3/4:", "C chromatic 9/8 pickup=36:",
)  # fmt: skip
LENGTHS = (24, 24, 24, 12, 12, 12, 48, 36, 6, 18, 8, 16, 72)


def random_phrases(n: int, seed: int, most_voices: int = 3) -> list[Phrase]:
    """Phrases of one to three voices that leap, repeat, rest, cross and run parallel; settings of all sorts."""
    rng = random.Random(seed)
    return [_random_phrase(rng, most_voices) for _ in range(n)]


def _random_phrase(rng: random.Random, most_voices: int) -> Phrase:
    frame = Phrase.parse(rng.choice(SETTINGS))
    metre = frame.metres[0][1]
    length = frame.pickup + metre.bar * rng.randint(1, 5) + rng.choice((0, 0, 0, metre.bar // 2))
    keys, metres = frame.keys, frame.metres
    if rng.random() < 0.3:
        keys = (*keys, (rng.randrange(1, length), Key(rng.choice("CDEFGAB"), rng.choice(("major", "minor")))))
    if rng.random() < 0.3:
        turn = frame.pickup + metre.bar * rng.randint(1, 2)
        turn -= rng.choice((0, 0, 12, 36))  # in some phrases the new metre cuts a bar short
        if 0 < turn < length:
            metres = (*metres, (turn, Metre.parse(rng.choice(("4/4", "3/4", "6/8", "3+2/8", "3/8")))))
    ends = tuple(rng.randrange(1, length) for _ in range(rng.randint(0, 3)))
    repeats = rng.random() < 0.5
    lines = [_random_line(rng, length, metre.bar if repeats else length, 67)]
    while len(lines) < most_voices and rng.random() < 0.65:
        below = _random_line(rng, length, length, 60)
        lines.append(_shadow(rng, lines[-1], below) if rng.random() < 0.6 else below)
    return Phrase(tuple(Voice(tuple(line)) for line in lines), length, keys, metres, frame.pickup, ends)


def _random_line(rng: random.Random, length: int, period: int, pitch: int) -> list[Note]:
    """A walk that may begin anew, the same or changed, every `period` ticks."""
    tick, notes, start = 0, [], pitch
    while tick < length:
        duration = min(rng.choice(LENGTHS), length - tick)
        if rng.random() > 0.15:
            pitch = min(84, max(48, pitch + rng.choice((0, 0, 1, -1, 2, -2, 3, -4, 5, -5, 6, 7, -7, 8, -9, 12, 14))))
            notes.append(Note(tick, duration, pitch))
        tick += duration
    if period >= length:
        return notes
    first = [note for note in notes if note.end <= period]
    result = []
    for shift in range(0, length, period):
        for note in first:
            moved = rng.choice((0, 0, 0, 0, 1, start - pitch))
            if note.end + shift <= length:
                result.append(Note(note.onset + shift, note.duration, min(90, max(40, note.pitch + moved))))
    return result


def _shadow(rng: random.Random, above: list[Note], other: list[Note]) -> list[Note]:
    """A voice that follows another at a fixed interval for a while, then goes its own way."""
    interval = rng.choice((7, 12, 19, 4, 3, 0, -3))
    cut = above[len(above) // 2].onset if above else 0
    tail = [note for note in other if note.onset >= cut]
    return [Note(n.onset, n.duration, n.pitch - interval) for n in above if n.end <= cut] + tail


AWKWARD = {
    "no time at all": Phrase(),
    "all rests": Phrase(length=96),
    "all rests, two voices": Phrase((Voice(), Voice()), 192),
    "one note": Phrase.parse("G major 3/4: G4*3"),
    "one note in the pick-up": Phrase.parse("G major 3/4 pickup=24: D4"),
    "one note each": Phrase.parse("C5*4 ; C4*4"),
    "two notes": Phrase.parse("C4 D4"),
    "a voice of rests": Phrase.parse("C4 D4 E4 F4 ; r*4 ; C3*4"),
    "the lowest and the highest": Phrase.parse("C-1 G9 C-1 G9 ; G9 C-1 G9 C-1"),
    "a long note": Phrase.parse("C4*64"),
}
