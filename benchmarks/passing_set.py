"""Does a set of bred melodies pass for the songs it was bred after?

`python benchmarks/passing_set.py SONGS.json [--quick] [--json] [--seed N] [--melodies N] [--parts]`; SONGS.json is as
`benchmarks/songs.py` reads it.  The songs are written to MIDI files in a folder that is thrown away; then
`experiments/folk_songs.yaml` runs with them as its corpus, as a user would run it.  `--quick` breeds a few tunes after
a few public-domain ones, which proves that the script runs.  `--parts` measures besides what each part of the recipe
does: nothing but the start; targets drawn from the style; choosing alone; classifiers without choosing; and changes of
single notes alone.

Overlap, divergence, spread, copying and the recipe's own AUC are those of `evophrase analyze --against`.  The foreign
AUC is that of classifiers on numbers that the recipe does not use (the pitch, the attack and the number of notes on
each beat, the contour at sixteen moments, runs of three contour classes, compression, the longest repeats): linear,
boosted trees, and a forest of 300 deep trees; five folds.  `--held` breeds after two thirds of the songs, too, and
tests on the others, for a set that was bred and chosen after the very songs it is tested on is flattered.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.songs import read
from benchmarks.table import Row, as_table, cpu
from evolve.discriminator import told_apart
from evolve.draft import Drawn
from evolve.experiment import Experiment
from evolve.exports import candidates_for_set
from evolve.formats.midi import to_bytes
from evolve.melodies import melodies
from evolve.nulls import null
from evolve.passing import own_numbers
from evolve.piece_set import PieceSet
from evolve.run import run
from evolve.sets import compared_sets
from evolve.variants import MUSICAL, SINGLE, Change
from fitness.corpus import Corpus
from fitness.entries import feature
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.portrait import portrait
from fitness.theory import QUARTER
from fitness.tokens import tokens
from tests.melodies import TUNES

EXPERIMENT = Path(__file__).resolve().parent.parent / "experiments" / "folk_songs.yaml"
BEATS, BARS = 4, 8  # of the beat grid
TREES = 300
WIDTHS = (9, 9, 8, 9, 7, 17, 8, 8, 13, 8)
SAMPLES = 2400  # tunes that are begun and not bred, from which choosing alone chooses
QUICK = ["algorithm.population=24", "algorithm.epochs=2", "algorithm.children=2", "export.best=10"]
TARGETS = {
    "overlap": ">= 0.97", "divergence": "<= 0.005", "spread": ">= 0.93", "own": "<= 0.65", "seen": "<= 0.65",
    "foreign": "<= 0.75", "intervals": "<= 0.045", "figures": "<= 0.002", "longest": "<= 12", "seconds": "<= 600",
}  # fmt: skip


@dataclass(frozen=True)
class Passed:
    """The figures of one set."""

    overlap: float
    divergence: float
    spread: float
    own: float
    seen: float
    foreign: dict[str, float]
    intervals: float
    figures: float
    longest: int


def foreign_numbers(phrases: Phrases) -> NDArray[np.float64]:
    """Numbers that the recipe does not use, `[numbers, n]`."""
    told = [
        feature["contour_curve"].function(phrases), feature["contour_ngrams"].function(phrases, size=3),
        feature["lz_complexity"].function(phrases), feature["longest_repeat"].function(phrases),
        feature["largest_pattern"].function(phrases),
    ]  # fmt: skip
    return np.concatenate([np.array([_on_beats(phrases[i]) for i in range(phrases.n)]).T, *told])


def _on_beats(piece: Phrase) -> list[float]:
    """For each of four parts of each of eight bars: pitch above the tonic, whether a note begins, how many begin."""
    notes = piece.voices[0].notes
    mean, tonic = sum(note.pitch for note in notes) / len(notes), piece.keys[0][1].pitch_class
    home = tonic + 12 * round((mean - tonic) / 12)
    lines = [tick for tick, _ in piece.barlines()]
    row: list[float] = []
    for bar in range(BARS):
        start = lines[bar] if bar < len(lines) else piece.length
        for beat in range(BEATS):
            tick = start + beat * piece.metres[0][1].bar // BEATS
            there = [note for note in notes if note.onset <= tick < note.end]
            begun = [note for note in notes if tick <= note.onset < tick + QUARTER]
            row += [there[0].pitch - home if there else 0, float(any(n.onset == tick for n in there)), len(begun)]
    return [*row, notes[0].pitch - home, notes[-1].pitch - home, notes[-1].duration, piece.length - notes[-1].end]


def forest_auc(real: NDArray[np.float64], ours: NDArray[np.float64], seed: int) -> float:
    """AUC of a forest of deep trees, over five folds."""
    from sklearn.ensemble import RandomForestClassifier  # an extra, and slow to import
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    given = np.concatenate([real, ours], axis=1).T
    is_real = np.arange(len(given)) < real.shape[1]
    forest = RandomForestClassifier(TREES, min_samples_leaf=2, random_state=seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return float(
        roc_auc_score(is_real, cross_val_predict(forest, given, is_real, cv=folds, method="predict_proba")[:, 1])
    )


def figures_of(ours: Sequence[Phrase], songs: Sequence[Phrase], seed: int) -> Passed:
    """What `analyze --against` says of a set, and what classifiers see that look elsewhere."""
    named = ([(str(i), piece) for i, piece in enumerate(pieces)] for pieces in (ours, songs))
    told = compared_sets(*(PieceSet.of(name, pieces) for name, pieces in zip(("ours", "songs"), named, strict=True)),
                         seed=seed).as_json()  # fmt: skip
    means, copied = told["means"], told["copying"]
    real, theirs = (foreign_numbers(Phrases.of(*pieces)) for pieces in (songs, ours))
    foreign = {**told_apart(real, theirs, seed=seed), "forest": forest_auc(real, theirs, seed)}
    batch, corpus = Phrases.of(*ours), Corpus(Phrases.of(*songs))
    numbers = told_apart(own_numbers(corpus, corpus.pieces, own=True), own_numbers(corpus, batch), seed=seed)
    seen = max(*numbers.values(), *told_apart(tokens(corpus.pieces), tokens(batch), seed=seed).values())
    return Passed(
        min(means["overlap_pieces"], means["overlap_corpus"]), max(means["kld_pieces"], means["kld_corpus"]),
        means["spread"], max(told["told_apart"].values()), seen, foreign, copied["intervals"]["pieces"]["share"],
        copied["figures"]["pieces"]["share"], copied["intervals"]["pieces"]["most"],
    )  # fmt: skip


def bred(experiment: Experiment, *, choose: bool = True, changes: Drawn[Change] = MUSICAL) -> list[Phrase]:
    """The set that an experiment hands over; without choosing, so many of its last population."""
    experiment = replace(experiment, kind=replace(experiment.kind, changes=changes))  # type: ignore[type-var]
    for last in run(experiment):  # noqa: B007 - the last generation is what counts
        pass
    judge, number = last.judge or experiment.judge, experiment.export.best
    pool = last.champions if choose and last.champions is not None else last.population
    batch = candidates_for_set(pool, experiment.kind)
    chosen = judge.chosen(batch, number) if choose else np.arange(min(number, batch.n))  # type: ignore[union-attr]
    return [batch[int(i)] for i in chosen]


def begun(experiment: Experiment, number: int, seed: int, *, choose: bool) -> list[Phrase]:
    """Tunes as they begin, not bred; with `choose`, those of so many that together are spread as the songs."""
    batch = experiment.kind.decode(experiment.kind.sample(number, np.random.default_rng(seed)))
    chosen = experiment.judge.chosen(batch, experiment.export.best) if choose else range(number)  # type: ignore[union-attr]
    return [batch[int(i)] for i in chosen]


def held_out(songs: Sequence[Phrase], folder: Path, quick: bool, seed: int) -> str:
    """AUC of a set bred after two thirds of the songs against the other third; and of the two thirds themselves.

    Classifiers that are trained and tested on the songs after which a set was bred flatter it: below .5 it is nearer to
    them than they are to each other.
    """
    cut = 2 * len(songs) // 3
    for file in sorted(folder.iterdir())[cut:]:
        file.rename(folder.parent / file.name)
    made = bred(Experiment.load(EXPERIMENT, [f"corpus=[{folder}]", *(QUICK if quick else [])], seed))
    for number in range(cut + 1, len(songs) + 1):
        (folder.parent / f"{number:03d}.mid").rename(folder / f"{number:03d}.mid")
    test = Phrases.of(*songs[cut:])
    lines = [f"{'':18}{'portrait':>18}{'tokens':>18}{'foreign':>18}   forest"]
    for name, pieces in (("the set", Phrases.of(*made)), ("the songs", Phrases.of(*songs[:cut]))):
        cells = [told_apart(f(test), f(pieces), seed=seed) for f in (portrait, tokens, foreign_numbers)]
        forest = forest_auc(foreign_numbers(test), foreign_numbers(pieces), seed)
        told = "".join(f"{cell['linear']:10.3f}{cell['trees']:8.3f}" for cell in cells)
        lines.append(f"{name:18}{told}{forest:9.3f}")
    return "\n".join(lines)


def parts_of(
    load: Callable[[list[str]], Experiment], alone: Experiment, seed: int
) -> dict[str, Callable[[], list[Phrase]]]:
    """The recipe with parts left out."""
    return {
        "start": lambda: begun(load([]), load([]).export.best, seed, choose=False),
        "choosing": lambda: begun(load([]), SAMPLES, seed, choose=True),
        "targets": lambda: bred(alone),
        "classifiers": lambda: bred(load([]), choose=False),
        "single notes": lambda: bred(load(["algorithm.crossover=0"]), changes=SINGLE),
        "whole recipe": lambda: bred(load([])),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", nargs="?", type=Path, help="the file of the songs; not needed with --quick")
    parser.add_argument("--quick", action="store_true", help="a few tunes: some seconds")
    parser.add_argument("--json", action="store_true", help="print a JSON document and nothing else")
    parser.add_argument("--seed", type=int, default=1, help="of the run and of the classifiers, from 0")
    parser.add_argument("--melodies", type=int, default=0, help="print so many of the melodies in notation")
    parser.add_argument(
        "--held", action="store_true", help="breed after two thirds of the songs, test on the others, too"
    )
    parser.add_argument("--parts", action="store_true", help="what each part of the recipe does, too")
    asked = parser.parse_args()
    if asked.songs is None and not asked.quick:
        parser.error("name the file of the songs, or ask for --quick")
    songs = read(asked.songs) if asked.songs else _few(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "songs"
        folder.mkdir()
        for number, song in enumerate(songs, 1):
            (folder / f"{number:03d}.mid").write_bytes(to_bytes(song, tempo_bpm=100))
        corpus = [f"corpus=[{folder}]", *(QUICK if asked.quick else [])]

        def load(more: list[str]) -> Experiment:
            return Experiment.load(EXPERIMENT, [*corpus, *more], asked.seed)

        ours: list[Phrase] = []
        seconds = cpu(lambda: ours.extend(bred(load([]))))
        found = {"whole recipe": figures_of(ours, songs, asked.seed)}
        held = held_out(songs, folder, asked.quick, asked.seed) if asked.held else None
        if asked.parts:
            alone = Experiment.load(EXPERIMENT, QUICK if asked.quick else [], asked.seed)
            makers = parts_of(load, alone, asked.seed)
            found = {part: figures_of(make(), songs, asked.seed) if part != "whole recipe" else found["whole recipe"]
                     for part, make in makers.items()}  # fmt: skip
    if asked.json:
        told = {part: vars(figures) for part, figures in found.items()}
        print(json.dumps({"seconds": seconds, "sets": told, "melodies": list(map(str, ours))}, indent=1))
        return 0
    print(f"{len(ours)} melodies after {len(songs)} songs, seed {asked.seed}\n")
    print(as_table(_rows(found["whole recipe"], seconds, asked.quick)))
    if asked.parts:
        print("\n" + as_parts(found))
    if held:
        print(
            "\nbred after two thirds of the songs, AUC against the others; and of the two thirds against the others\n"
            + held
        )
    for melody in ours[: asked.melodies]:
        print(f"\n{melody}")
    return 0


def _few(seed: int) -> list[Phrase]:
    """The tests' tunes with their lengths in other orders: a corpus for the quick form."""
    rng = np.random.default_rng(seed)
    return [null(tune, "rhythm", rng) for tune in melodies(TUNES.values()) for _ in range(6)]


