"""What the algorithms share: a DEAP toolbox over whole populations, epochs with their champions, distinct phrases."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated

import numpy as np
from deap import base, tools
from numpy.typing import NDArray

from evolve import selection, variation
from evolve.algorithms.algorithm import Generation, Mending, Task
from evolve.mending import mended
from evolve.operators import DeapOperator
from evolve.population import Population, evaluated, update_hall
from fitness.catalogue import Between

Size = Annotated[int, Between(2, 1_000_000)]
Restart = Annotated[int, Between(1, 1_000_000)]
Mend = Annotated[int, Between(1, 1_000_000)]
LAST_FAULTS = 4  # a genome with more is far from any that has none
NEAR_BEST = 20  # of so many the first is taken that local search has not tried yet


@dataclass(frozen=True, eq=False)
class Breeding:
    """How one algorithm makes and judges members; `toolbox` has DEAP's names, acting on whole populations."""

    task: Task
    toolbox: base.Toolbox
    distinct: bool
    mender: Mender

    @classmethod
    def of(
        cls, task: Task, *, mate: str | DeapOperator, mutate: str | DeapOperator, select: str | DeapOperator,
        tournament: int, per_gene: float, crossover: float, mutation: float, guided: bool, distinct: bool,
        mend: int | None,
    ) -> Breeding:  # fmt: skip
        """The toolbox that an algorithm's options ask for: select, clone, mate, mutate, vary, evaluate."""
        task = task.judging(guided and mutate == "musical")
        kind, toolbox = task.kind, base.Toolbox()
        masks = {"bars": kind.mate, "two_point": variation.two_point}
        changes = {"musical": kind.mutate, "uniform": partial(_uniform, bounds=kind.bounds, per_gene=per_gene)}
        drawn = selection.tournament if isinstance(select, str) else select.select
        toolbox.register("select", drawn, **({"size": tournament} if isinstance(select, str) else {}))
        toolbox.register("clone", Population.clone)
        if isinstance(mate, str):
            toolbox.register("mate", variation.exchanged, by=masks[mate])
        else:
            toolbox.register("mate", mate.mate, bounds=kind.bounds)
        if isinstance(mutate, str):
            toolbox.register("mutate", changes[mutate])
        else:
            toolbox.register("mutate", mutate.mutate, bounds=kind.bounds)
        rates = {"crossover": crossover, "mutation": mutation}
        toolbox.register("vary", variation.varied, mate=toolbox.mate, mutate=toolbox.mutate, **rates)
        toolbox.register("evaluate", evaluated, judge=task.judge, kind=kind)
        return cls(task, toolbox, distinct, Mender(task, mend))

    def first(self, n: int, number: int = 0, beside: Population | None = None) -> Population:
        """The members with which a run, or in generation `number` a new epoch, begins."""
        members = Population.unjudged(self.task.first(n, number))
        if self.distinct:
            members = self._untwinned(members, beside, number)
        judged: Population = self.toolbox.evaluate(members)
        return judged

    def children(
        self, members: Population, parents: NDArray[np.intp], beside: Population | None, number: int
    ) -> tuple[Population, int]:
        """The judged children of some members, no phrase one of those they will live beside, and how many were judged.

        Without `distinct` nobody asks.
        """
        rng = self.task.streams.rng
        children = self.toolbox.vary(
            self.toolbox.clone(members, parents), mating=rng("mate", number), mutating=rng("mutate", number)
        )
        if self.distinct:
            children = self._untwinned(children, beside, number)
        judged = int(np.count_nonzero(~children.valid))
        return self.mender.helped(members, self.toolbox.evaluate(children), judged)

    def _untwinned(self, members: Population, beside: Population | None, number: int) -> Population:
        taken = np.empty(0, np.uint64) if beside is None or beside.prints is None else beside.prints
        rng = self.task.streams.rng("twins", number)
        return variation.without_twins(members, taken, self.task.kind, self.toolbox.mutate, rng)


