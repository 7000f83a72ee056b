"""Algorithm `nsga2`: several axes at once, and the phrases of which none is better on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from deap import tools

from evolve import selection
from evolve.algorithms.algorithm import Generation, Task, algorithm
from evolve.algorithms.breeding import Breeding, Restart, Size
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
    restart: Restart | None = 60,
) -> Iterator[Generation]:
    """Non-dominated sorting with crowding: a front of phrases that trade one axis for another.

    Fewer faults against the constraints dominate more, whatever the axes.  The best phrase is the most
    balanced one of the front, whose worst axis is best.  After `restart` generations in which no axis and
    not the balance got better, the half of the population that is crowded most is drawn anew.  For the
    other options see `generational`.
    Source: Deb, Pratap, Agarwal and Meyarivan, "A Fast and Elitist Multiobjective Genetic Algorithm:
    NSGA-II", IEEE Transactions on Evolutionary Computation 6 (2002).
    """
    breeding = Breeding.of(
        task, mate=mate, mutate=mutate, select="tournament", tournament=tournament, per_gene=per_gene,
        crossover=crossover, mutation=mutation, guided=guided, distinct=distinct,
    )  # fmt: skip
    logbook, since = tools.Logbook(), 0
    reached: tuple[float, ...] = ()
    members = breeding.first(population)
    chosen, ranks = selection.nsga2(members, population)
    rank = ranks[np.argsort(chosen)]
    best, evaluations, number = members.clone(slice(0, 0)), population, 0
    while True:
        best = _most_balanced(best.joined(members), task.remember)
        logbook.record(gen=number, nevals=evaluations, best=float(best.weighted[0, 1:].min()))
        yield Generation(number, members, best.to_deap(), evaluations, logbook)
        number += 1
        now = (*members.weighted.max(axis=0).tolist(), *best.weighted[0].tolist())
        reached, since = (now, number) if now != reached else (reached, since)
        if restart is not None and number - since >= restart:
            kept = members.clone(np.argsort(rank, kind="stable")[: (population + 1) // 2])
            children = breeding.first(population - len(kept), number)
            members, judged, since = kept, len(children), number
        else:
            parents = selection.tournament(
                members, population, size=tournament, rng=task.streams.rng("select", number), rank=rank
            )
            children, judged = breeding.children(members, parents, members, number)
        members, rank = _survivors(members.joined(children), population)
        evaluations += judged


def _survivors(members: Population, number: int) -> tuple[Population, selection.Ranks]:
    chosen, rank = selection.nsga2(members, number)
    return members.clone(chosen), rank


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
