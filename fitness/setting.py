"""What a phrase is set in: length, keys, metres, pick-up, phrase ends; as tables with one row a tick.

Most batches share one setting; then every question of time or key is one gather from a small table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fitness.phrase import C_MAJOR, COMMON_TIME, Phrase
from fitness.theory import QUARTER, Key, Metre


@dataclass(frozen=True)
class Setting:
    """The frame of one phrase, without its notes; see `Phrase` for the fields."""

    length: int
    keys: tuple[tuple[int, Key], ...] = ((0, C_MAJOR),)
    metres: tuple[tuple[int, Metre], ...] = ((0, COMMON_TIME),)
    pickup: int = 0
    ends: tuple[int, ...] = ()
    names: tuple[str, ...] = ("",)
    programs: tuple[int, ...] = (0,)

    @classmethod
    def of(cls, phrase: Phrase) -> Setting:
        """The setting of a phrase."""
        names, programs = zip(*((voice.name, voice.program) for voice in phrase.voices), strict=True)
        return cls(phrase.length, phrase.keys, phrase.metres, phrase.pickup, phrase.ends, names, programs)

    @property
    def voices(self) -> int:
        """How many voices the phrase has."""
        return len(self.names)

    @cached_property
    def barlines(self) -> list[tuple[int, Metre]]:
        """Tick and metre of each full bar."""
        return list(Phrase(length=self.length, metres=self.metres, pickup=self.pickup).barlines())

    @cached_property
    def _bar_and_place(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int8]]:
        bar = np.zeros(self.length + 1, np.int32)
        place = np.arange(self.length + 1, dtype=np.int32) + self.metres[0][1].bar - self.pickup
        weight = np.zeros(self.length + 1, np.int8)
        weight[: self.pickup] = self.metres[0][1].weights[self.metres[0][1].bar - self.pickup :][: self.length + 1]
        lines = [*self.barlines, (self.length, self.metres[-1][1])]
        for number, ((tick, metre), (following, _)) in enumerate(pairwise(lines), 1):
            bar[tick:] = number
            place[tick:] = np.arange(self.length + 1 - tick)
            weight[tick:following] = metre.weights[: following - tick]
        return bar, place, weight

    @property
    def bar(self) -> NDArray[np.int32]:
        """The bar each tick lies in; 0 is the pick-up."""
        return self._bar_and_place[0]

    @property
    def place(self) -> NDArray[np.int32]:
        """Ticks since the last barline."""
        return self._bar_and_place[1]

    @property
    def weight(self) -> NDArray[np.int8]:
        """The metrical weight of each tick (0 = barline, each level below one less)."""
        return self._bar_and_place[2]

    @cached_property
    def on_beat(self) -> NDArray[np.bool_]:
        """Whether each tick is the start of a beat."""
        beat = np.zeros(self.length + 1, bool)
        first = self.metres[0][1]
        lines = [(self.pickup - first.bar, first), *self.barlines, (self.length, first)]
        for (tick, metre), (following, _) in pairwise(lines):
            starts = tick + np.array(metre.beats)
            beat[starts[(starts >= 0) & (starts < following)]] = True
        return beat

    @cached_property
    def key(self) -> NDArray[np.int32]:
        """The index in `keys` of the key in force at each tick."""
        starts = np.array([tick for tick, _ in self.keys])
        return (np.searchsorted(starts, np.arange(self.length + 1), side="right") - 1).astype(np.int32)

    @cached_property
    def tonality(self) -> NDArray[np.int32]:
        """The number, of 24, of the key in force at each tick."""
        return np.array([key.number for _, key in self.keys], np.int32)[self.key]

    @cached_property
    def segment(self) -> NDArray[np.int32]:
        """The number of the phrase (as `ends` cut it) each tick lies in, from 0."""
        return np.searchsorted(np.array(self.ends), np.arange(self.length + 1), side="right").astype(np.int32)

    @cached_property
    def _cuts(self) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """Where the phrases begin and the last one ends, and the number of the phrase that each tick lies in."""
        inner = sorted({end for end in self.ends if 0 < end < self.length})
        cuts = np.array([0, *inner, max(self.length, 1)], np.int32)
        number = np.searchsorted(cuts, np.arange(self.length + 1), side="right") - 1
        return cuts, np.minimum(number, len(inner))

    @cached_property
    def lasts(self) -> NDArray[np.int32]:
        """How many ticks the phrase (as `ends` cut it) lasts that each tick lies in."""
        cuts, number = self._cuts
        return np.diff(cuts)[number]

    @cached_property
    def phrase_end(self) -> NDArray[np.int32]:
        """The tick at which the phrase (as `ends` cut it) ends that each tick lies in."""
        cuts, number = self._cuts
        return cuts[number + 1]

    @cached_property
    def bar_length(self) -> NDArray[np.int32]:
        """The ticks of a whole bar of the metre of the bar in which each tick lies."""
        ticks = np.full(self.length + 1, self.metres[0][1].bar, np.int32)
        for tick, metre in self.barlines:
            ticks[tick:] = metre.bar
        return ticks

    @cached_property
    def stronger(self) -> NDArray[np.int32]:
        """The first tick after each that is metrically stronger; the length where none is.

        Stronger than a note of a triplet is the next unit of the metre: its thirds do not contend with halves.
        """
        after = np.full(self.length + 1, self.length, np.int32)
        for weight in np.unique(self.contending[:-1]):
            ticks = np.flatnonzero(self.contending[:-1] == weight)
            stronger = np.append(np.flatnonzero(self.weight[: self.length] > weight), self.length)
            after[ticks] = stronger[np.searchsorted(stronger, ticks, side="right")]
        return after

    @cached_property
    def contending(self) -> NDArray[np.int8]:
        """The weights, those of triplets just below the units of their metre."""
        weights = self.weight.copy()
        first = self.metres[0][1]
        lines = [(self.pickup - first.bar, first), *self.barlines, (self.length, first)]
        for (tick, metre), (following, _) in pairwise(lines):
            below = int(metre.weights[:: metre.step].min()) - 1
            ticks = np.arange(max(tick, 0), max(following, 0))
            weights[ticks[(ticks - tick) % (QUARTER // 8) != 0]] = below
        return weights

    @cached_property
    def span(self) -> NDArray[np.int32]:
        """The span of harmony that each tick lies in, from 1: half a bar of four beats or more, else a bar; 0: pick-up.

        Halves are those of bars with an even number of beats.
        """
        number = np.zeros(self.length + 1, np.int32)
        lines = [*self.barlines, (self.length, COMMON_TIME)]
        for (tick, metre), (end, _) in pairwise(lines):
            beats = len(metre.beats)
            halves = (0, metre.beats[beats // 2]) if beats >= 4 and beats % 2 == 0 else (0,)
            for start in halves:
                if tick + start < end:
                    number[tick + start :] += 1
        return number

    @cached_property
    def span_end(self) -> NDArray[np.int32]:
        """The tick at which the span of harmony ends that each tick lies in."""
        starts = np.append(np.flatnonzero(self.opens_span), self.length)
        return starts[np.minimum(self.span, len(starts) - 1)].astype(np.int32)

    @cached_property
    def opens_span(self) -> NDArray[np.bool_]:
        """Whether a span of harmony begins at each tick."""
        return np.diff(self.span[: self.length + 1], prepend=0) > 0

    @cached_property
    def degrees(self) -> NDArray[np.int8]:
        """Row per key: the degree of each pitch (0 = chromatic); the last column, for rests, is 0."""
        return np.array([[*(key.degrees[pitch % 12] for pitch in range(128)), 0] for _, key in self.keys], np.int8)

    @cached_property
    def foreign(self) -> NDArray[np.int8]:
        """Row per key: 1 for each pitch foreign to its mode (`Key.is_foreign`); the last column, for rests, is 0."""
        return np.array([[*(key.is_foreign(pitch) for pitch in range(128)), 0] for _, key in self.keys], np.int8)

    @cached_property
    def staff(self) -> NDArray[np.int8]:
        """Row per key: the place of each pitch on the staff (letters from C-1 = 0); the last column, for rests: 0."""
        return np.array([[*(key.staff(pitch) for pitch in range(128)), 0] for _, key in self.keys], np.int8)


class Settings:
    """The settings of a batch: one for all (`index` is None), or `each[index[i]]` for phrase i."""

    def __init__(
        self, each: tuple[Setting, ...], index: NDArray[np.intp] | None = None,
        tables: dict[str, NDArray[np.int32]] | None = None,
    ) -> None:  # fmt: skip
        self.each = each
        self.index = index if len(each) > 1 else None
        self._tables = {} if tables is None else tables  # joined ones, shared by all that is taken from the batch

    def __getitem__(self, i: int) -> Setting:
        return self.each[0 if self.index is None else int(self.index[i])]

    def take(self, columns: slice | NDArray[np.intp]) -> Settings:
        """The settings of some phrases of the batch."""
        return self if self.index is None else Settings(self.each, self.index[columns], self._tables)

    def numbers(self, attribute: str) -> NDArray[np.int32]:
        """A number of each setting (`length`, `pickup`), shape [1] if shared, else [n]."""
        values = np.array([getattr(setting, attribute) for setting in self.each], np.int32)
        return values if self.index is None else values[self.index]

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """Where each setting's rows begin in the joined tables of all."""
        return np.cumsum([0, *(setting.length + 1 for setting in self.each[:-1])])

    def at(self, table: str, tick: NDArray[np.int32]) -> NDArray[np.int32]:
        """The entries of a table of `Setting` (`bar`, `place`, `weight`, ...) at ticks `[..., n or 1]`."""
        if self.index is None:
            shared: NDArray[np.int32] = getattr(self.each[0], table).take(tick)
            return shared
        if table not in self._tables:
            self._tables[table] = np.concatenate([getattr(setting, table) for setting in self.each])
        found: NDArray[np.int32] = self._tables[table].take(tick + self._starts[self.index])
        return found

    def of_pitch(self, table: str, tick: NDArray[np.int32], pitch: NDArray[np.int16]) -> NDArray[np.int8]:
        """The entries of a table by key (`degrees`, `staff`) at ticks and pitches; 0 for a rest (pitch -1)."""
        if self.index is None and len(self.each[0].keys) == 1:
            shared: NDArray[np.int8] = getattr(self.each[0], table)[0].take(pitch, mode="wrap")
            return shared
        rows = np.cumsum([0, *(len(setting.keys) for setting in self.each[:-1])])
        row = self.at("key", tick) + (0 if self.index is None else rows[self.index])
        joined: NDArray[np.int8] = np.concatenate([getattr(setting, table) for setting in self.each])
        return joined[row, pitch]
