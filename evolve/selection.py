"""Batch selection: which members of a population become parents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evolve.population import Population


def tournament(population: Population, k: int, *, size: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """`k` winners of tournaments among `size` members drawn with replacement, as DEAP's `selTournament`."""
    drawn = rng.integers(0, len(population), (size, k))
    winner = np.argmin(population.rank[drawn], axis=0)
    chosen: NDArray[np.intp] = drawn[winner, np.arange(k)]
    return chosen


def best(population: Population, k: int) -> NDArray[np.intp]:
    """The `k` best members, the first of equals first."""
    return np.argsort(population.rank, kind="stable")[:k]
