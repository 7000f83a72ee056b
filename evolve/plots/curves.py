"""Figures of numbers over time: fitness, criteria, runs compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from evolve.plots.style import INK, LINES, PALE, PALETTE, colour_of, figure, shortened, styled, write
from evolve.record import Record

Numbers = NDArray[np.float64]

BAND = 0.6  # of a lane, the height in which its curves lie; its name stands above
STEPS = 400  # evaluations at which runs are compared: more than a figure has points


def write_fitness(record: Record, path: Path) -> None:
    """Each axis over evaluations: the best so far, and the population's median, quartiles and extremes.

    Where a phrase of the run had faults against the constraints, they lie below: they count first, so the
    best phrase can fall on an axis while it loses faults.
    """
    rows, alone = record.metrics, len(record.metrics) == 1
    evaluations = _series([row["evaluations"] for row in rows])
    if alone:  # a band needs a width
        rows, evaluations = rows * 2, evaluations + np.array([-0.5, 0.5])
    faults = _series([row["faults"]["median"] for row in rows])
    least = _series([row["best"]["faults"] for row in rows])
    axes = list(rows[0]["quantiles"])
    constrained = bool(faults.any() or least.any())
    with styled():
        ratios = [2.4] * len(axes) + [1.0] * constrained
        made = figure(7.0, sum(ratios) + 1.1, record.title)
        panels = made.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios)[:, 0]
        for panel, axis in zip(panels, axes, strict=False):
            low, first, middle, third, high = np.array([row["quantiles"][axis] for row in rows]).T
            best = _series([row["best"]["axes"][axis] for row in rows])
            panel.fill_between(
                evaluations, low, high, color=PALETTE[0], alpha=0.14, lw=0, label="all of the population"
            )
            panel.fill_between(evaluations, first, third, color=PALETTE[0], alpha=0.34, lw=0, label="its middle half")
            _line(panel, evaluations, middle, color=PALETTE[0], lw=1.2, ls="dashed", label="its median")
            order = ", fewest faults first" * constrained
            _line(panel, evaluations, best, color=INK, lw=1.6, label=f"best phrase so far{order}")
            panel.set_ylim(min(0.4, float(low.min()) - 0.02), 1.02)
            panel.set_ylabel(f"{shortened(axis, 24)} (0–1)")
        made.align_ylabels(panels)
        if constrained:
            _line(panels[-1], evaluations, faults, color=PALETTE[0], lw=1.2, ls="dashed")
            _line(panels[-1], evaluations, least, color=INK, lw=1.6)
            panels[-1].yaxis.set_major_locator(MaxNLocator(4, integer=True))
            panels[-1].set_ylim(bottom=-0.06 * panels[-1].get_ylim()[1])
            panels[-1].set_ylabel("faults (count)")
        panels[-1].set_xlabel("evaluations")
        panels[-1].set_xlim(evaluations[0], evaluations[-1])
        if alone:
            panels[-1].set_xticks([evaluations.mean()])
        handles, labels = panels[0].get_legend_handles_labels()
        made.legend(handles, labels, loc="outside lower left", ncols=4, handlelength=1.6, columnspacing=1.4)
        write(made, path)


def write_criteria(record: Record, path: Path, constraints: Collection[str] = ()) -> None:
    """Each criterion over generations in a lane of its own: the best phrase's worth, and the population's mean.

    The lanes of a column lie in one panel: twenty-five panels take ten times as long to draw.
    """
    rows = record.metrics
    generations = _series([row["generation"] for row in rows])
    names = list(rows[0]["criteria"])
    columns = 1 + (len(names) > 6) + (len(names) > 14)
    deep = -(-len(names) // columns) or 1
    with styled():
        made = figure(3.2 * columns + (columns == 1) * 2, 0.55 * deep + 1.3, f"{record.title}: worth of each criterion")
        panels = made.subplots(1, columns, sharex=True, squeeze=False)[0]
        for number, name in enumerate(names):
            panel, lane = panels[number // deep], deep - 1 - number % deep
            best, mean = (_series([row[key].get(name) for row in rows]) for key in ("criteria", "means"))
            panel.axhspan(lane, lane + BAND, color=PALE, alpha=0.4, lw=0)
            _line(panel, generations, lane + BAND * mean, color=colour_of(name), lw=1.0, ls="dashed")
            _line(panel, generations, lane + BAND * best, color=colour_of(name), lw=1.6)
            said = shortened(name, 30) + " · constraint" * (name in constraints)
            panel.text(0, lane + BAND + 0.12, said, size=8, transform=panel.get_yaxis_transform())
        for panel in panels:
            panel.set_yticks([])
            panel.tick_params(axis="y", length=0)
            panel.spines["left"].set_visible(False)
            panel.set_ylim(-0.15, deep)
            panel.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            panel.set_xlabel("generation")
        panels[0].set_yticks([lane + end for lane in range(deep) for end in (0, BAND)], ["0", "1"] * deep, size=6)
        panels[0].set_ylabel("worth (0–1)")
        panels[0].set_xlim(generations[0], max(generations[-1], generations[0] + 1))
        solid, dashed = (panels[0].plot([], [], color=INK, lw=w, ls=s)[0] for w, s in ((1.6, "solid"), (1.0, "dashed")))
        told = ["best phrase so far", "mean of the population (a gap: did not apply)"]
        made.legend([solid, dashed], told, loc="outside lower left", ncols=2)
        write(made, path)


def _series(values: list[float | None]) -> Numbers:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _line(panel: Axes, x: Numbers, y: Numbers, **look: Any) -> None:
    """A line with gaps; what stands alone between gaps is a dot."""
    panel.plot(x, y, **look)
    there = np.concatenate([[False], ~np.isnan(y), [False]])
    alone = there[1:-1] & ~there[:-2] & ~there[2:]
    if alone.any():
        panel.plot(x[alone], y[alone], ls="", marker="o", ms=look["lw"] + 0.8, color=look["color"], clip_on=False)


def write_comparison(groups: Sequence[tuple[str, Sequence[Record]]], axis: str, path: Path) -> None:
    """The best so far on one axis at equal evaluations: the median of each group's runs with their middle half.

    The band of a single run is the middle half of its population.  A run that has ended keeps its last value;
    where all runs of a group have, its line is pale.  A group begins where all its runs have evaluated a
    generation; all go on to where the longest run ended.
    """
    first = [max(record.metrics[0]["evaluations"] for record in records) for _, records in groups]
    last = [max(record.metrics[-1]["evaluations"] for record in records) for _, records in groups]
    columns = 1 if max(len(label) for label, _ in groups) > 34 else 2
    at = np.unique([*first, *last, *np.linspace(min(first), max(*last, min(first) + 1), STEPS).round()])
    with styled():
        made = figure(
            7.0, 3.4 + 0.19 * -(-len(groups) // columns), f"{axis}: the best phrase so far at equal evaluations"
        )
        panel = made.subplots()
        lines: list[Line2D] = []
        labels: list[str] = []
        for number, (label, records) in enumerate(groups):
            curves = np.array([_held(r, at, [row["best"]["axes"][axis] for row in r.metrics]) for r in records])
            low, middle, high = np.quantile(curves, (0.25, 0.5, 0.75), axis=0)
            if len(records) == 1:
                rows = records[0].metrics
                low, high = (_held(records[0], at, [row["quantiles"][axis][i] for row in rows]) for i in (1, 3))
            colour, line = PALETTE[number % len(PALETTE)], LINES[number % len(LINES)]
            goes, after = (at >= first[number]) & (at <= last[number]), at >= last[number]
            panel.fill_between(at[goes], low[goes], high[goes], color=colour, alpha=0.22, lw=0, step="post")
            runs = f"({len(records)} run{'s' * (len(records) != 1)})"
            look: dict[str, Any] = {"where": "post", "color": colour, "ls": line, "lw": 1.6}
            panel.step(at[after], middle[after], alpha=0.35, **look)
            lines += panel.step(at[goes], middle[goes], **look)
            labels.append(f"{shortened(label, 80)} {runs}")
        panel.margins(x=0, y=0.04)
        several, single = (any((len(records) > 1) is many for _, records in groups) for many in (True, False))
        told = "median of the runs, band: their middle half" if several else "band: middle half of the population"
        told += " (one run: of its population)" * (several and single)
        panel.set_title(told + "; pale: has ended" * (min(last) < max(last)))
        panel.set_xlabel("evaluations")
        panel.set_ylabel(f"{shortened(axis, 24)} (0–1)")
        made.legend(lines, labels, loc="outside lower left", ncols=columns, handlelength=2.6)
        write(made, path)


def _held(record: Record, at: Numbers, values: list[float]) -> Numbers:
    """A value for each generation, at some numbers of evaluations: that of the generation before, or of the first."""
    evaluations = np.array([row["evaluations"] for row in record.metrics])
    held: Numbers = np.array(values)[np.maximum(np.searchsorted(evaluations, at, side="right") - 1, 0)]
    return held
