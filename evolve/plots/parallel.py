"""A Pareto front in parallel coordinates: all axes side by side, a line for each phrase."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from evolve.plots.front import Front, Scale, page_in_points
from evolve.plots.labels import LINE, NAME, NUMBER, TICK, Numbers, draw_lines, draw_paper, extent, fitting, spread
from evolve.plots.style import GREY, INK, LINES, figure, styled, write
from evolve.record import Record


def write_parallel(record: Record, path: Path) -> None:
    """The axes side by side, a line for each phrase of the front; those exported are coloured and numbered.

    Each axis has its own scale: that of the values there are.
    """
    front = Front.of(record)
    deep, total = len(front.names), len(front.values)
    styles: Any = [LINES[place % len(LINES)] for place in range(front.exported)]
    with styled():
        made = figure(max(6.4, 1.4 * deep), max(3.2, (front.exported + 2) * LINE * NUMBER / 72) + 1.2, record.title)
        said = f"({total}){'; numbered: exported' * (front.exported > 0)}; each axis has its own scale"
        page, width, height = page_in_points(made, f"a line is a phrase of the Pareto front {said}")
        apart = (width - 80.0) / max(deep - 1, 1)
        x = 40.0 + apart * np.arange(deep)
        names = fitting(front.names, apart)
        ends = (12 + NAME * extent(*names)[1], height - 12)
        scales = [Scale.of(name, column, *ends) for name, column in zip(names, front.values.T, strict=True)]
        y = np.stack([scale.at(column) for scale, column in zip(scales, front.values.T, strict=True)], -1)
        lines = np.stack(np.broadcast_arrays(x, y), -1)
        ours = lines[: front.exported][::-1]  # the first comes last, on top
        alpha = min(max(40 / total, 0.12), 0.5)  # of many, each is fainter
        draw_lines(page, lines[front.exported :], color=GREY, lw=0.6, alpha=alpha, zorder=1)
        draw_lines(page, ours, color="white", lw=3.0, alpha=0.7, zorder=1.5)
        draw_lines(page, ours, color=front.colours[::-1], ls=styles[::-1], lw=1.6, zorder=2)
        for place, scale in enumerate(scales):
            _draw_scale(page, x[place], scale, 1 if place < deep - 1 else -1)
        for place, way in ((0, -1), (deep - 1, 1)):
            _draw_ends(page, front, x[place], y[: front.exported, place], scales[place], way)
        write(made, path)


def _draw_scale(page: Axes, x: float, scale: Scale, way: int) -> None:
    """An upright axis, its ticks to the right (`way` 1) or left (-1), its name below."""
    ticks = scale.ticks()
    draw_lines(page, [[(x, scale.begin), (x, scale.end)]], color=INK, lw=0.9, zorder=3)
    draw_lines(page, [[(x, y), (x + 3 * way, y)] for y, _ in ticks], color=INK, lw=0.9, zorder=3)
    for y, told in ticks:  # above its tick, where a level line does not strike it
        side = "left" if way > 0 else "right"
        page.text(x + 3 * way, y + 1.5, told, size=TICK, color="#555555", ha=side, va="baseline", zorder=3)
    sizes = TICK * np.array([(extent(told)[0], 1.0) for _, told in ticks])
    middles = [
        (x + 3 * way + way * wide / 2, y + 1 + high / 2) for (y, _), (wide, high) in zip(ticks, sizes, strict=True)
    ]
    draw_paper(page, np.array(middles), sizes, 1.2)  # exported lines lie above it
    half = NAME * extent(scale.name)[0] / 2
    middle = float(np.clip(x, half, max(page.get_xlim()[1] - half, half)))  # at an edge, as near as can be
    page.text(middle, scale.begin - 9, scale.name, size=NAME, ha="center", va="top")


def _draw_ends(page: Axes, front: Front, x: float, heights: Numbers, scale: Scale, way: int) -> None:
    """The numbers of the exported phrases beside an outer axis, to the right (`way` 1) or left (-1)."""
    placed = spread(heights, LINE * NUMBER, scale.begin, scale.end)
    ends = [[(x + 3 * way, a), (x + 14 * way, b)] for a, b in zip(heights, placed, strict=True)]
    draw_lines(page, ends, color=front.colours, lw=0.8)
    for number, y in zip(front.numbers, placed, strict=True):
        page.text(x + 21 * way, y, str(number), size=NUMBER, ha="center", va="center_baseline")
