"""The same work by other means: W's scores in plain Python, and evolution by DEAP, pymoo and PyGAD.

`PlainPython` is what one would write for one phrase at a time: decode to lists, one pass over the moves, one
over the beats; everything that does not depend on the genes is made once.
"""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import numpy as np
import pygad
from deap import algorithms, base, creator, tools
from numpy.typing import NDArray
from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.core.mutation import Mutation
from pymoo.core.problem import Problem
from pymoo.operators.crossover.pntx import TwoPointCrossover
from pymoo.optimize import minimize

from benchmarks.workload import CODES, CROSSOVER, HALL, LENGTH, MUTATION, PER_GENE, TARGET, TOURNAMENT
from evolve.genomes.melody import Melody
from fitness.grid import HOLD, REST

ILLEGAL = {6, 10, 11, *range(13, 128), -6, -8, -9, -10, -11, *range(-127, -12)}
IN_C = {0, 2, 4, 5, 7, 9, 11}
CONSONANT = {0, 3, 4, 7, 8, 9}
LARGEST = 12  # larger intervals share the outermost bins of the profile


def band(value: float, low: float, high: float, sd: float) -> float:
    """1 from `low` to `high`, outside falling as a Gaussian."""
    if low <= value <= high:
        return 1.0
    out = (low - value if value < low else value - high) / sd
    return math.exp(-0.5 * out * out)


class PlainPython:
    """The scores of W, one phrase at a time."""

    def __init__(self, kind: Melody) -> None:
        self.pitch_of = [HOLD, REST, *kind.scale.tolist()]
        self.slots = kind.slots
        weights = kind.setting.weight[kind.ticks].tolist()
        # the first slot after each that is stronger: a note that lasts beyond it is syncopated
        self.stronger = [
            next((j for j in range(i + 1, self.slots) if weights[j] > weights[i]), self.slots)
            for i in range(self.slots)
        ]
        self.bass, self.bass_strikes, sounding = [], [], -1
        for cell in kind.fixed[0].tolist():
            sounding = sounding if cell == HOLD else cell
            self.bass.append(sounding)
            self.bass_strikes.append(cell >= 0)
        bass = self.bass
        self.bass_moves = [
            (i, bass[i] - bass[i - 1])
            for i in range(1, self.slots)
            if bass[i] >= 0 and bass[i - 1] >= 0 and bass[i] != bass[i - 1]
        ]
        on_beat = kind.setting.on_beat[kind.ticks].tolist()
        self.bass_beats = [(i, bass[i], self.bass_strikes[i]) for i in range(self.slots) if on_beat[i] and bass[i] >= 0]
        self.wanted = interval_shares([note.pitch for note in TARGET.voices[0].notes])

    def decode(self, genes: list[int]) -> tuple[list[int], list[int], list[int], list[int]]:
        """Pitch, first slot and end slot of each note, and what sounds in each slot (-1: silence)."""
        pitches: list[int] = []
        onsets: list[int] = []
        ends: list[int] = []
        sounding: list[int] = []
        pitch_of, now = self.pitch_of, REST
        for slot, gene in enumerate(genes):
            if gene:  # 0 is a hold
                if now >= 0:
                    ends.append(slot)
                now = pitch_of[gene]
                if now >= 0:
                    pitches.append(now)
                    onsets.append(slot)
            sounding.append(now)
        if now >= 0:
            ends.append(self.slots)
        return pitches, onsets, ends, sounding

    def __call__(self, genes: list[int]) -> tuple[float]:
        """The fitness as DEAP wants it: the mean of what the applicable criteria are worth."""
        pitches, onsets, ends, sounding = self.decode(genes)
        worths = self.line(pitches, onsets, ends)
        self.with_bass(sounding, genes, worths)
        return (round(sum(worths) / len(worths), 9),)

    def line(self, pitches: list[int], onsets: list[int], ends: list[int]) -> list[float]:
        """What the eleven criteria of the upper voice are worth, those that apply nowhere left out."""
        notes = len(pitches)
        steps = repeats = illegal = leaps = unrecovered = 0
        counts = [0] * (2 * LARGEST + 1)
        leapt = 0  # the leap by which the note was reached, if it was
        before = pitches[0] if pitches else 0
        for pitch in pitches[1:]:
            move = pitch - before
            before = pitch
            size = move if move >= 0 else -move
            is_step = 1 <= size <= 2
            if leapt:
                leaps += 1
                if not (is_step and (move > 0) != (leapt > 0)):
                    unrecovered += 1
            leapt = move if size >= 5 else 0
            if not move:
                repeats += 1
            elif is_step:
                steps += 1
            elif move in ILLEGAL:
                illegal += 1
            counts[(move if size <= LARGEST else LARGEST if move > 0 else -LARGEST) + LARGEST] += 1
        moves = max(0, notes - 1)
        sounded = syncopated = foreign = 0
        stronger = self.stronger
        for pitch, onset, end in zip(pitches, onsets, ends, strict=True):
            sounded += end - onset
            if end > stronger[onset]:
                syncopated += 1
            if pitch % 12 not in IN_C:
                foreign += 1
        worths = [
            band(steps / moves if moves else 0.0, 0.23, 0.73, 0.15),
            band(max(pitches) - min(pitches) if pitches else 0, 8.0, 17.0, 2.8),
            band(repeats / moves if moves else 0.0, 0.04, 0.42, 0.12),
            band(1.0 - sounded / self.slots, 0.0, 0.10, 0.05),
            1.0 - divergence(counts, moves, self.wanted),
        ]
        if moves > repeats:
            worths.append(1.0 - illegal / (moves - repeats))
        if leaps:
            worths.append(1.0 - unrecovered / leaps)
        if notes:
            worths.append(1.0 - foreign / notes)
            worths.append(1.0 - syncopated / notes)
            worths.append(1.0 if pitches[-1] % 12 == 0 else 0.0)
        if notes > 1:
            worths.append(climax(pitches))
        return worths

    def with_bass(self, sounding: list[int], genes: list[int], worths: list[float]) -> None:
        """Add what the two criteria of both voices are worth, where they apply."""
        bass = self.bass
        tested = broken = 0
        for slot, bass_move in self.bass_moves:
            now, before = sounding[slot], sounding[slot - 1]
            if now < 0 or before < 0:
                continue
            if now > before if bass_move > 0 else now < before:
                tested += 1
                interval = abs(now - bass[slot]) % 12
                if (interval == 0 or interval == 7) and interval == abs(before - bass[slot - 1]) % 12:
                    broken += 1
        if tested:
            worths.append(1.0 - broken / tested)
        tested = broken = 0
        for slot, low, strikes in self.bass_beats:
            now = sounding[slot]
            if now >= 0 and (strikes or genes[slot] > 1):
                tested += 1
                if abs(now - low) % 12 not in CONSONANT:
                    broken += 1
        if tested:
            worths.append(1.0 - broken / tested)


