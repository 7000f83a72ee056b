"""The command line as a user meets it: exit codes, streams, one line for what is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TWO = str(ROOT / "experiments" / "two_rules.yaml")
QUICK = ["--set", "stop.generations=3", "--set", "algorithm.population=20", "--set", "export.best=2"]


def evophrase(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evolve.cli", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=_environment())


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_help_lists_the_commands_without_importing_numpy_deap_or_matplotlib():
    """Help answers at once, so it must not pay for what it does not use."""
    code = (
        "import sys; from evolve.cli import cli; cli.main(['--help'], standalone_mode=False);"
        "print(sorted({'numpy', 'deap', 'matplotlib', 'mido', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.rstrip().endswith("[]")
    for command in ("run", "check", "plot", "compare", "critique", "similar", "export", "list"):
        assert f"  {command} " in done.stdout


@pytest.mark.parametrize("command", ["run", "check", "plot", "compare", "critique", "similar", "export", "list"])
def test_every_command_has_help(command):
    """And exits with 0."""
    done = evophrase(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: evophrase {command}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rum"], "no command is called 'rum'; did you mean 'run'?"),
        (["run", "nowhere.yaml"], "nowhere.yaml: cannot be read: No such file or directory"),
        (["run", "."], "must be a regular file, got a folder"),
        (["run", TWO, "--set", "genome.bars=x"], "--set genome.bars=x: genome.bars: must be a whole number, got 'x'"),
        (["run", TWO, "--seed", "-1"], "Invalid value for '--seed'"),
        (["run", TWO, "--sede", "1"], "No such option"),
        (["plot", "."], "is no run folder"),
        (["compare", "tests"], "must be a run folder or a folder of run folders"),
        (["list", "tunes"], "'tunes' is not one of"),
        (["export", "README.md", "--format", "mid"], "no format has the suffix '.md'"),
        (["export", "experiments/tunes/ode_to_joy.mid", "--format", "midi"], "no format is called 'midi'"),
    ],
)
def test_wrong_input_gets_one_line_and_exit_code_2(words, told):
    """No traceback, nothing on stdout."""
    done = evophrase(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("evophrase: ")
    assert "Traceback" not in done.stderr


def test_run_with_json_prints_one_document_and_nothing_else(tmp_path):
    """Progress is silent, stdout is JSON with the folder, the files and the scores."""
    done = evophrase("run", TWO, *QUICK, "--seed", "3", "--json", "--quiet", "--out", "here", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert (told["seed"], told["folder"], told["stopped_by"]) == (3, "here", "generations")
    assert told["files"] == ["best/01.mid", "best/02.mid"]
    assert [part["name"] for part in told["best"][0]["criteria"]][:2] == ["leaps_recovered", "ends_on_tonic"]


def test_runs_land_under_results_in_the_current_folder_and_a_taken_name_gets_a_suffix(tmp_path):
    """Two runs in one second have two folders."""
    for _ in range(2):
        assert evophrase("run", TWO, *QUICK, "--seed", "5", "--quiet", cwd=tmp_path).returncode == 0
    folders = list((tmp_path / "results" / "two_rules").iterdir())
    assert len(folders) == 2
    assert all("-seed5" in folder.name for folder in folders)


def test_a_set_target_is_found_from_the_current_folder(tmp_path):
    """Paths on the command line are relative to where the user is."""
    (tmp_path / "some.mid").write_bytes((ROOT / "experiments" / "tunes" / "greensleeves.mid").read_bytes())
    words = ["--set", "genome.bars=16", "--set", "objective.likeness[0].targets=[some.mid]", "--seed", "3"]
    like = str(ROOT / "experiments" / "like_the_target.yaml")
    done = evophrase("run", like, *QUICK, *words, "--json", "--quiet", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "01-some.mid" in [path.name for path in (tmp_path / "out" / "inputs").iterdir()]
    assert json.loads(done.stdout)["best"][0]["notation"].count("|") >= 15


def test_a_run_folder_can_be_moved_and_drawn_and_run_again(tmp_path):
    """It is whole in itself: `plot` needs no original files, and `resolved.yaml` runs as it is."""
    own = str(ROOT / "experiments" / "own_rule.yaml")
    assert evophrase("run", own, *QUICK, "--quiet", "--out", "a", cwd=tmp_path).returncode == 0
    (tmp_path / "a").rename(tmp_path / "b")
    before = (tmp_path / "b" / "plots" / "fitness.svg").read_bytes()
    (tmp_path / "b" / "plots" / "fitness.svg").unlink()
    assert evophrase("plot", "b", cwd=tmp_path).returncode == 0
    assert (tmp_path / "b" / "plots" / "fitness.svg").read_bytes() == before
    assert evophrase("run", "b/resolved.yaml", "--quiet", "--out", "c", cwd=tmp_path).returncode == 0
    assert (tmp_path / "c" / "best" / "01.mid").read_bytes() == (tmp_path / "b" / "best" / "01.mid").read_bytes()


def test_a_read_only_place_is_refused_before_anything_evolves(tmp_path):
    """A folder that cannot be made ends in one line."""
    (tmp_path / "file").write_text("")
    done = evophrase("run", TWO, *QUICK, "--out", "file/run", cwd=tmp_path)
    assert done.returncode == 2
    assert "the run folder cannot be made" in done.stderr


def test_list_shows_options_and_as_json_also_sources():
    """What a file may name, with defaults; in JSON with the source of each rule."""
    assert "leaps_recovered (leap: 5)" in evophrase("list", "rules").stdout
    told = {entry["name"]: entry for entry in json.loads(evophrase("list", "rules", "--json").stdout)}
    assert told["bars_follow"]["must_be_given"] == ["template"]
    assert "Fux" in told["leaps_recovered"]["source"]
    for what in ("features", "genomes", "algorithms", "formats", "distances", "normalisers"):
        assert evophrase("list", what, "--long").returncode == 0


def test_export_writes_over_no_file_and_keeps_the_tempo_of_its_source(tmp_path):
    """A file of the user's is never replaced, not even by itself."""
    tune = tmp_path / "tune.mid"
    tune.write_bytes((ROOT / "experiments" / "tunes" / "greensleeves.mid").read_bytes())
    before = tune.read_bytes()
    done = evophrase("export", "tune.mid", "--format", "mid", cwd=tmp_path)
    assert done.returncode == 2
    assert "must not be there yet; name another file with --out" in done.stderr
    assert tune.read_bytes() == before
    assert evophrase("export", "tune.mid", "--format", "json", cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "tune.json").read_text())["tempo_bpm"] == 100.0
    done = evophrase("export", "tune.mid", "--format", "mid", "--track", "2", "--out", "b.mid", cwd=tmp_path)
    assert (done.returncode, "a track must be 1 to 1" in done.stderr) == (2, True)


def test_quiet_prints_the_folder_and_nothing_else(tmp_path):
    """So that a script finds the result."""
    done = evophrase("run", TWO, *QUICK, "--quiet", "--seed", "1", cwd=tmp_path)
    assert done.stderr == ""
    assert (tmp_path / done.stdout.strip() / "meta.json").exists()


def test_a_plugin_that_prints_does_not_spoil_the_json(tmp_path):
    """Standard output is the answer's alone."""
    (tmp_path / "loud.py").write_text("print('hello')\n")
    done = evophrase("run", TWO, *QUICK, "--set", "plugins=[loud.py]", "--json", "--out", "x", cwd=tmp_path)
    assert json.loads(done.stdout)["exit"] == 0
