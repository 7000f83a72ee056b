"""A Pareto front, and its figure of each two axes against each other.

It is drawn on one page whose unit is the point: fifteen panels with ticks of their own take five times as long, and
numbers go where there is room for them, which is a matter of points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from evolve.plots.labels import NAME, SPOT, TICK, Label, Numbers, beside, dot, draw_labels, draw_lines, extent, fitting
from evolve.plots.style import GREY, INK, PALE, PALETTE, figure, styled, write
from evolve.record import Record

SAME = 6  # decimals to which phrases at one point agree
LEAST = 0.05  # of an axis, the least that a figure spans: less is no trade worth a picture
MARGIN = 0.08  # of the values' span, on each side of a panel
GAP, APART = 13.0, 25.0  # points between panels and, at least, between ticks
DOTS: dict[str, Any] = {"ls": "", "marker": "o"}

Heaps = dict[tuple[bool, int], dict[tuple[int, int], NDArray[np.intp]]]


@dataclass(frozen=True)
class Front:
    """The phrases of a front, those exported first: `values` is [phrases, axes], from 0 to 1."""

    names: tuple[str, ...]
    values: Numbers
    faulty: NDArray[np.bool_]
    numbers: tuple[int, ...]  # of those exported

    @classmethod
    def of(cls, record: Record) -> Front:
        """The front that a record tells."""
        rows, names = record.pareto, tuple(record.pareto[0]["axes"])
        values = np.array([[row["axes"][name] for name in names] for row in rows], np.float64)
        faulty = np.array([row["faults"] > 0 for row in rows])
        return cls(names, values.round(SAME), faulty, tuple(row["number"] for row in rows[: len(record.best)]))

    @property
    def exported(self) -> int:
        """How many are."""
        return len(self.numbers)

    @property
    def colours(self) -> list[str]:
        """Of those exported, the same in all figures."""
        return [PALETTE[place % len(PALETTE)] for place in range(self.exported)]


@dataclass(frozen=True)
class Scale:
    """One axis on the page: its name in lines, the values at its ends, and where these are, in points."""

    name: str
    low: float
    high: float
    begin: float
    end: float

    @classmethod
    def of(cls, name: str, values: Numbers, begin: float, end: float, margin: float = 0.0) -> Scale:
        """The scale of the values there are; `margin` is a part of their span."""
        wide = max(float(np.ptp(values)), LEAST)
        low = min(max((float(values.min() + values.max()) - wide) / 2, 0.0), 1.0 - wide)
        return cls(name, low - margin * wide, low + (1 + margin) * wide, begin, end)

    def at(self, values: Numbers) -> Numbers:
        """Where values are, in points."""
        return self.begin + (self.end - self.begin) * (values - self.low) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Where round values between 0 and 1 are, in points, and how they are written."""
        most = min(max(int((self.end - self.begin) / APART), 4), 8)
        found = np.asarray(MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(self.low, self.high))
        found = found[(found > max(self.low, 0.0) - 1e-9) & (found < min(self.high, 1.0) + 1e-9)]
        decimals = next(n for n in range(1, 9) if np.allclose(found.round(n), found, rtol=0, atol=1e-9))
        return [(float(self.at(value)), f"{value:.{decimals}f}") for value in found + 0.0]


@dataclass(frozen=True)
class Panel:
    """Two axes against each other: which, level and upright, their scales, and where the phrases are, [phrases, 2]."""

    axes: tuple[int, int]
    x: Scale
    y: Scale
    spots: Numbers

    def labels(self, numbers: Sequence[int]) -> list[Label]:
        """The numbers of the first phrases, beside them."""
        corners = np.array([(self.x.begin, self.y.begin), (self.x.end, self.y.end)])
        return beside(numbers, self.spots[: len(numbers)], self.spots[len(numbers) :], corners)


def page_in_points(made: Figure, title: str) -> tuple[Axes, float, float]:
    """The whole figure, but for titles and legend, as one page whose unit is the point; its width and height."""
    page = made.subplots()
    page.set_title(title)
    page.set_axis_off()
    made.draw_without_rendering()  # lays it out
    made.set_layout_engine("none")
    width, height = page.get_position().size * made.get_size_inches() * 72
    page.set(xlim=(0, width), ylim=(0, height))
    return page, float(width), float(height)


def write_front(record: Record, path: Path) -> None:
    """Each two axes of a front of two or more against each other; the exported phrases are numbered.

    An axis has the same scale wherever it appears: that of the values there are.
    """
    front = Front.of(record)
    deep, heaps = len(front.names) - 1, _heaps(front)
    side = 1.65 + 0.7 / deep if deep > 1 else 3.5
    with styled():
        made = figure(max(6.4, side * deep + 0.8), side * deep + (1.1 if deep > 1 else 1.5), record.title)
        legend: dict[str, Any] = {"handles": _handles(front, heaps), "handlelength": 1.2}
        if deep == 1:
            made.legend(loc="outside lower left", ncols=2, **legend)
        page, *size = page_in_points(made, "the Pareto front: up and to the right is better")
        panels = _panels(front, *size)
        if deep > 1:  # above the diagonal there is room
            legend |= {"bbox_to_anchor": (panels[0].x.end + GAP, panels[0].y.end), "bbox_transform": page.transData}
            page.legend(loc="upper left", borderaxespad=0, **legend)
        _draw_frames(page, panels)
        _draw_phrases(page, front, panels, heaps)
        draw_labels(page, [label for panel in panels for label in panel.labels(front.numbers)])
        write(made, path)


