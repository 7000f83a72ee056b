"""Features of rhythm."""

from __future__ import annotations

import numpy as np

from fitness.entries import entropy, feature, mean_of, per, share, shares, usual_band
from fitness.phrases import Phrases
from fitness.theory import QUARTER
from fitness.verbs import later, tally
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
    return 1.0 - per(sounding, whole)


@feature(**usual_band(3.25, 5.75, 0.8, guards=("density",)))
def notes_per_bar(phrases: Phrases) -> Numbers:
    """Notes per voice and bar: the density without which an objective lets a phrase fall silent.

    Default band: 5th to 95th percentile of 300 German-language folk songs in 3/4 and 4/4 (Essen
    collection; mean 4.3, the pick-up being no bar; measured).
    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature NC.

    >>> from fitness.phrase import Phrase
    >>> notes_per_bar(Phrases.of(Phrase.parse("C4 D4 E4 F4 | G4*4"))).tolist()
    [[2.5]]
    """
    number = np.add.reduce(phrases.notes.count, axis=0, dtype=np.int64)
    return per(number, phrases.voices_each * np.maximum(phrases.bars.number, 1))


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


@feature(**usual_band(0.199, 0.384, 0.062))
def note_density(phrases: Phrases) -> Numbers:
    """Notes per sixteenth of time, over all voices.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.286; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 11.

    >>> from fitness.phrase import Phrase
    >>> note_density(Phrases.of(Phrase.parse("C4 D4/2 E4/2 F4*2"))).tolist()
    [[0.25]]
    """
    number = np.add.reduce(phrases.notes.count, axis=0, dtype=np.int64) * (QUARTER // 4)
    return per(number, phrases.settings.numbers("length").astype(np.int64))


@feature(**usual_band(0.125, 0.375, 0.068))
def duration_variety(phrases: Phrases) -> Numbers:
    """Distinct note values, of the sixteen of `duration_profile`, over sixteen.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.23; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 13.

    >>> from fitness.phrase import Phrase
    >>> duration_variety(Phrases.of(Phrase.parse("C4 D4/2 E4/2 F4*2"))).tolist()
    [[0.1875]]
    """
    variety: Numbers = np.add.reduce(duration_profile(phrases) > 0, axis=0, dtype=np.float64)[None]
    return variety / len(VALUES)


@feature(**usual_band(0.2, 0.6, 0.125))
def duration_range(phrases: Phrases) -> Numbers:
    """Binary logarithm of the longest over the shortest note, over five; 0 for silence.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.406; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 14.

    >>> from fitness.phrase import Phrase
    >>> duration_range(Phrases.of(Phrase.parse("C4 D4/2 E4/2 F4*2"))).tolist()
    [[0.4]]
    """
    notes = phrases.notes
    longest = notes.duration.max(axis=(0, 1), initial=1)
    shortest = np.where(notes.present, notes.duration, longest).min(axis=(0, 1), initial=np.iinfo(np.int32).max)
    octaves: Numbers = np.log2(longest / np.clip(shortest, 1, longest))[None]
    return octaves / 5


@feature(**usual_band(0.342, 0.821, 0.145))
def repeated_duration_share(phrases: Phrases) -> Numbers:
    """Share of the notes, of those that follow another of the voice, that last as long as the one before.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.573; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 17.

    >>> from fitness.phrase import Phrase
    >>> repeated_duration_share(Phrases.of(Phrase.parse("C4 D4/2 E4/2 F4*2"))).round(3).tolist()
    [[0.333]]
    """
    notes = phrases.notes
    return share(notes.has_next & (later(notes.duration) == notes.duration), notes.has_next)


@feature(**usual_band(11.9, 52.6, 12.8))
def npvi(phrases: Phrases) -> Numbers:
    """Normalised pairwise variability index of the note lengths: 0 for equal ones, 67 for a dotted rhythm all along.

    100 times the mean, over successive notes, of their difference over their mean.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    32.9; Essen collection; measured).
    Source: Grabe and Low (2002); Patel and Daniele, "An Empirical Comparison of Rhythm in Language and
    Music", Cognition 87 (2003).

    >>> from fitness.phrase import Phrase
    >>> npvi(Phrases.of(Phrase.parse("C4 D4*3 E4"))).tolist()
    [[100.0]]
    """
    notes = phrases.notes
    one, other = notes.duration, later(notes.duration)
    return 200.0 * mean_of(abs(other - one) / np.maximum(one + other, 1), notes.has_next)
