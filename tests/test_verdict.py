"""Verdicts: counts, places and blame from two masks, and what a count is worth."""

from __future__ import annotations

import numpy as np
import pytest

from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.rules.melody import legal_leaps
from fitness.rules.spacing import voices_uncrossed
from fitness.verdict import Blame, Place, Verdict, band, count, decay, gate, normaliser, rate, typical

LEAPS = Phrase.parse("C4 F#4 G4 C5 ; C3*4")
CROSSED = Phrase.parse("G4 E4 ; C4 F4 ; C3*2")


def test_counts_are_the_faults_and_the_opportunities_of_each_phrase():
    """One True is one fault."""
    verdict = legal_leaps(Phrases.of(LEAPS, CROSSED))
    assert verdict.counts.tolist() == [[1, 0], [3, 2]]
    assert verdict.counts.dtype == np.uint16


@pytest.mark.parametrize("positions", [1, 200, 255, 256, 300, 70_000])
def test_a_count_does_not_overflow(positions):
    """However long the phrase, a count is the count, or 65,535 where there are more."""
    mask = np.ones((1, positions, 2), bool)
    assert count(mask).tolist() == [min(positions, 65_535)] * 2


def test_places_have_a_tick_an_end_and_their_voices_in_order_of_time():
    """A fault can be pointed at on the page."""
    assert legal_leaps(Phrases.of(LEAPS)).places() == [Place(24, 48, (0,))]
    assert legal_leaps(Phrases.of(LEAPS)).places(kept=True) == [Place(48, 72, (0,)), Place(72, 96, (0,))]
    assert voices_uncrossed(Phrases.of(CROSSED)).places() == [Place(24, 48, (0, 1))]


def test_places_are_those_of_the_phrase_that_is_asked_for():
    """A batch holds many phrases, and each has its own faults."""
    verdict = legal_leaps(Phrases.of(CROSSED, LEAPS))
    assert verdict.places(0) == []
    assert verdict.places(1) == [Place(24, 48, (0,))]


def test_blame_names_each_voice_of_a_fault_at_its_tick():
    """Of two crossed voices either could move."""
    blame = voices_uncrossed(Phrases.of(LEAPS, CROSSED)).blame()
    assert sorted(zip(blame.phrase.tolist(), blame.voice.tolist(), blame.tick.tolist(), strict=True)) == [
        (1, 0, 24), (1, 1, 24),
    ]  # fmt: skip


def test_blame_speaks_of_the_voices_of_the_whole():
    """A criterion that hears the second and third voice only still blames those."""
    phrases = Phrases.of(Phrase.parse("C5 D5 ; G4 E4 ; C4 F4"))
    blame = voices_uncrossed(phrases.only((1, 2))).blame((1, 2))
    assert sorted(blame.voice.tolist()) == [1, 2]


def test_blame_is_joined_and_shifted_block_by_block():
    """Phrase numbers of a block are moved to their place in the batch; what only filled the block goes."""
    one = Blame(*(np.array(x) for x in ([0, 1], [0, 0], [5, 6])))
    assert Blame.join([]).phrase.tolist() == []
    joined = Blame.join([one.shifted(0, 2), one.shifted(4, 1)])
    assert joined.phrase.tolist() == [0, 1, 4]
    assert joined.tick.tolist() == [5, 6, 5]


def test_a_verdict_on_a_shared_grid_has_the_ticks_of_the_grid():
    """Slices that all phrases share are stored once, and every phrase's faults still have their tick."""
    phrases = Phrases.of(CROSSED, CROSSED)
    pairs = phrases.slices.pairs
    broken = np.zeros(pairs.interval.shape, bool)
    broken[:, 1] = True
    places = Verdict(broken=broken, tested=broken, on=pairs).places(1)
    assert [(place.onset, place.end) for place in places] == [(24, 48)] * 3


FAULTS = np.array([0.0, 1.0, 5.0, 10.0])
CHANCES = np.array([10.0, 10.0, 10.0, 10.0])


def test_rate_is_the_share_of_opportunities_kept():
    """One fault in ten is worth .9."""
    assert rate(FAULTS, CHANCES).tolist() == [1.0, 0.9, 0.5, 0.0]


def test_gate_opens_only_without_a_fault():
    """An ending is right or wrong."""
    assert gate(FAULTS, CHANCES).tolist() == [1.0, 0.0, 0.0, 0.0]


def test_decay_forgives_what_real_music_shows_and_halves_for_every_half_beyond():
    """A rate of .1 is usual here; .2 more makes a quarter."""
    worth = decay(np.array([1.0, 2.0, 3.0]), np.full(3, 10.0), rate=0.1, half=0.1)
    np.testing.assert_allclose(worth, [1.0, 0.5, 0.25], rtol=1e-12)


def test_band_is_1_inside_and_falls_on_both_sides():
    """Too much is as untypical as too little; one width outside is worth exp(-1/2)."""
    worth = band(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), low=1.0, high=3.0, sd=1.0)
    np.testing.assert_allclose(worth, [np.exp(-0.5), 1, 1, 1, np.exp(-0.5)], rtol=1e-12)


def test_typical_falls_from_the_mean_on_both_sides():
    """A statistic is judged two-sidedly, never maximised."""
    worth = typical(np.array([1.0, 2.0, 3.0]), mean=2.0, sd=1.0)
    np.testing.assert_allclose(worth, [np.exp(-0.5), 1, np.exp(-0.5)], rtol=1e-12)


@pytest.mark.parametrize("entry", list(normaliser), ids=lambda entry: entry.name)
def test_every_normaliser_gives_finite_numbers_from_0_to_1(entry):
    """However wild the count or the number, its worth is a share."""
    options = {"band": {"low": 0.2, "high": 0.4, "sd": 1e-9}, "typical": {"mean": 0.0, "sd": 1e-9}}.get(entry.name, {})
    if entry.traits["of"] == "rule":
        faults = np.repeat(np.arange(50.0), 50)
        worth = entry.function(faults, np.maximum(faults, np.tile(np.arange(1.0, 51.0), 50)), **options)
    else:
        worth = entry.function(np.array([-1e9, -1.0, 0.0, 0.3, 1.0, 1e9]), **options)
    assert worth.dtype == np.float64
    assert ((worth >= 0) & (worth <= 1)).all()
