"""Features of key."""

from __future__ import annotations

import numpy as np

from fitness.entries import feature, per, usual_band
from fitness.keys import Profile, key_correlations, keys_set, pitch_class_shares
from fitness.phrases import Phrases
from fitness.spiral import HELIX, MAJOR_CENTRE, MINOR_CENTRE
from fitness.verbs import Mask
from fitness.verdict import Numbers


@feature(profile=True)
def degree_profile(phrases: Phrases) -> Numbers:
    """Shares of time of the twelve semitones above the tonic of the (first) key: the same in any key.

    Source: Krumhansl, Cognitive Foundations of Musical Pitch (1990), ch. 4; Yang and Lerch (2020), PCH.

    >>> from fitness.phrase import Phrase
    >>> degree_profile(Phrases.of(Phrase.parse("G major: G4*3 D5")))[[0, 7], 0].tolist()
    [0.75, 0.25]
    """
    heard, tonics = pitch_class_shares(phrases), [s.keys[0][1].pitch_class for s in phrases.settings.each]
    if phrases.settings.index is None:
        return np.roll(heard, -tonics[0], axis=0)
    rows = (np.arange(12)[:, None] + np.array(tonics)[phrases.settings.index]) % 12
    return np.take_along_axis(heard, rows, axis=0)


@feature(**usual_band(0.68, 0.94, 0.08))
def key_fit(phrases: Phrases, *, profile: Profile = "temperley_kostka_payne") -> Numbers:
    """Correlation of the pitch-class profile with the (first) key that the phrase is set in; -1 to 1.

    Modes with a minor third are compared with the minor profile, others with the major one.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; mean .83; measured with the default profile, which finds the tonic of 96 % of them).
    Source: Krumhansl and Schmuckler, in Krumhansl, Cognitive Foundations of Musical Pitch (1990), ch. 4.

    >>> from fitness.phrase import Phrase
    >>> key_fit(Phrases.of(Phrase.parse("C4*2 E4 G4 C5*2 r"))).round(2).tolist()
    [[0.65]]
    """
    return _of_own_key(key_correlations(phrases, profile=profile), phrases)


def _of_own_key(table: Numbers, phrases: Phrases) -> Numbers:
    """The row of the key that each phrase is (at first) set in, of a table of the 24 keys, as `[1, n]`."""
    own = keys_set(phrases)
    return table[own, np.arange(phrases.n)][None]


@feature(**usual_band(0.283, 0.546, 0.084))
def tonal_centre_share(phrases: Phrases) -> Numbers:
    """Share of the sounding time on the first or fifth degree of the key in force.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.419; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 3, key centred.

    >>> from fitness.phrase import Phrase
    >>> tonal_centre_share(Phrases.of(Phrase.parse("C4*2 D4 G4"))).tolist()
    [[0.75]]
    """
    notes = phrases.notes
    return _share_of_time(phrases, (notes.degree == 1) | (notes.degree == 5))


@feature(**usual_band(0.95, 1.0, 0.021))
def scale_share(phrases: Phrases) -> Numbers:
    """Share of the sounding time on degrees of the key in force, in minor the raised sixth and seventh among them.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.993; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 4, whose share is the rest to 1.

    >>> from fitness.phrase import Phrase
    >>> scale_share(Phrases.of(Phrase.parse("C4*2 D4 F#4"))).tolist()
    [[0.75]]
    """
    return _share_of_time(phrases, phrases.notes.degree > 0)


def _share_of_time(phrases: Phrases, where: Mask) -> Numbers:
    notes = phrases.notes
    part = np.add.reduce(notes.duration * (where & notes.present), axis=(0, 1), dtype=np.int64)
    return per(part, np.add.reduce(notes.duration, axis=(0, 1), dtype=np.int64))


