"""Musical changes of grid genes, each on a whole batch: nudge, leap, transpose, copy, invert, reverse, re-rhythm, ...

A change is a function of (genes `[m, length]`, layout, rng, where) that works in place on its own copy.
Codes: 0 hold, 1 rest, 2 and up the notes of a scale upwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Genes = NDArray[np.int16]
Mask = NDArray[np.bool_]

HOLD, REST, FIRST = 0, 1, 2
STEER = 0.8  # share of the changes that go where the blame is; the rest keeps exploring
AGAIN = 0.3  # chance of a second change
CROWDED = 8  # genes to blame at which a genome is sure to be changed again, up to three times: most of these must go
NEXT = np.array((-1, -1, -1, 0, 1, 1, 1), np.int16)  # from one note to the next, in steps of the scale


@dataclass(frozen=True, eq=False)
class Layout:
    """Which genes are slots (the first `slots`), which make up each full bar, and the highest note's code."""

    slots: int
    bar_genes: NDArray[np.intp]  # [bars, genes a bar], slots first
    bar_slots: int
    top: int


Change = Callable[[Genes, Layout, np.random.Generator, "Mask | None"], None]


def change(
    genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None,
    changes: tuple[tuple[Change, float], ...] | None = None,
) -> Genes:  # fmt: skip
    """A copy of the genes with one change a row, chosen by weight, and in some a second; with much blame up to four."""
    result = genes.copy()
    table = CHANGES if changes is None else changes
    chances = np.array([weight for _, weight in table]) / sum(weight for _, weight in table)
    again = [AGAIN] if where is None else [np.clip(where.sum(axis=1) / CROWDED, AGAIN, 1.0)] * 3
    turns = [np.arange(len(genes)), *(np.flatnonzero(rng.random(len(genes)) < chance) for chance in again)]
    for rows in turns:
        chosen = rng.choice(len(table), size=len(rows), p=chances)
        for number, (apply, _) in enumerate(table):
            mine = rows[chosen == number]
            if mine.size:
                part = result[mine]
                apply(part, layout, rng, None if where is None else where[mine])
                result[mine] = part
    return result


