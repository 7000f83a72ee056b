"""Which harmony a melody implies: the most likely path of triads through its spans.

A span is half a bar where a bar has four beats or more and their number is even, else a bar; the pick-up is none.
Triads are numbered by the degree of their root, 1 to 7; 0: nothing sounds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fitness.keys import keys_set
from fitness.phrases import Phrases
from fitness.theory import QUARTER
from fitness.verbs import Array
from fitness.verdict import Numbers

TONIC, SUPERTONIC, MEDIANT, SUBDOMINANT, DOMINANT, SUBMEDIANT, LEADING = range(1, 8)
# Semitones above the tonic of root, third and fifth of the triads on degrees 1 to 7; in minor the third of V and the
# root of VII are natural or raised.
MEMBERS = (
    (((0,), (4,), (7,)), ((2,), (5,), (9,)), ((4,), (7,), (11,)), ((5,), (9,), (0,)), ((7,), (11,), (2,)),
     ((9,), (0,), (4,)), ((11,), (2,), (5,))),
    (((0,), (3,), (7,)), ((2,), (5,), (8,)), ((3,), (7,), (10,)), ((5,), (8,), (0,)), ((7,), (11, 10), (2,)),
     ((8,), (0,), (3,)), ((10, 11), (2,), (5,))),
)  # fmt: skip
SHARE = (0.26, 0.22, 0.20)  # of a span's time on root, third, fifth: a convention of this project
STRANGE = 0.002  # of its time on each note of neither scale
# From triad to triad, degrees 1 to 7, counted in Roman-numeral analyses of 371 chorales (When in Rome; measured);
# what is not listed shares out the rest.
FOLLOWS = (
    {1: {5: 0.365, 4: 0.232, 2: 0.163, 6: 0.099, 7: 0.040}, 2: {5: 0.703, 7: 0.191, 1: 0.045},
     3: {4: 0.455, 6: 0.248, 1: 0.097, 5: 0.090}, 4: {5: 0.363, 1: 0.265, 7: 0.189, 2: 0.124},
     5: {1: 0.815, 6: 0.082, 4: 0.036, 3: 0.020, 2: 0.010}, 6: {2: 0.289, 5: 0.237, 1: 0.150, 4: 0.134, 7: 0.052},
     7: {1: 0.887, 5: 0.042, 6: 0.035}},
    {1: {5: 0.422, 2: 0.151, 4: 0.131, 7: 0.086, 6: 0.064}, 2: {5: 0.776, 1: 0.087}, 3: {},
     4: {5: 0.429, 1: 0.244, 2: 0.094, 7: 0.086}, 5: {1: 0.858, 6: 0.066, 4: 0.024},
     6: {2: 0.403, 4: 0.206, 5: 0.085}, 7: {1: 0.838, 5: 0.111}},
)  # fmt: skip
STAYS = 0.5  # the chance that a span keeps the triad before it: a convention of this project
OPENS = (0.55, 0.05, 0.03, 0.10, 0.17, 0.06, 0.04)  # of triads 1 to 7 in the first span: a convention of this project


def heard_by_span(phrases: Phrases) -> NDArray[np.int64]:
    """Ticks of the twelve semitones above the (first) tonic in each span, `[spans, 12, n]`; an opening note twice.

    All voices count.  What opens a span is heard as its harmony more than what passes through it.
    Source: Temperley, The Cognition of Basic Musical Structures (2001), ch. 6: the strong beat rule.
    """
    notes, n = phrases.notes, phrases.n
    spans = max((int(setting.span[-1]) for setting in phrases.settings.each), default=0)
    heard = np.zeros((spans + 1) * 12 * n)
    above = (notes.pitch - keys_set(phrases) % 12) % 12
    start = notes.onset
    last = np.where(notes.present, notes.end - 1, 0)
    while (left := notes.present & (start < notes.end)).any():
        span = phrases.settings.at("span", np.where(left, start, 0))
        after = np.minimum(phrases.settings.at("span_end", np.where(left, start, 0)), notes.end)
        opens = (start == notes.onset) & phrases.settings.at("opens_span", np.where(left, start, 0)).astype(bool)
        time = (after - start) * np.where(opens, 2, 1) * left
        column = (span.astype(np.int64) * 12 + above) * n + np.arange(n)
        heard += np.bincount(column[left], time[left], minlength=len(heard))
        start = np.where(left, np.maximum(after, start + 1), last + 1)
    return heard.reshape(spans + 1, 12, n)[1:].astype(np.int64)


def implied_triads(phrases: Phrases) -> NDArray[np.int8]:
    """The degree of the triad of each span, on the most likely path, `[spans, n]`; 0 where nothing sounds.

    Each quarter of a note speaks for a triad as often as the triad has its pitch; with a chance of one half the
    triad stays, else it moves as triads do.  Of equally likely ones the lower degree is heard.
    Source: the hidden Markov model of Raphael and Stoddard, "Functional Harmonic Analysis Using Probabilistic
    Models", Computer Music Journal 28 (2004), with triads of one key; the figures are stated above.

    >>> from fitness.phrase import Phrase
    >>> implied_triads(Phrases.of(Phrase.parse("C4 E4 G4 E4 | F4 A4 G4 B4 | C5*4"))).ravel().tolist()
    [1, 1, 4, 5, 1, 1]
    """
    heard, n = heard_by_span(phrases), phrases.n
    minor = np.broadcast_to(keys_set(phrases) >= 12, (n,))
    spans = len(heard)
    told = np.zeros((spans, 7, n), np.int64)
    for mode in (0, 1):
        columns = np.flatnonzero(minor == bool(mode))
        if columns.size:
            emission = _model(mode)[0]
            part = heard[..., columns]
            for pc in range(12):
                told[..., columns] += emission[:, pc, None] * part[:, None, pc]
    moves = np.stack([_model(mode)[1] for mode in (0, 1)])[minor.astype(np.intp)].transpose(1, 2, 0)  # [from, to, n]
    score = _exact(np.array(OPENS))[:, None] + np.zeros((1, n), np.int64)
    came = np.zeros((spans, 7, n), np.int8)
    for span in range(spans):
        if span:
            reached = score[:, None] + moves
            came[span] = np.argmax(reached, axis=0)
            score = np.max(reached, axis=0)
        score = score + told[span]
    path = np.zeros((spans, n), np.int8)
    if spans:
        path[-1] = np.argmax(score, axis=0)
    for span in range(spans - 1, 0, -1):
        path[span - 1] = np.take_along_axis(came[span], path[span][None].astype(np.intp), 0)[0]
    sounds = np.add.reduce(heard, axis=1) > 0
    triads: NDArray[np.int8] = ((path + 1) * sounds).astype(np.int8)
    return triads


@lru_cache
def _model(mode: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Log-chances in billionths: of each semitone a tick from each triad `[7, 12]`, and of triad to triad `[7, 7]`."""
    scale = {tone for triad in MEMBERS[mode] for member in triad for tone in member}
    emission = np.full((7, 12), STRANGE)
    for row, triad in enumerate(MEMBERS[mode]):
        own = {tone for member in triad for tone in member}
        others = scale - own
        left = 1.0 - sum(SHARE) - STRANGE * (12 - len(scale))
        emission[row, sorted(others)] = left / len(others)
        for member, share in zip(triad, SHARE, strict=True):
            emission[row, list(member)] = share / len(member)
    moves = np.empty((7, 7))
    for row, follows in FOLLOWS[mode].items():
        rest = (1.0 - sum(follows.values())) / (6 - len(follows))
        moves[row - 1] = [(1 - STAYS) * follows.get(to, rest) for to in range(1, 8)]
        moves[row - 1, row - 1] = STAYS
    return _exact(emission, QUARTER), _exact(moves)


def _exact(chance: Numbers, parts: int = 1) -> NDArray[np.int64]:
    """The logarithm of chances, over so many parts, in whole billionths: sums are exact, and ties are ties."""
    whole: NDArray[np.int64] = np.rint(np.log(chance) / parts * 1e9).astype(np.int64)
    return whole


def members_heard(phrases: Phrases, triads: NDArray[np.int8]) -> tuple[Array, Array]:
    """Ticks that belong to the triad of their span (an opening note twice), and all ticks of spans, `[n]` each."""
    heard = heard_by_span(phrases)
    minor = np.broadcast_to(keys_set(phrases) >= 12, (phrases.n,)).astype(np.intp)
    belongs = np.zeros((2, 8, 12), bool)
    for mode in (0, 1):
        for row, triad in enumerate(MEMBERS[mode], 1):
            belongs[mode, row, [tone for member in triad for tone in member]] = True
    own = belongs[minor[None], triads].transpose(0, 2, 1)  # [spans, 12, n]
    return np.add.reduce(heard * own, axis=(0, 1)), np.add.reduce(heard, axis=(0, 1))
