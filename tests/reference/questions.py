"""What several references ask of a phrase, in plain Python; and how references are registered."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from fitness.phrase import Note, Phrase, Voice
from fitness.theory import LETTERS, Key, Metre

Mark = tuple[int, tuple[int, ...]]


class Marks(NamedTuple):
    """Where a rule was broken, and where it was tested."""

    broken: set[Mark]
    tested: set[Mark]


Reference = Callable[..., Iterator[tuple[int, tuple[int, ...], bool]]]
RULES: dict[str, Reference] = {}


def rule_reference(function: Reference) -> Reference:
    RULES[function.__name__] = function
    return function


def rule_marks(name: str, phrase: Phrase, **options: Any) -> Marks:
    """What the reference of a rule says of a phrase."""
    if name not in RULES:
        raise LookupError(f"tests/reference: the rule '{name}' must have a slow reference there, got none")
    return marked(RULES[name](phrase, **options))


FEATURES: dict[str, Callable[..., list[float]]] = {}


def feature_reference(function: Callable[..., list[float]]) -> Callable[..., list[float]]:
    FEATURES[function.__name__] = function
    return function


def feature_numbers(name: str, phrase: Phrase, **options: Any) -> list[float]:
    """What the reference of a feature says of a phrase."""
    if name not in FEATURES:
        raise LookupError(f"tests/reference: the feature '{name}' must have a slow reference there, got none")
    return FEATURES[name](phrase, **options)


def in_force(changes: tuple[tuple[int, Any], ...], tick: int) -> Any:
    """The key or metre of the last change up to a tick."""
    return [value for start, value in changes if start <= tick][-1]


def degree(phrase: Phrase, note: Note) -> int:
    """The degree of a note in the key in force at its onset; 0 = chromatic."""
    key: Key = in_force(phrase.keys, note.onset)
    return key.degrees[note.pitch % 12]


def staff_place(phrase: Phrase, note: Note) -> int:
    """The place of a note's name on the staff, letters from C-1 = 0."""
    name = in_force(phrase.keys, note.onset).name_of(note.pitch)
    letter, octave = re.fullmatch(r"([A-G])[#b]*(-?\d+)", name).groups()
    return LETTERS.index(letter) + 7 * (int(octave) + 1)


@lru_cache(maxsize=1024)
def bars(phrase: Phrase) -> tuple[tuple[int, int, Metre], ...]:
    """Start, end and metre of each bar after the pick-up; a change of metre begins a bar."""
    result, tick = [], phrase.pickup
    while tick < phrase.length:
        metre = in_force(phrase.metres, tick)
        ends = [tick + metre.bar, phrase.length, *(turn for turn, _ in phrase.metres if turn > tick)]
        result.append((tick, min(ends), metre))
        tick = min(ends)
    return tuple(result)


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
