"""How a rule looks along a line: notes and bars; `fitness.slices` has the views across voices.

Every view has axes `[rows, positions, n]`; rows are voices (notes, slices, bars) or pairs of voices.  What
is absent is neutral: pitch -1, interval 0, interval class -1, masks False, ticks 0.  Properties are computed
when first asked for and kept with the view.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fitness.setting import Settings
from fitness.verbs import earlier, later, latest, mixed, opposite

Pitches = NDArray[np.int16]  # semitones
Ticks = NDArray[np.int32]
Mask = NDArray[np.bool_]


class View(Protocol):
    """What a verdict can lie on: marks have a tick, an end, and voices."""

    @property
    def onset(self) -> Ticks:
        """`[1 or rows, positions, 1 or n]`."""

    @property
    def end(self) -> Ticks:
        """`[1 or rows, positions, 1 or n]`."""

    @property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """The voices of each row."""


@dataclass(frozen=True, eq=False)
class Notes:
    """The notes of each voice in order, packed to the front."""

    pitch: Pitches
    onset: Ticks
    end: Ticks
    settings: Settings

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """The voice of each row."""
        return tuple((voice,) for voice in range(self.pitch.shape[0]))

    @cached_property
    def present(self) -> Mask:
        """Whether there is a note."""
        return self.pitch >= 0

    @cached_property
    def has_next(self) -> Mask:
        """Whether another note follows."""
        return later(self.present)

    @cached_property
    def has_previous(self) -> Mask:
        """Whether a note comes before."""
        mask = self.present.copy()
        mask[:, :1] = False
        return mask

    @cached_property
    def count(self) -> NDArray[np.int32]:
        """Notes of each voice, `[voices, n]`."""
        number: NDArray[np.int32] = np.add.reduce(self.present, axis=1, dtype=np.int32)
        return number

    @cached_property
    def left_by(self) -> Pitches:
        """Semitones to the next note, over rests too; 0 after the last."""
        moves = later(self.pitch) - self.pitch
        moves *= self.has_next
        return moves

    @cached_property
    def approached_by(self) -> Pitches:
        """Semitones from the note before, over rests too; 0 at the first."""
        return earlier(self.left_by)

    @cached_property
    def duration(self) -> Ticks:
        """Ticks each note lasts."""
        return self.end - self.onset

    @cached_property
    def degree(self) -> NDArray[np.int8]:
        """Scale degree 1-7 in the key in force; 0 = chromatic."""
        return self.settings.of_pitch("degrees", self.onset, self.pitch)

    @cached_property
    def staff(self) -> NDArray[np.int8]:
        """Place on the staff as the key in force spells the note, letters from C-1 = 0; 0 where absent."""
        return self.settings.of_pitch("staff", self.onset, self.pitch)

    @cached_property
    def weight(self) -> NDArray[np.int8]:
        """Metrical weight of the onset."""
        return self.settings.at("weight", self.onset).astype(np.int8)

    @cached_property
    def stronger(self) -> Ticks:
        """The first tick after the onset that is metrically stronger; the end of the phrase where none is."""
        return self.settings.at("stronger", self.onset)

    @cached_property
    def bar(self) -> Ticks:
        """The bar of the onset; 0 = pick-up."""
        return self.settings.at("bar", self.onset)

    @cached_property
    def place(self) -> Ticks:
        """Ticks from the barline to the onset."""
        return self.settings.at("place", self.onset)

    @cached_property
    def turns(self) -> Mask:
        """Where the line turns back, over repeated notes too; the first and the last note of each voice are turns."""
        moved_by = latest(self.approached_by, self.approached_by != 0)
        turned: Mask = self.present & (self.left_by != 0) & opposite(moved_by, self.left_by)
        return turned | self.is_first | self.is_last

    @cached_property
    def outlined(self) -> Pitches:
        """Semitones at each turn from the turn before; 0 elsewhere."""
        before = earlier(latest(self.pitch, self.turns, fill=-1), -1)
        return (self.pitch - before) * (self.turns & self.has_previous)

    @cached_property
    def move(self) -> NDArray[np.uint64]:
        """A hash of the interval to the next note."""
        return mixed((self.left_by.astype(np.int64) + 128).astype(np.uint64))

    @cached_property
    def event(self) -> NDArray[np.uint64]:
        """A hash of each move with its rhythm: the interval to the next note and the ratio of the two lengths.

        The same at any height and speed; of what stands at a voice's last note there is no move (`has_next`).
        """
        ratio = later(self.duration) / np.maximum(self.duration, 1)  # equal ratios are equal bit for bit
        bits: NDArray[np.uint64] = ratio.view(np.uint64)
        return mixed(mixed(bits) + (self.left_by.astype(np.int64) + 128).astype(np.uint64))

    @cached_property
    def is_last(self) -> Mask:
        """The last note of each voice."""
        return self.present & ~self.has_next

    @cached_property
    def is_first(self) -> Mask:
        """The first note of each voice."""
        return self.present & ~self.has_previous

    @cached_property
    def ends_phrase(self) -> Mask:
        """The last note of each phrase."""
        last: Mask = self.present & (~self.has_next | (later(self.segment) != self.segment))
        return last

    @cached_property
    def starts_phrase(self) -> Mask:
        """The first note of each phrase."""
        first: Mask = self.present & (~self.has_previous | (earlier(self.segment) != self.segment))
        return first

    @cached_property
    def segment(self) -> Ticks:
        """The phrase, as the ends cut the voice, that the note lies in, from 0."""
        return self.settings.at("segment", self.onset)


@dataclass(frozen=True, eq=False)
class Bars:
    """What begins in each bar of each voice, the pick-up (bar 0) left out.

    Content is a sum of hashes over the notes that begin in the bar: equal bars have equal numbers, and
    different ones the same number with a chance of about 2^-31.
    """

    notes: Notes
    onset: Ticks  # [1, bars, 1 or n]
    end: Ticks
    there: Mask  # [voices, 1, 1 or n]: whether the phrase has this voice

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """The voice of each row."""
        return self.notes.members

    @cached_property
    def present(self) -> Mask:
        """Whether the phrase has this voice and bar, `[voices, bars, 1 or n]`."""
        return (self.end > self.onset) & self.there

    @cached_property
    def number(self) -> NDArray[np.int64]:
        """How many bars each phrase has, `[1 or n]`."""
        bars: NDArray[np.int64] = np.add.reduce((self.end > self.onset)[0], axis=0, dtype=np.int64)
        return bars

    @cached_property
    def content(self) -> NDArray[np.int64]:
        """Hash of places, lengths and pitches, `[voices, bars, n]`."""
        return self.hashed(self._rhythm * 128 + self.notes.pitch)

    @cached_property
    def rhythm(self) -> NDArray[np.int64]:
        """Hash of places and lengths, `[voices, bars, n]`."""
        return self.hashed(self._rhythm)

    @cached_property
    def _rhythm(self) -> NDArray[np.int64]:
        return self.notes.place.astype(np.int64) * (1 << 24) + self.notes.duration

    def hashed(self, key: NDArray[np.int64]) -> NDArray[np.int64]:
        """The sum over the notes that begin in each bar of a hash of their keys >= 0, `[voices, bars, n]`."""
        return self._sum((mixed((key + 1).astype(np.uint64)) >> np.uint64(33)).astype(np.float64))

    @cached_property
    def count(self) -> NDArray[np.int64]:
        """How many notes begin in each bar, `[voices, bars, n]`."""
        return self._sum(self.notes.present.astype(np.float64))

    def _sum(self, amount: NDArray[np.float64]) -> NDArray[np.int64]:
        voices, _, n = amount.shape
        bars = self.onset.shape[1]
        rows = np.arange(voices).reshape(-1, 1, 1) * (bars + 1) + self.notes.bar
        column = np.broadcast_to(rows * n + np.arange(n), amount.shape)
        there = self.notes.present
        total = np.bincount(column[there], amount[there], minlength=voices * (bars + 1) * n)
        return total.reshape(voices, bars + 1, n)[:, 1:].astype(np.int64)
