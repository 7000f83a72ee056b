"""A batch of phrases as arrays, batch axis last."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fitness import grid
from fitness.chords import Chords
from fitness.figures import Figures
from fitness.phrase import Note, Phrase, Voice
from fitness.setting import Setting, Settings
from fitness.slices import Slices
from fitness.verbs import mixed, odd_numbers
from fitness.views import Bars, Notes

BLOCK_CELLS = 2**17  # voices x slots x n of one block, measured: larger views leave the cache, smaller ones call more
NEVER = np.iinfo(np.int32).max


class Phrases:
    """`n` phrases of `voices` voices each, with the views `notes`, `slices`, `pairs`, `bars`.

    Made from phrases (`of`) or from cells on a shared time grid (`from_grid`).  Views are derived when
    first asked for and kept; take the batch in `blocks()` to bound their memory.
    """

    def __init__(
        self, settings: Settings, *, cells: grid.Cells | None = None, ticks: grid.Ticks | None = None,
        notes: Notes | None = None, heard: tuple[int, ...] | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self._cells, self._ticks, self._list = cells, ticks, notes
        pitches = cells if cells is not None else notes.pitch if notes is not None else np.empty((1, 0, 0), np.int16)
        self.voices, self._positions, self.n = pitches.shape
        self._heard = tuple(range(self.voices)) if heard is None else heard  # their numbers in the whole

    @classmethod
    def of(cls, *phrases: Phrase) -> Phrases:
        """The batch of some phrases; a phrase with fewer voices than another has empty ones below."""
        settings = tuple(dict.fromkeys(Setting.of(phrase) for phrase in phrases))
        number = {setting: i for i, setting in enumerate(settings)}
        index = np.array([number[Setting.of(phrase)] for phrase in phrases], np.intp)
        voices = max((len(phrase.voices) for phrase in phrases), default=1)
        longest = max((len(voice.notes) for phrase in phrases for voice in phrase.voices), default=0)
        table = np.full((3, voices, max(1, longest), len(phrases)), [[[[-1]]], [[[0]]], [[[0]]]], np.int32)
        for i, phrase in enumerate(phrases):
            for v, voice in enumerate(phrase.voices):
                if voice.notes:
                    table[:, v, : len(voice.notes), i] = np.array([(x.pitch, x.onset, x.end) for x in voice.notes]).T
        all_settings = Settings(settings or (Setting(0),), index)
        return cls(all_settings, notes=Notes(table[0].astype(np.int16), table[1], table[2], all_settings))

    @classmethod
    def from_grid(cls, cells: grid.Cells, ticks: NDArray[np.integer], setting: Setting) -> Phrases:
        """The batch of cells int16 `[voices, slots, n]` (pitch, HOLD or REST) at ascending `ticks` `[slots]`.

        Beats between the slots are added as holds, so that every view sees them.
        """
        unseen = setting.on_beat.copy()
        unseen[ticks] = False
        missing = np.flatnonzero(unseen)
        if missing.size:
            at = np.searchsorted(ticks, missing)
            cells = np.insert(cells, at, grid.HOLD, axis=1)
            ticks = np.insert(ticks, at, missing)
        return cls(Settings((setting,)), cells=cells, ticks=np.append(ticks, setting.length).astype(np.int32))

    def __len__(self) -> int:
        return int(self.n)

    def __getitem__(self, i: int) -> Phrase:
        """One phrase, as a value."""
        one, setting = self.take(np.array([i])), self.settings[i]
        columns = (one.notes.pitch, one.notes.onset, one.notes.end)
        voices = []
        for v, number in enumerate(voice for voice in self._heard if voice < setting.voices):
            name, program = setting.names[number], setting.programs[number]
            rows = zip(*(column[v, :, 0].tolist() for column in columns), strict=True)
            voices.append(Voice(tuple(Note(on, end - on, p) for p, on, end in rows if p >= 0), name, program))
        return Phrase(tuple(voices), setting.length, setting.keys, setting.metres, setting.pickup, setting.ends)

    @cached_property
    def each(self) -> tuple[Phrase, ...]:
        """All phrases as values; of few, ask for them one by one."""
        return tuple(self[i] for i in range(self.n))

    def take(self, columns: slice | NDArray[np.intp]) -> Phrases:
        """Some of the phrases, as a batch with views of its own."""
        settings = self.settings.take(columns)
        if self._cells is not None:
            cells = np.ascontiguousarray(self._cells[..., columns])  # else sums would be added in another order
            return Phrases(settings, cells=cells, ticks=self._ticks, heard=self._heard)
        source = self.notes
        pitch, onset, end = source.pitch[..., columns], source.onset[..., columns], source.end[..., columns]
        parts = (np.ascontiguousarray(pitch), np.ascontiguousarray(onset), np.ascontiguousarray(end))
        return Phrases(settings, notes=Notes(*parts, settings), heard=self._heard)

    def only(self, voices: tuple[int, ...]) -> Phrases:
        """The same phrases with some of their voices (numbers from 0, top to bottom)."""
        if voices == tuple(range(self.voices)):
            return self
        rows = slice(voices[0], voices[-1] + 1) if voices == tuple(range(voices[0], voices[-1] + 1)) else list(voices)
        if self._cells is not None:
            return Phrases(self.settings, cells=self._cells[rows], ticks=self._ticks, heard=voices)
        source = self.notes
        parts = (source.pitch[rows], source.onset[rows], source.end[rows])
        return Phrases(self.settings, notes=Notes(*parts, self.settings), heard=voices)

    @property
    def voices_each(self) -> NDArray[np.int64]:
        """How many voices each phrase has (fewer than the batch, if others have more), `[1 or n]`."""
        whole = self.settings.numbers("voices")
        number: NDArray[np.int64] = np.add.reduce(np.array(self._heard)[:, None] < whole, axis=0, dtype=np.int64)
        return number

    def blocks(self) -> Iterator[tuple[slice, Phrases]]:
        """The batch in blocks of at least two phrases (a lone one doubled), each with its place in the whole.

        Sums over a block of one would be added in another order than over many: a phrase must score the
        same in any company.
        """
        size = max(2, BLOCK_CELLS // max(1, self.voices * self._positions))
        for start in range(0, self.n, size):
            stop = min(start + size, self.n)
            if stop - start == 1:
                yield slice(start, stop), self.take(np.array([start, start]))
            else:
                yield slice(start, stop), self.take(slice(start, stop))

    @cached_property
    def notes(self) -> Notes:
        """The notes of each voice, packed, `[voices, notes, n]`."""
        if self._list is not None:
            return self._list
        assert self._cells is not None
        assert self._ticks is not None
        return Notes(*grid.notes(self._cells, self._ticks), self.settings)

    @cached_property
    def slices(self) -> Slices:
        """Time cut at onsets, offsets and beats (every slot of a shared grid), `[voices, slices, n]`."""
        if self._cells is not None and self._ticks is not None:
            onset, end = (times.reshape(1, -1, 1) for times in (self._ticks[:-1], self._ticks[1:]))
            return Slices(
                grid.sounding(self._cells), self._cells >= 0, onset, end, self.settings, True, self.voices_each
            )
        return self._slices_of_list()

    @cached_property
    def chords(self) -> Chords:
        """All voices together over the slices, `[1, slices, n]`."""
        return Chords(self.slices)

    @cached_property
    def figures(self) -> Figures:
        """What explains each dissonance of two voices, `[pairs, slices, n]`."""
        return Figures(self.slices.pairs)

    @cached_property
    def fingerprint(self) -> NDArray[np.uint64]:
        """A number for each phrase, `[n]`: equal notes in one setting have the same, others (but for 2^-64) another."""
        if self._cells is not None:
            struck = (self._cells >= 0).view(np.uint8)
            heard = (grid.sounding(self._cells) * np.int16(2) + struck + np.int16(2)).astype(np.uint64)
            flat = heard.reshape(-1, self.n)
            return mixed(np.add.reduce(flat * odd_numbers(len(flat))[:, None], axis=0))
        notes = self.notes  # no number of a place: it would depend on how many notes others have
        voice = np.arange(self.voices).reshape(-1, 1, 1).astype(np.int64) << 57
        key = voice + notes.onset.astype(np.int64) * 2**32 + notes.end.astype(np.int64) * 2**7 + notes.pitch
        heard = mixed(mixed(key.astype(np.uint64)) + np.uint64(1)) * notes.present
        return mixed(np.add.reduce(heard, axis=(0, 1)))

    @cached_property
    def bars(self) -> Bars:
        """What begins in each full bar, `[voices, bars, n]`."""
        lines = [[tick for tick, _ in setting.barlines] + [setting.length] for setting in self.settings.each]
        table = np.array([line + [line[-1]] * (max(map(len, lines)) - len(line)) for line in lines], np.int32).T
        table = table if self.settings.index is None else table[:, self.settings.index]
        there = np.array(self._heard)[:, None, None] < self.settings.numbers("voices")
        return Bars(self.notes, table[None, :-1], table[None, 1:], there)

    def _slices_of_list(self) -> Slices:
        notes, n = self.notes, self.n
        beats = [np.flatnonzero(setting.on_beat) for setting in self.settings.each]
        most = max(map(len, beats))
        table = np.array([np.append(ticks, [NEVER] * (most - len(ticks))) for ticks in beats], np.int64).T
        table = np.broadcast_to(table if self.settings.index is None else table[:, self.settings.index], (most, n))
        length = np.broadcast_to(self.settings.numbers("length"), (n,))
        absent = ~notes.present
        flat = [np.where(absent, NEVER, times).reshape(-1, n) for times in (notes.onset, notes.end)]
        times = np.sort(np.concatenate([*flat, table, np.where(length > 0, 0, NEVER)[None]]), axis=0)
        times[1:][times[1:] == times[:-1]] = NEVER
        times[times >= length] = NEVER
        times = np.sort(times, axis=0)
        times = times[: max(1, int((times < NEVER).sum(axis=0).max(initial=0)))]
        there = times < NEVER
        end = np.where(there, np.minimum(np.concatenate([times[1:], np.full((1, n), NEVER)]), length), 0)
        sounding = np.full((self.voices, *times.shape), grid.REST, np.int16)
        attack = np.zeros(sounding.shape, bool)
        for j in range(notes.pitch.shape[1]):
            onset, stop, here = (x[:, j, None] for x in (notes.onset, notes.end, notes.present))
            inside = here & (onset <= times) & (times < stop)
            np.copyto(sounding, notes.pitch[:, j, None], where=inside)
            attack |= here & (onset == times)
        onset = np.where(there, times, 0)
        return Slices(
            sounding, attack, onset[None].astype(np.int32), end[None].astype(np.int32), self.settings, False,
            self.voices_each,
        )  # fmt: skip
