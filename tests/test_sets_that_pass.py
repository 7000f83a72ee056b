"""From a folder of tunes to a set that passes for them, and what is refused on the way."""

from __future__ import annotations

import importlib.util
import json
import math
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from evolve.copying import shared_runs
from evolve.experiment import Experiment
from evolve.formats.midi import from_bytes, to_bytes
from evolve.genomes.tune import Tune
from evolve.passing import Passing, Sampled
from evolve.problems import DocumentError
from evolve.record import Record
from evolve.run import perform
from evolve.vocabulary import Vocabulary
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from tests.melodies import FRERE_JACQUES, GREENSLEEVES, ODE_TO_JOY
from tests.test_corpus import moved, turned
from tests.test_tune import WALTZ

pytest.importorskip("sklearn")

FOUR = [ODE_TO_JOY, FRERE_JACQUES, WALTZ, GREENSLEEVES]
TUNES_OF_A_SET = [
    *(moved(turned(tune, seed), 2 * (seed % 4)) for seed, tune in enumerate(FOUR[:3] * 2)),
    *Tune(Vocabulary.of(FOUR[:3])).decode(Tune(Vocabulary.of(FOUR[:3])).sample(18, np.random.default_rng(1))).each,
]
ORIGINAL = (
    "original in notes", "little borrowed in notes", "original in figures", "little borrowed in figures",
)  # fmt: skip
SET = """\
seed: 6
corpus: [songs]
genome: {kind: tune}
algorithm: {name: metropolis, population: 24, epochs: 2, children: 3}
export: {best: 10, formats: [mid, json]}
"""


@pytest.fixture(scope="module", autouse=True)
def _no_figures():
    """They take longer than the runs, and have their own tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evolve.run.write_plots", lambda record: None)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with an experiment and 24 tunes as MIDI."""
    path = tmp_path_factory.mktemp("sets")
    written(path / "songs", TUNES_OF_A_SET)
    (path / "set.yaml").write_text(SET)
    return path


@pytest.fixture(scope="module")
def record(folder):
    return perform(Experiment.load(folder / "set.yaml"), folder / "run")


def written(folder: Path, tunes: list[Phrase]) -> None:
    folder.mkdir()
    for number, tune in enumerate(tunes):
        (folder / f"{number:02d}.mid").write_bytes(to_bytes(tune))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def best_of(record: Record) -> list[Phrase]:
    return [from_bytes(file.read_bytes()) for file in sorted((record.path / "best").glob("*.mid"))]


def runs(phrase: Phrase, size: int) -> set[tuple[int, ...]]:
    moves = [b.pitch - a.pitch for a, b in pairwise(phrase.voices[0].notes)]
    return {tuple(moves[at : at + size]) for at in range(len(moves) - size + 1)}


def test_a_set_is_of_distinct_tunes_in_the_frames_of_its_corpus(record):
    """Ten files, no two alike, in several metres and keys, each with the length and phrase ends of a song."""
    best = best_of(record)
    assert len(best) == 10
    assert len({str(phrase.voices[0].notes) for phrase in best}) == 10
    assert {str(phrase.metres[0][1]) for phrase in best} == {"4/4", "3/4"}
    assert len({str(phrase.keys) for phrase in best}) > 2
    frames = {(t.metres, t.length, t.pickup, t.ends) for t in TUNES_OF_A_SET}
    assert {(p.metres, p.length, p.pickup, p.ends) for p in best} <= frames
    told = json.loads((record.path / "best" / "scores.json").read_text())
    assert [Phrase.parse(one["notation"]) for one in told] == best
    assert all(one["faults"] == 0 for one in told)
    assert {part["name"] for part in told[0]["criteria"]} == {"passes_for_corpus", *ORIGINAL}
    assert {round(one["axes"]["passes"], 6) for one in told} != {0.5}


