"""Two sets of pieces compared: the densities of distances within each and between them, a panel a feature."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evolve.distances import Distances
from evolve.plots.style import GREY, PALETTE, figure, styled, write

COLUMNS = 2
LOW = 1e-3  # of the highest density of a panel: what lies beyond is not shown
LOOKS: tuple[dict[str, Any], ...] = (
    {"color": PALETTE[0], "lw": 1.6},
    {"color": PALETTE[1], "lw": 1.6, "ls": "dashed"},
)


def write_sets(distances: Sequence[Distances], title: str, path: Path) -> None:
    """Each feature in a panel, as `path` .svg and .png: three densities of distances, and the overlaps in numbers.

    The nearer both sets' own distances (in colour) lie to those between them (grey), the better they pass for
    each other; where a set's own lie to the left of the others', its pieces are too much alike.
    """
    deep = -(-len(distances) // COLUMNS)
    with styled():
        made = figure(7.0, 1.45 * deep + 0.9, title)
        panels = made.subplots(deep, COLUMNS, squeeze=False).ravel()
        for panel, told in zip(panels, distances, strict=False):
            _draw(panel, told)
        for panel in panels[len(distances) :]:
            panel.set_visible(False)
        for panel in panels[::COLUMNS]:
            panel.set_ylabel("density")
        handles = [panels[0].fill_between([], [], color=GREY, alpha=0.35, lw=0)]
        handles += [panels[0].plot([], [], **look)[0] for look in LOOKS]
        names = ["between the sets", "within the pieces", "within the corpus; numbers: overlap with the grey"]
        made.legend(handles, names, loc="outside lower left", ncols=3, handlelength=2.4)
        write(made, path)


def _draw(panel: Axes, told: Distances) -> None:
    own, theirs, between = told.densities
    panel.fill_between(told.grid, between, color=GREY, alpha=0.35, lw=0)
    for density, look in zip((own, theirs), LOOKS, strict=True):
        panel.plot(told.grid, density, **look)
    shown = np.flatnonzero(told.densities.max(axis=0) > LOW * told.densities.max())
    panel.set_xlim(told.grid[shown[0]], told.grid[shown[-1]])
    panel.set_ylim(bottom=0)
    panel.set_yticks([])
    panel.xaxis.set_major_locator(MaxNLocator(5))
    panel.set_xlabel(f"distance ({told.unit})", size=8)
    panel.set_title(told.label)
    for overlap, look, x in zip(told.overlaps, LOOKS, (0.9, 1.0), strict=True):
        where: dict[str, Any] = {"xycoords": "axes fraction", "xytext": (0, 6), "textcoords": "offset points"}
        panel.annotate(f"{overlap:.2f}", (x, 1), color=look["color"], size=8, ha="right", **where)
