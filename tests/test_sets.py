"""Sets of pieces compared: distances and their densities, what is copied, the command `analyze --against`."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from evolve.cli import cli
from evolve.copying import shared_runs
from evolve.distances import Distances, between, density, divergence, overlap, within
from evolve.formats.format import file_format
from evolve.piece_set import PieceSet, in_c, numbers_of
from evolve.sets import COMPARED, compared_sets, table
from fitness.entries import feature
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.theory import Key

G_MAJOR = (67, 69, 71, 72, 74, 76, 78, 79)


def tune(seed: int, steps: bool = True, length: int = 24) -> Phrase:
    """A line in G major, of steps in quarters and eighths, or of leaps in halves."""
    rng = np.random.default_rng(seed)
    place, onset, notes = int(rng.integers(0, 8)), 0, []
    for _ in range(length):
        place = int(np.clip(place + rng.integers(-1, 2), 0, 7)) if steps else int(rng.integers(0, 8))
        duration = int(rng.choice([12, 24])) if steps else 48
        notes.append(Note(onset, duration, G_MAJOR[place]))
        onset += duration
    return Phrase((Voice(tuple(notes)),), onset, ((0, Key("G")),))


def pieces(seeds: range, name: str = "pieces", steps: bool = True) -> PieceSet:
    return PieceSet.of(name, [(f"{seed}.mid", tune(seed, steps)) for seed in seeds])


def written(folder: Path, seeds: range, steps: bool = True) -> Path:
    folder.mkdir()
    for seed in seeds:
        (folder / f"{seed:03d}.mid").write_bytes(file_format["mid"].function(tune(seed, steps), tempo_bpm=96.0))
    return folder


def distances_of(a: list[float], b: list[float]) -> Distances:
    return Distances.of("ambitus", "pitch range", "semitones", np.array([a]), np.array([b]))


def test_distances_are_those_of_all_pairs_of_a_set_and_of_both():
    """Counted pair by pair, each pair of a set once."""
    rng = np.random.default_rng(1)
    x, y = rng.random((3, 5)), rng.random((3, 4))
    own = [np.linalg.norm(x[:, i] - x[:, j]) for i in range(5) for j in range(i + 1, 5)]
    both = [np.linalg.norm(x[:, i] - y[:, j]) for i in range(5) for j in range(4)]
    assert within(x) == pytest.approx(np.array(own))
    assert between(x, y) == pytest.approx(np.array(both))
    found = Distances.of("intervals", "intervals", "shares", x, y)
    assert found.numbers == (10, 6, 20)
    assert found.spread == pytest.approx(np.mean(own) / within(y).mean())


def test_densities_are_those_of_scipy():
    """Gaussian kernels, all with the least of Scott's bandwidths; scipy adds them up one by one."""
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(1, 30)), rng.normal(1, 2, size=(1, 40))
    found = Distances.of("ambitus", "", "", x, y)
    lists = (within(x), within(y), between(x, y))
    width = min(values.std(ddof=1) * len(values) ** -0.2 for values in lists)
    for own, values in zip(found.densities, lists, strict=True):
        theirs = stats.gaussian_kde(values, bw_method=width / values.std(ddof=1))(found.grid)
        assert own == pytest.approx(theirs, abs=2e-3 * theirs.max())


def test_overlap_and_divergence_are_the_integrals():
    """Against the known overlap and divergence of two normal densities, one standard deviation apart."""
    grid = np.linspace(-9, 10, 4001)
    one, other = (np.exp(-0.5 * (grid - mean) ** 2) / np.sqrt(2 * np.pi) for mean in (0, 1))
    assert overlap(one, other, grid) == pytest.approx(0.617075, abs=1e-4)
    assert divergence(one, other, grid) == pytest.approx(0.5, abs=1e-6)


def test_a_density_loses_no_tail():
    """The grid reaches beyond the data, and what lies on it sums to 1."""
    found = distances_of([1, 2, 4, 8, 9], [3, 3, 5, 30])
    step = found.grid[1] - found.grid[0]
    assert found.densities.sum(axis=1) * step == pytest.approx(np.ones(3))
    assert found.densities[:, [0, -1]].max() < 1e-4 * found.densities.max()
    assert density(np.array([0.5]), np.linspace(0, 1, 101), 0.05).argmax() == 50


@pytest.mark.parametrize(("a", "b"), [([5] * 4, [5] * 4), ([5] * 4, [9] * 4), ([5] * 4, [1, 5, 9, 30])])
def test_sets_without_variance_have_finite_figures(a, b):
    """Where all distances are one, a kernel density has no width of its own."""
    plain = distances_of(a, b).plain()
    assert all(np.isfinite(value) for key, value in plain.items() if key not in ("feature", "label", "spread"))
    assert (plain["spread"] is None) == (len(set(b)) == 1)
    assert plain["overlap_pieces"] == pytest.approx(1.0 if a == b else 0.0, abs=0.3)


