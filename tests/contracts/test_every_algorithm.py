"""What every algorithm promises: held against each entry of the catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest

from evolve.algorithms.algorithm import Generation, Task, algorithm
from evolve.genomes.kind import GenomeKind, genome_kind
from evolve.operators import DeapOperator
from evolve.population import Population, evaluated
from evolve.streams import Streams
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.phrases import Phrases
from fitness.theory import Key, Metre
from tests.melodies import FRERE_JACQUES

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "generational": [
        {"population": 40}, {"population": 41, "mate": "two_point", "mutate": "uniform", "elite": 1},
        {"population": 40, "guided": False, "tournament": 2, "distinct": False}, {"population": 40, "restart": 6},
        {
            "population": 40, "mate": DeapOperator("cxTwoPoint"),
            "mutate": DeapOperator("mutUniformInt", {"indpb": 0.02}),
            "select": DeapOperator("selTournament", {"tournsize": 3}),
        },
    ],
    "metropolis": [{"population": 40, "temperature": 1e-9}, {"population": 40, "children": 3, "crossover": 0.0}],
    "mu_plus_lambda": [{"population": 30, "children": 45}, {"population": 40, "restart": 6}],
    "nsga2": [{"population": 40}, {"population": 40, "restart": 8, "mate": "two_point"}],
}  # fmt: skip
ENTRIES = [entry for entry in algorithm if entry.function.__module__.startswith("evolve.")]
CASES = [(entry.name, options) for entry in ENTRIES for options in OPTIONS.get(entry.name, [{"population": 40}])]


def shown(value: Any) -> str:
    return value.name if isinstance(value, DeapOperator) else str(value)


each_algorithm = pytest.mark.parametrize(
    ("name", "options"), CASES, ids=["-".join([name, *map(shown, options.values())]) for name, options in CASES]
)


def _keeps(name: str, options: dict[str, Any]) -> bool:
    """A sampler lets its best go as chance has it, and is held to its own promise below; a cold one climbs."""
    return not algorithm[name].traits.get("samples") or options.get("temperature", 1.0) < 1e-6


KEEPING = [(name, options) for name, options in CASES if _keeps(name, options)]
each_that_keeps = pytest.mark.parametrize(
    ("name", "options"), KEEPING, ids=["-".join([name, *map(shown, options.values())]) for name, options in KEEPING]
)
NUMBER = 12  # generations: enough to see which way a run goes


@cache
def kind() -> GenomeKind:
    made: GenomeKind = genome_kind["melody"].function(key=Key.parse("G major"), metre=Metre.parse("3/4"), bars=4)
    return made


@cache
def objective() -> Objective:
    """A toy: a few rules and bands, likeness to a tune, and one constraint; no phrase is perfect."""
    target = Phrases.of(FRERE_JACQUES)
    profiles = ("interval_profile", "duration_profile", "degree_profile")
    criteria = [Criterion.of_rule(name) for name in ("leaps_recovered", "no_syncopation", "phrase_ends_lengthened")]
    criteria += [Criterion.of_feature(name) for name in ("step_share", "motif_economy", "ambitus")]
    criteria += [Criterion.of_feature(name, targets=target, weight=2.0) for name in profiles]
    return Objective({"tune": tuple(criteria)}, (Criterion.of_rule("legal_leaps"),))


def generations(name: str, options: dict[str, Any], seed: int, number: int = NUMBER, **task: Any) -> list[Generation]:
    run = algorithm[name].function(Task(kind(), objective(), Streams(seed), **task), **options)
    return list(islice(run, number))


def best_of(population: Population) -> tuple[float, ...]:
    return max(tuple(row) for row in population.weighted.tolist())


@each_algorithm
def test_generation_0_comes_first_and_the_numbers_follow(name, options):
    """The random beginning is told too: what a run reached is read against where it began."""
    told = generations(name, options, seed=1)
    assert [generation.number for generation in told] == list(range(NUMBER))
    assert told[0].evaluations == len(told[0].population) == options.get("population")
    evaluations = [generation.evaluations for generation in told]
    assert evaluations == sorted(evaluations)
    assert len({len(generation.population) for generation in told}) == 1


@each_algorithm
def test_generation_0_is_the_sample_of_its_stream(name, options):
    """Algorithms with the same seed begin with the same phrases, so that they can be compared."""
    first = generations(name, options, seed=2, number=1)[0].population
    size = options["population"]
    assert np.array_equal(first.genes, kind().sample(size, Streams(2).rng("sample", 0)))


@each_algorithm
def test_a_seed_repeats_its_run_and_another_seed_does_not(name, options):
    """A result can be had again by whoever knows its seed."""
    one, same, other = (generations(name, options, seed=seed) for seed in (3, 3, 4))
    for a, b in zip(one, same, strict=True):
        assert np.array_equal(a.population.genes, b.population.genes)
        assert np.array_equal(a.population.weighted, b.population.weighted)
        assert a.evaluations == b.evaluations
    assert list(one[-1].best) == list(same[-1].best)
    assert not np.array_equal(one[0].population.genes, other[0].population.genes)
    assert not np.array_equal(one[-1].population.genes, other[-1].population.genes)


@each_that_keeps
def test_the_best_never_gets_worse(name, options):
    """The elite is kept: neither the population's best nor the best ever falls back."""
    for seed in (5, 6):
        told = [(best_of(g.population), g.best.fitness.wvalues) for g in generations(name, options, seed=seed)]
        for one, following in pairwise(told):
            assert following[0] >= one[0]
            assert following[1] >= one[1]
        assert all(ever >= now for now, ever in told)


