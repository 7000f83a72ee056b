"""The scores of W in plain Python, twice: a function for each criterion, and all of them fused by hand.

`RuleByRule` is the obvious version, what a user of DEAP writes who wants rules that can be chosen: a phrase as
a list of notes, and a function a rule.  `Fused` is what one gets by giving that up for speed: one pass over the
moves, one over the notes, one over the beats, everything that does not depend on the genes made once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from benchmarks.workload import TARGET
from evolve.genomes.melody import Melody
from fitness.grid import HOLD, REST

ILLEGAL = {6, 10, 11, *range(13, 128), -6, -8, -9, -10, -11, *range(-127, -12)}
IN_C = {0, 2, 4, 5, 7, 9, 11}
CONSONANT = {0, 3, 4, 7, 8, 9}
LARGEST = 12  # larger intervals share the outermost bins of the profile


def band(value: float, low: float, high: float, sd: float) -> float:
    """1 from `low` to `high`, outside falling as a Gaussian."""
    if low <= value <= high:
        return 1.0
    out = (low - value if value < low else value - high) / sd
    return math.exp(-0.5 * out * out)


class Fused:
    """The scores of W, one phrase at a time."""

    def __init__(self, kind: Melody) -> None:
        self.pitch_of = [HOLD, REST, *kind.scale.tolist()]
        self.slots = kind.slots
        weights = kind.setting.weight[kind.ticks].tolist()
        # the first slot after each that is stronger: a note that lasts beyond it is syncopated
        self.stronger = [
            next((j for j in range(i + 1, self.slots) if weights[j] > weights[i]), self.slots)
            for i in range(self.slots)
        ]
        self.bass, self.bass_strikes, sounding = [], [], -1
        for cell in kind.fixed[0].tolist():
            sounding = sounding if cell == HOLD else cell
            self.bass.append(sounding)
            self.bass_strikes.append(cell >= 0)
        bass = self.bass
        self.bass_moves = [
            (i, bass[i] - bass[i - 1])
            for i in range(1, self.slots)
            if bass[i] >= 0 and bass[i - 1] >= 0 and bass[i] != bass[i - 1]
        ]
        on_beat = kind.setting.on_beat[kind.ticks].tolist()
        self.bass_beats = [(i, bass[i], self.bass_strikes[i]) for i in range(self.slots) if on_beat[i] and bass[i] >= 0]
        self.wanted = interval_shares([note.pitch for note in TARGET.voices[0].notes])

    def decode(self, genes: list[int]) -> tuple[list[int], list[int], list[int], list[int]]:
        """Pitch, first slot and end slot of each note, and what sounds in each slot (-1: silence)."""
        pitches: list[int] = []
        onsets: list[int] = []
        ends: list[int] = []
        sounding: list[int] = []
        pitch_of, now = self.pitch_of, REST
        for slot, gene in enumerate(genes):
            if gene:  # 0 is a hold
                if now >= 0:
                    ends.append(slot)
                now = pitch_of[gene]
                if now >= 0:
                    pitches.append(now)
                    onsets.append(slot)
            sounding.append(now)
        if now >= 0:
            ends.append(self.slots)
        return pitches, onsets, ends, sounding

    def __call__(self, genes: list[int]) -> tuple[float]:
        """The fitness as DEAP wants it: the mean of what the applicable criteria are worth."""
        pitches, onsets, ends, sounding = self.decode(genes)
        worths = self.line(pitches, onsets, ends)
        self.with_bass(sounding, genes, worths)
        return (round(sum(worths) / len(worths), 9),)

    def line(self, pitches: list[int], onsets: list[int], ends: list[int]) -> list[float]:
        """What the eleven criteria of the upper voice are worth, those that apply nowhere left out."""
        notes = len(pitches)
        steps = repeats = illegal = leaps = unrecovered = 0
        counts = [0] * (2 * LARGEST + 1)
        leapt = 0  # the leap by which the note was reached, if it was
        before = pitches[0] if pitches else 0
        for pitch in pitches[1:]:
            move = pitch - before
            before = pitch
            size = move if move >= 0 else -move
            is_step = 1 <= size <= 2
            if leapt:
                leaps += 1
                if not (is_step and (move > 0) != (leapt > 0)):
                    unrecovered += 1
            leapt = move if size >= 5 else 0
            if not move:
                repeats += 1
            elif is_step:
                steps += 1
            elif move in ILLEGAL:
                illegal += 1
            counts[(move if size <= LARGEST else LARGEST if move > 0 else -LARGEST) + LARGEST] += 1
        moves = max(0, notes - 1)
        sounded = syncopated = foreign = 0
        stronger = self.stronger
        for pitch, onset, end in zip(pitches, onsets, ends, strict=True):
            sounded += end - onset
            if end > stronger[onset]:
                syncopated += 1
            if pitch % 12 not in IN_C:
                foreign += 1
        worths = [
            band(steps / moves if moves else 0.0, 0.23, 0.73, 0.15),
            band(max(pitches) - min(pitches) if pitches else 0, 8.0, 17.0, 2.8),
            band(repeats / moves if moves else 0.0, 0.04, 0.42, 0.12),
            band(1.0 - sounded / self.slots, 0.0, 0.10, 0.05),
            1.0 - divergence(counts, moves, self.wanted),
        ]
        if moves > repeats:
            worths.append(1.0 - illegal / (moves - repeats))
        if leaps:
            worths.append(1.0 - unrecovered / leaps)
        if notes:
            worths.append(1.0 - foreign / notes)
            worths.append(1.0 - syncopated / notes)
            worths.append(1.0 if pitches[-1] % 12 == 0 else 0.0)
        if notes > 1:
            worths.append(climax(pitches))
        return worths

    def with_bass(self, sounding: list[int], genes: list[int], worths: list[float]) -> None:
        """Add what the two criteria of both voices are worth, where they apply."""
        bass = self.bass
        tested = broken = 0
        for slot, bass_move in self.bass_moves:
            now, before = sounding[slot], sounding[slot - 1]
            if now < 0 or before < 0:
                continue
            if now > before if bass_move > 0 else now < before:
                tested += 1
                interval = abs(now - bass[slot]) % 12
                if (interval == 0 or interval == 7) and interval == abs(before - bass[slot - 1]) % 12:
                    broken += 1
        if tested:
            worths.append(1.0 - broken / tested)
        tested = broken = 0
        for slot, low, strikes in self.bass_beats:
            now = sounding[slot]
            if now >= 0 and (strikes or genes[slot] > 1):
                tested += 1
                if abs(now - low) % 12 not in CONSONANT:
                    broken += 1
        if tested:
            worths.append(1.0 - broken / tested)


def climax(pitches: list[int]) -> float:
    """The share of arrivals on the highest note that are its first, and neither begin nor end the line."""
    top = max(pitches)
    arrivals = [i for i, pitch in enumerate(pitches) if pitch == top and (i == 0 or pitches[i - 1] != top)]
    first = arrivals[0]
    at_edge = first == 0 or pitches[first:] == [top] * (len(pitches) - first)
    return 0.0 if at_edge else 1.0 / len(arrivals)


def interval_shares(pitches: list[int]) -> list[float]:
    """Shares of the moves from an octave down to an octave up."""
    counts = [0] * (2 * LARGEST + 1)
    for before, pitch in pairwise(pitches):
        counts[max(-LARGEST, min(LARGEST, pitch - before)) + LARGEST] += 1
    return [count / max(1, len(pitches) - 1) for count in counts]


def divergence(counts: list[int], total: int, wanted: list[float]) -> float:
    """Jensen-Shannon divergence in bits of some counts from some shares; 1 where there are no counts."""
    if not total:
        return 1.0
    bits = 0.0
    for count, share in zip(counts, wanted, strict=True):
        if count:
            heard = count / total
            if share:
                middle = 0.5 * (heard + share)
                bits += heard * math.log2(heard / middle) + share * math.log2(share / middle)
            else:
                bits += heard
        else:
            bits += share
    return min(1.0, max(0.0, 0.5 * bits))


class Note(NamedTuple):
    """A note of the upper voice; onset and end are slots."""

    pitch: int
    onset: int
    end: int


@dataclass
class Piece:
    """One decoded phrase: the upper voice's notes, what both voices sound in each slot (-1: silence), who strikes."""

    notes: list[Note]
    upper: list[int]
    lower: list[int]
    struck: list[bool]

    @property
    def moves(self) -> list[int]:
        return [after.pitch - before.pitch for before, after in pairwise(self.notes)]


