"""Features that count: the set by which Yang and Lerch compare music that was made with music that was found.

Notes of all voices are counted, and times are in quarter notes, never in seconds.  A bar is what begins on a
barline (the pick-up is none); a note belongs to the bar in which it begins.  Of the set, the pitch range (PR) is
`ambitus`; note lengths (NLH) and transitions (PCTM, NLTM) are in `fitness.features.transitions`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Count
from fitness.entries import feature, mean_of, usual_band
from fitness.keys import pitch_class_shares
from fitness.phrases import Phrases
from fitness.theory import QUARTER
from fitness.verbs import later, tally
from fitness.verdict import Numbers
from fitness.views import Mask, Ticks


@feature(**usual_band(6.0, 10.0, 1.4))
def pitch_count(phrases: Phrases) -> Numbers:
    """How many different pitches there are.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Yang and Lerch, "On the Evaluation of Generative Models in Music", Neural Computing and
    Applications 32 (2020), feature PC.

    >>> from fitness.phrase import Phrase
    >>> pitch_count(Phrases.of(Phrase.parse("C4 E4 C4 C5"))).tolist()
    [[3.0]]
    """
    notes = phrases.notes
    return _different(notes.pitch, notes.present, 128)


@feature(**usual_band(6.0, 9.0, 0.9))
def pitch_class_count(phrases: Phrases) -> Numbers:
    """How many different pitch classes there are; octaves are the same.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Dong et al., "MusPy: A Toolkit for Symbolic Music Generation", ISMIR (2020), n_pitch_classes_used.

    >>> from fitness.phrase import Phrase
    >>> pitch_class_count(Phrases.of(Phrase.parse("C4 E4 C4 C5"))).tolist()
    [[2.0]]
    """
    notes = phrases.notes
    return _different(notes.pitch % 12, notes.present, 12)


@feature(**usual_band(2.2, 3.75, 0.5))
def pitches_per_bar(phrases: Phrases) -> Numbers:
    """Different pitches that begin in a bar, the mean of all bars; a bar in which none begins counts as 0.

    0 where there is no bar.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature PC/bar.

    >>> from fitness.phrase import Phrase
    >>> pitches_per_bar(Phrases.of(Phrase.parse("C4 E4 C4 C4 | D4*4"))).tolist()
    [[1.5]]
    """
    _, first = _pitches_of_bars(phrases)
    number: Numbers = np.add.reduce(first, axis=0, dtype=np.int64) / np.maximum(phrases.bars.number, 1)
    return number[None]


@feature(**usual_band(26.0, 46.0, 6.0, guards=("density",)))
def note_count(phrases: Phrases) -> Numbers:
    """How many notes there are in all.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured); for other lengths and more voices give another, or ask for `notes_per_bar`.
    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature NC.

    >>> from fitness.phrase import Phrase
    >>> note_count(Phrases.of(Phrase.parse("C4 r C4*2 ; C3*4"))).tolist()
    [[3.0]]
    """
    number: Numbers = np.add.reduce(phrases.notes.count, axis=0, dtype=np.float64)
    return number[None]


@feature(vector=True, scale=4.0)
def bar_pitch_counts(phrases: Phrases, *, bars: Count = 8) -> Numbers:
    """Different pitches that begin in each of the first `bars` bars; 0 for a bar that is not there.

    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature PC/bar.

    >>> from fitness.phrase import Phrase
    >>> bar_pitch_counts(Phrases.of(Phrase.parse("C4 E4 C4 C4 | D4*4")), bars=3).ravel().tolist()
    [2.0, 1.0, 0.0]
    """
    bar, first = _pitches_of_bars(phrases)
    return tally(bar - 1, first & (bar <= bars), bars)


@feature(vector=True, scale=4.0)
def bar_note_counts(phrases: Phrases, *, bars: Count = 8) -> Numbers:
    """Notes that begin in each of the first `bars` bars; 0 for a bar that is not there.

    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature NC/bar.

    >>> from fitness.phrase import Phrase
    >>> bar_note_counts(Phrases.of(Phrase.parse("C4 E4 C4 C4 | D4*4")), bars=3).ravel().tolist()
    [4.0, 1.0, 0.0]
    """
    notes = phrases.notes
    return tally(notes.bar - 1, notes.present & (notes.bar >= 1) & (notes.bar <= bars), bars)


@feature(profile=True)
def pitch_class_profile(phrases: Phrases) -> Numbers:
    """Shares of time of the twelve pitch classes, C first, whatever the key.

    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature PCH.

    >>> from fitness.phrase import Phrase
    >>> pitch_class_profile(Phrases.of(Phrase.parse("G major: G4*3 D5")))[[2, 7], 0].tolist()
    [0.25, 0.75]
    """
    return pitch_class_shares(phrases)


@feature(vector=True, scale=0.5)
def bar_pitch_class_profiles(phrases: Phrases, *, bars: Count = 8) -> Numbers:
    """Shares of time of the pitch classes, C first, in each of the first `bars` bars, twelve numbers a bar.

    The notes that begin in a bar count there with their whole length.  All 0 for a bar in which none begins.

    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature PCH/bar.

    >>> from fitness.phrase import Phrase
    >>> phrases = Phrases.of(Phrase.parse("C4*3 E4 | D4*4"))
    >>> bar_pitch_class_profiles(phrases, bars=3).reshape(3, 12)[:, [0, 2, 4]].tolist()
    [[0.75, 0.0, 0.25], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    notes, n = phrases.notes, phrases.n
    inside = notes.present & (notes.bar >= 1) & (notes.bar <= bars)
    column = ((notes.bar - 1) * 12 + notes.pitch % 12).astype(np.int64) * n + np.arange(n)
    times = np.bincount(column[inside], notes.duration[inside], minlength=12 * bars * n).reshape(bars, 12, n)
    whole = np.maximum(np.add.reduce(times, axis=1, keepdims=True), 1.0)
    return (times / whole).reshape(12 * bars, n)


@feature(**usual_band(1.53, 3.08, 0.50))
def mean_interval(phrases: Phrases) -> Numbers:
    """Mean size of the melodic intervals in semitones, repeated notes included; 0 where there is none.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature PI.

    >>> from fitness.phrase import Phrase
    >>> mean_interval(Phrases.of(Phrase.parse("C4 D4 D4 G4 F4"))).tolist()
    [[2.25]]
    """
    notes = phrases.notes
    return mean_of(abs(notes.left_by), notes.has_next)


@feature(**usual_band(0.58, 1.13, 0.17))
def inter_onset(phrases: Phrases) -> Numbers:
    """Mean time from a note to the next of its voice, in quarter notes; 0 where no note follows another.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature IOI.

    >>> from fitness.phrase import Phrase
    >>> inter_onset(Phrases.of(Phrase.parse("C4 D4/2 r/2 E4*2"))).tolist()
    [[1.0]]
    """
    notes = phrases.notes
    return mean_of(later(notes.onset) - notes.onset, notes.has_next) / QUARTER


def _different(values: NDArray[np.int16], where: Mask, size: int) -> Numbers:
    """How many values of 0 .. size-1 there are where `where` holds, `[1, n]`."""
    number: Numbers = np.add.reduce(tally(values, where, size) > 0, axis=0, dtype=np.float64)
    return number[None]


def _pitches_of_bars(phrases: Phrases) -> tuple[Ticks, Mask]:
    """The bars of the notes, and whether each is the first of its pitch in its bar, both `[positions, n]`."""
    notes = phrases.notes
    keys = np.where(notes.bar > 0, notes.bar * 128 + notes.pitch, -1)
    np.copyto(keys, -1, where=~notes.present)
    keys = np.concatenate(keys)  # all voices in one row
    keys.sort(axis=0)
    first = keys >= 0
    first[1:] &= keys[1:] != keys[:-1]
    return keys >> 7, first
