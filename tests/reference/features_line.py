"""Slow references of the features of a line: how it moves, its shape, what it lets expect, its rhythm and metre."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

from fitness.features.expectation import SURPRISE
from tests.reference.features import duration_profile
from tests.reference.questions import (
    all_notes,
    bar_at,
    bars,
    bits_of,
    contending,
    feature_reference,
    in_force,
    intervals,
    is_beat,
    part_of,
    phrases_of,
    place,
    profile_of,
    same_way,
    voices,
    weight,
)


def mean(numbers, none=0.0):
    """The mean; of nothing what is asked for."""
    return float(sum(numbers) / len(numbers)) if numbers else none


def correlation_of(x, y):
    """Pearson's correlation of exact numbers; 0 where one of them does not vary."""
    if len(set(x)) < 2 or len(set(y)) < 2:
        return 0.0
    x = [value - Fraction(sum(x)) / len(x) for value in x]
    y = [value - Fraction(sum(y)) / len(y) for value in y]
    xy, xx, yy = (sum(a * b for a, b in zip(p, q, strict=True)) for p, q in ((x, y), (x, x), (y, y)))
    return float(xy) / math.sqrt(xx * yy)


def pairs_of_intervals(phrase):
    """Each two successive intervals of a voice."""
    lines = [[b.pitch - a.pitch for a, b in pairwise(notes)] for _, notes in voices(phrase)]
    return [pair for line in lines for pair in pairwise(line)]


def opposite_way(a, b):
    """Whether one of two moves rises and the other falls."""
    return (a > 0 > b) or (a < 0 < b)


# --- moves


@feature_reference
def dissonant_leap_share(phrase):
    return [mean([0.5 if abs(i) == 10 else float(abs(i) in (6, 11) or abs(i) > 12) for i in intervals(phrase)])]


@feature_reference
def rising_share(phrase):
    moves = intervals(phrase)
    return [part_of(sum(move for move in moves if move > 0), sum(abs(move) for move in moves))]


@feature_reference
def rising_moves_share(phrase):
    moves = [move for move in intervals(phrase) if move != 0]
    return [part_of(sum(move > 0 for move in moves), len(moves))]


@feature_reference
def rising_leaps_share(phrase, leap=5):
    leaps = [move for move in intervals(phrase) if abs(move) >= leap]
    return [mean([move > 0 for move in leaps])]


@feature_reference
def step_direction(phrase):
    steps = [move for move in intervals(phrase) if abs(move) in (1, 2)]
    return [mean([1 if step > 0 else -1 for step in steps])]


@feature_reference
def step_inertia(phrase):
    followed = [(a, b) for a, b in pairs_of_intervals(phrase) if abs(a) in (1, 2) and b != 0]
    return [mean([same_way(a, b) for a, b in followed])]


@feature_reference
def contour_stability(phrase):
    return [mean([same_way(a, b) for a, b in pairs_of_intervals(phrase)])]


@feature_reference
def direction_changes(phrase):
    return [mean([not same_way(a, b) for a, b in pairs_of_intervals(phrase) if a != 0 and b != 0])]


@feature_reference
def leap_returns(phrase, leap=8):
    leaps = [(a, b) for a, b in pairs_of_intervals(phrase) if abs(a) >= leap]
    return [mean([opposite_way(a, b) and abs(b) < abs(a) for a, b in leaps], none=1.0)]


@feature_reference
def interval_size_entropy(phrase):
    return bits_of(profile_of([min(13, abs(move)) for move in intervals(phrase)], 14))


@feature_reference
def pitch_autocorrelation(phrase):
    pairs = [(a.pitch, b.pitch) for _, notes in voices(phrase) for a, b in pairwise(notes)]
    return [correlation_of([a for a, _ in pairs], [b for _, b in pairs])]


# --- contour


def summit(phrase):
    """The notes at the highest pitch of all voices."""
    notes = all_notes(phrase)
    return [note for note in notes if note.pitch == max(other.pitch for other in notes)]