def test_no_tune_shares_a_longer_run_with_the_corpus_than_its_pieces_do_with_each_other(record):
    """Counted move by move: longer than 95 in 100 of its pieces share with another."""
    corpus = Phrases.of(*TUNES_OF_A_SET)
    longest = math.ceil(np.quantile(shared_runs(corpus).longest, 0.9))
    assert 3 < longest < 25
    known = set().union(*(runs(tune, longest + 1) for tune in TUNES_OF_A_SET))
    assert known
    for phrase in best_of(record):
        assert not runs(phrase, longest + 1) & known


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_set(folder, record):
    """Training, sampling and choosing draw from the seed alone."""
    again = perform(Experiment.load(folder / "set.yaml"), folder / "again")
    assert contents(again.path / "best") == contents(record.path / "best")
    assert (again.path / "metrics.jsonl").read_bytes() == (record.path / "metrics.jsonl").read_bytes()
    other = perform(Experiment.load(folder / "set.yaml", seed=7), folder / "other")
    assert contents(other.path / "best") != contents(record.path / "best")


def test_the_run_ends_with_its_epochs(record):
    """Two epochs of three children of each of 24: the beginning, two judgings anew, six generations."""
    assert [row["generation"] for row in record.metrics] == list(range(7))
    assert record.metrics[-1]["evaluations"] == 24 * (1 + 2 + 6)
    assert record.meta["stopped_by"] == "the algorithm"
    assert record.meta["exit"] == 0


@pytest.mark.parametrize("corpus", ["corpus: songs", "corpus: [songs/00.mid, {file: songs/01.mid, track: 1}, songs]"])
def test_what_is_resolved_runs_to_the_same_set(folder, tmp_path, corpus):
    """The folder of a run is whole in itself: its pieces are its own copies, one folder as well as a list."""
    (folder / "again.yaml").write_text(SET.replace("corpus: [songs]", corpus))
    first = perform(Experiment.load(folder / "again.yaml"), tmp_path / "first")
    resolved = (first.path / "resolved.yaml").read_text()
    assert "vocabulary" not in resolved
    assert "inputs/" in resolved
    second = perform(Experiment.load(first.path / "resolved.yaml"), tmp_path / "second")
    assert contents(second.path / "best") == contents(first.path / "best")


def test_a_sampler_is_cut_short_only_where_the_file_says_so(folder):
    """The 200 generations at which others end are fewer than its usual epochs have."""
    for given, generations in (("", None), ("stop: {seconds: 9}\n", None), ("stop: {generations: 4}\n", 4)):
        (folder / "stop.yaml").write_text(SET + given)
        experiment = Experiment.load(folder / "stop.yaml")
        assert experiment.stop.generations == generations
        assert experiment.resolved["stop"].get("generations") == generations


def test_a_style_alone_says_what_is_missing_without_a_corpus(tmp_path):
    """Targets are drawn then; a melody in one frame is judged so too, and what is resolved runs again."""
    for kind in ("{kind: tune}", "{kind: melody, bars: 4}"):
        text = SET.replace("corpus: [songs]", "style: folk_melody").replace("{kind: tune}", kind)
        (tmp_path / "style.yaml").write_text(text.replace("best: 10", "best: 3"))
        experiment = Experiment.load(tmp_path / "style.yaml")
        assert isinstance(experiment.judge, Sampled)
        assert [warning for warning in experiment.warnings if "no corpus is named" in warning]
        first = perform(experiment, tmp_path / kind[7:11])
        assert any("no corpus is named" in warning for warning in first.meta["warnings"])
        assert len(best_of(first)) == 3
        again = perform(Experiment.load(first.path / "resolved.yaml"), tmp_path / f"{kind[7:11]}_again")
        assert contents(again.path / "best") == contents(first.path / "best")


def test_a_corpus_and_a_style_together_take_frames_and_judge_from_the_corpus(folder):
    """There is nothing to warn of then."""
    (folder / "both.yaml").write_text(SET + "style: folk_melody\n")
    experiment = Experiment.load(folder / "both.yaml")
    assert isinstance(experiment.judge, Passing)
    assert not [warning for warning in experiment.warnings if "corpus" in warning]
    alone = Experiment.load(folder / "set.yaml")
    assert experiment.kind.vocabulary == alone.kind.vocabulary == Vocabulary.of(TUNES_OF_A_SET)


