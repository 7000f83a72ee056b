"""Tunes in the frames of others: the vocabulary, what decodes to what, and the changes a musician would make."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evolve.draft import FIRST, HOLD, REST, Line
from evolve.genomes.tune import HEAD, Tune
from evolve.variants import CHANGES, begin, vary
from evolve.vocabulary import GRID, LONGEST, Vocabulary, scale_of
from fitness.phrase import Phrase
from fitness.theory import Key
from tests.melodies import FRERE_JACQUES, GREENSLEEVES, ODE_TO_JOY, TUNES
from tests.strategies import phrases

WALTZ = Phrase.parse("A minor 3/4: A4*2 B4 | C5*2 B4 | A4 E4 G#4 | A4*3 ' | C5*2 D5 | E5 r E5 | D5 B4 G#4 | A4*3")
FOUR = (ODE_TO_JOY, FRERE_JACQUES, GREENSLEEVES, WALTZ)
VOCABULARY = Vocabulary.of([*FOUR, *[WALTZ] * 5])
KIND = Tune(VOCABULARY)


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def dice(seed: int):
    return iter(rng(seed).random(10_000).tolist())


# The vocabulary


def test_a_vocabulary_counts_frames_tonics_rhythms_and_moves():
    """By hand: A minor, six times; the bar of a half and a quarter; from the tonic to the second degree."""
    frame, count = VOCABULARY.frames[0]
    assert (str(frame.metre), frame.pickup, frame.length, frame.mode, frame.ends) == ("3/4", 0, 96, "minor", (48, 96))
    assert count == 6
    assert VOCABULARY.tonics["minor"][9] == 6
    assert VOCABULARY.tonics["major"][2] == 1
    waltz = VOCABULARY.rhythms["3/4"]
    assert waltz["x.......x..."] == (2 * 6, 6, 0, 0, 0)
    assert waltz["x..........."] == (0, 0, 0, 6, 6)
    assert waltz["x...----x..."] == (0, 6, 0, 0, 0)
    assert VOCABULARY.moves["major"][0][2] == 4  # twice in the ode, twice in the round
    assert VOCABULARY.notes == (min(len(t.voices[0].notes) for t in FOUR), max(len(t.voices[0].notes) for t in FOUR))
    assert VOCABULARY.longest == 12


def test_plain_data_and_json_give_the_same_vocabulary_back():
    """And so does that of all tunes, with two voices and with a cantus."""
    for vocabulary in (VOCABULARY, Vocabulary.of(TUNES.values())):
        assert Vocabulary.from_plain(vocabulary.plain()) == vocabulary
        assert Vocabulary.parse(json.dumps(vocabulary.plain())) == vocabulary


def test_tunes_that_fit_no_frame_teach_their_tones_only():
    """Other metres on the way, an upbeat that is all but a bar, less than a bar, more than 256 bars."""
    change = Phrase.parse("C4*4 | [3/4] D4*3 | [4/4] F#4*4")
    brief = Phrase.parse("C4 F#4")
    late = replace(Phrase.parse("C major 4/4 pickup=95: C4*5 F#4*4"), length=500)
    long = replace(ODE_TO_JOY, length=(LONGEST + 1) * GRID, ends=())
    for tune in (change, brief, late, long):
        found = Vocabulary.of([tune, ODE_TO_JOY])
        assert len(found.frames) == 1
        assert Vocabulary.from_plain(found.plain()) == found
        with pytest.raises(ValueError, match="in one metre, of one to 256 bars of 4/4, got none"):
            Vocabulary.of([tune])


def test_ends_off_the_grid_stay_within_the_frame():
    """A phrase that ends in the last sixteenth, or before the first, does not end outside the tune."""
    odd = replace(ODE_TO_JOY, length=ODE_TO_JOY.length + 5, ends=(1, 100, ODE_TO_JOY.length + 4))
    (frame, _), = Vocabulary.of([odd]).frames  # fmt: skip
    assert frame.ends == (17, 128)
    kind = Tune(Vocabulary.of([odd]))
    assert kind.decode(kind.sample(2, rng(1)))[0].ends == (17 * GRID, 128 * GRID)


def test_a_tune_an_octave_higher_has_the_same_tones():
    """Though its mean lie midway between two tonics."""
    tune = Phrase.parse("C major 4/4: F#4*2 C4 C5 | F#4*4")
    for tone in (tune, ODE_TO_JOY):
        higher = replace(tone, voices=tuple(
            replace(v, notes=tuple(replace(n, pitch=n.pitch + 12) for n in v.notes)) for v in tone.voices
        ))  # fmt: skip
        assert Vocabulary.of([higher]).moves == Vocabulary.of([tone]).moves


@given(st.lists(phrases(most_voices=2), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_whatever_music_has_a_vocabulary_can_be_bred_from_it(tunes):
    """Triplets, ends anywhere, odd metres, upbeats: what is learnt is read back, and tunes come of it."""
    try:
        vocabulary = Vocabulary.of(tunes)
    except ValueError as error:
        assert "must be a melody" in str(error)
        return
    try:
        assert Vocabulary.parse(json.dumps(vocabulary.plain())) == vocabulary
    except ValueError as error:
        assert str(error) == "the vocabulary must have moves from a tone to another"
        return
    kind = Tune(vocabulary)
    genes = kind.sample(6, rng(1))
    for step in range(3):
        genes = kind.mutate(genes, rng(2, step))
        swap = kind.mate(genes[:3], genes[3:], rng(3, step))
        genes[:3] = np.where(swap, genes[3:], genes[:3])
    assert len(kind.decode(genes).each) == 6
    assert len(kind.decode(kind.start_from([tune for tune in tunes if any(v.notes for v in tune.voices)])).each)


def _changed(path: str, value: object) -> str:
    """The plain vocabulary as JSON with one value changed, at a path such as `frames.0.metre`."""
    data = copy.deepcopy(VOCABULARY.plain())
    *steps, last = path.split(".")
    here = data
    for step in steps:
        here = here[int(step) if isinstance(here, list) else step]
    if value is KeyError:
        del here[last]
    else:
        here[int(last) if isinstance(here, list) else last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("frames", KeyError, "not such as calibrate writes: KeyError 'frames'"),
        ("frames", 3, "not such as calibrate writes: TypeError"),
        ("frames", [], "must have frames in major or minor"),
        ("frames.0.metre", "3/5", "not such as calibrate writes: ValueError a metre"),
        ("frames.0.metre", "5/4", "must have rhythms for each metre"),
        ("frames.0.mode", "dorian", "must have frames in major or minor"),
        ("frames.0.pickup", 12, "must have pick-ups shorter than a bar"),
        ("frames.0.length", 11, "must have frames from one bar to 4096"),
        ("frames.0.length", 10**6, "must have frames from one bar to 4096"),
        ("frames.0.ends", [], "must have phrases that end one after another"),
        ("frames.0.ends", [48, 48, 96], "must have phrases that end one after another"),
        ("frames.0.ends", [48, 95], "must have phrases that end one after another"),
        ("frames.0.count", 0, "must have counts above 0"),
        ("tonics.minor", [1, 2], "must have a count for each of the twelve tonics"),
        ("tonics.minor", [0] * 12, "must have a tonic for each mode"),
        ("tonics.minor.0", -1, "must have counts of 0 or more"),
        ("rhythms.3/4", {}, "must have rhythms for each metre"),
        ("rhythms.3/4", {"x...........": [0] * 5}, "must have rhythms for each metre"),
        ("rhythms.3/4", {"x...": [1] * 5}, "must have a letter a sixteenth in each rhythm"),
        ("rhythms.3/4", {"xo..........": [1] * 5}, "must have a letter a sixteenth in each rhythm"),
        ("rhythms.3/4", {"x...........": [1] * 4}, "must have 5 counts of each rhythm"),
        ("moves", {"major": {}, "minor": {}}, "must have moves from a tone to another"),
        ("moves.major.0", {"200": 1}, "must have tones from -127 to 127"),
        ("moves.major.200", {}, "must have tones from -127 to 127"),
        ("moves.major.0", {"2": 0}, "must have counts above 0"),
        ("centre", float("nan"), "must have a centre that is a pitch"),
        ("notes", [3], "not such as calibrate writes: IndexError"),
        ("span", float("inf"), "not such as calibrate writes: OverflowError"),
    ],
)
def test_a_malformed_vocabulary_is_refused_in_one_line(path, value, told):
    """Whatever a hand has done to a style file, no tune is bred from it, and one line says what must be there."""
    with pytest.raises(ValueError, match=told) as caught:
        Vocabulary.parse(_changed(path, value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[1, 2", "[" * 5000, "null", "[]", "1"])
def test_what_is_no_json_and_no_mapping_is_refused(text):
    """With what was expected."""
    with pytest.raises(ValueError, match="^(a vocabulary must be JSON|the vocabulary is not such as calibrate writes)"):
        Vocabulary.parse(text)


# The kind


def test_a_tune_stands_in_its_frame_and_on_its_tonic():
    """Metre, upbeat, length, phrase ends and mode are the frame's; the key is on the tonic of the second gene."""
    genes = KIND.sample(60, rng(2))
    phrases = KIND.decode(genes)
    seen = set()
    for row, i in zip(genes.tolist(), range(60), strict=True):
        frame, phrase = KIND.frames[row[0]], phrases[i]
        seen.add(row[0])
        assert phrase.metres == ((0, frame.metre),)
        assert (phrase.pickup, phrase.length) == (frame.pickup * GRID, frame.length * GRID)
        assert phrase.ends == tuple(end * GRID for end in frame.ends)
        assert len(phrase.keys) == 1
        assert (phrase.keys[0][1].pitch_class, phrase.keys[0][1].mode) == (row[1], frame.mode)
        assert all(n.onset % GRID == n.duration % GRID == 0 for n in phrase.voices[0].notes)
        assert phrase.voices[0].notes[0].onset == 0
    assert seen == {0, 1, 2, 3}


