"""Figures: drawn from a record alone, the same bytes every time, whatever the names and numbers."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from evolve.plots import write_plots
from evolve.plots.curves import write_comparison
from evolve.plots.roll import write_roll
from evolve.plots.style import PALETTE, colours
from evolve.record import Record, as_json
from fitness.phrase import Phrase

ROOT = Path(__file__).parents[1]
TUNE = "G major 3/4 pickup=24: D4 | G4*2 A4 | B4*3 ' | A4*2 F#4 | G4*2 ; <bass@32> r | G2*3 | G2*3 | D3*3 | G2*2"
EVIL = ["$x^2$", "<script>alert(1)</script>", "a\x1b[2Jb", "\u202eevil", "=cmd()", "x" * 500]


def told(phrase: str, names: tuple[str, ...] = ("in_key", "legal_leaps")) -> dict:
    place = {"onset": 24, "end": 72, "voices": [0], "heard": "bar 1, beat 1 (G4)"}
    criteria = [{"name": n, "worth": 0.5, "broken": 1, "tested": 2, "places": [place]} for n in names]
    return {"notation": phrase, "faults": 1, "axes": {"theory": 0.5}, "criteria": criteria}


def made(folder: Path, *, generations: int = 3, names: tuple[str, ...] = ("in_key",), tunes: tuple[str, ...] = (TUNE,)):
    """A record with curves and phrases, written as a run does."""
    record = Record.create(folder, names[0], 1, [])
    for number in range(generations):
        worth = dict.fromkeys(names, None if number % 2 else 0.25 * number)
        row = {
            "generation": number, "evaluations": 100 * (number + 1), "best": {"faults": 0, "axes": {"theory": 0.5}},
            "faults": {"least": 0, "median": 2.0 - number / 2}, "quantiles": {"theory": [0.1, 0.2, 0.3, 0.4, 0.5]},
            "criteria": worth, "means": worth, "distinct": 1.0,
        }  # fmt: skip
        record.append("metrics.jsonl", as_json(row))
    record.write_text("best/scores.json", as_json([told(tune, names) for tune in tunes]))
    return Record.open(folder)


def drawn(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "plots").iterdir())}


def test_a_run_gets_fitness_criteria_and_a_piano_roll_a_phrase(tmp_path):
    """Each as SVG and PNG."""
    write_plots(made(tmp_path, tunes=(TUNE, TUNE)))
    stems = ["criteria", "fitness", "phrase_01", "phrase_02"]
    assert list(drawn(tmp_path)) == [f"{stem}.{suffix}" for stem in stems for suffix in ("png", "svg")]


def test_figures_are_the_same_bytes_in_another_process_with_another_hash_seed_and_time_zone(tmp_path):
    """No date, no random element names."""
    write_plots(made(tmp_path))
    ours = drawn(tmp_path)
    code = f"from evolve.plots import write_plots; from evolve.record import Record; from pathlib import Path;\
write_plots(Record.open(Path({str(tmp_path)!r})))"
    elsewhere = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=elsewhere, check=True)
    assert drawn(tmp_path) == ours


def test_a_users_own_matplotlib_settings_change_nothing(tmp_path):
    """A style set elsewhere in the process is not ours."""
    import matplotlib as mpl

    write_plots(made(tmp_path))
    ours = drawn(tmp_path)
    with mpl.rc_context({"font.size": 30, "svg.hashsalt": "x", "axes.grid": True}):
        write_plots(Record.open(tmp_path))
    assert drawn(tmp_path) == ours


@pytest.mark.parametrize("name", EVIL)
def test_names_from_files_come_out_as_plain_text(tmp_path, name):
    """No formula, no script, no control character reaches a figure."""
    write_plots(made(tmp_path, names=(name,)))
    for file, data in drawn(tmp_path).items():
        if file.endswith(".svg"):
            ET.fromstring(data)
            assert b"<script" not in data
            assert b"\x1b" not in data


@pytest.mark.parametrize(
    "tune",
    [
        "C major 4/4:",
        "4/4: r*4",
        "C4/8",
        "C4 ; E4 ; G4 ; C5",
        "7/8: " + " ".join(["C4/2 D4/2 E4/2 F4/2 G4*3/2"] * 64),
        "3/4 pickup=24: G4 | C5*3 | [2/4] D5*2 | [D major] E5*2",
    ],
)
def test_every_sort_of_phrase_can_be_drawn(tmp_path, tune):
    """Empty, silent, tiny, in four voices, long, with changes of key and metre."""
    phrase = Phrase.parse(tune)
    write_roll(phrase, told(str(phrase)), "a", tmp_path / "roll")
    assert (tmp_path / "roll.png").stat().st_size > 1000


def test_one_generation_and_criteria_that_never_applied_can_be_drawn(tmp_path):
    """A run stopped at once still has its figures."""
    write_plots(made(tmp_path, generations=1, names=("a", "b")))
    write_plots(made(tmp_path / "none", generations=2))


def test_comparisons_of_runs_of_other_lengths_can_be_drawn(tmp_path):
    """A run that ended early keeps its last value."""
    short, long = made(tmp_path / "a", generations=1), made(tmp_path / "b", generations=9)
    write_comparison([("short", [short]), ("both", [short, long])], "theory", tmp_path / "comparison")
    ET.fromstring((tmp_path / "comparison.svg").read_bytes())


def test_a_criterion_has_the_same_colour_whatever_the_order_and_few_never_share_one():
    """Ten criteria have ten colours."""
    names = [f"rule_{i}" for i in range(len(PALETTE))]
    assert colours(names) == colours(names[::-1])
    assert len(set(colours(names).values())) == len(PALETTE)
