"""Which key is heard: correlations with the 24 keys, and the key of each bar."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fitness.entries import shares
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.theory import KEY_PROFILES, QUARTER, Key, key_numbered
from fitness.verdict import Numbers

Profile = Literal["temperley_kostka_payne", "krumhansl_kessler", "bellman_budge"]
# By how much correlations must differ for one key to be e times as likely as another, times the root of the number of
# notes; up to as many notes as the melodies have by which it is measured.  See `key_chances`.
TEMPERATURE, MOST_NOTES = 0.21, 50


def pitch_class_shares(phrases: Phrases) -> Numbers:
    """Shares of time of the twelve pitch classes, C first, `[12, n]`."""
    notes, n = phrases.notes, phrases.n
    column = (notes.pitch % 12).astype(np.int64) * n + np.arange(n)
    times = np.bincount(column.ravel(), notes.duration.ravel(), minlength=12 * n)
    return shares(times.reshape(12, n).astype(np.float64))


def key_correlations(phrases: Phrases, *, profile: Profile = "temperley_kostka_payne") -> Numbers:
    """Correlation of the pitch-class profile with the 24 keys, `[24, n]`: C .. B major, then C .. B minor.

    Source: Krumhansl and Schmuckler, in Krumhansl (1990), ch. 4, with the named profile; of 500 folk
    songs the tonic is right in .92 with Temperley's, .69 with Krumhansl and Kessler's (measured).
    """
    heard = pitch_class_shares(phrases)
    apart = heard - np.add.reduce(heard, axis=0) / 12
    spread = np.sqrt(np.add.reduce(apart**2, axis=0))
    keys = _standardised(profile)
    products = sum(keys[:, pc, None] * apart[pc] for pc in range(12))  # no BLAS: its sums depend on the batch
    correlations: Numbers = products / np.maximum(spread, 1e-12) * (spread > 1e-9)
    return correlations


@lru_cache
def _standardised(profile: Profile) -> Numbers:
    """The weights of the twelve pitch classes in each key, their mean 0 and their squares' sum 1, `[24, 12]`."""
    weights = np.array(KEY_PROFILES[profile])
    weights -= weights.mean(axis=1, keepdims=True)
    weights /= np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return np.array([np.roll(mode, tonic) for mode in weights for tonic in range(12)])


def find_key(phrase: Phrase, *, profile: Profile = "temperley_kostka_payne") -> Key:
    """The key, major or minor, that a phrase's notes fit best.

    >>> from fitness.phrase import Phrase
    >>> str(find_key(Phrase.parse("D4 E4 F#4 G4 A4 B4 C#5 D5*2")))
    'D major'
    """
    best = int(np.argmax(key_correlations(Phrases.of(phrase), profile=profile)[:, 0].round(9)))
    return key_numbered(best)


def key_chances(phrases: Phrases) -> Numbers:
    """How likely each of the 24 keys is, `[24, n]`, in sum 1: the softmax of the correlations.

    Its temperature falls with the root of the number of notes, as the error of a mean does, and makes the chance of
    the likeliest tonic, major and minor together, an honest one: of 300 German-language folk songs (Essen collection;
    measured), their halves and their quarters, those said to be .4 to .6 certain are right in .42, to .75 in .66, to
    .85 in .82, to .95 in .90, above in .97.  (It was chosen by these; of the last hundred alone, .34, .74 and .97 are
    right where .4 to .6, .75 to .85 and more than .95 are said.)  Where the notes do not tell one key from another
    all are as likely.
    Source: the correlations of Krumhansl and Schmuckler; the softmax is a convention of this project.
    """
    correlations = key_correlations(phrases)
    number = np.clip(np.add.reduce(phrases.notes.present, axis=(0, 1), dtype=np.int64), 1, MOST_NOTES)
    odds = np.exp((correlations - correlations.max(axis=0)) * np.sqrt(number) / TEMPERATURE)
    chances: Numbers = odds / np.add.reduce(odds, axis=0)
    return chances


def keys_set(phrases: Phrases) -> NDArray[np.int32]:
    """The number of the (first) key that each phrase is set in, `[n]`: 0-11 major, 12-23 minor, C first."""
    return np.broadcast_to(phrases.settings.at("tonality", np.zeros(1, np.int32)), (phrases.n,))


def keys_by_bar(phrases: Phrases, *, stay: float = 0.85) -> NDArray[np.intp]:
    """The number of the key heard in each bar of all voices, `[bars, n]`: 0-11 major, 12-23 minor, C first.

    The most likely path through the keys: each quarter of a note, all of it in the bar in which it begins,
    speaks for a key as often as its pitch class is heard in it (Temperley's profile), and with a chance of
    `stay` the next bar has the same key.  Of equally likely keys the one of the lower number is heard.
    Source: Temperley, Music and Probability (2007), ch. 6, after whose model of key this is made.
    """
    notes, n = phrases.notes, phrases.n
    bars = phrases.bars.onset.shape[1]
    column = (notes.bar * 12 + notes.pitch % 12).astype(np.int64) * n + np.arange(n)
    times = np.bincount(column.ravel(), (notes.duration * notes.present).ravel(), minlength=(bars + 1) * 12 * n)
    ticks = times.reshape(bars + 1, 12, n)[1:].astype(np.int64)
    profile = np.array(KEY_PROFILES["temperley_kostka_payne"])
    heard = _exact(np.log(profile / profile.sum(axis=1, keepdims=True)) / QUARTER)
    keys = np.array([np.roll(mode, tonic) for mode in heard for tonic in range(12)])
    score = np.zeros((24, n), np.int64)
    came_from = np.empty((bars, 24, n), np.int8)
    columns = np.arange(n)
    for bar in range(bars):
        best = np.argmax(score, axis=0)
        moved = score[best, columns] + _exact(np.log((1 - stay) / 23))
        stayed = score + _exact(np.log(stay))
        came_from[bar] = np.where(stayed >= moved, np.arange(24)[:, None], best)
        told = sum(keys[:, pc, None] * ticks[bar, pc] for pc in range(12))
        score = np.maximum(stayed, moved) + told
    path = np.empty((bars, n), np.intp)
    if bars:
        path[-1] = np.argmax(score, axis=0)
    for bar in range(bars - 1, 0, -1):
        path[bar - 1] = came_from[bar, path[bar], columns]
    return path


def _exact(logarithm: Numbers) -> NDArray[np.int64]:
    """In whole billionths, so that sums are exact in any order and ties are ties."""
    whole: NDArray[np.int64] = np.rint(logarithm * 1e9).astype(np.int64)
    return whole