@feature_reference
def climax_strength(phrase):
    return [part_of(1, len(summit(phrase)))]


@feature_reference
def climax_position(phrase):
    return [part_of(min((note.onset for note in summit(phrase)), default=0), phrase.length)]


@feature_reference
def pitch_deviation(phrase):
    pitches = [note.pitch for note in all_notes(phrase)]
    return [math.sqrt(mean([(pitch - mean(pitches)) ** 2 for pitch in pitches]))]


def shapes(phrase):
    """Of each phrase of three notes and more, whether it falls, stays or rises (0, 1, 2) to its middle, and from it."""
    result = []
    for _, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            first, *between, last = [notes[i].pitch for i in part] if len(part) >= 3 else (0, 0)
            if between:
                middle = round(Fraction(sum(between), len(between)))
                result.append((1 + (middle > first) - (middle < first), 1 + (last > middle) - (last < middle)))
    return result


@feature_reference
def contour_profile(phrase):
    return profile_of([3 * a + b for a, b in shapes(phrase)], 9)


@feature_reference
def arch_share(phrase):
    return [mean([shape == (2, 0) for shape in shapes(phrase)])]


@feature_reference
def contour_curve(phrase, points=16):
    notes = phrase.voices[0].notes
    if not notes:
        return [0.0] * points
    curve = []
    for part in range(points):
        moment = Fraction(phrase.length * (2 * part + 1), 2 * points)
        begun = [note.pitch for note in notes if note.onset <= moment]
        curve.append(begun[-1] if begun else notes[0].pitch)
    return [pitch - mean(curve) for pitch in curve]


# --- expectation


def one_direction(a, b):
    """Whether two moves go in one of the three directions up, down and along: a repeat goes on after a repeat."""
    return same_way(a, b) or a == b == 0


def clearly_smaller(a, b):
    """Whether the second interval is smaller than the first by more than 3 semitones, or 2 if it goes another way."""
    return abs(a) - abs(b) > (3 if one_direction(a, b) else 2)


def implications(phrase):
    """The pairs of intervals of which the first implies something: those that begin with a tritone are no case."""
    return [(a, b) for a, b in pairs_of_intervals(phrase) if abs(a) != 6]


def returns_to(a, b):
    """How far from where the first interval began a line that turns back arrives; None where it does not turn."""
    return abs(a + b) if opposite_way(a, b) else None


@feature_reference
def registral_direction(phrase):
    return [mean([one_direction(a, b) == (abs(a) < 6) for a, b in implications(phrase)])]


@feature_reference
def intervallic_difference(phrase):
    fulfilled = []
    for a, b in implications(phrase):
        about_as_large = abs(abs(b) - abs(a)) <= (3 if one_direction(a, b) else 2)
        fulfilled.append(about_as_large if abs(a) < 6 else clearly_smaller(a, b))
    return [mean(fulfilled)]


@feature_reference
def registral_return(phrase):
    return [mean([{0: 3, 1: 2, 2: 1}.get(returns_to(a, b), 0) for a, b in pairs_of_intervals(phrase)])]


@feature_reference
def narmour_proximity(phrase):
    return [mean([max(0, 6 - abs(b)) for _, b in pairs_of_intervals(phrase)])]


@feature_reference
def closure(phrase):
    return [mean([(not one_direction(a, b)) + clearly_smaller(a, b) for a, b in pairs_of_intervals(phrase)])]


@feature_reference
def pitch_reversal(phrase):
    grades = []
    for a, b in pairs_of_intervals(phrase):
        turn = (-1 if one_direction(a, b) else 1) if abs(a) > 6 else 0
        grades.append(turn + (1.5 if returns_to(a, b) in (0, 1, 2) else 0))
    return [mean(grades)]


