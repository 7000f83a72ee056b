"""Genome kind `melody`: one gene a slot of the time grid says hold, rest, or which note is struck.

Pitch and rhythm both evolve.  Codes: 0 hold, 1 rest, 2 and up the notes of the scale from `low` to `high`.
With triplets each quarter has one gene more, which says whether it is cut into two, four ... or into three.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from evolve.changes import FIRST, Layout, change
from evolve.changes import HOLD as HOLD_CODE
from evolve.changes import REST as REST_CODE
from evolve.genomes.kind import Genes, KeyText, MetreText, Notation, NoteName, Where, genome_kind
from fitness.catalogue import Between
from fitness.grid import HOLD, REST
from fitness.phrase import C_MAJOR, COMMON_TIME, MAX_TICKS, Note, Phrase
from fitness.phrases import Phrases
from fitness.setting import Setting
from fitness.theory import QUARTER
from fitness.verdict import Blame

Bars = Annotated[int, Between(1, 256)]


@dataclass(frozen=True, eq=False)
class Melody:
    """One evolved voice on a grid, over fixed voices or alone.

    `ticks` int32 `[slots]`; `scale` int16: the MIDI numbers that code 2 and up stand for; `division` int8
    `[slots]`: 0 = a slot of every cut of its quarter, 1 = of the even one only, 2 = of the triplet only.
    """

    setting: Setting
    ticks: NDArray[np.int32]
    scale: NDArray[np.int16]
    division: NDArray[np.int8]
    fixed: NDArray[np.int16]  # [fixed voices, slots]

    @property
    def slots(self) -> int:
        """Slots of the grid; as many genes come first."""
        return len(self.ticks)

    @cached_property
    def quarter(self) -> NDArray[np.int32]:
        """The quarter, counted from the start, that each slot lies in: the gene that cuts it."""
        return self.ticks // QUARTER

    @cached_property
    def has_triplets(self) -> bool:
        """Whether quarters have a gene that cuts them."""
        return bool(self.division.any())

    @cached_property
    def groups(self) -> NDArray[np.int16]:
        """The bar each gene belongs to; the pick-up goes with the first."""
        bar = np.maximum(self.setting.bar[self.ticks], 1).astype(np.int16) - 1
        if not self.has_triplets:
            return bar
        first = np.searchsorted(self.quarter, np.arange(self.quarter[-1] + 1))
        return np.concatenate([bar, bar[first]])

    @cached_property
    def bounds(self) -> tuple[Genes, Genes]:
        """The lowest and highest code of each gene."""
        high = np.full(len(self.groups), len(self.scale) + 1, np.int16)
        high[self.slots :] = 1
        return np.zeros_like(high), high

    @cached_property
    def layout(self) -> Layout:
        """Which genes are slots and which make up each full bar."""
        inside = self.setting.bar[self.ticks] > 0
        if self.has_triplets:
            first = np.searchsorted(self.quarter, np.arange(self.quarter[-1] + 1))
            inside = np.concatenate([inside, inside[first]])
        bars = [np.flatnonzero(inside & (self.groups == bar)) for bar in range(len(self.setting.barlines))]
        return Layout(self.slots, np.array(bars), int((bars[0] < self.slots).sum()), len(self.scale) + 1)

    def decode(self, genes: Genes) -> Phrases:
        """The phrases that genes stand for; a hold with nothing before it is silence."""
        table = np.array([HOLD, REST, *self.scale], np.int16)
        cells = np.empty((1 + len(self.fixed), self.slots, len(genes)), np.int16)
        np.take(table, genes[:, : self.slots].T, out=cells[0], mode="clip")
        if self.has_triplets:
            cut = genes[:, self.slots :].T[self.quarter]
            cells[0][(self.division[:, None] != 0) & (self.division[:, None] != cut + 1)] = HOLD
        cells[1:] = self.fixed[:, :, None]
        return Phrases.from_grid(cells, self.ticks, self.setting)

    def sample(self, n: int, rng: np.random.Generator) -> Genes:
        """Random walks in the scale, struck more often on strong places, with bars that return."""
        weight = self.setting.weight[self.ticks]
        struck = rng.random((n, self.slots)) < np.maximum(0.06, 0.97 - 0.22 * abs(weight))
        steps = np.round(rng.normal(0.0, 1.6, (n, self.slots))).astype(np.int64) * struck
        start = rng.integers(0, len(self.scale), (n, 1))
        walk = np.cumsum(steps, axis=1) + start
        span = max(1, len(self.scale) - 1)
        folded = span - abs(walk % (2 * span) - span) if len(self.scale) > 1 else walk * 0
        genes = np.zeros((n, len(self.groups)), np.int16)
        genes[:, : self.slots] = np.where(struck, folded + FIRST, HOLD_CODE)
        rests = ~struck & (rng.random((n, self.slots)) < 0.02)
        genes[:, : self.slots][rests] = REST_CODE
        genes[:, self.slots :] = rng.random((n, len(self.groups) - self.slots)) < 0.15
        bars = self.layout.bar_genes
        for bar in range(1, len(bars)):
            rows = np.flatnonzero(rng.random(n) < 0.3)
            source = bars[rng.integers(0, bar, len(rows))]
            genes[rows[:, None], bars[bar]] = genes[rows[:, None], source]
        return genes

    def start_from(self, phrases: list[Phrase]) -> Genes:
        """The highest voice with notes of each phrase in this key, register, grid and length (repeated or cut)."""
        genes = np.zeros((len(phrases), len(self.groups)), np.int16)
        for row, phrase in enumerate(phrases):
            notes = phrase.melody.notes
            if not notes:
                raise ValueError("a phrase to start from must have a note, got none")
            self._write(genes[row], phrase, notes)
        return genes

    def _write(self, row: Genes, phrase: Phrase, notes: tuple[Note, ...]) -> None:
        heights = np.array([note.pitch for note in notes])
        key = (self.setting.keys[0][1].pitch_class - phrase.keys[0][1].pitch_class + 6) % 12 - 6
        shifts = sorted((key + 12 * octave for octave in range(-9, 10)), key=abs)
        low, high = int(self.scale[0]), int(self.scale[-1])
        shift = min(shifts, key=lambda by: int(((heights + by < low) | (heights + by > high)).sum()))
        bar = phrase.metres[0][1].bar
        whole = max(bar, -(-(phrase.length - phrase.pickup) // bar) * bar)
        late = self.setting.pickup - phrase.pickup
        for start in range(late, self.setting.length - phrase.pickup, whole):
            for note in notes:
                self._place(row, note, note.onset + start, note.pitch + shift)

    def _place(self, row: Genes, note: Note, onset: int, pitch: int) -> None:
        """Strike a note at the slot nearest to its onset, and rest at the one nearest to its end."""
        allowed = np.flatnonzero(self.division != 2) if not self.has_triplets else np.arange(self.slots)
        ticks = np.append(self.ticks[allowed], self.setting.length)
        if onset < -int(ticks[1]) // 2:
            return
        first, after = (int(np.argmin(abs(ticks - tick))) for tick in (onset, onset + note.duration))
        after = max(after, first + 1)
        if first >= len(allowed):
            return
        slot = int(allowed[first])
        row[slot] = FIRST + int(np.argmin(abs(self.scale - pitch)))
        written = [slot]
        if after < len(allowed):
            row[allowed[after]] = REST_CODE
            written.append(int(allowed[after]))
        for place in written:
            if self.has_triplets and self.division[place]:
                row[self.slots + self.quarter[place]] = self.division[place] - 1

    def mate(self, a: Genes, b: Genes, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Each pair exchanges a run of whole bars."""
        bars = len(self.layout.bar_genes)
        if bars == 1:
            return rng.random(a.shape) < 0.5
        cuts = np.sort(rng.integers(0, bars + 1, (len(a), 2)), axis=1)
        return (self.groups >= cuts[:, :1]) & (self.groups < cuts[:, 1:])

    def mutate(self, genes: Genes, rng: np.random.Generator, where: Where | None = None) -> Genes:
        """One musical change each, sometimes two: see `evolve.changes`."""
        return change(self._tidied(genes), self.layout, rng, where)

    def _tidied(self, genes: Genes) -> Genes:
        """The genes with holds in the slots that the cut of their quarter leaves out: no change moves ghosts."""
        if not self.has_triplets:
            return genes
        cut = genes[:, self.slots :][:, self.quarter]
        idle = np.zeros(genes.shape, bool)
        idle[:, : self.slots] = (self.division != 0) & (self.division != cut + 1)
        return np.where(idle, HOLD_CODE, genes).astype(np.int16)

    def genes_of(self, blame: Blame, n: int) -> Where:
        """The slot at each fault of the evolved voice."""
        mine = blame.voice == 0
        marks = np.zeros((n, len(self.groups)), bool)
        slot = np.searchsorted(self.ticks, blame.tick[mine], side="right") - 1
        marks[blame.phrase[mine], slot] = True
        return marks


