"""Text on a page whose unit is the point: names of axes in lines, and numbers beside points, where there is room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from evolve.plots.style import INK, shortened

Numbers = NDArray[np.float64]

LETTER, LINE = 0.64, 1.2  # of a font's size, the width of a digit or a wide letter and the height of a line
LONGEST = 44  # characters of the name of an axis
TURNS = 3  # that each number has to give way to the others
CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])

# In points:
NAME, NUMBER, TICK = 9.0, 8.0, 7.5  # fonts of axes, phrases and ticks
SPOT, DOT = 5.5, 3.4  # across, an exported phrase and any other
RADII = (5.0, 9.0, 13.0, 18.0, 24.0, 32.0, 42.0)  # from a spot to its number
LEADER = 6.0  # a number that lies nearer needs no line to its spot


class Label(NamedTuple):
    """What is written beside a spot, in a box of a size around its middle; each `[2]`, in points."""

    text: str
    spot: Numbers
    middle: Numbers
    size: Numbers


def dot(count: Any) -> Any:
    """How wide the dot for so many phrases is, in points: for a hundred three times as wide as for one."""
    return DOT * count**0.25


def extent(*texts: str) -> Numbers:
    """The width and height `[2]` that the largest of the texts needs, in parts of its font's size."""
    lines = [text.split("\n") for text in texts]
    return np.array([LETTER * max(len(line) for some in lines for line in some), LINE * max(map(len, lines))])


def fitting(names: Sequence[str], room: float) -> list[str]:
    """Names of axes in lines that fit into so many points."""
    return [_wrapped(f"{shortened(name, LONGEST)} (0–1)", max(int(room / LETTER / NAME), 8)) for name in names]


def _wrapped(text: str, longest: int) -> str:
    r"""Text in lines of at most so many characters, broken at a blank or after a _ where there is one.

    >>> _wrapped("legal_leaps of the tenor", 12)
    'legal_leaps\nof the tenor'
    """
    most = f".{{1,{longest}}}"
    return "\n".join(re.findall(rf"({most}(?:(?<=_)|(?<! )(?= )|$)|{most}_?) *", text))


def _told(numbers: Sequence[int]) -> str:
    """Rising numbers in short, few a line.

    >>> _told([1, 2, 3, 5])
    '1–3, 5'
    """
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return _wrapped(", ".join(parts), 12)


def draw_lines(page: Axes, lines: Any, **look: Any) -> None:
    """Lines, each of places in points; nothing where there are none."""
    if len(lines):
        page.add_collection(LineCollection(lines, **look), autolim=False)


def draw_paper(page: Axes, middles: Any, sizes: Any, zorder: float) -> None:
    """White behind texts among dots and lines, around middles; both `[texts, 2]`, in points."""
    boxes = [middle + size / 2 * CORNERS for middle, size in zip(middles, sizes, strict=True)]
    page.add_collection(PolyCollection(boxes, fc="white", lw=0, alpha=0.75, zorder=zorder), autolim=False)


def draw_labels(page: Axes, labels: Sequence[Label]) -> None:
    """The texts, with lines to the spots of those that lie apart."""
    ways = [(spot, np.clip(spot, middle - size / 2, middle + size / 2)) for _, spot, middle, size in labels]
    draw_lines(page, [(a, b) for a, b in ways if np.hypot(*(a - b)) > LEADER], color=INK, lw=0.6, zorder=2.5)
    draw_paper(page, [label.middle for label in labels], [label.size for label in labels], 3.5)
    for text, _, (x, y), _ in labels:
        page.text(x, y, text, size=NUMBER, ha="center", va="center", zorder=4)


