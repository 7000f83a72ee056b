"""The piano roll of a phrase, with the places marked where it breaks a rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from evolve.plots.style import GREY, INK, PALE, colour_of, figure, shapes_of, shortened, styled, write
from fitness.phrase import Note, Phrase

BARS_A_ROW = 8
MOST_ROWS = 32  # a picture of more is too long to be looked at; its title says what is missing
WIDTH, ROW, TALLEST = 9.0, 4.5, 40.0  # inches: the picture, the tallest row, the tallest picture
SEMITONE = 0.11  # inches, where the picture does not become too tall
LABEL, MARK = 7.0, 5.0  # points: what a pitch's name needs, the size of a mark
VOICES = ("#AFC3D6", "#E9E3D3", "#8FA3A0", "#D9B9A0")  # notes are calm, so that the marks stand out
HATCHES = ("", "////", "....", "xxx")


@dataclass(frozen=True)
class _Row:
    """One row of the picture: its ticks, and the tick of the left edge, so that barlines of all rows align."""

    begin: int
    end: int
    left: int


@dataclass(frozen=True)
class _Fault:
    """A note in a place where a criterion is broken; `ring`: the criteria that frame the note already.

    The first note of a place has a mark at tick `at`, the `nth` there.
    """

    name: str
    note: Note
    ring: int
    at: int | None
    nth: int


def write_roll(phrase: Phrase, told: dict[str, Any], title: str, path: Path, constraints: Collection[str] = ()) -> None:
    """A phrase as a piano roll, eight bars a row; `told` is its entry in `best/scores.json`."""
    broken = [part for part in told["criteria"] if part["places"]]
    shapes, faults = shapes_of([part["name"] for part in broken]), _faults(phrase, broken)
    rows, missing = _rows(phrase)
    wide = max(row.end - row.left for row in rows)
    pitches = sorted({note.pitch for voice in phrase.voices for note in voice.notes}) or [60]
    semitones = pitches[-1] - pitches[0] + 3
    semitone = min(SEMITONE, ROW / semitones, (TALLEST / len(rows) - 0.4) / semitones)
    with styled():
        handles = [*_voices(phrase), *(_handle(part, shapes, constraints) for part in broken)]
        height = 1.1 + len(rows) * (0.35 + semitone * semitones) + 0.18 * -(-len(handles) // 2)
        made = figure(WIDTH, height, title + missing)
        panels = made.subplots(len(rows), 1, squeeze=False)[:, 0]
        for panel, row in zip(panels, rows, strict=True):
            _frame(panel, phrase, row)
            _pitches(panel, phrase, pitches, LABEL / 72 / semitone)
            panel.set_xlim(row.left, row.left + wide)
            _notes(panel, phrase, row)
            for part in broken:
                here = [fault for fault in faults if fault.name == part["name"]]
                _marks(panel, row, here, wide, semitone, shapes[part["name"]], part["name"] in constraints)
        axes = " · ".join(f"{name} {value:.3f}" for name, value in told["axes"].items())
        panels[0].set_title(shortened(f"{axes} · {_counted(told, constraints)}", 130))
        panels[-1].set_xlabel("bar (thin lines; thick: a phrase ends), beats dotted")
        if handles:
            made.legend(handles=handles, loc="outside lower left", ncols=2, fontsize=7.5, columnspacing=2.5)
        write(made, path)


def _rows(phrase: Phrase) -> tuple[list[_Row], str]:
    """The rows, the pick-up in the first, and what is to be said where there are too many."""
    lines = [tick for tick, _ in phrase.barlines()] or [0]
    starts = lines[::BARS_A_ROW]
    ends = [*starts[1:], max(phrase.length, 1)]
    rows = [
        _Row(0 if begin == lines[0] else begin, end, begin - phrase.pickup)
        for begin, end in zip(starts, ends, strict=True)
    ]
    missing = f" (bars 1–{MOST_ROWS * BARS_A_ROW} of {len(lines)})" if len(rows) > MOST_ROWS else ""
    return rows[:MOST_ROWS], missing


def _counted(told: dict[str, Any], constraints: Collection[str]) -> str:
    """How many faults there are against the constraints; where there are none of these, how many places are broken."""
    if constraints:
        return f"{told['faults'] or 'no'} fault{'s' * (told['faults'] != 1)} against the constraints"
    places = sum(part["broken"] for part in told["criteria"])
    return f"{places or 'no'} place{'s' * (places != 1)} where a rule is broken"


def _faults(phrase: Phrase, broken: Iterable[dict[str, Any]]) -> list[_Fault]:
    """What is to be marked; a place where nothing sounds is marked at the note before."""
    faults: list[_Fault] = []
    rings, marks = defaultdict[tuple[int, Note], list[str]](list), Counter[tuple[int, int]]()
    for part in broken:
        name = part["name"]
        spots = [(place, voice) for place in part["places"] for voice in place["voices"]]
        for place, voice in spots:
            notes = phrase.voices[voice].notes
            inside = [note for note in notes if note.onset < place["end"] and note.end > place["onset"]]
            before = [note for note in notes if note.end <= place["onset"]][-1:]
            for number, note in enumerate(inside or before):
                ring = rings[voice, note]
                ring += [name] * (name not in ring)
                at = max(note.onset, place["onset"]) if inside else note.onset
                faults.append(_Fault(name, note, ring.index(name), None if number else at, marks[voice, at]))
                marks[voice, at] += number == 0
    return faults


def _frame(panel: Axes, phrase: Phrase, row: _Row) -> None:
    """Barlines with their numbers, beats, and phrase ends."""
    barlines = list(phrase.barlines())
    first = phrase.metres[0][1]
    beats = [phrase.pickup - first.bar + beat for beat in first.beats]  # of the pick-up; most lie before it
    for number, (tick, metre) in enumerate(barlines, 1):
        following = barlines[number][0] if number < len(barlines) else phrase.length
        beats += [tick + beat for beat in metre.beats[1:] if tick + beat < following]
    across: dict[str, Any] = {"ymin": 0, "ymax": 1, "transform": panel.get_xaxis_transform()}
    panel.vlines([b for b in beats if row.begin < b < row.end], color=GREY, lw=0.6, ls=":", zorder=0, **across)
    panel.vlines([t for t, _ in barlines if row.begin <= t <= row.end], color=GREY, lw=0.8, zorder=0.4, **across)
    ends = [tick for tick in phrase.ends if row.begin < tick <= row.end]
    panel.vlines(ends, color=INK, lw=1.6, zorder=0.5, clip_on=False, **across)
    numbers = [(tick, str(n)) for n, (tick, _) in enumerate(barlines, 1) if row.begin <= tick < row.end]
    if phrase.pickup and row.begin == 0:
        numbers.insert(0, (0, "0"))
    panel.set_xticks([tick for tick, _ in numbers], [text for _, text in numbers])


def _pitches(panel: Axes, phrase: Phrase, pitches: list[int], apart: float) -> None:
    """The names of the pitches that occur, those left out that would lie less than `apart` semitones from the next."""
    shown: list[int] = []
    for pitch in pitches:
        if not shown or pitch - shown[-1] >= min(apart, 12):
            shown.append(pitch)
    panel.set_yticks(shown, [phrase.keys[0][1].name_of(pitch) for pitch in shown], size=6.5)
    panel.set_ylim(pitches[0] - 1.0, pitches[-1] + 2.0)
    panel.grid(axis="y", color=PALE, lw=0.4)
    panel.set_axisbelow(True)
    panel.set_ylabel("pitch")


def _box(note: Note, row: _Row, more: float = 0.0) -> list[tuple[float, float]]:
    """The corners of a note within a row; `more` semitones higher and lower."""
    left, right = max(note.onset, row.begin), min(note.end - 0.6, row.end)
    low, high = note.pitch - 0.42 - more, note.pitch + 0.42 + more
    return [(left, low), (right, low), (right, high), (left, high)]


def _notes(panel: Axes, phrase: Phrase, row: _Row) -> None:
    for number, voice in enumerate(phrase.voices):
        boxes = [_box(note, row) for note in voice.notes if note.onset < row.end and note.end > row.begin]
        look: dict[str, Any] = {"facecolor": VOICES[number % 4], "hatch": HATCHES[number % 4], "edgecolor": "#555555"}
        panel.add_collection(PolyCollection(boxes, lw=0.5, zorder=2, **look), autolim=False)


def _marks(panel: Axes, row: _Row, faults: list[_Fault], wide: int, semitone: float, shape: str, firm: bool) -> None:
    """A frame around each faulty note of one criterion, and its shape above: filled for a constraint."""
    faults = [fault for fault in faults if fault.note.onset < row.end and fault.note.end > row.begin]
    if not faults:
        return
    colour, point = colour_of(faults[0].name), wide / (WIDTH - 0.6) / 72  # ticks
    boxes = [_box(note, row, 0.2 * ring) for note, ring in dict.fromkeys((f.note, f.ring) for f in faults)]
    frames = PolyCollection(boxes, facecolor="none", edgecolor=colour, lw=1.8 if firm else 1.2, zorder=3)
    panel.add_collection(frames, autolim=False)
    marked = [(fault.at, fault) for fault in faults if fault.at is not None and row.begin <= fault.at < row.end]
    x = [at + point * (3 + (MARK + 2) * fault.nth) for at, fault in marked]
    y = [fault.note.pitch + 0.42 + 0.2 * fault.ring + MARK / 72 / semitone for _, fault in marked]
    panel.plot(x, y, ls="", marker=shape, ms=MARK, clip_on=False, zorder=4, **_ink(colour, firm))


def _ink(colour: str, firm: bool) -> dict[str, Any]:
    return {"color": colour, "mfc": colour if firm else "white", "mew": 1.2}


def _handle(part: dict[str, Any], shapes: dict[str, str], constraints: Collection[str]) -> Artist:
    name = part["name"]
    said = f"{shortened(name, 40)}: {part['broken']} of {part['tested']}" + ", a constraint" * (name in constraints)
    ink = _ink(colour_of(name), name in constraints)
    return Line2D([], [], ls="", marker=shapes[name], ms=MARK, label=said, **ink)


def _voices(phrase: Phrase) -> list[Artist]:
    """What the voices look like, where there are several."""
    if len(phrase.voices) == 1:
        return []
    return [
        Patch(
            fc=VOICES[number % 4], hatch=HATCHES[number % 4], ec="#555555", lw=0.5,
            label=f"voice {number + 1}" + (f": {shortened(voice.name, 40)}" if voice.name else ""),
        )
        for number, voice in enumerate(phrase.voices)
    ]  # fmt: skip