def aimed(candidates: Mask, rng: np.random.Generator, where: Mask | None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of one candidate a row, most often one that is to blame; rows without any are left out."""
    if where is not None:
        guilty = candidates & where[:, : candidates.shape[1]]
        steer = guilty.any(axis=1) & (rng.random(len(candidates)) < STEER)
        candidates = np.where(steer[:, None], guilty, candidates)
    column = np.argmax(rng.random(candidates.shape, np.float32) * candidates, axis=1)
    rows = np.flatnonzero(candidates[np.arange(len(candidates)), column])
    return rows, column[rows]


def _bar(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> NDArray[np.intp]:
    """One bar a row, most often one with blame."""
    bars = np.ones((len(genes), len(layout.bar_genes)), bool)
    blamed: Mask | None = None if where is None else np.asarray(where[:, layout.bar_genes].any(axis=2))
    return aimed(bars, rng, blamed)[1]


def _signed(rng: np.random.Generator, size: int, most: int) -> NDArray[np.int16]:
    by: NDArray[np.int16] = (rng.integers(1, most + 1, size) * rng.choice((-1, 1), size)).astype(np.int16)
    return by


def _moved(codes: Genes, by: NDArray[np.int16], top: int) -> Genes:
    """Notes moved along the scale, the other way where it ends; holds and rests as they are."""
    wanted = codes + by
    wanted = np.where((wanted < FIRST) | (wanted > top), codes - by, wanted)
    return np.where(codes >= FIRST, np.clip(wanted, FIRST, top), codes).astype(np.int16)


def nudge(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """One note moves one or two steps along the scale."""
    rows, slot = aimed(genes[:, : layout.slots] >= FIRST, rng, where)
    genes[rows, slot] = _moved(genes[rows, slot], _signed(rng, len(rows), 2), layout.top)


def leap(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """One note moves up to an octave of a seven-note scale."""
    rows, slot = aimed(genes[:, : layout.slots] >= FIRST, rng, where)
    genes[rows, slot] = _moved(genes[rows, slot], _signed(rng, len(rows), 7), layout.top)


def settle(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """One note moves next to the note before it: a step above or below, or the same."""
    slots = genes[:, : layout.slots]
    rows, slot = aimed(slots >= FIRST, rng, where)
    struck = np.where(np.arange(layout.slots)[None] < slot[:, None], slots[rows] >= FIRST, False)
    before = layout.slots - 1 - np.argmax(struck[:, ::-1], axis=1)
    near = np.where(struck.any(axis=1), slots[rows, before], slots[rows, slot])
    genes[rows, slot] = _moved(near.astype(np.int16), rng.choice(NEXT, len(rows)), layout.top)


def transpose(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """A bar moves up to three steps along the scale."""
    rows, cells = _cells(genes, layout, rng, where)
    genes[rows, cells] = _moved(genes[rows, cells], _signed(rng, len(genes), 3)[:, None], layout.top)


def copy(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """A bar takes the notes of another, in half of the cases moved along the scale: a sequence."""
    target = _bar(genes, layout, rng, where)
    source = rng.integers(0, len(layout.bar_genes), len(genes))
    rows = np.arange(len(genes))[:, None]
    copied = genes[rows, layout.bar_genes[source]]
    slots = copied[:, : layout.bar_slots]
    moved = _signed(rng, len(genes), 3) * (rng.random(len(genes)) < 0.5)
    copied[:, : layout.bar_slots] = _moved(slots, moved.astype(np.int16)[:, None], layout.top)
    genes[rows, layout.bar_genes[target]] = copied


def copy_section(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """Two bars, or four, take the notes of the two or four bars before or after them."""
    bars = len(layout.bar_genes)
    size = np.where(rng.random(len(genes)) < 0.5, 2, 4)
    for length in (2, 4):
        mine = np.flatnonzero(size == length)
        if bars < 2 * length or not mine.size:
            continue
        sections = bars // length
        source = rng.integers(0, sections, len(mine))
        target = (source + rng.integers(1, sections, len(mine))) % sections
        rows = mine[:, None, None]
        places = np.arange(length)[None]
        copied = genes[rows, layout.bar_genes[source[:, None] * length + places]]
        genes[rows, layout.bar_genes[target[:, None] * length + places]] = copied


def invert(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """A bar is turned upside down about its first note."""
    rows, cells = _cells(genes, layout, rng, where)
    bar = genes[rows, cells]
    first = bar[np.arange(len(bar)), np.argmax(bar >= FIRST, axis=1)][:, None]
    genes[rows, cells] = _moved(bar, 2 * (first - bar), layout.top)


def reverse(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """A bar is played backwards, lengths included."""
    chosen = _bar(genes, layout, rng, where)
    rows, cells = np.arange(len(genes))[:, None], layout.bar_genes[chosen, : layout.bar_slots]
    bar = genes[rows, cells]
    filled = bar.copy()
    for slot in range(1, bar.shape[1]):
        np.copyto(filled[:, slot], filled[:, slot - 1], where=bar[:, slot] == HOLD)
    last = np.ones(bar.shape, bool)
    last[:, :-1] = bar[:, 1:] != HOLD
    genes[rows, cells] = np.where(last, filled, HOLD)[:, ::-1]
    cuts = layout.bar_genes[chosen, layout.bar_slots :]
    genes[rows, cuts] = genes[rows, cuts][:, ::-1]


def rhythm(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """A bar takes the rhythm of another and keeps its own notes, repeated or cut as they must be."""
    chosen, model = _bar(genes, layout, rng, where), rng.integers(0, len(layout.bar_genes), len(genes))
    rows = np.arange(len(genes))[:, None]
    bar, other = (genes[rows, layout.bar_genes[which, : layout.bar_slots]] for which in (chosen, model))
    order = np.argsort(bar < FIRST, axis=1, kind="stable")
    notes = np.take_along_axis(bar, order, axis=1)
    number = (bar >= FIRST).sum(axis=1)
    wanted = np.minimum(np.cumsum(other >= FIRST, axis=1) - 1, np.maximum(number - 1, 0)[:, None])
    taken = np.take_along_axis(notes, np.maximum(wanted, 0), axis=1)
    sounding = (number > 0)[:, None]
    genes[rows, layout.bar_genes[chosen, : layout.bar_slots]] = np.where(
        sounding, np.where(other >= FIRST, taken, other), bar
    )
    cuts = [genes[rows, layout.bar_genes[which, layout.bar_slots :]] for which in (chosen, model)]
    genes[rows, layout.bar_genes[chosen, layout.bar_slots :]] = np.where(sounding, cuts[1], cuts[0])


def shift(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """One note begins a slot earlier or later."""
    slots = genes[:, : layout.slots]
    rows, slot = aimed(slots >= FIRST, rng, where)
    to = slot + rng.choice((-1, 1), len(rows))
    free = (to >= 0) & (to < layout.slots)
    free[free] &= slots[rows[free], to[free]] == HOLD
    rows, slot, to = rows[free], slot[free], to[free]
    genes[rows, to] = genes[rows, slot]
    genes[rows, slot] = HOLD


def thin(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """One note or rest goes; what was before it is held on."""
    rows, slot = aimed(genes[:, : layout.slots] != HOLD, rng, where)
    genes[rows, slot] = HOLD


def fill(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """A note is struck where one was held or a rest was, near the note before."""
    slots = genes[:, : layout.slots]
    rows, slot = aimed(slots < FIRST, rng, where)
    struck = np.where(np.arange(layout.slots)[None] < slot[:, None], slots[rows] >= FIRST, False)
    before = layout.slots - 1 - np.argmax(struck[:, ::-1], axis=1)
    near = np.where(struck.any(axis=1), slots[rows, before], FIRST + (layout.top - FIRST) // 2)
    genes[rows, slot] = _moved(near.astype(np.int16), rng.integers(-2, 3, len(rows)).astype(np.int16), layout.top)


def breathe(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """A rest comes where a note was held, or a held note where a rest was."""
    slots = genes[:, : layout.slots]
    rows, slot = aimed(slots < FIRST, rng, where)
    genes[rows, slot] = np.where(genes[rows, slot] == REST, HOLD, REST)


def recut(genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None) -> None:
    """A quarter is cut into three where it was cut into two, or the other way; else a note is nudged."""
    if genes.shape[1] == layout.slots:
        nudge(genes, layout, rng, where)
        return
    quarter = rng.integers(layout.slots, genes.shape[1], len(genes))
    genes[np.arange(len(genes)), quarter] ^= 1


def _cells(
    genes: Genes, layout: Layout, rng: np.random.Generator, where: Mask | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column indices of the slots of one bar a row."""
    bar = _bar(genes, layout, rng, where)
    return np.arange(len(genes))[:, None], layout.bar_genes[bar, : layout.bar_slots]


# How often each change is tried: small ones most, those that make form often enough to find it.
CHANGES: tuple[tuple[Change, float], ...] = (
    (nudge, 6), (leap, 2), (settle, 2), (transpose, 1), (copy, 2), (copy_section, 1), (invert, 0.5),
    (reverse, 0.5), (rhythm, 1.5), (shift, 1.5), (thin, 2), (fill, 2), (breathe, 0.5), (recut, 0.5),
)  # fmt: skip
