"""Batch selection: which members of a population become parents, and which survive."""

from __future__ import annotations

import moocore
import numpy as np
from numpy.typing import NDArray

from evolve.population import Population

Ranks = NDArray[np.int32]
FLAT, FAR = 1e-9, 5.0  # what varies less does not; standard deviations beyond which all is as far
SWEEPS = 5  # how often herding goes through the chosen to exchange them


def tournament(
    population: Population, k: int, *, size: int, rng: np.random.Generator, rank: Ranks | None = None
) -> NDArray[np.intp]:
    """`k` winners of tournaments among `size` members drawn with replacement, as DEAP's `selTournament`.

    `rank` int32 `[n]`, smaller is better, instead of the population's own.
    """
    drawn = rng.integers(0, len(population), (size, k))
    winner = np.argmin((population.rank if rank is None else rank)[drawn], axis=0)
    chosen: NDArray[np.intp] = drawn[winner, np.arange(k)]
    return chosen


def best(population: Population, k: int) -> NDArray[np.intp]:
    """The `k` best members, the first of equals first."""
    return np.argsort(population.rank, kind="stable")[:k]


def fronts(weighted: NDArray[np.float64]) -> Ranks:
    """The Pareto front of each member, 0 for the best, by constraint domination.

    `weighted` float64 `[n, 1 + axes]` as in `Population`.  Fewer faults dominate more, whatever the
    axes; among equal faults one dominates another that is at least as good on every axis and better on one.
    Source: Deb, Pratap, Agarwal and Meyarivan, "A Fast and Elitist Multiobjective Genetic Algorithm:
    NSGA-II", IEEE Transactions on Evolutionary Computation 6 (2002), sections III A and VI.
    """
    return _sorted_fronts(weighted)[1]


def _sorted_fronts(weighted: NDArray[np.float64]) -> tuple[NDArray[np.intp], Ranks]:
    """All members in lexicographic order, the largest first, and the front of each member."""
    order = np.lexsort(-weighted.T[::-1])
    ordered = weighted[order]
    differs = np.ones(len(order), bool)  # equals share a front: the search for fronts is quadratic
    np.any(ordered[1:] != ordered[:-1], axis=1, out=differs[1:])
    different = ordered[differs]
    ranks = np.empty(len(different), np.int32)
    level = np.flatnonzero(np.append(True, different[1:, 0] != different[:-1, 0]))  # where the faults become more
    first = 0
    for start, stop in zip(level, [*level[1:], len(different)], strict=True):
        axes = np.ascontiguousarray(different[start:stop, 1:])
        ranks[start:stop] = first + (
            moocore.pareto_rank(axes, maximise=True) if axes.shape[1] > 1 else np.arange(len(axes))
        )
        first = int(ranks[start:stop].max()) + 1
    front = np.empty(len(order), np.int32)
    front[order] = ranks[np.cumsum(differs) - 1]
    return order, front


def crowding(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Crowding distances of the members of one front, float64 `[n, axes]` -> `[n]`, as DEAP's `assignCrowdingDist`.

    Each axis is sorted from the order that the axis before left, as DEAP does: of equals, that decides who is last.
    """
    n, number = axes.shape
    distance = np.zeros(n)
    order = np.arange(n)
    for axis in range(number):
        order = order[np.argsort(axes[order, axis], kind="stable")]
        values = axes[order, axis]
        distance[order[[0, -1]]] = np.inf
        if values[-1] != values[0]:
            distance[order[1:-1]] += (values[2:] - values[:-2]) / (number * (values[-1] - values[0]))
    return distance


def nsga2(population: Population, k: int) -> tuple[NDArray[np.intp], Ranks]:
    """`k` survivors, in the order of DEAP's `selNSGA2` with `nd="log"`, and the rank of each: front, then crowding.

    Faults are compared before the axes (see `fronts`); without faults the result is DEAP's.
    """
    order, front = _sorted_fronts(population.weighted)
    lexicographic = order[np.argsort(front[order], kind="stable")]
    sizes = np.bincount(front)
    last = int(np.searchsorted(np.cumsum(sizes), k))
    chosen: list[NDArray[np.intp]] = []
    ranks: list[Ranks] = []
    start = 0
    for size in sizes[: last + 1].tolist():
        members = lexicographic[start : start + size]
        distance = crowding(population.weighted[members, 1:])
        if start + size >= k:
            by_distance = np.argsort(-distance, kind="stable")[: k - start]
            members, distance = members[by_distance], distance[by_distance]
        place = np.unique(-distance, return_inverse=True)[1]
        ranks.append((start + place).astype(np.int32))
        chosen.append(members)
        start += size
    return np.concatenate(chosen), np.concatenate(ranks)


def herded(pool: NDArray[np.float64], model: NDArray[np.float64], number: int) -> NDArray[np.intp]:
    """So many of a pool that together are spread as a model is, by their features: the places, the first chosen first.

    `pool` float64 `[f, n]`, `model` `[f, m]`.  Each next one brings the mean embedding of the chosen nearest to the
    model's; then ones are exchanged as long as that helps.  The kernel is a sum of two Gaussians (of half and of all of
    the median squared distance in the model) and a linear one, on features in the model's standard deviations.
    Source: Chen, Welling and Smola, "Super-Samples from Kernel Herding", UAI (2010).
    """
    spread = model.std(axis=1)
    varies = spread > FLAT * np.maximum(abs(model.mean(axis=1)), 1.0)
    middle, scale = model[varies].mean(axis=1), spread[varies]
    mine, theirs = (np.clip((x[varies].T - middle) / scale, -FAR, FAR) for x in (pool, model))
    wide = float(np.median(_squared(theirs, theirs))) or 1.0

    def kernel(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        apart = _squared(a, b)
        near: NDArray[np.float64] = np.exp(-apart / (0.5 * wide)) + np.exp(-apart / wide) + a @ b.T / max(a.shape[1], 1)
        return near.round(9)

    like, wanted = kernel(mine, mine), kernel(mine, theirs).mean(axis=1).round(9)
    own = like.diagonal()
    number = min(number, len(mine))
    free, near = np.ones(len(mine), bool), np.zeros(len(mine))
    chosen = np.empty(number, np.intp)
    for place in range(number):
        gain = np.where(free, wanted - (near + own / 2) / (place + 1), -np.inf)
        chosen[place] = best_one = int(np.argmax(gain))
        free[best_one] = False
        near = near + like[best_one]
    for _ in range(SWEEPS):
        before = chosen.copy()
        for place, old in enumerate(before.tolist()):
            others = near - like[old]
            cost = 2 * others + own - 2 * number * wanted
            offered = np.where(free, cost, np.inf)
            new = int(np.argmin(offered))
            if offered[new] < cost[old] - FLAT:
                free[old], free[new], chosen[place] = True, False, new
                near = others + like[new]
        if np.array_equal(before, chosen):
            break
    return chosen


def _squared(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distances of rows."""
    found: NDArray[np.float64] = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * a @ b.T
    return np.maximum(found, 0.0)
