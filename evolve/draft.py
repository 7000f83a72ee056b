"""A tune while it is being written: one row of cells, with what a musician sees in it.

A cell is 0 (hold), 1 (rest) or 2 and up (the tones of a range upwards, in semitones).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

HOLD, REST, FIRST = 0, 1, 2
STEER = 0.8  # share of the changes that go where the blame is


@dataclass(frozen=True)
class Drawn(Generic[T]):
    """Things to draw, with their weights summed up."""

    things: tuple[T, ...]
    sums: tuple[float, ...]

    @classmethod
    def of(cls, weights: Mapping[T, float]) -> Drawn[T]:
        """From things and their weights, some above 0."""
        kept = {thing: weight for thing, weight in weights.items() if weight > 0}
        return cls(tuple(kept), tuple(accumulate(kept.values())))

    def at(self, chance: float) -> T:
        """The thing that a number from 0 to 1 stands for."""
        return self.things[min(bisect_right(self.sums, chance * self.sums[-1]), len(self.things) - 1)]


@dataclass
class Line:
    """One tune while it is being changed.

    Of `cells` the first `last` are heard; the first barline is at slot `line`, a bar has `bar` slots.  `scale` are the
    codes of the mode's tones, `after` what to draw after a code (0: after nothing), `rhythms` what to draw at each of
    the five places of a bar; `marked` are slots to blame.
    """

    cells: list[int]
    last: int
    line: int
    bar: int
    scale: tuple[int, ...]
    after: dict[int, Drawn[int]]
    rhythms: tuple[Drawn[str], ...]
    marked: frozenset[int] = frozenset()

    def onsets(self) -> list[int]:
        """The slots at which notes begin."""
        return [slot for slot in range(self.last) if self.cells[slot] >= FIRST]

    def bars(self) -> int:
        """How many bars there are, the last perhaps not whole."""
        return -(-(self.last - self.line) // self.bar)

    def one(self, slots: list[int], dice: Iterator[float]) -> int | None:
        """One of some slots, most often one to blame."""
        if self.marked and next(dice) < STEER and (guilty := [slot for slot in slots if slot in self.marked]):
            slots = guilty
        return slots[int(next(dice) * len(slots))] if slots else None

    def a_bar(self, dice: Iterator[float]) -> int:
        """One of the bars, most often one to blame."""
        number = self.bars()
        if self.marked and next(dice) < STEER:
            guilty = sorted({(slot - self.line) // self.bar for slot in self.marked if self.line <= slot < self.last})
            if guilty:
                return guilty[int(next(dice) * len(guilty))]
        return int(next(dice) * number)

    def content(self, bar: int) -> list[int]:
        """The cells of a bar, as far as it goes."""
        start = self.line + bar * self.bar
        return self.cells[start : min(start + self.bar, self.last)]

    def rhythm(self, bar: int) -> tuple[int, ...]:
        """The cells of a bar without their heights."""
        return tuple(min(cell, FIRST) for cell in self.content(bar))

    def moved(self, code: int, steps: int) -> int:
        """A tone so many steps of the scale away, in the range; a tone outside the scale goes to its neighbours."""
        place = sum(tone < code for tone in self.scale)
        inside = place < len(self.scale) and self.scale[place] == code
        place += steps if inside or steps < 0 else steps - 1
        return self.scale[min(max(place, 0), len(self.scale) - 1)]

    def tone_after(self, slot: int, dice: Iterator[float]) -> int:
        """A tone that goes on from the last note before a slot."""
        before = next((self.cells[at] for at in range(slot - 1, -1, -1) if self.cells[at] >= FIRST), 0)
        return self.after.get(before, self.after[0]).at(next(dice))
