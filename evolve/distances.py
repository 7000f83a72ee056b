"""How far pieces are from each other by one feature, within each of two sets and between them, as densities.

Source: Yang and Lerch, "On the Evaluation of Generative Models in Music", Neural Computing and Applications 32
(2020).  Their program samples the two densities of a divergence at different places and cuts their tails off; here
all three lie on one grid that reaches beyond the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fitness.verdict import Numbers

POINTS = 2048  # of the grid
REACH = 5.0  # bandwidths that the grid goes beyond the data: less than a millionth lies outside
LEAST = 1 / 400  # of the data's span, the least bandwidth: where all distances are equal they are a narrow peak


Three = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Distances:
    """Euclidean distances by one feature within the pieces, within the corpus and between them: three densities.

    `unit` is that of the distances, `grid` those at which the densities `[3, grid]` are told, `numbers` and
    `means` say how many distances there are and how large they are in the mean.
    """

    feature: str
    label: str
    unit: str
    grid: Numbers
    densities: Numbers
    numbers: Three
    means: Three

    @classmethod
    def of(cls, feature: str, label: str, unit: str, pieces: Numbers, corpus: Numbers) -> Distances:
        """The distances by what a feature says of both sets, `[f, n]` each: each pair of two pieces counts once.

        The densities are Gaussian.  All three have one bandwidth, the least of Scott's (the standard deviation times
        n^(-1/5)): of whole numbers, such as semitones, each density is a row of peaks, and peaks of different width
        would be told apart where the numbers are not.
        """
        lists = (within(pieces), within(corpus), between(pieces, corpus))
        low, high = min(float(x.min()) for x in lists), max(float(x.max()) for x in lists)
        least = LEAST * ((high - low) or 1.0)
        bandwidth = max(least, min(float(x.std(ddof=1)) * len(x) ** -0.2 for x in lists))
        beyond = REACH * bandwidth
        grid = np.linspace(low - beyond, high + beyond, POINTS)
        densities = np.array([density(x, grid, bandwidth) for x in lists])
        numbers, means = zip(*((float(len(x)), float(x.mean())) for x in lists), strict=True)
        return cls(feature, label, unit, grid, densities, numbers, means)

    @property
    def overlaps(self) -> tuple[float, float]:
        """The area that the density within the pieces has in common with that between; and that within the corpus."""
        own, theirs, both = self.densities
        return overlap(own, both, self.grid), overlap(theirs, both, self.grid)

    @property
    def divergences(self) -> tuple[float, float]:
        """Kullback and Leibler's, in nats, of the density within the pieces from that between; and within the corpus.

        Each density is smoothed by one distance more that lies anywhere: so they are finite.
        """
        even = 1 / (self.grid[-1] - self.grid[0])
        smoothed = ((n * p + even) / (n + 1) for n, p in zip(self.numbers, self.densities, strict=True))
        own, theirs, both = smoothed
        return divergence(own, both, self.grid), divergence(theirs, both, self.grid)

    @property
    def spread(self) -> float | None:
        """The mean distance within the pieces over that within the corpus; None where the corpus has none."""
        own, theirs, _ = self.means
        return own / theirs if theirs > 0 else None

    def plain(self) -> dict[str, Any]:
        """The figures."""
        (overlap_pieces, overlap_corpus), (kld_pieces, kld_corpus) = self.overlaps, self.divergences
        return {
            "feature": self.feature, "label": self.label,
            "overlap_pieces": overlap_pieces, "overlap_corpus": overlap_corpus,
            "kld_pieces": kld_pieces, "kld_corpus": kld_corpus, "spread": self.spread,
        }  # fmt: skip


def within(x: Numbers) -> Numbers:
    """The distances of each two columns of `[f, n]`, each once.

    >>> within(np.array([[1.0, 4.0, 4.0], [0.0, 4.0, 0.0]])).tolist()
    [5.0, 3.0, 4.0]
    """
    n = x.shape[1]
    parts = [_root_of_squares(x[:, i : i + 1] - x[:, i + 1 :]) for i in range(n - 1)]
    return np.concatenate(parts)


def between(x: Numbers, y: Numbers) -> Numbers:
    """The distances of each column of `[f, a]` from each of `[f, b]`."""
    return np.concatenate([_root_of_squares(x[:, i : i + 1] - y) for i in range(x.shape[1])])


def _root_of_squares(apart: Numbers) -> Numbers:
    root: Numbers = np.sqrt(np.add.reduce(apart * apart, axis=0))
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
