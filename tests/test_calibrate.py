"""Command `calibrate`: a folder of pieces becomes a style that experiments can use."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from evolve.calibrate import calibrated, style_text
from evolve.cli.calibrating import calibrate_command
from evolve.experiment import Experiment
from evolve.formats.midi import to_bytes
from evolve.melodies import as_meant, melodies, melody_of
from evolve.nulls import NULLS, null
from evolve.run import perform, run
from evolve.styles import style_of
from evolve.vocabulary import PLACES, Vocabulary
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.portrait import SINGLE, names
from tests.melodies import FRERE_JACQUES, FRERE_JACQUES_ROUND, GREENSLEEVES, ODE_TO_JOY
from tests.test_cli import evophrase
from tests.test_corpus import moved, turned
from tests.test_tune import WALTZ

FOUR = (ODE_TO_JOY, FRERE_JACQUES, WALTZ, GREENSLEEVES)
PIECES = [moved(turned(tune, seed), seed % 4) for seed, tune in enumerate(FOUR * 6)]
BRED = """\
seed: 2
style: mine.json
algorithm: {{name: {name}, population: 12{more}}}
genome: {genome}
stop: {{generations: 3}}
export: {{best: 2}}
"""


def written(folder: Path, pieces: list[Phrase]) -> Path:
    folder.mkdir()
    for number, piece in enumerate(pieces):
        (folder / f"{number:02d}.mid").write_bytes(to_bytes(piece))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with 24 tunes, and the style that was measured from them."""
    path = tmp_path_factory.mktemp("calibrate")
    written(path / "songs", PIECES)
    words = ("songs", "--out", "mine.json", "--about", "Four tunes, varied.", "--source", "tests/melodies.py")
    done = evophrase("calibrate", *words, cwd=path)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"mine\.json: \d+ criteria and a vocabulary, measured from 24 pieces\n", done.stdout)
    assert done.stderr == "warning: only 24 pieces; below 50 all figures are rough\n"
    return path


@pytest.fixture(scope="module")
def style(folder):
    return json.loads((folder / "mine.json").read_text())


def told(*words: object) -> str:
    """What the command says of a mistake, in one line."""
    done = CliRunner().invoke(calibrate_command, [str(word) for word in words])
    assert done.exit_code
    assert not done.exception or isinstance(done.exception, SystemExit)
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_style_says_what_it_is_and_of_how_many_pieces(style):
    """Name, sentence and source; rules with decays, features with bands, the heaviest first of each."""
    assert (style["name"], style["about"], style["source"]) == ("mine", "Four tunes, varied.", "tests/melodies.py")
    assert style["measured"]["pieces"] == 24
    rules = [item for item in style["criteria"] if "rule" in item]
    features = [item for item in style["criteria"] if "feature" in item]
    assert len(rules) > 3
    assert len(features) > 5
    for items in (rules, features):
        weights = [item["weight"] for item in items]
        assert weights == sorted(weights, reverse=True)
        assert min(weights) >= 0.25
    for item in features:
        assert item["as"]["band"]["sd"] > 0
        assert item["as"]["band"]["low"] <= item["as"]["band"]["high"]
    assert style["measured"]["quantiles"].keys() == {*names()}
    assert style["measured"]["factors"].keys() == {*SINGLE}
    assert all(row == sorted(row) for row in style["measured"]["quantiles"].values())


def test_the_same_pieces_give_the_same_style_and_the_file_is_what_was_measured(style):
    """Null models have seeds of their own; the text is JSON of the same, a criterion or a row to a line."""
    again = calibrated(PIECES, name="mine", about="Four tunes, varied.", source="tests/melodies.py")
    assert json.loads(style_text(again)) == style
    assert max(map(len, style_text(again).split("\n"))) < 4000
    assert Vocabulary.from_plain(style["vocabulary"]) == Vocabulary.of(melodies(PIECES))


def test_each_factor_loads_on_ranks_no_more_than_one(style):
    """The squares of the loadings of a number are the share of its spread that the factors explain."""
    loadings = np.array([*style["measured"]["factors"].values()])
    assert loadings.shape[1] == 12
    assert ((loadings**2).sum(axis=1) <= 1.05).all()  # of two digits


def test_a_style_file_is_a_style(folder):
    """It is read as those that come along."""
    made = style_of((folder / "mine.json").read_bytes())
    assert made.name == "mine"
    axes, constraints = made.criteria_for({})
    assert [*axes] == ["quality"]
    assert constraints == []


