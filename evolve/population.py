"""A population as arrays, each of its members a DEAP individual on demand, and DEAP toolboxes over both."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from deap import base, tools
from numpy.typing import NDArray

from evolve.genomes.kind import Genes, GenomeKind, Where
from fitness.objective import Judge, Objective, Scores
from fitness.score import Score
from fitness.verbs import odd_numbers


@lru_cache
def fitness_class(axes: int) -> type[base.Fitness]:
    """DEAP's fitness for faults (fewer is better, compared first) and then the axes (more is better)."""
    weights = (-1.0, *(1.0 for _ in range(axes)))
    return type(f"Fitness{axes}", (base.Fitness,), {"weights": weights, "__module__": __name__})


class Individual(list[int]):
    """One genome as DEAP knows it: a list of genes with a `fitness` of (faults, axis, axis, ...)."""

    def __init__(self, genes: Iterable[int] = (), axes: int = 1) -> None:
        super().__init__(genes)
        self.fitness = fitness_class(axes)()

    def __deepcopy__(self, memo: dict[int, Any]) -> Individual:
        """A copy; genes are numbers, so nothing lies deeper (DEAP copies what enters its hall of fame)."""
        copied = Individual(self, len(self.fitness.weights) - 1)
        copied.fitness.wvalues = self.fitness.wvalues
        return copied


@dataclass(frozen=True, eq=False)
class Population:
    """`n` genomes with what is known of them.

    `genes` int16 `[n, length]`; `weighted` float64 `[n, 1 + axes]`: DEAP's weighted values, minus the
    faults first, then the axes; `broken`, `tested` uint16 `[rules, n]` and `worth` float32 `[features, n]`
    as in `Scores`; `valid`, whether that belongs to the genes; `prints` uint64 `[n]`, the fingerprint of
    each phrase, or None; `blame` bool `[n, length]` or None.
    """

    genes: Genes
    weighted: NDArray[np.float64]
    broken: NDArray[np.uint16]
    tested: NDArray[np.uint16]
    worth: NDArray[np.float32]
    valid: NDArray[np.bool_]
    prints: NDArray[np.uint64] | None = None
    blame: Where | None = None

    @classmethod
    def unjudged(cls, genes: Genes) -> Population:
        """Genomes of which nothing is known yet."""
        n = len(genes)
        counts = np.zeros((0, n), np.uint16)
        return cls(genes, np.zeros((n, 2)), counts, counts, np.zeros((0, n), np.float32), np.zeros(n, bool))

    def __len__(self) -> int:
        return len(self.genes)

    def __getitem__(self, i: int) -> Individual:
        individual = Individual(self.genes[i].tolist(), self.weighted.shape[1] - 1)
        if self.valid[i]:
            individual.fitness.wvalues = tuple(self.weighted[i].tolist())
        return individual

    def to_deap(self) -> list[Individual]:
        """The members as DEAP individuals."""
        return [self[i] for i in range(len(self))]

    @classmethod
    def from_deap(cls, individuals: Sequence[Any], judge: Judge, kind: GenomeKind) -> Population:
        """The population of some DEAP individuals (sequences of genes), judged anew."""
        return evaluated(cls.unjudged(np.array(individuals, np.int16)), judge, kind)

    @cached_property
    def rank(self) -> NDArray[np.int32]:
        """0 for the best; equals share a rank.  Faults decide before the axes, the first axis before the next."""
        order = np.lexsort(-self.weighted.T[::-1])
        ordered = self.weighted[order]
        ranks = np.empty(len(self), np.int32)
        ranks[order] = np.cumsum(np.append(False, (ordered[1:] != ordered[:-1]).any(axis=1)))
        return ranks

    @property
    def best(self) -> int:
        """The place of the best member, the first of equals."""
        return int(np.argmin(self.rank))

    @property
    def distinct(self) -> float:
        """Share of the members whose phrase (genome, where no fingerprints are known) is no other's before them."""
        prints = self.prints
        if prints is None:
            prints = np.add.reduce(self.genes.astype(np.uint64) * odd_numbers(self.genes.shape[1]), axis=1)
        return len(np.unique(prints)) / max(1, len(self))

    def clone(self, indices: NDArray[np.intp] | slice) -> Population:
        """A population of copies of some members."""
        columns = (self.broken[:, indices], self.tested[:, indices], self.worth[:, indices])
        prints = None if self.prints is None else self.prints[indices]
        blame = None if self.blame is None else self.blame[indices]
        genes, weighted = self.genes[indices], self.weighted[indices]
        return Population(genes, weighted, *columns, self.valid[indices], prints, blame)

    def joined(self, other: Population) -> Population:
        """The members of both."""
        prints, blame = None, None
        if self.prints is not None and other.prints is not None:
            prints = np.concatenate([self.prints, other.prints])
        if self.blame is not None and other.blame is not None:
            blame = np.concatenate([self.blame, other.blame])
        return Population(
            np.concatenate([self.genes, other.genes]), np.concatenate([self.weighted, other.weighted]),
            np.concatenate([self.broken, other.broken], axis=1), np.concatenate([self.tested, other.tested], axis=1),
            np.concatenate([self.worth, other.worth], axis=1), np.concatenate([self.valid, other.valid]), prints, blame,
        )  # fmt: skip

    def score(self, i: int, objective: Objective) -> Score:
        """The score of member `i`, rebuilt from its counts, without a word on places."""
        one = slice(i, i + 1)
        axes = self.weighted[one, 1:].T
        return Scores(objective, axes, self.broken[:, one], self.tested[:, one], self.worth[:, one])[0]


