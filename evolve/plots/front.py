"""Figures of a Pareto front: each two axes against each other, and all axes side by side.

Each is drawn on one page whose unit is the point: fifteen panels with ticks of their own take five times as long,
and numbers go where there is room for them, which is a matter of points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from evolve.plots.style import GREY, INK, LINES, PALE, PALETTE, figure, shortened, styled, write
from evolve.record import Record

Numbers = NDArray[np.float64]

SAME = 6  # decimals to which phrases at one point agree
LEAST = 0.05  # of an axis, the least that a figure spans: less is no trade worth a picture
MARGIN = 0.08  # of the values' span, on each side of a panel
LETTER, LINE = 0.64, 1.2  # of a font's size, the width of a digit or a wide letter and the height of a line
LONGEST = 44  # characters of the name of an axis
GROWTH = 0.25  # power by which a dot grows with how many are there: a hundred are three times as wide as one
DOTS: dict[str, Any] = {"ls": "", "marker": "o"}
PAPER: dict[str, Any] = {"fc": "white", "lw": 0, "alpha": 0.75}  # behind numbers among dots and lines
CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])

# In points:
SPOT, DOT = 5.5, 3.4  # across, an exported phrase and any other
NAME, NUMBER, TICK = 9.0, 8.0, 7.5  # fonts of axes, exported phrases and ticks
GAP, APART = 13.0, 25.0  # between panels, between ticks
RADII = (5.0, 9.0, 13.0, 18.0, 24.0, 32.0, 42.0)  # from a phrase to its number
LEADER = 6.0  # a number that lies nearer needs no line to its phrase
TURNS = 3  # that each number has to give way to the others


@dataclass(frozen=True)
class _Front:
    """The phrases of a front, those exported first: `values` is [phrases, axes], from 0 to 1."""

    names: tuple[str, ...]
    values: Numbers
    faulty: NDArray[np.bool_]
    numbers: tuple[int, ...]  # of those exported

    @classmethod
    def of(cls, record: Record) -> _Front:
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
        """Of those exported, the same in both figures."""
        return [PALETTE[place % len(PALETTE)] for place in range(self.exported)]


@dataclass(frozen=True)
class _Scale:
    """One axis on the page: its name in lines, the values at its ends, and where these are."""

    name: str
    low: float
    high: float
    begin: float
    end: float

    @classmethod
    def of(cls, name: str, values: Numbers, begin: float, end: float, margin: float = 0.0) -> _Scale:
        """The scale of the values there are; `margin` is a part of their span."""
        wide = max(float(np.ptp(values)), LEAST)
        low = min(max((float(values.min() + values.max()) - wide) / 2, 0.0), 1.0 - wide)
        return cls(name, low - margin * wide, low + (1 + margin) * wide, begin, end)

    @property
    def middle(self) -> float:
        """Half way."""
        return (self.begin + self.end) / 2

    def at(self, values: Numbers) -> Numbers:
        """Where values are."""
        return self.begin + (self.end - self.begin) * (values - self.low) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Where round values between 0 and 1 are, and how they are written."""
        most = min(max(int((self.end - self.begin) / APART), 4), 8)
        found = np.asarray(MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(self.low, self.high))
        found = found[(found > max(self.low, 0.0) - 1e-9) & (found < min(self.high, 1.0) + 1e-9)]
        decimals = next(n for n in range(1, 9) if np.allclose(found.round(n), found, rtol=0, atol=1e-9))
        return [(float(self.at(value)), f"{value:.{decimals}f}") for value in found + 0.0]


@dataclass(frozen=True)
class _Panel:
    """Two axes against each other: which, level and upright, and their scales."""

    axes: tuple[int, int]
    x: _Scale
    y: _Scale

    def at(self, points: Numbers) -> Numbers:
        """Where values on the two axes are, [points, 2]."""
        return np.stack([self.x.at(points[:, 0]), self.y.at(points[:, 1])], -1)


@dataclass(frozen=True)
class _Heap:
    """The places in one panel where `count` phrases are that were not exported, all with or all without faults."""

    axes: tuple[int, int]
    faulty: bool
    count: int
    places: Numbers  # values on the two axes, [places, 2]


@dataclass(frozen=True)
class _Label:
    """What is written beside a spot, in a box of a size around its middle."""

    text: str
    spot: Numbers
    middle: Numbers
    size: Numbers

    @property
    def near(self) -> Numbers:
        """The place in the box that is nearest to the spot."""
        return np.clip(self.spot, self.middle - self.size / 2, self.middle + self.size / 2)


