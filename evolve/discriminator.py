"""Classifiers that tell pieces of a corpus from ours, by their features: a linear one and boosted trees.

    logit = fitted(features_of_the_corpus, features_of_ours, by="trees", seed=1)
    logit(features)  # [n], above 0: like the corpus

Features are float64 `[f, n]`.  scikit-learn fits; what is fitted is evaluated here, so that a piece has the same logit
alone, in any company and on any machine that reads the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fitness.verdict import Numbers

By = Literal["linear", "trees"]
CLASSIFIERS: tuple[By, ...] = ("linear", "trees")

FLAT = 1e-9  # of a feature's size: what varies less does not vary
FARTHEST = 5.0  # standard deviations: the square of a rarity would outweigh all else
STRENGTH = 0.01  # of the linear one, the inverse of its L2 penalty: for songs .001 to .1 do about as well (measured)
TREES, RATE = 60, 0.1  # how many, and how much of what each says is added
TRIED, SAMPLED = 0.2, 0.7  # shares of features a split chooses from and of pieces a tree sees: as good, thrice as fast
BLOCK = 1024  # pieces judged at once: more leave the cache


class NoLearner(ValueError):
    """scikit-learn is not installed."""


@dataclass(frozen=True, eq=False)
class Linear:
    """Logistic regression on standardised features and their squares; arrays `[f]`."""

    mean: Numbers
    spread: Numbers  # infinite where a feature did not vary
    weight: Numbers
    weight_of_square: Numbers
    bias: float

    def standardised(self, features: Numbers) -> Numbers:
        """Features `[f, n]` in standard deviations, none of them far out."""
        z: Numbers = np.clip((features - self.mean[:, None]) / self.spread[:, None], -FARTHEST, FARTHEST)
        return z

    def __call__(self, features: Numbers) -> Numbers:
        """The logits `[n]`."""
        return _in_blocks(self._sums, features)

    def _sums(self, block: Numbers) -> Numbers:
        z = self.standardised(block)
        terms = z * (self.weight[:, None] + z * self.weight_of_square[:, None])
        found: Numbers = np.add.reduce(terms, axis=0) + self.bias  # row after row; sums of BLAS depend on the batch
        return found

    def plus(self, other: Linear, share: float = 1.0) -> Linear:
        """The sum of this one and a share of another that standardises alike."""
        weight = self.weight + share * other.weight
        square = self.weight_of_square + share * other.weight_of_square
        return Linear(self.mean, self.spread, weight, square, self.bias + share * other.bias)


@dataclass(frozen=True, eq=False)
class Trees:
    """Boosted trees as arrays `[trees, nodes]`; a leaf is its own child."""

    feature: NDArray[np.intp]
    threshold: Numbers
    low: NDArray[np.intp]  # where a piece goes that is not above the threshold
    high: NDArray[np.intp]
    value: Numbers  # what is added at a leaf
    depth: int
    start: float

    def __call__(self, features: Numbers) -> Numbers:
        """The logits `[n]`; features are compared as float32, as they were when the trees were fitted."""
        return _in_blocks(self._sums, features.astype(np.float32))

    def _sums(self, block: Numbers) -> Numbers:
        number, nodes = self.feature.shape
        columns = np.arange(block.shape[1])
        first = np.arange(number)[:, None] * nodes
        at = np.broadcast_to(first, (number, len(columns)))
        for _ in range(self.depth):
            given = block.take(self.feature.take(at) * len(columns) + columns)
            at = first + np.where(given <= self.threshold.take(at), self.low.take(at), self.high.take(at))
        found: Numbers = np.add.reduce(self.value.take(at), axis=0) + self.start
        return found

    def plus(self, other: Trees, share: float = 1.0) -> Trees:
        """The sum of these trees and a share of others."""
        nodes = max(self.feature.shape[1], other.feature.shape[1])

        def joined(mine: NDArray[Any], theirs: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate([np.pad(part, ((0, 0), (0, nodes - part.shape[1]))) for part in (mine, theirs)])

        return Trees(
            joined(self.feature, other.feature), joined(self.threshold, other.threshold),
            joined(self.low, other.low), joined(self.high, other.high), joined(self.value, share * other.value),
            max(self.depth, other.depth), self.start + share * other.start,
        )  # fmt: skip


def fitted(real: Numbers, ours: Numbers, *, by: By, seed: int, trees: int = TREES) -> Linear | Trees:
    """A classifier of features `[f, a]` of a corpus and `[f, b]` of ours, as a function from features to logits.

    Both sets weigh the same, however many there are of each.  `by` is 'linear' (logistic regression on standardised
    features and their squares, with an L2 penalty) or 'trees' (so many boosted trees of depth 2, which draw
    by `seed` which features and pieces each sees).  ValueError where a set is empty or a feature is not finite.
    """
    if by not in CLASSIFIERS:
        raise ValueError(f"by: must be one of {', '.join(CLASSIFIERS)}, got {by}")
    if by == "linear":
        return fitted_to(blank(np.concatenate([real, ours], axis=1)), real, ours)
    given, is_real, weights = _given(real, ours)
    sklearn, one_thread = _learners()
    with one_thread(limits=1):  # sums of several threads are added in another order
        return _trees(sklearn, given, is_real, weights, seed, trees)


def blank(features: Numbers) -> Linear:
    """A linear classifier that says nothing yet, and standardises as some features `[f, n]` are spread."""
    mean, spread = features.mean(axis=1), features.std(axis=1)
    nothing = np.zeros(len(mean))
    return Linear(mean, np.where(spread > FLAT * np.maximum(abs(mean), 1.0), spread, np.inf), nothing, nothing, 0.0)


def fitted_to(scale: Linear, real: Numbers, ours: Numbers, *, strength: float = STRENGTH) -> Linear:
    """The linear classifier as `fitted`, which standardises as `scale` does: such can be added up."""
    given, is_real, weights = _given(real, ours)
    sklearn, one_thread = _learners()
    with one_thread(limits=1):
        return _linear(sklearn, scale, given, is_real, weights, strength)


def _given(real: Numbers, ours: Numbers) -> tuple[Numbers, NDArray[np.bool_], Numbers]:
    """All pieces, which are the corpus's, and weights by which both sets count the same."""
    _check(real, ours, least=1)
    given = np.concatenate([real, ours], axis=1)
    is_real = np.arange(given.shape[1]) < real.shape[1]
    return given, is_real, np.where(is_real, 0.5 / real.shape[1], 0.5 / ours.shape[1]) * given.shape[1]


