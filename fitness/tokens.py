"""The tokens of a melody: which small figures it has, as a classifier of texts sees them.

Runs of intervals, lengths, degrees and both together; degrees and lengths by their places; the rhythm of bars, and
which bars are alike.  Each is counted in one of some bins by a hash.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitness.phrases import Phrases
from fitness.verbs import Array, Mask, chained, mixed, tally, whole_runs
from fitness.verdict import Numbers

BINS = 2048
KINDS = 1000003  # tells the kinds of tokens apart before they are hashed


def tokens(phrases: Phrases, *, bins: int = BINS) -> Numbers:
    """How often each token occurs in the first voice, as a logarithm of one more, `[bins, n]`.

    Source: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML (2009); Conklin and Witten,
    "Multiple Viewpoint Systems for Music Prediction", Journal of New Music Research 24 (1995), for the viewpoints.

    >>> from fitness.phrase import Phrase
    >>> found = tokens(Phrases.of(Phrase.parse("C4 D4 E4 C4 | C4 D4 E4 C4"), Phrase.parse("G4 A4 B4 G4 | G4 A4 B4 G4")))
    >>> found.shape, bool((found[:, 0] != found[:, 1]).any())
    ((2048, 2), True)
    """
    counts = np.zeros((bins, phrases.n))
    for kind, (events, there) in enumerate(_events(phrases)):
        place = (mixed(events ^ np.uint64(KINDS * (kind + 1))) % np.uint64(bins)).astype(np.int64)
        counts += tally(place, there, bins)
    return np.log1p(counts)


def _events(phrases: Phrases) -> list[tuple[NDArray[np.uint64], Mask]]:
    notes, bars = phrases.notes, phrases.bars
    there, moves = notes.present[:1], notes.has_next[:1]
    degree = _hash(notes.degree[:1])
    length = _hash(notes.duration[:1])
    interval = notes.move[:1]
    both = mixed(interval ^ chained(length, 2))
    bar = phrases.settings.at("bar_length", notes.onset)[:1].astype(np.int64)
    place = _hash(bar * 4096 + notes.place[:1])
    rhythm = mixed(bars.rhythm[:1].astype(np.uint64))
    in_four = mixed(rhythm + _hash(np.arange(rhythm.shape[1])[:, None] % 4))
    found = [(chained(interval, size), whole_runs(moves, size)) for size in (1, 2, 3, 4)]
    found += [(chained(length, size), whole_runs(there, size)) for size in (2, 3, 4)]
    found += [(chained(degree, size), whole_runs(there, size)) for size in (2, 3)]
    found += [(chained(both, size), whole_runs(moves, size)) for size in (1, 2)]
    found += [(mixed(degree + mixed(place)), there), (mixed(length + mixed(place)), there)]
    full = bars.present[:1] & (bars.count[:1] > 0)
    found += [(rhythm, full), (in_four, full), (chained(rhythm, 2), whole_runs(full, 2))]
    found += [pair for content in (bars.content[:1], bars.rhythm[:1]) for pair in _alike(content, full)]
    return found


def _hash(number: Array) -> NDArray[np.uint64]:
    return mixed(number.astype(np.uint64) + np.uint64(1))


def _alike(content: Array, full: Mask) -> list[tuple[NDArray[np.uint64], Mask]]:
    """For each lag the pairs of bars that are alike, each pair a token of its own, and whether it is."""
    found = []
    for lag in (1, 2, 3, 4, 6):  # of short pieces too: the kinds are numbered
        same = full[:, lag:] & full[:, :-lag] & (content[:, lag:] == content[:, :-lag])
        number = np.broadcast_to(np.arange(same.shape[1])[:, None] + 1000 * lag, same.shape)
        found.append((_hash(number), same))
    return found
