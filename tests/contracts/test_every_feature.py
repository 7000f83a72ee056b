"""What every feature promises, whoever wrote it: held against each entry of the catalogue."""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from fitness.criterion import Criterion
from fitness.entries import feature
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from tests.contracts.test_every_rule import TARGETS, of_all_sorts, on_grids
from tests.melodies import TUNES
from tests.reference import feature_numbers
from tests.reference.phrases import AWKWARD, random_phrases
from tests.reference.species import species_phrases

KEY_PROFILES = [{}, {"profile": "krumhansl_kessler"}, {"profile": "bellman_budge"}]
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "bars_again": [{}, {"by": "rhythm"}, {"by": "shape"}, {"by": "contour"}],
    "contour_curve": [{}, {"points": 5}, {"points": 48}],
    "contour_ngrams": [{}, {"size": 1}, {"size": 3}],
    "figure_ngrams": [{}, {"size": 3, "bins": 64}],
    "functions_at": [{}, {"bars": 4}],
    "heights_above_end": [{}, {"points": 7}],
    "interval_ngrams": [{}, {"size": 1, "bins": 64}],
    "key_clarity": KEY_PROFILES,
    "key_fit": KEY_PROFILES,
    "key_lead": KEY_PROFILES,
    "leap_returns": [{}, {"leap": 4}],
    "leap_share": [{}, {"leap": 7}],
    "note_lengths": [{}, {"rests": True}],
    "notes_shared": [{"targets": TARGETS}],
    "onset_places": [{}, {"parts": 12}, {"parts": 7}],
    "part_densities": [{}, {"parts": 3}],
    "part_heights": [{}, {"parts": 3}],
    "phrase_repeat_share": [{}, {"by": "transposed"}, {"by": "rhythm"}],
    "repeated_interval_patterns": [{}, {"size": 1}, {"size": 2}],
    "repeated_rhythm_patterns": [{}, {"size": 2}, {"size": 4}],
    "rising_leaps_share": [{}, {"leap": 3}],
    "self_similarity": [{}, {"bars": 3, "by": "rhythm", "points": 5}, {"bars": 4, "points": 7}],
    "tension_curve": [{}, {"parts": 5}],
    "template_fit": [
        {"template": "AABA"}, {"template": "AB.A", "bars": 4, "by": "rhythm"}, {"template": "ABA", "bars": 5},
        {"template": "A.ABA"},
    ],
    "tonalness": KEY_PROFILES,
}  # fmt: skip
ENTRIES = [entry for entry in feature if entry.function.__module__.startswith("fitness.")]
CASES = [(entry.name, options) for entry in ENTRIES for options in OPTIONS.get(entry.name, [{}])]

each_feature = pytest.mark.parametrize("name", [entry.name for entry in ENTRIES])
each_case = pytest.mark.parametrize(
    ("name", "options"),
    CASES,
    ids=["-".join([name, *(str(options[key]) for key in options if key != "targets")]) for name, options in CASES],
)


def numbers(name: str, options: dict[str, Any], phrases: Phrases) -> np.ndarray:
    found: np.ndarray = feature[name].function(phrases, **options)
    return found


@cache
def many() -> tuple[Phrase, ...]:
    """Phrases of all sorts, some of species, and some of which each bar is a phrase, so that phrases return."""
    songs = (*TUNES.values(), *random_phrases(24, seed=22))
    cut = [replace(song, ends=tuple(tick for tick, _ in song.barlines())) for song in songs]
    return (*of_all_sorts(), *species_phrases(24, seed=26), *cut)


@cache
def together() -> Phrases:
    return Phrases.of(*many())


@each_case
def test_a_feature_is_finite_numbers_a_row_each(name, options):
    """No NaN leaves the ear, and a batch gives one column a phrase."""
    found = numbers(name, options, together())
    assert found.dtype == np.float64
    assert found.ndim == 2
    assert found.shape[1] == len(many())
    assert np.isfinite(found).all()


