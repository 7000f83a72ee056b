"""What an algorithm is given, what it yields, and how one is registered.

@algorithm
def generational(task: Task, *, population: Size = 200, ...) -> Iterator[Generation]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from deap import tools

from evolve.genomes.kind import Genes, GenomeKind
from evolve.population import Individual, Population
from evolve.streams import Streams
from fitness.catalogue import Catalogue
from fitness.objective import Judge, Objective


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be evolved: a kind of genome, a judge, random streams, perhaps genomes to start from.

    `remember` is the size of the hall of fame.
    """

    kind: GenomeKind
    judge: Judge
    streams: Streams
    start: Genes | None = None
    remember: int = 10

    def judging(self, blames: bool) -> Task:
        """The same task with a judge that says where the faults are, or (which is faster) does not."""
        if not isinstance(self.judge, Objective):
            return self
        return replace(self, judge=replace(self.judge, blames=blames))

    def first(self, n: int, number: int = 0) -> Genes:
        """The genomes that begin in generation `number`: random, or those to start from with changed copies of them."""
        rng = self.streams.rng("sample", number)
        if self.start is None:
            return self.kind.sample(n, rng)
        genes = self.start[np.arange(n) % len(self.start)]
        for turn in range(4):  # up to four changes each, so that the copies spread around their model
            rows = np.flatnonzero((np.arange(n) >= len(self.start)) & (np.arange(n) % 4 >= turn))
            genes[rows] = self.kind.mutate(genes[rows], rng)
        return genes


@dataclass(frozen=True)
class Mending:
    """What local search has done in a run: how often it was tried, the faults it took away, its evaluations."""

    tries: int = 0
    faults: int = 0
    evaluations: int = 0


@dataclass(frozen=True, eq=False)
class Generation:
    """What an algorithm yields: the population, the best ever, best first, and the evaluations so far.

    `champions` are the best members of the epochs that have ended, where the algorithm begins anew at times, or what a
    set is chosen from; `best_member` is the best as a population of one, where it may not be in the population;
    `mending` is what local search has done so far; `judge` is who judged it, where that is no longer the task's.
    """

    number: int
    population: Population
    hall: Sequence[Individual]
    evaluations: int
    logbook: tools.Logbook | None = None
    champions: Population | None = None
    best_member: Population | None = None
    mending: Mending | None = None
    judge: Judge | None = None

    @property
    def best(self) -> Individual:
        """The best individual so far."""
        return self.hall[0]


algorithm: Catalogue[Callable[..., Iterator[Generation]]] = Catalogue(
    "algorithm", "evolve.algorithms", ("axes", "samples")
)
