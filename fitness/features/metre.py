"""Features of metre: where notes begin and how long they last there, syncopation."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Count
from fitness.entries import correlated, feature, mean_of, per, share, shares, usual_band
from fitness.phrases import Phrases
from fitness.verbs import Array, later, tally
from fitness.verdict import Numbers

LEVELS = 9  # more than a metre has levels: so often the next stronger tick is looked for


@feature(**usual_band(0.0, 0.222, 0.109))
def syncopation(phrases: Phrases) -> Numbers:
    """Syncopation of Longuet-Higgins and Lee, summed and divided by the bars of all voices.

    A note after which a stronger place passes without an attack, up to the next note or the end, counts
    with the difference of the two metrical weights; rests count as holds do, and an onset off all
    halves, as in triplets, weighs a little less than the smallest unit of the metre.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.036; Essen collection; measured).
    Source: Longuet-Higgins and Lee, "The Rhythmic Interpretation of Monophonic Music", Music Perception 1
    (1984); .042 a bar in 500 folk songs, 2.35 with their rhythms shuffled (measured).

    >>> from fitness.phrase import Phrase
    >>> syncopation(Phrases.of(Phrase.parse("C4/2 D4 E4/2 F4*2"))).tolist()
    [[1.0]]
    """
    strength = np.add.reduce(_syncopations(phrases), axis=(0, 1), dtype=np.int64)
    return per(strength, phrases.voices_each * np.maximum(phrases.bars.number, 1))


@feature(**usual_band(0.0, 0.056, 0.021))
def syncopated_share(phrases: Phrases) -> Numbers:
    """Share of the notes after which a stronger place passes without an attack, as in `syncopation`.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.008; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 15.

    >>> from fitness.phrase import Phrase
    >>> syncopated_share(Phrases.of(Phrase.parse("C4/2 D4 E4/2 F4*2"))).tolist()
    [[0.25]]
    """
    return share(_syncopations(phrases) > 0, phrases.notes.present)


def _syncopations(phrases: Phrases) -> Array:
    """By how much the strongest place between each note and the next exceeds its own, `[voices, notes, n]`."""
    notes, settings = phrases.notes, phrases.settings
    following = np.where(notes.has_next, later(notes.onset), settings.numbers("length"))
    own = settings.at("contending", notes.onset)
    strongest = own
    tick = notes.onset
    for _ in range(LEVELS):
        tick = np.where(notes.present, settings.at("stronger", tick), 0)
        passed = notes.present & (tick < following)
        if not passed.any():
            break
        strongest = np.where(passed, settings.at("weight", tick), strongest)
        tick = np.where(passed, tick, following)
    return (strongest - own) * notes.present


@feature(**usual_band(0.205, 0.539, 0.116))
def strong_onset_share(phrases: Phrases) -> Numbers:
    """Share of the notes that begin on a barline, or on a beat in the middle of the bar.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.35; Essen collection; measured).
    Source: Lerdahl and Jackendoff, A Generative Theory of Tonal Music (1983), metrical preference rule 3: events.

    >>> from fitness.phrase import Phrase
    >>> strong_onset_share(Phrases.of(Phrase.parse("C4 D4 E4 F4"))).tolist()
    [[0.5]]
    """
    notes, settings = phrases.notes, phrases.settings
    middle = (2 * notes.place == settings.at("bar_length", notes.onset)) & (settings.at("on_beat", notes.onset) > 0)
    return share(notes.present & ((notes.place == 0) | middle), notes.present)


@feature(**usual_band(-1.95, -0.964, 0.309))
def onset_weight(phrases: Phrases) -> Numbers:
    """Mean metrical weight of the onsets: 0 the barline, each level below it one less.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    -1.4; Essen collection; measured).
    Source: Palmer and Krumhansl, "Mental Representations for Musical Meter", Journal of Experimental
    Psychology 16 (1990): notes begin more often the stronger the place.

    >>> from fitness.phrase import Phrase
    >>> onset_weight(Phrases.of(Phrase.parse("C4 D4 E4 F4"))).tolist()
    [[-1.25]]
    """
    notes = phrases.notes
    return mean_of(notes.weight, notes.present)


@feature(**usual_band(0.218, 0.829, 0.189))
def agogic_accent(phrases: Phrases) -> Numbers:
    """Correlation of the length of the notes with the metrical weight at which they begin; 0 where one does not vary.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.584; Essen collection; measured).
    Source: Lerdahl and Jackendoff, A Generative Theory of Tonal Music (1983), metrical preference rule 5: length.

    >>> from fitness.phrase import Phrase
    >>> agogic_accent(Phrases.of(Phrase.parse("C4*2 D4 E4"))).round(3).tolist()
    [[0.866]]
    """
    notes = phrases.notes
    return correlated(notes.duration, notes.weight, notes.present)


@feature(profile=True)
def onset_places(phrases: Phrases, *, parts: Count = 16) -> Numbers:
    """Shares of the notes that begin in each of `parts` equal parts of the bar, the pick-up's at the end of its bar.

    Source: Palmer and Krumhansl (1990); Temperley, Music and Probability (2007), ch. 2.

    >>> from fitness.phrase import Phrase
    >>> onset_places(Phrases.of(Phrase.parse("C4*2 E4*2 | F4*4")), parts=4).ravel().round(3).tolist()
    [0.667, 0.0, 0.333, 0.0]
    """
    notes = phrases.notes
    part = notes.place.astype(np.int64) * parts // phrases.settings.at("bar_length", notes.onset)
    return shares(tally(np.minimum(part, parts - 1), notes.present, parts))
