"""Figures of a Pareto front: every exported phrase can be found in them, whatever the front and the names."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from evolve.plots.front import Front, Scale, _heaps, _panels, write_front
from evolve.plots.labels import NUMBER, _wrapped, spread
from evolve.plots.parallel import write_parallel
from evolve.record import Record, as_json

ROOT = Path(__file__).parents[1]
NAMES = ("theory", "style", "novelty", "singability", "motif", "form")
EVIL = [
    "$x^2$", "$\\frac{", "<script>alert(1)</script>", "--> <!--", "a\x1b[2Jb", "\u202eevil", "x" * 500, "山 😀 שלום",
    "_hidden", "",
]  # fmt: skip
BOTH = pytest.mark.parametrize("draw", [write_front, write_parallel])


def made(folder: Path, values, *, exported: int = 3, faults=(), names=NAMES) -> Record:
    """A record with a front of some values, [phrases, axes]."""
    record = Record.create(folder, names[0], 1, [])
    faults = [*faults, *[0] * len(values)]
    front = [
        {"number": i + 1, "notation": "C4", "faults": faults[i], "axes": dict(zip(names, row, strict=False))}
        for i, row in enumerate(np.asarray(values).tolist())
    ]
    record.write_text("pareto.json", as_json(front))
    record.write_text("best/scores.json", as_json([{**told, "criteria": []} for told in front[:exported]]))
    return Record.open(folder)


def sphere(phrases: int, axes: int) -> np.ndarray:
    """A convex front."""
    drawn = np.abs(np.random.default_rng(1).normal(size=(phrases, axes)))
    return 0.3 + 0.6 * drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def texts(path: Path) -> list[str]:
    """Each text of an SVG; matplotlib tells it in a comment before its outlines."""
    return re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8"))


def numbers_in(text: str) -> set[int]:
    """The numbers that a label stands for."""
    found = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", text):
        found |= set(range(int(first), int(last or first) + 1))
    return found


@BOTH
def test_a_front_is_the_same_bytes_in_another_process_with_another_hash_seed(tmp_path, draw):
    """No date, no random element names, no order of a set."""
    record = made(tmp_path / "run", sphere(40, 3), faults=(0, 1) * 20)
    draw(record, tmp_path / "a")
    code = f"from {draw.__module__} import {draw.__name__} as draw; from evolve.record import Record\n\
from pathlib import Path; draw(Record.open(Path({str(tmp_path / 'run')!r})), Path({str(tmp_path / 'b')!r}))"
    elsewhere = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=elsewhere, check=True)
    for suffix in ("svg", "png"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


@pytest.mark.parametrize("axes", [2, 3, 4, 6])
def test_every_exported_number_is_written_in_every_panel_and_at_both_ends(tmp_path, axes):
    """Who has heard a phrase finds it in the figure."""
    record = made(tmp_path, sphere(60, axes), exported=10)
    write_front(record, tmp_path / "front")
    write_parallel(record, tmp_path / "parallel")
    panels, ends = axes * (axes - 1) // 2, texts(tmp_path / "parallel.svg")
    beside = [numbers_in(text) for text in texts(tmp_path / "front.svg") if re.fullmatch(r"[\d, –]+", text)]
    for number in range(1, 11):
        assert sum(number in some for some in beside) == panels
        assert ends.count(str(number)) == 2


@BOTH
@pytest.mark.parametrize("axes", [2, 3, 6])
def test_a_front_of_one_phrase_can_be_drawn(tmp_path, draw, axes):
    """At the corners of what is possible, too."""
    for value in (0.0, 0.5, 1.0):
        draw(made(tmp_path / str(value), [[value] * axes]), tmp_path / "one")
        ET.fromstring((tmp_path / "one.svg").read_bytes())
        assert "1" in texts(tmp_path / "one.svg")


@BOTH
def test_a_front_of_which_nothing_was_exported_can_be_drawn(tmp_path, draw):
    """And its legend does not speak of what is not there."""
    draw(made(tmp_path, sphere(9, 3), exported=0), tmp_path / "none")
    assert not [text for text in texts(tmp_path / "none.svg") if "exported" in text and "not exported" not in text]


@BOTH
def test_a_front_of_a_thousand_phrases_of_which_64_are_exported_can_be_drawn(tmp_path, draw):
    """As many as an experiment may ask for."""
    draw(made(tmp_path, sphere(1000, 2), exported=64), tmp_path / "many")
    found = [numbers_in(text) for text in texts(tmp_path / "many.svg") if re.fullmatch(r"[\d, –]+", text)]
    assert set().union(*found) == set(range(1, 65))


@BOTH
@pytest.mark.parametrize("name", EVIL)
def test_the_name_of_an_axis_comes_out_as_plain_text(tmp_path, draw, name):
    """No formula, no script, no control character reaches a figure."""
    draw(made(tmp_path, sphere(5, 3), names=(name, "b", "c")), tmp_path / "evil")
    data = (tmp_path / "evil.svg").read_bytes()
    ET.fromstring(data)
    assert b"<script" not in data
    assert b"\x1b" not in data
    assert "\u202e".encode() not in data


@BOTH
def test_a_formula_in_the_name_of_an_axis_is_drawn_letter_by_letter(tmp_path, draw):
    """A name with dollars is a name; and each axis tells its range."""
    draw(made(tmp_path, sphere(5, 2), names=("$x^2$", "b")), tmp_path / "evil")
    assert {"$x^2$ (0–1)", "b (0–1)"} <= set(texts(tmp_path / "evil.svg"))


@BOTH
def test_long_names_are_broken_into_lines_and_told_in_full(tmp_path, draw):
    """Two species of counterpoint differ in the middle of their names."""
    names = ("counterpoint_of_the_first_species", "counterpoint_of_the_second_species", "likeness to folk song")
    draw(made(tmp_path, sphere(5, 3), names=names), tmp_path / "long")
    told = "".join(texts(tmp_path / "long.svg"))
    assert "first_species" in told
    assert "second_species" in told


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("theory", ["theory"]),
        ("the tenor  alone", ["the", "tenor", "alone"]),
        ("leaps_of the_tenor", ["leaps_of", "the_", "tenor"]),
        ("incomprehensible", ["incompre", "hensible"]),
        ("", [""]),
    ],
)
def test_a_name_is_broken_at_blanks_and_after_underscores_and_else_anywhere(name, lines):
    """Into lines of at most eight characters, without blanks at their ends."""
    assert _wrapped(name, 8).split("\n") == lines


def test_each_two_axes_are_drawn_once_and_an_axis_has_one_scale():
    """Below the diagonal; panels above each other can be compared by eye."""
    front = Front(NAMES[:4], sphere(20, 4), np.zeros(20, bool), (1, 2))
    panels = _panels(front, 500, 500)
    assert [panel.axes for panel in panels] == [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
    for axis in range(4):
        scales = [panel.x for panel in panels if panel.axes[0] == axis]
        scales += [panel.y for panel in panels if panel.axes[1] == axis]
        assert len({(scale.low, scale.high) for scale in scales}) == 1


def test_panels_lie_on_the_page_and_not_on_each_other():
    """With room for names and ticks."""
    front = Front(NAMES, sphere(20, 6), np.zeros(20, bool), ())
    panels = _panels(front, 600, 500)
    assert min(panel.x.begin for panel in panels) > 20
    assert max(panel.x.end for panel in panels) <= 600
    assert max(panel.y.end for panel in panels) <= 500
    for one, other in combinations(panels, 2):
        beside = one.x.end < other.x.begin or other.x.end < one.x.begin
        assert beside or one.y.end < other.y.begin or other.y.end < one.y.begin


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0], ids=["concave", "straight", "convex"])
@pytest.mark.parametrize("near", [False, True])
def test_numbers_do_not_lie_on_each_other_nor_outside_nor_on_an_exported_phrase(power, near):
    """Ten phrases along a front, or ten within a few points of each other."""
    x = np.linspace(0.5, 0.51, 10) if near else np.linspace(0, 1, 10)
    values = np.concatenate([np.stack([x, (1 - x**power) ** (1 / power)], -1), [[0, 1], [1, 0]]])
    front = Front(NAMES[:2], values, np.zeros(12, bool), tuple(range(1, 11)))
    (panel,) = _panels(front, 440, 300)
    labels = panel.labels(front.numbers)
    assert [label.text for label in labels] == [str(number) for number in front.numbers]
    for one, other in combinations(labels, 2):
        assert (np.abs(one.middle - other.middle) >= (one.size + other.size) / 2 - 1e-6).any()
    for label in labels:
        low, high = label.middle - label.size / 2, label.middle + label.size / 2
        assert (low >= [panel.x.begin, panel.y.begin]).all()
        assert (high <= [panel.x.end, panel.y.end]).all()
        assert not any(((low < other.spot) & (other.spot < high)).all() for other in labels)
        assert np.hypot(*(np.clip(label.spot, low, high) - label.spot)) < 60


def test_exported_phrases_at_one_point_share_a_label():
    """Theory 0.5 and style 0.5, thrice: the numbers stand side by side."""
    front = Front(NAMES[:2], np.array([[0.5, 0.5]] * 3 + [[0.4, 0.6], [0.5, 0.5]]), np.zeros(5, bool), (1, 2, 3, 4, 5))
    (panel,) = _panels(front, 440, 300)
    assert [label.text for label in panel.labels(front.numbers)] == ["1–3, 5", "4"]


def test_other_phrases_at_one_point_make_a_larger_dot_and_the_legend_says_so(tmp_path):
    """Rules score in steps, so this is common; faulty ones are counted apart."""
    values, faulty = np.array([[0.5, 0.5]] * 4 + [[0.4, 0.6]]), np.array([False, False, False, True, False])
    front = Front(NAMES[:2], values, faulty, (1,))
    heaps = {heap: values[ones[0, 1]].tolist() for heap, ones in _heaps(front).items()}
    assert heaps == {(False, 1): [[0.4, 0.6]], (False, 2): [[0.5, 0.5]], (True, 1): [[0.5, 0.5]]}
    write_front(made(tmp_path / "one", [[0.5, 0.5]] * 8), tmp_path / "one")
    write_front(made(tmp_path / "each", sphere(8, 2)), tmp_path / "each")
    assert "larger: several at one point (up to 5)" in texts(tmp_path / "one.svg")
    assert not any("larger" in text for text in texts(tmp_path / "each.svg"))


def test_phrases_with_faults_are_hollow_and_the_legend_says_so_where_there_are_some(tmp_path):
    """They break what the experiment calls a constraint."""
    values = sphere(8, 2)
    write_front(made(tmp_path / "a", values, faults=(0, 2, 0, 0, 1)), tmp_path / "faults")
    write_front(made(tmp_path / "b", values), tmp_path / "none")
    assert "hollow: breaks constraints (2)" in texts(tmp_path / "faults.svg")
    assert not any("hollow" in text for text in texts(tmp_path / "none.svg"))
    assert b"fill: #ffffff; stroke: #d55e00" in (tmp_path / "faults.svg").read_bytes()
    assert b"fill: #ffffff; stroke: #d55e00" not in (tmp_path / "none.svg").read_bytes()


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([0.31, 0.69], ["0.4", "0.5", "0.6"]),
        ([0, 1], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ([1, 1], ["0.95", "0.96", "0.97", "0.98", "0.99", "1.00"]),
        ([0.5, 0.5], ["0.48", "0.49", "0.50", "0.51", "0.52"]),
    ],
)
def test_ticks_are_round_values_among_those_there_are(values, written):
    """Even where there is but one value, a scale has a width."""
    scale = Scale.of("a", np.array(values, float), 0, 150)
    assert [text for _, text in scale.ticks()] == written
    assert all(0 <= at <= 150.001 for at, _ in scale.ticks())


@pytest.mark.parametrize("margin", [0.0, 0.1])
def test_no_tick_lies_below_0_or_above_1(margin):
    """There are no such values."""
    for low, high in ((0.0, 1.0), (0.0, 0.0), (1.0, 1.0)):
        ticks = Scale.of("a", np.array([low, high]), 0, 150, margin).ticks()
        assert all(0 <= float(text) <= 1 for _, text in ticks)


def test_numbers_at_an_end_keep_apart_in_their_order_and_near_their_lines():
    """Who stands alone is not moved; of equals the first is highest."""
    assert spread(np.array([50.0, 10.0, 90.0]), 10, 0, 100).tolist() == [50, 10, 90]
    assert spread(np.array([50.0, 50.0, 50.0]), 10, 0, 100).tolist() == [60, 50, 40]
    assert spread(np.array([1.0, 0.0, 2.0, 40.0]), 10, 0, 100).tolist() == [10, 0, 20, 40]
    assert spread(np.array([100.0, 99.0]), 10, 0, 100).tolist() == [100, 90]
    assert spread(np.array([]), 10, 0, 100).tolist() == []


def test_numbers_of_any_heights_keep_apart_within_the_axis():
    """A hundred times, twenty seeded heights with equals among them."""
    rng = np.random.default_rng(3)
    for _ in range(100):
        heights = rng.integers(0, 30, 20) * 10.0
        placed = spread(heights, NUMBER, 0, 300)
        assert np.diff(np.sort(placed)).min() > NUMBER - 1e-9
        assert placed.min() > -1e-9
        assert placed.max() < 300 + 1e-9
        assert (np.diff(heights[np.argsort(placed)]) >= 0).all()