def _pairs(front: Front) -> list[tuple[int, int]]:
    """Each two axes once, as panels follow each other."""
    return sorted(combinations(range(len(front.names)), 2), key=lambda axes: axes[1])


def _heaps(front: Front) -> Heaps:
    """Where phrases not exported are: by faults and how many are at one point, for each two axes one of each point."""
    heaps: Heaps = {}
    for axes in _pairs(front):
        for faulty in (False, True):
            others = front.exported + np.flatnonzero(front.faulty[front.exported :] == faulty)
            _, ones, counts = np.unique(front.values[others][:, axes], return_index=True, return_counts=True, axis=0)
            for count in np.unique(counts).tolist():
                heaps.setdefault((faulty, count), {})[axes] = others[ones[counts == count]]
    return heaps


def _dot(faulty: bool, count: int = 1) -> dict[str, Any]:
    look = {"mfc": "none", "mec": GREY, "mew": 0.7} if faulty else {"mfc": GREY, "mew": 0, "alpha": 0.45}
    return {**DOTS, "ms": dot(count), "zorder": 2 + faulty / 4, **look}


def _handles(front: Front, heaps: Heaps) -> list[Line2D]:
    """What the dots mean, as far as there are such."""
    others, faulty = len(front.values) - front.exported, int(front.faulty.sum())
    most = max((count for _, count in heaps), default=1)
    looks: list[tuple[int, str, dict[str, Any]]] = [
        (front.exported, f"exported, numbered as in best/ ({front.exported})", {**DOTS, "ms": SPOT, "color": INK}),
        (others, f"not exported ({others})", _dot(faulty=False)),
        (most - 1, f"larger: several at one point (up to {most})", _dot(False, most)),
        (faulty, f"hollow: breaks constraints ({faulty})", {**_dot(faulty=True), "ms": SPOT}),
    ]
    return [Line2D([], [], label=label, **look) for count, label, look in looks if count]


def _panels(front: Front, width: float, height: float) -> list[Panel]:
    """A panel for each two axes, below the diagonal of a page; the first is the highest."""
    deep, x, y = len(front.names) - 1, list[Scale](), list[Scale]()
    across, along = (fitting(front.names, (room - 60) / deep - GAP) for room in (width, height))
    left, bottom = (10 + TICK + NAME * extent(*names)[1] for names in (along[1:], across[:-1]))
    left += 2 * TICK  # a tick's number is wider than it is high
    wide, high = (width - 2 - left + GAP) / deep, (height - 4 - bottom + GAP) / deep
    for i, values in enumerate(front.values.T):
        begin, floor = left + i * wide, bottom + (deep - i) * high
        x.append(Scale.of(across[i], values, begin, begin + wide - GAP, MARGIN))
        y.append(Scale.of(along[i], values, floor, floor + high - GAP, MARGIN))
    columns, rows = ([scale.at(values) for scale, values in zip(some, front.values.T, strict=True)] for some in (x, y))
    return [Panel((i, j), x[i], y[j], np.stack([columns[i], rows[j]], -1)) for i, j in _pairs(front)]


def _draw_frames(page: Axes, panels: Sequence[Panel]) -> None:
    """Edges, ticks and a grid; names and numbers at the outer edges only."""
    frames, ticks, grid = [], [], []
    for x, y in ((panel.x, panel.y) for panel in panels):
        frames.append([(x.begin, y.end), (x.begin, y.begin), (x.end, y.begin)])
        for at, _ in x.ticks():
            ticks.append([(at, y.begin), (at, y.begin - 3)])
            grid.append([(at, y.begin), (at, y.end)])
        for at, _ in y.ticks():
            ticks.append([(x.begin, at), (x.begin - 3, at)])
            grid.append([(x.begin, at), (x.end, at)])
    draw_lines(page, grid, color=PALE, lw=0.5, zorder=1)
    draw_lines(page, ticks + frames, color=INK, lw=0.8, zorder=1)
    left, bottom = panels[0].x.begin, panels[-1].y.begin
    for x in dict.fromkeys(panel.x for panel in panels):
        page.text((x.begin + x.end) / 2, bottom - 8 - TICK, x.name, size=NAME, ha="center", va="top")
        for at, told in x.ticks():
            page.text(at, bottom - 5, told, size=TICK, ha="center", va="top")
    for y in dict.fromkeys(panel.y for panel in panels):
        place = (left - 8 - 3 * TICK, (y.begin + y.end) / 2)
        page.text(*place, y.name, size=NAME, rotation=90, ha="right", va="center", ma="center")
        for at, told in y.ticks():
            page.text(left - 5, at, told, size=TICK, ha="right", va="center_baseline")


def _draw_phrases(page: Axes, front: Front, panels: Sequence[Panel], heaps: Heaps) -> None:
    """Pale dots, one line of them for each size and look: an SVG then defines its dot once; on them those exported."""
    for (faulty, count), ones in sorted(heaps.items()):
        spots = np.concatenate([panel.spots[ones[panel.axes]] for panel in panels if panel.axes in ones])
        page.plot(*spots.T, **_dot(faulty, count))
    for place, colour in reversed(list(enumerate(front.colours))):  # the first comes last, on top
        spots = np.array([panel.spots[place] for panel in panels])
        face = "white" if front.faulty[place] else colour
        page.plot(*spots.T, ms=SPOT, mec=colour, mfc=face, mew=1.2, zorder=3, **DOTS)
