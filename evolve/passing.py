"""Judges that a set passes for a style: by classifiers that learn to tell a corpus from it, or by sampled targets.

`Passing` sums up what classifiers say, each trained to tell the corpus from the population of its day: whoever raises
the sum takes a sign away by which the set was known.  `Sampled` gives each place of the population a target of its own,
drawn from the quantiles of a style.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evolve.discriminator import Linear, Trees, blank, fitted, fitted_to
from evolve.selection import herded
from evolve.unusual import quantiles_of
from fitness.catalogue import Extension
from fitness.corpus import Corpus
from fitness.criterion import Criterion
from fitness.entries import rule
from fitness.objective import DECIMALS, Objective, Scores
from fitness.phrases import Phrases
from fitness.portrait import SINGLE, portrait
from fitness.style import Style
from fitness.tokens import tokens
from fitness.verdict import Numbers, Verdict

AXIS = "passes"
RANGE = 2000.0  # nats of evidence over which the axis goes from 0 to 1: far more than ever comes
FEWEST = 5  # pieces of a corpus that have a token, for it to be heard
TREES = 30  # of each training
PENALTY, MOST_FAULTS = 6.0, 3  # nats for a place that breaks a rule which is to be kept, and how many of them count
MOSTLY = 0.5  # the share of the pieces that keep a rule from which on it is asked for
FARTHEST = 25.0  # the square of a distance beyond which a number is as far as can be
NORMAL = (-1.645, -0.674, 0.0, 0.674, 1.645)  # the quantiles .05, .25, .5, .75, .95 of a normal distribution
P95_LESS_P5 = 3.29  # of its standard deviations lie between the outer two
NARROW = 0.5  # of a standard deviation: how near a sampled target a piece is to come


@dataclass(frozen=True, eq=False)
class Evidence:
    """The classifiers so far, summed up; what they say of a piece is evidence, in nats, that it is the corpus's."""

    corpus: Corpus
    portraits: Linear
    words: Linear
    trees: Trees | None = None

    def said(self, phrases: Phrases) -> Numbers:
        """Evidence that a piece is the corpus's, by classifiers that learn to tell the corpus from the population.

        As a share of its range, `[1, n]`.
        Source: Goodfellow et al., "Generative Adversarial Nets", NeurIPS (2014), for the idea, here with evolution in
        the place of a generator; Grover et al., "Bias Correction of Learned Generative Models Using Likelihood-Free
        Importance Weighting", NeurIPS (2019), for sums of classifiers.
        """
        numbers = own_numbers(self.corpus, phrases)
        nats = self.portraits(numbers) + self.words(tokens(phrases))
        if self.trees is not None:
            nats += self.trees(numbers)
        return np.clip(0.5 + nats / RANGE, 0.0, 1.0)[None]


def own_numbers(corpus: Corpus, phrases: Phrases, *, own: bool = False) -> Numbers:
    """The portrait, and how the corpus is surprised, `[f, n]`; with `own`, of pieces of the corpus itself."""
    return np.concatenate([portrait(phrases), corpus.numbers(phrases, own=own)])


@dataclass(frozen=True, eq=False)
class Passing:
    """A judge to whom a piece is the better, the less it is told from those of a corpus.

    It has one axis, `passes`, and constraints.  `learned` gives the judge that has been trained on a population too.
    """

    constraints: tuple[Criterion, ...]
    evidence: Evidence
    numbers: Numbers  # of the corpus, each piece left out of what surprises it
    words: Numbers

    temperature = 1.0 / RANGE

    @classmethod
    def of(cls, corpus: Corpus, constraints: tuple[Criterion, ...] = ()) -> Passing:
        """The judge that has learnt nothing yet."""
        numbers, words = own_numbers(corpus, corpus.pieces, own=True), tokens(corpus.pieces)
        told = blank(words)
        few = np.count_nonzero(words, axis=1) < FEWEST  # else what only one piece has would be learnt by heart
        told = replace(told, spread=np.where(few, np.inf, told.spread))
        return cls(constraints, Evidence(corpus, blank(numbers), told), numbers, words)

    @cached_property
    def objective(self) -> Objective:
        """The judge as an objective."""
        return Objective(
            {AXIS: (_criterion("passes_for_corpus", self.evidence.said, Evidence.said),)}, self.constraints
        )

    def __call__(self, phrases: Phrases) -> Scores:
        """The scores of a batch."""
        return self.objective(phrases)

    def learned(self, members: Phrases, seed: int, step: float) -> Passing:
        """The judge after one more training, on a population, that counts as much as `step`."""
        before, corpus = self.evidence, self.evidence.corpus
        ours, own = own_numbers(corpus, members), tokens(members)
        grown = fitted(self.numbers, ours, by="trees", seed=seed, trees=TREES)
        assert isinstance(grown, Trees)
        first = replace(grown, value=step * grown.value, start=step * grown.start)
        evidence = Evidence(
            corpus,
            before.portraits.plus(fitted_to(before.portraits, self.numbers, ours), step),
            before.words.plus(fitted_to(before.words, self.words, own), step),
            before.trees.plus(grown, step) if before.trees else first,
        )
        return replace(self, evidence=evidence)

    def chosen(self, pool: Phrases, number: int) -> NDArray[np.intp]:
        """The places of so many pieces of a pool that together are spread as the corpus is."""
        return herded(own_numbers(self.evidence.corpus, pool), self.numbers, number)