def _linear(
    sklearn: Any, scale: Linear, given: Numbers, is_real: NDArray[np.bool_], weights: Numbers, strength: float
) -> Linear:
    z = scale.standardised(given)
    model = sklearn.linear_model.LogisticRegression(C=strength, max_iter=1000, tol=1e-6)
    model.fit(np.concatenate([z, z * z]).T, is_real, weights)
    weight, weight_of_square = np.split(model.coef_[0], 2)
    return Linear(scale.mean, scale.spread, weight, weight_of_square, float(model.intercept_[0]))


def _trees(sklearn: Any, given: Numbers, is_real: NDArray[np.bool_], weights: Numbers, seed: int, number: int) -> Trees:
    model = sklearn.ensemble.GradientBoostingClassifier(
        n_estimators=number, learning_rate=RATE, max_depth=2, max_features=TRIED, subsample=SAMPLED, random_state=seed
    )
    model.fit(given.T, is_real, weights)
    grown = [tree.tree_ for tree in model.estimators_[:, 0]]
    nodes = max(tree.node_count for tree in grown)
    feature, low, high = np.zeros((3, len(grown), nodes), np.intp)
    threshold, value = np.zeros((2, len(grown), nodes))
    for i, tree in enumerate(grown):
        size, own = tree.node_count, np.arange(tree.node_count)
        inner = tree.children_left >= 0
        feature[i, :size] = np.where(inner, tree.feature, 0)
        threshold[i, :size] = tree.threshold
        low[i, :size] = np.where(inner, tree.children_left, own)
        high[i, :size] = np.where(inner, tree.children_right, own)
        value[i, :size] = RATE * tree.value[:, 0, 0]
    none, all_of_it = model.init_.class_prior_
    start = float(np.log(all_of_it / none))
    return Trees(feature, threshold, low, high, value, max(tree.max_depth for tree in grown), start)


