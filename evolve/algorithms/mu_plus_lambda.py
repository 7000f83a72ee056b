"""Algorithm `mu_plus_lambda`: parents and children compete for the places of the next generation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from evolve import selection
from evolve.algorithms.algorithm import Generation, Task, algorithm
from evolve.algorithms.breeding import Breeding, Epochs, Mend, Restart, Size
from evolve.operators import Mate, Mutate, Select
from fitness.catalogue import Between, Share


@algorithm(axes=1)
def mu_plus_lambda(
    task: Task,
    *,
    population: Size = 200,
    children: Size | None = None,
    select: Select = "tournament",
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
    """The best of parents and children survive; constraints compare by their number of faults, before the axes.

    `population` is mu, `children` lambda, as many if no number is given.  For the other options see `generational`.
    Source: Beyer and Schwefel, "Evolution Strategies: A Comprehensive Introduction", Natural Computing 1 (2002).
    """
    breeding = Breeding.of(
        task, mate=mate, mutate=mutate, select=select, tournament=tournament, per_gene=per_gene, crossover=crossover,
        mutation=mutation, guided=guided, distinct=distinct, mend=mend,
    )  # fmt: skip
    epochs = Epochs(task, restart)
    members = breeding.first(population)
    evaluations, number = population, 0
    while True:
        yield epochs.told(number, members, evaluations, breeding.mender.done)
        number += 1
        if epochs.ended(number):
            evaluations = epochs.close(members, number)
            members = breeding.first(evaluations, number, epochs.best_ever)
            continue
        parents = breeding.toolbox.select(members, children or population, rng=task.streams.rng("select", number))
        offspring, evaluations = breeding.children(members, parents, epochs.beside(members), number)
        both = members.joined(offspring)
        members = both.clone(selection.best(both, len(members)))
