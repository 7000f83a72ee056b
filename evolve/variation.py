"""Batch variation: crossover and mutation of whole populations, and the operators that fit any genome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evolve.genomes.kind import Genes, GenomeKind, Where
from evolve.population import Population

TRIES = 4  # what a twin is given to become another phrase: all but the last are changes, the last is a new draw

Mate = Callable[[Genes, Genes, np.random.Generator], tuple[Genes, Genes, Where]]
Mutate = Callable[[Genes, np.random.Generator, "Where | None"], Genes]


def two_point(a: Genes, b: Genes, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Each pair exchanges the genes between two cuts, as DEAP's `cxTwoPoint`."""
    length = a.shape[1]
    cuts = np.sort(rng.integers(0, length + 1, (len(a), 2)), axis=1)
    place = np.arange(length)
    return (place >= cuts[:, :1]) & (place < cuts[:, 1:])


def exchanged(
    a: Genes, b: Genes, rng: np.random.Generator, *, by: Callable[[Genes, Genes, np.random.Generator], Where]
) -> tuple[Genes, Genes, Where]:
    """The children of each pair, and which genes they have of the other parent, as `by` says."""
    swap = by(a, b, rng)
    return np.where(swap, b, a), np.where(swap, a, b), swap


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
        genes[chosen], genes[chosen + 1], swap = mate(genes[chosen], genes[chosen + 1], mating)
        if blame is not None:
            one, other = blame[chosen], blame[chosen + 1]
            blame[chosen], blame[chosen + 1] = np.where(swap, other, one), np.where(swap, one, other)
    chosen = np.flatnonzero(mutating.random(len(population)) < mutation)
    if chosen.size:
        genes[chosen] = mutate(genes[chosen], mutating, None if blame is None else blame[chosen])
    valid = population.valid & (genes == population.genes).all(axis=1)
    if blame is not None and population.blame is not None:
        blame = np.where(valid[:, None], population.blame, blame)  # equal genes were exchanged, and their blame
    return replace(population, genes=genes, blame=blame, valid=valid)


def without_twins(
    children: Population, taken: NDArray[np.uint64], kind: GenomeKind, mutate: Mutate, rng: np.random.Generator
) -> Population:
    """The children with their fingerprints, changed again where their phrase is a sibling's or in `taken`.

    What is still a twin after some tries is drawn anew, and stays where all phrases of a small kind are there.
    """
    genes, valid = children.genes.copy(), children.valid.copy()
    prints = np.zeros(len(children), np.uint64) if children.prints is None else children.prints.copy()
    rows = np.arange(len(children)) if children.prints is None else np.flatnonzero(~valid)
    for turn in range(TRIES + 1):
        if rows.size:
            prints[rows] = kind.decode(genes[rows]).fingerprint
        rows = np.flatnonzero(_known_before(prints, taken))
        if turn == TRIES or not rows.size:
            break
        genes[rows] = mutate(genes[rows], rng, None) if turn < TRIES - 1 else kind.sample(len(rows), rng)
        valid[rows] = False
    return replace(children, genes=genes, valid=valid, prints=prints)


def _known_before(prints: NDArray[np.uint64], taken: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which numbers are one of `taken`, or one before them."""
    known = np.ones(len(taken) + len(prints), bool)
    known[np.unique(np.concatenate([taken, prints]), return_index=True)[1]] = False
    return known[len(taken) :]
