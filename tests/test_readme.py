"""Every command and example of the README works as it stands."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from evolve.styles import style_of
from fitness.entries import rule
from fitness.phrase import Phrase
from fitness.phrases import Phrases

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", README, re.S)
YAML = re.findall(r"```yaml\n(.*?)```", README, re.S)
PYTHON = re.findall(r"```python\n(.*?)```", README, re.S)
SECTIONS = {
    section.partition("\n")[0].strip("# "): [
        line
        for block in re.findall(r"```sh\n(.*?)```", section, re.S)
        for line in block.splitlines()
        if line.startswith("evophrase ")
    ]
    for section in re.split(r"^## ", README, flags=re.M)
}
SECTIONS = {name: commands for name, commands in SECTIONS.items() if commands}


def test_the_two_commands_do_all_the_set_up_and_ci_runs_them():
    """Each of the two commands makes the environment, installs and starts; CI calls them as they stand."""
    first, second = (block.strip() for block in SHELL if "python3 -m venv" in block)
    assert first.endswith(".venv/bin/evophrase run experiments/first_phrase.yaml")
    assert second.endswith(".venv/bin/pytest")
    assert {first, second} <= set((ROOT / ".ci" / "run").read_text().splitlines())


def test_the_readme_shows_commands_in_most_of_its_sections():
    """Those that the next test runs."""
    assert len(SECTIONS) >= 5
    assert sum(map(len, SECTIONS.values())) >= 25


@pytest.mark.parametrize("section", SECTIONS)
def test_every_evophrase_command_of_the_readme_runs(section, tmp_path, monkeypatch):
    """The commands of a section are run in their order, as a reader would, in a clone's folder."""
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for command in SECTIONS[section]:
        words = [sys.executable, "-m", "evolve.cli", *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_the_python_example_runs_and_explains(monkeypatch, capsys):
    """The example prints generations, a phrase in notation and an explanation."""
    monkeypatch.chdir(ROOT)
    exec(compile(PYTHON[0], "README", "exec"), {})
    printed = capsys.readouterr().out
    assert "G major 3/4:" in printed
    assert "kept at" in printed


def test_the_tutorial_is_a_plugin_that_runs(tmp_path):
    """Rules, feature, genome kind, format and algorithm of the README, in the experiment that uses them all."""
    (tmp_path / "my_music.py").write_text("\n\n".join(PYTHON[1:]), encoding="utf-8")
    (tmp_path / "my_song.yaml").write_text(YAML[-1], encoding="utf-8")
    words = [sys.executable, "-m", "evolve.cli", "run", "my_song.yaml", "--out", "out", "--json"]
    done = subprocess.run(
        words, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["generation"] == 150
    assert told["files"] == ["best/01.line", "best/01.mid", "best/02.line", "best/02.mid"]
    assert told["best"][0]["axes"]["mine"] > 0.9
    assert (tmp_path / "out/best/01.line").read_text().strip() == told["best"][0]["notation"]


def test_the_example_rule_judges_a_phrase():
    """C E D fills its third; C E G does not."""
    exec(compile(PYTHON[1], "README", "exec"), {"__name__": "readme_example"})
    judge = rule["thirds_filled"].function
    assert judge(Phrases.of(Phrase.parse("C4 E4 D4")), third=4).counts.tolist() == [[0], [1]]
    assert judge(Phrases.of(Phrase.parse("C4 E4 G4")), third=4).counts.tolist() == [[1], [1]]


def test_every_experiment_is_in_the_table():
    """A reader finds every experiment in the README."""
    for path in (ROOT / "experiments").glob("*.yaml"):
        assert f"experiments/{path.name}" in README


def test_the_example_style_is_one():
    """It includes one of ours and changes it."""
    style = style_of(re.findall(r"```json\n(.*?)```", README, re.S)[0].encode())
    axes, constraints = style.criteria_for({"species": 1, "count": 2, "added": ("counterpoint",)})
    assert {"rule": "no_battuta"} in constraints
    assert [item for item in axes["quality"] if item.get("rule") == "parallel_imperfects_limited"]
