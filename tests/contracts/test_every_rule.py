"""What every rule promises, whoever wrote it: held against each entry of the catalogue.

A rule with a required option, or with options worth trying, has a line in OPTIONS; one that compares with
pieces gets TARGETS or LIKE_THEM there.
"""

from __future__ import annotations

import inspect
import random
import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from fitness.entries import rule
from fitness.grid import HOLD, REST
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.setting import Setting
from fitness.verdict import Verdict
from tests.melodies import FRERE_JACQUES, ODE_TO_JOY, TUNES
from tests.reference import Marks, rule_marks
from tests.reference.phrases import AWKWARD, SETTINGS, random_phrases
from tests.reference.species import CORNERS, species_batch, species_phrases

TARGETS = Phrases.of(ODE_TO_JOY, FRERE_JACQUES)
LIKE_THEM = Phrases.of(ODE_TO_JOY, *random_phrases(12, seed=22))  # made as most of what is judged here is
RISE = Phrases.of(Phrase.parse("C4 D4"))
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "barlines_tied": [{}, {"least": 0.25}, {"least": 0.8}],
    "bars_follow": [
        {"template": "AABA"}, {"template": "AB", "by": "rhythm"}, {"template": "A.ABA"}, {"template": "ABBA"},
    ],
    "bars_vary_in_rhythm": [{}, {"most": 1}],
    "canon_kept": [{"after": 24, "by": -7}, {"after": 48}, {"after": 1, "by": -12}, {"after": 12, "by": 4}],
    "compass_limited": [{}, {"most": 7}],
    "dissonances_treated": [
        {}, {"figures": ["passing"]}, {"figures": ["neighbour"], "accented": True},
        {"figures": ["suspension"]}, {"figures": ["cambiata"]}, {"figures": ["cambiata"], "accented": True},
        {"figures": ["passing", "neighbour", "cambiata"]}, {"figures": ["passing", "suspension"], "accented": True},
        {"figures": ["suspension", "passing", "neighbour", "cambiata"]},
    ],
    "downbeats_not_parallel": [{}, {"saved_by": 3}, {"saved_by": 8}],
    "figures_original": [
        {"targets": TARGETS}, {"size": 3, "most": 0.3, "targets": LIKE_THEM},
        {"size": 3, "most": 0.0, "targets": LIKE_THEM}, {"size": 2, "most": 0.58, "targets": RISE},
        {"size": 3, "most": 0.3, "targets": LIKE_THEM, "by": "notes"},
    ],
    "key_heard": [{}, {"profile": "krumhansl_kessler"}, {"profile": "bellman_budge"}],
    "keys_follow_plan": [{}, {"stay": 0.5}, {"stay": 0.05}, {"stay": 0.99}],
    "leap_pairs_outline_triads": [{}, {"leap": 5}, {"leap": 1}],
    "leap_runs_limited": [{}, {"most": 1}, {"most": 3, "leap": 5}],
    "leaps_recovered": [{}, {"leap": 3}],
    "leaps_not_chained": [{}, {"leap": 3}],
    "legal_leaps": [{}, {"sixths": "all"}, {"sixths": "minor_up"}, {"sixths": "all", "spelled": True}],
    "line_moves_on": [{}, {"within": 11, "least": 7}, {"within": 2, "least": 1}, {"within": 3, "least": 12}],
    "no_battuta": [{}, {"leap": 3}],
    "no_chromatic_steps": [{}, {"but_cadence": True}],
    "no_cross_relations": [{}, {"within": 2}, {"within": 6}],
    "no_direct_perfects": [{}, {"outer": True}, {"step": True}, {"outer": True, "step": True}],
    "no_parallel_perfects": [{}, {"every": 24}, {"every": 36}, {"every": 12}],
    "note_values_of_species": [{"species": number} for number in (1, 2, 3, 4, 5)],
    "parallel_imperfects_limited": [{}, {"most": 1}],
    "perfects_not_chained": [{}, {"most": 1}],
    "phrase_ends_lengthened": [{}, {"times": 1.5}],
    "phrases_symmetrical": [{}, {"bars": 1}, {"bars": 3}],
    "repeats_limited": [{}, {"most": 1}],
    "runs_original": [
        {"targets": TARGETS}, {"longest": 2, "targets": LIKE_THEM}, {"longest": 1, "targets": LIKE_THEM},
        {"longest": 3, "targets": LIKE_THEM, "by": "notes"},
    ],
    "sixth_chords_limited": [{}, {"most": 1}],
    "step_runs_limited": [{}, {"most": 1}, {"most": 3, "one_way": False}],
    "suspensions_hide_no_octaves": [{}, {"fifths": True}],
    "suspensions_vary": [{}, {"most": 1}],
    "undulation_limited": [{}, {"most": 1}],
    "unisons_at_the_ends": [{}, {"off_barlines": True}],
    "voices_cross_briefly": [{}, {"bars": 1}],
    "voices_near": [{}, {"most": 12, "but_bass": True}],
}  # fmt: skip
TRICKY = (  # each with what is unusual about it
    Phrase.parse("C major 4/4: C4*4 | [2/4] r*2 ' | D4*2"),  # a phrase ends in another metre than its last note
    Phrase.parse("C minor 4/4: G4 B4 Eb4 r | [C# minor] Ab4*4/3 C4*4/3 E4*4/3"),  # keys fit equally well
    Phrase.parse("C4 D4 E4 " * 14 + "C4 " + "D4 " * 8),  # 29 of its 50 moves rise a tone: 0.58, which no float is
)
ENTRIES = [entry for entry in rule if entry.function.__module__.startswith("fitness.")]
CASES = [(entry.name, options) for entry in ENTRIES for options in OPTIONS.get(entry.name, [{}])]

