"""The four ways a rule looks at a batch: notes, slices, pairs, bars.

Every view has axes `[rows, positions, n]`; rows are voices (notes, slices, bars) or pairs of voices.  What
is absent is neutral: pitch -1, interval 0, interval class -1, masks False, ticks 0.  Properties are computed
when first asked for and kept with the view.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from fitness.setting import Settings
from fitness.verbs import earlier, later, mixed

Pitches = NDArray[np.int16]  # semitones
Ticks = NDArray[np.int32]
Mask = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)

CLASS_OF = np.array([*(i % 12 for i in range(128)), -1], np.int8)  # interval class; the last, for -1, is -1


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
        return self.settings.degree(self.onset, self.pitch)

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
        last: Mask = self.present & (~self.has_next | (later(self._segment) != self._segment))
        return last

    @cached_property
    def starts_phrase(self) -> Mask:
        """The first note of each phrase."""
        first: Mask = self.present & (~self.has_previous | (earlier(self._segment) != self._segment))
        return first

    @cached_property
    def _segment(self) -> Ticks:
        return self.settings.at("segment", self.onset)


@dataclass(frozen=True, eq=False)
class Slices:
    """Time cut at every onset, offset and beat; what sounds is filled, so that the slice before is the state before.

    `onset` and `end` are `[1, slices, n]`, or `[1, slices, 1]` where `shared` says that all phrases lie on one grid.
    """

    sounding: Pitches  # -1 in silence
    attack: Mask
    onset: Ticks
    end: Ticks
    settings: Settings
    shared: bool

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """The voice of each row."""
        return tuple((voice,) for voice in range(self.sounding.shape[0]))

    @cached_property
    def duration(self) -> Ticks:
        """Ticks of each slice; 0 where it is absent."""
        return self.end - self.onset

    @cached_property
    def on_beat(self) -> Mask:
        """Whether the slice starts on a beat."""
        return self.settings.at("on_beat", self.onset).astype(bool) & (self.duration > 0)

    @cached_property
    def pairs(self) -> Pairs:
        """Every two voices, the upper first."""
        return Pairs(self, tuple(combinations(range(self.sounding.shape[0]), 2)))

    def every(self, ticks: int | None) -> Slices:
        """The state at each multiple of `ticks` after a barline only; None: at each change."""
        if ticks is None:
            return self
        chosen = [np.flatnonzero(setting.place[:-1] % ticks == 0) for setting in self.settings.each]
        most = max(1, *map(len, chosen))
        ends = [
            np.append(at[1:], setting.length)[: len(at)] for at, setting in zip(chosen, self.settings.each, strict=True)
        ]
        onset, end = (
            np.array([np.pad(row, (0, most - len(row))) for row in rows], np.int32).T for rows in (chosen, ends)
        )
        if self.settings.index is not None:
            onset, end = onset[:, self.settings.index], end[:, self.settings.index]
        there = (self.end > self.onset)[0]
        at = np.array([np.add.reduce(there & (self.onset[0] <= tick), axis=0, dtype=np.intp) for tick in onset])
        at = np.maximum(at - 1, 0)[None]  # the slice in which each chosen tick lies
        absent = (end <= onset)[None]
        struck = (np.take_along_axis(self.onset, at, 1) == onset) & ~absent
        shape = (self.sounding.shape[0], most, self.sounding.shape[2])
        at = np.broadcast_to(at, shape)
        sounding = np.where(absent, np.int16(-1), np.take_along_axis(self.sounding, at, 1))
        attack = np.take_along_axis(self.attack, at, 1) & struck
        shared = self.shared and onset.shape[-1] == 1
        return Slices(sounding, attack, onset[None] * ~absent, end[None] * ~absent, self.settings, shared)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Two voices at a time over the slices; row p is the pair `members[p]`, the upper voice first."""

    slices: Slices
    members: tuple[tuple[int, ...], ...]

    @property
    def onset(self) -> Ticks:
        """Onset of the slices."""
        return self.slices.onset

    @property
    def end(self) -> Ticks:
        """End of the slices."""
        return self.slices.end

    def _of(self, x: NDArray[T], which: int) -> NDArray[T]:
        if len(self.members) == 1:
            voice = self.members[0][which]
            return x[voice : voice + 1]
        return x[[pair[which] for pair in self.members]]

    @cached_property
    def upper(self) -> Pitches:
        """What the upper voice sounds."""
        return self._of(self.slices.sounding, 0)

    @cached_property
    def lower(self) -> Pitches:
        """What the lower voice sounds."""
        return self._of(self.slices.sounding, 1)

    @cached_property
    def both_sound(self) -> Mask:
        """Whether neither rests."""
        both: Mask = (self.upper | self.lower) >= 0
        return both

    @cached_property
    def both_sounded_before(self) -> Mask:
        """Whether neither rested in the slice before."""
        return earlier(self.both_sound)

    @cached_property
    def interval(self) -> Pitches:
        """Semitones from lower to upper; 0 where one rests."""
        return (self.upper - self.lower) * self.both_sound

    @cached_property
    def interval_class(self) -> NDArray[np.int8]:
        """Semitones modulo 12; -1 where one rests."""
        size = abs(self.interval)
        np.copyto(size, -1, where=~self.both_sound)
        return CLASS_OF.take(size, mode="wrap")

    @cached_property
    def upper_move(self) -> Pitches:
        """Semitones the upper voice has moved since the slice before; 0 across a rest."""
        return self._moves(self.slices.sounding, 0)

    @cached_property
    def lower_move(self) -> Pitches:
        """Semitones the lower voice has moved since the slice before; 0 across a rest."""
        return self._moves(self.slices.sounding, 1)

    def _moves(self, sounding: Pitches, which: int) -> Pitches:
        now = self._of(sounding, which)
        before = earlier(now, -1)
        return (now - before) * ((now | before) >= 0)

    @cached_property
    def both_move(self) -> Mask:
        """Whether both change pitch."""
        moved: Mask = (self.upper_move != 0) & (self.lower_move != 0)
        return moved

    @cached_property
    def changed(self) -> Mask:
        """Whether one of them strikes a note."""
        return self._of(self.slices.attack, 0) | self._of(self.slices.attack, 1)

    @cached_property
    def adjacent(self) -> Mask:
        """Neighbouring voices, `[pairs, 1, 1]`."""
        return np.array([[[pair[1] - pair[0] == 1]] for pair in self.members], bool).reshape(-1, 1, 1)

    @cached_property
    def outer(self) -> Mask:
        """The highest with the lowest voice, `[pairs, 1, 1]`."""
        last = self.slices.sounding.shape[0] - 1
        return np.array([[[pair == (0, last)]] for pair in self.members], bool).reshape(-1, 1, 1)


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
        return self._sum(self._rhythm * 128 + self.notes.pitch)

    @cached_property
    def rhythm(self) -> NDArray[np.int64]:
        """Hash of places and lengths, `[voices, bars, n]`."""
        return self._sum(self._rhythm)

    @cached_property
    def _rhythm(self) -> NDArray[np.int64]:
        return self.notes.place.astype(np.int64) * (1 << 24) + self.notes.duration

    def _sum(self, key: NDArray[np.int64]) -> NDArray[np.int64]:
        hashed = mixed((key + 1).astype(np.uint64)) >> np.uint64(33)
        voices, _, n = key.shape
        bars = self.onset.shape[1]
        rows = np.arange(voices).reshape(-1, 1, 1) * (bars + 1) + self.notes.bar
        column = np.broadcast_to(rows * n + np.arange(n), key.shape)
        there = self.notes.present
        total = np.bincount(column[there], hashed[there].astype(np.float64), minlength=voices * (bars + 1) * n)
        return total.reshape(voices, bars + 1, n)[:, 1:].astype(np.int64)
