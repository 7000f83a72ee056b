"""How much one melody resembles each of many, at any height and speed.

Three parts, each 0 to 1, and a hybrid of them.  Why three: in a retrieval test of this project on 8,452 folk songs
they found the variants of a song better together than any one of them alone (mean average precision .258 against
.252, .19 and .14; features of whole melodies .05; measured).  A hybrid was also the best of fifty measures in
Müllensiefen and Frieler, "Cognitive Adequacy in the Measurement of Melodic Similarity: Algorithmic vs. Human
Judgments", Computing in Musicology 13 (2004), after which the last two parts are made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fitness.edits import Span, edits
from fitness.tunes import Integers, Tunes, distinct

Numbers = NDArray[np.float64]
Figures = dict[str, tuple[float, float]]  # of each part: mean, standard deviation

POINTS = 64  # of a contour
FLAT = 1e-9  # a sum of squares below which a contour has no shape
BLOCK_CELLS = 2**20  # notes of the query x tunes in one block, to bound memory
DECIMALS = 9
# Mean and standard deviation of each part over all pairs of 300 German-language folk songs (Essen collection;
# measured): of whole songs, and of stretches of a quarter of each, at least twelve notes, where they fit others best.
UNRELATED = {"edit": (0.148, 0.058), "grams": (0.089, 0.071), "contour": (0.560, 0.141)}
UNRELATED_FRAGMENTS = {"edit": (0.273, 0.085), "grams": (0.050, 0.088), "contour": (0.507, 0.208)}
PARTS = tuple(UNRELATED)


@dataclass(frozen=True, eq=False)
class Resemblance:
    """How much a query resembles each of `n` tunes, `[n]` each, and which notes of the two were compared.

    `fragment` is where these are not all notes of both.
    """

    edit: Numbers
    grams: Numbers
    contour: Numbers
    fragment: NDArray[np.bool_]
    mine: Span
    theirs: Span

    @cached_property
    def hybrid(self) -> Numbers:
        """0 for tunes as unlike as unrelated songs are on the average, below 0 for others yet; 1 for the same tune.

        Each part is standardised, (part - mean) / sd, with the figures of `UNRELATED` or, where a fragment is
        compared, `UNRELATED_FRAGMENTS`; the mean of the three is divided by the mean that three parts of 1 have.
        """
        whole, part = self._against(UNRELATED), self._against(UNRELATED_FRAGMENTS)
        hybrid: Numbers = np.where(self.fragment, part, whole).round(DECIMALS)
        return hybrid

    def _against(self, figures: Figures) -> Numbers:
        most = sum((1.0 - mean) / sd for mean, sd in figures.values())
        total: Numbers = sum((getattr(self, name) - mean) / sd for name, (mean, sd) in figures.items()) / most
        return total


def resemblance(query: Tunes, tunes: Tunes) -> Resemblance:
    """How much one tune resembles each of many, a fragment its best place in a longer one (see `fitness.edits`).

    >>> from fitness.phrase import Phrase
    >>> texts = ("C4 D4 E4 C4", "D4*2 E4*2 F#4*2 D4*2", "C4 D4/2 E4/2 F4")
    >>> query, *others = (Phrase.parse(text).voices[0] for text in texts)
    >>> resemblance(Tunes.of(query), Tunes.of(*others)).edit.round(3).tolist()
    [1.0, 0.333]
    """
    parts = [_of_block(query, block) for block in _blocks(query, tunes)]
    edit, grams, contour, fragment, *ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Resemblance(edit, grams, contour, fragment, (ends[0], ends[1]), (ends[2], ends[3]))


def _blocks(query: Tunes, tunes: Tunes) -> Iterator[Tunes]:
    size = max(1, BLOCK_CELLS // len(query.pitch))
    for start in range(0, max(1, len(tunes)), size):
        yield tunes.slice(start, min(start + size, len(tunes)))


def _of_block(query: Tunes, tunes: Tunes) -> tuple[NDArray[np.generic], ...]:
    found = edits(query, tunes)
    compared = query, tunes, found.mine, found.theirs
    edit = 1.0 - found.distance / np.maximum(found.most, 1)
    return edit, gram_similarity(*compared), contour_similarity(*compared), found.fragment, *found.mine, *found.theirs


def gram_similarity(query: Tunes, tunes: Tunes, mine: Span, theirs: Span) -> Numbers:
    """The share of the interval 3-grams of a tune and of each of many that both have, `[n]`; 1 where neither has one.

    1 - sum |f1 - f2| / (N1 + N2), f counting each 3-gram and N all of them.
    Source: Ukkonen, "Approximate String-Matching with q-Grams and Maximal Matches", Theoretical Computer Science 92
    (1992); Müllensiefen and Frieler (2004), measure nGrUkkon.
    """
    n = len(tunes)
    known, number = distinct(query.gram)
    there = (query.place[:, None] >= mine[0]) & (query.place[:, None] + 3 <= mine[1])  # [notes, n]
    note, tune = np.nonzero(there)
    own = np.bincount(number[note] * n + tune, minlength=len(known) * n)
    inside = (tunes.place >= theirs[0][tunes.tune]) & (tunes.place + 3 <= theirs[1][tunes.tune])
    gram, tune = tunes.gram[inside], tunes.tune[inside]
    at = np.searchsorted(known, gram)
    shared = np.append(known, -1)[at] == gram
    other = np.bincount(at[shared] * n + tune[shared], minlength=len(known) * n)
    both = np.add.reduce(np.minimum(own, other).reshape(-1, n), axis=0)
    total = np.add.reduce(there, axis=0, dtype=np.int64) + np.bincount(tune, minlength=n)
    return np.where(total > 0, 2 * both / np.maximum(total, 1), 1.0)


def contour_similarity(query: Tunes, tunes: Tunes, mine: Span, theirs: Span) -> Numbers:
    """Half of one plus the correlation of the contours of a tune and of each of many, `[n]`.

    A contour is pitch against time at 64 points from the first onset to the last, on straight lines from onset to
    onset.  Where one of the two is flat the similarity is .5, where both are 1.
    Source: Müllensiefen and Frieler (2004), contours by linear interpolation, compared by Pearson's correlation.
    """
    one = _centred(contours(query, np.zeros(len(tunes), np.int64), mine))
    other = _centred(contours(tunes, np.arange(len(tunes)), theirs))
    flat, flat_other = (np.add.reduce(curve * curve, axis=0) < FLAT for curve in (one, other))
    norm = np.sqrt(np.add.reduce(one * one, axis=0) * np.add.reduce(other * other, axis=0))
    r = np.add.reduce(one * other, axis=0) / np.where(flat | flat_other, 1.0, norm)
    either = np.where(flat & flat_other, 1.0, 0.5)
    return np.where(flat | flat_other, either, np.clip(0.5 + 0.5 * r, 0.0, 1.0).round(DECIMALS))


def contours(tunes: Tunes, which: Integers, span: Span) -> Numbers:
    """The pitch at 64 points of a stretch of each of `n` tunes, `[64, n]`; `which` are their numbers."""
    first, last = (tunes.bounds[which] + end for end in span)
    begin, end = tunes.onset[first], tunes.onset[last]
    ahead = int(tunes.onset.max(initial=0)) + 1  # each tune begins after all others of a lower number have ended
    tick = begin + np.linspace(0.0, 1.0, POINTS)[:, None] * (end - begin)
    left = np.searchsorted(tunes.onset + tunes.tune * ahead, tick + which * ahead, side="right") - 1
    left = np.clip(left, first, last)
    right = np.minimum(left + 1, last)
    along = (tick - tunes.onset[left]) / np.maximum(tunes.onset[right] - tunes.onset[left], 1)
    curve: Numbers = tunes.pitch[left] + along * (tunes.pitch[right] - tunes.pitch[left])
    return curve


def _centred(curves: Numbers) -> Numbers:
    centred: Numbers = curves - np.add.reduce(curves, axis=0) / POINTS
    return centred