@feature(**usual_band(0.69, 0.937, 0.076))
def tonalness(phrases: Phrases, *, profile: Profile = "temperley_kostka_payne") -> Numbers:
    """Correlation of the pitch-class profile with the key that it fits best.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.832; Essen collection; measured).
    Source: Eerola and Toiviainen, MIDI Toolbox (2004), after Krumhansl and Schmuckler; Müllensiefen, FANTASTIC (2009).

    >>> from fitness.phrase import Phrase
    >>> tonalness(Phrases.of(Phrase.parse("C4*2 E4 G4 C5*2 r"))).round(2).tolist()
    [[0.65]]
    """
    best: Numbers = np.max(key_correlations(phrases, profile=profile), axis=0, keepdims=True)
    return best


@feature(**usual_band(0.046, 0.329, 0.088))
def key_clarity(phrases: Phrases, *, profile: Profile = "temperley_kostka_payne") -> Numbers:
    """By how much the key that fits best correlates better than the second best.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.2; Essen collection; measured).
    Source: Müllensiefen, FANTASTIC (2009), tonal clarity, for the idea (there a ratio).

    >>> from fitness.phrase import Phrase
    >>> tune, cluster = Phrase.parse("C4 D4 E4 F4 G4 C4"), Phrase.parse("C4 C#4 D4 D#4 E4")
    >>> key_clarity(Phrases.of(tune, cluster)).round(2).tolist()
    [[0.2, 0.14]]
    """
    ordered = np.sort(key_correlations(phrases, profile=profile), axis=0)
    return ordered[-1:] - ordered[-2:-1]


@feature(**usual_band(0.007, 0.329, 0.099))
def key_lead(phrases: Phrases, *, profile: Profile = "temperley_kostka_payne") -> Numbers:
    """By how much the (first) key that the phrase is set in correlates better than the best of the others.

    Below 0 another key is heard, often the relative one: the scale is right and the home is wrong.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.195; Essen collection; measured).
    Source: Krumhansl and Schmuckler, in Krumhansl, Cognitive Foundations of Musical Pitch (1990), ch. 4.

    >>> from fitness.phrase import Phrase
    >>> sunny, gloomy = Phrase.parse("C4 E4 G4*2 F4 D4 C4*2"), Phrase.parse("A4*2 C5 B4 A4 E4 A4*2")
    >>> key_lead(Phrases.of(sunny, gloomy)).round(2).tolist()
    [[0.2, -0.44]]
    """
    table = key_correlations(phrases, profile=profile)
    own = keys_set(phrases)
    others = np.where(np.arange(24)[:, None] == own, -1.0, table)
    lead: Numbers = table[own, np.arange(phrases.n)] - others.max(axis=0)
    return lead[None]


@feature(**usual_band(0.16, 0.467, 0.092))
def spiral_distance(phrases: Phrases) -> Numbers:
    """Distance in the spiral array from the centre of what is heard to the centre of the (first) key; 0 for silence.

    Notes stand on a helix of fifths, weighted by their time and spelled as the tonic's fifths from -5 to 6.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.305; Essen collection; measured).
    Source: Chew, Towards a Mathematical Model of Tonality (2000): radius 1, rise sqrt(2/15) a fifth, chords of
    .516 root, .315 fifth, .168 third, keys with the same weights of I, V, IV (in minor V and IV are mixed with
    .75 of the major and minor one).

    >>> from fitness.phrase import Phrase
    >>> home, away = Phrase.parse("C4 E4 G4 C5"), Phrase.parse("C#4 F#4 A#4 C#5")
    >>> spiral_distance(Phrases.of(home, away)).round(2).tolist()
    [[0.45, 1.47]]
    """
    heard = degree_profile(phrases)
    own = keys_set(phrases)
    centre = np.array([MAJOR_CENTRE, MINOR_CENTRE])[(own >= 12).astype(np.intp)].T
    effect = sum(HELIX[pc][:, None] * heard[pc] for pc in range(12))
    apart: Numbers = np.sqrt(np.add.reduce((effect - centre) ** 2, axis=0))
    return (apart * heard.any(axis=0))[None]