def test_constraints_of_ones_own_join_that_of_originality(folder):
    """No leap of more than an octave, and no copy."""
    (folder / "own.yaml").write_text(SET + "constraints:\n  - {rule: legal_leaps}\n")
    experiment = Experiment.load(folder / "own.yaml")
    assert [criterion.name for criterion in experiment.objective.constraints] == [*ORIGINAL, "legal_leaps"]


METROPOLIS = "algorithm: {name: metropolis, population: 24, epochs: 2, children: 3}"
LACKS = "the kind 'tune' needs a corpus, or a style with a vocabulary such as folk_melody"
MISTAKES = [
    (METROPOLIS, "algorithm: {population: 24}", "2:1: corpus: a corpus needs an algorithm that samples; take {name"),
    ("corpus: [songs]", "corpus: [few]", "2:9: corpus: must have 20 pieces with a melody or more, got 5"),
    ("corpus: [songs]", "corpus: few", "2:9: corpus: must have 20 pieces with a melody or more, got 5"),
    ("corpus: [songs]", "corpus: []", "2:9: corpus: must be a list of files"),
    ("corpus: [songs]", "corpus: [nowhere]", "2:10: corpus[0]: "),
    ("corpus: [songs]", "corpus: nowhere", "2:9: corpus[0]: "),
    ("corpus: [songs]", "corpus: 3", "corpus[0]: must be the path of a file, got 3"),
    ("corpus: [songs]", "corpus: [nothing]", "nothing: has no file of music in it"),
    ("corpus: [songs]", "corpus: [broken]", "00.mid: "),
    ("corpus: [songs]\n", "objective: {mine: [{rule: in_key}]}\n", LACKS),
    ("corpus: [songs]", "style: fux", LACKS),
    ("corpus: [songs]", "style: no_style", "style: no style is called 'no_style'"),
    ("corpus: [songs]", "style: [fux]", "style: must be the name of a style or a file"),
    ("export:", "objective: {mine: [{rule: in_key}]}\nexport:", "5:1: objective: what passes for the corpus is"),
    ("export:", "constraints: [{feature: ambitus}]\nexport:", "constraints[0]: a constraint must be a rule"),
    ("name: metropolis", "name: metropoli", "no algorithm is called 'metropoli'; did you mean 'metropolis'?"),
    ("kind: tune", "kind: tuna", "no genome kind is called 'tuna'; did you mean 'tune'?"),
    ("corpus: [songs]", "style: folk_melody\nconstraints: [{feature: ambitus}]", "a constraint must be a rule"),
    ("children: 3", "children: 0", "algorithm.children: must be from 1"),
    ("children: 3", "temperature: 0", "algorithm.temperature: must be from 1e-09"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_a_mistake_is_told_in_its_place_and_alone(folder, old, new, told):
    """One line with place, rule and mend; nothing that only follows from it."""
    for name, tunes in (("few", TUNES_OF_A_SET[:5]), ("nothing", []), ("broken", TUNES_OF_A_SET)):
        if not (folder / name).exists():
            written(folder / name, tunes)
    (folder / "broken" / "00.mid").write_bytes(b"MThd")
    assert old in SET
    (folder / "wrong.yaml").write_text(SET.replace(old, new))
    with pytest.raises(DocumentError, match=re.escape(told)) as caught:
        Experiment.load(folder / "wrong.yaml")
    assert len(re.findall(r"wrong\.yaml:\d+:\d+: ", str(caught.value))) == 1


def test_a_corpus_without_scikit_learn_names_the_extra(folder, monkeypatch):
    """One line, before anything is read twice or bred; a style needs none."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "sklearn" else found(name))
    with pytest.raises(DocumentError, match=r"corpus: a corpus needs scikit-learn: pip install 'evophrase\[learn\]'"):
        Experiment.load(folder / "set.yaml")
    (folder / "style.yaml").write_text(SET.replace("corpus: [songs]", "style: folk_melody"))
    assert isinstance(Experiment.load(folder / "style.yaml").judge, Sampled)