@each_algorithm
def test_every_member_of_every_generation_has_the_score_of_its_own_genes(name, options):
    """Scores carried over from parents to unchanged children are the ones that judging anew would give."""
    for generation in generations(name, options, seed=7, number=6):
        population = generation.population
        assert population.valid.all()
        anew = evaluated(Population.unjudged(population.genes), objective(), kind())
        assert np.array_equal(population.weighted, anew.weighted)
        assert np.array_equal(population.broken, anew.broken)
        assert np.array_equal(population.tested, anew.tested)
        assert np.array_equal(population.worth, anew.worth)
        if population.blame is not None:
            judged = Task(kind(), objective(), Streams(0)).judging(True).judge
            told = evaluated(Population.unjudged(population.genes), judged, kind()).blame
            assert np.array_equal(population.blame, told)


@each_algorithm
def test_earlier_generations_stay_as_they_were_told(name, options):
    """A generation is a value: what comes after does not reach back into it."""
    run = algorithm[name].function(Task(kind(), objective(), Streams(8)), **options)
    first = next(run)
    genes, weighted = first.population.genes.copy(), first.population.weighted.copy()
    list(islice(run, 3))
    assert np.array_equal(first.population.genes, genes)
    assert np.array_equal(first.population.weighted, weighted)


@each_that_keeps
def test_it_beats_random_search_at_equal_evaluations(name, options):
    """Over eight seeds its best is better than the best of as many random phrases in at least seven.

    Were it no better than chance, that would happen in 9 of 256 such tests.
    """
    wins = 0
    for seed in range(8):
        last = generations(name, options, seed=seed, number=40)[-1]
        drawn = kind().sample(last.evaluations, np.random.default_rng((seed, 99)))
        chance = evaluated(Population.unjudged(drawn), objective(), kind())
        wins += last.best.fitness.wvalues > best_of(chance)
    assert wins >= 7


@each_that_keeps
def test_a_run_that_starts_from_a_phrase_keeps_it_or_betters_it(name, options):
    """The user's own idea is in generation 0 as it was given."""
    idea = kind().sample(1, np.random.default_rng(9))
    told = generations(name, options, seed=10, number=3, start=idea)
    assert (told[0].population.genes == idea).all(axis=1).any()
    assert told[0].population.distinct > 0.5
    own = evaluated(Population.unjudged(idea), objective(), kind())
    assert told[-1].best.fitness.wvalues >= tuple(own.weighted[0].tolist())