def test_a_set_overlaps_with_itself_and_is_not_told_apart():
    """And all of it is copied."""
    found = compared_sets(pieces(range(40)), pieces(range(40)))
    assert all(row["overlap_pieces"] > 0.9 and row["kld_pieces"] < 0.05 for row in found.rows)
    assert found.means["spread"] == pytest.approx(1.0)
    assert found.told_apart in (None, {"linear": 0.5, "trees": 0.5})
    assert found.copying["intervals"]["pieces"]["share"] == 1.0
    assert found.copying["intervals"]["pieces"]["most"] == 23


def test_other_pieces_of_one_kind_pass_and_other_kinds_do_not():
    """Steps in quarters and eighths, against others of these and against leaps in halves."""
    corpus = pieces(range(40))
    alike, other = (compared_sets(pieces(range(100, 130), steps=steps), corpus) for steps in (True, False))
    assert alike.means["overlap_pieces"] > 0.85 > 0.5 > other.means["overlap_pieces"]
    assert alike.means["kld_corpus"] < 0.1 < other.means["kld_corpus"]
    if other.told_apart is not None:
        assert other.told_apart == {"linear": 1.0, "trees": 1.0}
        assert max(alike.told_apart.values()) < 0.7


def test_a_set_of_like_pieces_has_a_small_spread():
    """A population that has collapsed: variants of one tune, each with one other note."""
    line = tune(1)
    notes = line.voices[0].notes
    variants = [
        replace(line, voices=(Voice((*notes[:i], replace(notes[i], pitch=72), *notes[i + 1 :])),)) for i in range(20)
    ]
    found = compared_sets(PieceSet.of("like", [(f"{i}", p) for i, p in enumerate(variants)]), pieces(range(40)))
    assert found.means["spread"] < 0.4


def test_pieces_are_compared_in_c_whatever_their_key():
    """The same tune in another key is the same piece, by every feature that hears pitch classes."""
    moved = [
        replace(
            p,
            keys=((0, Key("E")),),
            voices=(Voice(tuple(replace(note, pitch=note.pitch - 3) for note in p.voices[0].notes)),),
        )
        for p in map(tune, range(10))
    ]
    there = PieceSet.of("moved", [(str(i), p) for i, p in enumerate(moved)])
    assert np.array_equal(numbers_of(there), numbers_of(pieces(range(10))))


def test_a_piece_is_moved_the_shorter_way_where_it_has_room():
    """From A up, from E down; from the top of the range down, from its bottom up."""
    assert str(in_c(Phrase.parse("A major 4/4: A4"))) == "C major 4/4: C5"
    assert str(in_c(Phrase.parse("E minor 4/4: E4"))) == "C minor 4/4: C4"
    assert str(in_c(Phrase.parse("A major 4/4: F#9"))) == "C major 4/4: A8"
    assert str(in_c(Phrase.parse("E major 4/4: D-1"))) == "C major 4/4: Bb-1"
    with pytest.raises(ValueError, match="must leave room to be moved to C, got pitches 0 to 127"):
        in_c(Phrase.parse("G major 4/4: C-1 G9"))


def runs(phrase: Phrase) -> set[tuple[int, ...]]:
    """All runs of intervals of a piece, voice by voice."""
    lines = [[b.pitch - a.pitch for a, b in zip(v.notes, v.notes[1:], strict=False)] for v in phrase.voices]
    return {tuple(m[i:j]) for m in lines for i in range(len(m)) for j in range(i + 1, len(m) + 1)}


def test_shared_runs_are_those_found_one_by_one():
    """Every run of every voice is looked for in every other piece; few pitches, so that much is shared."""
    rng = np.random.default_rng(3)

    def line(size: int) -> Voice:
        return Voice(tuple(Note(24 * i, 24, int(p)) for i, p in enumerate(rng.integers(60, 63, size))))

    for _ in range(40):
        some = [
            Phrase(tuple(line(int(rng.integers(0, 14))) for _ in range(rng.integers(1, 3))), 400)
            for _ in range(rng.integers(2, 8))
        ]
        half = len(some) // 2
        ours, theirs = some[:half], some[half:]
        found, within = shared_runs(Phrases.of(*ours), Phrases.of(*theirs)), shared_runs(Phrases.of(*some))
        for i, piece in enumerate(ours):
            lengths = [max(map(len, runs(piece) & runs(other)), default=0) for other in theirs]
            assert found.longest[i] == max(lengths)
            assert lengths[found.of[i]] == max(lengths) if max(lengths) else found.of[i] == -1
            known = set().union(*map(runs, theirs))
            lines = [[b.pitch - a.pitch for a, b in zip(v.notes, v.notes[1:], strict=False)] for v in piece.voices]
            figures = [tuple(m[k : k + 8]) in known for m in lines for k in range(len(m) - 7)]
            assert found.share[i] == (np.mean(figures) if figures else 0.0)
        for i, piece in enumerate(some):
            lengths = [max(map(len, runs(piece) & runs(o)), default=0) for j, o in enumerate(some) if j != i]
            assert within.longest[i] == max(lengths)


