"""How figures look, and how they are written: the same bytes on every run."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from evolve.record import write_whole
from evolve.text import safe_text

# Okabe and Ito, Color Universal Design (2008): told apart with any colour vision; greys differ too.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F3C8D", "#5B5B5B", "#A5AA2A", "#8C510A")
LINES = ("solid", "dashed", "dashdot", "dotted")
INK, PALE = "#222222", "#DDDDDD"

SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "evophrase",  # element names of an SVG do not depend on the process
    "svg.fonttype": "path",  # the text looks the same where DejaVu is not installed
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,  # a name with dollars is a name
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.dpi": 110,
    "savefig.dpi": 110,
    "path.simplify": True,
}


@contextmanager
def styled() -> Iterator[None]:
    """Within, figures look like ours, whatever the user's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)  # type: ignore[arg-type]
        yield


def figure(width: float, height: float) -> Figure:
    """An empty figure of a size in inches, without pyplot and its windows."""
    made = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    return made


def colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name: by the name alone where it can be, the next free one where two would clash."""
    taken: dict[str, str] = {}
    for name in sorted(set(names)):
        start = zlib.crc32(name.encode()) % len(PALETTE)
        order = [PALETTE[(start + step) % len(PALETTE)] for step in range(len(PALETTE))]
        taken[name] = next((colour for colour in order if colour not in taken.values()), order[0])
    return taken


def named(axes: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """Title and axis labels, made safe."""
    axes.set_title(safe_text(title, 120))
    axes.set_xlabel("\n".join(safe_text(line, 120) for line in x.split("\n")))
    axes.set_ylabel(safe_text(y))


def write(made: Figure, path: Path) -> None:
    """The figure as `path.svg` and `path.png`, without date or version."""
    made.draw_without_rendering()  # lays the figure out, once for both
    made.set_layout_engine("none")
    for suffix, metadata in (("svg", {"Date": None, "Creator": None}), ("png", {"Software": None})):
        stream = io.BytesIO()
        made.savefig(stream, format=suffix, metadata=metadata)
        write_whole(path.with_name(f"{path.name}.{suffix}"), stream.getvalue())
