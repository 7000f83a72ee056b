"""Slow references of the features of tension: anchored tones, and clouds of notes in the spiral array."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

from fitness.features.tension import ANCHORED, STRANDS
from fitness.theory import SCALES
from tests.reference.features_form import centre, helix, is_minor, key_centre
from tests.reference.features_line import mean
from tests.reference.questions import all_notes, bars, feature_reference, in_force, part_of, voices


def anchoring(phrase, note):
    """How firmly a note is anchored in the key in force, be it major or minor."""
    key = in_force(phrase.keys, note.onset)
    return float(ANCHORED[int(3 in SCALES[key.mode])][(note.pitch - key.pitch_class) % 12])


@feature_reference
def melodic_attraction(phrase):
    moves = [(a, b) for _, notes in voices(phrase) for a, b in pairwise(notes) if a.pitch != b.pitch]
    return [mean([anchoring(phrase, b) / anchoring(phrase, a) / (b.pitch - a.pitch) ** 2 for a, b in moves])]


def looseness(phrase, notes):
    """How loosely notes are anchored in the mean of their time."""
    return part_of(sum((4 - anchoring(phrase, n)) * n.duration for n in notes), sum(n.duration for n in notes))


@feature_reference
def instability(phrase):
    return [looseness(phrase, all_notes(phrase))]


@feature_reference
def tension_curve(phrase, parts=8):
    notes = all_notes(phrase)
    height = mean([note.pitch for note in notes])
    curve = []
    for part in range(parts):
        inside = [note for note in notes if part * phrase.length <= note.onset * parts < (part + 1) * phrase.length]
        if not inside:
            curve.append(0.0)
            continue
        strands = (
            looseness(phrase, inside),
            mean([note.pitch for note in inside]) - height,
            len(inside) / (phrase.length / parts / 24),
        )
        curve.append(mean([(x - middle) / spread for x, (middle, spread) in zip(strands, STRANDS, strict=True)]))
    return curve


def spot(phrase, note):
    """The place of a note in the spiral array, as one of the fifths from -5 to 6 above the (first) tonic."""
    tonic = phrase.keys[0][1].pitch_class
    return helix(next(f for f in range(-5, 7) if (7 * f + tonic - note.pitch) % 12 == 0))


def clouds(phrase):
    """The notes that begin in each bar, the pick-up left out."""
    return [[note for note in all_notes(phrase) if start <= note.onset < end] for start, end, _ in bars(phrase)]


def cloud_centre(phrase, notes):
    time = sum(note.duration for note in notes)
    return centre([(note.duration / time, spot(phrase, note)) for note in notes])


@feature_reference
def cloud_diameter(phrase):
    spots = [[spot(phrase, note) for note in cloud] for cloud in clouds(phrase) if cloud]
    return [mean([max((math.dist(a, b) for a, b in combinations(cloud, 2)), default=0.0) for cloud in spots])]


@feature_reference
def cloud_momentum(phrase):
    pairs = [(a, b) for a, b in pairwise(clouds(phrase)) if a and b]
    return [mean([math.dist(cloud_centre(phrase, a), cloud_centre(phrase, b)) for a, b in pairs])]


@feature_reference
def tensile_strain(phrase):
    home = key_centre(is_minor(phrase))
    return [mean([math.dist(cloud_centre(phrase, cloud), home) for cloud in clouds(phrase) if cloud])]
