"""Critique of melodies by what a measured style keeps: `evophrase critique FILE --style folk_melody`."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from evolve.cli import cli
from evolve.critique import faults_of, good_of
from evolve.exercise import BETTER_NOT, DISCOURAGED, Exercise
from evolve.exercise_melody import read_melody, unusual
from evolve.formats.midi import read, to_bytes
from evolve.repair import changes, repaired
from evolve.styles import style_named, style_names
from fitness.phrase import Note, Phrase, Voice
from tests.melodies import FRERE_JACQUES, ODE_TO_JOY

FOLK = style_named("folk_melody")
STUMBLING = Path(__file__).parents[1] / "experiments" / "tunes" / "stumbling.mid"
# What experiments/tunes/make_tunes.py has planted into the first two lines of "An die Freude".
PLANTED = [
    ("starts_on_triad", 1, "1"), ("in_key", 2, "2"), ("legal_leaps", 3, "3"), ("no_syncopation", 6, "2 1/2"),
    ("ends_on_tonic", 8, "3"),
]  # fmt: skip


def melody_of(tmp_path: Path, phrase: Phrase, **options) -> Exercise:
    path = tmp_path / "tune.mid"
    path.write_bytes(to_bytes(phrase, tempo_bpm=100))
    return read_melody(path, FOLK, **options)


def critique(*words: str):
    return CliRunner().invoke(cli, ["critique", *words])


def test_five_planted_faults_are_named_in_their_bars_and_beats():
    """Each fault is told by its rule where it stands."""
    found = {(fault.rule, fault.bar, fault.beat) for fault in faults_of(read_melody(STUMBLING, FOLK))}
    assert set(PLANTED) <= found
    assert {bar for _, bar, _ in found} <= {1, 2, 3, 4, 6, 8}, "the leap up in bar 3 is left by one in bar 4"


@pytest.mark.parametrize("tune", [ODE_TO_JOY, FRERE_JACQUES], ids=["ode_to_joy", "frere_jacques"])
def test_a_good_tune_breaks_no_rule_that_songs_keep(tune, tmp_path):
    """What real songs of a style do is no fault in it."""
    assert faults_of(melody_of(tmp_path, tune)) == []


def test_every_fault_says_what_is_heard_why_who_says_so_and_how_to_mend_it():
    """A student can act on it."""
    for fault in faults_of(read_melody(STUMBLING, FOLK)):
        assert fault.heard
        assert fault.rule_says
        assert "of folk_melody" in fault.why
        assert fault.source
        assert fault.mend


def test_the_worst_comes_first_and_songs_say_how_bad_it_is():
    """What nine in ten songs keep is discouraged, what most keep is better not."""
    exercise = read_melody(STUMBLING, FOLK)
    faults = faults_of(exercise)
    assert [fault.severity for fault in faults] == sorted((fault.severity for fault in faults), reverse=True)
    for fault in faults:
        assert fault.severity == (DISCOURAGED if exercise.kept[fault.rule] >= 0.9 else BETTER_NOT)


@pytest.mark.parametrize(("rule", "bar", "beat"), [p for p in PLANTED if p[0] not in ("no_syncopation",)])
def test_a_mend_mends_its_fault_and_brings_no_other(rule, bar, beat, tmp_path):
    """`bar 2, beat 2: G4 instead of G#4`, done, takes the fault away."""
    exercise = read_melody(STUMBLING, FOLK)
    before = faults_of(exercise)
    fault = next(f for f in before if (f.rule, f.bar, f.beat) == (rule, bar, beat))
    where, _, words = fault.mend.partition(": ")
    new, old = words.split(" instead of ")
    key, phrase = exercise.phrase.keys[0][1], exercise.phrase
    notes = []
    for note in phrase.voices[0].notes:
        number, part = phrase.place(note.onset)
        here = where == f"bar {number}, beat {part}" and key.name_of(note.pitch) == old
        names = {key.name_of(pitch): pitch for pitch in range(128)}
        notes.append(replace(note, pitch=names[new]) if here else note)
    mended = replace(phrase, voices=(replace(phrase.voices[0], notes=tuple(notes)),))
    after = faults_of(melody_of(tmp_path, mended))
    assert (rule, bar, beat) not in {(f.rule, f.bar, f.beat) for f in after}
    assert len(after) < len(before)


def test_the_repaired_tune_keeps_all_and_most_of_its_notes():
    """The nearest version without a fault: at most seven of thirty notes are others."""
    exercise = read_melody(STUMBLING, FOLK)
    phrase, left = repaired(exercise)
    assert left == 0
    own, theirs = ({(n.onset, n.pitch) for n in p.voices[0].notes} for p in (exercise.phrase, phrase))
    assert len(own & theirs) >= len(own) - 7
    assert faults_of(replace(exercise, phrase=phrase)) == []
    assert changes(exercise, phrase)


def test_a_mode_is_not_held_against_a_tune(tmp_path):
    """Which of the major and minor keys is heard is no question to a dorian tune."""
    dorian = Phrase.parse("D dorian: D4 A4 A4 G4 | F4 G4 A4*2 | C5 B4 A4 G4 | F4 E4 D4*2")
    assert not {fault.rule for fault in faults_of(melody_of(tmp_path, dorian))} & {"keys_follow_plan", "key_heard"}


def test_a_leap_from_one_phrase_to_the_next_is_no_fault_of_the_line(tmp_path):
    """Nobody sings it: between them one breathes."""
    line = Phrase.parse("C major: C4 D4 E4 D5 | C5 B4 A4 G4 | A4 G4 F4 E4 | F4 D4 C4*2")
    for ends, places in (((192, 384), [(1, "4")]), ((72, 384), [])):
        faults = faults_of(melody_of(tmp_path, replace(line, ends=ends)))
        assert [(fault.bar, fault.beat) for fault in faults if fault.rule == "legal_leaps"] == places


def test_a_file_as_it_was_played_is_said_to_be_one(tmp_path):
    """What a sequencer has not quantised cannot be judged by the beat."""
    rng = np.random.default_rng(3)
    onsets = [24 * i + int(rng.integers(0, 6)) for i in range(32)]
    played = Phrase((Voice(tuple(Note(on, 16, 60 + i % 5) for i, on in enumerate(onsets))),), 32 * 24)
    assert any("quantise" in remark for remark in melody_of(tmp_path, played).remarks)
    assert not any("quantise" in remark for remark in melody_of(tmp_path, ODE_TO_JOY).remarks)


def test_what_is_good_is_told_with_the_places_that_it_was_tested_at():
    """Praise that says nothing is left out: a rule must have applied twice."""
    told = good_of(read_melody(STUMBLING, FOLK))
    assert 3 <= len(told) <= 5
    assert all(line.endswith(" places)") and "(1 of" not in line for line in told)


def test_numbers_unlike_the_style_come_farthest_first(tmp_path):
    """A line of one note is unlike songs in many ways."""
    dull = Phrase.parse("C major: " + " | ".join(["C4 C4 C4 D4"] * 8))
    found = unusual(melody_of(tmp_path, dull))
    assert [s.beyond for s in found] == sorted((s.beyond for s in found), reverse=True)
    assert {"ambitus", "repeat_share"} <= {standing.name for standing in found}


def test_a_tune_off_the_grid_is_criticised_but_not_repaired(tmp_path):
    """Triplets are heard; what may be changed is on sixteenths."""
    triplets = Phrase.parse("C major: C4/3 D4/3 E4/3 C4 D4 E4 | F#4 G4 A4*2 | G4*4")
    exercise = melody_of(tmp_path, triplets)
    assert faults_of(exercise)
    with pytest.raises(ValueError, match="on sixteenths"):
        repaired(exercise)


def test_a_piece_too_long_for_a_frame_is_criticised_but_not_repaired(tmp_path):
    """Only what may be changed has a frame, from one bar to 256."""
    exercise = melody_of(tmp_path, Phrase.parse("C major: " + " | ".join(["C4 F#4 G4 C5"] * 257)))
    assert "in_key" in {fault.rule for fault in faults_of(exercise)}
    with pytest.raises(ValueError, match="only a piece of 1 to 256 bars"):
        repaired(exercise)


@pytest.mark.parametrize(
    ("section", "given", "message"),
    [
        ("rules", ["in_key"], "measured.rules must say of each rule 'kept' and 'rate'"),
        ("rules", {"in_key": {"kept": 0.9}}, "measured.rules must say of each rule 'kept' and 'rate'"),
        ("rules", {"in_kee": {"kept": 0.9, "rate": 0.01}}, "no rule is called 'in_kee'; did you mean 'in_key'"),
        ("quantiles", {"ambitus": [5, 9]}, "measured.quantiles.ambitus must be five ascending numbers"),
    ],
)
def test_a_style_measured_by_no_calibrate_is_refused_in_one_line(section, given, message):
    style = replace(FOLK, measured={**FOLK.measured, section: given})
    with pytest.raises(ValueError, match=message):
        read_melody(STUMBLING, style)


def test_the_command_tells_plots_and_repairs(tmp_path):
    """In words, as a hint, as JSON, as CSV, as a picture and as a file."""
    words = critique(str(STUMBLING), "--style", "folk_melody").output
    assert "discouraged: bar 1, beat 1, melody: G4  [starts_on_triad]" in words
    assert "mend: bar 1, beat 1: F#4 instead of G4" in words
    assert "what is good:" in words
    hint = critique(str(STUMBLING), "--style", "folk_melody", "--hint").output
    assert "starts_on_triad" not in hint
    assert "bar 1, beat 1" in hint
    out, plot = tmp_path / "risen.mid", tmp_path / "plot.png"
    told = critique(str(STUMBLING), "--style", "folk_melody", "--json", "--repair", str(out), "--plot", str(plot))
    document = json.loads(told.output)[0]
    assert document["species"] is None
    assert {fault["rule"] for fault in document["faults"]} >= {rule for rule, _, _ in PLANTED}
    assert document["good"]
    assert {"name", "value", "quantiles"} <= set(document["unusual"][0])
    assert plot.exists()
    assert read(out.read_bytes()).phrase.voices[0].notes
    rows = list(csv.DictReader(io.StringIO(critique(str(STUMBLING.parent), "--style", "folk_melody", "--csv").output)))
    assert {row["file"].rpartition("/")[2] for row in rows} >= {"stumbling.mid"}
    assert all(row["mend"] for row in rows if row["severity"] not in ("unreadable", "none"))
    assert [row["severity"] for row in rows if row["file"].endswith("ode_to_joy.mid")] == ["none"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--style", "fux"], "is for counterpoint; say --species"),
        (["--style", "fux", "--species", "1"], "needs both"),
        (["--style", "folk_melodie"], "did you mean 'folk_melody'"),
        (["--style", "folk_melody", "--track", "9"], "track must be"),
        (["--style", "folk_melody", "--key", "H major"], "tonic"),
    ],
)
def test_what_does_not_fit_together_is_refused_in_one_line(words, message):
    result = critique(str(STUMBLING), *words)
    assert result.exit_code == 2
    assert message in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_every_melodic_style_hears_a_tune():
    """Whether measured or not."""
    for name in style_names():
        style = style_named(name)
        if style.vocabulary or name == "free":
            assert isinstance(faults_of(read_melody(STUMBLING, style)), list)


def test_a_long_piece_is_heard_whole(tmp_path):
    """Two hundred bars, with a fault in each eighth."""
    bars = " | ".join(["F#4 F#4 G4 A4", "A4 G4 F#4 E4", "D4 D4 E4 F#4", "F#4 E4 D4*2"] * 49 + ["D4 C#5 D5*2"] * 4)
    exercise = melody_of(tmp_path, Phrase.parse(f"D major: {bars}"))
    faults = faults_of(exercise)
    assert {fault.bar for fault in faults if fault.rule == "legal_leaps"} >= {197, 198, 199, 200}
    assert all(fault.mend for fault in faults)