def told_apart(real: Numbers, ours: Numbers, *, folds: int = 5, seed: int) -> dict[str, float]:
    """How well each classifier tells unseen pieces of two sets apart: the area under its curve (AUC).

    .5: not at all; 1: at once.  The mean of `folds` folds, into which `seed` shuffles each set; equal pieces lie in
    one fold, for one that was learnt would answer for the other.  Far below .5 lies what was chosen or trained to be as
    these pieces are: what a fold leaves out, the others then have too little of.

    Source: Lopez-Paz and Oquab, "Revisiting Classifier Two-Sample Tests", ICLR (2017), for the idea.
    """
    _check(real, ours, least=folds)
    sets = [*zip((real, ours), _dealt(real, ours, folds, np.random.default_rng(seed)), strict=True)]
    areas: dict[str, float] = {}
    for by in CLASSIFIERS:
        found = []
        for fold in range(folds):
            logit = fitted(*(part[:, where != fold] for part, where in sets), by=by, seed=seed)
            found.append(_area(*(logit(part[:, where == fold]) for part, where in sets)))
        areas[by] = float(np.mean(found))
    return areas


def _dealt(
    real: Numbers, ours: Numbers, folds: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The fold of each piece of both sets: equal pieces, of one set or of both, lie in one fold.

    The largest groups are dealt first, each to the fold that has the fewest pieces of the set of which the group has
    most, in an order that `rng` draws.  Where a fold would lack a set, pieces are dealt one by one.
    """
    both = np.concatenate([real, ours], axis=1).T
    groups: dict[bytes, list[int]] = {}
    for place in rng.permutation(len(both)).tolist():
        groups.setdefault(both[place].tobytes(), []).append(place)
    counts, fold = np.zeros((2, folds), np.int64), np.empty(len(both), np.intp)
    for members in sorted(groups.values(), key=len, reverse=True):
        sides = [sum(place < real.shape[1] for place in members), sum(place >= real.shape[1] for place in members)]
        to = int(np.argmin(counts[int(sides[1] > sides[0])] * len(both) + counts.sum(axis=0)))
        fold[members] = to
        counts[:, to] += sides
    if not counts.all():
        for side in (slice(0, real.shape[1]), slice(real.shape[1], None)):
            fold[side] = rng.permutation(np.arange(len(fold[side])) % folds)
    return fold[: real.shape[1]], fold[real.shape[1] :]


def _area(high: Numbers, low: Numbers) -> float:
    """The chance that one of `high` is above one of `low`, ties counting half."""
    x, y = high[:, None], low[None]
    return float(((x > y) + 0.5 * (x == y)).mean())


def _in_blocks(sums: Callable[[Numbers], Numbers], features: Any) -> Numbers:
    """What `sums` gives for blocks of at least two pieces, a lone one doubled: one column would be added otherwise."""
    n = features.shape[1]
    given = np.repeat(features, 2, axis=1) if n == 1 else features
    found = np.empty(given.shape[1])
    for begin in range(0, given.shape[1], BLOCK):
        begin = min(begin, given.shape[1] - 2)
        block = np.ascontiguousarray(given[:, begin : begin + BLOCK])
        found[begin : begin + BLOCK] = sums(block)
    return found[:n]


def _check(real: Numbers, ours: Numbers, *, least: int) -> None:
    if len(real) != len(ours):
        raise ValueError(f"both sets must have the same features, got {len(real)} and {len(ours)}")
    if min(real.shape[1], ours.shape[1]) < least:
        raise ValueError(f"each set must have at least {least} pieces, got {real.shape[1]} and {ours.shape[1]}")
    if not (np.isfinite(real).all() and np.isfinite(ours).all()):
        raise ValueError("features must be finite, got nan or infinity")


def _learners() -> tuple[Any, Any]:
    """scikit-learn with what is needed of it, and what keeps it to some threads."""
    try:  # an extra, and 1.7 s to import
        import sklearn.ensemble
        import sklearn.linear_model
        import threadpoolctl
    except ImportError:
        raise NoLearner("this needs scikit-learn: pip install 'evophrase[learn]'") from None
    return sklearn, threadpoolctl.threadpool_limits