@pytest.mark.parametrize(
    ("genome", "name", "more"),
    [
        ("{kind: melody, bars: 4}", "generational", ""),
        ("{kind: tune}", "generational", ""),
        ("{kind: tune}", "metropolis", ", epochs: 1, children: 3"),
    ],
)
def test_a_style_is_what_an_experiment_follows(folder, genome, name, more):
    """A melody in a frame of one's own and tunes in those of the style, by its criteria or by its quantiles."""
    (folder / "bred.yaml").write_text(BRED.format(genome=genome, name=name, more=more))
    experiment = Experiment.load(folder / "bred.yaml")
    *_, last = run(experiment)
    assert last.number == 3
    assert [*experiment.objective.axes] == (["passes"] if name == "metropolis" else ["quality"])


def test_a_run_by_ones_own_style_can_be_run_again_from_its_folder(folder, tmp_path, monkeypatch):
    """The file of the style goes along where the tunes need its vocabulary."""
    monkeypatch.setattr("evolve.run.write_plots", lambda record: None)
    for number, (name, more) in enumerate((("generational", ""), ("metropolis", ", epochs: 1, children: 3"))):
        (folder / "bred.yaml").write_text(BRED.format(genome="{kind: tune}", name=name, more=more))
        first = perform(Experiment.load(folder / "bred.yaml"), tmp_path / f"{number}")
        again = perform(Experiment.load(first.path / "resolved.yaml"), tmp_path / f"{number}again")
        assert again.best == first.best


def test_pieces_score_above_what_is_left_of_them_in_each_null_model(folder):
    """Of each model at least four in five are below the piece that they were made of."""
    (folder / "bred.yaml").write_text(BRED.format(genome="{kind: melody}", name="generational", more=""))
    objective = Experiment.load(folder / "bred.yaml").objective
    pieces = melodies(PIECES)
    own = objective(Phrases.of(*pieces)).axes[0]
    for model in NULLS:
        rng = np.random.default_rng(99)
        destroyed = objective(Phrases.of(*(null(piece, model, rng) for piece in pieces))).axes[0]
        assert (own > destroyed).mean() >= 0.8, model


def test_no_melody_can_be_read_out_of_a_style(style):
    """It has counts of one tone after another and of single bars: other tunes have the very same."""
    vocabulary = style["vocabulary"]
    for moves in vocabulary["moves"].values():
        assert all(isinstance(n, int) for after in moves.values() for n in after.values())
    bars = {frame["metre"]: frame["length"] for frame in vocabulary["frames"]}
    assert all(len(rhythm) < bars[metre] for metre, known in vocabulary["rhythms"].items() for rhythm in known)
    assert all(len(counts) == PLACES for known in vocabulary["rhythms"].values() for counts in known.values())
    assert max(len(row) for row in _rows(style)) <= 12  # no row of numbers is as long as a tune has notes
    one, other = (
        Phrase.parse(f"C major 4/4: {line}")
        for line in ("C4 D4 E4 C4 | E4 D4 C4 G4 | G4 C4 D4 C4 | C4*4", "C4 E4 D4 C4 | D4 E4 C4 G4 | G4 C4 D4 C4 | C4*4")
    )
    assert Vocabulary.of([one, moved(one, 2), other]) == Vocabulary.of([other, moved(other, 2), one])


def _rows(value: object) -> list[list[object]]:
    """All lists of numbers somewhere in plain data."""
    if isinstance(value, list) and value and all(isinstance(item, int | float) for item in value):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [row for item in items for row in _rows(item)]


def test_a_damaged_file_of_a_folder_is_left_out_with_a_line(tmp_path):
    """The others are measured; named by itself it is a mistake, and nothing is written."""
    songs = written(tmp_path / "songs", PIECES[:12])
    (songs / "03.mid").write_bytes(b"MThd nothing")
    out = tmp_path / "style.json"
    done = CliRunner().invoke(calibrate_command, [str(songs), "--out", str(out)])
    assert done.exit_code == 0
    lines = done.stderr.split("\n")
    assert lines[0].startswith("left out: ")
    assert "03.mid: " in lines[0]
    assert lines[1:] == ["warning: only 11 pieces; below 50 all figures are rough", ""]
    assert json.loads(out.read_text())["measured"]["pieces"] == 11
    out.unlink()
    assert "03.mid: " in told(songs / "03.mid", songs, "--out", out)
    assert not out.exists()


