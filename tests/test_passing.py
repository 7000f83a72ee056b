"""Judges that a set passes: classifiers that learn to tell it from a corpus, and targets drawn from a style."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from evolve.algorithms.algorithm import Task, algorithm
from evolve.genomes.tune import Tune
from evolve.nulls import null
from evolve.passing import FARTHEST, PENALTY, RANGE, Passing, Sampled
from evolve.selection import herded
from evolve.streams import Streams
from evolve.styles import style_named
from evolve.vocabulary import Vocabulary
from fitness.corpus import Corpus
from fitness.criterion import Criterion
from fitness.objective import Scores
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.portrait import SINGLE, portrait
from tests.melodies import TUNES
from tests.test_corpus import moved, turned

ONE_LINE = [tune for tune in TUNES.values() if len(tune.voices) == 1]
PIECES = [moved(turned(tune, seed), seed % 5) for seed, tune in enumerate(ONE_LINE * 6)]
CORPUS = Corpus(Phrases.of(*PIECES))
FOLK = style_named("folk_melody")


def walks(seed: int, number: int = 24) -> Phrases:
    """What is left of the pieces if each goes up or down a step from note to note."""
    rng = np.random.default_rng(seed)
    return Phrases.of(*(null(piece, "walk", rng) for piece in PIECES[:number]))


# Passing


@pytest.fixture(scope="module")
def judges():
    """A judge that has learnt nothing, once, and twice."""
    pytest.importorskip("sklearn")
    judge = Passing.of(CORPUS)
    once = judge.learned(walks(1), 5, 1.0)
    return judge, once, once.learned(walks(2), 6, 0.5)


def test_who_has_learnt_nothing_has_nothing_to_say(judges):
    """Half of all, of every piece."""
    assert (judges[0](walks(3)).axes == 0.5).all()
    assert judges[0].temperature == 1 / RANGE  # one nat


@pytest.mark.parametrize("times", [1, 2])
def test_what_was_learnt_tells_walks_from_the_corpus(judges, times):
    """Of walks never seen all score below nine of ten pieces; a second training says more."""
    ours, real = judges[times](walks(3)).axes[0], judges[times](CORPUS.pieces).axes[0]
    assert ours.max() < np.quantile(real, 0.1)
    assert ours.max() < 0.5 < real.mean()
    if times == 2:
        once = judges[1]
        before = once(CORPUS.pieces).axes[0].mean() - once(walks(3)).axes[0].mean()
        assert real.mean() - ours.mean() > before


def test_learning_leaves_the_old_judge_as_it_was(judges):
    """A judge is a value: the generations before were judged by it."""
    judge, once, _ = judges
    before = once(walks(3)).axes
    learned = once.learned(walks(4), 7, 1.0)
    assert np.array_equal(once(walks(3)).axes, before)
    assert (judge(walks(3)).axes == 0.5).all()
    assert not np.array_equal(learned(walks(3)).axes, before)


def test_the_same_seed_learns_the_same_and_a_smaller_step_counts_less(judges):
    """Bit for bit; and a training with step 0 changes nothing."""
    judge, once, _ = judges
    assert np.array_equal(judge.learned(walks(1), 5, 1.0)(walks(3)).axes, once(walks(3)).axes)
    assert not np.array_equal(judge.learned(walks(1), 6, 1.0)(walks(3)).axes, once(walks(3)).axes)
    assert (judge.learned(walks(1), 5, 0.0)(walks(3)).axes == 0.5).all()
    half = judge.learned(walks(1), 5, 0.5)(walks(3)).axes - 0.5
    assert half == pytest.approx((once(walks(3)).axes - 0.5) / 2, abs=1e-9)
    again = once.learned(walks(2), 6, 0.0)
    assert np.array_equal(again(walks(3)).axes, once(walks(3)).axes)


def test_a_piece_has_the_same_evidence_alone_and_in_any_company(judges):
    """Bit for bit."""
    pieces = [*walks(3).each, *PIECES[:5], Phrase.parse("C4 D4 E4 C4"), Phrase(length=96)]
    whole = judges[2](Phrases.of(*pieces)).axes[0]
    for i in (0, 10, 24, 29, 30):
        assert judges[2](Phrases.of(pieces[i])).axes[0, 0] == whole[i]
    assert np.array_equal(judges[2](Phrases.of(*pieces[::-1])).axes[0, ::-1], whole)


def test_constraints_come_before_the_axis(judges):
    """A copy of a piece is a fault, and goes with the judge from training to training."""
    original = Criterion.of_rule("runs_original", options={"longest": 6, "by": "notes"}, targets=CORPUS.pieces)
    judge = Passing.of(CORPUS, (original,)).learned(walks(1), 5, 1.0)
    assert (judge(CORPUS.pieces).faults > 0).all()
    assert judge(Phrases.of(Phrase.parse("C4 D4 E4 C4"))).faults.tolist() == [0]
    assert judge.constraints == (original,)
    assert [criterion.name for criterion in judge.objective.criteria] == ["passes_for_corpus", original.name]
    assert judge.objective.score(PIECES[0]).faults > 0


def test_what_is_chosen_of_a_pool_is_spread_as_the_corpus(judges):
    """Of pieces hidden among walks, the pieces."""
    chosen = judges[0].chosen(Phrases.of(*walks(3).each, *PIECES), 12)
    assert (chosen >= 24).sum() >= 9
    assert len({*chosen.tolist()}) == 12


# Sampled


def sampled(seed: int = 1) -> Sampled:
    return Sampled.of(FOLK, seed)


def test_targets_repeat_by_seed_and_place():
    """Place by place a member works on its own target, in every generation the same."""
    one, same, other = sampled(1), sampled(1), sampled(2)
    targets = np.stack([one._target(place) for place in range(30)])
    assert np.array_equal(targets, np.stack([same._target(place) for place in range(30)]))
    assert not np.array_equal(targets[0], other._target(0))
    assert len(np.unique(targets, axis=0)) == 30


def test_targets_lie_between_the_outer_quantiles_half_below_the_middle():
    """Of 400 draws each number is below its median within 4.5 binomial deviations of half of them."""
    judge = sampled(3)
    targets = np.stack([judge._target(place)[: len(SINGLE)] for place in range(400)])
    low, middle, high = judge.quantiles[:, 0], judge.quantiles[:, 2], judge.quantiles[:, 4]
    assert ((low <= targets) & (targets <= high)).all()
    clear = (judge.quantiles[:, 1] < middle) & (middle < judge.quantiles[:, 3])
    below = (targets < middle).sum(axis=0)[clear]
    assert clear.sum() > 40
    assert (abs(below - 200) <= 4.5 * 10).all()


def test_what_goes_together_in_the_style_goes_together_in_the_targets():
    """Two numbers with like loadings rise together, those with opposite ones do not."""
    judge = sampled(4)
    targets = np.stack([judge._target(place) for place in range(400)])
    alike = judge.factors @ judge.factors.T
    rows = [i for i in range(len(SINGLE)) if np.ptp(targets[:, i]) > 0]
    pairs = [(alike[a, b], a, b) for a, b in combinations(rows, 2)]
    for together, a, b in (max(pairs), min(pairs)):
        assert np.sign(together) * np.corrcoef(targets[:, a], targets[:, b])[0, 1] > 0.4


def test_a_piece_with_the_numbers_of_its_target_scores_half_and_any_other_less(monkeypatch):
    """No distance is no evidence against it; each number counts by its spread, up to a farthest."""
    judge, piece = sampled(), PIECES[0]
    judge = replace(judge, rules={})
    own = portrait(Phrases.of(piece))[: len(SINGLE), 0]
    monkeypatch.setattr(Sampled, "_target", lambda self, place: own)
    assert judge(Phrases.of(piece)).axes.tolist() == [[0.5]]
    spread = np.maximum(judge.quantiles[:, 4] - judge.quantiles[:, 0], 1e-9) / 3.29
    for far, lost in ((0.5, 0.5), (1.0, 2.0), (50.0, FARTHEST / 2)):  # half a deviation is one step away
        off = own.copy()
        off[3] += far * spread[3]
        monkeypatch.setattr(Sampled, "_target", lambda self, place, off=off: off)
        assert judge(Phrases.of(piece)).axes[0, 0] == pytest.approx(0.5 - lost / RANGE)


def test_rules_are_kept_at_as_many_places_as_pieces_of_the_style_keep_them():
    """Within 4.5 binomial deviations of 400 places; where one is to be kept, each fault costs, up to three."""
    judge = sampled(5)
    keeps = np.stack([judge._target(place)[len(SINGLE) :] for place in range(400)])
    for share, number in zip(judge.rules.values(), keeps.sum(axis=0), strict=True):
        assert abs(number - 400 * share) <= 4.5 * np.sqrt(400 * share * (1 - share)) + 1e-9
    names = [criterion.name for criterion in judge.rules]
    assert "ends_on_tonic" in names
    assert all(FOLK.measured["rules"][name]["kept"] >= 0.5 for name in names)
    row = len(SINGLE) + names.index("ends_on_tonic")
    open_end = Phrases.of(*[Phrase.parse("C major: C4 D4 E4 G4 | C5 B4 A4*2 | G4 F4 E4 C4 | D4*4")] * 2)
    targets = np.stack([judge._target(0), judge._target(0)], axis=1)
    targets[row] = 0.0, 1.0
    free, bound = judge._near(open_end, targets)[0]
    assert free - bound == pytest.approx(PENALTY / RANGE)


def test_places_say_which_targets(monkeypatch):
    """At place 7 a piece is judged by target 7, in any company; without places the first is at 0."""
    judge, pieces = sampled(), Phrases.of(*PIECES[:8])
    whole = judge(pieces).axes[0]
    assert np.array_equal(judge.at(np.arange(8))(pieces).axes[0], whole)
    assert judge.at(np.array([7]))(Phrases.of(PIECES[7])).axes[0, 0] == whole[7]
    assert judge.at(np.array([3]))(Phrases.of(PIECES[7])).axes[0, 0] != whole[7]
    assert np.array_equal(judge.at(np.arange(8)[::-1])(Phrases.of(*PIECES[:8][::-1])).axes[0, ::-1], whole)
    assert judge.places is None
    assert isinstance(judge(pieces), Scores)


def test_alone_a_piece_is_told_how_much_of_it_lies_within_the_style():
    """It has no place in a population then, so no target: of a piece wholly within, all."""
    judge, piece = sampled(), Phrases.of(PIECES[0])
    own = portrait(piece)[: len(SINGLE), 0]
    inside = (judge.quantiles[:, 0] <= own) & (own <= judge.quantiles[:, 4])
    assert judge.objective.score(PIECES[0]).axes["passes"] == pytest.approx(inside.mean())
    wide = replace(judge, quantiles=np.stack([own - 1, own, own, own, own + 1], axis=1))
    assert wide.objective(piece).axes.tolist() == [[1.0]]


@pytest.mark.parametrize("measured", [{}, {"quantiles": {}, "factors": {}}, {"quantiles": 3, "factors": 4}])
def test_a_style_without_quantiles_has_no_targets(measured):
    """One line says what it must be."""
    with pytest.raises(ValueError, match="must have measured quantiles"):
        Sampled.of(replace(FOLK, measured=measured), 1)
    for key, message in (("quantiles", "must be five ascending numbers"), ("factors", "quantiles and factors")):
        ragged = {**FOLK.measured, key: {**FOLK.measured[key], "ambitus": [1.0]}}
        with pytest.raises(ValueError, match=message):
            Sampled.of(replace(FOLK, measured=ragged), 1)
    endless = {**FOLK.measured, "factors": {**FOLK.measured["factors"], "ambitus": [float("nan")] * 12}}
    with pytest.raises(ValueError, match="finite"):
        Sampled.of(replace(FOLK, measured=endless), 1)


def test_the_criteria_of_both_judges_say_what_they_are():
    """Each tells in a line what it is, and has a source."""
    for judge in (Passing.of(CORPUS), Sampled.of(FOLK, 1)):
        (criterion,) = judge.objective.criteria
        assert len(criterion.extension.summary) > 40
        assert criterion.extension.source


# How metropolis treats a judge that learns


@dataclass(frozen=True)
class Learner:
    """Judges as `Sampled` does, and notes what it was taught."""

    judge: Sampled
    taught: tuple[float, ...] = ()
    lessons: Any = None

    def __call__(self, phrases: Phrases) -> Scores:
        return self.judge(phrases)

    def at(self, places):
        return replace(self, judge=self.judge.at(places))

    def learned(self, members: Phrases, seed: int, step: float) -> Learner:
        self.lessons.append((members.n, seed))
        return replace(self, taught=(*self.taught, step))


def test_a_judge_is_trained_before_every_epoch_the_later_ones_less():
    """On the whole population; the pool is the population at the ends of the last three epochs."""
    kind = Tune(Vocabulary.of(PIECES))
    learner = Learner(sampled(), lessons=[])
    options = {"population": 6, "epochs": 10, "children": 2}
    told = list(algorithm["metropolis"].function(Task(kind, learner, Streams(1)), **options))
    assert told[-1].judge.taught == pytest.approx((*[1.0] * 7, 0.75, 0.5, 0.25))
    assert [n for n, _ in learner.lessons] == [6] * 10
    assert len({seed for _, seed in learner.lessons}) == 10
    assert [generation.number for generation in told] == list(range(21))
    assert told[-1].evaluations == 6 * (1 + 10 + 20)
    assert told[0].champions is told[1].champions is None
    snapshots = [told[number].population.genes for number in (16, 18, 20)]
    assert np.array_equal(told[-1].champions.genes, np.concatenate(snapshots))
    assert np.array_equal(told[2].champions.genes, told[2].population.genes)


# Herding


def slow_kernel(x: np.ndarray, y: np.ndarray, wide: float) -> float:
    apart = float(((x - y) ** 2).sum())
    return np.exp(-apart / (0.5 * wide)) + np.exp(-apart / wide) + float(x @ y) / len(x)


def slow_distance(chosen: np.ndarray, pool: np.ndarray, model: np.ndarray) -> float:
    """The squared distance of the mean embeddings of the chosen and of the model, as defined."""
    spread, middle = model.std(axis=1), model.mean(axis=1)
    varies = spread > 1e-9
    mine, theirs = (np.clip((x[varies].T - middle[varies]) / spread[varies], -5, 5) for x in (pool[:, chosen], model))
    squares = [float(((a - b) ** 2).sum()) for a in theirs for b in theirs]
    wide = float(np.median(squares))

    def mean(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.mean([slow_kernel(x, y, wide) for x in a for y in b]))

    return mean(mine, mine) - 2 * mean(mine, theirs) + mean(theirs, theirs)


@pytest.mark.parametrize("seed", range(5))
def test_the_chosen_are_a_set_that_no_exchange_of_one_would_bring_nearer(seed):
    """By the slow distance; and of all sets of three of nine hardly one is nearer."""
    rng = np.random.default_rng(seed)
    pool, model = rng.normal(size=(4, 9)) * 1.5, rng.normal(size=(4, 12))
    chosen = herded(pool, model, 3)
    own = slow_distance(chosen, pool, model)
    for place in range(3):
        for other in {*range(9)} - {*chosen.tolist()}:
            exchanged = chosen.copy()
            exchanged[place] = other
            assert own <= slow_distance(exchanged, pool, model) + 1e-6
    every = [slow_distance(np.array(some), pool, model) for some in combinations(range(9), 3)]
    assert np.mean(np.array(every) < own - 1e-6) <= 0.05


def test_the_first_chosen_is_the_nearest_to_the_model():
    """Of one, that with the least distance of embeddings."""
    rng = np.random.default_rng(7)
    pool, model = rng.normal(size=(3, 10)), rng.normal(size=(3, 8))
    every = [slow_distance(np.array([i]), pool, model) for i in range(10)]
    assert herded(pool, model, 1).tolist() == [int(np.argmin(every))]


def test_the_model_itself_is_chosen_out_of_noise():
    """Nothing is spread more like the model; features that never vary in it say nothing."""
    rng = np.random.default_rng(8)
    model = rng.normal(size=(5, 12))
    model[2] = 0.25
    noise = rng.normal(size=(5, 40)) * 3 + 1
    chosen = herded(np.concatenate([noise, model], axis=1), model, 12)
    assert sorted(chosen.tolist()) == list(range(40, 52))


@pytest.mark.parametrize("number", [1, 5, 19, 20, 50])
def test_nobody_is_chosen_twice(number):
    """Not even where all of the pool are asked for, or more than there are, or all are alike."""
    rng = np.random.default_rng(9)
    model = rng.normal(size=(4, 15))
    for pool in (rng.normal(size=(4, 20)) * 4, np.repeat(model[:, :1], 20, axis=1)):
        for like in (model, np.repeat(model[:, :1], 3, axis=1), model[:, :1]):
            chosen = herded(pool, like, number)
            assert len({*chosen.tolist()}) == len(chosen) == min(number, 20)


def test_the_order_of_the_pool_does_not_matter():
    """The same pieces are chosen, and of equal ones one or the other."""
    rng = np.random.default_rng(10)
    model, pool = rng.normal(size=(4, 15)), np.repeat(rng.normal(size=(4, 15)), 2, axis=1)
    chosen = pool[:, herded(pool, model, 8)]
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(30)
        assert np.array_equal(pool[:, order][:, herded(pool[:, order], model, 8)], chosen)
