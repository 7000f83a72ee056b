"""Features of scale degrees in their order and in their places."""

from __future__ import annotations

import numpy as np

from fitness.entries import feature, shares
from fitness.phrases import Phrases
from fitness.verbs import first_of, later, tally
from fitness.verdict import Numbers

LEVELS = 3  # of metrical weight that are told apart: the barline, the level below it, all others


@feature(profile=True)
def degree_transitions(phrases: Phrases) -> Numbers:
    """Shares of the steps from a degree to the next, chromatic ones as 0: number 8 * from + to.

    Source: Huron, Sweet Anticipation (2006), ch. 9, who counts them in folk song.

    >>> from fitness.phrase import Phrase
    >>> degree_transitions(Phrases.of(Phrase.parse("C4 D4 C4")))[[10, 17], 0].tolist()
    [0.5, 0.5]
    """
    notes = phrases.notes
    degree = notes.degree.astype(np.int64)
    return shares(tally(degree * 8 + later(degree), notes.has_next, 64))


@feature(profile=True)
def metric_degrees(phrases: Phrases) -> Numbers:
    """Shares of the degrees, chromatic ones as 0, by metrical weight: number 8 * level + degree.

    Level 0 is the barline, 1 the next level of the metre (the half of a bar of four beats, the beats of one of three),
    2 all others.
    Source: Temperley, "Statistical Analysis of Harmony and Melody in Rock Music", and de Clercq, Journal of New
    Music Research 42 (2013), for degrees by their places.

    >>> from fitness.phrase import Phrase
    >>> metric_degrees(Phrases.of(Phrase.parse("C4 D4 E4 F4")))[[1, 11, 18, 20], 0].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    notes = phrases.notes
    level = np.minimum(-notes.weight.astype(np.int64), LEVELS - 1)
    return shares(tally(level * 8 + notes.degree, notes.present, 8 * LEVELS))


@feature(profile=True)
def first_downbeat(phrases: Phrases) -> Numbers:
    """The degree, chromatic as 0, of each voice's first note on a barline: where the upbeat leads.

    Source: Huron, Sweet Anticipation (2006), ch. 5, on openings; .51 of 300 folk songs begin the first full bar on
    the tonic (measured).

    >>> from fitness.phrase import Phrase
    >>> first_downbeat(Phrases.of(Phrase.parse("pickup=24: G4 | C5*4"))).argmax()
    np.int64(1)
    """
    notes = phrases.notes
    return shares(tally(notes.degree, first_of(notes.present & (notes.weight == 0)), 8))