@genome_kind
def melody(
    *,
    key: KeyText = C_MAJOR,
    metre: MetreText = COMMON_TIME,
    bars: Bars = 8,
    low: NoteName = 60,
    high: NoteName = 79,
    grid: Literal["1/2", "1/4", "1/8", "1/16", "1/32"] = "1/8",
    triplets: bool = False,
    pickup: Annotated[int, Between(0, 24 * 64)] = 0,
    phrase_bars: Bars = 4,
    over: Notation | None = None,
) -> Melody:
    """One voice: notes of a scale between two pitches, held and rested on a grid of note values.

    `pickup` in ticks (24 a quarter) comes before the first barline; `phrase_bars` says after how many
    bars a phrase ends; `over` are fixed voices below, in notation.
    """
    step = 4 * QUARTER // int(grid[2:])
    length = pickup + bars * metre.bar
    if metre.bar % step or pickup % step:
        raise ValueError(f"grid: bars of {metre} and the pick-up must be whole multiples of {grid}; take a finer grid")
    if pickup >= metre.bar:
        raise ValueError(f"pickup: must be shorter than a bar ({metre.bar} ticks), got {pickup}")
    if triplets and (metre.unit > 4 or pickup % QUARTER or step > QUARTER):
        raise ValueError(
            "triplets: need a metre of halves or quarters, a grid of 1/4 or finer and a pick-up of quarters"
        )
    if length > MAX_TICKS:
        raise ValueError(f"bars: {bars} bars of {metre} must last at most {MAX_TICKS} ticks, got {length}; take fewer")
    scale = key.pitches(low, high)
    if len(scale) < 2:
        above = f"; low is above high ({key.name_of(high)})" if low > high else ""
        raise ValueError(f"low: from low to high there must be two notes of {key}, got {len(scale)}{above}")
    times = dict.fromkeys(range(0, length, step), 0)
    if triplets:
        times = {t: 1 if t % QUARTER else 0 for t in times}
        times |= {t: 2 for q in range(0, length, QUARTER) for t in (q + 8, q + 16)}
    ticks = np.array(sorted(times), np.int32)
    division = np.array([times[t] for t in sorted(times)], np.int8)
    fixed, names, programs = np.empty((0, len(ticks)), np.int16), ["melody"], [0]
    if over is not None:
        fixed = np.array([_fixed(voice.notes, ticks, length) for voice in over.voices], np.int16)
        names += [voice.name or f"fixed {i}" for i, voice in enumerate(over.voices, 1)]
        programs += [voice.program for voice in over.voices]
    ends = tuple(range(phrase_bars * metre.bar, length, phrase_bars * metre.bar))  # each phrase has its own upbeat
    ends = tuple(end for end in ends if end < length - pickup)
    setting = Setting(length, ((0, key),), ((0, metre),), pickup, (*ends, length), tuple(names), tuple(programs))
    return Melody(setting, ticks, np.array(scale, np.int16), division, fixed)


def _fixed(notes: tuple[Note, ...], ticks: NDArray[np.int32], length: int) -> NDArray[np.int16]:
    cells = np.full(len(ticks), HOLD, np.int16)
    for note in notes:
        for tick, value in ((note.end, REST), (note.onset, note.pitch)):
            slot = int(np.searchsorted(ticks, tick))
            if note.end > length:
                raise ValueError(
                    f"over: must not last longer than the phrase ({length} ticks), got a note to {note.end}"
                )
            if tick < length and ticks[min(slot, len(ticks) - 1)] != tick:
                raise ValueError(f"over: every note must begin and end on the grid, got one at tick {tick}")
            if tick < length and (value != REST or cells[slot] == HOLD):
                cells[slot] = value
    return cells
