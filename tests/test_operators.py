"""Operators of DEAP named in an experiment: the same names, our streams, one line where they do not fit."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from evolve.document import DocumentError
from evolve.experiment import Experiment
from evolve.genomes.kind import genome_kind
from evolve.operators import DeapOperator, OneOf
from evolve.population import Population, evaluated
from evolve.run import run
from fitness.criterion import Criterion
from fitness.objective import Objective

KIND = genome_kind["melody"].function(bars=2)
GENES = KIND.sample(20, np.random.default_rng(1))


def drawn(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_crossover_of_deap_gives_what_deap_gives_and_says_what_was_exchanged():
    """cxTwoPoint exchanges genes: each child's genes are one parent's or the other's."""
    a, b = GENES[:10], GENES[10:]
    one, other, swap = DeapOperator("cxTwoPoint").mate(a, b, drawn(), bounds=KIND.bounds)
    assert np.array_equal(one, np.where(swap, b, a))
    assert np.array_equal(other, np.where(swap, a, b))
    assert swap.any()


def test_the_same_stream_gives_the_same_children_and_leaves_the_global_generators_alone():
    """DEAP draws from the global random; a run must not depend on it, nor change it for others."""
    operator = DeapOperator("mutGaussian", {"mu": 0, "sigma": 3, "indpb": 0.3})
    random.seed(5)
    before, numpy_before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    first = operator.mutate(GENES, drawn(), bounds=KIND.bounds)
    assert random.getstate() == before
    assert np.random.get_state()[1].tolist() == numpy_before  # noqa: NPY002
    random.seed(6)
    assert np.array_equal(first, operator.mutate(GENES, drawn(), bounds=KIND.bounds))
    assert not np.array_equal(first, operator.mutate(GENES, drawn(4), bounds=KIND.bounds))


def test_genes_stay_whole_numbers_within_their_bounds():
    """An operator for real numbers is rounded and kept within what the kind can decode."""
    operator = DeapOperator("mutGaussian", {"mu": 5, "sigma": 50, "indpb": 1.0})
    low, high = KIND.bounds
    changed = operator.mutate(GENES, drawn(), bounds=KIND.bounds)
    assert changed.dtype == np.int16
    assert (changed >= low).all()
    assert (changed <= high).all()


def test_a_selection_of_deap_chooses_members():
    """selBest gives the places of the best."""
    judged = evaluated(Population.unjudged(GENES), Objective({"line": (Criterion.of_feature("step_share"),)}), KIND)
    chosen = DeapOperator("selBest").select(judged, 4, rng=drawn())
    assert judged.rank[chosen].max() <= np.sort(judged.rank)[3]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("deap.cxTwoPiont", "did you mean 'deap.cxTwoPoint'"),
        ("deap.cxUniform", "needs indpb: write {deap.cxUniform: {indpb: 0.1}}"),
        ({"deap.cxUniform": {"chance": 0.5}}, "has no option 'chance'"),
        ({"deap.cxUniform": 3}, "must have a mapping of options"),
        ({"deap.cxTwoPoint": {"ind1": 3}}, "has no option 'ind1'"),
        (7, "must be one of bars, two_point or an operator of DEAP that fits"),
        ("deap.mutFlipBit", "must be one of bars, two_point or an operator of DEAP that fits"),
    ],
)
def test_an_operator_that_is_none_is_refused_with_the_mend(value, message):
    """A name, an option or a form that DEAP does not know is told before anything runs."""
    with pytest.raises(ValueError, match=re.escape(message)):
        OneOf(("bars", "two_point"), "cx").read(value)


def test_an_experiment_runs_with_operators_of_deap():
    """mate, mutate and select can all be DEAP's."""
    changes = [
        "algorithm.population=20", "stop.generations=3", "algorithm.mate={deap.cxUniform: {indpb: 0.3}}",
        "algorithm.mutate={deap.mutUniformInt: {indpb: 0.1}}", "algorithm.select={deap.selTournament: {tournsize: 2}}",
    ]  # fmt: skip
    experiment = Experiment.load("experiments/two_rules.yaml", changes)
    one, again = ([g.population.genes for g in run(experiment)] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert len(one) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("algorithm.mate=deap.cxPartialyMatched", r"algorithm.mate: must be one of bars, .* that fits"),
        ("algorithm.mutate=deap.mutation", r"algorithm.mutate: must be one of musical, .* that fits"),
        (
            "algorithm.select={deap.selTournament: {tournsize: 0}}",
            r"algorithm.select: deap.selTournament: stopped with",
        ),
        ("algorithm.select={deap.selTournament: {tournsize: x}}", r"tournsize must be a number up to 1000000, got 'x'"),
        ("algorithm.select=deap.selTournament", r"write \{deap.selTournament: \{tournsize: 3\}\}"),
        ("algorithm={name: mu_plus_lambda, population: 20, children: 60, select: deap.selBest}", "must select 24 of 8"),
        ("algorithm.mate={bars: {x: 1}}", "bars takes no options; write bars"),
    ],
)
def test_an_operator_that_does_not_fit_is_told_when_the_file_is_read(change, message):
    """Other genes, a module, options without sense, too few parents: in one line, before anything runs."""
    with pytest.raises(DocumentError, match=message):
        Experiment.load("experiments/two_rules.yaml", [change])
