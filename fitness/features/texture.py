"""Features of texture and of which pitches there are, as MusPy defines its metrics; its others are in `groove`.

Times are ticks, 24 to the quarter note, and a number is 0 where MusPy has none (NaN).  With `muspy_compat` a feature
is, figure for figure, that of MusPy 0.5.0 of a piece that begins at tick 0 and ends with its last note; without, it
is what MusPy's documentation says, of the whole phrase with its barlines and beats.  Two of MusPy's metrics are
`pitch_count` and `pitch_class_count`, its pitch range is `ambitus`.  Its two drum metrics are left out, for phrases
have no percussion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Count
from fitness.entries import entropy, feature, share, shares, usual_band
from fitness.phrases import Phrases
from fitness.theory import SCALES
from fitness.verbs import tally
from fitness.verdict import Numbers

# A natural minor scale has the notes of the major scale on its third degree: 24 scales are twelve sets of notes.
SCALE_NOTES = [[(tonic + above) % 12 for above in SCALES["major"]] for tonic in range(12)]


@feature(**usual_band(0.95, 1.05, 0.1))
def polyphony(phrases: Phrases) -> Numbers:
    """Mean number of pitches that sound together, over the time in which any sounds; a unison is one pitch.

    0 for silence.
    Default band: 1, that of 300 German-language folk songs of about eight bars (Essen collection), which are
    all of one voice; the width .1 and the deviation .1 are conventions of this project.
    Source: Dong et al., "MusPy: A Toolkit for Symbolic Music Generation", ISMIR (2020), polyphony.

    >>> from fitness.phrase import Phrase
    >>> polyphony(Phrases.of(Phrase.parse("C5 C5 C5 r ; r C4 C5 r"))).round(3).tolist()
    [[1.333]]
    """
    together, time = _together(phrases), phrases.slices.duration[0]
    number = np.add.reduce(together * time, axis=0, dtype=np.int64)
    sounding = np.add.reduce((together > 0) * time, axis=0, dtype=np.int64)
    mean: Numbers = number / np.maximum(sounding, 1)
    return mean[None]


@feature(**usual_band(0.0, 0.05, 0.05))
def polyphony_rate(phrases: Phrases, *, threshold: Count = 2, muspy_compat: bool = False) -> Numbers:
    """Share of all time in which at least `threshold` pitches sound together; a unison is one pitch.

    With `muspy_compat`: in which more than `threshold` sound, of the time up to the end of the last note.
    Default band: 0, that of 300 German-language folk songs of about eight bars (Essen collection), which are
    all of one voice; the width .05 and the deviation .05 are conventions of this project.
    Source: Dong et al., MusPy, ISMIR (2020), polyphony_rate.

    >>> from fitness.phrase import Phrase
    >>> phrases = Phrases.of(Phrase.parse("C5 C5 C5 r ; r C4 C5 r"))
    >>> polyphony_rate(phrases).tolist()
    [[0.25]]
    >>> polyphony_rate(phrases, threshold=1, muspy_compat=True).round(3).tolist()
    [[0.333]]
    """
    together = _together(phrases)
    enough = together > threshold if muspy_compat else together >= threshold
    part = np.add.reduce(enough * phrases.slices.duration[0], axis=0, dtype=np.int64)
    whole = phrases.notes.end.max(axis=(0, 1), initial=0) if muspy_compat else phrases.settings.numbers("length")
    rate: Numbers = part / np.maximum(whole, 1)
    return rate[None]


@feature(**usual_band(0.93, 1.0, 0.03))
def pitch_in_scale_share(phrases: Phrases) -> Numbers:
    """Share of the notes that belong to the key in force, in minor with its raised sixth and seventh degrees.

    MusPy is told a key and knows only major and natural minor.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Dong et al., MusPy, ISMIR (2020), pitch_in_scale_rate.

    >>> from fitness.phrase import Phrase
    >>> pitch_in_scale_share(Phrases.of(Phrase.parse("C major: C4 D4 Eb4 C4"))).tolist()
    [[0.75]]
    """
    notes = phrases.notes
    return share(notes.degree > 0, notes.present)


@feature(**usual_band(0.91, 1.0, 0.035))
def scale_consistency(phrases: Phrases) -> Numbers:
    """The largest share of the notes that belong to one major or natural minor scale, whatever the key.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Dong et al., MusPy, ISMIR (2020), scale_consistency; Mogren, "C-RNN-GAN", NeurIPS workshop (2016).

    >>> from fitness.phrase import Phrase
    >>> scale_consistency(Phrases.of(Phrase.parse("C4 C#4 D4 E4"))).tolist()
    [[0.75]]
    """
    counts = _class_counts(phrases)
    most = np.array([np.add.reduce(counts[scale], axis=0) for scale in SCALE_NOTES]).max(axis=0)
    largest: Numbers = most / np.maximum(np.add.reduce(counts, axis=0), 1.0)
    return largest[None]


@feature(**usual_band(2.32, 3.07, 0.25))
def pitch_entropy(phrases: Phrases) -> Numbers:
    """Entropy of the pitches in bits, by number of notes: 0 for one pitch, 7 for all 128 alike.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Dong et al., MusPy, ISMIR (2020), pitch_entropy.

    >>> from fitness.phrase import Phrase
    >>> pitch_entropy(Phrases.of(Phrase.parse("C4 C5 C4 D4"))).tolist()
    [[1.5]]
    """
    notes = phrases.notes
    return entropy(shares(tally(notes.pitch, notes.present, 128)))


@feature(**usual_band(2.25, 2.83, 0.19))
def pitch_class_entropy(phrases: Phrases) -> Numbers:
    """Entropy of the pitch classes in bits, by number of notes: 0 for one, 3.58 for all twelve alike.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Dong et al., MusPy, ISMIR (2020), pitch_class_entropy; Wu and Yang, "The Jazz Transformer on the
    Front Line", ISMIR (2020).

    >>> from fitness.phrase import Phrase
    >>> pitch_class_entropy(Phrases.of(Phrase.parse("C4 C5 C4 D4"))).round(3).tolist()
    [[0.811]]
    """
    return entropy(shares(_class_counts(phrases)))


def _together(phrases: Phrases) -> NDArray[np.int64]:
    """How many different pitches sound in each slice, `[slices, n]`."""
    sounding = phrases.slices.sounding
    if len(sounding) > 1:
        sounding = np.sort(sounding, axis=0)
    new = sounding >= 0
    new[1:] &= sounding[1:] != sounding[:-1]
    number: NDArray[np.int64] = np.add.reduce(new, axis=0, dtype=np.int64)
    return number


def _class_counts(phrases: Phrases) -> Numbers:
    """How many notes there are of each of the twelve pitch classes, C first, `[12, n]`."""
    notes = phrases.notes
    return tally(notes.pitch % 12, notes.present, 12)