def beside(numbers: Sequence[int], spots: Numbers, others: Numbers, corners: Numbers) -> list[Label]:
    """Numbers beside their spots `[numbers, 2]`, those at one point together, where they hide little; all in points.

    They keep between two `corners` `[2, 2]` and, as far as they can, off the `others` `[dots, 2]`.  Each takes the
    best of many places in turn, and again when the others have taken theirs.
    """
    groups: dict[tuple[float, ...], list[int]] = {}
    for spot, number in zip(spots.tolist(), numbers, strict=True):
        groups.setdefault(tuple(spot), []).append(number)
    if not groups:
        return []
    texts, spots = [_told(some) for some in groups.values()], np.array(list(groups))
    sizes = NUMBER * (np.array([extent(text) for text in texts]) + np.array([0.2, 0]))
    angles, radii = np.tile(np.arange(16) * np.pi / 8, len(RADII)), np.repeat(RADII, 16)
    under = (spots[:, None] == others).all(-1).sum(-1)  # the dot that a spot lies on may be larger than the spot
    away = radii + np.clip((dot(under) - SPOT) / 2, 0, None)[:, None]
    places = spots[:, None] + np.stack([np.cos(angles), np.sin(angles)], -1) * (away[..., None] + sizes[:, None] / 2)
    outside = (places - sizes[:, None] / 2 < corners[0]) | (places + sizes[:, None] / 2 > corners[1])
    costs = radii - 2.0 * np.cos(angles - np.pi / 4) + 1e4 * outside.any(-1)  # beyond a front nothing is
    rows, middles = np.arange(len(spots)), np.full(spots.shape, np.nan)  # without a place, in nobody's way
    for row, (some, size) in enumerate(zip(places, sizes, strict=True)):
        costs[row] += 60.0 * _inside(some, (size + SPOT) / 2, spots) + _inside(some, size / 2 + DOT / 3, others)
        costs[row] += 30.0 * _passed(spots[row], some, spots[rows != row])
    for row in [*rows] * TURNS:
        some, size, there = places[row], sizes[row], rows != row
        overlaps = (abs(some[:, None] - middles[there]) < (size + sizes[there]) / 2).all(-1).sum(-1)
        crossings = _crossings(spots[row], some, spots[there], middles[there])
        ways = np.concatenate([spots[there] + part * (middles - spots)[there] for part in (0.25, 0.5, 0.75)])
        cost = costs[row] + 150.0 * overlaps + 40.0 * crossings + 20.0 * _inside(some, size / 2, ways)
        middles[row] = some[np.argmin(cost.round(6))]
    return [Label(*parts) for parts in zip(texts, spots, middles, sizes, strict=True)]


def _inside(middles: Numbers, half: Numbers, points: Numbers) -> Any:
    """How many of the points lie in a box of half a size around each middle."""
    low, high = middles - half, middles + half
    x, y = points[((low.min(0) < points) & (points < high.max(0))).all(-1)].T  # the rest is far away
    return ((low[:, :1] < x) & (x < high[:, :1]) & (low[:, 1:] < y) & (y < high[:, 1:])).sum(-1)


def _passed(start: Numbers, ends: Numbers, spots: Numbers) -> Any:
    """How many of the spots the line from `start` to each end runs through."""
    way = (ends - start)[:, None]
    along = np.clip(((spots - start) * way).sum(-1) / (way**2).sum(-1), 0, 1)
    gaps = np.linalg.norm(spots - start - along[..., None] * way, axis=-1)
    return ((along > 0) & (gaps < SPOT / 2)).sum(-1)


def _crossings(start: Numbers, ends: Numbers, starts: Numbers, stops: Numbers) -> Any:
    """How many of the lines from `starts` to `stops` the line from `start` to each end crosses."""

    def side(a: Numbers, b: Numbers, c: Numbers) -> Any:
        return (b - a)[..., 0] * (c - a)[..., 1] - (b - a)[..., 1] * (c - a)[..., 0]

    end = ends[:, None]
    apart = side(start, end, starts) * side(start, end, stops) < 0
    across = side(starts, stops, start) * side(starts, stops, end) < 0
    return (apart & across).sum(-1)


def spread(heights: Numbers, apart: float, low: float, high: float) -> Numbers:
    """Heights as near as can be to those given and in their order, but so far apart; of equals the first is highest."""
    order, steps = np.lexsort((-np.arange(len(heights)), heights)), np.arange(len(heights)) * apart
    blocks: list[tuple[float, int]] = []  # of heights that touch: where the lowest of all would be, how many there are
    for height in heights[order] - steps:
        mean, count = float(height), 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        blocks.append((mean, count))
    lowest = np.array([mean for mean, count in blocks for _ in range(count)])
    placed: Numbers = np.clip(lowest, low, high - steps[-1:].sum()) + steps
    return placed[np.argsort(order)]
