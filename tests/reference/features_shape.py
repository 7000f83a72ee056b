"""Slow references of the features of degrees in their places, of the large shape, and of Temperley's factors."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

from fitness.theory import KEY_PROFILES, SCALES
from tests.reference import questions
from tests.reference.features_line import mean
from tests.reference.questions import (
    all_notes,
    degree,
    feature_reference,
    in_force,
    place,
    profile_of,
    staff_place,
    voices,
    weight,
)

# --- degrees


@feature_reference
def degree_transitions(phrase):
    pairs = [pair for _, notes in voices(phrase) for pair in pairwise(notes)]
    return profile_of([8 * degree(phrase, a) + degree(phrase, b) for a, b in pairs], 64)


@feature_reference
def metric_degrees(phrase):
    levels = {0: 0, -1: 1}
    notes = all_notes(phrase)
    return profile_of([8 * levels.get(weight(phrase, note.onset), 2) + degree(phrase, note) for note in notes], 24)


@feature_reference
def first_downbeat(phrase):
    firsts = []
    for _, notes in voices(phrase):
        firsts += [degree(phrase, note) for note in notes if place(phrase, note.onset) == 0][:1]
    return profile_of(firsts, 8)


# --- shape


def begun_in(phrase, part, parts):
    """The notes that begin in one of so many equal parts of the time."""
    return [n for n in all_notes(phrase) if part * phrase.length <= n.onset * parts < (part + 1) * phrase.length]


@feature_reference
def part_heights(phrase, parts=4):
    whole = mean([note.pitch for note in all_notes(phrase)])
    inside = [[note.pitch for note in begun_in(phrase, part, parts)] for part in range(parts)]
    return [mean(pitches) - whole if pitches else 0.0 for pitches in inside]


@feature_reference
def part_densities(phrase, parts=4):
    inside = [len(begun_in(phrase, part, parts)) for part in range(parts)]
    return [24 * parts * n / phrase.length if phrase.length else 0.0 for n in inside]


@feature_reference
def heights_above_end(phrase, points=4):
    notes = phrase.voices[0].notes
    result = []
    for part in range(points):
        begun = [note for note in notes if note.onset * points <= phrase.length * part] or notes[:1]
        result.append(float(begun[-1].pitch - notes[-1].pitch) if begun else 0.0)
    return result


def told_of(phrase, start, notes, by):
    """What makes the notes of a bar like those of another."""
    rhythm = [(note.onset - start, note.duration) for note in notes]
    if by == "notes":
        return rhythm, [note.pitch for note in notes]
    if by == "shape":
        return rhythm, [staff_place(phrase, note) - staff_place(phrase, notes[0]) for note in notes]
    if by == "contour":
        return rhythm, [(b.pitch > a.pitch) - (b.pitch < a.pitch) for a, b in pairwise(notes)]
    return rhythm, []


@feature_reference
def bars_again(phrase, by="notes"):
    result = []
    for lag in (1, 2, 4):
        alike = []
        for _, notes in voices(phrase):
            lines = []
            for start, end, _ in questions.bars(phrase):
                inside = [note for note in notes if start <= note.onset < end]
                lines.append(told_of(phrase, start, inside, by) if inside else None)
            alike += [a == b for a, b in zip(lines, lines[lag:], strict=False) if a and b]
        result.append(mean(alike))
    return result


# --- factors


def in_key(key, pitch):
    """The chance of a pitch's degree in a key, by Temperley's profile for its third."""
    profile = KEY_PROFILES["temperley_kostka_payne"][3 in SCALES[key.mode]]
    return profile[(pitch - key.pitch_class) % 12] / sum(profile)


@feature_reference
def key_bits(phrase):
    return [mean([-math.log2(in_key(in_force(phrase.keys, n.onset), n.pitch)) for n in all_notes(phrase)])]


@feature_reference
def melody_bits(phrase):
    key, bits = phrase.keys[0][1], []
    for _, notes in voices(phrase):
        middle = round(Fraction(4 * sum(note.pitch for note in notes), len(notes))) / 4
        for before, note in zip((None, *notes), notes, strict=False):
            exponents = []
            for pitch in range(128):
                far = (pitch - middle) ** 2 / (2 * 10.36)
                if before:
                    far += (pitch - before.pitch) ** 2 / (2 * 8.49)
                exponents.append(math.log(in_key(key, pitch)) - far)
            top = max(exponents)  # apart, for chances can vanish
            whole = top + math.log(sum(math.exp(exponent - top) for exponent in exponents))
            bits.append((whole - exponents[note.pitch]) / math.log(2))
    return [mean(bits)]
