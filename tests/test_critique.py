"""Critique of a student's counterpoint: what is found, where, in which words, and how it is mended."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from evolve.critique import faults_of
from evolve.exercise import FORBIDDEN, Exercise
from evolve.exercise_counterpoint import read_counterpoint
from evolve.exercises import read_exercises
from evolve.formats.midi import read, to_bytes
from evolve.repair import changes, repaired
from evolve.styles import style_named
from fitness.phrase import Phrase
from tests.test_cli import evophrase

CANTUS = "<cantus@0> D4*4 | F4*4 | E4*4 | D4*4 | G4*4 | F4*4 | A4*4 | G4*4 | F4*4 | E4*4 | D4*4"
# Fux, Gradus ad Parnassum (1725), book II, his first solution, and his second species on the same cantus.
FIRST = f"D dorian: A4*4 | A4*4 | G4*4 | A4*4 | B4*4 | C5*4 | C5*4 | B4*4 | D5*4 | C#5*4 | D5*4 ; {CANTUS}"
SECOND = (
    "D dorian: A4*2 D5*2 | A4*2 B4*2 | C5*2 G4*2 | A4*2 D5*2 | B4*2 C5*2 | D5*2 A4*2 | C5*2 D5*2 | E5*2 B4*2 |"
    f" D5*2 A4*2 | B4*2 C#5*2 | D5*4 ; {CANTUS}"
)


@pytest.fixture
def student(tmp_path):
    """Writes an exercise to a MIDI file, as a notation program would."""

    def write(notation: str, name: str = "anna.mid") -> Path:
        path: Path = tmp_path / name
        path.write_bytes(to_bytes(Phrase.parse(notation), tempo_bpm=100))
        return path

    return write


def exercise_of(path: Path, *, style: str = "fux", **options) -> Exercise:
    return read_counterpoint(path, style_named(style), **options)


def forbidden(exercise: Exercise) -> list[tuple[int, str, str]]:
    return [(f.bar, f.beat, f.rule) for f in faults_of(exercise) if f.severity == FORBIDDEN]


@pytest.mark.parametrize(("notation", "species"), [(FIRST, 1), (SECOND, 2)])
def test_fuxs_own_solutions_have_nothing_forbidden(student, notation, species):
    assert forbidden(exercise_of(student(notation), style="fux", species=species, cantus=2)) == []


def test_parallel_fifths_are_told_with_their_intervals_bars_reason_and_source(student):
    """A fifth over D and then a fifth over F, both voices rising."""
    path = student(FIRST.replace("A4*4 | A4*4 | G4*4", "A4*4 | C5*4 | G4*4"))
    fault = faults_of(exercise_of(path, style="fux", species=1, cantus="cantus"))[0]
    assert (fault.severity, fault.rule, fault.where) == (FORBIDDEN, "no_parallel_perfects", "bar 2, beat 1")
    assert fault.voices == ("counterpoint", "cantus")
    assert fault.heard == "perfect fifth to perfect fifth by similar motion, bars 1\u20132"
    assert fault.why.startswith("Parallel perfect consonances fuse two voices into one")
    assert "Fux" in fault.source


def test_the_worst_comes_first_and_then_what_comes_earlier(student):
    path = student(SECOND.replace("C5*2 D5*2 | E5*2", "D5*2 D5*2 | E5*2").replace("A4*2 B4*2 |", "A4*2 C5*2 |", 1))
    faults = faults_of(exercise_of(path, style="fux", species=2, cantus=2))
    assert [fault.severity for fault in faults] == sorted((fault.severity for fault in faults), reverse=True)
    hard = [(fault.bar, fault.beat) for fault in faults if fault.severity == FORBIDDEN]
    assert hard == sorted(hard)
    assert faults[0].severity == FORBIDDEN > faults[-1].severity


@pytest.mark.parametrize(("notation", "species"), [(FIRST, 1), (SECOND, 2)])
def test_one_wrong_note_is_mended_by_one_change(student, notation, species):
    """Whichever note inside was spoilt."""
    whole = Phrase.parse(notation)
    line = whole.voices[0].notes
    for at in range(2, len(line) - 2, 5):
        spoilt = replace(line[at], pitch=line[at].pitch + 13)
        voices = (replace(whole.voices[0], notes=(*line[:at], spoilt, *line[at + 1 :])), whole.voices[1])
        exercise = exercise_of(student(str(replace(whole, voices=voices))), style="fux", species=species, cantus=2)
        assert forbidden(exercise)
        phrase, faults = repaired(exercise)
        assert faults == 0
        assert len(changes(exercise, phrase)) == 1
        assert phrase.voices[1].notes == whole.voices[1].notes


def test_what_is_faultless_is_left_as_it_is(student):
    exercise = exercise_of(student(SECOND), style="fux", species=2, cantus=2)
    phrase, faults = repaired(exercise)
    assert faults == 0
    assert changes(exercise, phrase) == []


def test_a_line_below_the_cantus_and_three_voices_are_understood(student):
    """Which voice lies where is seen from how high it is; the cantus may be any track."""
    below = "E phrygian: E4*4 | C4*4 | D4*4 | C4*4 | A3*4 | A4*4 | G4*4 | E4*4 | F4*4 | E4*4 ; "
    below += "E3*4 | A3*4 | D3*4 | E3*4 | F3*4 | F3*4 | C4*4 | C4*4 | D4*4 | E4*4"  # Fux, his solution corrected
    exercise = exercise_of(student(below), style="fux", species=1, cantus=1)
    assert [voice.name for voice in exercise.phrase.voices] == ["cantus", "counterpoint"]
    assert forbidden(exercise) == []
    three = f"D dorian: {CANTUS} ; A3*4 | A3*4 | C4*4 | B3*4 | B3*4 | A3*4 | A3*4 | B3*4 | C4*4 | C#4*4 | D4*4 ; "
    three += "D3*4 | D3*4 | C3*4 | G3*4 | E3*4 | F3*4 | F3*4 | G3*4 | A3*4 | A3*4 | D3*4"
    exercise = exercise_of(student(three), style="fux", species=1, cantus=1)
    assert [voice.name for voice in exercise.phrase.voices] == ["cantus", "counterpoint 1", "counterpoint 2"]


@pytest.mark.parametrize(
    ("notation", "options", "message"),
    [
        (FIRST, {"cantus": 3}, r"anna.mid: a track must be 1 to 2, got 3"),
        (FIRST, {"cantus": "tenor"}, r"anna.mid: no track is called 'tenor'"),
        (SECOND, {"cantus": 1}, r"anna.mid: the cantus must have one note a bar of four quarters, but "),
        ("D4*4 | E4*4 | D4*4", {}, r"anna.mid: an exercise must have 2 to 4 voices with notes, one a track, got 1"),
        (
            FIRST.replace(" | D5*4 ;", " | D5*4 | D5*4 ;"),
            {},
            "all voices must have as many bars as the cantus, 11, got 12",
        ),
        ("D dorian 3/4: A4*3 | A4*3 ; D4*3 | F4*3", {}, "must have bars of four quarters .*, got 3/4"),
    ],
)
def test_what_is_no_exercise_is_refused_in_one_line(student, notation, options, message):
    with pytest.raises(ValueError, match=message):
        exercise_of(student(notation), **{"style": "fux", "species": 2, "cantus": 2, **options})


def test_a_class_is_read_from_a_folder_and_one_bad_file_does_not_end_it(student, tmp_path):
    for name in ("ben.mid", "anna.mid"):
        student(FIRST, name)
    (tmp_path / "cleo.mid").write_bytes(b"MThd")
    found = read_exercises([tmp_path], style="fux", species=1, cantus=2)
    assert [path.name for path, _ in found] == ["anna.mid", "ben.mid", "cleo.mid"]
    assert [isinstance(exercise, Exercise) for _, exercise in found] == [True, True, False]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="has no file of music in it"):
        read_exercises([tmp_path / "empty"], style="fux", species=1, cantus=2)


def test_the_command_explains_hints_repairs_and_draws(student, tmp_path):
    """As a teacher uses it: words, a hint for the student, a mended file, a picture, a table of the class."""
    path = str(student(SECOND.replace("C5*2 D5*2 | E5*2", "C5*2 F4*2 | E5*2")))
    asked = ["critique", path, "--style", "fux", "--species", "2", "--cantus", "2"]
    told = evophrase(*asked, cwd=tmp_path)
    assert told.returncode == 0
    assert "forbidden: bar 8, beat 1, counterpoint: F4 to E5, major seventh up  [legal_leaps]" in told.stdout
    assert "Fux, Gradus ad Parnassum (1725)" in told.stdout
    hint = evophrase(*asked, "--hint", cwd=tmp_path).stdout
    assert "bar 8, beat 1, counterpoint: sing the line alone" in hint
    assert "legal_leaps" not in hint
    done = evophrase(*asked, "--repair", "better.mid", "--plot", "picture.png", cwd=tmp_path)
    assert "better.mid: 1 change" in done.stdout
    mended = read((tmp_path / "better.mid").read_bytes()).phrase
    assert len(mended.voices) == 2
    assert (tmp_path / "picture.png").exists()
    again = evophrase("critique", "better.mid", *asked[2:], cwd=tmp_path)
    assert "better.mid: 0 forbidden" in again.stdout
    refused = evophrase(*asked, "--repair", "better.mid", cwd=tmp_path)
    assert refused.returncode == 2
    assert "must not be there yet" in refused.stderr


def test_json_and_csv_hold_every_fault(student, tmp_path):
    path = str(student(SECOND.replace("C5*2 D5*2 | E5*2", "C5*2 F4*2 | E5*2")))
    asked = ["critique", path, path, "--style", "fux", "--species", "2", "--cantus", "cantus"]
    told = json.loads(evophrase(*asked, "--json", cwd=tmp_path).stdout)
    assert [entry["file"] for entry in told] == [path, path]
    rows = list(csv.DictReader(io.StringIO(evophrase(*asked, "--csv", cwd=tmp_path).stdout)))
    assert len(rows) == sum(len(entry["faults"]) for entry in told)
    assert rows[0]["severity"] == "forbidden" == told[0]["faults"][0]["severity"]
    assert told[0]["forbidden"] >= 1
    assert {"bar", "beat", "voices", "rule", "heard", "why", "source"} <= set(rows[0])
