"""Targets: a file, a track, a folder; likeness between bounds; rules that compare."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evolve.document import DocumentError
from evolve.experiment import Experiment
from evolve.resolved import resolved_yaml
from evolve.run import perform
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.verdict import band
from tests.melodies import FRERE_JACQUES, ODE_TO_JOY

TUNES = Path(__file__).parents[1] / "experiments" / "tunes"
SMALL = """
genome: {{kind: melody, bars: 2}}
objective:
  like:
    - {{feature: interval_profile, targets: {targets}}}
    - {{feature: notes_per_bar}}
    - {{feature: leap_share}}
constraints:
  - {{rule: runs_original, targets: {targets}, longest: 4}}
algorithm: {{name: generational, population: 20}}
stop: {{generations: 2}}
"""


def written(folder: Path, targets: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(SMALL.format(targets=targets))
    return path


@pytest.fixture
def songs(tmp_path):
    """A folder with two MIDI files, a text and a folder below."""
    folder = tmp_path / "songs"
    (folder / "below").mkdir(parents=True)
    for name in ("ode_to_joy.mid", "frere_jacques.mid"):
        shutil.copy(TUNES / name, folder / name)
    (folder / "notes.txt").write_text("no music")
    return folder


def test_a_folder_is_all_its_files_of_music(tmp_path, songs):
    """What is no music, or lies below, is left alone; the folder and its files in a list say the same."""
    folder = Experiment.load(written(tmp_path, "[songs/]"))
    listed = Experiment.load(written(tmp_path, "[songs/frere_jacques.mid, songs/ode_to_joy.mid]"))
    for one, other in zip(folder.objective.criteria, listed.objective.criteria, strict=True):
        assert one.name == other.name
    phrase = Phrase.parse("C4 D4 E4 F4 | G4*2 C5*2")
    assert folder.objective.score(phrase).axes == listed.objective.score(phrase).axes
    assert len(folder.inputs) == 2


def test_a_run_with_a_folder_can_be_repeated_from_its_own_folder(tmp_path, songs):
    """resolved.yaml names the copies in inputs/, so the run needs the songs no more."""
    record = perform(Experiment.load(written(tmp_path, "[songs/]")), tmp_path / "run", argv=[])
    shutil.rmtree(songs)
    again = perform(Experiment.load(record.path / "resolved.yaml"), tmp_path / "again", argv=[])
    for name in ("metrics.jsonl", "best/scores.json", "best/01.mid"):
        assert (again.path / name).read_bytes() == (record.path / name).read_bytes()


def test_a_folder_without_music_is_told_in_place(tmp_path):
    """One line with file, place and mend."""
    (tmp_path / "songs").mkdir()
    with pytest.raises(DocumentError, match=r"objective.like\[0\].targets\[0\]: .*songs: has no file of music in it"):
        Experiment.load(written(tmp_path, "[songs/]"))


def test_a_broken_file_in_a_folder_is_told_by_its_name(tmp_path, songs):
    """Which of a hundred songs cannot be read is what one wants to know."""
    (songs / "broken.mid").write_bytes(b"MThd nonsense")
    with pytest.raises(DocumentError, match=r"targets\[0\]: .*broken.mid"):
        Experiment.load(written(tmp_path, "[songs/]"))


def test_the_resolved_file_lists_what_was_read(tmp_path, songs):
    """With the digest of each file."""
    text = resolved_yaml(Experiment.load(written(tmp_path, "[songs/]")))
    assert text.count("inputs/01-songs/00") == 2
    assert "targets: [inputs/01-songs]" in text


def test_likeness_can_be_kept_between_two_bounds():
    """A copy is too like, a stranger too unlike: a band on the likeness has its best between them."""
    bounds = {"low": 0.3, "high": 0.8, "sd": 0.1}
    like = Criterion.of_feature(
        "interval_profile", targets=Phrases.of(ODE_TO_JOY), usual=lambda value: band(value, **bounds)
    )
    plain = Criterion.of_feature("interval_profile", targets=Phrases.of(ODE_TO_JOY))
    both = Objective({"bounded": (like,), "plain": (plain,)})
    copy, kin, stranger = (both.score(p) for p in (ODE_TO_JOY, FRERE_JACQUES, Phrase.parse("C4 C5 C4 C5")))
    assert copy.axes["plain"] == 1.0
    assert copy.axes["bounded"] < 0.2
    assert 0.3 < kin.axes["plain"] < 0.8
    assert kin.axes["bounded"] == 1.0
    assert stranger.axes["bounded"] < 0.1


def test_several_targets_are_one_likeness_to_their_mean():
    """Halfway between two tunes is nearer to both together than either is."""
    targets = Phrases.of(Phrase.parse("C4 D4 C4"), Phrase.parse("C4 G4 C4"))
    like = Objective({"like": (Criterion.of_feature("interval_profile", targets=targets),)})
    mixed = like.score(Phrase.parse("C4 D4 C4 G4 C4")).axes["like"]
    assert mixed == 1.0
    assert like.score(Phrase.parse("C4 D4 C4")).axes["like"] < 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Criterion.of_rule("runs_original"), "'runs_original' compares with pieces: give it targets"),
        (lambda: Criterion.of_rule("in_key", targets=Phrases.of(ODE_TO_JOY)), "'in_key' compares with no targets"),
        (
            lambda: Criterion.of_feature("self_similarity", targets=Phrases.of(ODE_TO_JOY), by="jensen_shannon"),
            "the distance 'jensen_shannon' needs a profile, but 'self_similarity' is a vector",
        ),
        (lambda: Criterion.of_feature("contour_curve"), "'contour_curve' needs targets to be compared with"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_the_mend(make, message):
    """A rule that compares needs pieces, one that does not wants none; a distance fits its feature."""
    with pytest.raises(ValueError, match=message):
        make()


def test_a_copy_breaks_originality_at_every_key_and_speed():
    """Transposed and twice as fast it is the same tune."""
    copy = Phrase.parse("C4/2 C4/2 C#4/2 D#4/2 D#4/2 C#4/2 C4/2 Bb3/2 Ab3/2")
    original = Criterion.of_rule("runs_original", targets=Phrases.of(ODE_TO_JOY), options={"longest": 5})
    other = Phrase.parse("C4/2 E4/2 C#4/2 D#4/2 F4/2 C#4/2 C4/2 Bb3/2 Ab3/2")
    objective = Objective({"line": (Criterion.of_feature("step_share"),)}, (original,))
    assert objective.score(copy).faults > 0
    assert objective.score(other).faults == 0
