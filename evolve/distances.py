"""How far pieces are from each other by one feature, within each of two sets and between them, as densities.

Source: Yang and Lerch, "On the Evaluation of Generative Models in Music", Neural Computing and Applications 32
(2020).  Their program samples the two densities of a divergence at different places and cuts their tails off; here
all three lie on one grid that reaches beyond the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fitness.verdict import Numbers

POINTS = 2048  # of the grid
REACH = 5.0  # bandwidths that the grid goes beyond the data: less than a millionth lies outside
LEAST = 1 / 400  # of the data's span, the least bandwidth: where all distances are equal they are a narrow peak


@dataclass(frozen=True, eq=False)
class Distances:
    """Euclidean distances by one feature: of each two pieces of a set, and of each piece from each of the other set.

    `unit` is that of the distances, `[pairs]` each.
    """

    feature: str
    label: str
    unit: str
    pieces: Numbers
    corpus: Numbers
    between: Numbers

    @classmethod
    def of(cls, feature: str, label: str, unit: str, pieces: Numbers, corpus: Numbers) -> Distances:
        """The distances by what a feature says of both sets, `[f, n]` each."""
        own, theirs = (_distances(x, x)[np.triu_indices(x.shape[1], 1)] for x in (pieces, corpus))
        return cls(feature, label, unit, own, theirs, _distances(pieces, corpus).ravel())

    @cached_property
    def grid(self) -> Numbers:
        """The distances at which the densities are told."""
        beyond = REACH * max(self._bandwidths)
        low, high = self._ends
        return np.linspace(low - beyond, high + beyond, POINTS)

    @cached_property
    def densities(self) -> Numbers:
        """Gaussian kernel densities within the pieces, within the corpus and between them, `[3, grid]`."""
        lists = (self.pieces, self.corpus, self.between)
        return np.array([density(x, self.grid, h) for x, h in zip(lists, self._bandwidths, strict=True)])

    @cached_property
    def _ends(self) -> tuple[float, float]:
        lists = (self.pieces, self.corpus, self.between)
        return min(float(x.min()) for x in lists), max(float(x.max()) for x in lists)

    @cached_property
    def _bandwidths(self) -> list[float]:
        """Scott's, in one dimension: the standard deviation times n^(-1/5)."""
        least = LEAST * ((self._ends[1] - self._ends[0]) or 1.0)
        lists = (self.pieces, self.corpus, self.between)
        return [max(float(x.std(ddof=1)) * len(x) ** -0.2, least) for x in lists]

    @property
    def overlaps(self) -> tuple[float, float]:
        """The area that the density within the pieces has in common with that between; and that within the corpus."""
        own, theirs, between = self.densities
        return overlap(own, between, self.grid), overlap(theirs, between, self.grid)

    @property
    def divergences(self) -> tuple[float, float]:
        """Kullback and Leibler's, in nats, of the density within the pieces from that between; and within the corpus.

        Each density is smoothed by one distance more that lies anywhere: so they are finite.
        """
        lists = (self.pieces, self.corpus, self.between)
        even = 1 / (self.grid[-1] - self.grid[0])
        own, theirs, between = ((len(x) * p + even) / (len(x) + 1) for x, p in zip(lists, self.densities, strict=True))
        return divergence(own, between, self.grid), divergence(theirs, between, self.grid)

    @property
    def spread(self) -> float | None:
        """The mean distance within the pieces over that within the corpus; None where the corpus has none."""
        own, theirs = float(self.pieces.mean()), float(self.corpus.mean())
        return own / theirs if theirs > 0 else None

    def plain(self) -> dict[str, Any]:
        """The figures."""
        (overlap_pieces, overlap_corpus), (kld_pieces, kld_corpus) = self.overlaps, self.divergences
        return {
            "feature": self.feature, "label": self.label,
            "overlap_pieces": overlap_pieces, "overlap_corpus": overlap_corpus,
            "kld_pieces": kld_pieces, "kld_corpus": kld_corpus, "spread": self.spread,
        }  # fmt: skip


def _distances(x: Numbers, y: Numbers) -> Numbers:
    """Euclidean distances of the columns of `[f, a]` and `[f, b]`, `[a, b]`; feature by feature, in little memory."""
    total = np.zeros((x.shape[1], y.shape[1]))
    for row, other in zip(x, y, strict=True):
        apart = row[:, None] - other
        total += apart * apart
    root: Numbers = np.sqrt(total)
    return root


def density(values: Numbers, grid: Numbers, bandwidth: float) -> Numbers:
    """The Gaussian kernel density of some values at an even grid; its integral is 1.

    Each value is shared by the two points of the grid beside it: exact but for the square of a step over
    the bandwidth, and of sixty thousand distances in no time.

    Source: Wand, "Fast Computation of Multivariate Kernel Estimators", Journal of Computational and Graphical
    Statistics 3 (1994).
    """
    step = float(grid[1] - grid[0])
    place = (values - grid[0]) / step
    below = np.minimum(place.astype(np.intp), len(grid) - 2)
    above = place - below
    heaps = np.bincount(below, 1 - above, len(grid)) + np.bincount(below + 1, above, len(grid))
    wide = min(int(8 * bandwidth / step) + 1, len(grid) - 1)
    kernel = np.exp(-0.5 * (np.arange(-wide, wide + 1) * (step / bandwidth)) ** 2)
    found: Numbers = np.convolve(heaps, kernel)[wide : wide + len(grid)]
    found /= np.add.reduce(found) * step
    return found


def overlap(one: Numbers, other: Numbers, grid: Numbers) -> float:
    """The area under both of two densities: 1 where they are the same, 0 where they have nothing in common."""
    return float(np.add.reduce(np.minimum(one, other)) * (grid[1] - grid[0]))


def divergence(one: Numbers, other: Numbers, grid: Numbers) -> float:
    """Kullback and Leibler's divergence of a density from another, both above 0, in nats."""
    return float(np.add.reduce(one * np.log(one / other)) * (grid[1] - grid[0]))