@each_case
def test_the_length_of_a_feature_does_not_depend_on_the_phrases(name, options):
    """A target made from one piece must fit every other, however long and in however many voices."""
    lengths = {len(numbers(name, options, Phrases.of(phrase))) for phrase in many()}
    assert len(lengths) == 1


@each_case
def test_the_numbers_equal_the_slow_reference(name, options):
    """The array form of a feature is what its docstring says, note for note, for phrases of all sorts."""
    for phrase in many():
        found = numbers(name, options, Phrases.of(phrase))[:, 0].tolist()
        assert found == pytest.approx(feature_numbers(name, phrase, **options), abs=1e-9), str(phrase)


@each_case
def test_a_phrase_has_the_same_feature_alone_and_in_company(name, options):
    """A phrase does not change because others with more voices or other metres stand beside it."""
    found = numbers(name, options, together())
    for i, phrase in enumerate(many()):
        alone = numbers(name, options, Phrases.of(phrase))[:, 0]
        assert np.round(found[:, i], 9).tolist() == np.round(alone, 9).tolist(), str(phrase)


@each_case
def test_a_phrase_from_a_grid_has_the_same_feature_as_from_notes(name, options):
    """How a phrase came to be is not heard."""
    for cells, ticks, setting in on_grids():
        grid = Phrases.from_grid(cells, ticks, setting)
        listed = Phrases.of(*(grid[i] for i in range(len(grid))))
        np.testing.assert_allclose(numbers(name, options, grid), numbers(name, options, listed), rtol=0, atol=1e-12)


@each_case
@pytest.mark.parametrize("phrase", AWKWARD.values(), ids=AWKWARD)
def test_a_phrase_is_at_no_distance_from_itself(name, options, phrase):
    """Nothing is more like a tune than the tune, be it silent or a single note."""
    criterion = Criterion.of_feature(name, options=options, targets=Phrases.of(phrase))
    assert Objective({"likeness": (criterion,)}).score(phrase).axes["likeness"] == 1.0


@each_case
def test_every_phrase_is_wholly_like_itself_and_no_more_like_another(name, options):
    """Likeness is at most 1, and a phrase of any sort reaches it against itself."""
    for phrase in many()[:40]:
        criterion = Criterion.of_feature(name, options=options, targets=Phrases.of(phrase))
        objective = Objective({"likeness": (criterion,)})
        assert objective.score(phrase).axes["likeness"] == 1.0
        others = objective(together()).axes
        assert (others <= 1.0).all()
        assert (others >= 0.0).all()


@each_case
def test_a_profile_is_shares_that_sum_to_one_or_to_nothing(name, options):
    """A profile is a distribution; only a phrase with nothing to count has none."""
    if not feature[name].traits.get("profile"):
        return
    found = numbers(name, options, together())
    assert (found >= 0).all()
    sums = found.sum(axis=0)
    assert (np.isclose(sums, 1.0, atol=1e-9) | (sums == 0.0)).all()
    assert len(found) > 1


@each_feature
def test_a_feature_has_a_band_of_its_own_or_is_many_numbers(name):
    """A number needs to be told what is usual, a profile or vector a target; else it could only be maximised."""
    traits = feature[name].traits
    if traits.get("profile"):
        assert "usual" not in traits
    elif traits.get("vector"):
        assert "usual" not in traits
        assert traits["scale"] > 0
    else:
        assert traits["figures"]["low"] < traits["figures"]["high"]
        assert traits["figures"]["sd"] > 0
        assert traits["scale"] > 0
        assert "band" in (inspect.getdoc(feature[name].function) or ""), "the docstring says where the band is from"


@each_feature
def test_the_docstring_names_a_source_and_shows_an_example(name):
    """Whoever reads a number may ask what it is, who says so, and what it is of a few notes."""
    assert feature[name].source
    assert f">>> {name}(" in (inspect.getdoc(feature[name].function) or "")
    assert feature[name].summary.rstrip(")").rstrip(".")


@each_case
def test_the_random_phrases_have_different_features(name, options):
    """A feature that is the same for all music says nothing of any."""
    assert len(np.unique(np.round(numbers(name, options, together()), 6), axis=1).T) > 5
