"""Distances between a feature and its target, 0 (the same) to 1 (wholly unlike)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Catalogue
from fitness.verdict import Numbers

distance: Catalogue[Callable[..., Numbers]] = Catalogue("distance", traits=("needs",))


FLAT = 1e-12  # a sum of squares below which a vector has no shape


def _bits(part: Numbers, of: Numbers) -> Numbers:
    """part * log2(part / of), 0 where part is 0."""
    ratio = np.divide(part, of, out=np.ones(of.shape), where=part > 0)
    bits: Numbers = part * np.log2(ratio)
    return bits


@distance(needs="profile")
def jensen_shannon(value: Numbers, target: Numbers) -> Numbers:
    """Jensen-Shannon divergence in bits of profiles `[bins, n]` from a target `[bins]`, as `[n]`.

    A silent phrase (nothing in any bin) is at distance 1 from a sounding one.
    Source: Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on Information
    Theory 37 (1991).

    >>> jensen_shannon(np.array([[1.0, 0.5], [0.0, 0.5]]), np.array([1.0, 0.0])).round(3).tolist()
    [0.0, 0.311]
    """
    there = target > 0  # where the target has nothing, the middle is half the value: that costs the value itself
    wanted, part = target[there, None], value[there]
    middle = 0.5 * (part + wanted)
    bits = np.add.reduce(_bits(part, middle) + wanted * np.log2(wanted / middle), axis=0)
    bits += np.add.reduce(value[~there], axis=0)
    return _unless_silent(np.clip(0.5 * bits, 0.0, 1.0), value, target)


@distance(needs="profile")
def wasserstein(value: Numbers, target: Numbers) -> Numbers:
    """Earth mover's distance of profiles `[bins, n]` from a target `[bins]`, as a share of the span of bins, `[n]`.

    For bins in order (intervals, note values): near bins are nearly alike.
    Source: Rubner, Tomasi and Guibas, "The Earth Mover's Distance as a Metric for Image Retrieval",
    International Journal of Computer Vision 40 (2000).

    >>> wasserstein(np.array([[1.0], [0.0], [0.0]]), np.array([0.0, 0.0, 1.0])).tolist()
    [1.0]
    """
    moved = np.add.reduce(abs(np.cumsum(value - target[:, None], axis=0)), axis=0)
    return _unless_silent(np.clip(moved / max(1, len(target) - 1), 0.0, 1.0), value, target)


def _unless_silent(apart: Numbers, value: Numbers, target: Numbers) -> Numbers:
    """The distances, but 1 where one side has something in a bin and the other nothing in any."""
    return np.where(value.any(axis=0) == target.any(), apart, 1.0)


@distance(needs="profile")
def total_variation(value: Numbers, target: Numbers) -> Numbers:
    """Half the sum of differences of profiles `[bins, n]` from a target `[bins]`: the share that must move, `[n]`.

    On n-grams this is one minus Ukkonen's q-gram similarity.
    Source: Ukkonen, "Approximate String-Matching with q-Grams and Maximal Matches", Theoretical Computer
    Science 92 (1992); Müllensiefen and Frieler (2004), measure nGrUkkon.

    >>> total_variation(np.array([[0.5], [0.5]]), np.array([1.0, 0.0])).tolist()
    [0.5]
    """
    moved = 0.5 * np.add.reduce(abs(value - target[:, None]), axis=0)
    return _unless_silent(np.clip(moved, 0.0, 1.0), value, target)


@distance(needs="vector")
def root_mean_square(value: Numbers, target: Numbers, *, scale: float = 1.0) -> Numbers:
    """Root of the mean squared difference of vectors `[length, n]` from a target `[length]`, as a share of `scale`.

    `scale` comes with the feature.  At most 1, `[n]`.
    Source: the Euclidean distance with which Yang and Lerch (2020) compare features, by the root of their length.

    >>> root_mean_square(np.array([[3.0], [4.0]]), np.array([0.0, 0.0]), scale=10.0).round(4).tolist()
    [0.3536]
    """
    gap = value - target[:, None]
    apart: Numbers = np.sqrt(np.add.reduce(gap * gap, axis=0) / len(target)) / scale
    return np.minimum(apart, 1.0)


@distance(needs="vector")
def correlation(value: Numbers, target: Numbers) -> Numbers:
    """Half of one minus Pearson's correlation of vectors `[length, n]` with a target `[length]`, as `[n]`.

    0 for the same shape at any height and size, 1 for the inverted one.  Without a shape (all numbers
    alike) on one side it is .5, on both sides 0.
    Source: contours compared as in Müllensiefen and Frieler (2004).

    >>> correlation(np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]]), np.array([10.0, 20.0, 30.0])).tolist()
    [0.0, 1.0]
    """
    apart = value - np.add.reduce(value, axis=0) / len(value)
    wanted = target - target.mean()
    flat, flat_target = np.add.reduce(apart * apart, axis=0) < FLAT, float((wanted * wanted).sum()) < FLAT
    norm = np.sqrt(np.add.reduce(apart * apart, axis=0) * (wanted * wanted).sum())
    r = np.add.reduce(apart * wanted[:, None], axis=0) / np.where(norm > 0, norm, 1.0)
    either = np.where(flat & flat_target, 0.0, 0.5)
    return np.where(flat | flat_target, either, np.clip(0.5 - 0.5 * r, 0.0, 1.0).round(12))


@distance(needs="number")
def difference(value: Numbers, target: Numbers, *, scale: float = 1.0) -> Numbers:
    """Distance of numbers `[1, n]` from a target `[1]` as a share of `scale`, at most 1, as `[n]`.

    `scale` comes with the feature: four standard deviations of real music.
    Source: z-scores capped, as Yang and Lerch, Neural Computing and Applications 32 (2020), compare features.

    >>> difference(np.array([[3.0, 9.0]]), np.array([1.0]), scale=4.0).tolist()
    [0.5, 1.0]
    """
    gap: NDArray[np.float64] = abs(value[0] - target[0]) / scale
    return np.minimum(gap, 1.0)
