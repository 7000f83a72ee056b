"""Genome kind `counterpoint`: lines in one of the five species, above or below a cantus firmus that stays as it is.

One gene a slot of each added voice, voice after voice.  Codes: 0 hold, 1 rest, 2 and up the notes that the mode has in
that slot, upwards.  A species says which slots there are and which of them may hold (a tie is one long note) or rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from evolve.cantus import cantus_of, mode_of, pitches_of
from evolve.changes import (
    FIRST,
    Change,
    Layout,
    aimed,
    change,
    fill,
    leap,
    nudge,
    rhythm,
    settle,
    shift,
    thin,
    transpose,
)
from evolve.changes import HOLD as HOLD_CODE
from evolve.changes import REST as REST_CODE
from evolve.genomes.kind import Genes, KeyText, NoteName, Piece, Where, genome_kind
from evolve.lines import NEVER
from evolve.species import BAR, SLOTS, lowest_code, notes_of, register, rhythms, starts
from evolve.walks import Ground, rewritten, written
from fitness.catalogue import Between, Written
from fitness.grid import HOLD, REST
from fitness.phrase import C_MAJOR, COMMON_TIME, Note, Phrase
from fitness.phrases import Phrases
from fitness.setting import Setting
from fitness.theory import SOFTENED, Key
from fitness.verdict import Blame

Cantus = Annotated[Phrase, Written(cantus_of), Piece()]
SOFTLY = 0.25  # how gladly the soft degree is sung: as an exception
MENDED, MANY = 0.2, 4  # share of the guided mutations that draw all notes anew that are to blame, if so many are
BESIDE = 0.3  # how often they draw a note beside one to blame as well
REWRITTEN = 0.4  # share of the mutations that write a stretch of the line anew
PITCH: tuple[tuple[Change, float], ...] = ((nudge, 6), (leap, 2), (settle, 2), (transpose, 1))
TIES: tuple[tuple[Change, float], ...] = ((thin, 1.5), (fill, 1.5))
RHYTHM: tuple[tuple[Change, float], ...] = ((rhythm, 1.5), (shift, 0.5))
CHANGES = {1: PITCH, 2: PITCH, 3: PITCH, 4: PITCH + TIES, 5: PITCH + TIES + RHYTHM}


@dataclass(frozen=True, eq=False)
class Counterpoint:
    """Added lines over or under a cantus; `voices` of the whole from the top, the cantus at row `cantus_row`.

    `ticks` int32 `[slots]`; `cantus` int16 `[slots]`, what it sounds; `pitches`: for each gene the MIDI numbers that
    code 2 and up stand for; `lowest` int16 `[genes]`: 2 where a note must be struck, 1 where it may rest, 0 where it
    may hold.
    """

    setting: Setting
    species: int
    ticks: NDArray[np.int32]
    cantus: NDArray[np.int16]
    cantus_row: int
    pitches: tuple[tuple[int, ...], ...]
    lowest: NDArray[np.int16]

    @property
    def slots(self) -> int:
        """Slots of each added voice."""
        return len(self.ticks)

    @property
    def added(self) -> tuple[int, ...]:
        """The numbers of the added voices, from the top."""
        return tuple(voice for voice in range(self.setting.voices) if voice != self.cantus_row)

    @property
    def facts(self) -> Mapping[str, Any]:
        """What a style may ask: the species, how many voices there are, and the names of those added."""
        names = tuple(self.setting.names[voice] for voice in self.added)
        return {"species": self.species, "count": self.setting.voices, "added": names}

    @cached_property
    def bounds(self) -> tuple[Genes, Genes]:
        """The lowest and highest code of each gene."""
        return self.lowest, np.array([len(notes) + 1 for notes in self.pitches], np.int16)

    @cached_property
    def groups(self) -> NDArray[np.int16]:
        """The bar each gene belongs to."""
        return np.tile((self.ticks // BAR).astype(np.int16), len(self.added))

    @cached_property
    def layout(self) -> Layout:
        """All genes are slots; the bars are those before the last, which has one slot only."""
        bars = [np.flatnonzero(self.groups == bar) for bar in range(int(self.groups[-1]))]
        return Layout(len(self.groups), np.array(bars), len(bars[0]), int(self.bounds[1].max()))

    @cached_property
    def table(self) -> NDArray[np.int16]:
        """What each code of each gene stands for, `[genes, codes]`: a pitch, HOLD or REST."""
        widest = max(map(len, self.pitches))
        rows = []
        for lowest, notes in zip(self.lowest, self.pitches, strict=True):
            rest = REST if lowest == REST_CODE else HOLD
            rows.append((HOLD, rest, *notes, *(notes[-1:] * (widest - len(notes)))))
        return np.array(rows, np.int16)

    def decode(self, genes: Genes) -> Phrases:
        """The phrases that genes stand for."""
        cells = np.empty((self.setting.voices, self.slots, len(genes)), np.int16)
        cells[list(self.added)] = self.ground.cells(genes).reshape(len(self.added), self.slots, -1)
        cells[self.cantus_row] = np.where(self.ticks % BAR == 0, self.cantus, HOLD)[:, None]
        return Phrases.from_grid(cells, self.ticks, self.setting)

    @cached_property
    def ground(self) -> Ground:
        """What walks over this cantus go on."""
        return Ground(
            self.table, _gladly(self), self.cantus, self.cantus_row, self.added, self.ticks % BAR == 0,
            self.species > 1, self.setting.staff[0], self.setting.keys[0][1].pitch_class,
        )  # fmt: skip

    def sample(self, n: int, rng: np.random.Generator) -> Genes:
        """Lines written note by note, each drawn by how well it follows and how well it meets the others."""
        genes = np.concatenate([self._rhythms(n, rng) for _ in self.added], axis=1)
        return written(self.ground, genes, np.ones(genes.shape, bool), rng)

    def _rhythms(self, n: int, rng: np.random.Generator) -> Genes:
        return rhythms(self.species, n, int(self.groups[-1]) + 1, rng)

    def start_from(self, phrases: list[Phrase]) -> Genes:
        """The added voices of some phrases, or as many of their highest, in the slots and notes that there are."""
        genes = np.zeros((len(phrases), len(self.groups)), np.int16)
        for row, phrase in enumerate(phrases):
            lines = _added_lines(phrase, len(self.added), self.setting.names[self.cantus_row])
            if not any(lines):
                raise ValueError("a phrase to start from must have a note, got none")
            lines += [lines[-1]] * (len(self.added) - len(lines))
            for voice, notes in enumerate(lines):
                for slot, tick in enumerate(self.ticks):
                    genes[row, voice * self.slots + slot] = self._code_at(voice * self.slots + slot, int(tick), notes)
        return genes

    def _code_at(self, gene: int, tick: int, notes: tuple[Note, ...]) -> int:
        """The code of a gene whose slot begins at a tick of some notes."""
        lowest, choices = int(self.lowest[gene]), np.array(self.pitches[gene])
        after = [int(t) for t in self.ticks if t > tick]
        until = after[0] if after else self.setting.length
        struck = next((note for note in notes if tick <= note.onset < until), None)
        sounding = next((note for note in notes if note.onset < tick < note.end), None)
        silent = struck is None and sounding is None
        if silent and lowest == REST_CODE:
            return REST_CODE
        if struck is None and lowest == HOLD_CODE:
            return HOLD_CODE
        pitch = (struck or sounding or min(notes, key=lambda note: abs(note.onset - tick))).pitch
        fits = [pitch + 12 * octave for octave in range(-10, 11)]
        inside = [p for p in fits if choices[0] <= p <= choices[-1]] or [pitch]
        near = pitch if choices[0] <= pitch <= choices[-1] else min(inside, key=lambda p: abs(p - pitch))
        return FIRST + int(np.argmin(abs(choices - near)))

    def mate(self, a: Genes, b: Genes, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Each pair exchanges a run of whole bars."""
        bars = int(self.groups[-1]) + 1
        cuts = np.sort(rng.integers(0, bars + 1, (len(a), 2)), axis=1)
        return (self.groups >= cuts[:, :1]) & (self.groups < cuts[:, 1:])

    def mutate(self, genes: Genes, rng: np.random.Generator, where: Where | None = None) -> Genes:
        """One change or a few each, or a stretch of the line written anew; with `where` mostly there."""
        where = None if where is None else self._struck_where(genes, where)
        drawn = rng.random(len(genes))
        anew, mending = drawn < REWRITTEN, np.zeros(len(genes), bool)
        if where is not None:
            mending = (drawn < MENDED) & (np.add.reduce(where, axis=1, dtype=np.int32) >= MANY)
        result = genes.copy()
        if not anew.all():
            rest = np.flatnonzero(~anew)
            marks = None if where is None else where[rest]
            result[rest] = self._legal(change(genes[rest], self.layout, rng, marks, CHANGES[self.species]), genes[rest])
        if where is not None and mending.any():
            rows = np.flatnonzero(mending)
            beside = rng.random((len(rows), where.shape[1])) < BESIDE
            near = where[rows] | (beside & (np.roll(where[rows], 1, axis=1) | np.roll(where[rows], -1, axis=1)))
            result[rows] = written(self.ground, genes[rows], near, rng)
        if (anew & ~mending).any():
            rows = np.flatnonzero(anew & ~mending)
            result[rows] = self._rewritten(genes[rows], rng, None if where is None else where[rows])
        return result

    def _struck_where(self, genes: Genes, where: Where) -> Where:
        """The marks, those at held slots moved to the note that is held there too."""
        marks = where.copy()
        for slot in range(len(self.groups) - 1, 0, -1):
            if slot % self.slots:
                marks[:, slot - 1] |= marks[:, slot] & (genes[:, slot] < FIRST)
        return marks

    def _legal(self, genes: Genes, before: Genes) -> Genes:
        """The changed genes, each as it was where its slot cannot be so."""
        low, high = self.bounds
        genes = np.minimum(genes, high)
        wrong = (genes < low) | ((genes == REST_CODE) & (low != REST_CODE))
        return np.where(wrong, before, genes).astype(np.int16)

    def _rewritten(self, genes: Genes, rng: np.random.Generator, where: Where | None) -> Genes:
        """A stretch of up to six slots of one voice drawn anew; where notes are tied perhaps in another rhythm."""
        n, place = len(genes), np.arange(self.slots)
        rows, at = aimed(np.ones(genes.shape, bool), rng, where)
        voice, slot = np.divmod(at[np.argsort(rows)], self.slots)
        start, stop = slot - rng.integers(0, 3, n), slot + rng.integers(1, 4, n)
        if self.species >= 4:
            width = len(SLOTS[self.species])
            bar = np.minimum(slot // width * width, self.slots - 1)
            again = rng.random(n) < 0.5
            redrawn = again[:, None] & (place // width == slot[:, None] // width)
            genes = np.where(redrawn, self._rhythms(n, rng), genes)  # these species have one added voice
            start = np.where(again, np.minimum(start, bar), start)
            stop = np.where(again, np.maximum(stop, bar + width), stop)
        return rewritten(self.ground, genes, voice, np.maximum(start, 0), np.minimum(stop, self.slots), rng)

    def genes_of(self, blame: Blame, n: int) -> Where:
        """The slot at each fault of an added voice."""
        marks = np.zeros((n, len(self.groups)), bool)
        slot = np.searchsorted(self.ticks, blame.tick, side="right") - 1
        for number, voice in enumerate(self.added):
            mine = blame.voice == voice
            marks[blame.phrase[mine], number * self.slots + slot[mine]] = True
        return marks


def _added_lines(phrase: Phrase, number: int, cantus: str) -> list[tuple[Note, ...]]:
    """The notes of as many voices as are added, from the top, the one that is called as the cantus left out."""
    lines = [voice.notes for voice in phrase.voices if voice.notes and voice.name != cantus]
    return lines[:number]


def _gladly(kind: Counterpoint) -> NDArray[np.float32]:
    """How well each note suits its place, `[genes, codes]`: the clausula, the final, the soft degree; 0: no note."""
    mode, cantus = kind.setting.keys[0][1], kind.cantus
    tonic, soft = mode.pitch_class, SOFTENED.get(mode.mode, -1)
    table = np.zeros((len(kind.pitches), max(map(len, kind.pitches))), np.float32)
    for gene, notes in enumerate(kind.pitches):
        table[gene, : len(notes)] = [SOFTLY if (pitch - tonic) % 12 == soft else 1.0 for pitch in notes]
    two, last = kind.setting.voices == 2, kind.slots - 1
    falls = int(cantus[last]) - int(cantus[last - 1])

    def only(gene: int, good: list[bool]) -> None:
        table[gene, : len(good)] = np.where(good, 1.0, NEVER)

    leads = min(kind.added, key=lambda voice: abs(voice - kind.cantus_row))  # who makes the clausula with the cantus
    if mode.mode == "phrygian" and kind.cantus_row != kind.setting.voices - 1:
        leads = kind.setting.voices - 1  # over any other bass the two of the clausula would be dissonant
    for number, voice in enumerate(kind.added):
        final = (number + 1) * kind.slots - 1
        below, bass = voice > kind.cantus_row, voice == kind.setting.voices - 1
        ends = (tonic,) if two or bass else (tonic, (tonic + 4) % 12, (tonic + 7) % 12)
        only(final, [pitch % 12 in ends for pitch in kind.pitches[final]])
        if voice == leads and abs(falls) in (1, 2):
            size = 9 if (falls < 0) != below else 3
            good = [
                (pitch - int(cantus[last - 1])) * (-1 if below else 1) % 12 == size for pitch in kind.pitches[final - 1]
            ]
            only(final - 1, good)
    return table


@genome_kind
def counterpoint(
    *,
    cantus: Cantus = cantus_of("fux_d"),  # noqa: B008 - a frozen value, and the default that `list` shows
    key: KeyText | None = None,
    species: Annotated[int, Between(1, 5)] = 1,
    position: Literal["above", "below", "around"] = "above",
    voices: Annotated[int, Between(1, 3)] = 1,
    low: NoteName | None = None,
    high: NoteName | None = None,
) -> Counterpoint:
    """One line in a species, or two or three in the first, against a cantus firmus of one note a bar.

    `cantus` is one of Fux's six (`fux_d`, `fux_e`, `fux_f`, `fux_g`, `fux_a`, `fux_c`), notation, or a file of music;
    its notes become a bar each.  `key` is found from it where none is given.  `position` says where the added
    voices lie, `around` that the cantus is in the middle of at least two; `low` and `high` bound all of them, where
    the register beside the cantus is not wanted.
    """
    notes = pitches_of(cantus)
    mode = key or mode_of(cantus)
    if notes[-1] % 12 != mode.pitch_class:
        raise ValueError(
            f"key: must have its tonic on the last note of the cantus, {C_MAJOR.name_of(notes[-1])}, got {mode}"
        )
    if voices > 1 and species > 1:
        raise ValueError(f"voices: more than one are added in the first species only, got species {species}")
    if position == "around" and voices == 1:
        raise ValueError("position: 'around' needs two added voices; take above or below, or voices: 2")
    above = {"above": voices, "below": 0, "around": (voices + 1) // 2}[position]
    return against(notes, mode, species=species, above=above, below=voices - above, low=low, high=high)


def against(
    notes: list[int], mode: Key, *, species: int, above: int, below: int, low: int | None = None,
    high: int | None = None,
) -> Counterpoint:  # fmt: skip
    """The kind for so many voices above and below a cantus of one note a bar; ValueError where they have no room."""
    voices = above + below
    names = ["counterpoint"] if voices == 1 else [f"counterpoint {number}" for number in range(1, voices + 1)]
    names.insert(above, "cantus")
    bars = len(notes)
    ticks = starts(species, bars)
    setting = Setting(bars * BAR, ((0, mode),), ((0, COMMON_TIME),), 0, (bars * BAR,), tuple(names), (0,) * len(names))
    pitches: list[tuple[int, ...]] = []
    for row in [row for row in range(len(names)) if row != above]:
        bottom, top = register(notes, row - above, low, high)
        for tick in ticks:
            pitches.append(notes_of(mode, bottom, top, bars - 1 - tick // BAR, picardy=voices > 1))
        if min(map(len, pitches[-len(ticks) :])) < 2:
            raise ValueError(f"low: from low to high there must be two notes of {mode}, got fewer")
    lowest = [lowest_code(species, tick, (bars - 1) * BAR) for tick in ticks] * voices
    sounding = np.array([notes[tick // BAR] for tick in ticks], np.int16)
    return Counterpoint(
        setting, species, np.array(ticks, np.int32), sounding, above, tuple(pitches), np.array(lowest, np.int16)
    )
