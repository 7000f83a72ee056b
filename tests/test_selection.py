"""Selection: DEAP's NSGA-II in the same order, and constraints that come before the axes."""

from __future__ import annotations

import numpy as np
import pytest
from deap import base, tools

from evolve import selection
from evolve.population import Population


def population(axes: np.ndarray, faults: np.ndarray | None = None) -> Population:
    n = len(axes)
    less = np.zeros(n) if faults is None else -faults
    counts = np.zeros((0, n), np.uint16)
    worth = np.zeros((0, n), np.float32)
    return Population(
        np.arange(n, dtype=np.int16)[:, None], np.column_stack([less, axes]), counts, counts, worth, np.ones(n, bool)
    )


def drawn(rng: np.random.Generator, ties: bool) -> np.ndarray:
    """Two to four axes of up to 120 members; with ties, many of them stand at one point."""
    shape = (int(rng.integers(2, 120)), int(rng.integers(2, 5)))
    return rng.integers(0, rng.integers(2, 12), shape) / 10.0 if ties else rng.random(shape).round(9)


def of_deap(axes: np.ndarray, k: int) -> list[int]:
    fitness = type("Fitness", (base.Fitness,), {"weights": (1.0,) * axes.shape[1]})
    individual = type("Individual", (list,), {})
    members = []
    for i, values in enumerate(axes.tolist()):
        member = individual([i])
        member.fitness = fitness()
        member.fitness.values = values
        members.append(member)
    return [member[0] for member in tools.selNSGA2(members, k, nd="log")]


@pytest.mark.parametrize("ties", [False, True])
def test_nsga2_selects_what_deap_selects_in_the_same_order(ties):
    """Whoever knows DEAP's NSGA-II knows ours, member for member."""
    rng = np.random.default_rng(1)
    for _ in range(60):
        axes = drawn(rng, ties)
        k = int(rng.integers(1, len(axes) + 1))
        assert selection.nsga2(population(axes), k)[0].tolist() == of_deap(axes, k)


def test_fronts_are_peeled_by_constraint_domination():
    """One dominates another with fewer faults, or with as many and no axis worse and one better."""
    rng = np.random.default_rng(2)
    for _ in range(40):
        axes = drawn(rng, True)[:30]
        faults = rng.integers(0, 3, len(axes))

        def dominates(a, b, axes=axes, faults=faults):
            better = (axes[a] >= axes[b]).all() and (axes[a] > axes[b]).any()
            return faults[a] < faults[b] or (faults[a] == faults[b] and better)

        front = selection.fronts(population(axes, faults).weighted)
        left, number = set(range(len(axes))), 0
        while left:
            best = {b for b in left if not any(dominates(a, b) for a in left)}
            assert best == {i for i in left if front[i] == number}
            left, number = left - best, number + 1


def test_the_rank_of_a_survivor_is_its_front_and_then_its_room():
    """Tournaments prefer the better front, and within it the member that is crowded less."""
    axes = np.array([[0.0, 1.0], [0.5, 0.6], [0.55, 0.55], [1.0, 0.0], [0.2, 0.2]])
    chosen, rank = selection.nsga2(population(axes), 5)
    by_member = dict(zip(chosen.tolist(), rank.tolist(), strict=True))
    assert by_member[0] == by_member[3] == 0
    assert by_member[4] == max(rank)
    assert min(by_member[1], by_member[2]) > 0


def test_one_axis_is_ranked_without_a_front_of_several():
    """With a single axis the fronts are its values from the largest down."""
    axes = np.array([[0.5], [0.9], [0.5], [0.1]])
    assert selection.fronts(population(axes).weighted).tolist() == [1, 0, 1, 2]
