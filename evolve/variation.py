"""Batch variation: crossover and mutation of whole populations, and the operators that fit any genome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evolve.genomes.kind import Genes, Where
from evolve.population import Population

Mate = Callable[[Genes, Genes, np.random.Generator], NDArray[np.bool_]]
Mutate = Callable[[Genes, np.random.Generator, "Where | None"], Genes]


def two_point(a: Genes, b: Genes, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Each pair exchanges the genes between two cuts, as DEAP's `cxTwoPoint`."""
    length = a.shape[1]
    cuts = np.sort(rng.integers(0, length + 1, (len(a), 2)), axis=1)
    place = np.arange(length)
    return (place >= cuts[:, :1]) & (place < cuts[:, 1:])


def uniform(genes: Genes, rng: np.random.Generator, *, bounds: tuple[Genes, Genes], per_gene: float) -> Genes:
    """Each gene is redrawn between its bounds with a chance of `per_gene`, as DEAP's `mutUniformInt`."""
    low, high = bounds
    result = genes.copy()
    flat = np.flatnonzero(rng.random(genes.shape, np.float32) < per_gene)
    column = flat % genes.shape[1]
    result.ravel()[flat] = rng.integers(low[column], high[column] + 1)
    return result


def varied(
    population: Population, *, mate: Mate, mutate: Mutate, crossover: float, mutation: float,
    mating: np.random.Generator, mutating: np.random.Generator,
) -> Population:  # fmt: skip
    """Children: neighbours mated with chance `crossover`, each then mutated with chance `mutation`.

    Blame crosses over along with the genes.  Members whose genes came out unchanged stay valid.
    """
    genes = population.genes.copy()
    blame = None if population.blame is None else population.blame.copy()
    chosen = np.flatnonzero(mating.random(len(population) // 2) < crossover) * 2
    if chosen.size:
        swap = mate(genes[chosen], genes[chosen + 1], mating)
        _exchange(genes, chosen, swap)
        if blame is not None:
            _exchange(blame, chosen, swap)
    chosen = np.flatnonzero(mutating.random(len(population)) < mutation)
    if chosen.size:
        genes[chosen] = mutate(genes[chosen], mutating, None if blame is None else blame[chosen])
    valid = population.valid & (genes == population.genes).all(axis=1)
    return replace(population, genes=genes, blame=blame, valid=valid)


def _exchange(rows: NDArray[np.int16] | NDArray[np.bool_], first: NDArray[np.intp], swap: NDArray[np.bool_]) -> None:
    a, b = rows[first], rows[first + 1]
    rows[first], rows[first + 1] = np.where(swap, b, a), np.where(swap, a, b)
