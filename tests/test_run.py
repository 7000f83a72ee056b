"""Runs and their records: stop rules, the folder, the same bytes, an early end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evolve.experiment import Experiment, Stop
from evolve.formats.midi import from_bytes
from evolve.record import Record
from evolve.run import perform, run, stop_reason
from fitness.phrase import Phrase

ROOT = Path(__file__).parents[1]
FIRST = ROOT / "experiments" / "first_phrase.yaml"
QUICK = ["stop.generations=6", "algorithm.population=40", "export.best=2"]
OF_THE_MOMENT = {"meta.json", "timing.jsonl", "run.log"}


def quick(*changes: str, seed: int | None = None) -> Experiment:
    return Experiment.load(FIRST, [*QUICK, *changes], seed)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("generations=2", "generations"),
        ("evaluations=50", "evaluations"),
        ("unchanged=1", "unchanged"),
        ("target=0.01", "target"),
        ("seconds=0.001", "seconds"),
    ],
)
def test_each_stop_rule_ends_a_run_and_is_named(change, reason):
    """Whichever comes true first."""
    generations = run(quick("stop.generations=30", "constraints=[]", f"stop.{change}"))
    assert [generation.number for generation in generations] == list(range(generations_of(generations) + 1))
    assert generations.stopped_by == reason


def generations_of(generations: run) -> int:
    return [generation.number for generation in generations][-1]


def test_a_target_counts_only_without_faults():
    """A phrase that breaks a constraint has not reached the target, however well it scores."""
    for generation in quick().evolve():
        generation.hall[0].fitness.wvalues = (-1.0, 1.0)
        assert stop_reason(Stop(generations=None, target=0.5), generation, 0, 0.0) == ""
        generation.hall[0].fitness.wvalues = (0.0, 1.0)
        assert stop_reason(Stop(generations=None, target=0.5), generation, 0, 0.0) == "target"
        break


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "a"
    perform(quick(), path)
    return path


def test_a_run_leaves_what_the_design_promises(folder):
    """The folder is whole in itself: experiment, inputs, logs, metrics, music, figures."""
    names = set(contents(folder))
    assert {"experiment.yaml", "resolved.yaml", "meta.json", "timing.jsonl", "run.log", "metrics.jsonl"} <= names
    assert {"best/01.mid", "best/01.json", "best/02.mid", "best/scores.json", "plots/fitness.svg"} <= names
    assert (folder / "experiment.yaml").read_text() == FIRST.read_text()
    meta = json.loads((folder / "meta.json").read_text())
    assert (meta["exit"], meta["stopped_by"], meta["generation"], meta["seed"]) == (0, "generations", 6, 4)
    assert {"numpy", "deap", "mido"} <= set(meta["packages"])
    rows = Record.open(folder).metrics
    assert [row["generation"] for row in rows] == list(range(7))
    assert rows[-1]["criteria"].keys() == rows[-1]["means"].keys()


def test_the_exported_music_is_the_phrase_that_was_scored(folder):
    """`best/01.mid` read back is the notation in `best/scores.json`, note for note."""
    told = json.loads((folder / "best" / "scores.json").read_text())
    assert from_bytes((folder / "best" / "01.mid").read_bytes()) == Phrase.parse(told[0]["notation"])


def test_the_record_tells_where_faults_lie(folder):
    """Every criterion with faults has as many places as faults, each with bar and beat."""
    for phrase in Record.open(folder).best:
        for part in phrase["criteria"]:
            assert len(part["places"]) == part["broken"]
            assert all(place["heard"].startswith("bar ") for place in part["places"])


def test_the_same_experiment_and_seed_give_the_same_bytes_in_another_process(folder, tmp_path):
    """Hash seed, time zone, locale, current folder and output folder change nothing but the files of the moment."""
    words = [sys.executable, "-m", "evolve.cli", "run", str(FIRST), "--out", str(tmp_path / "b"), "--quiet"]
    words += [word for change in QUICK for word in ("--set", change)]
    elsewhere = {**os.environ, "PYTHONHASHSEED": "99", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    subprocess.run(words, cwd=tmp_path, env=elsewhere, check=True)
    ours, theirs = contents(folder), contents(tmp_path / "b")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name] and name not in OF_THE_MOMENT] == []


def test_another_seed_gives_other_phrases(folder, tmp_path):
    """Seeds are different runs."""
    other = perform(quick(seed=8), tmp_path / "c")
    assert other.best[0]["notation"] != Record.open(folder).best[0]["notation"]


def test_a_folder_with_something_in_it_is_refused(folder):
    """A run never writes over another."""
    before = contents(folder)
    with pytest.raises(ValueError, match="must be a new or empty folder; name another with --out"):
        perform(quick(), folder)
    assert contents(folder) == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_run_with_a_readable_record(tmp_path, number, code):
    """Ctrl-C, `kill`, a closed terminal: exit code 130, 143, 129, and what there is is written."""
    words = [sys.executable, "-m", "evolve.cli", "run", str(FIRST), "--out", str(tmp_path / "d"), "--quiet"]
    words += ["--set", "stop.generations=1000000", "--set", "stop.unchanged=null", "--set", "export.best=1"]
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    metrics = tmp_path / "d" / "metrics.jsonl"
    deadline = time.monotonic() + 60
    while not (metrics.exists() and metrics.stat().st_size > 20_000) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code, told
    assert "Traceback" not in told
    record = Record.open(tmp_path / "d")
    assert record.meta["exit"] == code
    assert record.metrics[-1]["generation"] == record.meta["generation"]
    assert (tmp_path / "d" / "best" / "01.mid").exists()


def test_a_clock_stop_says_how_to_repeat_the_run(tmp_path):
    """`seconds` is a safety stop: the log names the generation that repeats the run exactly."""
    record = perform(quick("stop.generations=null", "stop.seconds=0.2"), tmp_path / "e")
    assert f"--set stop.generations={record.meta['generation']}" in (tmp_path / "e" / "run.log").read_text()


def test_a_rule_that_no_phrase_keeps_is_named(tmp_path):
    """A contradiction between rules shows at once in the log."""
    perform(quick("constraints=[{rule: phrase_ends_lengthened, times: 100}]"), tmp_path / "f")
    told = (tmp_path / "f" / "run.log").read_text()
    assert "no phrase of the run kept phrase_ends_lengthened" in told


def test_a_broken_record_is_refused_in_one_line(folder, tmp_path):
    """Missing, foreign or spoilt files are named, with what they should be."""
    with pytest.raises(ValueError, match="is no run folder"):
        Record.open(tmp_path)
    (tmp_path / "meta.json").write_text('{"a": 1}')
    with pytest.raises(ValueError, match="must be what a run has written"):
        Record.open(tmp_path)
    (tmp_path / "meta.json").write_text('{"seed": 1}')
    row = (folder / "metrics.jsonl").read_text().split("\n")[0]
    (tmp_path / "metrics.jsonl").write_text(row + '\n{"gener')
    assert len(Record.open(tmp_path).metrics) == 1, "a last line cut off by a kill is left out"
    (tmp_path / "metrics.jsonl").write_text('{"generation": 0}\n' + row + "\n")
    with pytest.raises(ValueError, match=r"metrics\.jsonl:1: must be a line that a run wrote"):
        _ = Record.open(tmp_path).metrics


def test_a_users_rule_that_fails_in_the_middle_ends_the_run_in_one_line(tmp_path):
    """The record says so, and what was found until then is there."""
    code = "from fitness.entries import rule\nfrom fitness.verdict import Verdict\ncalls = []\n"
    code += "@rule\ndef tired(phrases):\n"
    code += "    calls.append(1)\n    if len(calls) > 4:\n        raise RuntimeError('enough')\n"
    code += "    present = phrases.notes.present\n    return Verdict(present & False, present, phrases.notes)\n"
    (tmp_path / "mine.py").write_text(code)
    experiment = quick(f"plugins=[{tmp_path / 'mine.py'}]", "constraints=[{rule: tired}]")
    with pytest.raises(ValueError, match="stopped with RuntimeError: enough"):
        perform(experiment, tmp_path / "run")
    record = Record.open(tmp_path / "run")
    assert (record.meta["exit"], record.meta["stopped_by"]) == (2, "error")
    assert "mine.py:8: stopped with RuntimeError" in (tmp_path / "run" / "run.log").read_text()
