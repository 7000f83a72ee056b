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
# Of a span's time on root, third, fifth (a natural and a raised one share it equally), and on each note foreign to all
# triads of the key; the other notes share out the rest.  A convention of this project.
SHARE, STRANGE = (0.26, 0.22, 0.20), 0.002
# From triad to triad, degrees 1 to 7, counted in Roman-numeral analyses of 371 chorales (When in Rome; measured);
# what is not listed shares out the rest equally.
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


@lru_cache(maxsize=2)  # of a block of phrases several features ask
def heard_by_span(phrases: Phrases) -> NDArray[np.int64]:
    """Ticks of the twelve semitones above the (first) tonic in each span, `[spans, 12, n]`; an opening note twice.

    All voices count.  What opens a span is heard as its harmony more than what passes through it.
    Source: Temperley, The Cognition of Basic Musical Structures (2001), ch. 6: the strong beat rule.
    """
    notes, n = phrases.notes, phrases.n
    spans = max((int(setting.span[-1]) for setting in phrases.settings.each), default=0)
    there = np.flatnonzero(notes.present)
    start, end = notes.onset.take(there).astype(np.int32), notes.end.take(there)
    settings = phrases.settings.take(there % n)
    above = (((notes.pitch - keys_set(phrases)) % 12).astype(np.int64) * n + np.arange(n)).take(there)
    times = 1 + settings.at("opens_span", start)
    columns, ticks = [], []
    while start.size:  # what is left of the notes after a span, and after the next
        after = np.minimum(settings.at("span_end", start), end)
        columns.append(settings.at("span", start) * np.int64(12 * n) + above)
        ticks.append((after - start) * times)
        left = np.flatnonzero(after < end)
        start, end, above, times = after[left], end[left], above[left], np.ones(1, np.int32)
        settings = settings.take(left)
    size = (spans + 1) * 12 * n
    heard = np.bincount(np.concatenate(columns), np.concatenate(ticks), minlength=size) if columns else np.zeros(size)
    return heard.reshape(spans + 1, 12, n)[1:].astype(np.int64)


@lru_cache(maxsize=2)
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
    heard = heard_by_span(phrases)
    minor = np.broadcast_to(keys_set(phrases) >= 12, (phrases.n,))
    triads = np.zeros((len(heard), phrases.n), np.int8)
    for mode in (0, 1):
        columns = np.flatnonzero(minor == bool(mode))
        if columns.size:
            triads[:, columns] = _path(heard if columns.size == phrases.n else heard[..., columns], mode)
    triads *= np.logical_or.reduce(heard, axis=1)
    return triads


def _path(heard: NDArray[np.int64], mode: int) -> NDArray[np.int8]:
    """The degree of the triad of each span, on the most likely path of one mode."""
    emission, moves = _model(mode)
    # In whole numbers below 2^53, so that products in floating point are exact whatever their order.
    told = np.matmul(emission.astype(np.float64), heard.astype(np.float64)).astype(np.int64)
    # Scores are eight times the billionths; the last three bits say from where one came, a lower degree by more.
    told *= 8
    moves = 8 * moves + np.arange(7, 0, -1)[:, None]
    spans, _, n = told.shape
    path, came = np.zeros((spans, n), np.int8), np.zeros(told.shape, np.int8)
    score = 8 * _exact(np.array(OPENS))[:, None] + np.zeros((1, n), np.int64)
    reached = np.empty_like(score)
    for span in range(spans):
        if span:
            best = score[0] + moves[0][:, None]
            for before in range(1, 7):
                np.maximum(best, np.add(score[before], moves[before][:, None], out=reached), out=best)
            came[span] = 8 - (best & 7)
            score = best & ~7
        score += told[span]
    if spans:
        path[-1] = np.argmax(score, axis=0) + 1
    for span in range(spans - 1, 0, -1):
        path[span - 1] = np.take_along_axis(came[span], path[span][None].astype(np.intp) - 1, 0)[0]
    return path


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
