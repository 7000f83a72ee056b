"""How figures look, and how they are written: the same bytes on every run."""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from evolve.record import write_whole
from evolve.text import safe_text

# Okabe and Ito, Color Universal Design (2008), without their yellow, and five more of other greys.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F3C8D", "#5B5B5B", "#A5AA2A", "#8C510A")
LINES = ("solid", "dashed", "dashdot", "dotted")
SHAPES = ("v", "o", "h", "D", "^", "P", "X", "*", "p", "<")
INK, GREY, PALE = "#222222", "#8A8A8A", "#DDDDDD"
SPREAD = 7220  # of the starts below 60,000 for crc32, the one that shares the colours out most evenly among the rules

SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "evophrase",  # element names of an SVG do not depend on the process
    "svg.fonttype": "path",  # the text looks the same where DejaVu is not installed
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,  # a name with dollars is a name
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.titlesize": 8,
    "axes.titlecolor": "#555555",
    "axes.titlelocation": "left",
    "figure.titlesize": 10,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.dpi": 110,
    "savefig.dpi": 110,
}


@contextmanager
def styled() -> Iterator[None]:
    """Within, figures look like ours, whatever the user's own settings are."""
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # a box stands for it, which says as much
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)  # type: ignore[arg-type]
        yield


def figure(width: float, height: float, title: str) -> Figure:
    """A figure of a size in inches with nothing but a title, without pyplot and its windows."""
    made = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    made.suptitle(shortened(title, 100), ha="left")
    return made


def shortened(text: str, longest: int) -> str:
    """Safe text of at most so many characters, with an ellipsis where some were cut."""
    safe = safe_text(text, longest + 1)
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"


def colour_of(name: str) -> str:
    """The colour of a criterion, by its name alone: the same in every figure of every run."""
    return PALETTE[zlib.crc32(name.encode(errors="replace"), SPREAD) % len(PALETTE)]


def shapes_of(names: Sequence[str]) -> dict[str, str]:
    """A shape for each name in one figure, for those who see no colours: ten names have ten shapes."""
    shapes: dict[str, str] = {}
    for name in sorted(set(names)):
        start = zlib.crc32(name.encode(errors="replace")) % len(SHAPES)
        order = (*SHAPES[start:], *SHAPES[:start])
        shapes[name] = next((shape for shape in order if shape not in shapes.values()), order[0])
    return shapes


def write(made: Figure, path: Path) -> None:
    """The figure as `path.svg` and `path.png`, without date or version.

    `savefig` would lay the figure out twice and go through a drawing of it twice more: half of the time.
    """
    engine = made.get_layout_engine()
    if engine is not None:
        engine.execute(made)
        made.set_layout_engine("none")
    for title in made.texts:
        title.set_x(made.axes[0].get_position().x0)
    svg, png = io.BytesIO(), io.BytesIO()
    pixels: Any = FigureCanvasAgg(made)
    pixels.print_png(png, metadata={"Software": None})
    lines: Any = FigureCanvasSVG(made)  # second: it leaves the figure with its own 72 dots an inch
    lines.print_svg(svg, metadata={"Date": None, "Creator": None})
    for suffix, stream in (("svg", svg), ("png", png)):
        write_whole(path.with_name(f"{path.name}.{suffix}"), stream.getvalue())