def _rows(set_: Passed, seconds: float, quick: bool) -> list[Row]:
    named: list[tuple[str, str, Any]] = [
        ("overlap", "overlapping area, mean, the lesser of both sides", set_.overlap),
        ("divergence", "divergence in nats, mean, the greater of both sides", set_.divergence),
        ("spread", "spread over that of the songs, mean", set_.spread),
        ("own", "AUC of the better classifier on the features of analyze", set_.own),
        ("seen", "AUC of the best classifier on what the recipe sees", set_.seen),
        ("foreign", "AUC of the best classifier on foreign features", max(set_.foreign.values())),
        ("intervals", "share of figures of 8 intervals that are a song's", set_.intervals),
        ("figures", "the same with rhythm", set_.figures),
        ("longest", "intervals of the longest run that is a song's", set_.longest),
        ("seconds", "seconds of CPU time, loading included", seconds),
    ]
    return [Row(key, text, value, None if quick else TARGETS[key]) for key, text, value in named]


def as_parts(found: dict[str, Passed]) -> str:
    """A line a part."""
    names = (
        "overlap",
        "diverge",
        "spread",
        "own AUC",
        "seen",
        "foreign: linear",
        "trees",
        "forest",
        "8 intervals",
        "rhythm",
    )
    lines = [f"{'':14}" + "".join(f"{name:>{width}}" for name, width in zip(names, WIDTHS, strict=True))]
    for part, s in found.items():
        cells = [s.overlap, s.divergence, s.spread, s.own, s.seen, *s.foreign.values(), s.intervals, s.figures]
        lines.append(f"{part:14}" + "".join(f"{cell:>{width}.3f}" for cell, width in zip(cells, WIDTHS, strict=True)))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
