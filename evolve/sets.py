"""Does one set of pieces pass for another?  Distances, what classifiers can tell, and what was copied.

The pieces are compared with a corpus.  All are moved to C by the (first) key that they state, or that was found where
they state none; times are in quarters and parts of the bar, never in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evolve.copying import FIGURE, shared_runs
from evolve.discriminator import CLASSIFIERS, NoLearner, told_apart
from evolve.distances import Distances
from evolve.piece_set import PieceSet, numbers_of
from evolve.text import safe_text
from fitness.entries import feature

# The nine features of Yang and Lerch (2020) that are of a whole piece, and the intervals: name, label, unit.
COMPARED = (
    ("degree_profile", "pitch classes, from the tonic", "shares of time"),
    ("pitch_class_transitions", "pitch-class transitions", "shares of moves"),
    ("pitch_count", "number of pitches", "pitches"),
    ("ambitus", "pitch range", "semitones"),
    ("mean_interval", "mean interval", "semitones"),
    ("interval_profile", "intervals", "shares of moves"),
    ("note_count", "number of notes", "notes"),
    ("inter_onset", "mean time between onsets", "quarters"),
    ("note_lengths", "note lengths", "shares of notes"),
    ("note_length_transitions", "note-length transitions", "shares of pairs"),
)
BY = {"intervals": "intervals", "figures": "intervals and rhythm"}


@dataclass(frozen=True, eq=False)
class SetComparison:
    """Pieces against a corpus; `told_apart` is the area under the curve of each classifier, None without scikit-learn.

    `numbers` is how many numbers of a piece the classifiers saw; `copying` tells by intervals, and by
    intervals and rhythm, what the pieces share with the corpus, and what each piece of the corpus with the others.
    """

    pieces: PieceSet
    corpus: PieceSet
    distances: tuple[Distances, ...]
    told_apart: dict[str, float] | None
    numbers: int
    copying: dict[str, dict[str, dict[str, Any]]]
    notes: tuple[str, ...]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The figures of each feature."""
        return [distances.plain() for distances in self.distances]

    @cached_property
    def means(self) -> dict[str, float | None]:
        """The means over all features."""
        keys = [key for key in self.rows[0] if key not in ("feature", "label")]
        columns = {key: [row[key] for row in self.rows if row[key] is not None] for key in keys}
        return {key: float(np.mean(column)) if column else None for key, column in columns.items()}

    @property
    def title(self) -> str:
        """What is compared with what."""
        pieces, corpus = (f"{each.n} of {safe_text(each.name, 60)}" for each in (self.pieces, self.corpus))
        return f"pieces: {pieces}; corpus: {corpus}"

    @property
    def chance(self) -> float:
        """The area that sets of this size reach by chance in one of forty comparisons of a set with its like."""
        a, b = self.pieces.n, self.corpus.n
        return 0.5 + 1.96 * float(np.sqrt((a + b + 1) / (12 * a * b)))

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "pieces": {"name": self.pieces.name, "number": self.pieces.n},
            "corpus": {"name": self.corpus.name, "number": self.corpus.n},
            "features": self.rows, "means": self.means, "told_apart": self.told_apart, "numbers": self.numbers,
            "chance": self.chance, "copying": self.copying, "notes": list(self.notes),
        }  # fmt: skip


def compared_sets(pieces: PieceSet, corpus: PieceSet, *, seed: int = 1) -> SetComparison:
    """The pieces against the corpus; `seed` is for the classifiers alone."""
    distances = tuple(
        Distances.of(name, label, unit, pieces.feature(feature[name]), corpus.feature(feature[name]))
        for name, label, unit in COMPARED
    )
    notes = dict.fromkeys((*pieces.notes, *corpus.notes))
    ours, real = (numbers_of(each) for each in (pieces, corpus))
    varying = int(np.count_nonzero(np.ptp(np.concatenate([ours, real], axis=1), axis=1)))
    try:
        apart = told_apart(real, ours, seed=seed)
    except NoLearner as error:
        apart, notes = None, {**notes, f"whether classifiers can tell the sets apart: {error}": None}
    copying = {}
    for by in ("intervals", "figures"):
        shared = shared_runs(pieces.phrases, corpus.phrases, by=by)
        within = shared_runs(corpus.phrases, by=by)
        copying[by] = {
            "pieces": shared.plain(pieces.names, corpus.names),
            "corpus": within.plain(corpus.names, corpus.names),
        }
    return SetComparison(pieces, corpus, distances, apart, varying, copying, tuple(notes))


def table(comparison: SetComparison) -> str:
    """The comparison as text: a line a feature, their means, then the classifiers, copying, and notes."""
    wide = max(len("  in the corpus, of each other"), *(len(label) for _, label, _ in COMPARED))
    lines = [
        f"{comparison.title}; all moved to C",
        "overlap of the distances within a set with those between the sets (1: alike), divergence in nats (0: alike)",
        f"{'':{wide}}   within the pieces   within the corpus",
        f"{'distances by':{wide}}   overlap   diverge   overlap   diverge   spread",
    ]
    for row in [*comparison.rows, {"label": "mean", **comparison.means}]:
        figures = (row[f"{what}_{which}"] for which in ("pieces", "corpus") for what in ("overlap", "kld"))
        spread = "     -" if row["spread"] is None else f"{row['spread']:6.2f}"
        lines.append(f"{row['label']:{wide}}   {'   '.join(f'{figure:7.2f}' for figure in figures)}   {spread}")
    lines.append("spread: mean distance within the pieces over that within the corpus")
    if comparison.told_apart is not None:
        areas = ", ".join(f"{by} {comparison.told_apart[by]:.2f}" for by in CLASSIFIERS)
        chance = f"0.5: not at all, up to {comparison.chance:.2f} by chance, 1: at once"
        lines.append(f"told apart by classifiers, AUC: {areas} ({chance})")
        lines.append(f"  from {comparison.numbers} numbers of each piece, in five folds")
    lines.append(f"{'copied':{wide}}   figures of {FIGURE} moves   longest run: median   most")
    for by, said in comparison.copying.items():
        lines.append(_copied(f"by {BY[by]}", wide, said["pieces"]))
        lines.append(_copied("  in the corpus, of each other", wide, said["corpus"]))
    return "\n".join([*lines, *(f"note: {safe_text(note, 400)}" for note in comparison.notes)])


def _copied(label: str, wide: int, said: dict[str, Any]) -> str:
    source = "" if said["of"] is None else f"   {safe_text(said['piece'])} from {safe_text(said['of'])}"
    return f"{label:{wide}}   {said['share']:18.3f}   {said['median']:19g}   {said['most']:4}{source}"