each_rule = pytest.mark.parametrize("name", [entry.name for entry in ENTRIES])
each_case = pytest.mark.parametrize(
    ("name", "options"),
    CASES,
    ids=["-".join([name, *(str(options[key]) for key in options if key != "targets")]) for name, options in CASES],
)


def judged(name: str, options: dict[str, Any], phrases: Phrases) -> Verdict:
    verdict: Verdict = rule[name].function(phrases, **options)
    return verdict


def marks(verdict: Verdict, i: int = 0, voices: int = 99) -> Marks:
    """What a verdict says of one phrase of so many voices, as the references say it.

    A mark on all voices of a batch is one on those that the phrase has.
    """
    own = set(range(voices))
    broken = [(place.onset, tuple(sorted(own & {*place.voices}))) for place in verdict.places(i)]
    kept = [(place.onset, tuple(sorted(own & {*place.voices}))) for place in verdict.places(i, kept=True)]
    tested = broken + kept
    assert len(set(tested)) == len(tested), "no place may be marked twice"
    return Marks(set(broken), set(tested))


@cache
def many() -> tuple[Phrase, ...]:
    """Tunes, awkward phrases, random ones of all sorts, smooth canons and species; the same ones each time."""
    return (*of_all_sorts(), *CORNERS, *species_phrases(120, seed=24))


@cache
def of_all_sorts() -> tuple[Phrase, ...]:
    """The same without species: enough for what is heard in one voice."""
    return (*TUNES.values(), *AWKWARD.values(), *TRICKY, *random_phrases(120, seed=20), *smooth_canons(12, seed=23))


def smooth_canons(n: int, seed: int) -> list[Phrase]:
    """Phrases of long runs by step, answered in a canon of some kind that is not kept throughout."""
    rng = random.Random(seed)
    phrases = []
    for number in range(n):
        length, tick, pitch, way, leader = 96 * rng.randint(2, 5), 0, 66, 1, []
        while tick < length:
            duration = min(rng.choice((12, 12, 12, 24, 24, 8, 36)), length - tick)
            leader.append(Note(tick, duration, pitch))
            tick += duration
            way = -way if rng.random() < 0.12 or not 54 < pitch < 78 else way
            pitch += way * rng.choice((1, 2, 2, 1, 2, 2, 1, 2, 2, 0, 5))
        after, by = ((24, -7), (48, 0), (12, 4), (1, -12))[number % 4]
        answers = [Note(x.onset + after, x.duration, x.pitch + by) for x in leader if x.end + after <= length]
        follower = [replace(x, pitch=x.pitch - (rng.random() < 0.2)) for x in answers if rng.random() < 0.9]
        phrases.append(Phrase((Voice(tuple(leader)), Voice(tuple(follower))), length))
    return phrases


