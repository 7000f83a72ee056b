"""Temperley's factors of melody: how likely notes are by their register, by the move to them, and by the key."""

from __future__ import annotations

import numpy as np

from fitness.entries import feature, mean_of, usual_band
from fitness.keys import keys_set
from fitness.phrases import Phrases
from fitness.theory import KEY_PROFILES
from fitness.verbs import earlier
from fitness.verdict import Numbers

INTERVAL_VARIANCE, REGISTER_VARIANCE = 8.49, 10.36  # semitones squared, refitted on 6,352 folk songs (measured)
REACH = 128  # pitches over which the product of the factors is made to sum to one
# The chance of each of the twelve semitones above the tonic, in major and in minor.
IN_KEY = np.array([np.array(profile) / sum(profile) for profile in KEY_PROFILES["temperley_kostka_payne"]])


@feature(**usual_band(3.22, 4.18, 0.321))
def proximity_bits(phrases: Phrases) -> Numbers:
    """Mean surprise of the moves in bits, if moves were normal around 0: small where notes lie near each other.

    Minus the binary logarithm of the density, variance 8.49 semitones squared; that of no move at all is the
    least there is, 2.87.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    3.61; Essen collection; measured).
    Source: Temperley, "A Probabilistic Model of Melody Perception", Cognitive Science 32 (2008), proximity;
    the variance is refitted on 6,352 folk songs (measured).

    >>> from fitness.phrase import Phrase
    >>> proximity_bits(Phrases.of(Phrase.parse("C4 C4 C4"))).round(3).tolist()
    [[2.869]]
    """
    notes = phrases.notes
    moves = notes.left_by.astype(np.int64)
    return _normal_bits(mean_of(moves * moves, notes.has_next), INTERVAL_VARIANCE)


@feature(**usual_band(3.38, 4.25, 0.276))
def register_bits(phrases: Phrases) -> Numbers:
    """Mean surprise of the notes in bits, if pitches were normal around their mean: large where the line wanders far.

    Minus the binary logarithm of the density, variance 10.36 semitones squared, of the pitches of all voices
    together: for one line.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    3.74; Essen collection; measured).
    Source: Temperley, "A Probabilistic Model of Melody Perception", Cognitive Science 32 (2008), range; the
    variance is refitted on 6,352 folk songs (measured).

    >>> from fitness.phrase import Phrase
    >>> register_bits(Phrases.of(Phrase.parse("C4 C4 C4"))).round(3).tolist()
    [[3.012]]
    """
    notes = phrases.notes
    apart = notes.pitch - mean_of(notes.pitch, notes.present)
    return _normal_bits(mean_of(apart * apart, notes.present), REGISTER_VARIANCE)


def _normal_bits(square: Numbers, variance: float) -> Numbers:
    bits: Numbers = 0.5 * np.log2(2 * np.pi * variance) + square / (2 * variance) * np.log2(np.e)
    return bits


@feature(**usual_band(2.76, 3.15, 0.126))
def key_bits(phrases: Phrases) -> Numbers:
    """Mean surprise of the notes in bits by their degree in the key in force: large where strange tones are frequent.

    Minus the binary logarithm of the chance of the semitones above the tonic, by Temperley's profile.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    2.9; Essen collection; measured).
    Source: Temperley, "A Probabilistic Model of Melody Perception", Cognitive Science 32 (2008), key; the profile is
    that of Music and Probability (2007).

    >>> from fitness.phrase import Phrase
    >>> key_bits(Phrases.of(Phrase.parse("C4 C4 C4"), Phrase.parse("C4 C#4 D#4"))).round(2).tolist()
    [[2.5, 4.78]]
    """
    notes = phrases.notes
    tonality = phrases.settings.at("tonality", notes.onset)
    chance = IN_KEY[(tonality >= 12).astype(np.intp), (notes.pitch - tonality) % 12]
    return mean_of(-np.log2(chance), notes.present)


@feature(**usual_band(2.34, 3.57, 0.397))
def melody_bits(phrases: Phrases) -> Numbers:
    """Mean surprise of the notes in bits, if they were drawn by register, proximity and key together.

    The product of three factors, made to sum to one over all pitches: normal around the mean of the voice, to a
    quarter of a semitone; normal around the note before it (the first note has no such factor); and the chance of the
    semitones above the tonic, by Temperley's profile, in the (first) key.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    2.86; Essen collection; measured).
    Source: Temperley, "A Probabilistic Model of Melody Perception", Cognitive Science 32 (2008): the RPK profile.

    >>> from fitness.phrase import Phrase
    >>> melody_bits(Phrases.of(Phrase.parse("C4 D4 E4 C4"), Phrase.parse("C4 G#4 D#4 B4"))).round(2).tolist()
    [[2.35, 7.39]]
    """
    notes = phrases.notes
    there, key = notes.present, keys_set(phrases)
    centre = np.rint(_mean_by_voice(phrases) * 4).astype(np.int64)[
        :, None
    ]  # so that a table serves: few are told apart
    before = np.where(notes.is_first, REACH, earlier(notes.pitch))  # REACH: none
    state = (centre * (REACH + 1) + before) * 24 + key
    states, number = np.unique(state[there], return_inverse=True)
    near, key = np.divmod(states[:, None], 24)
    middle, before = np.divmod(near, REACH + 1)
    pitches = np.arange(REACH)
    nats = np.log(IN_KEY)[key // 12, (pitches - key) % 12] - (pitches - middle / 4) ** 2 / (2 * REGISTER_VARIANCE)
    nats -= (pitches - before) ** 2 / (2 * INTERVAL_VARIANCE) * (before < REACH)
    nats -= np.max(nats, axis=1, keepdims=True)  # chances can vanish
    table = (np.log(np.add.reduce(np.exp(nats), axis=1, keepdims=True)) - nats) / np.log(2)
    bits = np.zeros(notes.pitch.shape)
    bits[there] = table[number, notes.pitch[there]]
    return mean_of(bits, there)


def _mean_by_voice(phrases: Phrases) -> Numbers:
    """Mean pitch of the notes of each voice, `[voices, n]`; 0 for silence."""
    notes = phrases.notes
    total = np.add.reduce(notes.pitch * notes.present, axis=1, dtype=np.int64)
    mean: Numbers = total / np.maximum(notes.count, 1)
    return mean
