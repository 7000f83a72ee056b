"""Features of rhythm."""

from __future__ import annotations

import numpy as np

from fitness.entries import entropy, feature, shares, usual_band
from fitness.phrases import Phrases
from fitness.verbs import tally
from fitness.verdict import Numbers

# Note values in ticks, each the class of the lengths nearest to it: thirty-second, sixteenth triplet,
# sixteenth, eighth triplet, dotted sixteenth, eighth, quarter triplet, dotted eighth, quarter, half triplet,
# dotted quarter, half, dotted half, whole, dotted whole, double whole.  After the classes of Yang and Lerch (2020).
VALUES = np.array([3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 36, 48, 72, 96, 144, 192])
CLASS = np.searchsorted((VALUES[:-1] + VALUES[1:]) / 2, np.arange(VALUES[-1] + 1)).astype(np.int8)


@feature(**usual_band(0.0, 0.10, 0.05))
def rest_share(phrases: Phrases) -> Numbers:
    """Share of the time in which a voice is silent; 1 for an empty phrase.

    Default band: mean .034, 5th to 95th percentile 0 to .10 in 500 European folk songs (measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 12.

    >>> from fitness.phrase import Phrase
    >>> rest_share(Phrases.of(Phrase.parse("C4 r D4*2"))).tolist()
    [[0.25]]
    """
    sounding = np.add.reduce(phrases.notes.duration, axis=(0, 1), dtype=np.int64)
    whole = phrases.voices_each * phrases.settings.numbers("length").astype(np.int64)
    silent: Numbers = 1.0 - sounding / np.maximum(whole, 1)
    return silent[None]


@feature(**usual_band(2.9, 5.1, 0.7, guards=("density",)))
def notes_per_bar(phrases: Phrases) -> Numbers:
    """Notes per voice and bar: the density without which an objective lets a phrase fall silent.

    Default band: 5th to 95th percentile of 300 German-language folk songs in 3/4 and 4/4 (Essen
    collection; mean 3.8; measured).
    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature NC.

    >>> from fitness.phrase import Phrase
    >>> notes_per_bar(Phrases.of(Phrase.parse("C4 D4 E4 F4 | G4*4"))).tolist()
    [[2.5]]
    """
    number = np.add.reduce(phrases.notes.count, axis=0, dtype=np.int64)
    density: Numbers = number / np.maximum(phrases.voices_each * np.maximum(phrases.bars.number, 1), 1)
    return density[None]


@feature(profile=True)
def duration_profile(phrases: Phrases) -> Numbers:
    """Shares of sixteen note values from the thirty-second to the double whole note.

    A length is counted as the nearest value, the shorter of two as near, and as the longest if longer than that.

    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature NLH.

    >>> from fitness.phrase import Phrase
    >>> duration_profile(Phrases.of(Phrase.parse("C4 D4/2 E4/2 F4*2")))[[5, 8, 11], 0].tolist()
    [0.5, 0.25, 0.25]
    """
    notes = phrases.notes
    return shares(tally(CLASS.take(notes.duration, mode="clip"), notes.present, len(VALUES)))


@feature(**usual_band(0.62, 1.99, 0.40))
def duration_entropy(phrases: Phrases) -> Numbers:
    """Entropy of the note values in bits: how varied the rhythm is.

    Default band: 5th to 95th percentile of 500 European folk songs (Essen collection; measured).
    Source: Shannon (1948); Eerola and Toiviainen, MIDI Toolbox (2004).

    >>> from fitness.phrase import Phrase
    >>> duration_entropy(Phrases.of(Phrase.parse("C4 D4/2 E4/2 F4*2"))).tolist()
    [[1.5]]
    """
    return entropy(duration_profile(phrases))
