"""Features of pitch and interval.  A feature gives float64 `[length, n]`; a single number has length 1."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Leap
from fitness.entries import entropy, feature, share, shares, usual_band
from fitness.phrases import Phrases
from fitness.verbs import is_step, tally
from fitness.verdict import Numbers

LARGEST = 12  # semitones: larger intervals share the outermost bins


@feature(**usual_band(0.23, 0.73, 0.15, guards=("leaps",)))
def step_share(phrases: Phrases) -> Numbers:
    """Share of the melodic intervals that are steps (one or two semitones).

    Default band: 5th to 95th percentile of 500 European folk songs (Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 8.

    >>> from fitness.phrase import Phrase
    >>> step_share(Phrases.of(Phrase.parse("C4 D4 D4 G4 F4"))).tolist()
    [[0.5]]
    """
    notes = phrases.notes
    return share(is_step(notes.left_by), notes.has_next)


@feature(**usual_band(0.02, 0.25, 0.07, guards=("leaps",), below=0.02))
def leap_share(phrases: Phrases, *, leap: Leap = 5) -> Numbers:
    """Share of the melodic intervals that are leaps of at least `leap` semitones; a line without any is untypical.

    Default band: 5th to 95th percentile of 500 European folk songs (Essen collection; measured).
    Source: von Hippel and Huron, Music Perception 18 (2000).

    >>> from fitness.phrase import Phrase
    >>> leap_share(Phrases.of(Phrase.parse("C4 D4 D4 G4 F4"))).tolist()
    [[0.25]]
    """
    notes = phrases.notes
    return share(abs(notes.left_by) >= leap, notes.has_next)


@feature(**usual_band(0.04, 0.42, 0.12))
def repeat_share(phrases: Phrases) -> Numbers:
    """Share of the melodic intervals that repeat the note.

    Default band: 5th to 95th percentile of 500 European folk songs (Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 16.

    >>> from fitness.phrase import Phrase
    >>> repeat_share(Phrases.of(Phrase.parse("C4 D4 D4 G4 F4"))).tolist()
    [[0.25]]
    """
    notes = phrases.notes
    return share(notes.has_next & (notes.left_by == 0), notes.has_next)


@feature(**usual_band(8.0, 17.0, 2.8))
def ambitus(phrases: Phrases) -> Numbers:
    """Semitones from the lowest to the highest note of all voices; 0 for silence.

    Default band: 5th to 95th percentile of 500 European folk songs (Essen collection; measured).
    Source: Yang and Lerch, "On the Evaluation of Generative Models in Music", Neural Computing and
    Applications 32 (2020), feature PR.

    >>> from fitness.phrase import Phrase
    >>> ambitus(Phrases.of(Phrase.parse("C4 G4 E4"))).tolist()
    [[7.0]]
    """
    pitch = phrases.notes.pitch
    top = pitch.max(axis=(0, 1), initial=-1)
    low = np.where(pitch < 0, np.int16(127), pitch).min(axis=(0, 1), initial=127)
    return np.where(top >= 0, top - low, 0)[None].astype(np.float64)


@feature(profile=True)
def interval_profile(phrases: Phrases) -> Numbers:
    """Shares of the melodic intervals from an octave down to an octave up (25 bins; larger ones in the outermost).

    Source: Towsey et al. (2001); Müllensiefen and Frieler, "Cognitive Adequacy in the Measurement of
    Melodic Similarity", Computing in Musicology 13 (2004).

    >>> from fitness.phrase import Phrase
    >>> interval_profile(Phrases.of(Phrase.parse("C4 D4 C4")))[[10, 14], 0].tolist()
    [0.5, 0.5]
    """
    notes = phrases.notes
    bins = np.clip(notes.left_by, -LARGEST, LARGEST) + np.int16(LARGEST)
    return shares(tally(bins, notes.has_next, 2 * LARGEST + 1))


@feature(**usual_band(2.40, 3.41, 0.32))
def interval_entropy(phrases: Phrases) -> Numbers:
    """Entropy of the melodic intervals in bits: how many kinds of move the line has.

    Intervals beyond an octave count as one kind in each direction, as in `interval_profile`.

    Default band: 5th to 95th percentile of 500 European folk songs (Essen collection; measured).
    Source: Shannon (1948); as a melodic feature in Eerola and Toiviainen, MIDI Toolbox (2004).

    >>> from fitness.phrase import Phrase
    >>> interval_entropy(Phrases.of(Phrase.parse("C4 D4 C4"))).tolist()
    [[1.0]]
    """
    return entropy(interval_profile(phrases))
