"""Slow references of the features."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise

from fitness.theory import KEY_PROFILES, SCALES
from tests.reference.questions import (
    all_notes,
    bars,
    bits_of,
    feature_reference,
    intervals,
    part_of,
    profile_of,
    voices,
)
from tests.reference.two_voices import PERFECT, every_two, opposite


@feature_reference
def step_share(phrase):
    moves = intervals(phrase)
    return [part_of(sum(abs(move) in (1, 2) for move in moves), len(moves))]


@feature_reference
def leap_share(phrase, leap=5):
    moves = intervals(phrase)
    return [part_of(sum(abs(move) >= leap for move in moves), len(moves))]


@feature_reference
def repeat_share(phrase):
    moves = intervals(phrase)
    return [part_of(moves.count(0), len(moves))]


@feature_reference
def ambitus(phrase):
    pitches = [note.pitch for note in all_notes(phrase)]
    return [float(max(pitches) - min(pitches)) if pitches else 0.0]


@feature_reference
def interval_profile(phrase):
    return profile_of([min(12, max(-12, move)) + 12 for move in intervals(phrase)], 25)


@feature_reference
def interval_entropy(phrase):
    return bits_of(interval_profile(phrase))


@feature_reference
def rest_share(phrase):
    whole = phrase.length * len(phrase.voices)
    return [1.0 - part_of(sum(note.duration for note in all_notes(phrase)), whole)]


@feature_reference
def notes_per_bar(phrase):
    return [part_of(len(all_notes(phrase)), len(phrase.voices) * max(1, len(bars(phrase))))]


@feature_reference
def duration_profile(phrase):
    values = [3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 36, 48, 72, 96, 144, 192]
    nearest = [min(values, key=lambda v: (abs(v - note.duration), v)) for note in all_notes(phrase)]
    return profile_of([values.index(value) for value in nearest], len(values))


@feature_reference
def duration_entropy(phrase):
    return bits_of(duration_profile(phrase))


@feature_reference
def degree_profile(phrase):
    tonic, notes = phrase.keys[0][1].pitch_class, all_notes(phrase)
    return profile_of([(note.pitch - tonic) % 12 for note in notes], 12, [note.duration for note in notes])


@feature_reference
def key_fit(phrase, profile="temperley_kostka_payne"):
    heard_ = degree_profile(phrase)
    major, minor = KEY_PROFILES[profile]
    expected = minor if 3 in SCALES[phrase.keys[0][1].mode] else major
    x = [value - sum(heard_) / 12 for value in heard_]
    y = [value - sum(expected) / 12 for value in expected]
    spread = math.sqrt(sum(a * a for a in x) * sum(b * b for b in y))
    return [sum(a * b for a, b in zip(x, y, strict=True)) / spread if spread > 1e-9 else 0.0]


@feature_reference
def motif_economy(phrase):
    again = total = 0
    for _, notes in voices(phrase):
        events = [(b.pitch - a.pitch, Fraction(b.duration, a.duration)) for a, b in pairwise(notes)]
        figures = Counter(zip(events, events[1:], events[2:], strict=False))
        total += figures.total()
        again += figures.total() - len(figures)
    return [part_of(again, total)]


@feature_reference
def contrary_motion_share(phrase):
    moves = [two.moves(tick) for two in every_two(phrase) for tick in range(phrase.length)]
    both = [(upper, lower) for upper, lower in moves if upper and lower]
    return [part_of(sum(opposite(upper, lower) for upper, lower in both), len(both))]


@feature_reference
def perfect_interval_share(phrase):
    heard = [two.interval(tick) for two in every_two(phrase) for tick in two.heard() if two.consonant(tick)]
    return [part_of(sum(interval in PERFECT for interval in heard), len(heard))]


@feature_reference
def notes_shared(phrase, targets):
    def notes_of(music):
        return {(who, note.onset, note.end, note.pitch) for who, notes in voices(music) for note in notes}

    mine, shares = notes_of(phrase), []
    for i in range(len(targets)):
        theirs = notes_of(targets[i])
        shares.append(1.0 if mine == theirs else part_of(2 * len(mine & theirs), len(mine) + len(theirs)))
    return [max(shares)]