@each_algorithm
def test_no_phrase_is_bred_twice(name, options):
    """Genes that differ and sound the same are one phrase: no generation has it twice, nor the first of an epoch."""
    if options.get("distinct") is False or "restart" not in algorithm[name].options:  # members of a sample may be alike
        return
    idea = generations(name, {"population": 40}, seed=11, number=20)[-1].population.genes[:1]
    begun = generations(name, {**options, "restart": 3}, seed=12, number=30, start=idea)
    for generation in (*generations(name, options, seed=11), *begun):
        phrases = kind().decode(generation.population.genes)
        assert len({str(phrases[i]) for i in range(len(phrases))}) == len(phrases)
        assert generation.population.distinct == 1.0


@pytest.mark.parametrize("name", [entry.name for entry in ENTRIES if "restart" in entry.options])
def test_an_epoch_without_a_better_best_ends_and_its_best_is_kept(name):
    """A population that has collapsed begins anew: new phrases come, the best ever stays, each epoch's best is told."""
    told = generations(name, {"population": 20, "restart": 4, "mutation": 0.0}, seed=12, number=60)
    began = [b.number for a, b in pairwise(told) if _newcomers(a.population, b.population) > 10]
    assert len(began) >= 2
    last = told[-1]
    assert last.champions is not None
    everyone = max(best_of(generation.population) for generation in told)
    assert best_of(last.population) == everyone == tuple(last.best.fitness.wvalues)
    assert len({tuple(genes) for genes in last.champions.genes.tolist()}) >= 2


def _newcomers(before: Population, after: Population) -> int:
    """How many members have a bar that no member had before: without mutation only twins that were changed."""
    bars = [np.flatnonzero(kind().groups == bar) for bar in range(4)]
    known = [{genes[bar].tobytes() for genes in before.genes} for bar in bars]
    return sum(
        any(genes[bar].tobytes() not in had for bar, had in zip(bars, known, strict=True)) for genes in after.genes
    )


def test_an_elite_as_large_as_the_population_is_refused():
    """Nobody would be left to breed."""
    with pytest.raises(ValueError, match="must be smaller than the population of 5"):
        generations("generational", {"population": 5, "elite": 5}, seed=1, number=1)


@dataclass
class Places:
    """A kind of six phrases, each a change away from each other; none can be mated."""

    bounds = (np.zeros(1, np.int16), np.full(1, 5, np.int16))
    groups = np.zeros(1, np.int16)

    def sample(self, n, rng):
        return rng.integers(0, 6, (n, 1)).astype(np.int16)

    def decode(self, genes):
        return genes[:, 0]

    def mutate(self, genes, rng, where=None):
        return self.sample(len(genes), rng)

    def mate(self, a, b, rng):
        return np.zeros(a.shape, bool)


@dataclass
class Known:
    """A judge that knows how good each of the six is; the last has a fault, and would be the best."""

    worth = 0.5 + np.array([0.0, 0.01, 0.02, -0.01, 0.0, 0.4])

    def __call__(self, places):
        faults = (places == 5).astype(np.int32)
        none = np.zeros((0, len(places)), np.uint16)
        return Judged(faults, self.worth[places][None], none, none, none.astype(np.float32))


@dataclass
class Judged:
    faults: np.ndarray
    axes: np.ndarray
    broken: np.ndarray
    tested: np.ndarray
    worth: np.ndarray
    blame: None = None


@pytest.mark.parametrize("name", [entry.name for entry in ENTRIES if entry.traits.get("samples")])
@pytest.mark.parametrize("temperature", [0.01, 0.03])
def test_a_sampler_has_each_phrase_as_often_as_it_is_good(name, temperature):
    """Each member is a chain of its own: of 4,000 the shares are exp(worth / temperature), within 4.5 deviations.

    One with a fault has left for one without, however good it would be.
    """
    options = {"population": 4000, "temperature": temperature, "epochs": 1, "children": 60}
    *_, last = algorithm[name].function(Task(Places(), Known(), Streams(3)), **options)
    shares = np.exp(Known.worth[:5] / temperature)
    for place, share in enumerate(shares / shares.sum()):
        found = int((last.population.genes == place).sum())
        assert abs(found - 4000 * share) <= 4.5 * math.sqrt(4000 * share * (1 - share))
    assert not (last.population.genes == 5).any()
    assert last.number == 60
    assert last.evaluations == 61 * 4000
