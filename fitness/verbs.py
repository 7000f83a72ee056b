"""Array verbs along the position axis (the last but one), so that rules read as if for one phrase.

Arrays are `[voices or pairs, positions, n]`; the batch axis `n` rides along.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Mask = NDArray[np.bool_]


def earlier(x: Array, fill: int = 0) -> Array:
    """The value one position before; `fill` at the first.

    >>> earlier(np.array([[5], [7], [9]])).ravel().tolist()
    [0, 5, 7]
    """
    out = np.empty_like(x)
    out[..., 1:, :] = x[..., :-1, :]
    out[..., :1, :] = fill
    return out


def later(x: Array, fill: int = 0) -> Array:
    """The value one position after; `fill` at the last.

    >>> later(np.array([[5], [7], [9]])).ravel().tolist()
    [7, 9, 0]
    """
    out = np.empty_like(x)
    out[..., :-1, :] = x[..., 1:, :]
    out[..., -1:, :] = fill
    return out


def latest(x: Array, where: Mask, fill: int = 0) -> Array:
    """At each position the value of `x` at the last position up to it where `where` holds.

    >>> x, where = np.array([[1], [2], [3]]), np.array([[False], [True], [False]])
    >>> latest(x, where).ravel().tolist()
    [0, 2, 2]
    """
    out = np.empty_like(x)
    held = np.full_like(x[..., 0, :], fill)
    for i in range(x.shape[-2]):
        np.copyto(held, x[..., i, :], where=where[..., i, :])
        out[..., i, :] = held
    return out


def soonest(x: Array, where: Mask, fill: int = 0) -> Array:
    """At each position the value of `x` at the next position after it where `where` holds.

    >>> x, where = np.array([[1], [2], [3]]), np.array([[True], [False], [True]])
    >>> soonest(x, where).ravel().tolist()
    [3, 3, 0]
    """
    out = np.empty_like(x)
    held = np.full_like(x[..., 0, :], fill)
    for i in reversed(range(x.shape[-2])):
        out[..., i, :] = held
        np.copyto(held, x[..., i, :], where=where[..., i, :])
    return out


def running(extreme: np.ufunc, x: Array) -> None:
    """Make each position the extreme of all up to it, in place: over 1, 2, 4 ... positions, in few calls.

    `extreme` is `np.maximum`, `np.minimum` or `np.logical_or`: one for which x with x is x.

    >>> x = np.array([[3], [1], [4]])
    >>> running(np.maximum, x)
    >>> x.ravel().tolist()
    [3, 3, 4]
    """
    reach = 1
    while reach < x.shape[-2]:
        extreme(x[..., reach:, :], x[..., :-reach, :], out=x[..., reach:, :])
        reach *= 2


def ever(x: Mask) -> Mask:
    """Whether a mask has held at any position up to and with each.

    >>> ever(np.array([[False], [True], [False]])).ravel().tolist()
    [False, True, True]
    """
    out = x.copy()
    running(np.logical_or, out)
    return out


def first_of(x: Mask) -> Mask:
    """The first position at which a mask holds.

    >>> first_of(np.array([[False], [True], [True]])).ravel().tolist()
    [False, True, False]
    """
    return x & ~earlier(ever(x))


def last_of(x: Mask) -> Mask:
    """The last position at which a mask holds.

    >>> last_of(np.array([[True], [True], [False]])).ravel().tolist()
    [False, True, False]
    """
    return first_of(x[..., ::-1, :])[..., ::-1, :]


def run_length(x: Mask, among: Mask | None = None) -> NDArray[np.int16]:
    """How many positions in a row, up to and with each, hold; those that are not `among` neither count nor end a row.

    >>> run_length(np.array([[True], [True], [False], [True]])).ravel().tolist()
    [1, 2, 0, 1]
    """
    out = np.empty(x.shape, np.int16)
    run = np.zeros(x.shape[:-2] + x.shape[-1:], np.int16)
    goes_on = x if among is None else x | ~among
    for i in range(x.shape[-2]):
        run += 1 if among is None else among[..., i, :]
        run *= goes_on[..., i, :]
        out[..., i, :] = run
    return out


def one_of(x: Array, values: tuple[int, ...]) -> Mask:
    """Whether each of `x` is one of `values` (0 or more; a negative number never is).

    >>> one_of(np.array([[7], [6], [-1]], np.int16), (0, 7)).ravel().tolist()
    [True, False, False]
    """
    found = np.zeros(x.shape, bool)
    for first, last in _runs(values):  # comparisons take a sixth of the time of a table
        found |= x == first if first == last else (x >= first) & (x <= last)
    return found


@lru_cache(maxsize=256)
def _runs(values: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """The values as runs without a gap, first and last of each."""
    ordered = sorted({value for value in values if value >= 0})
    starts = [value for value in ordered if value - 1 not in values]
    ends = [value for value in ordered if value + 1 not in values]
    return tuple(zip(starts, ends, strict=True))


def opposite(a: Array, b: Array) -> Mask:
    """Whether two moves go in opposite directions; signs are compared, for products overflow."""
    found: Mask = ((a > 0) & (b < 0)) | ((a < 0) & (b > 0))
    return found


def alike(a: Array, b: Array) -> Mask:
    """Whether two moves go in the same direction."""
    found: Mask = ((a > 0) & (b > 0)) | ((a < 0) & (b < 0))
    return found


def is_step(move: Array) -> Mask:
    """Whether a move is one or two semitones.

    >>> is_step(np.array([[0], [1], [-2], [3]])).ravel().tolist()
    [False, True, True, False]
    """
    size = abs(move)
    found: Mask = (size == 1) | (size == 2)
    return found


# Leaps that are minor, major or perfect: the fewest and the most semitones, and the places of the staff they span.
LEAPS = ((3, 4, 2), (5, 5, 3), (7, 7, 4), (8, 9, 5), (10, 11, 6), (12, 12, 7))


def is_spelled(move: Array, places: Array) -> Mask:
    """Whether a move by semitones is a step, or a leap up to an octave that spans its places of the staff.

    >>> is_spelled(np.array([[8], [8], [2]]), np.array([[5], [4], [0]])).ravel().tolist()
    [True, False, True]
    """
    size, span = abs(move), abs(places)
    found: Mask = (size <= 2) | (size > 12)
    for fewest, most, place in LEAPS:
        found |= (span == place) & (size >= fewest) & (size <= most)
    return found


def is_perfect(interval_class: Array) -> Mask:
    """Whether an interval class (semitones modulo 12) is a unison, octave or fifth."""
    found: Mask = (interval_class == 0) | (interval_class == 7)
    return found


def tally(bins: Array, where: Mask, size: int) -> NDArray[np.float64]:
    """How often each bin 0 .. size-1 occurs where `where` holds, over rows and positions, `[size, n]`.

    >>> tally(np.array([[[0], [2], [2]]]), np.ones((1, 3, 1), bool), 3).ravel().tolist()
    [1.0, 0.0, 2.0]
    """
    n = bins.shape[-1]
    flat = bins.astype(np.intp)
    flat *= n
    flat += np.arange(n)
    np.copyto(flat, size * n, where=~where)
    found = np.bincount(flat.ravel(), minlength=size * n + 1)[: size * n]
    return found.reshape(size, n).astype(np.float64)


def whole_runs(there: Mask, size: int) -> Mask:
    """Where `size` positions in a row begin at all of which the mask holds.

    >>> whole_runs(np.array([[True], [True], [False], [True]]), 2).ravel().tolist()
    [True, False, False, False]
    """
    whole = there
    for _ in range(size - 1):
        there = later(there)
        whole = whole & there
    return whole


def chained(events: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """A hash of `size` events in a row from each position on; past the end of the positions come zeros.

    >>> runs = chained(np.array([[7], [8], [7], [8], [8]], np.uint64), 2).ravel().tolist()
    >>> runs[0] == runs[2], runs[0] == runs[1], len(set(runs))
    (True, False, 4)
    """
    whole = events
    following = events
    for _ in range(size - 1):
        following = later(following)
        whole = mixed(whole + following * _ODD)
    return whole


_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: tells the second of two numbers from the first


@lru_cache(maxsize=16)
def odd_numbers(length: int) -> NDArray[np.uint64]:
    """So many odd numbers: sums of products with them tell rows of numbers apart."""
    return mixed(np.arange(1, length + 1, dtype=np.uint64)) | np.uint64(1)


def mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash of each number: near ones come far apart, and sums of hashes tell sets of numbers apart.

    Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA (2014), the
    finishing function of SplitMix64.

    >>> len(np.unique(mixed(np.arange(1000, dtype=np.uint64)) >> np.uint64(44))) > 990
    True
    """
    x = (x ^ x >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ x >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return x ^ x >> np.uint64(31)
