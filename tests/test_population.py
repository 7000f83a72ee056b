"""Populations as arrays, and the bridge to DEAP in both directions."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from deap import algorithms, base, tools

from evolve import selection
from evolve.genomes.kind import genome_kind
from evolve.population import Individual, Population, evaluated, fitness_class, individual_toolbox, update_hall
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.theory import Key

KIND = genome_kind["melody"].function(key=Key.parse("G major"), bars=2)
OBJECTIVE = Objective(
    {
        "line": (Criterion.of_rule("leaps_recovered"), Criterion.of_rule("in_key"), Criterion.of_rule("ends_on_tonic")),
        "usual": (Criterion.of_feature("step_share"), Criterion.of_feature("ambitus")),
    },
    (Criterion.of_rule("legal_leaps"), Criterion.of_rule("no_syncopation")),
    blames=True,
)


@pytest.fixture(autouse=True)
def _seeded():
    """DEAP draws from the global `random`; leave it as it was."""
    state = random.getstate()
    random.seed(1)
    yield
    random.setstate(state)


def judged(n: int, seed: int) -> Population:
    return evaluated(Population.unjudged(KIND.sample(n, np.random.default_rng(seed))), OBJECTIVE, KIND)


def test_a_member_is_a_deap_individual_with_its_genes_and_fitness():
    """Faults come first with weight -1, then the axes with weight 1."""
    population = judged(10, 1)
    member = population[3]
    assert isinstance(member, list)
    assert isinstance(member.fitness, base.Fitness)
    assert member == population.genes[3].tolist()
    assert member.fitness.weights == (-1.0, 1.0, 1.0)
    assert member.fitness.wvalues == tuple(population.weighted[3])
    assert member.fitness.values == (-population.weighted[3, 0], *population.weighted[3, 1:])


def test_a_member_not_judged_yet_has_no_valid_fitness():
    """DEAP evaluates those whose fitness is not valid."""
    assert not Population.unjudged(KIND.sample(2, np.random.default_rng(1)))[0].fitness.valid


def test_a_population_goes_to_deap_and_comes_back():
    """The bridge has two ways: the same genes, the same scores."""
    population = judged(20, 2)
    back = Population.from_deap(population.to_deap(), OBJECTIVE, KIND)
    assert np.array_equal(back.genes, population.genes)
    assert np.array_equal(back.weighted, population.weighted)
    assert np.array_equal(back.blame, population.blame)
    plain = Population.from_deap([list(member) for member in population.to_deap()], OBJECTIVE, KIND)
    assert np.array_equal(plain.weighted, population.weighted)


@pytest.mark.parametrize("algorithm", ["eaSimple", "eaMuPlusLambda", "eaMuCommaLambda"])
def test_deaps_own_algorithms_give_each_individual_the_score_of_the_batch_engine(algorithm):
    """One at a time or all at once, a phrase has one score."""
    toolbox = individual_toolbox(KIND, OBJECTIVE)
    population = toolbox.population(n=16)
    hall = tools.HallOfFame(5)
    if algorithm == "eaSimple":
        last, logbook = algorithms.eaSimple(population, toolbox, 0.7, 0.5, 4, halloffame=hall, verbose=False)
    else:
        run = getattr(algorithms, algorithm)
        last, logbook = run(population, toolbox, 16, 24, 0.5, 0.4, 4, halloffame=hall, verbose=False)
    assert len(logbook) == 5
    for individuals in (last, list(hall)):
        batch = Population.from_deap(individuals, OBJECTIVE, KIND)
        for i, individual in enumerate(individuals):
            assert individual.fitness.wvalues == tuple(batch.weighted[i].tolist())
            assert individual.fitness.wvalues == batch[i].fitness.wvalues


def test_the_individual_operators_keep_within_bounds_and_work_in_place():
    """DEAP's mate and mutate change the individuals they are given."""
    toolbox = individual_toolbox(KIND, OBJECTIVE)
    a, b = toolbox.individual(), toolbox.individual()
    before = list(a), list(b)
    one, other = toolbox.mate(a, b)
    assert one is a
    assert other is b
    assert sorted([*zip(a, b, strict=True)]) == sorted(
        pair if pair in zip(a, b, strict=True) else pair[::-1] for pair in zip(*before, strict=True)
    )
    (mutant,) = toolbox.mutate(a)
    assert mutant is a
    low, high = KIND.bounds
    assert ((low <= np.array([a, b])) & (np.array([a, b]) <= high)).all()