def write_front(record: Record, path: Path) -> None:
    """Each two axes of a front of two or more against each other; the exported phrases are numbered.

    An axis has the same scale wherever it appears: that of the values there are.
    """
    front = _Front.of(record)
    deep = len(front.names) - 1
    side = 1.65 + 0.7 / deep if deep > 1 else 3.5
    with styled():
        made = figure(max(6.4, side * deep + 0.8), side * deep + (1.1 if deep > 1 else 1.5), record.title)
        page = made.subplots()
        page.set_title("the Pareto front: up and to the right is better")
        heaps = _heaps(front)
        handles = _handles(front, max((heap.count for heap in heaps), default=1))
        if deep == 1:
            made.legend(handles=handles, loc="outside lower left", ncols=2, handlelength=1.2)
        panels = _panels(front, *_in_points(made, page))
        if deep > 1:  # above the diagonal there is room
            corner: dict[str, Any] = {"bbox_to_anchor": (panels[0].x.end + GAP, panels[0].y.end), "borderaxespad": 0}
            page.legend(handles=handles, loc="upper left", bbox_transform=page.transData, handlelength=1.2, **corner)
        _draw_frames(page, panels)
        _draw_heaps(page, panels, heaps)
        _draw_exported(page, front, panels)
        _draw_labels(page, [label for panel in panels for label in _labels(front, panel)])
        write(made, path)


def write_parallel(record: Record, path: Path) -> None:
    """The axes side by side, a line for each phrase of the front; those exported are coloured and numbered.

    Each axis has its own scale: that of the values there are.
    """
    front = _Front.of(record)
    deep, total = len(front.names), len(front.values)
    styles: Any = [LINES[place % len(LINES)] for place in range(front.exported)]
    with styled():
        made = figure(max(6.4, 1.4 * deep), max(3.2, (front.exported + 2) * LINE * NUMBER / 72) + 1.2, record.title)
        page = made.subplots()
        said = "; numbered: exported" * (front.exported > 0)
        page.set_title(f"a line is a phrase of the Pareto front ({total}){said}; each axis has its own scale")
        width, height = _in_points(made, page)
        left, right = 40.0, width - 40.0
        apart = (right - left) / max(deep - 1, 1)
        names = _fitting(front.names, apart)
        bottom = 12 + LINE * NAME * _lines(names)
        ends = (bottom, height - 12)
        scales = [_Scale.of(name, column, *ends) for name, column in zip(names, front.values.T, strict=True)]
        x = left + apart * np.arange(deep)
        y = np.stack([scale.at(column) for scale, column in zip(scales, front.values.T, strict=True)], -1)
        lines = np.stack(np.broadcast_arrays(x, y), -1)
        ours = lines[: front.exported][::-1]  # the first comes last, on top
        alpha = min(max(40 / total, 0.12), 0.5)  # of many, each is fainter
        _draw_lines(page, lines[front.exported :], color=GREY, lw=0.6, alpha=alpha, zorder=1)
        _draw_lines(page, ours, color="white", lw=3.0, alpha=0.7, zorder=1.5)
        _draw_lines(page, ours, color=front.colours[::-1], ls=styles[::-1], lw=1.6, zorder=2)
        for place, scale in enumerate(scales):
            _draw_scale(page, float(x[place]), scale, 1 if place < deep - 1 else -1)
        for place, way in ((0, -1), (deep - 1, 1)):
            _draw_ends(page, front, place, float(x[place]), scales[place], way)
        write(made, path)


def _in_points(made: Figure, page: Axes) -> tuple[float, float]:
    """Fix the place of the page and make the point its unit; its width and height."""
    page.set_axis_off()
    engine = made.get_layout_engine()
    if engine is not None:
        engine.execute(made)
        made.set_layout_engine("none")
    width, height = page.get_position().size * made.get_size_inches() * 72
    page.set_xlim(0, width)
    page.set_ylim(0, height)
    return float(width), float(height)


def _fitting(names: Sequence[str], room: float) -> list[str]:
    """Names of axes in lines that fit into so many points."""
    return [_wrapped(f"{shortened(name, LONGEST)} (0–1)", max(int(room / LETTER / NAME), 8)) for name in names]


def _lines(texts: Sequence[str]) -> int:
    """The most lines that one of the texts has."""
    return max(text.count("\n") for text in texts) + 1


def _wrapped(text: str, longest: int) -> str:
    r"""Text in lines of at most so many characters, broken after a blank or a _ where there is one.

    >>> _wrapped("legal_leaps of the tenor", 12)
    'legal_leaps\nof the tenor'
    """
    lines = [""]
    for part in re.findall(rf"[^ _]{{1,{longest}}}[ _]?|[ _]", text):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > longest:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