class RuleByRule:
    """The scores of W, one phrase and one criterion at a time."""

    def __init__(self, kind: Melody, groups: tuple[int, ...] = (13,)) -> None:
        self.groups = groups  # how many of the criteria make up each axis
        self.pitch_of = [HOLD, REST, *kind.scale.tolist()]
        self.slots = kind.slots
        self.weight = kind.setting.weight[kind.ticks].tolist()
        self.on_beat = kind.setting.on_beat[kind.ticks].tolist()
        self.bass = kind.fixed[0].tolist()
        self.wanted = interval_shares([note.pitch for note in TARGET.voices[0].notes])
        self.criteria = [
            self.legal_leaps, self.leaps_recovered, self.step_share, self.single_climax, self.ambitus, self.in_key,
            self.repeat_share, self.no_syncopation, self.rest_share, self.ends_on_tonic, self.interval_profile,
            self.no_parallel_perfects, self.consonant_on_the_beat,
        ]  # fmt: skip

    def __call__(self, genes: list[int]) -> tuple[float, ...]:
        """The fitness as DEAP wants it: for each axis the mean of what its applicable criteria are worth."""
        piece, criteria, axes = self.decode(genes), iter(self.criteria), []
        for size in self.groups:
            worths = [worth for criterion in islice(criteria, size) if (worth := criterion(piece)) is not None]
            axes.append(round(sum(worths) / len(worths), 9) if worths else 0.0)
        return tuple(axes)

    def decode(self, genes: list[int]) -> Piece:
        cells = [self.pitch_of[gene] for gene in genes]
        upper, lower = filled(cells), filled(self.bass)
        notes = []
        for slot, cell in enumerate(cells):
            if cell >= 0:
                end = slot + 1
                while end < self.slots and cells[end] == HOLD:
                    end += 1
                notes.append(Note(cell, slot, end))
        struck = [a >= 0 or b >= 0 for a, b in zip(cells, self.bass, strict=True)]
        return Piece(notes, upper, lower, struck)

    def legal_leaps(self, piece: Piece) -> float | None:
        moves = [move for move in piece.moves if move]
        return rate(sum(move in ILLEGAL for move in moves), len(moves))

    def leaps_recovered(self, piece: Piece) -> float | None:
        leaps = [(move, after) for move, after in pairwise(piece.moves) if abs(move) >= 5]
        kept = [1 <= abs(after) <= 2 and (after > 0) != (move > 0) for move, after in leaps]
        return rate(kept.count(False), len(leaps))

    def step_share(self, piece: Piece) -> float:
        moves = piece.moves
        return band(sum(1 <= abs(move) <= 2 for move in moves) / max(1, len(moves)), 0.23, 0.73, 0.15)

    def single_climax(self, piece: Piece) -> float | None:
        return climax([note.pitch for note in piece.notes]) if len(piece.notes) > 1 else None

    def ambitus(self, piece: Piece) -> float:
        pitches = [note.pitch for note in piece.notes]
        return band(max(pitches) - min(pitches) if pitches else 0, 8.0, 17.0, 2.8)

    def in_key(self, piece: Piece) -> float | None:
        return rate(sum(note.pitch % 12 not in IN_C for note in piece.notes), len(piece.notes))

    def repeat_share(self, piece: Piece) -> float:
        moves = piece.moves
        return band(moves.count(0) / max(1, len(moves)), 0.04, 0.42, 0.12)

    def no_syncopation(self, piece: Piece) -> float | None:
        broken = 0
        for note in piece.notes:
            if any(self.weight[slot] > self.weight[note.onset] for slot in range(note.onset + 1, note.end)):
                broken += 1
        return rate(broken, len(piece.notes))

    def rest_share(self, piece: Piece) -> float:
        return band(1.0 - sum(note.end - note.onset for note in piece.notes) / self.slots, 0.0, 0.10, 0.05)

    def ends_on_tonic(self, piece: Piece) -> float | None:
        return float(piece.notes[-1].pitch % 12 == 0) if piece.notes else None

    def interval_profile(self, piece: Piece) -> float:
        moves = piece.moves
        counts = [0] * (2 * LARGEST + 1)
        for move in moves:
            counts[max(-LARGEST, min(LARGEST, move)) + LARGEST] += 1
        return 1.0 - divergence(counts, len(moves), self.wanted)

    def no_parallel_perfects(self, piece: Piece) -> float | None:
        tested = broken = 0
        states = zip(piece.upper, piece.lower, strict=True)
        for (upper, lower), (next_upper, next_lower) in pairwise(states):
            if min(upper, lower, next_upper, next_lower) < 0:
                continue
            if (next_upper - upper) * (next_lower - lower) > 0:
                tested += 1
                interval = abs(next_upper - next_lower) % 12
                if interval in (0, 7) and interval == abs(upper - lower) % 12:
                    broken += 1
        return rate(broken, tested)

    def consonant_on_the_beat(self, piece: Piece) -> float | None:
        tested = broken = 0
        for slot in range(self.slots):
            upper, lower = piece.upper[slot], piece.lower[slot]
            if self.on_beat[slot] and piece.struck[slot] and upper >= 0 and lower >= 0:
                tested += 1
                broken += abs(upper - lower) % 12 not in CONSONANT
        return rate(broken, tested)


def filled(cells: list[int]) -> list[int]:
    """What sounds in each slot; -1 in silence."""
    sounding, now = [], REST
    for cell in cells:
        if cell != HOLD:
            now = cell
        sounding.append(now)
    return sounding


def rate(broken: int, tested: int) -> float | None:
    """The share of opportunities kept; None where there was none."""
    return 1.0 - broken / tested if tested else None
