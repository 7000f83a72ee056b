"""Changes of a tune as a musician would make them.

Each works in place on a `Line`, one row of cells; one that finds nothing to do leaves the line as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evolve.draft import FIRST, HOLD, REST, Drawn, Line

COPIES, ECHOES = 0.18, 0.2  # chances that a bar takes over an earlier one, or its rhythm alone, when a tune begins


def _one_tone(line: Line, dice: Iterator[float]) -> None:
    slot = line.one(line.onsets(), dice)
    if slot is not None:
        line.cells[slot] = _another(line, slot, dice)


def _another(line: Line, slot: int, dice: Iterator[float]) -> int:
    """Another tone for a note: near it, or one that goes on from the note before."""
    if next(dice) < 0.5:
        return line.moved(line.cells[slot], (-2, -1, 1, 2)[int(next(dice) * 4)])
    return line.tone_after(slot, dice)


def _tone_of_motif(line: Line, dice: Iterator[float]) -> None:
    """The same change in every bar that is the same."""
    slot = line.one([s for s in line.onsets() if s >= line.line], dice)
    if slot is None:
        return
    bar, place = divmod(slot - line.line, line.bar)
    code, content = _another(line, slot, dice), line.content(bar)
    for other in range(line.bars()):
        if line.content(other) == content:
            line.cells[line.line + other * line.bar + place] = code


def _slide(line: Line, dice: Iterator[float]) -> None:
    """A run of two to eight notes, some steps of the scale up or down."""
    onsets = line.onsets()
    slot = line.one(onsets, dice)
    if slot is not None:
        steps, start = (-3, -2, -1, 1, 2, 3)[int(next(dice) * 6)], onsets.index(slot)
        for at in onsets[start : start + 2 + int(next(dice) * 7)]:
            line.cells[at] = line.moved(line.cells[at], steps)


def _copy(line: Line, dice: Iterator[float], steps: int = 0) -> None:
    """A window of half a bar to four bars to another place, at barlines or as an upbeat lies before them."""
    half = max(line.bar // 2, 1)
    width = (half, line.bar, line.bar, 2 * line.bar, 4 * line.bar)[int(next(dice) * 5)]
    unit = half if width == half else line.bar
    early = line.line if next(dice) < 0.6 else 0
    starts = range(line.line - early, line.last - width // 2, unit)
    if len(starts) < 2:
        return
    source = starts[int(next(dice) * len(starts))]
    if line.marked:
        target = (line.one(list(starts), dice) or starts[0]) if next(dice) < 0.5 else _over(line, starts, unit, dice)
    else:
        target = starts[int(next(dice) * len(starts))]
    piece = line.cells[source : min(source + width, line.last)]
    for at, code in enumerate(piece):
        if target + at < line.last:
            line.cells[target + at] = line.moved(code, steps) if steps and code >= FIRST else code


def _over(line: Line, starts: range, unit: int, dice: Iterator[float]) -> int:
    """A start whose window holds a slot to blame."""
    guilty = [start for start in starts if any(start <= slot < start + unit for slot in line.marked)] or list(starts)
    return guilty[int(next(dice) * len(guilty))]


def _sequence(line: Line, dice: Iterator[float]) -> None:
    """A window copied, and some steps of the scale higher or lower."""
    _copy(line, dice, (-2, -1, 1, 2)[int(next(dice) * 4)])


def _new_rhythm(line: Line, dice: Iterator[float], *, everywhere: bool = False) -> None:
    """Another rhythm for a bar, or for all that have its rhythm; the tones stay in their order."""
    bar = line.a_bar(dice)
    old = line.rhythm(bar)
    letters = line.rhythms[_place(line, bar)].at(next(dice))
    chosen = [other for other in range(line.bars()) if line.rhythm(other) == old] if everywhere else [bar]
    for other in chosen:
        write_rhythm(line, other, letters, dice)


def _place(line: Line, bar: int) -> int:
    return 4 if bar == line.bars() - 1 else bar % 4


def write_rhythm(line: Line, bar: int, letters: str, dice: Iterator[float]) -> None:
    """Give a bar a rhythm; its tones are spread over the new notes, and drawn where it had none."""
    start = line.line + bar * line.bar
    tones = [cell for cell in line.content(bar) if cell >= FIRST]
    places = [at for at, letter in enumerate(letters) if letter == "x"]
    for at in range(min(line.bar, line.last - start)):
        letter = letters[at]
        if letter != "x":
            silent = letter == "-" and (at == 0 or letters[at - 1] != "-")
            line.cells[start + at] = REST if silent else HOLD
        elif tones:
            line.cells[start + at] = tones[places.index(at) * len(tones) // len(places)]
        else:
            line.cells[start + at] = line.tone_after(start + at, dice)


def _rhythm_of_motif(line: Line, dice: Iterator[float]) -> None:
    _new_rhythm(line, dice, everywhere=True)


def _insert(line: Line, dice: Iterator[float]) -> None:
    held = [slot for slot in range(line.last) if line.cells[slot] == HOLD]
    even = [slot for slot in held if (slot - line.line) % 2 == 0]
    slot = line.one(even if even and next(dice) < 0.9 else held, dice)
    if slot is not None:
        line.cells[slot] = line.tone_after(slot, dice)


def _delete(line: Line, dice: Iterator[float]) -> None:
    slot = line.one(line.onsets()[1:], dice)
    if slot is not None:
        line.cells[slot] = HOLD


def _shift(line: Line, dice: Iterator[float]) -> None:
    """A note that begins a sixteenth or an eighth earlier or later."""
    slot = line.one(line.onsets(), dice)
    by = (-2, -2, -1, 1, 2, 2)[int(next(dice) * 6)]
    if slot is not None and 0 <= slot + by < line.last and line.cells[slot + by] == HOLD:
        line.cells[slot + by], line.cells[slot] = line.cells[slot], HOLD


def _redraw(line: Line, dice: Iterator[float]) -> None:
    """One to five tones anew, each going on from the one before."""
    onsets = line.onsets()
    slot = line.one(onsets, dice)
    if slot is not None:
        start = onsets.index(slot)
        for at in onsets[start : start + 1 + int(next(dice) * 5)]:
            line.cells[at] = line.tone_after(at, dice)


def _rest(line: Line, dice: Iterator[float]) -> None:
    slot = line.one([slot for slot in range(1, line.last) if line.cells[slot] < FIRST], dice)
    if slot is not None:
        line.cells[slot] = REST if line.cells[slot] == HOLD else HOLD


def _swap(line: Line, dice: Iterator[float]) -> None:
    """Two bars change places."""
    one, other = line.a_bar(dice), line.a_bar(dice)
    here, there = line.content(one), line.content(other)
    if len(here) == len(there):
        for bar, content in ((one, there), (other, here)):
            start = line.line + bar * line.bar
            line.cells[start : start + len(content)] = content


Change = Callable[[Line, "Iterator[float]"], None]
CHANGES: dict[Change, float] = {
    _one_tone: 5, _tone_of_motif: 2, _slide: 3, _copy: 3, _sequence: 1, _new_rhythm: 2, _rhythm_of_motif: 1,
    _insert: 2, _delete: 2, _shift: 1, _redraw: 3, _rest: 0.5, _swap: 0.5,
}  # fmt: skip
MUSICAL = Drawn.of(CHANGES)
SINGLE = Drawn.of({change: CHANGES[change] for change in (_one_tone, _insert, _delete, _shift)})


def vary(line: Line, dice: Iterator[float], changes: Drawn[Change] = MUSICAL) -> None:
    """One change, sometimes two; tried again where the line stayed as it was.  A note in the first slot stays there."""
    before = list(line.cells)
    for _ in range(3):
        changes.at(next(dice))(line, dice)
        if next(dice) < 0.25:
            changes.at(next(dice))(line, dice)
        if line.cells[0] < FIRST <= before[0]:
            line.cells[0] = before[0]
        if line.cells != before:
            return


def begin(line: Line, dice: Iterator[float]) -> None:
    """A tune to begin with: rhythms from the vocabulary, some bars that return, tones after tones."""
    for slot in range(line.last):
        line.cells[slot] = HOLD
    for slot in range(0, line.line, 2):
        line.cells[slot] = line.tone_after(slot, dice)
    for bar in range(line.bars()):
        chance, lags = next(dice), [lag for lag in (4, 2, 1) if lag <= bar]
        lag = lags[int(next(dice) * len(lags))] if lags else 0
        start = line.line + bar * line.bar
        if lag and chance < COPIES:
            content = line.content(bar - lag)[: line.last - start]
            line.cells[start : start + len(content)] = content
        elif lag and chance < COPIES + ECHOES:
            letters = "".join(".-x"[cell] for cell in line.rhythm(bar - lag))
            write_rhythm(line, bar, letters, dice)
        else:
            write_rhythm(line, bar, line.rhythms[_place(line, bar)].at(next(dice)), dice)
    if line.cells[0] < FIRST:
        line.cells[0] = line.tone_after(0, dice)
