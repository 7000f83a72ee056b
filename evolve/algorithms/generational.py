"""Algorithm `generational`: tournaments, crossover, mutation, and the best of the old carried over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Literal

import numpy as np
from deap import base, tools

from evolve import selection, variation
from evolve.algorithms.algorithm import Generation, Task, algorithm
from evolve.population import Population, evaluated, update_hall
from fitness.catalogue import Between, Share

Size = Annotated[int, Between(2, 1_000_000)]


def toolbox_of(
    task: Task, *, tournament: int, mate: str, mutate: str, per_gene: float, crossover: float, mutation: float
) -> base.Toolbox:
    """A DEAP toolbox under DEAP's names, acting on whole populations: select, clone, mate, mutate, evaluate, vary."""
    kind = task.kind
    uniform = partial(_uniform, bounds=kind.bounds, per_gene=per_gene)
    toolbox = base.Toolbox()
    toolbox.register("select", selection.tournament, size=tournament)
    toolbox.register("clone", Population.clone)
    toolbox.register("mate", kind.mate if mate == "bars" else variation.two_point)
    toolbox.register("mutate", kind.mutate if mutate == "musical" else uniform)
    toolbox.register("evaluate", evaluated, judge=task.judge, kind=kind)
    toolbox.register(
        "vary", variation.varied, mate=toolbox.mate, mutate=toolbox.mutate, crossover=crossover, mutation=mutation
    )
    return toolbox


def _uniform(genes, rng, where=None, *, bounds, per_gene):  # type: ignore[no-untyped-def]
    return variation.uniform(genes, rng, bounds=bounds, per_gene=per_gene)


@algorithm(axes=1)
def generational(
    task: Task,
    *,
    population: Size = 200,
    elite: Annotated[int, Between(0, 1_000_000)] | None = None,
    tournament: Annotated[int, Between(1, 100)] = 3,
    crossover: Share = 0.7,
    mutation: Share = 0.8,
    mate: Literal["bars", "two_point"] = "bars",
    mutate: Literal["musical", "uniform"] = "musical",
    per_gene: Share = 0.05,
    guided: bool = True,
) -> Iterator[Generation]:
    """A generational genetic algorithm with elitism; constraints compare by their number of faults, before the axes.

    The `elite` best members, a twentieth if no number is given, are carried over unchanged; `mate`
    exchanges whole bars or any two-point stretch; `mutate` makes musical changes or redraws each gene with
    chance `per_gene`; `guided` aims most of the musical changes at the notes that break a rule.
    Source: Holland, Adaptation in Natural and Artificial Systems (1975); constraints after Deb, "An
    Efficient Constraint Handling Method for Genetic Algorithms", Computer Methods in Applied Mechanics
    and Engineering 186 (2000).
    """
    elite = max(1, population // 20) if elite is None else elite
    if elite >= population:
        raise ValueError(f"elite: must be smaller than the population of {population}, got {elite}")
    toolbox = toolbox_of(
        task.judging(guided and mutate == "musical"),
        tournament=tournament,
        mate=mate,
        mutate=mutate,
        per_gene=per_gene,
        crossover=crossover,
        mutation=mutation,
    )
    hall, logbook = tools.HallOfFame(task.remember), tools.Logbook()
    members = toolbox.evaluate(Population.unjudged(task.first(population)))
    evaluations, number = population, 0
    while True:
        update_hall(hall, members)
        logbook.record(gen=number, nevals=evaluations, best=float(members.weighted[members.best, 1]))
        yield Generation(number, members, hall, evaluations, logbook)
        number += 1
        streams = {name: task.streams.rng(name, number) for name in ("select", "mate", "mutate")}
        parents = toolbox.select(members, population - elite, rng=streams["select"])
        children = toolbox.vary(toolbox.clone(members, parents), mating=streams["mate"], mutating=streams["mutate"])
        evaluations += int(np.count_nonzero(~children.valid))
        children = toolbox.evaluate(children)
        members = children.joined(members.clone(selection.best(members, elite))) if elite else children