def test_genes_decode_by_hand():
    """Hold, rest and tones from the lowest upwards, around the tonic nearest to the centre."""
    genes = np.zeros((1, HEAD + KIND.slots), np.int16)
    frame = next(i for i, f in enumerate(KIND.frames) if str(f.metre) == "3/4")
    tonic = FIRST - KIND.low
    genes[0, :10] = (frame, 9, tonic, HOLD, HOLD, HOLD, REST, HOLD, tonic + 3, REST)
    home = 9 + 12 * round((VOCABULARY.centre - 9) / 12)
    notes = KIND.decode(genes)[0].voices[0].notes
    assert [(n.onset, n.duration, n.pitch) for n in notes] == [(0, 24, home), (36, 6, home + 3)]
    genes[0, 9] = HOLD
    last = KIND.decode(genes)[0].voices[0].notes[-1]
    assert last.end == KIND.frames[frame].length * GRID


def test_genes_outside_the_frame_are_not_heard():
    """A tune in 3/4 leaves the slots that only the longest frame has."""
    genes = KIND.sample(20, rng(3))
    noise = genes.copy()
    for row in noise:
        row[HEAD + KIND.frames[row[0]].length :] = FIRST
    assert KIND.decode(noise).each == KIND.decode(genes).each


def test_frames_come_as_often_as_in_the_vocabulary():
    """Within 4.5 binomial deviations of 2,000 draws; tonics too."""
    genes = KIND.sample(2000, rng(4))
    whole = sum(count for _, count in VOCABULARY.frames)
    for number, (frame, count) in enumerate(VOCABULARY.frames):
        share, own = count / whole, genes[genes[:, 0] == number]
        assert abs(len(own) - 2000 * share) <= 4.5 * math.sqrt(2000 * share * (1 - share))
        tonics = VOCABULARY.tonics[frame.mode]
        for pitch_class in range(12):
            share = tonics[pitch_class] / sum(tonics)
            found = (own[:, 1] == pitch_class).sum()
            assert abs(found - len(own) * share) <= 4.5 * math.sqrt(len(own) * share * (1 - share))


