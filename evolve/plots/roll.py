"""The piano roll of a phrase, with the places marked where it breaks a rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from evolve.plots.style import INK, PALE, colours, figure, named, styled, write
from evolve.text import safe_text
from fitness.phrase import Phrase

BARS_A_ROW = 8
VOICES = ("#4C78A8", "#B8C8DC", "#8FA3A0", "#C9B79C")  # notes are calm, so that the marks stand out
HATCHES = ("", "///", "...", "xxx")


def write_roll(phrase: Phrase, told: dict[str, Any], title: str, path: Path) -> None:
    """A phrase as a piano roll, eight bars a row; `told` is its entry in `best/scores.json`."""
    broken = [part for part in told["criteria"] if part["places"]]
    shades = colours([part["name"] for part in told["criteria"]])  # of all, so that they are the same everywhere
    rows = _rows(phrase)
    pitches = sorted({note.pitch for voice in phrase.voices for note in voice.notes}) or [60]
    with styled():
        height = 0.6 + len(rows) * (0.7 + 0.11 * (pitches[-1] - pitches[0] + 3)) + 0.17 * -(-len(broken) // 2)
        made = figure(9.0, min(height, 40.0))
        panels = made.subplots(len(rows), 1, squeeze=False)[:, 0]
        for panel, (begin, end) in zip(panels, rows, strict=True):
            _frame(panel, phrase, begin, end, pitches)
            _notes(panel, phrase, begin, end)
            for part in broken:
                for place in part["places"]:
                    if begin <= place["onset"] < end:
                        _mark(panel, phrase, place, shades[part["name"]])
        axes = ", ".join(f"{name} {value:.3f}" for name, value in told["axes"].items())
        faults = f"{told['faults'] or 'no'} fault{'s' * (told['faults'] != 1)} against the constraints"
        named(panels[0], f"{title}: {axes}; {faults}")
        panels[-1].set_xlabel("bar (full lines), beat (dotted)")
        handles = [
            Line2D([], [], color=shades[part["name"]], marker="v", ls="", label=safe_text(_said(part)))
            for part in broken
        ]
        if handles:
            made.legend(handles=handles, loc="outside lower left", ncols=2, fontsize=7.5)
        write(made, path)


def _said(part: dict[str, Any]) -> str:
    return f"{part['name']}: broken at {part['broken']} of {part['tested']}"


def _rows(phrase: Phrase) -> list[tuple[int, int]]:
    """From which tick to which each row goes; the pick-up goes with the first."""
    lines = [tick for tick, _ in phrase.barlines()]
    starts = [0, *lines[BARS_A_ROW::BARS_A_ROW]]
    ends = [*starts[1:], max(phrase.length, 1)]
    return list(zip(starts, ends, strict=True))


def _frame(panel: Axes, phrase: Phrase, begin: int, end: int, pitches: list[int]) -> None:
    """Barlines with their numbers, beats, phrase ends, and the names of the pitches that occur."""
    barlines = list(phrase.barlines())
    numbers = []
    for number, (tick, metre) in enumerate(barlines, 1):
        following = barlines[number][0] if number < len(barlines) else phrase.length
        if begin <= tick < end:
            numbers.append((tick, str(number)))
        for beat in metre.beats:
            if begin <= tick + beat < min(end, following):
                panel.axvline(
                    tick + beat, color=INK if beat == 0 else PALE, lw=0.8, ls="-" if beat == 0 else ":", zorder=0
                )
    for tick in phrase.ends[:-1]:
        if begin < tick <= end:
            panel.axvline(tick, color=INK, lw=1.6, zorder=0.5)
    panel.set_xticks([tick for tick, _ in numbers], [text for _, text in numbers])
    names = [phrase.keys[0][1].name_of(pitch) for pitch in pitches]
    panel.set_yticks(pitches, names, fontsize=6.5 if len(pitches) > 14 else 7.5)
    panel.set_xlim(begin, max(end, begin + 1))
    panel.set_ylim(pitches[0] - 1.6, pitches[-1] + 2.2)
    panel.grid(axis="y", color=PALE, lw=0.4)
    panel.set_axisbelow(True)
    named(panel, y="pitch")


def _notes(panel: Axes, phrase: Phrase, begin: int, end: int) -> None:
    for number, voice in enumerate(phrase.voices):
        look: dict[str, Any] = {"fc": VOICES[number % 4], "hatch": HATCHES[number % 4], "ec": INK, "lw": 0.5}
        for note in voice.notes:
            if note.onset < end and note.end > begin:
                left, right = max(note.onset, begin), min(note.end, end)
                panel.add_patch(Rectangle((left, note.pitch - 0.42), right - left - 0.6, 0.84, zorder=2, **look))


def _mark(panel: Axes, phrase: Phrase, place: dict[str, Any], colour: str) -> None:
    """A frame in the criterion's colour around each note at a place, and a triangle above it."""
    for voice in place["voices"]:
        for note in phrase.voices[voice].notes:
            if note.onset < place["end"] and note.end > place["onset"]:
                frame = Rectangle(
                    (note.onset, note.pitch - 0.42), note.duration - 0.6, 0.84, fill=False, ec=colour, lw=1.8
                )
                panel.add_patch(frame)
                frame.set_zorder(3)
                panel.plot(
                    [place["onset"] + 2], [note.pitch + 1.15], marker="v", ms=5, color=colour, zorder=4, clip_on=False
                )
                break
