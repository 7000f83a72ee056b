"""Figures of numbers over time: fitness, criteria, runs compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from evolve.plots.style import INK, LINES, PALE, PALETTE, colours, figure, named, styled, write
from evolve.record import Record
from evolve.text import safe_text

Numbers = NDArray[np.float64]

LANES = "grey: from 0 to 1; solid: the best phrase; dashed: the population's mean; a gap: it did not apply"


def write_fitness(record: Record, path: Path) -> None:
    """Each axis over evaluations: the best so far, and the population's median, quartiles and extremes."""
    rows = record.metrics
    evaluations = np.array([row["evaluations"] for row in rows], float)
    faults = np.array([row["faults"]["median"] for row in rows], float)
    best_faults = np.array([row["best"]["faults"] for row in rows], float)
    axes = list(rows[0]["quantiles"])
    constrained = bool(faults.any() or best_faults.any())
    with styled():
        made = figure(7.0, 2.7 * len(axes) + 1.3 * constrained + 0.4)
        ratios = [2.7] * len(axes) + [1.3] * constrained
        panels = made.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios)[:, 0]
        for panel, axis in zip(panels, axes, strict=False):
            low, first, middle, third, high = np.array([row["quantiles"][axis] for row in rows]).T
            best = np.array([row["best"]["axes"][axis] for row in rows])
            panel.fill_between(evaluations, low, high, color=PALETTE[0], alpha=0.13, lw=0, label="whole population")
            panel.fill_between(evaluations, first, third, color=PALETTE[0], alpha=0.30, lw=0, label="middle half")
            panel.plot(evaluations, middle, color=PALETTE[0], lw=1.2, ls="dashed", label="median")
            panel.plot(evaluations, best, color=INK, lw=1.6, label="best so far")
            panel.set_ylim(min(0.4, float(low.min()) - 0.02), 1.02)
            named(panel, y=f"{axis} (0-1)")
        panels[0].legend(loc="lower right", ncols=2)
        named(panels[0], record.title, y=f"{axes[0]} (0-1)")
        if constrained:
            panels[-1].plot(evaluations, faults, color=PALETTE[1], lw=1.2, ls="dashed", label="median")
            panels[-1].plot(evaluations, best_faults, color=INK, lw=1.6, label="best so far")
            panels[-1].yaxis.set_major_locator(MaxNLocator(4, integer=True))
            panels[-1].set_ylim(bottom=0)
            panels[-1].legend(loc="upper right")
            named(panels[-1], y="faults")
        panels[-1].set_xlabel("evaluations")
        panels[-1].set_xlim(evaluations[0], max(evaluations[-1], evaluations[0] + 1))
        write(made, path)


def write_criteria(record: Record, path: Path) -> None:
    """Each criterion over generations in a lane of its own: the best phrase's worth, and the population's mean.

    All lanes lie in one panel: twenty-five panels take ten times as long to draw.
    """
    rows = record.metrics
    generations = np.array([row["generation"] for row in rows])
    names = list(rows[0]["criteria"])
    shades = colours(names)
    with styled():
        made = figure(7.5, 0.36 * len(names) + 1.1)
        panel = made.subplots()
        for lane, name in enumerate(reversed(names)):
            best, mean = (_series([row[key].get(name) for row in rows]) for key in ("criteria", "means"))
            panel.axhspan(lane, lane + 0.8, color=PALE, alpha=0.35, lw=0)
            panel.plot(generations, lane + 0.8 * mean, color=shades[name], lw=1.0, ls="dashed")
            panel.plot(generations, lane + 0.8 * best, color=shades[name], lw=1.6)
        panel.set_yticks([lane + 0.4 for lane in range(len(names))], [safe_text(name, 40) for name in reversed(names)])
        panel.tick_params(axis="y", length=0)
        panel.spines["left"].set_visible(False)
        panel.set_xlim(0, max(1, generations[-1]))
        panel.set_ylim(-0.2, len(names))
        named(panel, f"{record.title}: worth of each criterion", "generation\n" + LANES)
        write(made, path)


def _series(values: list[float | None]) -> Numbers:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def write_comparison(groups: Sequence[tuple[str, Sequence[Record]]], axis: str, path: Path) -> None:
    """The best so far on one axis at equal evaluations: the median of each group's runs with their middle half.

    A run that ended early keeps its last value; the curves end where the longest run does.
    """
    end = max(record.metrics[-1]["evaluations"] for _, records in groups for record in records)
    begin = min(record.metrics[0]["evaluations"] for _, records in groups for record in records)
    at = np.unique(np.linspace(begin, max(end, begin + 1), 400).round())
    with styled():
        made = figure(7.0, 3.6)
        panel = made.subplots()
        for number, (label, records) in enumerate(groups):
            curves = np.array([_held(record, axis, at) for record in records])
            low, middle, high = np.quantile(curves, (0.25, 0.5, 0.75), axis=0)
            colour, line = PALETTE[number % len(PALETTE)], LINES[number % len(LINES)]
            runs = f"{len(records)} run{'s' * (len(records) != 1)}"
            if len(records) > 1:
                panel.fill_between(at, low, high, color=colour, alpha=0.22, lw=0, step="post")
            panel.step(at, middle, where="post", color=colour, ls=line, lw=1.6, label=safe_text(f"{label} ({runs})"))
        panel.legend(loc="lower right")
        panel.set_xlim(at[0], at[-1])
        named(
            panel, f"{axis}: median of the best so far, band: middle half of the runs", "evaluations", f"{axis} (0-1)"
        )
        write(made, path)


def _held(record: Record, axis: str, at: Numbers) -> Numbers:
    """The best so far at some numbers of evaluations; before the first, its value."""
    evaluations = np.array([row["evaluations"] for row in record.metrics])
    best = np.array([row["best"]["axes"][axis] for row in record.metrics])
    held: Numbers = best[np.maximum(np.searchsorted(evaluations, at, side="right") - 1, 0)]
    return held