def test_bars_begin_with_rhythms_of_the_vocabulary():
    """Each whole bar has a rhythm that a bar of the corpus had."""
    for phrase in KIND.decode(KIND.sample(50, rng(5))).each:
        metre = str(phrase.metres[0][1])
        rhythms = {
            tuple(i * GRID for i, letter in enumerate(bar) if letter == "x") for bar in VOCABULARY.rhythms[metre]
        }
        lines = [*phrase.barlines()]
        for number, (start, each) in enumerate(lines):
            onsets = [n.onset - start for n in phrase.voices[0].notes if start <= n.onset < start + each.bar]
            whole = start + each.bar <= phrase.length
            assert not whole or tuple(onsets) in rhythms or (number == 0 and tuple(onsets[1:]) in rhythms)


def test_the_end_of_a_long_tune_is_drawn_as_freely_as_its_beginning():
    """Of eighty bars, six in a row come again twenty bars later by chance in fewer than one tune of a hundred."""
    texts = (
        ["C4 D4 E4 F4", "G4/2 A4/2 G4 E4 D4", "E4 D4 C4/2 D4/2 E4", "C4 E4 G4 C5"] * 20,
        ["D4 C4 E4 G4", "A4/2 G4/2 F4 E4 F4", "G4*2 C4*2", "C5 G4 E4 C4"] * 20,
    )
    kind = Tune(Vocabulary.of([Phrase.parse(" | ".join(text)) for text in texts]))
    bars = kind.sample(50, rng(1))[:, HEAD:].reshape(50, 80, 16)
    again = [
        any((tune[k : k + 6] == tune[k + lag : k + lag + 6]).all() for lag in range(20, 60) for k in range(74 - lag))
        for tune in bars
    ]
    assert sum(again) <= 1


def test_starting_from_the_corpus_gives_its_tunes_back():
    """Each in its own frame and key; what was learnt can be said, at any octave."""
    for tune in FOUR:
        again = KIND.decode(KIND.start_from([tune]))[0]
        shift = again.voices[0].notes[0].pitch - tune.voices[0].notes[0].pitch
        assert shift % 12 == 0
        heard = [(n.onset, n.duration, n.pitch + shift) for n in tune.voices[0].notes]
        assert [(n.onset, n.duration, n.pitch) for n in again.voices[0].notes] == heard
        assert (again.metres, again.ends, again.pickup, again.length) == (
            tune.metres, tune.ends, tune.pickup, tune.length,
        )  # fmt: skip
        assert again.keys == tune.keys