def test_a_planted_copy_is_found_with_its_source():
    """Twelve notes of a piece of the corpus, a fourth higher and twice as slow; in other lengths, by intervals only."""
    corpus = pieces(range(30), "corpus")
    stolen = [Note(2 * n.onset, 2 * n.duration, n.pitch + 5) for n in corpus.phrases[17].voices[0].notes[3:15]]
    start = stolen[0].onset
    stolen = [replace(note, onset=note.onset - start) for note in stolen]
    planted = Phrase((Voice(tuple(stolen)),), stolen[-1].end)
    own = Phrases.of(planted)
    for by in ("intervals", "figures"):
        found = shared_runs(own, corpus.phrases, by=by)
        assert (found.longest[0], found.of[0], found.share[0]) == (11, 17, 1.0)
    even = tuple(Note(24 * i, 24, note.pitch) for i, note in enumerate(stolen))
    assert shared_runs(Phrases.of(Phrase((Voice(even),), 24 * 12)), corpus.phrases).longest[0] == 11
    assert shared_runs(Phrases.of(Phrase((Voice(even),), 24 * 12)), corpus.phrases, by="figures").longest[0] < 11


def test_a_long_piece_changes_nothing_for_the_others(monkeypatch):
    """Pieces are heard in batches of about one length, in whatever order they come."""
    some = [("long", tune(1, length=300)), *((str(seed), tune(seed)) for seed in range(2, 40))]
    whole = numbers_of(PieceSet.of("some", some))
    monkeypatch.setattr("evolve.piece_set.BLOCK", 7)
    assert np.array_equal(numbers_of(PieceSet.of("some", some)), whole)
    assert np.array_equal(numbers_of(PieceSet.of("others", some[1:])), whole[:, 1:])


def test_every_compared_feature_is_in_the_catalogue():
    """Yang and Lerch's nine of a whole piece, and the intervals."""
    assert len(COMPARED) == 10
    assert all(name in feature for name, _, _ in COMPARED)


def test_the_table_has_a_line_a_feature_and_warns_of_few_pieces():
    """Below fifty pieces a side the figures are rough."""
    told = table(compared_sets(pieces(range(20), "mine"), pieces(range(50, 100), "songs")))
    assert told.startswith("pieces: 20 of mine; corpus: 50 of songs; all moved to C")
    assert all(label in told for _, label, _ in COMPARED)
    assert "note: mine: only 20 pieces; below 50 all figures are rough" in told
    assert "songs: only" not in told
    assert "\nby intervals and rhythm" in told


def test_without_scikit_learn_the_rest_is_told(monkeypatch):
    """One line names the extra."""
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    found = compared_sets(pieces(range(10)), pieces(range(10, 20)))
    assert found.as_json()["told_apart"] is None
    assert "this needs scikit-learn: pip install 'evophrase[learn]'" in table(found)
    assert "told apart" not in table(found)


def test_the_command_prints_a_table_or_json_and_draws(tmp_path):
    """The same figures each time; a file that cannot be read is passed over with a note."""
    ours, theirs = written(tmp_path / "ours", range(12)), written(tmp_path / "theirs", range(20, 35), steps=False)
    (ours / "broken.mid").write_bytes(b"MThd")
    words = ["analyze", str(ours), "--against", str(theirs)]
    done = CliRunner().invoke(cli, [*words, "--plot", str(tmp_path / "figure.png")], catch_exceptions=False)
    assert done.exit_code == 0
    assert f"pieces: 12 of {ours}"[:40] in done.output
    assert "note: left out: " in done.output
    assert f"drawn: {tmp_path / 'figure.png'}" in done.output
    drawn = (tmp_path / "figure.svg").read_bytes(), (tmp_path / "figure.png").read_bytes()
    again = CliRunner().invoke(cli, [*words, "--json", "--plot", str(tmp_path / "figure")], catch_exceptions=False)
    told = json.loads(again.stdout)
    assert [row["feature"] for row in told["features"]] == [name for name, _, _ in COMPARED]
    assert told["pieces"]["number"] == 12
    assert told["means"]["overlap_pieces"] < 0.7
    assert ((tmp_path / "figure.svg").read_bytes(), (tmp_path / "figure.png").read_bytes()) == drawn


def test_what_is_no_set_is_refused_in_one_line(tmp_path):
    """Too few pieces, nothing there, an option that is for single pieces."""
    few, many = written(tmp_path / "few", range(3)), written(tmp_path / "many", range(10))

    def refused(*words: object) -> str:
        done = CliRunner().invoke(cli, ["analyze", *map(str, words)])
        assert done.exit_code == 2
        return done.output

    assert "few: a set must have at least 10 pieces with notes, got 3; add some" in refused(few, "--against", many)
    assert "must be a file of music or a folder of such" in refused(many, "--against", tmp_path / "nowhere")
    assert "--track and --against exclude each other" in refused(many, "--against", many, "--track", 1)
    (few / "broken.mid").write_bytes(b"MThd")
    assert "broken.mid: " in refused(few / "broken.mid", "--against", many)