def test_ranks_sort_as_deaps_fitness_does():
    """Fewer faults before more, then the first axis, then the next; equals share a rank."""
    population = judged(300, 3)
    population = population.joined(population.clone(np.arange(50)))
    fitnesses = [member.fitness for member in population.to_deap()]
    for i in range(0, 350, 7):
        for j in range(350):
            assert (population.rank[i] < population.rank[j]) == (fitnesses[i] > fitnesses[j])
            assert (population.rank[i] == population.rank[j]) == (fitnesses[i] == fitnesses[j])
    assert sorted(set(population.rank.tolist())) == list(range(population.rank.max() + 1))
    best = max(population.to_deap(), key=lambda member: member.fitness)
    assert population[population.best].fitness == best.fitness


def test_the_best_are_deaps_best():
    """`selection.best` gives the fitnesses of DEAP's `selBest`."""
    population = judged(100, 4)
    own = [population[i].fitness.wvalues for i in selection.best(population, 10)]
    assert own == [member.fitness.wvalues for member in tools.selBest(population.to_deap(), 10)]


def test_a_tournament_selects_as_strongly_as_deaps():
    """The mean rank of 20,000 winners of three lies within 2 % of the mean that three draws have: n/4."""
    population = judged(400, 5)
    weighted = np.stack([np.arange(400.0), np.zeros(400), np.zeros(400)], axis=1)
    population = replace(population, weighted=weighted)
    winners = selection.tournament(population, 20_000, size=3, rng=np.random.default_rng(6))
    assert population.rank[winners].mean() == pytest.approx(400 / 4 - 0.5, rel=0.02)


@pytest.mark.parametrize("size", [1, 3, 10])
def test_the_hall_of_fame_has_the_best_values_of_deaps_own_update(size):
    """Handing DEAP only the few that may enter changes none of the values it keeps."""
    ours, theirs = tools.HallOfFame(size), tools.HallOfFame(size)
    for generation in range(12):
        population = judged(40, 100 + generation)
        if generation % 3 == 2:
            population = population.joined(population.clone(np.arange(20)))
        update_hall(ours, population)
        theirs.update(population.to_deap())
        assert [x.fitness.wvalues for x in ours] == [x.fitness.wvalues for x in theirs]
        assert len({tuple(x) for x in ours}) == len(ours)


def test_the_hall_of_fame_keeps_no_genome_twice():
    """The five best are five phrases."""
    population = judged(10, 7)
    population = population.clone(np.repeat(np.arange(10), 20))
    hall = tools.HallOfFame(5)
    update_hall(hall, population)
    update_hall(hall, population)
    assert len({tuple(member) for member in hall}) == len(hall) == 5


def test_only_members_that_changed_are_judged_anew():
    """What is known of a phrase is kept, and filled in beside what is new."""
    population = judged(30, 8)
    valid = np.arange(30) % 3 > 0
    seen = []

    def judge(phrases):
        seen.append(len(phrases))
        return OBJECTIVE(phrases)

    known = replace(population, valid=valid, weighted=np.where(valid[:, None], population.weighted, -9.0))
    again = evaluated(known, judge, KIND)
    assert seen == [10]
    assert np.array_equal(again.weighted, population.weighted)
    assert np.array_equal(again.broken, population.broken)
    assert np.array_equal(again.blame, population.blame)
    assert again.valid.all()
    evaluated(again, judge, KIND)
    assert seen == [10]


def test_blame_marks_the_genes_of_the_members_that_have_faults():
    """A member with a fault in a melody note has a gene to blame, a member without one has none."""
    population = judged(50, 9)
    assert population.blame is not None
    faulty = population.broken.sum(axis=0) > 0
    assert np.array_equal(population.blame.any(axis=1), faulty)


def test_distinct_is_the_share_of_genomes_not_seen_before():
    """Ten phrases of which five are copies are half distinct."""
    population = judged(10, 10)
    assert population.distinct == 1.0
    assert population.clone(np.arange(10) % 5).distinct == 0.5


def test_a_score_is_rebuilt_from_what_the_population_keeps():
    """The counts are kept, so a member can be explained without judging it again."""
    population = judged(6, 11)
    score = OBJECTIVE(KIND.decode(population.genes))[4]
    rebuilt = population.score(4, OBJECTIVE)
    assert rebuilt.axes == score.axes
    assert rebuilt.faults == score.faults
    assert [part.worth for part in rebuilt.parts] == [part.worth for part in score.parts]


def test_a_copy_of_an_individual_is_independent():
    """DEAP copies what enters its hall of fame; the copy keeps its fitness."""
    member = judged(1, 12)[0]
    copied = deepcopy(member)
    copied[0] = -1
    assert member[0] != -1
    assert copied.fitness.wvalues == member.fitness.wvalues
    assert type(copied) is Individual
    assert fitness_class(2) is type(copied.fitness)
