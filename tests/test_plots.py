"""Figures: drawn from a record alone, the same bytes every time, whatever the names and numbers."""

import os
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from evolve.plots import write_plots
from evolve.plots.curves import write_comparison
from evolve.plots.figures import constraints_of
from evolve.plots.roll import MOST_ROWS, _faults, _rows, write_roll
from evolve.plots.style import PALETTE, SHAPES, colour_of, shapes_of, shortened
from evolve.record import Record, as_json
from fitness.entries import rule
from fitness.phrase import Phrase

ROOT = Path(__file__).parents[1]
TUNE = "G major 3/4 pickup=24: D4 | G4*2 A4 | B4*3 ' | A4*2 F#4 | G4*2 ; <bass@32> r | G2*3 | G2*3 | D3*3 | G2*2"
EVIL = [
    "$x^2$", "$\\frac{", "<script>alert(1)</script>", "--> <!--", "a\x1b[2Jb", "\u202eevil", "=cmd()", "x" * 500,
    "山 😀 שלום", "_hidden",
]  # fmt: skip


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
            assert "\u202e".encode() not in data


def test_a_formula_in_a_name_is_drawn_letter_by_letter(tmp_path):
    """Promise 5: mathtext would make one short formula of it; the SVG tells each text in a comment."""
    write_plots(made(tmp_path, names=("$x^2$",)))
    assert b"<!-- $x^2$ -->" in (tmp_path / "plots" / "criteria.svg").read_bytes()


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


def test_a_name_that_begins_with_an_underscore_is_in_the_legend(tmp_path):
    """Matplotlib would leave it out."""
    write_roll(Phrase.parse(TUNE), told(TUNE, ("_hidden",)), "a", tmp_path / "roll")
    write_comparison([("_hidden", [made(tmp_path / "a")])], "theory", tmp_path / "comparison")
    for name in ("roll.svg", "comparison.svg"):
        assert b"<!-- _hidden" in (tmp_path / name).read_bytes()


def test_comparisons_of_runs_of_other_lengths_can_be_drawn(tmp_path):
    """A run that ended early keeps its last value."""
    short, long = made(tmp_path / "a", generations=1), made(tmp_path / "b", generations=9)
    write_comparison([("short", [short]), ("both", [short, long])], "theory", tmp_path / "comparison")
    ET.fromstring((tmp_path / "comparison.svg").read_bytes())


def test_a_criterion_has_the_same_colour_in_every_figure_of_every_run():
    """The name alone decides, so a colour learnt once holds."""
    assert colour_of("leaps_recovered") == colour_of("leaps_recovered") != colour_of("legal_leaps")


def test_the_colours_are_shared_out_evenly_among_the_rules():
    """No colour stands for more than two rules above its share."""
    colours = Counter(colour_of(entry.name) for entry in rule)
    assert max(colours.values()) <= colours.total() / len(PALETTE) + 2


def test_ten_criteria_in_a_figure_have_ten_shapes_whatever_their_order():
    """Who sees no colours tells them apart all the same."""
    names = [f"rule_{i}" for i in range(len(SHAPES))]
    assert shapes_of(names) == shapes_of(names[::-1])
    assert len(set(shapes_of(names).values())) == len(SHAPES)
    assert shapes_of([*names, "one_more"])["one_more"] in SHAPES


def test_the_last_criteria_are_the_constraints_that_resolved_yaml_lists(tmp_path):
    """By their number, because labels are not rule names."""
    record = made(tmp_path, names=("bars_follow", "legal_leaps", "legal_leaps 2"))
    assert constraints_of(record) == frozenset()
    record.write_text("resolved.yaml", "constraints:\n- {rule: legal_leaps}\n- rule: legal_leaps\n  voices: [a]\n")
    assert constraints_of(record) == {"legal_leaps", "legal_leaps 2"}
    record.write_text("resolved.yaml", "constraints: []\n")
    assert constraints_of(record) == frozenset()


