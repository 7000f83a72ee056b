"""Algorithm `generational`: tournaments, crossover, mutation, and the best of the old carried over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from evolve import selection
from evolve.algorithms.algorithm import Generation, Task, algorithm
from evolve.algorithms.breeding import Breeding, Epochs, Mend, Restart, Size
from evolve.operators import Mate, Mutate, Select
from fitness.catalogue import Between, Share


@algorithm(axes=1)
def generational(
    task: Task,
    *,
    population: Size = 200,
    elite: Annotated[int, Between(0, 1_000_000)] | None = None,
    select: Select = "tournament",
    tournament: Annotated[int, Between(1, 100)] = 3,
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
    """A generational genetic algorithm with elitism; constraints compare by their number of faults, before the axes.

    The `elite` best members, a twentieth if no number is given, are carried over unchanged; `mate`
    exchanges whole bars or any two-point stretch; `mutate` makes musical changes or redraws each gene with
    chance `per_gene`; `guided` aims most of the musical changes at the notes that break a rule; `distinct`
    breeds no phrase twice; after `restart` generations without a better best the population begins anew; where the
    last faults have stayed for `mend` generations, a local search tries every change of one or two notes there.
    `select`, `mate` and `mutate` may be operators of DEAP: `deap.cxUniform`, `{deap.mutShuffleIndexes: {indpb: 0.1}}`.
    Source: Holland, Adaptation in Natural and Artificial Systems (1975); constraints after Deb, "An
    Efficient Constraint Handling Method for Genetic Algorithms", Computer Methods in Applied Mechanics
    and Engineering 186 (2000).
    """
    elite = max(1, population // 20) if elite is None else elite
    if elite >= population:
        raise ValueError(f"elite: must be smaller than the population of {population}, got {elite}")
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
        kept = members.clone(selection.best(members, min(elite, len(members) - 1)))
        parents = breeding.toolbox.select(members, len(members) - len(kept), rng=task.streams.rng("select", number))
        children, evaluations = breeding.children(members, parents, epochs.beside(kept), number)
        members = children.joined(kept)