def evaluated(population: Population, judge: Judge, kind: GenomeKind) -> Population:
    """The population with every member judged; only those that are not valid are decoded."""
    stale = np.flatnonzero(~population.valid)
    if not stale.size:
        return population
    genes = population.genes if len(stale) == len(population) else population.genes[stale]
    scores = judge(kind.decode(genes))
    weighted = np.concatenate([-scores.faults[:, None], scores.axes.T], axis=1, dtype=np.float64)
    blame = None if scores.blame is None else kind.genes_of(scores.blame, len(stale))
    valid = np.ones(len(population), bool)
    if len(stale) == len(population):
        columns = (scores.broken, scores.tested, scores.worth)
        return Population(population.genes, weighted, *columns, valid, population.prints, blame)

    def filled(old: NDArray[Any], new: NDArray[Any], axis: int) -> NDArray[Any]:
        result = old.copy()
        result[(slice(None), stale) if axis else stale] = new
        return result

    return Population(
        population.genes, filled(population.weighted, weighted, 0), filled(population.broken, scores.broken, 1),
        filled(population.tested, scores.tested, 1), filled(population.worth, scores.worth, 1), valid,
        population.prints, None if blame is None or population.blame is None else filled(population.blame, blame, 0),
    )  # fmt: skip


def update_hall(hall: tools.HallOfFame, population: Population) -> None:
    """Hand DEAP's hall of fame the few members that may enter it, no genome twice and none that is there."""
    rows = np.arange(len(population))
    if len(hall) == hall.maxsize:
        worst = np.array(hall[-1].fitness.wvalues)
        differs = population.weighted != worst
        first = np.argmax(differs, axis=1)
        rows = np.flatnonzero(differs[rows, first] & (population.weighted[rows, first] > worst[first]))
    if not rows.size:
        return
    rows = rows[np.argsort(population.rank[rows], kind="stable")]
    genes = population.genes[rows]
    copies = np.append(False, (genes[1:] == genes[:-1]).all(axis=1))  # of the best there are many, side by side
    there = {genome.tobytes() for genome in np.array([*hall], np.int16)}
    fresh: dict[bytes, int] = {}
    for i in rows[~copies].tolist():
        genome = population.genes[i].tobytes()
        if genome not in there:
            fresh.setdefault(genome, i)
            if len(fresh) == hall.maxsize:
                break
    if fresh:
        hall.update([population[i] for i in fresh.values()])


def individual_toolbox(kind: GenomeKind, judge: Judge, tournament: int = 3) -> base.Toolbox:
    """An ordinary DEAP toolbox, one individual at a time, on which `deap.algorithms` run.

    Registered: individual, population, evaluate, mate, mutate, select.  All randomness comes from the
    global `random`, as in DEAP: seed that.
    """
    axes = len(judge(kind.decode(kind.sample(2, np.random.default_rng(0)))).axes)

    def rng() -> np.random.Generator:
        return np.random.default_rng(random.getrandbits(64))

    def individual() -> Individual:
        return Individual(kind.sample(1, rng())[0].tolist(), axes)

    def evaluate(genes: Individual) -> tuple[float, ...]:
        scores = judge(kind.decode(np.array([genes], np.int16)))
        return (float(scores.faults[0]), *scores.axes[:, 0].tolist())

    def mate(a: Individual, b: Individual) -> tuple[Individual, Individual]:
        one, other = (np.array([genes], np.int16) for genes in (a, b))
        swap = kind.mate(one, other, rng())
        a[:], b[:] = np.where(swap, other, one)[0].tolist(), np.where(swap, one, other)[0].tolist()
        return a, b

    def mutate(genes: Individual) -> tuple[Individual]:
        genes[:] = kind.mutate(np.array([genes], np.int16), rng())[0].tolist()
        return (genes,)

    toolbox = base.Toolbox()
    toolbox.register("individual", individual)
    toolbox.register("population", tools.initRepeat, list, individual)
    toolbox.register("evaluate", evaluate)
    toolbox.register("mate", mate)
    toolbox.register("mutate", mutate)
    toolbox.register("select", tools.selTournament, tournsize=tournament)
    return toolbox