@dataclass(frozen=True, eq=False)
class Sampled:
    """A judge to whom a piece is the better, the nearer it is to the target of its place in the population.

    Targets are numbers of the portrait, drawn between the 5th and the 95th percentile of a style so that what goes
    together there goes together here: through its main factors.  `places` are those of the pieces to be judged.
    """

    quantiles: Numbers  # [numbers, 5]
    factors: Numbers  # [numbers, factors]
    rules: Mapping[Criterion, float]  # rules that most pieces keep wholly, with their share
    seed: int
    constraints: tuple[Criterion, ...] = ()
    places: NDArray[np.intp] | None = None
    drawn: dict[int, Numbers] = field(default_factory=dict)  # the target of each place so far

    temperature = 1.0 / RANGE

    @classmethod
    def of(cls, style: Style, seed: int, constraints: tuple[Criterion, ...] = ()) -> Sampled:
        """The judge of a style; ValueError where it has no quantiles."""
        measured, told = quantiles_of(style), style.measured.get("factors", {})
        try:
            quantiles = np.array([measured[name] for name in SINGLE], np.float64)
            factors = np.array([told[name] for name in SINGLE], np.float64)
        except (KeyError, TypeError, ValueError):
            raise ValueError("the style must have quantiles and factors of every number of the portrait") from None
        if factors.ndim != 2 or not np.isfinite(factors).all():
            raise ValueError("measured.factors must be rows of as many finite numbers")
        return cls(quantiles, factors, _kept(style), seed, constraints)

    def at(self, places: NDArray[np.intp]) -> Sampled:
        """The judge of pieces at these places."""
        return replace(self, places=places)

    @cached_property
    def objective(self) -> Objective:
        """The judge as an objective; of a piece alone, which has no place, it says how much lies within the style."""
        return Objective({AXIS: (_criterion("within_the_style", self._within, Sampled._within),)}, self.constraints)

    def _within(self, phrases: Phrases) -> Numbers:
        """Share of the numbers of the portrait that lie between the 5th and the 95th percentile of the style.

        `[1, n]`.
        Source: the quantiles are measured; see `evolve.calibrate`.
        """
        numbers = portrait(phrases)[: len(SINGLE)]
        inside = (numbers >= self.quantiles[:, :1]) & (numbers <= self.quantiles[:, 4:])
        share: Numbers = np.add.reduce(inside, axis=0)[None] / len(SINGLE)
        return share

    def __call__(self, phrases: Phrases) -> Scores:
        """The scores of a batch at its places, the first ones if none are said."""
        places = np.arange(phrases.n) if self.places is None else self.places
        width = len(SINGLE) + len(self.rules)
        targets = np.array([self._target(place) for place in places.tolist()]).reshape(-1, width).T
        near = np.empty((1, phrases.n))
        for where, block in phrases.blocks():
            at = targets[:, [where.start, where.start] if where.stop - where.start == 1 else where]
            near[:, where] = self._near(block, at)[:, : where.stop - where.start]
        axes = near.round(DECIMALS)
        named = Objective({AXIS: (_criterion("within_the_style", _nothing, Sampled._within),)}, self.constraints)
        return replace(named(phrases), objective=self.objective, axes=axes, worth=axes.astype(np.float32))

    def _near(self, phrases: Phrases, targets: Numbers) -> Numbers:
        """How near phrases are to a target each, as a share of the range of evidence, `[1, n]`."""
        spread = np.maximum(self.quantiles[:, 4] - self.quantiles[:, 0], 1e-9) / P95_LESS_P5
        apart = (portrait(phrases)[: len(SINGLE)] - targets[: len(SINGLE)]) / (NARROW * spread[:, None])
        nats = -0.5 * np.add.reduce(np.minimum(apart * apart, FARTHEST), axis=0)
        for criterion, keeps in zip(self.rules, targets[len(SINGLE) :], strict=True):
            said = criterion.said(phrases)
            assert isinstance(said, Verdict)
            nats -= PENALTY * keeps * np.minimum(said.counts[0], MOST_FAULTS)
        near: Numbers = np.clip(0.5 + nats / RANGE, 0.0, 1.0)[None]
        return near

    def chosen(self, pool: Phrases, number: int) -> NDArray[np.intp]:
        """The first so many of a pool: a sample of the targets is one of the style."""
        return np.arange(min(number, pool.n))

    def _target(self, place: int) -> Numbers:
        """The numbers wanted at a place: a draw of the factors and of what is left, put through the quantiles.

        Then for each rule whether it is to be kept, as often as the style's pieces keep it.
        """
        if place in self.drawn:
            return self.drawn[place]
        rng = np.random.default_rng((self.seed, place))
        own = np.sqrt(np.maximum(1.0 - np.add.reduce(self.factors**2, axis=1), 0.0))
        drawn = self.factors @ rng.normal(size=self.factors.shape[1]) + own * rng.normal(size=len(own))
        rows = [np.interp(z, NORMAL, row) for z, row in zip(drawn.tolist(), self.quantiles, strict=True)]
        keeps = rng.random(len(self.rules)) < np.array([*self.rules.values()])
        self.drawn[place] = np.array([*rows, *keeps], np.float64)
        return self.drawn[place]


def _kept(style: Style) -> dict[Criterion, float]:
    """The rules that most pieces of a style keep wholly, with the share that does."""
    measured = style.measured.get("rules", {})
    kept = {str(name): float(figures["kept"]) for name, figures in measured.items()}
    return {Criterion.of_rule(name): share for name, share in kept.items() if share >= MOSTLY and name in rule}


def _nothing(phrases: Phrases) -> Numbers:
    return np.zeros((1, phrases.n))


def _criterion(name: str, judge: Callable[[Phrases], Numbers], told: Callable[..., Numbers]) -> Criterion:
    """A criterion that is no entry of a catalogue; `told` has the docstring that speaks for it."""
    return Criterion(name, judge, _first, False, Extension(name, told, {}))


def _first(value: Numbers) -> Numbers:
    first: Numbers = value[0]
    return first