@pytest.mark.parametrize("text", ["", "constraints: 7", "- a", "constraints: [", "a: !!python/object:x y", "\x1b"])
def test_a_spoilt_resolved_yaml_marks_no_constraints(tmp_path, text):
    """The figures are drawn all the same."""
    record = made(tmp_path)
    record.write_text("resolved.yaml", text)
    assert constraints_of(record) == frozenset()


def test_constraints_look_other_than_wishes(tmp_path):
    """Filled marks and thick frames."""
    phrase = Phrase.parse(TUNE)
    for name, constraints in (("wish", ()), ("constraint", ("in_key",))):
        write_roll(phrase, told(TUNE), "a", tmp_path / name, constraints)
    assert (tmp_path / "wish.png").read_bytes() != (tmp_path / "constraint.png").read_bytes()


def test_rows_of_a_long_piece_hold_eight_bars_and_align_at_their_barlines():
    """The pick-up hangs to the left of the first row."""
    phrase = Phrase.parse("3/4 pickup=24: G4 | " + " | ".join(["C5*3"] * 20))
    rows, missing = _rows(phrase)
    assert [(row.begin, row.end) for row in rows] == [(0, 600), (600, 1176), (1176, 1464)]
    assert [row.left for row in rows] == [0, 576, 1152]
    assert not missing


def test_a_piece_too_long_for_a_picture_says_which_bars_are_shown():
    """Ten thousand bars are no picture."""
    rows, missing = _rows(Phrase.parse("1/4: C4*400"))
    assert len(rows) == MOST_ROWS
    assert missing == " (bars 1–256 of 400)"


def test_a_place_is_marked_on_all_its_notes_and_named_at_the_first():
    """A bar that does not follow the template is framed whole."""
    place = {"onset": 24, "end": 96, "voices": [0], "heard": "bar 1"}
    faults = _faults(Phrase.parse(TUNE), [{"name": "bars_follow", "places": [place]}])
    assert [(fault.note.onset, fault.at) for fault in faults] == [(24, 24), (72, None)]


def test_two_faults_on_one_note_lie_side_by_side():
    """Neither hides the other."""
    place = {"onset": 24, "end": 72, "voices": [0], "heard": "bar 1"}
    broken = [{"name": name, "places": [place]} for name in ("in_key", "legal_leaps")]
    assert [(fault.ring, fault.nth) for fault in _faults(Phrase.parse(TUNE), broken)] == [(0, 0), (1, 1)]


def test_two_faults_along_a_held_note_are_marked_where_they_happen():
    """A dissonance on the third beat of a whole note is not one on the first; the frame is drawn once."""
    places = [{"onset": tick, "end": tick + 24, "voices": [0], "heard": ""} for tick in (24, 48)]
    faults = _faults(Phrase.parse("r C4*3"), [{"name": "consonant_on_the_beat", "places": places}])
    assert [(fault.at, fault.ring, fault.nth) for fault in faults] == [(24, 0, 0), (48, 0, 0)]


def test_a_place_in_silence_is_marked_at_the_note_before():
    """And nowhere where there is none."""
    phrase = Phrase.parse("C4 r D4")
    for place, marked in (({"onset": 24, "end": 48, "voices": [0]}, [0]), ({"onset": 0, "end": 0, "voices": [0]}, [])):
        faults = _faults(phrase, [{"name": "rests_at_phrase_ends", "places": [place]}])
        assert [fault.note.onset for fault in faults] == marked


def test_names_of_pitches_that_would_overlap_are_left_out(tmp_path):
    """Chromatic over eight octaves; a picture is nine inches wide at 110 dots each."""
    tune = "12/4: " + " ".join(f"{name}{octave}" for octave in range(8) for name in ("C", "C#", "D", "D#", "E", "F"))
    write_roll(Phrase.parse(tune), told(tune), "a", tmp_path / "roll")
    size = struct.unpack(">II", (tmp_path / "roll.png").read_bytes()[16:24])
    assert size[0] == 990
    assert size[1] < 1000


def test_a_cut_text_says_so():
    """With an ellipsis, within its length."""
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"
    assert shortened("a\x1bb\u202ec", 3) == "abc"