def _told(numbers: Sequence[int]) -> str:
    """Rising numbers in short, few a line.

    >>> _told([1, 2, 3, 5])
    '1–3, 5'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if not runs or number > runs[-1][-1] + 1:
            runs.append([])
        runs[-1].append(number)
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return _wrapped(", ".join(parts), 12)


def _panels(front: _Front, width: float, height: float) -> list[_Panel]:
    """A panel for each two axes, below the diagonal of a page; the first is the highest."""
    deep = len(front.names) - 1
    across, along = (_fitting(front.names, (room - 60) / deep - GAP) for room in (width, height))
    left, bottom = (10 + TICK + LINE * NAME * _lines(names) for names in (along[1:], across[:-1]))
    left += 2 * TICK  # a tick's number is wider than it is high
    wide, high = (width - 2 - left + GAP) / deep, (height - 4 - bottom + GAP) / deep
    x, y = dict[int, _Scale](), dict[int, _Scale]()
    for i in range(deep):
        begin, floor = left + i * wide, bottom + (deep - 1 - i) * high
        x[i] = _Scale.of(across[i], front.values[:, i], begin, begin + wide - GAP, MARGIN)
        y[i + 1] = _Scale.of(along[i + 1], front.values[:, i + 1], floor, floor + high - GAP, MARGIN)
    return [_Panel((i, j), x[i], y[j]) for i, j in _pairs(front)]


def _draw_frames(page: Axes, panels: Sequence[_Panel]) -> None:
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
    for lines, look in ((grid, {"color": PALE, "lw": 0.5}), (ticks + frames, {"color": INK, "lw": 0.8})):
        _draw_lines(page, lines, zorder=1, **look)
    left, bottom = panels[0].x.begin, panels[-1].y.begin
    for x in dict.fromkeys(panel.x for panel in panels):
        page.text(x.middle, bottom - 8 - TICK, x.name, size=NAME, ha="center", va="top")
        for at, told in x.ticks():
            page.text(at, bottom - 5, told, size=TICK, ha="center", va="top")
    for y in dict.fromkeys(panel.y for panel in panels):
        page.text(left - 8 - 3 * TICK, y.middle, y.name, size=NAME, rotation=90, ha="right", va="center", ma="center")
        for at, told in y.ticks():
            page.text(left - 5, at, told, size=TICK, ha="right", va="center_baseline")


def _draw_lines(page: Axes, lines: Any, **look: Any) -> None:
    if len(lines):
        page.add_collection(LineCollection(lines, **look), autolim=False)


def _pairs(front: _Front) -> list[tuple[int, int]]:
    """Each two axes once."""
    return [(level, upright) for upright in range(1, len(front.names)) for level in range(upright)]


def _heaps(front: _Front) -> list[_Heap]:
    """The phrases not exported, by panel, faults, and how many are at one point."""
    heaps = []
    for axes in _pairs(front):
        for faulty in (False, True):
            others = front.values[front.exported :][front.faulty[front.exported :] == faulty]
            places, counts = np.unique(others[:, axes], axis=0, return_counts=True)
            heaps += [_Heap(axes, faulty, int(count), places[counts == count]) for count in np.unique(counts)]
    return heaps


def _draw_heaps(page: Axes, panels: Sequence[_Panel], heaps: Sequence[_Heap]) -> None:
    """Pale dots, one line of them for each size and look: an SVG then defines its dot once."""
    at = {panel.axes: panel.at for panel in panels}
    for faulty, count in sorted({(heap.faulty, heap.count) for heap in heaps}):
        alike = [at[heap.axes](heap.places) for heap in heaps if (heap.faulty, heap.count) == (faulty, count)]
        page.plot(*np.concatenate(alike).T, **_dot(faulty, count))


def _dot(faulty: bool, count: int = 1) -> dict[str, Any]:
    look = {"mfc": "none", "mec": GREY, "mew": 0.7} if faulty else {"mfc": GREY, "mew": 0, "alpha": 0.45}
    return {**DOTS, "ms": DOT * count**GROWTH, "zorder": 2 + faulty / 4, **look}


def _handles(front: _Front, most: int) -> list[Line2D]:
    """What the dots mean, as far as there are such."""
    others, faulty = len(front.values) - front.exported, int(front.faulty.sum())
    looks: list[tuple[int, str, dict[str, Any]]] = [
        (front.exported, f"exported, numbered as in best/ ({front.exported})", {**DOTS, "ms": SPOT, "color": INK}),
        (others, f"not exported ({others})", _dot(faulty=False)),
        (most - 1, f"larger: several at one point (up to {most})", _dot(False, most)),
        (faulty, f"hollow: breaks constraints ({faulty})", {**_dot(faulty=True), "ms": SPOT}),
    ]
    return [Line2D([], [], label=label, **look) for count, label, look in looks if count]


def _draw_exported(page: Axes, front: _Front, panels: Sequence[_Panel]) -> None:
    """The exported phrases in their colours, in all panels."""
    for place, colour in reversed(list(enumerate(front.colours))):  # the first comes last, on top
        spots = np.concatenate([panel.at(front.values[place : place + 1, panel.axes]) for panel in panels])
        face = "white" if front.faulty[place] else colour
        page.plot(*spots.T, ms=SPOT, mec=colour, mfc=face, mew=1.2, zorder=3, **DOTS)


def _draw_labels(page: Axes, labels: Sequence[_Label]) -> None:
    """The numbers, with lines to the spots of those that lie apart."""
    ways = [(label.spot, label.near) for label in labels if np.hypot(*(label.spot - label.near)) > LEADER]
    _draw_lines(page, ways, color=INK, lw=0.6, zorder=2.5)
    boxes = [label.middle + label.size / 2 * CORNERS for label in labels]
    page.add_collection(PolyCollection(boxes, zorder=3.5, **PAPER), autolim=False)
    for label in labels:
        x, y = label.middle
        page.text(x, y, label.text, size=NUMBER, ha="center", va="center", zorder=4)


def _labels(front: _Front, panel: _Panel) -> list[_Label]:
    """The numbers of the exported phrases, those at one point together, where they hide little."""
    points, groups = front.values[:, panel.axes], dict[tuple[float, ...], list[int]]()
    for point, number in zip(points.tolist(), front.numbers, strict=False):
        groups.setdefault(tuple(point), []).append(number)
    if not groups:
        return []
    texts = [_told(numbers) for numbers in groups.values()]
    longest = [max(map(len, text.split("\n"))) for text in texts]
    sizes = NUMBER * np.array([(LETTER * n + 0.2, LINE * _lines([t])) for n, t in zip(longest, texts, strict=True)])
    spots = panel.at(np.array(list(groups)))
    corners = np.array([(panel.x.begin, panel.y.begin), (panel.x.end, panel.y.end)])
    middles = _middles(spots, panel.at(points[front.exported :]), sizes, corners)
    return [_Label(*parts) for parts in zip(texts, spots, middles, sizes, strict=True)]


def _middles(spots: Numbers, others: Numbers, sizes: Numbers, corners: Numbers) -> Numbers:
    """Where labels go beside their spots: within the corners, where they hide little, on short ways.

    Each label takes the best of many places in turn, and again when the others have taken theirs.
    """
    angles = np.tile(np.arange(16) * np.pi / 8, len(RADII))
    towards, radii = np.stack([np.cos(angles), np.sin(angles)], -1), np.repeat(RADII, 16)
    under = (spots[:, None] == others).all(-1).sum(-1)  # the heap that a spot lies on may be larger than the spot
    more = np.clip((DOT * under**GROWTH - SPOT) / 2, 0, None)[:, None]
    places = spots[:, None] + towards * ((radii + more)[..., None] + sizes[:, None] / 2)
    costs = np.tile(radii - 2.0 * np.cos(angles - np.pi / 4), (len(spots), 1))  # beyond a front nothing is
    costs += 1e4 * ((places - sizes[:, None] / 2 < corners[0]) | (places + sizes[:, None] / 2 > corners[1])).any(-1)
    middles, rows = spots.copy(), np.arange(len(spots))
    for row, (some, size) in enumerate(zip(places, sizes, strict=True)):
        costs[row] += 60.0 * _inside(some, size / 2 + SPOT / 2, spots) + _inside(some, size / 2 + DOT / 3, others)
        costs[row] += 30.0 * _passed(spots[row], some, spots[rows != row])
    for turn in range(TURNS):
        for row, (some, size) in enumerate(zip(places, sizes, strict=True)):
            there = rows < row if turn == 0 else rows != row
            gaps = np.abs(some[:, None] - middles[there]) - (size + sizes[there]) / 2
            overlaps = (gaps < 0).all(-1).sum(-1)
            crossings = _crossings(spots[row], some, spots[there], middles[there])
            ways = np.concatenate([spots[there] + part * (middles - spots)[there] for part in (0.25, 0.5, 0.75)])
            cost = costs[row] + 150.0 * overlaps + 40.0 * crossings + 20.0 * _inside(some, size / 2, ways)
            middles[row] = some[np.argmin(cost.round(6))]
    return middles


def _inside(middles: Numbers, half: Numbers, points: Numbers) -> Numbers:
    """How many of the points lie in a box of half a size around each middle."""
    low, high = middles - half, middles + half
    points = points[((points > low.min(0)) & (points < high.max(0))).all(-1)]  # the rest is far away
    x = (low[:, :1] < points[:, 0]) & (points[:, 0] < high[:, :1])
    y = (low[:, 1:] < points[:, 1]) & (points[:, 1] < high[:, 1:])
    count: Numbers = (x & y).sum(-1).astype(np.float64)
    return count


def _passed(start: Numbers, ends: Numbers, spots: Numbers) -> Numbers:
    """How many of the spots the line from `start` to each end runs through."""
    way = (ends - start)[:, None]
    along = np.clip(((spots - start) * way).sum(-1) / (way**2).sum(-1), 0, 1)
    gaps = np.linalg.norm(spots - start - along[..., None] * way, axis=-1)
    count: Numbers = ((along > 0) & (gaps < SPOT / 2)).sum(-1).astype(np.float64)
    return count


def _crossings(start: Numbers, ends: Numbers, starts: Numbers, stops: Numbers) -> Numbers:
    """How many of the lines from `starts` to `stops` the line from `start` to each end crosses."""

    def side(a: Numbers, b: Numbers, c: Numbers) -> Numbers:
        sign: Numbers = np.sign((b - a)[..., 0] * (c - a)[..., 1] - (b - a)[..., 1] * (c - a)[..., 0])
        return sign

    end = ends[:, None]
    apart = side(start, end, starts) * side(start, end, stops) < 0
    across = side(starts, stops, start) * side(starts, stops, end) < 0
    count: Numbers = (apart & across).sum(-1).astype(np.float64)
    return count


def _draw_scale(page: Axes, x: float, scale: _Scale, way: int) -> None:
    """An upright axis, its ticks to the right (`way` 1) or left (-1), its name below."""
    ticks = scale.ticks()
    _draw_lines(page, [[(x, scale.begin), (x, scale.end)]], color=INK, lw=0.9, zorder=3)
    _draw_lines(page, [[(x, y), (x + 3 * way, y)] for y, _ in ticks], color=INK, lw=0.9, zorder=3)
    boxes = []
    for y, told in ticks:  # above its tick, where a level line does not strike it
        side = "left" if way > 0 else "right"
        page.text(x + 3 * way, y + 1.5, told, size=TICK, color="#555555", ha=side, va="baseline", zorder=3)
        size = np.array([LETTER * len(told), 1.0]) * TICK
        boxes.append(np.array([x + 3 * way + way * size[0] / 2, y + 1 + size[1] / 2]) + size / 2 * CORNERS)
    page.add_collection(PolyCollection(boxes, zorder=1.2, **PAPER), autolim=False)  # exported lines lie above it
    half = LETTER * NAME * max(map(len, scale.name.split("\n"))) / 2
    middle = float(np.clip(x, half, max(page.get_xlim()[1] - half, half)))  # at an edge, as near as can be
    page.text(middle, scale.begin - 9, scale.name, size=NAME, ha="center", va="top")


def _draw_ends(page: Axes, front: _Front, place: int, x: float, scale: _Scale, way: int) -> None:
    """The numbers of the exported phrases beside an outer axis, to the right (`way` 1) or left (-1)."""
    heights = scale.at(front.values[: front.exported, place])
    spread = _spread(heights, LINE * NUMBER, scale.begin, scale.end)
    ends = [[(x + 3 * way, a), (x + 14 * way, b)] for a, b in zip(heights, spread, strict=True)]
    _draw_lines(page, ends, color=front.colours, lw=0.8)
    for number, y in zip(front.numbers, spread, strict=True):
        page.text(x + 21 * way, y, str(number), size=NUMBER, ha="center", va="center_baseline")


def _spread(heights: Numbers, apart: float, low: float, high: float) -> Numbers:
    """Heights as near as can be to those given and in their order, but so far apart; of equals the first is highest."""
    order, steps = np.lexsort((-np.arange(len(heights)), heights)), np.arange(len(heights)) * apart
    blocks: list[tuple[float, int]] = []  # of heights that touch: where the lowest of all would be, how many there are
    for height in heights[order] - steps:
        mean, count = float(height), 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        blocks.append((mean, count))
    spread = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    placed: Numbers = np.empty(len(heights))
    placed[order] = np.clip(spread, low, high - steps[-1:].sum()) + steps
    return placed
