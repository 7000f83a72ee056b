"""Comparisons of runs: groups, medians, effect sizes."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from evolve.compare import a12, compared, table, write_comparison
from evolve.record import Record, as_json

RNG = np.random.default_rng(5)


def made(folder: Path, name: str, seed: int, values: list[float], setting: str = "") -> Path:
    """A run folder with the curves of a run that reached `values`."""
    record = Record.create(folder, name, seed, [])
    record.write_text("resolved.yaml", f"seed: {seed}\nalgorithm: {{name: generational{setting}}}\n")
    for generation, value in enumerate(values):
        best = {"faults": 0, "axes": {"theory": value}}
        row = {"generation": generation, "evaluations": 100 * (generation + 1), "best": best}
        row |= {"quantiles": {"theory": [value / 2, value / 2, value / 2, value, value]}, "criteria": {}, "means": {}}
        record.append("metrics.jsonl", as_json({**row, "faults": {"least": 0, "median": 0.0}}))
    return folder


@pytest.fixture
def runs(tmp_path):
    for seed in range(6):
        made(tmp_path / "low" / str(seed), "tune", seed, [0.1, 0.5 + seed / 100])
        made(tmp_path / "high" / str(seed), "tune", seed, [0.1, 0.7 + seed / 100], setting=", mutation: 0.1")
    return tmp_path


def test_runs_that_differ_in_nothing_but_the_seed_belong_together(runs):
    """Two settings of one experiment are two groups; seeds are repetitions."""
    groups = compared([runs / "low", runs / "high"]).groups
    assert [(group.label, len(group.records)) for group in groups] == [("tune", 6), ("tune #2", 6)]


def test_medians_and_quartiles_are_those_of_the_last_generation(runs):
    """As numpy computes them directly."""
    row = compared([runs / "low"]).rows()[0]
    wanted = np.quantile([0.5 + seed / 100 for seed in range(6)], (0.25, 0.5, 0.75))
    assert [row["quartile_1"], row["median"], row["quartile_3"]] == pytest.approx(wanted.tolist())
    assert (row["runs"], row["evaluations"]) == (6, 200)


def test_a12_is_the_share_of_pairs_won():
    """Counted one by one over all pairs, ties as half."""
    x, y = RNG.integers(0, 5, 9).tolist(), RNG.integers(0, 5, 7).tolist()
    won = [1.0 if a > b else 0.5 if a == b else 0.0 for a in x for b in y]
    assert a12(x, y) == pytest.approx(sum(won) / len(won))
    assert a12([1, 2], [1, 2]) == 0.5


def test_the_table_says_which_group_is_better_and_when_there_are_too_few_runs(runs):
    """A clear difference is called large; a group of fewer than five runs gets a note."""
    told = table(compared([runs / "low", runs / "high"]))
    assert "A12 0.00 (large, the second is better)" in told
    assert "note:" not in told
    assert "fewer than 5 runs in tune, seed 0; tune, seed 0 #2" in table(
        compared([runs / "low" / "0", runs / "high" / "0"])
    )


def test_a_run_with_fewer_faults_beats_one_with_more_whatever_its_axis(runs):
    """Constraints come first, in a comparison as in the evolution."""
    faulty = made(runs / "faulty", "tune", 1, [0.99])
    text = (faulty / "metrics.jsonl").read_text().replace('"faults": 0', '"faults": 5')
    (faulty / "metrics.jsonl").write_text(text)
    effect = compared([faulty, runs / "low" / "0"]).effects()[0]
    assert effect["a12"] == 0.0


def test_a_killed_run_in_a_folder_is_passed_over_with_a_note(runs):
    """One that left no generation does not spoil the comparison of the others."""
    Record.create(runs / "low" / "killed", "tune", 9, [])
    comparison = compared([runs / "low"])
    assert len(comparison.groups[0].records) == 6
    assert "left out" in comparison.caveats()[0]


def test_figures_of_a_comparison_stay_in_its_folder(runs, tmp_path):
    """An axis named like a path is a name."""
    evil = made(runs / "evil", "tune", 1, [0.5])
    text = (evil / "metrics.jsonl").read_text().replace("theory", "../../escaped")
    (evil / "metrics.jsonl").write_text(text)
    write_comparison(compared([evil]), tmp_path / "deep" / "out")
    assert not [path for path in tmp_path.rglob("*escaped*") if path.parent != tmp_path / "deep" / "out"]


def test_runs_without_a_common_axis_are_refused(runs):
    """There is nothing to compare."""
    other = made(runs / "other", "other", 1, [0.5])
    text = (other / "metrics.jsonl").read_text().replace("theory", "taste")
    (other / "metrics.jsonl").write_text(text)
    with pytest.raises(ValueError, match="the runs have no axis in common"):
        compared([runs / "low", other])
    with pytest.raises(ValueError, match="must be a run folder or a folder of run folders"):
        compared([runs / "nowhere"])


def test_a_comparison_is_written_as_json_csv_and_figure(runs, tmp_path):
    """The same numbers in each; a name that looks like a formula is made harmless in CSV."""
    made(runs / "evil", "=cmd()", 1, [0.5])
    comparison = compared([runs / "low", runs / "evil"])
    write_comparison(comparison, tmp_path / "out")
    told = json.loads((tmp_path / "out" / "comparison.json").read_text())
    with open(tmp_path / "out" / "comparison.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["median"]) for row in rows] == pytest.approx([row["median"] for row in told["medians"]])
    assert rows[1]["group"] == "'=cmd(), seed 1"
    assert (tmp_path / "out" / "comparison-theory.svg").exists()
    assert (tmp_path / "out" / "comparison-theory.png").exists()
