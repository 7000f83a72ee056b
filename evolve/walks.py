"""Randomised constructive walks: notes drawn anew in the order of time, each by how well it follows and meets others.

They make no faultless lines, but lines with few faults to begin with, and to mend others by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evolve.changes import FIRST
from evolve.changes import HOLD as HOLD_CODE
from evolve.lines import NEVER, Line, drawn, onward
from fitness.grid import REST, sounding
from fitness.verbs import is_spelled

Genes = NDArray[np.int16]
Rows = NDArray[np.intp]

LEAD_IN = 3  # slots before a stretch that is written anew from which it takes its bearings


@dataclass(frozen=True, eq=False)
class Ground:
    """What walks go on: the voices that are given and those that are written.

    `table` int16 `[genes, codes]`: what each code stands for, HOLD, REST or a pitch; `gladly` float32 `[genes, codes -
    2]`: how well each note suits its place; `given` int16 `[slots]`: what the given voice sounds, at row `given_row`;
    `added`: the rows of the others; `barline` bool `[slots]`; `passing`: whether dissonances may pass; `staff` int8 of
    each pitch; `tonic`, its pitch class.  Genes are slots of one added voice after another.
    """

    table: NDArray[np.int16]
    gladly: NDArray[np.float32]
    given: NDArray[np.int16]
    given_row: int
    added: tuple[int, ...]
    barline: NDArray[np.bool_]
    passing: bool
    staff: NDArray[np.int8]
    tonic: int

    @property
    def slots(self) -> int:
        """Slots of each voice."""
        return len(self.given)

    @property
    def voices(self) -> int:
        """How many voices there are in all."""
        return len(self.added) + 1

    def cells(self, genes: Genes) -> NDArray[np.int16]:
        """The cells of the added voices, `[genes, n]`."""
        width = self.table.shape[1]
        found: NDArray[np.int16] = self.table.ravel().take(genes.T + np.arange(len(self.table))[:, None] * width)
        return found

    def begins(self, choices: NDArray[np.int16], own: Rows) -> NDArray[np.float32]:
        """How well each note suits the beginning of a voice: a perfect interval, or the tonic chord."""
        fine = np.isin(abs(choices - self.given[0]) % 12, (0, 7) if self.voices == 2 else (0, 3, 4, 7))
        bass = (own == self.voices - 1)[:, None]
        return np.where(fine & (~bass | (choices % 12 == self.tonic)), np.float32(1.0), NEVER)


def written(ground: Ground, genes: Genes, active: NDArray[np.bool_], rng: np.random.Generator) -> Genes:
    """The genes with every active note drawn anew, all voices slot by slot."""
    walk, nowhere = Walk.over(ground, genes, active), np.zeros(len(genes), np.intp)
    bass = ground.voices - 1  # it is written first: the others must be consonant with it
    order = sorted(
        range(len(ground.added)), key=lambda i: (ground.added[i] != bass, abs(ground.added[i] - ground.given_row))
    )
    lines = [Line.fresh(len(genes)) for _ in ground.added]
    for slot in range(ground.slots):
        for voice in order:
            walk.go_on(lines[voice], nowhere + voice, nowhere + slot, rng)
    return walk.genes


def rewritten(ground: Ground, genes: Genes, voice: Rows, start: Rows, stop: Rows, rng: np.random.Generator) -> Genes:
    """The genes with the notes of one voice from a slot up to another drawn anew; `[n]` each, a stretch a row."""
    place, mine = np.arange(ground.slots), np.arange(len(ground.added)) == voice[:, None]
    inside = (place >= start[:, None]) & (place < stop[:, None])
    walk = Walk.over(ground, genes, (mine[:, :, None] & inside[:, None]).reshape(genes.shape))
    line = Line.fresh(len(genes))
    for step in range(-LEAD_IN, int((stop - start).max())):
        walk.go_on(line, voice, start + step, rng)
    return walk.genes


@dataclass(eq=False)
class Walk:
    """Genes in which notes are drawn anew where `active`; `sounding` int16 `[voices, slots, n]`."""

    ground: Ground
    genes: Genes
    active: NDArray[np.bool_]
    sounding: NDArray[np.int16]
    following: NDArray[np.int16]

    @classmethod
    def over(cls, ground: Ground, genes: Genes, active: NDArray[np.bool_]) -> Walk:
        """The walk of a batch: what sounds, silence where notes are to be drawn, and what each slot leads on to."""
        genes, n, slots = genes.copy(), len(genes), ground.slots
        cells = np.where(active & (genes >= FIRST), REST, ground.cells(genes).T)
        heard = np.empty((ground.voices, slots, n), np.int16)
        heard[ground.given_row] = ground.given[:, None]
        following = np.full(genes.shape, -1, np.int16)
        for number, voice in enumerate(ground.added):
            heard[voice] = sounding(cells[:, number * slots : (number + 1) * slots].T[None])[0]
            held = np.full(n, -1, np.int16)
            for gene in reversed(range(number * slots, (number + 1) * slots)):
                following[:, gene] = held
                held = np.where(genes[:, gene] >= FIRST, cells[:, gene], held)
        return cls(ground, genes, active, heard, following)

    def go_on(self, line: Line, voice: Rows, slot: Rows, rng: np.random.Generator) -> None:
        """Draw what each row's added voice strikes in its slot, where that is open, and note it in `line`.

        Slots before the first or after the last are passed over.
        """
        ground, rows = self.ground, np.arange(len(self.genes))
        inside = (slot >= 0) & (slot < ground.slots)
        slot = np.clip(slot, 0, ground.slots - 1)
        gene, own = voice * ground.slots + slot, np.array(ground.added)[voice]
        code, barline = self.genes[rows, gene], ground.barline[slot]
        struck, held = (code >= FIRST) & inside, inside & (code == HOLD_CODE) & (line.pitch >= 0)
        waiting = struck & self.active[rows, gene]
        now, before = self.sounding[:, slot, rows], self.sounding[:, np.maximum(slot - 1, 0), rows]
        mine = np.where(held, line.pitch, now[own, rows])
        now[own, rows] = before[own, rows] = -1
        if waiting.any():
            choices = ground.table[gene, FIRST:]
            side = np.sign(np.arange(len(now))[:, None] - own).astype(np.int8)  # above those that lie lower
            weights = line.weights(choices, now, before, free=ground.passing & ~barline, side=side)
            weights *= ground.gladly[gene] * onward(choices, self.following[rows, gene])
            fresh = line.pitch < 0
            weights[fresh] *= ground.begins(choices[fresh], own[fresh])
            move = choices - line.pitch[:, None]
            places = ground.staff[choices] - ground.staff[line.pitch][:, None]
            weights[((places == 0) & (move != 0)) | ~is_spelled(move, places)] *= NEVER
            chosen = drawn(weights, rng)
            mine = np.where(waiting, choices[rows, chosen], mine)
            self.genes[rows[waiting], gene[waiting]] = chosen[waiting] + FIRST
        line.struck(mine, now, struck)
        line.held(now, held & barline)
        self.sounding[own[inside], slot[inside], rows[inside]] = mine[inside]