def test_what_no_style_can_be_made_of_is_refused_in_one_line(folder, tmp_path):
    """Too few pieces, a file that is there, a name without .json, no such folder; nothing is written."""
    few = written(tmp_path / "few", PIECES[:9])
    out = tmp_path / "new.json"
    assert "measured from 10 pieces with a melody or more, got 9" in told(few, "--out", out)
    assert "mine.json: must not be there yet; name another file" in told(
        folder / "songs", "--out", folder / "mine.json"
    )
    assert "--out: must end in .json, got style.yaml; name style.json" in told(few, "--out", tmp_path / "style.yaml")
    assert "nowhere: must be a file of music or a folder" in told(tmp_path / "nowhere", "--out", out)
    empty = written(tmp_path / "empty", [])
    assert "has no file of music in it" in told(empty, "--out", out)
    changing = Phrase.parse("C4 D4 E4*2 | [3/4] D4*3 | C4*3")
    change = written(tmp_path / "change", [changing] * 10)
    assert "must be a melody of two notes or more in one metre" in told(change, "--out", out)
    assert not out.exists()


# Melodies and null models


def test_a_file_of_another_program_is_heard_as_it_is_meant():
    """Rests before an upbeat, notes a twentieth short, an end at the last note's end: an upbeat, whole bars."""
    written = Phrase.parse("G major 3/4 pickup=24: D4 | G4*2 B4 | G4 B4 A4 | G4*2")
    short = [replace(n, onset=n.onset + 48, duration=n.duration - n.duration // 20) for n in written.voices[0].notes]
    exported = Phrase((Voice(tuple(short)),), short[-1].end, written.keys, written.metres)
    heard = as_meant(exported)
    assert str(heard) == str(written)
    assert as_meant(heard) == heard, "what is meant is left as it is"
    detached = Phrase.parse("C4/2 r/2 D4/2 r/2 E4/2 r/2 C4")
    assert as_meant(detached).voices == detached.voices, "rests are rests"


def test_the_melody_is_the_first_voice_with_notes_cut_into_phrases():
    """Every four bars where nothing is known, less than two bars at the end go to the last; else as the piece says."""
    (line,) = melodies([FRERE_JACQUES_ROUND, Phrase(length=96), Phrase.parse("C4")])
    assert line.voices == FRERE_JACQUES_ROUND.voices[:1]
    silent = replace(FRERE_JACQUES_ROUND, voices=(Voice(), *FRERE_JACQUES_ROUND.voices[1:]))
    other = melody_of(silent).voices[0].notes
    assert [note.pitch for note in other] == [note.pitch for note in FRERE_JACQUES_ROUND.voices[1].notes]
    assert other[0].onset == 0, "bars of silence before it are no music"
    assert melody_of(FRERE_JACQUES).ends == FRERE_JACQUES.ends
    for bars, ends in ((4, (4,)), (5, (5,)), (6, (4, 6)), (8, (4, 8)), (9, (4, 9)), (11, (4, 8, 11))):
        piece = Phrase((Voice(tuple(Note(48 * i, 48, 60 + i % 2) for i in range(2 * bars))),), length=96 * bars)
        assert melody_of(piece).ends == tuple(96 * end for end in ends)


@pytest.mark.parametrize("model", NULLS)
def test_a_null_model_destroys_one_thing(model):
    """Pitches move on the same rhythm, within range and scale; or lengths change places under the same pitches."""
    for piece in FOUR:
        made = null(piece, model, np.random.default_rng(1))
        old, new = piece.voices[0].notes, made.voices[0].notes
        assert replace(made, voices=piece.voices) == piece
        assert made == null(piece, model, np.random.default_rng(1))
        assert new != old
        if model == "rhythm":
            assert [n.pitch for n in new] == [n.pitch for n in old]
            assert sorted(n.duration for n in new) == sorted(n.duration for n in old)
            assert (new[0].onset, new[-1].end) <= (old[0].onset, old[-1].end)
            continue
        assert [(n.onset, n.duration) for n in new] == [(n.onset, n.duration) for n in old]
        pitches, own = [n.pitch for n in new], [n.pitch for n in old]
        assert min(own) <= min(pitches) <= max(pitches) <= max(own)
        if model == "shuffled":
            assert sorted(pitches) == sorted(own)
        else:
            scale = piece.keys[0][1].pitches(min(own), max(own))
            assert {*pitches} <= {*scale}
            steps = np.diff([scale.index(pitch) for pitch in pitches])
            assert model != "walk" or {*abs(steps).tolist()} <= {1}
