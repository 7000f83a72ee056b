"""How a rule looks across voices: slices of time, and pairs of voices over them; `fitness.chords` has all together.

As in `fitness.views`, axes are `[rows, positions, n]` and what is absent is neutral.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fitness.setting import Settings
from fitness.verbs import earlier, first_of, last_of, one_of, soonest
from fitness.views import Mask, Pitches, Ticks

T = TypeVar("T", bound=np.generic)

CLASS_OF = np.array([*(i % 12 for i in range(128)), -1], np.int8)  # interval class; the last, for -1, is -1


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
    voices_each: NDArray[np.int64]  # how many of the rows each phrase has, `[1 or n]`; the others are silent

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
    def on_barline(self) -> Mask:
        """Whether the slice starts on a barline."""
        starts: Mask = (self.settings.at("place", self.onset) == 0) & (self.duration > 0)
        return starts

    @cached_property
    def weight(self) -> NDArray[np.int8]:
        """Metrical weight of the slice's start."""
        return self.settings.at("weight", self.onset).astype(np.int8)

    @cached_property
    def stronger(self) -> Ticks:
        """The first tick after the slice's start that is metrically stronger; the end of the phrase where none is."""
        return self.settings.at("stronger", self.onset)

    @cached_property
    def move(self) -> Pitches:
        """Semitones each voice has moved since the slice before; 0 across a rest."""
        before = earlier(self.sounding, -1)
        return (self.sounding - before) * ((self.sounding | before) >= 0)

    @cached_property
    def next_move(self) -> Pitches:
        """Semitones by which each voice will move when it strikes next; 0 where it rests first or never does."""
        return soonest(self.move, self.attack)

    @cached_property
    def bass(self) -> Pitches:
        """The lowest pitch that sounds, `[1, slices, n]`; 127 where none does."""
        low: Pitches = np.where(self.sounding < 0, np.int16(127), self.sounding).min(axis=0, keepdims=True)
        return low

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
        return Slices(
            sounding, attack, onset[None] * ~absent, end[None] * ~absent, self.settings, shared, self.voices_each
        )


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

    def of(self, x: NDArray[T], which: int) -> NDArray[T]:
        """The rows of `[voices, slices, n]` for the upper (0) or the lower voice (1) of each pair."""
        if len(self.members) == 1:
            voice = self.members[0][which]
            return x[voice : voice + 1]
        return x[[pair[which] for pair in self.members]]

    @cached_property
    def upper(self) -> Pitches:
        """What the upper voice sounds."""
        return self.of(self.slices.sounding, 0)

    @cached_property
    def lower(self) -> Pitches:
        """What the lower voice sounds."""
        return self.of(self.slices.sounding, 1)

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
    def dissonant(self) -> Mask:
        """Whether the two form a second or seventh, or over the bass (the lowest note of all) a fourth or tritone."""
        found = one_of(self.interval_class, (1, 2, 10, 11))
        fourth = one_of(self.interval_class, (5, 6))
        if len(self.members) > 1:
            fourth = fourth & (np.minimum(self.upper, self.lower) == self.slices.bass)
        return found | fourth

    @cached_property
    def consonant(self) -> Mask:
        """Whether both sound and are not dissonant."""
        return self.both_sound & ~self.dissonant

    @cached_property
    def upper_move(self) -> Pitches:
        """Semitones the upper voice has moved since the slice before; 0 across a rest."""
        return self.of(self.slices.move, 0)

    @cached_property
    def lower_move(self) -> Pitches:
        """Semitones the lower voice has moved since the slice before; 0 across a rest."""
        return self.of(self.slices.move, 1)

    @cached_property
    def upper_strikes(self) -> Mask:
        """Whether the upper voice strikes a note."""
        return self.of(self.slices.attack, 0)

    @cached_property
    def lower_strikes(self) -> Mask:
        """Whether the lower voice strikes a note."""
        return self.of(self.slices.attack, 1)

    @cached_property
    def both_move(self) -> Mask:
        """Whether both change pitch."""
        moved: Mask = (self.upper_move != 0) & (self.lower_move != 0)
        return moved

    @cached_property
    def changed(self) -> Mask:
        """Whether one of them strikes a note."""
        return self.upper_strikes | self.lower_strikes

    @cached_property
    def heard(self) -> Mask:
        """Whether both sound and one of them strikes: where an interval is heard anew."""
        return self.both_sound & self.changed

    @cached_property
    def is_first(self) -> Mask:
        """The first interval of the two."""
        return first_of(self.heard)

    @cached_property
    def is_last(self) -> Mask:
        """The last interval of the two."""
        return last_of(self.heard)

    @cached_property
    def adjacent(self) -> Mask:
        """Neighbouring voices, `[pairs, 1, 1]`."""
        return np.array([[[pair[1] - pair[0] == 1]] for pair in self.members], bool).reshape(-1, 1, 1)

    @cached_property
    def outer(self) -> Mask:
        """The highest with the lowest voice of each phrase, `[pairs, 1, 1 or n]`."""
        upper, lower = (np.array([pair[i] for pair in self.members], np.int32).reshape(-1, 1, 1) for i in (0, 1))
        outer: Mask = (upper == 0) & (lower == self.slices.voices_each - 1)
        return outer