def normal_bits(distances, variance):
    """Mean of minus the binary logarithm of the normal density so far from its mean; without one, that at its mean."""
    densest = 1 / math.sqrt(2 * math.pi * variance)
    exponents = [-(distance**2) / (2 * variance) for distance in distances]  # apart, for densities can vanish
    return mean([-math.log2(densest) - exponent / math.log(2) for exponent in exponents], none=-math.log2(densest))


@feature_reference
def proximity_bits(phrase):
    return [normal_bits(intervals(phrase), 8.49)]


@feature_reference
def register_bits(phrase):
    pitches = [note.pitch for note in all_notes(phrase)]
    return [normal_bits([pitch - mean(pitches) for pitch in pitches], 10.36)]


def surprises(phrase):
    """Of each voice, the surprise in bits of the move to each note but the first, by the number of the note."""
    result = []
    for _, notes in voices(phrase):
        line = {}
        for i, (a, b) in enumerate(pairwise(notes), 1):
            degree = (a.pitch - in_force(phrase.keys, a.onset).pitch_class) % 12
            line[i] = float(SURPRISE[degree][min(12, max(-12, b.pitch - a.pitch)) + 12])
        result.append((notes, line))
    return result


@feature_reference
def bigram_surprise(phrase):
    return [mean([bits for _, line in surprises(phrase) for bits in line.values()])]


@feature_reference
def surprise_falls(phrase):
    last = []
    for notes, line in surprises(phrase):
        last += [line[part[-1]] for part in phrases_of(phrase, notes) if len(part) > 1]
    return [bigram_surprise(phrase)[0] - mean(last) if last else 0.0]


# --- metre


def syncopations(phrase):
    """Of each note, by how much the strongest place up to the next note or the end exceeds its own."""
    result = []
    for _, notes in voices(phrase):
        stops = [note.onset for note in notes[1:]] + [phrase.length]
        for note, stop in zip(notes, stops, strict=True):
            own = contending(phrase, note.onset)
            result.append(max(0, *(weight(phrase, tick) - own for tick in range(note.onset + 1, stop)), 0))
    return result


@feature_reference
def syncopation(phrase):
    return [part_of(sum(syncopations(phrase)), len(phrase.voices) * max(1, len(bars(phrase))))]


@feature_reference
def syncopated_share(phrase):
    return [mean([excess > 0 for excess in syncopations(phrase)])]


@feature_reference
def strong_onset_share(phrase):
    strong = []
    for note in all_notes(phrase):
        since, bar = place(phrase, note.onset), bar_at(phrase, note.onset)[1].bar
        strong.append(since == 0 or (2 * since == bar and is_beat(phrase, note.onset)))
    return [mean(strong)]


@feature_reference
def onset_weight(phrase):
    return [mean([weight(phrase, note.onset) for note in all_notes(phrase)])]


@feature_reference
def agogic_accent(phrase):
    notes = all_notes(phrase)
    return [correlation_of([note.duration for note in notes], [weight(phrase, note.onset) for note in notes])]


@feature_reference
def onset_places(phrase, parts=16):
    return profile_of(
        [place(phrase, note.onset) * parts // bar_at(phrase, note.onset)[1].bar for note in all_notes(phrase)], parts
    )


# --- rhythm


def successive_lengths(phrase):
    """The lengths of each two successive notes of a voice."""
    return [(a.duration, b.duration) for _, notes in voices(phrase) for a, b in pairwise(notes)]


@feature_reference
def note_density(phrase):
    return [part_of(6 * len(all_notes(phrase)), phrase.length)]


@feature_reference
def duration_variety(phrase):
    return [sum(part > 0 for part in duration_profile(phrase)) / 16]


@feature_reference
def duration_range(phrase):
    lengths = [note.duration for note in all_notes(phrase)]
    return [math.log2(max(lengths) / min(lengths)) / 5 if lengths else 0.0]


@feature_reference
def repeated_duration_share(phrase):
    return [mean([a == b for a, b in successive_lengths(phrase)])]


@feature_reference
def npvi(phrase):
    return [100 * mean([Fraction(2 * abs(a - b), a + b) for a, b in successive_lengths(phrase)])]