@cache
def together() -> Phrases:
    """All of them as one batch, with its views shared by all tests."""
    return Phrases.of(*many())


@cache
def apart() -> tuple[Phrases, ...]:
    """Each of them as a batch of one."""
    return tuple(Phrases.of(phrase) for phrase in many())


@cache
def on_grids() -> tuple[tuple[np.ndarray, np.ndarray, Setting], ...]:
    """Cells, ticks and setting of some batches that share a grid: eighths, triplets and both, one to four voices."""
    rng = np.random.default_rng(8)
    batches = []
    for number, header in enumerate(SETTINGS):
        frame = Phrase.parse(header)
        bar = frame.metres[0][1].bar
        length = frame.pickup + 3 * bar
        names = tuple("abc"[: 1 + number % 3])
        setting = Setting(
            length, frame.keys, frame.metres, frame.pickup, (frame.pickup + bar, length), names, (0,) * len(names)
        )
        steps = {0: (12,), 1: (8,), 2: (12, 8), 3: (6,)}[number % 4]
        ticks = np.array(sorted({tick for step in steps for tick in range(0, length, step)}), np.int32)
        shape = (len(names), len(ticks), 8)
        walk = 64 + np.cumsum(rng.choice((0, 1, 2, -1, -2, 4, -3, 7, -7), shape), axis=1) % 17
        drawn = rng.random(shape)
        cells = np.where(drawn < 0.45, HOLD, np.where(drawn < 0.55, REST, walk)).astype(np.int16)
        for lower in range(1, len(names)):  # voices that follow the one above at a fifth make parallels
            follows = rng.random(shape[1:]) < 0.7
            upper = cells[lower - 1]
            cells[lower] = np.where(follows, np.where(upper >= 0, upper - 7, upper), cells[lower])
        batches.append((cells, ticks, setting))
    for voices, key, metre, bars in ((2, "D dorian", "4/4", 8), (3, "A minor", "2/2", 6), (4, "F lydian", "3/4", 6)):
        phrases = species_batch(10, voices, voices, key, metre, bars)
        ticks = np.arange(0, phrases[0].length, 12, dtype=np.int32)
        batches.append((cells_of(phrases, ticks), ticks, Setting.of(phrases[0])))
    return tuple(batches)


def cells_of(phrases: list[Phrase], ticks: np.ndarray) -> np.ndarray:
    """Phrases of one setting as cells on a grid."""
    cells = np.full((len(phrases[0].voices), len(ticks), len(phrases)), HOLD, np.int16)
    for column, phrase in enumerate(phrases):
        for row, voice in enumerate(phrase.voices):
            cells[row, np.isin(ticks, [0, *(note.end for note in voice.notes)]), column] = REST
            for note in voice.notes:
                cells[row, ticks == note.onset, column] = note.pitch
    return cells


@each_case
def test_a_verdict_is_two_equal_shaped_masks_with_broken_within_tested(name, options):
    """A fault is a place where the rule applied, so that rates lie between 0 and 1."""
    verdict = judged(name, options, together())
    assert verdict.broken.dtype == verdict.tested.dtype == bool
    assert verdict.broken.shape == verdict.tested.shape
    assert verdict.broken.shape[-1] == len(many())
    assert not (verdict.broken & ~verdict.tested).any()
    assert verdict.counts.shape == (2, len(many()))


@each_case
def test_the_masks_equal_the_slow_reference(name, options):
    """The array form of a rule says what its docstring says, note for note, of phrases of all sorts."""
    for i, phrase in enumerate(many()):
        assert marks(judged(name, options, apart()[i])) == rule_marks(name, phrase, **options), str(phrase)


@each_case
def test_a_phrase_is_judged_the_same_alone_and_in_company(name, options):
    """A phrase is as good among phrases with more voices, other keys and other metres as it is alone."""
    verdict = judged(name, options, together())
    for i, phrase in enumerate(many()):
        alone = judged(name, options, apart()[i])
        assert alone.counts[:, 0].tolist() == verdict.counts[:, i].tolist(), str(phrase)
        assert marks(alone) == marks(verdict, i, len(phrase.voices)), str(phrase)


