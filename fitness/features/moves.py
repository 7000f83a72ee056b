"""Features of how a line moves: directions, sizes and answers of its intervals."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Leap
from fitness.entries import correlated, entropy, feature, mean_of, per, share, shares, usual_band
from fitness.phrases import Phrases
from fitness.verbs import alike, is_step, later, one_of, opposite, tally
from fitness.verdict import Numbers


@feature(**usual_band(0.0, 0.032, 0.014))
def dissonant_leap_share(phrases: Phrases) -> Numbers:
    """Mean dissonance of the melodic intervals: 1 for a tritone, a major seventh or more than an octave, .5 for 10.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.005; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 5.

    >>> from fitness.phrase import Phrase
    >>> dissonant_leap_share(Phrases.of(Phrase.parse("C4 F#4 E4 D5 C5"))).tolist()
    [[0.375]]
    """
    notes = phrases.notes
    size = abs(notes.left_by)
    rating = one_of(size, (6, 11, *range(13, 128))) * 1.0 + one_of(size, (10,)) * 0.5
    return mean_of(rating, notes.has_next)


@feature(**usual_band(0.449, 0.562, 0.036))
def rising_share(phrases: Phrases) -> Numbers:
    """Rising semitones as a share of all semitones moved; 0 where nothing moves.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.513; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 6, contour direction.

    >>> from fitness.phrase import Phrase
    >>> rising_share(Phrases.of(Phrase.parse("C4 E4 D4"))).round(3).tolist()
    [[0.667]]
    """
    moves = phrases.notes.left_by
    up = np.add.reduce(np.maximum(moves, 0), axis=(0, 1), dtype=np.int64)
    return per(up, np.add.reduce(abs(moves), axis=(0, 1), dtype=np.int64))


@feature(**usual_band(0.323, 0.556, 0.074))
def rising_moves_share(phrases: Phrases) -> Numbers:
    """Share of the moves (repeats left out) that rise: songs rise by few large moves and fall by many small ones.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.444; Essen collection; measured).
    Source: Vos and Troost, "Ascending and Descending Melodic Intervals", Music Perception 6 (1989).

    >>> from fitness.phrase import Phrase
    >>> rising_moves_share(Phrases.of(Phrase.parse("C4 G4 F4 F4 E4"))).round(3).tolist()
    [[0.333]]
    """
    moves = phrases.notes.left_by
    return share(moves > 0, moves != 0)


@feature(**usual_band(0.333, 1.0, 0.235))
def rising_leaps_share(phrases: Phrases, *, leap: Leap = 5) -> Numbers:
    """Share of the leaps of at least `leap` semitones that rise; 0 where there is none.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.711; Essen collection; measured).
    Source: Huron, Sweet Anticipation (2006), ch. 5: large intervals tend to ascend.

    >>> from fitness.phrase import Phrase
    >>> rising_leaps_share(Phrases.of(Phrase.parse("C4 G4 C4 C5"))).round(3).tolist()
    [[0.667]]
    """
    moves = phrases.notes.left_by
    leaps = abs(moves) >= leap
    return share(leaps & (moves > 0), leaps)


@feature(**usual_band(-0.883, 0.3, 0.365))
def step_direction(phrases: Phrases) -> Numbers:
    """Rising steps less falling ones, as a share of the steps: slightly below 0 in song.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    -0.303; Essen collection; measured).
    Source: Huron, Sweet Anticipation (2006), ch. 5: step declination.

    >>> from fitness.phrase import Phrase
    >>> step_direction(Phrases.of(Phrase.parse("C4 D4 C4 B3 G4"))).round(3).tolist()
    [[-0.333]]
    """
    moves = phrases.notes.left_by
    step = is_step(moves)
    return mean_of(np.sign(moves), step)


@feature(**usual_band(0.352, 0.909, 0.166))
def step_inertia(phrases: Phrases) -> Numbers:
    """Share of the steps, of those that are followed by a move, after which the line goes on in their direction.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.631; Essen collection; measured).
    Source: von Hippel, "Melodic-Expectation Rules as Learned Heuristics", ICMPC 7 (2002); Larson, Musical
    Forces (2012), on inertia.

    >>> from fitness.phrase import Phrase
    >>> step_inertia(Phrases.of(Phrase.parse("C4 D4 E4 D4 D4"))).tolist()
    [[0.5]]
    """
    notes = phrases.notes
    step = is_step(notes.approached_by) & (notes.left_by != 0)
    return share(step & alike(notes.approached_by, notes.left_by), step)


@feature(**usual_band(0.143, 0.528, 0.119))
def contour_stability(phrases: Phrases) -> Numbers:
    """Share of the successive pairs of intervals that go in the same direction (a repeat goes in none).

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.342; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 7.

    >>> from fitness.phrase import Phrase
    >>> contour_stability(Phrases.of(Phrase.parse("C4 D4 E4 E4 D4"))).round(3).tolist()
    [[0.333]]
    """
    notes = phrases.notes
    return share(alike(notes.approached_by, notes.left_by), notes.has_previous & notes.has_next)


@feature(**usual_band(0.3, 0.667, 0.123))
def direction_changes(phrases: Phrases) -> Numbers:
    """Share of the successive pairs of moves (no repeat among the two) that change direction.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.477; Essen collection; measured).
    Source: Müllensiefen, FANTASTIC (2009), step contour, for the idea; in folk song .505, their notes shuffled
    .72 (measured on 500 songs).

    >>> from fitness.phrase import Phrase
    >>> direction_changes(Phrases.of(Phrase.parse("C4 D4 C4 B3 B3"))).tolist()
    [[0.5]]
    """
    notes = phrases.notes
    both = (notes.approached_by != 0) & (notes.left_by != 0)
    return share(opposite(notes.approached_by, notes.left_by), both)


@feature(**usual_band(0.5, 1.0, 0.39))
def leap_returns(phrases: Phrases, *, leap: Leap = 8) -> Numbers:
    """Share of the leaps of at least `leap` semitones that are answered by a smaller move back; 1 without a leap.

    Counted over the leaps that have a following note.
    Default band: a convention, the half of them at least; in 300 folk songs .78 on average, and in some none
    (measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 9.

    >>> from fitness.phrase import Phrase
    >>> leap_returns(Phrases.of(Phrase.parse("C4 C5 A4 C4 D4"))).tolist()
    [[1.0]]
    """
    notes = phrases.notes
    leaps = (abs(notes.approached_by) >= leap) & notes.has_next
    back = opposite(notes.approached_by, notes.left_by) & (abs(notes.left_by) < abs(notes.approached_by))
    return np.where(leaps.any(axis=(0, 1)), share(leaps & back, leaps), 1.0)


@feature(**usual_band(1.86, 2.71, 0.277))
def interval_size_entropy(phrases: Phrases) -> Numbers:
    """Entropy in bits of the sizes of the melodic intervals, up and down alike; those beyond an octave are one.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    2.31; Essen collection; measured).
    Source: Shannon (1948); in 500 folk songs 2.30 bits (measured).

    >>> from fitness.phrase import Phrase
    >>> interval_size_entropy(Phrases.of(Phrase.parse("C4 D4 C4 C4"))).round(3).tolist()
    [[0.918]]
    """
    notes = phrases.notes
    size = np.minimum(abs(notes.left_by), 13)
    return entropy(shares(tally(size, notes.has_next, 14)))


@feature(**usual_band(0.275, 0.767, 0.155))
def pitch_autocorrelation(phrases: Phrases) -> Numbers:
    """Correlation of each pitch with the next of its voice, over all voices: how much a line hangs together.

    For one line: voices that lie apart correlate by that alone.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.548; Essen collection; measured).
    Source: von Hippel, "Redefining Pitch Proximity: Tessitura and Mobility", Music Perception 17 (2000), mobility;
    no other feature tells songs so well from their notes shuffled (AUC .98, measured on 500 songs).

    >>> from fitness.phrase import Phrase
    >>> pitch_autocorrelation(Phrases.of(Phrase.parse("C4 D4 E4 F#4"))).round(6).tolist()
    [[1.0]]
    """
    notes = phrases.notes
    return correlated(notes.pitch, later(notes.pitch), notes.has_next)
