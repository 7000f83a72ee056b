"""What was found in a piece: its notes with phrases, figures and harmony, the curve of tension, what is unusual."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from evolve.anatomy import Analysis
from evolve.plots.style import GREY, INK, PALE, PALETTE, figure, shortened, styled, write
from evolve.unusual import Standing
from fitness.phrase import Note

WIDTH = 10.0  # inches
BARS_A_ROW = 8
MOST_ROWS = 6  # of a piece that is drawn note by note; a longer one is drawn in one row, without text at the notes
SEMITONE, TALLEST = 0.085, 2.2  # inches
ABOVE, BELOW = 4.5, 2.8  # semitones for phrases above the notes, and for numerals below
NUMBERS = 12
REACH = 1.0  # spreads that are shown beyond the style's band on either side
NOTE, EDGE = "#C7D1DA", "#7C8791"
BAND, MIDDLE = "#E4E8EC", "#BCC6CF"


class _Row(NamedTuple):
    """One row: its ticks, that of the left edge, and how wide all rows are."""

    begin: int
    end: int
    left: int
    wide: int


def write_analysis(analysis: Analysis, path: Path) -> None:
    """The analysis of one piece as `path` .svg and .png."""
    rows, whole = _rows(analysis)
    pitches = [note.pitch for note in analysis.notes]
    semitones = max(pitches) - min(pitches) + ABOVE + BELOW + 2
    tall = min(SEMITONE * semitones, TALLEST)
    standings = analysis.standings[:NUMBERS]
    heights = [*([tall] * len(rows)), 0.75, *([0.2 * len(standings) + 0.1] * bool(standings))]
    line = analysis.line
    key = line.keys[0][1]
    title = f"{Path(analysis.name).name}: {key}, {line.metres[0][1]}, {analysis.bars} bars, form {analysis.form}"
    with styled():
        made = figure(WIDTH, sum(heights) + 0.45 * len(heights) + 0.3 + 0.2 * -(-len(analysis.motifs) // 2), title)
        panels = made.subplots(len(heights), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
        for panel, row in zip(panels, rows, strict=False):
            _frame(panel, analysis, row, whole)
            _phrases(panel, analysis, row, whole)
            _notes(panel, analysis, row, whole)
            if not whole:
                _numerals(panel, analysis, row)
        _tension(panels[len(rows)], analysis, rows[0])
        if standings:
            _unusual(panels[-1], standings, analysis.style)
        if analysis.motifs:
            handles = [_handle(analysis, number) for number in range(len(analysis.motifs))]
            made.legend(handles=handles, loc="outside lower left", ncols=2, fontsize=7.5, columnspacing=2.0)
        write(made, path)


def _rows(analysis: Analysis) -> tuple[list[_Row], bool]:
    """The rows, the pick-up in the first; and whether the piece is so long that it is one row without text."""
    line = analysis.line
    lines = [tick for tick, _ in line.barlines()] or [0]
    length = max(line.length, 1)
    if len(lines) > MOST_ROWS * BARS_A_ROW:
        return [_Row(0, length, 0, length)], True
    starts = lines[::BARS_A_ROW]
    edges = [0, *starts[1:], length]
    wide = max(end - max(start, 0) for start, end in zip(starts, edges[1:], strict=True)) + line.pickup
    return [
        _Row(begin, end, start - line.pickup, wide) for begin, end, start in zip(edges, edges[1:], starts, strict=False)
    ], False


def _frame(panel: Axes, analysis: Analysis, row: _Row, whole: bool) -> None:
    """Barlines with their numbers, and pitches that occur in the tonic's triad."""
    line = analysis.line
    key = line.keys[0][1]
    pitches = [note.pitch for note in analysis.notes]
    low, high = min(pitches), max(pitches)
    panel.set_xlim(row.left, row.left + row.wide)
    panel.set_ylim(low - BELOW - 1, high + ABOVE + 1)
    barlines = [(number, tick) for number, (tick, _) in enumerate(line.barlines(), 1) if row.begin <= tick <= row.end]
    if whole:
        step = max(1, len(barlines) // 20 // 4 * 4)
        barlines = [(number, tick) for number, tick in barlines if number % step == 1 % step]
    numbers = [(tick, str(number)) for number, tick in barlines if tick < row.end]
    if line.pickup and row.begin == 0 and not whole:
        numbers.insert(0, (0, "0"))
    panel.set_xticks([tick for tick, _ in numbers], [text for _, text in numbers], size=7.5)
    panel.vlines([tick for _, tick in barlines], low - 1, high + 1, color=PALE, lw=0.8, zorder=0)
    shown = [low, *(p for p in range(low + 3, high - 2) if p % 12 == key.pitch_class), high]
    panel.set_yticks(sorted({*shown}), [key.name_of(pitch) for pitch in sorted({*shown})], size=7)
    panel.tick_params(axis="y", length=2)
    panel.tick_params(axis="x", length=0)
    panel.spines["bottom"].set_visible(False)
    panel.spines["left"].set_bounds(low - 0.5, high + 0.5)
    panel.set_ylabel("pitch", size=8)


def _phrases(panel: Axes, analysis: Analysis, row: _Row, whole: bool) -> None:
    """A bracket over each phrase, open where it goes on in another row, with its letter and cadence."""
    top = max(note.pitch for note in analysis.notes) + 2.2
    inset = 0.004 * row.wide
    letters = list(dict.fromkeys(section.letter.rstrip("'0123456789") for section in analysis.sections))
    for section in analysis.sections:
        begin, end = max(section.onset, row.begin), min(section.end, row.end)
        if begin >= end:
            continue
        name = section.letter.rstrip("'0123456789")
        colour = PALETTE[letters.index(name) % len(PALETTE)] if whole else INK
        left, right = begin + inset, end - inset
        if whole:
            box = [(begin, top - 0.6), (end, top - 0.6), (end, top + 2.0), (begin, top + 2.0)]
            panel.add_collection(PolyCollection([box], facecolor=colour, edgecolor="white", lw=0.6, alpha=0.55))
            if (end - begin) / row.wide > 0.012 * len(section.letter):
                panel.text((begin + end) / 2, top + 0.7, section.letter, size=6.5, ha="center", va="center")
            continue
        xs, ys = [left, right], [top, top]
        if section.onset >= row.begin:
            xs, ys = [left, *xs], [top - 0.9, *ys]
        if section.end <= row.end:
            xs, ys = [*xs, right], [*ys, top - 0.9]
        panel.plot(xs, ys, color=colour, lw=1.0, clip_on=False, solid_joinstyle="miter")
        panel.text(left + inset, top + 0.35, section.letter, size=9, weight="bold", va="bottom")
        said = section.cadence if section.end <= row.end and section.cadence not in ("", "another") else ""
        if said and end - begin > 0.15 * row.wide:
            panel.text(right - inset, top + 0.5, said, size=7, color="#555555", ha="right", va="bottom")


def _notes(panel: Axes, analysis: Analysis, row: _Row, whole: bool) -> None:
    """The notes, those of figures in their colours: the figure that tells more where a note is in two."""
    colour: dict[int, str] = {}
    for number, motif in enumerate(analysis.motifs):
        for place in motif.places:
            for note in range(place.first, place.last + 1):
                colour.setdefault(note, PALETTE[number % len(PALETTE)])
    in_rhythm = {
        note: PALETTE[number % len(PALETTE)]
        for number, motif in reversed(list(enumerate(analysis.motifs)))
        for place in motif.rhythms
        for note in range(place.first, place.last + 1)
        if note not in colour
    }
    there = [i for i, note in enumerate(analysis.notes) if note.onset < row.end and note.end > row.begin]
    boxes = [_box(analysis.notes[i], row) for i in there]
    faces = [colour.get(i, NOTE) for i in there]
    edges = [in_rhythm.get(i, EDGE if i not in colour else INK) for i in there]
    widths = [0.0 if whole else 1.5 if i in in_rhythm else 0.4 for i in there]
    panel.add_collection(
        PolyCollection(boxes, facecolors=faces, edgecolors=edges, linewidths=widths, zorder=2), autolim=False
    )
    if whole:
        return
    for number, motif in enumerate(analysis.motifs, 1):
        for place in motif.places:
            start = analysis.notes[place.first]
            if row.begin <= start.onset < row.end:
                look: dict[str, Any] = {"size": 6.5, "color": PALETTE[(number - 1) % len(PALETTE)], "weight": "bold"}
                panel.text(start.onset, start.pitch + 0.6, str(number), va="bottom", zorder=3, **look)


def _box(note: Note, row: _Row) -> list[tuple[float, float]]:
    left, right = max(note.onset, row.begin), min(note.end - 0.006 * min(row.wide, 800), row.end)
    return [
        (left, note.pitch - 0.45),
        (right, note.pitch - 0.45),
        (right, note.pitch + 0.45),
        (left, note.pitch + 0.45),
    ]


def _numerals(panel: Axes, analysis: Analysis, row: _Row) -> None:
    """The harmony implied, where it changes and at the beginning of a row."""
    bottom = min(note.pitch for note in analysis.notes) - BELOW
    before = ""
    for span in analysis.spans:
        if not row.begin <= span.onset < row.end:
            continue
        if span.numeral and span.numeral != before:
            panel.text(span.onset + 0.003 * row.wide, bottom, span.numeral, size=8, va="center", family="serif")
        before = span.numeral or before


def _tension(panel: Axes, analysis: Analysis, row: _Row) -> None:
    """The curve of tension over the whole piece: in the time of the notes above where these are one row."""
    line, curve = analysis.line, np.array(analysis.tension)
    edges = np.arange(len(curve) + 1) * line.length / len(curve)
    panel.stairs(curve, edges, baseline=0, fill=True, color=PALETTE[1], alpha=0.25)
    panel.stairs(curve, edges, baseline=None, color=PALETTE[1], lw=1.2)
    panel.axhline(0, color=GREY, lw=0.6)
    most = float(max(abs(curve).max(), 1.0)) * 1.3
    panel.set_ylim(-most, most)
    peak = int(np.argmax(curve.round(9)))
    panel.plot(
        (edges[peak] + edges[peak + 1]) / 2, curve[peak] + 0.12 * most, "v", color=PALETTE[1], ms=5, clip_on=False
    )
    alone = row.end >= line.length
    panel.set_xlim(row.left, row.left + row.wide) if alone else panel.set_xlim(0, line.length)
    lines = [(tick, str(number)) for number, (tick, _) in enumerate(line.barlines(), 1)]
    step = max(1, -(-len(lines) // 24) // 4 * 4)
    panel.set_xticks([tick for tick, _ in lines[::step]], [text for _, text in lines[::step]], size=7.5)
    if len(line.ends) <= MOST_ROWS * BARS_A_ROW:
        panel.vlines(line.ends[:-1], -most, most, color=GREY, lw=0.6, ls="dotted")
    panel.yaxis.set_major_locator(MaxNLocator(3))
    panel.tick_params(labelsize=7, length=2)
    panel.set_ylabel("tension (sd)", size=8)
    panel.set_xlabel("bar", size=8)
    panel.set_title("tension: unstable, high and busy, in deviations from folk song")


def _unusual(panel: Axes, standings: Sequence[Standing], style: str) -> None:
    """Each number as a dot on a line on which the style's 90 % fill the same band, the middle half darker."""
    rows = np.arange(len(standings))[::-1]
    for row, standing in zip(rows, standings, strict=True):
        low, first, median, third, high = standing.quantiles
        wide = high - low
        marks = [(x - low) / wide if wide else 0.5 for x in (first, median, third)]  # all the same: a stroke
        panel.barh(row, 1.0, 0.56 if wide else 0.06, left=0.0, color=BAND, zorder=1)
        panel.barh(row, marks[2] - marks[0], 0.56, left=marks[0], color=MIDDLE, zorder=1)
        panel.plot([marks[1]] * 2, [row - 0.28, row + 0.28], color=EDGE, lw=1.2, zorder=2)
        x = float(np.clip(standing.place, -REACH, 1 + REACH))
        outside = standing.beyond > 0
        shape = "o" if x == standing.place else "<" if x < 0 else ">"
        colour = PALETTE[1] if outside else PALETTE[0]
        panel.plot(x, row, shape, color=colour, mfc=colour if outside else "white", ms=5.5, zorder=3, clip_on=False)
        said = f"{standing.value:.3g}  ({low:.3g}–{high:.3g})"
        panel.text(1 + REACH + 0.06, row, said, size=7, va="center", clip_on=False)
    panel.set_yticks(rows, [standing.label for standing in standings], size=7.5)
    panel.set_ylim(-0.6, len(standings) - 0.4)
    panel.set_xlim(-REACH - 0.03, 1 + REACH + 0.6)
    panel.set_xticks([0, 1], ["5 %", "95 %"], size=7.5)
    panel.tick_params(length=0)
    panel.spines[["left", "bottom"]].set_visible(False)
    panel.set_title(f"the most unusual numbers; band: 90 % of {shortened(style, 40)}, its middle half darker")


def _handle(analysis: Analysis, number: int) -> Artist:
    motif = analysis.motifs[number]
    rhythms = f", {len(motif.rhythms)} in rhythm (framed)" if motif.rhythms else ""
    said = f"{number + 1}: {shortened(analysis.notation(motif), 44)}, {len(motif.places)} places{rhythms}"
    return Patch(fc=PALETTE[number % len(PALETTE)], ec=INK, lw=0.4, label=said)
