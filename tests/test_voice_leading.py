"""Parallel fifths and octaves in Bach's chorales: what our rule finds is what music21 finds, place by place.

music21 (extra `corpus`) has the chorales and, in `VoiceLeadingQuartet`, a reading of parallels that shares no code with
ours and goes by the spelling of notes.  It counts contrary motion from fifth to fifth as parallel, which we leave to
`no_antiparallel_perfects`: so both are compared where two voices move in the same direction.
"""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.rules.counterpoint import no_parallel_perfects
from fitness.theory import QUARTER

CHORALES = range(254, 278)  # BWV numbers of four-part chorales, as the corpus calls its files
AT_LEAST = 20  # of them must be in four voices and on our grid
BAR = 4 * QUARTER
TENOR = 2
Places = set[tuple[int, tuple[int, ...]]]  # onset in ticks, numbers of the two voices


class Sung(NamedTuple):
    """A note of music21 with its ticks."""

    onset: int
    end: int
    note: Any


Chorale = tuple[tuple[Sung, ...], ...]


@pytest.fixture(scope="module")
def music21() -> Any:
    """The library, its own warnings silenced."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("music21")


@pytest.fixture(scope="module")
def chorales(music21: Any) -> list[Chorale]:
    """Those that fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = [music21.corpus.parse(f"bach/bwv{number}") for number in CHORALES]
        read = [tuple(line_of(part) for part in score.parts) for score in scores]
    return [lines for lines in read if len(lines) == 4 and all(map(fits, lines))]


def line_of(part: Any) -> tuple[Sung, ...]:
    """The notes of a voice, tied ones joined; empty where one lies between our ticks, or there are chords."""
    notes = part.stripTies().flatten().notes
    times = [(QUARTER * Fraction(n.offset), QUARTER * Fraction(n.offset + n.quarterLength), n) for n in notes]
    if any(start.denominator * end.denominator > 1 or n.isChord for start, end, n in times):
        return ()
    return tuple(Sung(int(start), int(end), n) for start, end, n in times)


def fits(line: tuple[Sung, ...]) -> bool:
    """Whether these are notes one after another."""
    ends = (0, *(sung.end for sung in line))
    return bool(line) and all(before <= sung.onset < sung.end for before, sung in zip(ends, line, strict=False))


def found_by_us(chorale: Chorale) -> Places:
    voices = [Voice(tuple(Note(s.onset, s.end - s.onset, s.note.pitch.midi) for s in line)) for line in chorale]
    phrase = Phrase(tuple(voices), max(line[-1].end for line in chorale))
    return {(place.onset, place.voices) for place in no_parallel_perfects(Phrases.of(phrase)).places()}


def found_by_music21(music21: Any, chorale: Chorale) -> Places:
    found = set()
    for one, other in combinations(range(len(chorale)), 2):
        (before, now), (other_before, other_now) = (
            ({sung.end: sung.note for sung in line}, {sung.onset: sung.note for sung in line})
            for line in (chorale[one], chorale[other])
        )
        for tick in before.keys() & now.keys() & other_before.keys() & other_now.keys():
            notes = (before[tick], now[tick], other_before[tick], other_now[tick])
            if is_parallel(music21.voiceLeading.VoiceLeadingQuartet(*notes)):
                found.add((tick, (one, other)))
    return found


def is_parallel(four: Any) -> bool:
    same_way = str(four.motionType().value) in ("Parallel", "Similar")
    return same_way and bool(four.parallelFifth() or four.parallelOctave() or four.parallelUnison())


def with_tenor_late(chorale: Chorale) -> Chorale:
    """The tenor sung a bar late: in what was never composed parallels are many."""
    late = tuple(Sung(sung.onset + BAR, sung.end + BAR, sung.note) for sung in chorale[TENOR])
    return (*chorale[:TENOR], late, *chorale[TENOR + 1 :])


def test_music21_finds_the_same_parallels_in_bach(music21: Any, chorales: list[Chorale]) -> None:
    """They are few, and the fifths and octaves of two voices that move in one direction are all of them."""
    found = [found_by_us(chorale) for chorale in chorales]
    assert len(chorales) >= AT_LEAST
    assert found == [found_by_music21(music21, chorale) for chorale in chorales]
    assert 0 < sum(map(len, found)) < len(chorales)


def test_music21_finds_the_same_parallels_where_the_tenor_is_late(music21: Any, chorales: list[Chorale]) -> None:
    """Ten times as many: nobody took care of them."""
    late = [with_tenor_late(chorale) for chorale in chorales]
    found = [found_by_us(chorale) for chorale in late]
    assert found == [found_by_music21(music21, chorale) for chorale in late]
    assert sum(map(len, found)) > 10 * sum(len(found_by_us(chorale)) for chorale in chorales)


@pytest.mark.parametrize(
    ("text", "we_do", "music21_does"),
    [
        ("G4 A4 ; C4 D4", True, True),  # fifth to fifth
        ("G4 A5 ; C4 D4", True, True),  # to the twelfth
        ("C4 D4 ; C4 D4", True, True),  # unison to unison
        ("C4 D5 ; C4 D4", True, False),  # unison to octave: one kind to us, two to music21
        ("G4 A4 ; C4 D3", False, False),  # contrary motion
        ("F4 G4 ; B3 C4", False, False),  # a diminished fifth before
        ("C4 D4 ; G4 A4", True, True),  # crossed voices
        ("F4 G4 ; C4 D4", False, False),  # fourths
    ],
)
def test_we_and_music21_call_the_same_two_voices_parallel(
    music21: Any, text: str, we_do: bool, music21_does: bool
) -> None:
    phrase = Phrase.parse(text)
    notes = [music21.note.Note(note.pitch) for voice in phrase.voices for note in voice.notes]
    assert no_parallel_perfects(Phrases.of(phrase)).broken.any() == we_do
    assert is_parallel(music21.voiceLeading.VoiceLeadingQuartet(*notes)) == music21_does
