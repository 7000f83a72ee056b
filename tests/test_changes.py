"""The musical mutations: each does what its name says, to any genome, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evolve import changes
from evolve.changes import FIRST, HOLD, REST
from evolve.genomes.melody import melody
from fitness.theory import Metre

KIND = melody(bars=4, metre=Metre.parse("3/4"))
LAYOUT = KIND.layout
BAR = LAYOUT.bar_slots


def genomes(bars: int = 4):
    """Genomes of any bars: codes within the bounds, many of them holds."""
    code = st.one_of(st.just(HOLD), st.integers(0, LAYOUT.top))
    row = st.lists(code, min_size=bars * BAR, max_size=bars * BAR)
    return st.lists(row, min_size=1, max_size=6).map(lambda rows: np.array(rows, np.int16))


def changed(change, genes, seed, where=None):
    result = genes.copy()
    change(result, LAYOUT, np.random.default_rng(seed), where)
    return result


ALL = [change for change, _ in changes.CHANGES]


@pytest.mark.parametrize("change", ALL, ids=lambda change: change.__name__)
@settings(max_examples=40, deadline=None)
@given(genes=genomes(), seed=st.integers(0, 999))
def test_every_change_keeps_within_the_bounds_and_repeats_with_its_seed(change, genes, seed):
    """Whatever the genome, children decode; the same stream gives the same child."""
    child = changed(change, genes, seed)
    assert ((child >= HOLD) & (child <= LAYOUT.top)).all()
    assert np.array_equal(child, changed(change, genes, seed))


@settings(max_examples=80, deadline=None)
@given(genes=genomes(), seed=st.integers(0, 999))
def test_nudge_moves_one_note_by_one_or_two_steps(genes, seed):
    """The rhythm stays; where there is no note, nothing happens."""
    child = changed(changes.nudge, genes, seed)
    moved = (child != genes).sum(axis=1)
    assert (moved <= 1).all()
    assert (abs(child - genes).max(axis=1) <= 2).all()
    assert np.array_equal(child >= FIRST, genes >= FIRST)
    assert np.array_equal(moved == 0, ~(genes >= FIRST).any(axis=1))


@settings(max_examples=80, deadline=None)
@given(genes=genomes(), seed=st.integers(0, 999))
def test_transposing_and_inverting_keep_the_rhythm(genes, seed):
    """Only notes of one bar change, and they stay notes."""
    for change in (changes.transpose, changes.invert):
        child = changed(change, genes, seed)
        assert np.array_equal(child >= FIRST, genes >= FIRST)
        bars = (child != genes).reshape(len(genes), -1, BAR).any(axis=2)
        assert (bars.sum(axis=1) <= 1).all()


def test_inverting_turns_a_bar_about_its_first_note():
    """C D E becomes C B A, as far as the range goes."""
    bar = [8, 0, 9, 0, 10, 0]
    child = changed(changes.invert, np.array([bar * 4], np.int16), 1)
    assert [8, 0, 7, 0, 6, 0] in child.reshape(-1, BAR).tolist()


def test_reversing_plays_a_bar_backwards_with_its_lengths():
    """Half, quarter becomes quarter, half; rests too; and twice is the bar as it was."""
    bar = [5, 0, 0, REST, 7, 0]
    child = changed(changes.reverse, np.array([bar * 4], np.int16), 1)
    assert [7, 0, REST, 5, 0, 0] in child.reshape(-1, BAR).tolist()
    assert np.array_equal(changed(changes.reverse, child, 1), np.array([bar * 4], np.int16))


@settings(max_examples=80, deadline=None)
@given(genes=genomes(), seed=st.integers(0, 999))
def test_thinning_takes_one_event_away_and_filling_adds_one_note(genes, seed):
    """One slot changes."""
    thinner, fuller = changed(changes.thin, genes, seed), changed(changes.fill, genes, seed)
    gone = (genes != HOLD).sum(axis=1) - (thinner != HOLD).sum(axis=1)
    added = (fuller >= FIRST).sum(axis=1) - (genes >= FIRST).sum(axis=1)
    assert gone.tolist() == (genes != HOLD).any(axis=1).astype(int).tolist()
    assert added.tolist() == (genes < FIRST).any(axis=1).astype(int).tolist()


@settings(max_examples=80, deadline=None)
@given(genes=genomes(), seed=st.integers(0, 999))
def test_shifting_an_onset_keeps_the_notes(genes, seed):
    """The same pitches in the same number, one of them a slot earlier or later."""
    child = changed(changes.shift, genes, seed)
    assert np.array_equal(np.sort(child, axis=1), np.sort(genes, axis=1))


@settings(max_examples=80, deadline=None)
@given(genes=genomes(), seed=st.integers(0, 999))
def test_taking_a_rhythm_uses_a_bars_own_notes_in_the_rhythm_of_another(genes, seed):
    """Every bar's rhythm is one that was there; the changed bar has only notes it had."""
    child = changed(changes.rhythm, genes, seed)
    for before, after in zip(genes.reshape(len(genes), -1, BAR), child.reshape(len(genes), -1, BAR), strict=True):
        for old, new in zip(before, after, strict=True):
            if not np.array_equal(old, new):
                assert set(new[new >= FIRST]) <= set(old[old >= FIRST])