def climax(pitches: list[int]) -> float:
    """The share of arrivals on the highest note that are its first and not at an edge."""
    top, last = max(pitches), len(pitches) - 1
    arrivals = [i for i, pitch in enumerate(pitches) if pitch == top and (i == 0 or pitches[i - 1] != top)]
    first = arrivals[0]
    return 1.0 / len(arrivals) if first not in (0, last) else 0.0


def interval_shares(pitches: list[int]) -> list[float]:
    """Shares of the moves from an octave down to an octave up."""
    counts = [0] * (2 * LARGEST + 1)
    for before, pitch in pairwise(pitches):
        counts[max(-LARGEST, min(LARGEST, pitch - before)) + LARGEST] += 1
    return [count / max(1, len(pitches) - 1) for count in counts]


def divergence(counts: list[int], total: int, wanted: list[float]) -> float:
    """Jensen-Shannon divergence in bits of some counts from some shares; 1 where there are no counts."""
    if not total:
        return 1.0
    bits = 0.0
    for count, share in zip(counts, wanted, strict=True):
        if count:
            heard = count / total
            if share:
                middle = 0.5 * (heard + share)
                bits += heard * math.log2(heard / middle) + share * math.log2(share / middle)
            else:
                bits += heard
        else:
            bits += share
    return min(1.0, max(0.0, 0.5 * bits))


creator.create("FitnessMax", base.Fitness, weights=(1.0,))
creator.create("Individual", list, fitness=creator.FitnessMax)


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