@each_case
@pytest.mark.parametrize("phrase", AWKWARD.values(), ids=AWKWARD)
def test_awkward_phrases_are_judged_too(name, options, phrase):
    """Silence, a single note and the ends of the keyboard are music that a rule must have an answer to."""
    verdict = judged(name, options, Phrases.of(phrase))
    broken, tested = verdict.counts[:, 0].tolist()
    assert 0 <= broken <= tested
    if not any(voice.notes for voice in phrase.voices) and name != "bars_follow":
        assert tested == 0


@each_case
def test_an_octave_up_or_down_changes_no_verdict(name, options):
    """Rules speak of intervals and degrees, which octaves share, unless they say that register matters."""
    if re.search(r"[Rr]egister matters(?! not)", inspect.getdoc(rule[name].function) or ""):
        return
    phrases = [*random_phrases(60, seed=21), *species_phrases(40, seed=25)]
    here = judged(name, options, Phrases.of(*phrases))
    for octave in (12, -12):
        moved = judged(name, options, Phrases.of(*(transposed(phrase, octave) for phrase in phrases)))
        assert np.array_equal(here.broken, moved.broken)
        assert np.array_equal(here.tested, moved.tested)


def transposed(phrase: Phrase, by: int) -> Phrase:
    voices = [
        replace(voice, notes=tuple(replace(note, pitch=note.pitch + by) for note in voice.notes))
        for voice in phrase.voices
    ]
    return replace(phrase, voices=tuple(voices))


@each_case
def test_a_phrase_from_a_grid_is_judged_as_the_same_phrase_from_notes(name, options):
    """How a phrase came to be is not heard: cells on a grid and a list of notes get the same verdict."""
    for cells, ticks, setting in on_grids():
        grid = Phrases.from_grid(cells, ticks, setting)
        listed = Phrases.of(*(grid[i] for i in range(len(grid))))
        of_grid, of_list = judged(name, options, grid), judged(name, options, listed)
        where = f"{setting.keys[0][1]} {setting.metres[0][1]}"
        assert of_grid.counts.tolist() == of_list.counts.tolist(), where
        for i in range(len(grid)):
            assert marks(of_grid, i) == marks(of_list, i), str(grid[i])


@each_case
def test_cutting_slices_in_two_changes_no_verdict(name, options):
    """A finer grid on which nothing new is struck sounds the same."""
    for cells, ticks, setting in on_grids():
        finer = np.union1d(ticks, (ticks + np.append(ticks[1:], setting.length)) // 2).astype(np.int32)
        cut = np.full((cells.shape[0], len(finer), cells.shape[2]), HOLD, np.int16)
        cut[:, np.searchsorted(finer, ticks)] = cells
        coarse = judged(name, options, Phrases.from_grid(cells, ticks, setting))
        fine = judged(name, options, Phrases.from_grid(cut, finer, setting))
        assert coarse.counts.tolist() == fine.counts.tolist(), f"{setting.keys[0][1]} {setting.metres[0][1]}"
        for i in range(cells.shape[2]):
            assert marks(coarse, i) == marks(fine, i)


@each_case
def test_the_random_phrases_both_keep_and_break_the_rule(name, options):
    """A comparison with a reference tells nothing where a rule is never broken or always."""
    broken, tested = judged(name, options, together()).counts.sum(axis=1).tolist()
    assert 0 < broken < tested


@each_rule
def test_the_docstring_names_a_source_and_shows_an_example(name):
    """Whoever is told of a fault may ask who says so, and see the rule at work on a few notes."""
    text = inspect.getdoc(rule[name].function) or ""
    assert rule[name].source
    assert f">>> {name}(" in text
    assert rule[name].summary.endswith(".")
    assert "tested" in text
    assert re.search(r"Masks on (notes|slices|pairs|bars)", text)


@each_rule
def test_every_option_has_a_type_that_a_file_can_be_checked_against(name):
    """An experiment file is checked against the signature, so a bare option would let anything through."""
    for option, (annotation, _) in rule[name].options.items():
        assert annotation is not Any, option
