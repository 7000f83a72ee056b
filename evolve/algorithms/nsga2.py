"""Algorithm `nsga2`: several axes at once, and the phrases of which none is better on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from deap import tools
from numpy.typing import NDArray

from evolve import selection
from evolve.algorithms.algorithm import Generation, Task, algorithm
from evolve.algorithms.breeding import Breeding, Mend, Restart, Size
from evolve.operators import Mate, Mutate
from evolve.population import Population
from fitness.catalogue import Between, Share


@algorithm
def nsga2(
    task: Task,
    *,
    population: Size = 200,
    tournament: Annotated[int, Between(1, 100)] = 2,
    crossover: Share = 0.7,
    mutation: Share = 0.8,
    mate: Mate = "bars",
    mutate: Mutate = "musical",
    per_gene: Share = 0.05,
    guided: bool = True,
    distinct: bool = True,
    restart: Restart | None = 30,
    mend: Mend | None = 4,
) -> Iterator[Generation]:
    """Non-dominated sorting with crowding: a front of phrases that trade one axis for another.

    Fewer faults against the constraints dominate more, whatever the axes.  The best phrase is the most
    balanced one of the front, whose worst axis is best.  After `restart` generations in which no axis and
    not the balance got better, the front is put aside and the population begins anew, without a parent of
    before; the front of the whole run is that of all epochs.  For the other options see `generational`.
    Source: Deb, Pratap, Agarwal and Meyarivan, "A Fast and Elitist Multiobjective Genetic Algorithm:
    NSGA-II", IEEE Transactions on Evolutionary Computation 6 (2002).
    """
    breeding = Breeding.of(
        task, mate=mate, mutate=mutate, select="tournament", tournament=tournament, per_gene=per_gene,
        crossover=crossover, mutation=mutation, guided=guided, distinct=distinct, mend=mend,
    )  # fmt: skip
    toolbox = breeding.toolbox
    toolbox.register("survive", selection.nsga2)
    logbook, evaluations, number, since = tools.Logbook(), 0, 0, 0
    members = breeding.first(population)
    rank, judged = _ranked(members), population
    best, reached = members.clone(slice(0, 0)), _nothing(members)
    aside: Population | None = None  # the front of the epochs that have ended, and what each of them came to
    champions: Population | None = None
    while True:
        best, evaluations = _most_balanced(best.joined(members), task.remember), evaluations + judged
        logbook.record(gen=number, nevals=judged, best=float(best.weighted[0, 1:].min()))
        kept = None if aside is None else aside.clone(slice(0, population - len(members)))
        told = members if kept is None else members.joined(kept)
        yield Generation(
            number, told, best.to_deap(), evaluations, logbook, champions, best.clone(slice(0, 1)), breeding.mender.done
        )
        better = _progress(members, reached)
        reached, since = better, since if np.array_equal(better, reached) else number
        number += 1
        if restart is not None and number - 1 - since >= restart:
            own = _set_aside(members, task.remember)
            champions = own if champions is None else champions.joined(own)
            aside = _set_aside(members if aside is None else aside.joined(members), population)
            room = min(len(aside), population // 10, task.remember)
            members = breeding.first(population - room, number, aside.clone(slice(0, room)))
            rank, judged, since, reached = _ranked(members), len(members), number, _nothing(members)
            continue
        parents = toolbox.select(members, len(members), rng=task.streams.rng("select", number), rank=rank)
        beside = members if kept is None else members.joined(kept)
        children, judged = breeding.children(members, parents, beside, number)
        both = members.joined(children)
        chosen, rank = toolbox.survive(both, len(members))
        members = both.clone(chosen)


def _ranked(members: Population) -> selection.Ranks:
    chosen, ranks = selection.nsga2(members, len(members))
    return ranks[np.argsort(chosen)]


def _nothing(members: Population) -> NDArray[np.float64]:
    return np.full(members.weighted.shape[1] + 1, -np.inf)


def _progress(members: Population, reached: NDArray[np.float64]) -> NDArray[np.float64]:
    """The best so far: minus the least faults, and of those with as few the best of each axis and of the worst axis."""
    fewest = members.weighted[:, 0].max()
    axes = members.weighted[members.weighted[:, 0] == fewest, 1:]
    now = np.array([fewest, *axes.max(axis=0), axes.min(axis=1).max()])
    return now if fewest > reached[0] else np.maximum(now, reached) if fewest == reached[0] else reached


def _set_aside(members: Population, most: int) -> Population:
    """The front of some members, those with the most room first."""
    front = members.clone(np.flatnonzero(selection.fronts(members.weighted) == 0))
    return front.clone(selection.nsga2(front, min(most, len(front)))[0])


def _most_balanced(members: Population, number: int) -> Population:
    """So many members: fewest faults first, then the best worst axis, then the best sum; no genome twice."""
    faults, axes = -members.weighted[:, 0], members.weighted[:, 1:]
    order = np.lexsort((-axes.sum(axis=1).round(9), -axes.min(axis=1), faults))
    chosen: dict[bytes, int] = {}
    for i in order.tolist():
        chosen.setdefault(members.genes[i].tobytes(), i)
        if len(chosen) == number:
            break
    return members.clone(np.array([*chosen.values()]))
