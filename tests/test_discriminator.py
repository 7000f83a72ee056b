"""Classifiers that tell a corpus from ours: what scikit-learn fits, evaluated here."""

import sys

import numpy as np
import pytest

from evolve.discriminator import CLASSIFIERS, RATE, NoLearner, _learners, fitted, told_apart

pytest.importorskip("sklearn")

each_classifier = pytest.mark.parametrize("by", CLASSIFIERS)


def two_sets(apart: float = 1.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Features `[12, n]` of 40 and of 60 pieces that differ in two of them; the third never varies."""
    rng = np.random.default_rng(seed)
    real, ours = rng.normal(size=(12, 40)), rng.normal(size=(12, 60))
    ours[0] += apart
    ours[1] *= 1 + apart
    real[2], ours[2] = 0.1, 0.1
    return real, ours


@each_classifier
def test_a_logit_is_above_zero_for_what_is_like_the_corpus(by):
    """Of unseen pieces most are told rightly, though there are more of ours."""
    logit = fitted(*two_sets(3.0), by=by, seed=1)
    real, ours = two_sets(3.0, seed=2)
    assert (logit(real) > 0).mean() > 0.8
    assert (logit(ours) < 0).mean() > 0.8


@each_classifier
def test_the_logit_is_that_of_scikit_learn(by, monkeypatch):
    """The arrays taken from the fitted model give what its own decision function gives."""
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    models = []
    for kind in (GradientBoostingClassifier, LogisticRegression):

        def fit(self, *given, really=kind.fit):
            models.append(really(self, *given))
            return models[-1]

        monkeypatch.setattr(kind, "fit", fit)
    logit = fitted(*two_sets(), by=by, seed=1)
    unseen = two_sets(seed=2)[1]
    given = unseen
    if by == "linear":
        z = logit.standardised(unseen)
        given = np.concatenate([z, z * z])
    assert logit(unseen) == pytest.approx(models[0].decision_function(given.T), abs=1e-9)


@each_classifier
def test_a_piece_has_the_same_logit_alone_and_in_any_company(by):
    """Bit for bit, in C and in Fortran order, over the borders of blocks."""
    logit = fitted(*two_sets(), by=by, seed=1)
    pieces = np.random.default_rng(3).normal(size=(12, 2050))
    whole = logit(pieces)
    for n in (0, 1, 2, 3, 1024, 1025):
        assert np.array_equal(logit(pieces[:, :n]), whole[:n])
    for place in (0, 7, 1023, 1024, 2049):
        assert logit(pieces[:, place : place + 1])[0] == whole[place]
    assert np.array_equal(logit(np.asfortranarray(pieces)), whole)
    assert np.array_equal(logit(pieces[:, ::-1]), whole[::-1])


@each_classifier
def test_the_same_seed_fits_the_same_classifier(by):
    """And what never varied says nothing, even where it does later."""
    first, second = (fitted(*two_sets(), by=by, seed=5) for _ in range(2))
    pieces = two_sets(seed=2)[0]
    assert np.array_equal(first(pieces), second(pieces))
    other = pieces.copy()
    other[2] = 1e9
    assert np.array_equal(first(other), first(pieces))
    assert np.isfinite(first(np.full((12, 3), 1e30))).all()


def test_trees_differ_with_the_seed():
    """They draw which features and pieces each sees."""
    first, second = (fitted(*two_sets(), by="trees", seed=seed)(two_sets(seed=2)[0]) for seed in (1, 2))
    assert not np.array_equal(first, second)
    assert RATE < 1


@each_classifier
def test_pieces_that_are_all_alike_have_one_logit(by):
    """Nothing varies, so nothing can be told."""
    same = np.full((4, 10), 0.3)
    assert np.ptp(fitted(same, same, by=by, seed=1)(same)) == 0
    assert told_apart(same, same, seed=1)[by] == 0.5


def test_sets_that_differ_wholly_are_told_apart_at_once():
    """One feature suffices."""
    real, ours = two_sets(30.0)
    areas = told_apart(real, ours, seed=1)
    assert areas["linear"] > 0.98
    assert areas["trees"] == 1.0


def test_sets_of_one_kind_are_not_told_apart():
    """Within 3 standard deviations of the area under the curve for 100 pieces a side, .12."""
    rng = np.random.default_rng(4)
    areas = told_apart(rng.normal(size=(12, 100)), rng.normal(size=(12, 100)), seed=1)
    assert areas == {by: pytest.approx(0.5, abs=0.13) for by in CLASSIFIERS}


def test_a_set_is_not_told_apart_from_itself():
    """Each piece lies in one fold with its twin, and both have one logit."""
    real = two_sets()[0]
    assert told_apart(real, real[:, ::-1], seed=1) == {"linear": 0.5, "trees": 0.5}


def test_what_cannot_be_told_apart_is_refused():
    """Too few pieces for the folds, other features, no finite number, an unknown classifier."""
    real, ours = two_sets()
    with pytest.raises(ValueError, match="must have at least 5 pieces, got 4 and 60"):
        told_apart(real[:, :4], ours, seed=1)
    with pytest.raises(ValueError, match="must have the same features, got 11 and 12"):
        fitted(real[1:], ours, by="trees", seed=1)
    with pytest.raises(ValueError, match="must be finite"):
        fitted(real * np.nan, ours, by="trees", seed=1)
    with pytest.raises(ValueError, match="must be one of linear, trees, got forest"):
        fitted(real, ours, by="forest", seed=1)


def test_without_scikit_learn_one_line_names_the_extra(monkeypatch):
    """The rest of evophrase works without it."""
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(NoLearner, match=r"^this needs scikit-learn: pip install 'evophrase\[learn\]'$"):
        _learners()
