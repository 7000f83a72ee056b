"""Slow references of the feature set of Yang and Lerch and of MusPy's metrics."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fitness.phrase import Note, Phrase
from tests.reference.questions import (
    all_notes,
    bars,
    bits_of,
    degree,
    feature_reference,
    heard,
    in_force,
    intervals,
    is_beat,
    part_of,
    profile_of,
    strikes,
    voices,
)

CLASSES = (96, 48, 24, 12, 6, 72, 36, 18, 9, 32, 16, 8)  # 96ths of a bar
MAJOR, NATURAL_MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)


def begun(phrase: Phrase, number: int) -> list[Note]:
    """The notes of all voices that begin in a bar (from 0, the pick-up being none); none where it is not there."""
    if number >= len(bars(phrase)):
        return []
    start, end, _ = bars(phrase)[number]
    return [note for note in all_notes(phrase) if start <= note.onset < end]


def length_class(phrase: Phrase, tick: int, length: int) -> int:
    """The place of the nearest class of a length that begins at a tick; compared in whole numbers."""
    bar = in_force(phrase.metres, tick).bar
    return min(range(12), key=lambda i: (abs(96 * length - CLASSES[i] * bar), CLASSES[i]))


def followed(phrase: Phrase) -> Iterator[tuple[Note, Note]]:
    """Each two notes of a voice that follow each other."""
    for _, notes in voices(phrase):
        yield from pairwise(notes)


def mean(numbers: list[int]) -> float:
    return part_of(sum(numbers), len(numbers))


def sounding(phrase: Phrase, tick: int) -> set[int]:
    """The pitches that sound."""
    return {pitch for voice in phrase.voices if (pitch := heard(voice, tick)) is not None}


def last_end(phrase: Phrase) -> int:
    """The tick at which the last note ends; 0 where there is none."""
    return max((note.end for note in all_notes(phrase)), default=0)


@feature_reference
def pitch_count(phrase):
    return [float(len({note.pitch for note in all_notes(phrase)}))]


@feature_reference
def pitch_class_count(phrase):
    return [float(len({note.pitch % 12 for note in all_notes(phrase)}))]


@feature_reference
def pitches_per_bar(phrase):
    return [mean([len({note.pitch for note in begun(phrase, i)}) for i in range(len(bars(phrase)))])]


@feature_reference
def note_count(phrase):
    return [float(len(all_notes(phrase)))]


@feature_reference
def bar_pitch_counts(phrase, bars=8):
    return [float(len({note.pitch for note in begun(phrase, i)})) for i in range(bars)]


@feature_reference
def bar_note_counts(phrase, bars=8):
    return [float(len(begun(phrase, i))) for i in range(bars)]


@feature_reference
def pitch_class_profile(phrase):
    return class_profile(all_notes(phrase))


@feature_reference
def bar_pitch_class_profiles(phrase, bars=8):
    return [x for i in range(bars) for x in class_profile(begun(phrase, i))]


def class_profile(notes: list[Note]) -> list[float]:
    """Shares of time of the pitch classes."""
    return profile_of([note.pitch % 12 for note in notes], 12, [note.duration for note in notes])


@feature_reference
def mean_interval(phrase):
    return [mean([abs(move) for move in intervals(phrase)])]


@feature_reference
def inter_onset(phrase):
    return [mean([after.onset - note.onset for note, after in followed(phrase)]) / 24]


@feature_reference
def note_lengths(phrase, rests=False):
    classes = [length_class(phrase, note.onset, note.duration) for note in all_notes(phrase)]
    if not rests:
        return profile_of(classes, 12)
    for note, after in followed(phrase):
        gap = after.onset - note.end
        if 96 * gap > 3 * in_force(phrase.metres, note.end).bar:
            classes.append(12 + length_class(phrase, note.end, gap))
    return profile_of(classes, 24)


@feature_reference
def pitch_class_transitions(phrase):
    return profile_of([12 * (note.pitch % 12) + after.pitch % 12 for note, after in followed(phrase)], 144)


@feature_reference
def note_length_transitions(phrase):
    pairs = [[length_class(phrase, note.onset, note.duration) for note in two] for two in followed(phrase)]
    return profile_of([12 * one + other for one, other in pairs], 144)


@feature_reference
def polyphony(phrase):
    sizes = [len(sounding(phrase, tick)) for tick in range(phrase.length)]
    return [mean([size for size in sizes if size])]


@feature_reference
def polyphony_rate(phrase, threshold=2, muspy_compat=False):
    time = range(last_end(phrase) if muspy_compat else phrase.length)
    least = threshold + 1 if muspy_compat else threshold
    return [part_of(sum(len(sounding(phrase, tick)) >= least for tick in time), len(time))]


@feature_reference
def pitch_in_scale_share(phrase):
    notes = all_notes(phrase)
    return [part_of(sum(degree(phrase, note) > 0 for note in notes), len(notes))]


@feature_reference
def scale_consistency(phrase):
    notes = all_notes(phrase)
    scales = [{(root + step) % 12 for step in mode} for mode in (MAJOR, NATURAL_MINOR) for root in range(12)]
    return [max(part_of(sum(note.pitch % 12 in scale for note in notes), len(notes)) for scale in scales)]


@feature_reference
def pitch_entropy(phrase):
    return [sum(bits_of(profile_of([note.pitch for note in all_notes(phrase)], 128)))]


@feature_reference
def pitch_class_entropy(phrase):
    return [sum(bits_of(profile_of([note.pitch % 12 for note in all_notes(phrase)], 12)))]


def silent(phrase: Phrase, start: int, end: int) -> bool:
    """Whether nothing sounds from a tick up to another."""
    return not any(sounding(phrase, tick) for tick in range(start, end))


def empty_part_of_muspy(phrase: Phrase, step: int) -> list[float]:
    """Parts of `step` ticks up to and with that of the last end; a note reaches each from its onset's to its end's."""
    if not last_end(phrase):
        return [0.0]
    parts = range(last_end(phrase) // step + 1)
    reached = {part for note in all_notes(phrase) for part in range(note.onset // step, note.end // step + 1)}
    return [part_of(sum(part not in reached for part in parts), len(parts))]


@feature_reference
def empty_beat_share(phrase, muspy_compat=False):
    if muspy_compat:
        return empty_part_of_muspy(phrase, 24)
    starts = [tick for tick in range(phrase.length) if tick == 0 or is_beat(phrase, tick)]
    return [mean([silent(phrase, start, end) for start, end in pairwise([*starts, phrase.length])])]


@feature_reference
def empty_bar_share(phrase, muspy_compat=False):
    if muspy_compat:
        return empty_part_of_muspy(phrase, phrase.metres[0][1].bar)
    pickup = [0] if phrase.pickup and phrase.length else []
    starts = [*pickup, *(start for start, _, _ in bars(phrase)), phrase.length]
    return [mean([silent(phrase, start, end) for start, end in pairwise(starts)])]


@feature_reference
def groove_consistency(phrase, muspy_compat=False):
    lines = [(start, end) for start, end, _ in bars(phrase)]
    if muspy_compat:
        step = phrase.metres[0][1].bar
        lines = [(i * step, (i + 1) * step) for i in range(last_end(phrase) // step + 1)]
    same = [
        any(strikes(voice, start + place) for voice in phrase.voices)
        == any(strikes(voice, following + place) for voice in phrase.voices)
        for (start, end), (following, stop) in pairwise(lines)
        for place in range(min(end - start, stop - following))
    ]
    return [mean(same)]
