"""Figures of a record, or of a phrase and its score; never of a running population."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from evolve.anatomy import Analysis
from evolve.distances import Distances
from evolve.record import Record
from fitness.phrase import Phrase


def write_plots(record: Record) -> None:
    """Every figure of a run, as SVG and PNG, into its `plots/`."""
    from evolve.plots.figures import write_all  # matplotlib takes 0.6 s to import; checking and listing must not

    write_all(record)


def write_critique(phrase: Phrase, told: dict[str, Any], title: str, path: Path, constraints: Collection[str]) -> None:
    """A phrase as a piano roll with its faults, as `path` .svg and .png; `told` as an entry of `best/scores.json`."""
    from evolve.plots.roll import write_roll  # as above

    write_roll(phrase, told, title, path, constraints)


def write_sets(distances: Sequence[Distances], title: str, path: Path) -> None:
    """Densities of the distances within and between two sets, a panel a feature, as `path` .svg and .png."""
    from evolve.plots.sets import write_sets as draw  # as above

    draw(distances, title, path)


def write_analysis(analysis: Analysis, path: Path) -> None:
    """What was found in a piece: notes, phrases, figures, harmony, tension, what is unusual; `path` .svg and .png."""
    from evolve.plots.anatomy import write_analysis as draw  # as above

    draw(analysis, path)