def test_one_of_two_frames_that_differ_in_their_phrases_is_the_phrases_own():
    """Else the same notes would be cut otherwise."""
    other = replace(WALTZ, ends=(72, WALTZ.length))
    kind = Tune(Vocabulary.of([WALTZ, WALTZ, other]))
    assert [kind.decode(kind.start_from([tune]))[0].ends for tune in (WALTZ, other)] == [WALTZ.ends, other.ends]


def test_only_tunes_in_one_metre_with_equal_upbeats_exchange_music():
    """And never their frames or tonics."""
    genes = KIND.sample(400, rng(6))
    a, b = genes[:200], genes[200:]
    swap = KIND.mate(a, b, rng(7))
    assert not swap[:, :HEAD].any()
    for one, other, row in zip(a[:, 0].tolist(), b[:, 0].tolist(), swap, strict=True):
        frames = KIND.frames[one], KIND.frames[other]
        alike = (frames[0].metre, frames[0].pickup) == (frames[1].metre, frames[1].pickup)
        assert row.any() == alike
        slots = np.flatnonzero(row[HEAD:])
        if alike:
            assert slots[-1] < min(frame.length for frame in frames)
            assert len(slots) == slots[-1] - slots[0] + 1 <= 4 * frames[0].bar
            assert (slots[0] - frames[0].pickup) % (frames[0].bar // 2) in (0, -frames[0].pickup % (frames[0].bar // 2))


# The changes


def line_of(number: int, seed: int, marked: frozenset[int] = frozenset()) -> Line:
    line = KIND._line([HOLD] * KIND.slots, number, marked)
    begin(line, dice(seed))
    return line


def right(line: Line) -> bool:
    return all(0 <= cell <= KIND.bounds[1][-1] for cell in line.cells) and len(line.cells) == KIND.slots


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_every_change_stays_within_the_tune(change):
    """Cells are holds, rests or tones of the range, none after the end; and often something changes."""
    changed = 0
    for seed in range(60):
        marked = frozenset(rng(seed, 1).integers(0, 60, 3).tolist()) if seed % 2 else frozenset()
        line = line_of(seed % 4, seed, marked)
        before = list(line.cells)
        change(line, dice(seed + 1000))
        assert right(line)
        assert line.cells[line.last :] == before[line.last :]
        changed += line.cells != before
    assert changed >= 15


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_every_change_leaves_a_silent_or_a_held_line_without_harm(change):
    """A line that nothing can be done to is left, or given notes."""
    for cells in ([REST] * KIND.slots, [FIRST] + [HOLD] * (KIND.slots - 1), [HOLD] * KIND.slots):
        for number in range(4):
            line = KIND._line(list(cells), number, frozenset({0, 5}))
            change(line, dice(number))
            assert right(line)


def test_a_note_in_the_first_slot_stays_one():
    """A tune begins with its first note; one that begins with a rest, as its composer wanted, may go on doing so."""
    for seed in range(200):
        line = line_of(seed % 4, seed)
        assert line.cells[0] >= FIRST
        for step in range(4):
            vary(line, dice(seed * 10 + step))
            assert line.cells[0] >= FIRST
    idea = Phrase.parse("A minor 3/4: r A4 B4 | C5*3 | B4*3 | A4*3")
    genes = np.repeat(KIND.start_from([idea]), 200, axis=0)
    children = KIND.mutate(genes, rng(8))
    assert (children[:, HEAD] < FIRST).mean() > 0.5
    assert not (children[:, HEAD] == FIRST).any()  # the lowest tone is not what a rest becomes


def test_a_change_changes_most_lines():
    """It is tried thrice."""
    unlike = 0
    for seed in range(100):
        line = line_of(seed % 4, seed)
        before = list(line.cells)
        vary(line, dice(seed))
        unlike += line.cells != before
    assert unlike >= 95


def test_the_scale_of_minor_has_both_sevenths():
    """Steps lead by neighbours in the scale; a tone outside goes to its neighbours."""
    assert scale_of("minor") == (0, 2, 3, 5, 7, 8, 10, 11)
    line = line_of(next(i for i, f in enumerate(KIND.frames) if f.mode == "major"), 1)
    tonic = FIRST - KIND.low
    assert [line.moved(tonic, steps) - tonic for steps in (-1, 1, 2)] == [-1, 2, 4]
    assert [line.moved(tonic + 1, steps) - tonic for steps in (-1, 1)] == [0, 2]
    assert line.moved(tonic, 99) == line.scale[-1]
    assert Key.parse("A minor").pitch_class == 9