def test_copying_a_bar_gives_the_same_bar_or_a_sequence_of_it():
    """The copy is the bar itself, or moved as a whole along the scale."""
    genes = np.array([[5, 0, 6, 0, 7, 0] + [9, 0, 0, 0, 0, 0] * 3], np.int16)
    seen = set()
    for seed in range(200):
        for bar in changed(changes.copy, genes, seed).reshape(-1, BAR).tolist():
            if bar[2] >= FIRST:
                seen.add(bar[0] - 5)
                assert [bar[0], bar[2] - 1, bar[4] - 2] == [bar[0]] * 3
    assert seen == {-3, -2, -1, 0, 1, 2, 3}


def test_blame_draws_the_changes_to_the_notes_it_marks():
    """Eight in ten changes of a single note go where the fault is, not one in twelve."""
    genes = np.full((2000, 4 * BAR), 5, np.int16)
    where = np.zeros(genes.shape, bool)
    where[:, 3] = True
    child = changed(changes.nudge, genes, 3, where)
    share = (child != genes)[:, 3].mean()
    expected = changes.STEER + (1 - changes.STEER) / (4 * BAR)
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / 2000)


def test_cutting_a_quarter_otherwise_changes_one_division():
    """With triplets, the gene of one quarter flips."""
    kind = melody(bars=2, triplets=True)
    genes = kind.sample(50, np.random.default_rng(0))
    child = genes.copy()
    changes.recut(child, kind.layout, np.random.default_rng(1), None)
    assert ((child != genes)[:, kind.slots :].sum(axis=1) == 1).all()
    assert not (child != genes)[:, : kind.slots].any()


def test_reversing_a_bar_with_triplets_plays_it_backwards():
    """Cuts of quarters turn round with the notes: three thirds and a quarter become a quarter and three thirds."""
    kind = melody(bars=1, triplets=True, metre=Metre.parse("2/4"))
    for seed in range(100):
        genes = kind.mutate(kind.sample(20, np.random.default_rng(seed)), np.random.default_rng(seed))
        genes = kind._tidied(genes)
        genes[:, 0] = np.maximum(genes[:, 0], REST)  # nothing held over from before
        child = genes.copy()
        changes.reverse(child, kind.layout, np.random.default_rng(1), None)
        for before, after in zip(kind.decode(genes), kind.decode(child), strict=True):
            notes = [(48 - note.end, note.duration, note.pitch) for note in before.voices[0].notes[::-1]]
            assert [(note.onset, note.duration, note.pitch) for note in after.voices[0].notes] == notes
