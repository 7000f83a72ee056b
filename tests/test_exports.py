"""What a run hands over: phrases that differ, and the front."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from evolve.algorithms.algorithm import Generation
from evolve.experiment import Experiment
from evolve.exports import BEHIND, POOL, candidates, unlike, write_phrases
from evolve.record import Record
from evolve.run import perform, run
from fitness.phrase import Phrase

TUNE = Phrase.parse("C4 D4 E4 F4 | G4 A4 G4 F4")
KIN = Phrase.parse("C4 D4 E4 F4 | G4 A4 G4 E4")
OTHER = Phrase.parse("G4*2 E4*2 | C4*4")


def worth(*rows: tuple[float, float]) -> np.ndarray:
    return np.array(rows)


def test_of_two_near_kin_the_better_is_exported_and_then_the_stranger():
    """Five phrases that differ in a note are one phrase: a lower score that is another tune is worth more."""
    rows = worth((0, 1.0), (0, 0.99), (0, 0.95))
    assert unlike([TUNE, KIN, OTHER], rows, 2, tolerance=0.1) == [0, 2]


def test_kin_are_exported_where_there_is_nothing_else():
    """Who asks for three phrases gets three, as long as they are not the same."""
    rows = worth((0, 1.0), (0, 0.99), (0, 0.95))
    assert unlike([TUNE, KIN, OTHER], rows, 3, tolerance=0.1) == [0, 1, 2]
    assert unlike([TUNE, TUNE, KIN], rows, 3, tolerance=0.1) == [0, 2]


def test_a_phrase_with_faults_is_exported_after_all_kin_without():
    """A fault against a constraint weighs more than being another tune."""
    rows = worth((0, 1.0), (0, 0.99), (-2, 0.98))
    assert unlike([TUNE, KIN, OTHER], rows, 2, tolerance=0.1) == [0, 1]


def test_a_poor_phrase_comes_after_kin():
    """Below thrice the tolerance a stranger is no match for the best phrase's kin."""
    rows = worth((0, 1.0), (0, 0.99), (0, 0.2))
    assert unlike([TUNE, KIN, OTHER], rows, 2, tolerance=0.1) == [0, 1]


def test_nothing_gives_nothing():
    """A run that was ended before it had a phrase exports none."""
    assert unlike([], np.zeros((0, 2)), 5, tolerance=0.1) == []


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """A short run on two axes."""
    experiment = Experiment.load(
        "experiments/theory_versus_likeness.yaml",
        ["algorithm.population=40", "stop.generations=12", "algorithm.restart=5"],
    )
    return perform(experiment, tmp_path_factory.mktemp("run") / "two_axes", argv=[])


def test_the_front_is_on_record_and_its_first_phrases_are_the_exported(record):
    """`export --which N` numbers the front, and the first of it are best/01, 02, ..."""
    front = json.loads((record.path / "pareto.json").read_text())
    assert [told["number"] for told in front] == list(range(1, len(front) + 1))
    best = Record.open(record.path).best
    assert [told["notation"] for told in front[: len(best)]] == [told["notation"] for told in best]
    assert len({told["notation"] for told in front}) == len(front)


def test_no_phrase_of_the_front_dominates_another(record):
    """Each is better than any other on some axis, or has fewer faults."""
    front = [told for told in record.pareto if told["on_front"]]
    assert len({told["faults"] for told in front}) == 1
    for one in front:
        for other in front:
            gains = [one["axes"][axis] - other["axes"][axis] for axis in one["axes"]]
            assert not (min(gains) >= 0 and max(gains) > 0)


def test_what_is_exported_lies_on_the_front_or_little_behind_it(record):
    """A phrase of another epoch is another tune; it may be a little worse than one of the front on every axis."""
    front = [told["axes"] for told in record.pareto if told["on_front"]]
    for told in record.pareto[: len(record.best)]:
        lacks = [min(other[axis] - told["axes"][axis] for axis in other) for other in front]
        assert max(lacks) <= BEHIND
    assert all(told["on_front"] for told in record.pareto[len(record.best) :])


def test_the_best_of_several_axes_is_the_most_balanced():
    """The worst axis of the best phrase is the best worst axis of all."""
    changes = ["algorithm.population=40", "stop.generations=8"]
    experiment = Experiment.load("experiments/theory_versus_likeness.yaml", changes)
    last = [*run(experiment)][-1]
    weighted = last.population.weighted
    fewest = weighted[weighted[:, 0] == weighted[:, 0].max()]
    assert min(last.best.fitness.values[1:]) >= fewest[:, 1:].min(axis=1).max()


def test_the_best_phrase_is_exported_though_the_population_has_lost_it(tmp_path):
    """Crowding may drop the most balanced member: it is the first of the front all the same, if none dominates it."""
    changes = ["algorithm.population=40", "stop.generations=8"]
    experiment = Experiment.load("experiments/theory_versus_likeness.yaml", changes)
    last = [*run(experiment)][-1]
    others = np.flatnonzero((last.population.genes != np.array(last.best)).any(axis=1))
    poorer = last.population.clone(others[last.population.weighted[others, 1:].min(axis=1) < 0.8])
    record = Record.create(tmp_path / "run", "lost", 1, [])
    write_phrases(experiment, replace(last, population=poorer, champions=None), record)
    best = record.best[0]
    assert [float(best["faults"]), *best["axes"].values()] == pytest.approx(last.best.fitness.values, abs=1e-9)


def test_champions_are_looked_at_in_a_population_of_any_size():
    """Of a large population of near kin only the best are looked at, of earlier epochs all."""
    experiment = Experiment.load("experiments/two_rules.yaml", ["algorithm.population=20"])
    members = next(iter(run(experiment))).population
    many = members.clone(np.arange(len(members)).repeat(40))
    generation = Generation(3, many, members.to_deap()[:1], 9, champions=members)
    genes, weighted = candidates(generation)
    assert len(genes) == len(weighted) == 1 + len(members) + POOL
