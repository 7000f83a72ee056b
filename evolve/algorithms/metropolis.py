"""Algorithm `metropolis`: every member's child takes its place if it is better, or by chance if it is not much worse.

So the population becomes nearly a sample of what the judge likes (copies of bars are not proposed both ways alike), and
not a heap of the best.  Of a judge it may ask, where it has it: its `temperature`; `learned(members, seed, step)`, the
judge after one more training on the population; `at(places)`, the judge of the members at these places.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Annotated, Any

import numpy as np

from evolve import selection
from evolve.algorithms.algorithm import Generation, Task, algorithm
from evolve.population import Population, evaluated
from fitness.catalogue import Between, Share

USUAL_TEMPERATURE = 0.005  # of an objective from 0 to 1: what is a hundredth worse survives once in seven times
SNAPSHOTS = 3  # of the population, at the ends of epochs, from which a set is chosen
WHOLE, LEAST = 0.6, 0.2  # up to which share of the epochs a training counts wholly, and how much the last one counts


@algorithm(axes=1, samples=True)
def metropolis(
    task: Task,
    *,
    population: Annotated[int, Between(2, 100_000)] = 400,
    epochs: Annotated[int, Between(1, 10_000)] = 25,
    children: Annotated[int, Between(1, 10_000)] = 20,
    crossover: Share = 0.25,
    temperature: Annotated[float, Between(1e-9, 1e3)] | None = None,
) -> Iterator[Generation]:
    """A population that samples: a child takes its parent's place with chance exp(difference / temperature), at most 1.

    Of each generation's children `crossover` exchange music with another member, the others are changed.  In every
    epoch each member has so many `children`; before it, a judge that learns is trained on the population, the later
    ones with smaller steps.  It ends after its epochs.  Fewer faults are better than more, whatever the axis.
    Source: Metropolis, Rosenbluth, Rosenbluth, Teller and Teller, "Equation of State Calculations by Fast Computing
    Machines", Journal of Chemical Physics 21 (1953).
    """
    judge: Any = task.judge
    warmth: Any = temperature or getattr(judge, "temperature", USUAL_TEMPERATURE)
    members = _judged(task, judge, Population.unjudged(task.first(population)))
    evaluations, snapshots = population, list[Population]()
    pool: Population | None = None
    for number in range(epochs * children + 1):
        epoch, turn = divmod(number, children)
        if turn == 0 and hasattr(judge, "learned"):
            if number:
                snapshots = [*snapshots, members][-SNAPSHOTS:]
                pool = reduce(Population.joined, snapshots)
            if epoch < epochs:
                seed = int(task.streams.rng("learn", epoch).integers(2**31))
                judge = judge.learned(task.kind.decode(members.genes), seed, _step(epoch, epochs))
                members = _judged(task, judge, Population.unjudged(members.genes))
                evaluations += population
        hall = members.clone(selection.best(members, task.remember)).to_deap()
        yield Generation(number, members, hall, evaluations, champions=pool, judge=judge)
        if number == epochs * children:
            return
        offspring = _judged(task, judge, _children(task, members, crossover, number + 1))
        evaluations += population
        chance = task.streams.rng("accept", number + 1).random(population)
        gained = offspring.weighted - members.weighted
        faults, better = gained[:, 0], np.exp(np.minimum(gained[:, 1] / warmth, 0.0))
        taken = (faults > 0) | ((faults == 0) & (chance < better))
        members = members.joined(offspring).clone(np.where(taken, population, 0) + np.arange(population))


def _step(epoch: int, epochs: int) -> float:
    """How much the training of an epoch counts."""
    late = (epoch / epochs - WHOLE) / (1.0 - WHOLE)
    return 1.0 if late <= 0 else max(LEAST, 1.0 - late)


def _judged(task: Task, judge: Any, members: Population) -> Population:
    """The members judged, each at its place where the judge has places."""
    placed = judge.at(np.arange(len(members))) if hasattr(judge, "at") else judge
    return evaluated(members, placed, task.kind)


def _children(task: Task, members: Population, crossover: float, number: int) -> Population:
    """A child of each member, at its parent's place."""
    rng = task.streams.rng("mate", number)
    other = members.genes[rng.permutation(len(members))]
    swap = task.kind.mate(members.genes, other, rng)
    mated = (rng.random(len(members)) < crossover) & (swap & (members.genes != other)).any(axis=1)
    genes = np.where(swap, other, members.genes)
    changed = np.flatnonzero(~mated)
    genes[changed] = task.kind.mutate(members.genes[changed], task.streams.rng("mutate", number))
    return Population.unjudged(genes)