@dataclass(eq=False)
class Mender:
    """Local search for a population whose fewest faults have stayed the same for `patience` generations (None: never).

    What it mends takes the place of the worst child; each genome is tried once.
    """

    task: Task
    patience: int | None
    done: Mending = field(default_factory=Mending)
    _least: float = -np.inf
    _since: int = 0
    _tried: set[bytes] = field(default_factory=set)

    def helped(self, members: Population, children: Population, judged: int) -> tuple[Population, int]:
        """The children, the worst of them perhaps replaced by a mended one, and how many phrases were judged."""
        if self.patience is None:
            return children, judged
        least = float(max(members.weighted[:, 0].max(), children.weighted[:, 0].max()))
        self._since = self._since + 1 if least == self._least else 0
        self._least = least
        if not (self._since >= self.patience and -LAST_FAULTS <= least < 0):
            return children, judged
        both = members.joined(children)
        order = selection.best(both, NEAR_BEST)
        genes = next((both.genes[i] for i in order if both.genes[i].tobytes() not in self._tried), None)
        if genes is None:
            return children, judged
        self._tried.add(genes.tobytes())
        self._since = 0
        found, fewer, evaluations = mended(self.task.kind, self.task.judge, genes)
        self.done = Mending(self.done.tries + 1, self.done.faults + fewer, self.done.evaluations + evaluations)
        fresh = self.task.kind.decode(found[None]).fingerprint[0]
        known = both.prints is not None and fresh in both.prints
        if fewer and not known:
            worst = int(np.argmax(children.rank))
            changed, valid = children.genes.copy(), children.valid.copy()
            changed[worst], valid[worst] = found, False
            prints = None if children.prints is None else children.prints.copy()
            if prints is not None:
                prints[worst] = fresh
            changed_children = replace(children, genes=changed, valid=valid, prints=prints)
            children = evaluated(changed_children, self.task.judge, self.task.kind)
        return children, judged + evaluations


def _uniform(genes, rng, where=None, *, bounds, per_gene):  # type: ignore[no-untyped-def]
    return variation.uniform(genes, rng, bounds=bounds, per_gene=per_gene)


@dataclass(eq=False)
class Epochs:
    """The best of a run, and of each epoch of it: an epoch ends when `patience` generations found no better best.

    The best ever stays in the population as its last member, but is no parent of the epochs that follow, lest
    they end where it stands; the best of each epoch that has ended is kept in `champions`.
    """

    task: Task
    patience: int | None
    hall: tools.HallOfFame = field(init=False)
    logbook: tools.Logbook = field(default_factory=tools.Logbook)
    evaluations: int = 0
    champions: Population | None = None
    best_ever: Population | None = None
    _reached: tuple[float, ...] = ()
    _since: int = 0

    def __post_init__(self) -> None:
        self.hall = tools.HallOfFame(self.task.remember)

    def told(self, number: int, active: Population, evaluations: int, mending: Mending | None = None) -> Generation:
        """The generation of these members, with so many more of them judged."""
        self.evaluations += evaluations
        update_hall(self.hall, active)
        best = tuple(active.weighted[active.best].tolist())
        if not self._reached or best > self._reached:
            self._reached, self._since = best, number
        self.logbook.record(gen=number, nevals=evaluations, best=best[1])
        members = active if self.best_ever is None else active.joined(self.best_ever)
        return Generation(number, members, self.hall, self.evaluations, self.logbook, self.champions, mending=mending)

    def ended(self, number: int) -> bool:
        """Whether the generations before `number` have brought the epoch to nothing more."""
        return self.patience is not None and number - 1 - self._since >= self.patience

    def close(self, active: Population, number: int) -> int:
        """Keep the epoch's best and begin another; how many new members it needs."""
        best = active.clone(np.array([active.best]))
        self.champions = best if self.champions is None else self.champions.joined(best)
        self.best_ever = self.champions.clone(np.array([self.champions.best]))
        self._reached, self._since = (), number
        return len(active) - (len(self.champions) == 1)

    def beside(self, kept: Population) -> Population:
        """Those among whom children will live: the members kept, and the best ever."""
        return kept if self.best_ever is None else kept.joined(self.best_ever)
