"""Features of tension without chords: attraction, stability, and clouds of notes in the spiral array."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fitness.catalogue import Between
from fitness.entries import feature, mean_of, per, usual_band
from fitness.keys import keys_set
from fitness.phrases import Phrases
from fitness.spiral import HELIX, MAJOR_CENTRE, MINOR_CENTRE
from fitness.verbs import Array, later
from fitness.verdict import Numbers

# How firmly each of the twelve semitones above the tonic is anchored: tonic 4, third and fifth 3, other tones of the
# scale 2, the rest 1.  Lerdahl, Tonal Pitch Space (2001), ch. 4.
ANCHORED = np.array([
    (4, 1, 2, 1, 3, 2, 1, 3, 1, 2, 1, 2),
    (4, 1, 2, 3, 1, 2, 1, 3, 2, 1, 2, 2),
], np.float64)  # fmt: skip
Parts = Annotated[int, Between(2, 32)]
# Mean and deviation of the three strands of `tension_curve`, over the eighths of 300 German-language folk songs of
# about eight bars (Essen collection; measured): instability, semitones above the piece's mean, notes a quarter.
STRANDS = ((1.2, 0.4), (0.0, 2.4), (1.2, 0.41))


@feature(**usual_band(0.209, 0.551, 0.11))
def melodic_attraction(phrases: Phrases) -> Numbers:
    """Mean over the moves of how strongly each tone is drawn to the next: a step to a firmer tone draws most.

    The anchoring of the next tone over that of the tone, over the square of the semitones between them; repeats are
    no moves.  Tones are anchored in the key in force, taken as major or minor.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.368; Essen collection; measured).
    Source: Lerdahl, Tonal Pitch Space (2001), ch. 4: anchoring 4 of the tonic, 3 of third and fifth, 2 of the scale.

    >>> from fitness.phrase import Phrase
    >>> melodic_attraction(Phrases.of(Phrase.parse("B4 C5 D5"))).tolist()
    [[1.0625]]
    """
    notes = phrases.notes
    firm = _anchoring(phrases)
    moves = notes.has_next & (notes.left_by != 0)
    size = np.where(moves, notes.left_by, 1).astype(np.float64)
    return mean_of(later(firm) / firm / (size * size), moves)


@feature(**usual_band(1.0, 1.41, 0.128))
def instability(phrases: Phrases) -> Numbers:
    """Mean over the sounding time of how loosely tones are anchored: 0 on the tonic, 3 on what is foreign to the key.

    In the key in force, taken as major or minor (with both sevenths).
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    1.2; Essen collection; measured).
    Source: Bharucha, "Anchoring Effects in Music", Cognitive Psychology 16 (1984); the levels are those of Lerdahl,
    Tonal Pitch Space (2001), ch. 4.

    >>> from fitness.phrase import Phrase
    >>> instability(Phrases.of(Phrase.parse("C4 D4 E4 C#4"))).tolist()
    [[1.5]]
    """
    notes = phrases.notes
    loose = (4.0 - _anchoring(phrases)) * notes.duration * notes.present
    return per(np.add.reduce(loose, axis=(0, 1)), np.add.reduce(notes.duration * notes.present, axis=(0, 1)))


def _anchoring(phrases: Phrases) -> Numbers:
    """How firmly each note is anchored in the key in force."""
    notes = phrases.notes
    tonality = phrases.settings.at("tonality", notes.onset)
    firm: Numbers = ANCHORED[(tonality >= 12).astype(np.intp), (notes.pitch - tonality) % 12]
    return firm


@feature(vector=True, scale=2.0)
def tension_curve(phrases: Phrases, *, parts: Parts = 8) -> Numbers:
    """How tense each of so many equal parts of the time is: unstable, high and busy, each a third, in deviations.

    Of the notes that begin in the part: instability as in the feature of that name; height in semitones above the
    mean of the piece; how many begin a quarter; each less its mean in folk song and over its deviation there.  A part
    in which none begins counts as 0.
    Source: Farbood, "A Parametric, Temporal Model of Musical Tension", Music Perception 29 (2012), for height, onset
    frequency and tonal strain as strands of tension; equal weights are a convention of this project.

    >>> from fitness.phrase import Phrase
    >>> tune = Phrases.of(Phrase.parse("2/4: C4*2 | C4*2 | F5/2 B4/2 F5/2 D5/2 | C4*2"))
    >>> tension_curve(tune, parts=4).ravel().round(1).tolist()
    [-2.7, -2.7, 2.2, -2.7]
    """
    notes, n = phrases.notes, phrases.n
    length = np.maximum(phrases.settings.numbers("length"), 1).astype(np.int64)
    part = np.minimum(notes.onset.astype(np.int64) * parts // length, parts - 1)
    column = (part * n + np.arange(n))[notes.present]

    def total(amount: Array) -> Numbers:
        summed = np.bincount(column, np.broadcast_to(amount, notes.pitch.shape)[notes.present], minlength=parts * n)
        return summed.reshape(parts, n).astype(np.float64)

    number, time = total(np.ones(1)), total(notes.duration)
    loose = total((4.0 - _anchoring(phrases)) * notes.duration) / np.maximum(time, 1.0)
    height = total(notes.pitch) / np.maximum(number, 1.0) - mean_of(notes.pitch, notes.present)
    busy = number * parts * 24.0 / length
    strands = [(x - mean) / sd for x, (mean, sd) in zip((loose, height, busy), STRANDS, strict=True)]
    curve: Numbers = np.add.reduce(strands, axis=0) / 3.0 * (number > 0)
    return curve


@feature(**usual_band(1.58, 2.35, 0.27))
def cloud_diameter(phrases: Phrases) -> Numbers:
    """Mean over the bars of the largest distance in the spiral array between two pitch classes of the bar.

    Of the notes that begin in the bar, spelled as fifths from -5 to 6 above the (first) tonic; bars in which none
    begins are left out, and so is the pick-up.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    1.96; Essen collection; measured).
    Source: Herremans and Chew, "Tension Ribbons: Quantifying and Visualising Tonal Tension", TENOR (2016).

    >>> from fitness.phrase import Phrase
    >>> cloud_diameter(Phrases.of(Phrase.parse("C4*4 | C4*2 G4*2"))).round(3).tolist()
    [[0.73]]
    """
    there: Array = _clouds(phrases) > 0
    widest = np.zeros(there.shape[::2])
    for one in range(12):
        for other in range(one):
            apart = float(np.sqrt(np.sum((HELIX[one] - HELIX[other]) ** 2)))
            np.maximum(widest, apart * (there[:, one] & there[:, other]), out=widest)
    return _mean_of_bars(widest, np.logical_or.reduce(there, axis=1))


@feature(**usual_band(0.551, 1.27, 0.224))
def cloud_momentum(phrases: Phrases) -> Numbers:
    """Mean distance in the spiral array between the centres of two successive bars, both with notes.

    The centre of the notes that begin in the bar, by their time; the pick-up is no bar.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.908; Essen collection; measured).
    Source: Herremans and Chew, "Tension Ribbons", TENOR (2016).

    >>> from fitness.phrase import Phrase
    >>> cloud_momentum(Phrases.of(Phrase.parse("C4*4 | C4*4 | G4*4"))).round(3).tolist()
    [[0.73]]
    """
    clouds = _clouds(phrases)
    centre, there = _centres(clouds), np.logical_or.reduce(clouds, axis=1)
    moved = np.sqrt(np.add.reduce((centre[1:] - centre[:-1]) ** 2, axis=1))
    return _mean_of_bars(moved, there[1:] & there[:-1])


@feature(**usual_band(0.459, 0.834, 0.12))
def tensile_strain(phrases: Phrases) -> Numbers:
    """Mean over the bars with notes of the distance in the spiral array from their centre to that of the (first) key.

    The centre of the notes that begin in the bar, by their time; the pick-up is no bar.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.644; Essen collection; measured).
    Source: Herremans and Chew, "Tension Ribbons", TENOR (2016); the centres of keys after Chew (2000).

    >>> from fitness.phrase import Phrase
    >>> home, away = Phrase.parse("C4 E4 G4 C5"), Phrase.parse("C#4 F#4 A#4 C#5")
    >>> tensile_strain(Phrases.of(home, away)).round(2).tolist()
    [[0.45, 1.47]]
    """
    clouds = _clouds(phrases)
    own = np.array([MAJOR_CENTRE, MINOR_CENTRE])[(keys_set(phrases) >= 12).astype(np.intp)].T
    strain = np.sqrt(np.add.reduce((_centres(clouds) - own) ** 2, axis=1))
    return _mean_of_bars(strain, np.logical_or.reduce(clouds, axis=1))


def _clouds(phrases: Phrases) -> Array:
    """Ticks of the twelve semitones above the (first) tonic, of the notes that begin in each bar, `[bars, 12, n]`."""
    notes, n = phrases.notes, phrases.n
    bars = phrases.bars.onset.shape[1]
    above = (notes.pitch - keys_set(phrases) % 12) % 12
    column = ((notes.bar * 12 + above).astype(np.int64) * n + np.arange(n))[notes.present]
    times = np.bincount(column, notes.duration[notes.present], minlength=(bars + 1) * 12 * n)
    return times.reshape(bars + 1, 12, n)[1:].astype(np.int64)


def _centres(clouds: Array) -> Numbers:
    """The centre of each bar's notes, by their time, `[bars, 3, n]`."""
    whole = np.maximum(np.add.reduce(clouds, axis=1), 1)
    centre: Numbers = sum(HELIX[pc][None, :, None] * (clouds[:, pc] / whole)[:, None] for pc in range(12))
    return centre


def _mean_of_bars(amount: Array, there: Array) -> Numbers:
    return per(np.add.reduce(amount * there, axis=0), np.add.reduce(there, axis=0, dtype=np.int64))
