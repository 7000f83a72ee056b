"""Evolution by other means: plain DEAP, pymoo and PyGAD with the operators of workload W."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pygad
from deap import algorithms, base, creator, tools
from numpy.typing import NDArray
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.core.mutation import Mutation
from pymoo.core.problem import Problem
from pymoo.operators.crossover.pntx import TwoPointCrossover
from pymoo.optimize import minimize

from benchmarks.workload import CODES, CROSSOVER, HALL, LENGTH, MUTATION, PER_GENE, TOURNAMENT

creator.create("FitnessMax", base.Fitness, weights=(1.0,))
creator.create("Individual", list, fitness=creator.FitnessMax)
creator.create("FourAxes", base.Fitness, weights=(1.0,) * 4)
creator.create("Balanced", list, fitness=creator.FourAxes)


def deap_individuals(genes: NDArray[np.int16]) -> list[Any]:
    """Genomes as DEAP's tutorial makes them."""
    return [creator.Individual(row) for row in genes.tolist()]


def evolve_with_deap(evaluate: Any, genes: NDArray[np.int16], generations: int, seed: int) -> list[Any]:
    """Plain DEAP: `eaSimple` on lists, statistics, logbook and hall of fame; W's operators."""
    random.seed(seed)
    toolbox = base.Toolbox()
    toolbox.register("evaluate", evaluate)
    toolbox.register("mate", tools.cxTwoPoint)
    toolbox.register("mutate", tools.mutUniformInt, low=0, up=CODES - 1, indpb=PER_GENE)
    toolbox.register("select", tools.selTournament, tournsize=TOURNAMENT)
    statistics = tools.Statistics(lambda individual: individual.fitness.values[0])
    statistics.register("best", max)
    population, _ = algorithms.eaSimple(
        deap_individuals(genes), toolbox, CROSSOVER, MUTATION, generations, statistics, tools.HallOfFame(HALL), False
    )
    return population


def evolve_with_deap_nsga2(evaluate: Any, genes: NDArray[np.int16], generations: int, seed: int) -> list[Any]:
    """Plain DEAP's NSGA-II as in its examples, with the faster sorting (`nd="log"`) and W's operators."""
    random.seed(seed)

    def judged(individuals: list[Any]) -> None:
        for individual in individuals:
            if not individual.fitness.valid:
                individual.fitness.values = evaluate(individual)

    population = [creator.Balanced(row) for row in genes.tolist()]
    judged(population)
    population = tools.selNSGA2(population, len(population), nd="log")
    for _ in range(generations):
        children = [creator.Balanced(i) for i in tools.selTournamentDCD(population, len(population))]
        for one, other in zip(children[::2], children[1::2], strict=True):
            if random.random() < CROSSOVER:
                tools.cxTwoPoint(one, other)
        for child in children:
            if random.random() < MUTATION:
                tools.mutUniformInt(child, 0, CODES - 1, PER_GENE)
        judged(children)
        population = tools.selNSGA2(population + children, len(population), nd="log")
    return population


class Batch(Problem):
    """A pymoo problem whose whole batch of values is given by a function of the genes."""

    def __init__(self, axes: int, worth: Any) -> None:
        super().__init__(n_var=LENGTH, n_obj=axes, xl=0, xu=CODES - 1, vtype=int)
        self.worth = worth

    def _evaluate(self, x: Any, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        out["F"] = -self.worth(x.astype(np.int16))


def evolve_with_pymoo_nsga2(worth: Any, axes: int, genes: NDArray[np.int16], generations: int, seed: int) -> Any:
    """Pymoo's NSGA-II with our batch fitness, its search for duplicates off."""
    algorithm = NSGA2(
        pop_size=len(genes), sampling=genes.astype(int), crossover=TwoPointCrossover(prob=CROSSOVER),
        mutation=UniformInt(prob=MUTATION), eliminate_duplicates=False,
    )  # fmt: skip
    return minimize(Batch(axes, worth), algorithm, ("n_gen", generations + 1), seed=seed, copy_algorithm=False)


class Drawn(Problem):
    """A pymoo problem whose whole batch of values is drawn: it costs nothing."""

    def __init__(self, seed: int) -> None:
        super().__init__(n_var=LENGTH, n_obj=1, xl=0, xu=CODES - 1, vtype=int)
        self.rng = np.random.default_rng(seed)

    def _evaluate(self, x: Any, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        out["F"] = self.rng.random((len(x), 1))


class UniformInt(Mutation):
    """W's mutation for pymoo, a whole batch at once (pymoo's own for integers round those for floats)."""

    def _do(self, problem: Problem, X: Any, random_state: Any = None, **kwargs: Any) -> Any:  # noqa: N803
        drawn = random_state.integers(0, CODES, X.shape)
        return np.where(random_state.random(X.shape) < PER_GENE, drawn, X)


def evolve_with_pymoo(genes: NDArray[np.int16], generations: int, seed: int) -> Any:
    """Pymoo's genetic algorithm with a free fitness, its search for duplicates off."""
    algorithm = GA(
        pop_size=len(genes), sampling=genes.astype(int), crossover=TwoPointCrossover(prob=CROSSOVER),
        mutation=UniformInt(prob=MUTATION), eliminate_duplicates=False,
    )  # fmt: skip
    return minimize(Drawn(seed), algorithm, ("n_gen", generations + 1), seed=seed, copy_algorithm=False)


def evolve_with_pygad(genes: NDArray[np.int16], generations: int, seed: int) -> pygad.GA:
    """PyGAD with a free fitness, asked for the whole population at once.

    It knows a chance per gene only, so that it changes as many genes as W's two chances together.
    """
    rng = np.random.default_rng(seed)
    algorithm = pygad.GA(
        num_generations=generations, num_parents_mating=len(genes), initial_population=genes.astype(int),
        fitness_func=lambda algorithm, solutions, places: rng.random(len(solutions)).tolist(),
        fitness_batch_size=len(genes), gene_type=int, parent_selection_type="tournament", K_tournament=TOURNAMENT,
        keep_parents=0, keep_elitism=0, crossover_type="two_points", crossover_probability=CROSSOVER,
        mutation_type="random", mutation_probability=MUTATION * PER_GENE, mutation_by_replacement=True,
        random_mutation_min_val=0, random_mutation_max_val=CODES, random_seed=seed, suppress_warnings=True,
    )  # fmt: skip
    algorithm.run()
    return algorithm
