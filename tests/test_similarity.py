"""Distances: golden values from scipy, and what every distance must hold."""

from __future__ import annotations

import numpy as np
import pytest

from fitness.similarity import difference, distance, jensen_shannon, wasserstein

PROFILES = np.array([[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25], [0.0, 0.0, 0.0, 1.0], [0.1, 0.2, 0.3, 0.4]]).T
TARGET = np.array([0.7, 0.2, 0.1, 0.0])
of_profiles = pytest.mark.parametrize(
    "measure", [entry.function for entry in distance if entry.traits["needs"] == "profile"], ids=lambda f: f.__name__
)


def test_jensen_shannon_has_the_values_of_scipy():
    """Written by `scipy.spatial.distance.jensenshannon(p, q, base=2) ** 2` of scipy 1.x."""
    golden = [0.109986547, 0.231011453, 1.0, 0.420318598]
    np.testing.assert_allclose(jensen_shannon(PROFILES, TARGET), golden, rtol=0, atol=1e-9)


def test_jensen_shannon_agrees_with_scipy_where_scipy_is_there():
    """The golden values above, asked for anew."""
    spatial = pytest.importorskip("scipy.spatial.distance")
    expected = [spatial.jensenshannon(profile, TARGET, base=2) ** 2 for profile in PROFILES.T]
    np.testing.assert_allclose(jensen_shannon(PROFILES, TARGET), expected, rtol=0, atol=1e-9)


def test_jensen_shannon_of_simple_profiles_is_what_a_hand_computes():
    """All in one bin against half and half: 1 - 3/4 log2(3) / 2 + ... = .311 bits; nothing shared: 1 bit."""
    value = np.array([[1.0, 0.0], [0.0, 1.0]])
    half = jensen_shannon(value, np.array([0.5, 0.5]))
    by_hand = 0.5 * np.log2(1 / 0.75) + 0.25 * np.log2(0.5 / 0.75) + 0.25 * np.log2(0.5 / 0.25)
    np.testing.assert_allclose(half, [by_hand, by_hand], rtol=1e-12)
    assert jensen_shannon(value, np.array([1.0, 0.0])).tolist() == [0.0, 1.0]


def test_wasserstein_is_the_area_between_the_cumulative_profiles():
    """Half of the mass moved by one bin of three steps is a sixth of the way; all of it by all of them is 1."""
    value = np.array([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]).T
    assert wasserstein(value, np.array([1.0, 0.0, 0.0, 0.0])).tolist() == pytest.approx([1 / 6, 1.0])


def test_wasserstein_has_the_values_of_scipy():
    """`scipy.stats.wasserstein_distance` over bin numbers, as a share of the span."""
    stats = pytest.importorskip("scipy.stats")
    bins = np.arange(4)
    expected = [stats.wasserstein_distance(bins, bins, profile, TARGET) / 3 for profile in PROFILES.T]
    np.testing.assert_allclose(wasserstein(PROFILES, TARGET), expected, rtol=0, atol=1e-9)


@of_profiles
def test_a_distance_is_0_from_itself_and_lies_between_0_and_1(measure):
    """Nothing is more like a profile than the profile."""
    rng = np.random.default_rng(1)
    profiles = rng.dirichlet(np.full(12, 0.3), 100).T
    assert measure(profiles[:, :1], profiles[:, 0])[0] == pytest.approx(0.0, abs=1e-9)
    for target in profiles.T[:20]:
        found = measure(profiles, target)
        assert ((found >= 0) & (found <= 1)).all()


@of_profiles
def test_a_distance_is_the_same_both_ways(measure):
    """A is as unlike B as B is unlike A."""
    a, b = np.random.default_rng(2).dirichlet(np.full(8, 0.5), 2)
    assert measure(a[:, None], b)[0] == pytest.approx(measure(b[:, None], a)[0], abs=1e-12)


@of_profiles
def test_silence_is_wholly_unlike_sound_and_like_silence(measure):
    """A phrase without notes has no profile; it must not pass for near to everything."""
    silent, sounding = np.zeros(3), np.array([0.2, 0.3, 0.5])
    assert measure(silent[:, None], sounding).tolist() == [1.0]
    assert measure(sounding[:, None], silent).tolist() == [1.0]
    assert measure(silent[:, None], silent).tolist() == [0.0]


def test_a_difference_is_a_share_of_its_scale_and_at_most_1():
    """Four standard deviations away is wholly unlike."""
    assert difference(np.array([[1.0, 3.0, 99.0]]), np.array([1.0]), scale=4.0).tolist() == [0.0, 0.5, 1.0]


def test_near_bins_are_nearly_alike_for_the_earth_mover_only():
    """A major and a minor second are more alike than a second and an octave, if bins are in order."""
    near, far, one = np.eye(12)[:, [1]], np.eye(12)[:, [11]], np.eye(12)[0]
    assert wasserstein(near, one)[0] < wasserstein(far, one)[0]
    assert jensen_shannon(near, one)[0] == jensen_shannon(far, one)[0] == 1.0
