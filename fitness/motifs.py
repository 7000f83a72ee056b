"""Figures of a line that return: the same moves and lengths at the same height, elsewhere on the staff, or in rhythm.

A move is the way from a note to the next: steps on the staff, and the lengths of both notes and of the rest between
them as they relate, so that a figure is the same in any place of the scale and at any speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fitness.phrase import Note, Phrase
from fitness.phrases import Phrases

FEWEST_MOVES = 3
LONGEST_MOVES = 64  # of a figure: longer ones are phrases that return
FIGURES = 5  # that are told of, unless more are asked for
COVERED = 0.5  # the share of the notes of a figure, in all its places, that better figures may have

Relation = Literal["exact", "transposed", "rhythm"]


@dataclass(frozen=True)
class Place:
    """Where a figure stands: the numbers of its notes in the line, and how it relates to the first place.

    `steps` it lies higher on the staff; `speed` its notes' lengths are so many times those of the first.
    """

    first: int
    last: int
    relation: Relation
    steps: int = 0
    speed: Fraction = Fraction(1)


@dataclass(frozen=True)
class Motif:
    """A figure of so many moves, and its places, which do not overlap; those of its rhythm alone are counted apart."""

    moves: int
    places: tuple[Place, ...]
    rhythms: tuple[Place, ...] = ()

    @property
    def weight(self) -> int:
        """How telling it is: its moves times its places."""
        return self.moves * len(self.places)


def motifs(phrase: Phrase, *, most: int = FIGURES) -> tuple[Motif, ...]:
    """The most telling figures of the first voice with notes: those with the most moves times places, in this order.

    A figure lies within one phrase (as the ends cut the line), has two pitches and three moves or more, occurs in two
    places that do not overlap, and is not inside another that occurs as often.  One whose notes belong, in the main,
    to more telling ones is left out.  Its rhythm alone is looked for at the same place of the bar, where the figure
    has two lengths.
    Source: the repeats of Hsu, Liu and Chen, "Discovering Nontrivial Repeating Patterns in Music Data", IEEE
    Transactions on Multimedia 3 (2001), who call those trivial that are inside others as frequent; for what a motive
    keeps, Schoenberg, Fundamentals of Musical Composition (1967), ch. 3.

    >>> tune = Phrase.parse("C4 D4 E4 C4 | D4 E4 F4 D4 | C4 D4 E4 C4 | G4*4")
    >>> [(m.moves, [(p.first, p.relation, p.steps) for p in m.places]) for m in motifs(tune)]
    [(3, [(0, 'exact', 0), (4, 'transposed', 1), (8, 'exact', 0)])]
    """
    line = phrase.melody
    if len(line.notes) <= FEWEST_MOVES:
        return ()
    alone = Phrases.of(Phrase((line,), phrase.length, phrase.keys, phrase.metres, phrase.pickup, phrase.ends))
    moves, rhythm = _moves(alone)
    staff = alone.notes.staff[0, :, 0].astype(int).tolist()
    figures = [
        (length, starts)
        for length, starts in repeats(moves)
        if len(_apart(starts, length)) > 1 and len({*staff[starts[0] : starts[0] + length + 1]}) > 1
    ]
    figures.sort(key=lambda figure: (-figure[0] * len(_apart(*figure[::-1])), -figure[0], figure[1][0]))
    chosen: list[Motif] = []
    taken = np.zeros(len(line.notes), bool)
    places = alone.notes.place[0, :, 0].astype(int).tolist()
    for length, starts in figures:
        notes = np.add.outer(_apart(starts, length), np.arange(length + 1))
        if len(chosen) == most or taken[notes].mean() > COVERED:
            continue
        taken[notes] = True
        told = tuple(_place(line.notes, staff, int(row[0]), notes[0, 0], length) for row in notes)
        chosen.append(Motif(length, told, _rhythms(rhythm, places, line.notes, told, length)))
    return tuple(chosen)


def _moves(phrases: Phrases) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A number for each move with its lengths and for its lengths alone; of one that leaves a phrase, its own."""
    notes = phrases.notes
    staff, onset, end, segment = (
        x[0, :, 0].astype(np.int64) for x in (notes.staff, notes.onset, notes.end, notes.segment)
    )
    lasts, rest = end - onset, onset[1:] - end[:-1]
    unit = np.gcd(np.gcd(lasts[:-1], lasts[1:]), rest)
    lengths = np.stack([lasts[:-1], lasts[1:], rest]) // unit
    leaves = segment[1:] != segment[:-1]
    own = np.where(leaves, np.arange(1, len(leaves) + 1), 0)
    told = [np.vstack([rows, own]) for rows in (np.vstack([lengths, np.diff(staff)]), lengths)]
    moves, rhythm = (np.unique(rows, axis=1, return_inverse=True)[1].ravel() for rows in told)
    return moves, rhythm


def repeats(tokens: NDArray[np.int64]) -> list[tuple[int, list[int]]]:
    """All runs of three tokens or more that occur twice or more, each with its starts; of 64 tokens at the most.

    Left out is what one token more, before or after, would make no rarer.

    >>> repeats(np.array([1, 2, 3, 4, 9, 1, 2, 3, 4, 8, 2, 3, 4]))
    [(3, [1, 6, 10]), (4, [0, 5])]
    """
    found = []
    starts = np.arange(len(tokens) - FEWEST_MOVES + 1)
    group = np.zeros(len(starts), np.int64)
    for place in range(FEWEST_MOVES):
        group = _joined(group, tokens[starts + place])
    starts, group = _common(starts, group)
    for length in range(FEWEST_MOVES, LONGEST_MOVES + 1):
        if not len(starts):
            break
        inside = starts + length < len(tokens)
        longer, grown = starts[inside], _joined(group[inside], tokens[starts[inside] + length])
        before = np.where(starts > 0, tokens[starts - 1], -1)
        for one in np.split(np.argsort(group, kind="stable"), np.flatnonzero(np.diff(np.sort(group))) + 1):
            after = tokens[np.minimum(starts[one] + length, len(tokens) - 1)]
            goes_on = starts[one][-1] + length < len(tokens) and (after == after[0]).all() and length < LONGEST_MOVES
            if not goes_on and not (before[one] == before[one][0]).all():
                found.append((length, starts[one].tolist()))
        starts, group = _common(longer, grown)
    return found


def _joined(group: NDArray[np.int64], token: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each pair of a group and a token."""
    return np.unique(np.stack([group, token]), axis=1, return_inverse=True)[1].ravel()


def _common(starts: NDArray[np.int64], group: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Those of groups of two or more."""
    several = np.bincount(group)[group] > 1 if len(group) else np.zeros(0, bool)
    return starts[several], group[several]


def _apart(starts: list[int], length: int) -> list[int]:
    """As many of the starts, from the first on, as do not share a note."""
    kept = starts[:1]
    for start in starts[1:]:
        if start > kept[-1] + length:
            kept.append(start)
    return kept


def _place(notes: tuple[Note, ...], staff: list[int], start: int, model: int, length: int) -> Place:
    here, there = notes[start : start + length + 1], notes[model : model + length + 1]
    exact = all(one.pitch == other.pitch for one, other in zip(here, there, strict=True))
    speed = Fraction(here[0].duration, there[0].duration)
    return Place(start, start + length, "exact" if exact else "transposed", staff[start] - staff[model], speed)


def _rhythms(
    rhythm: NDArray[np.int64], places: list[int], notes: tuple[Note, ...], told: tuple[Place, ...], length: int
) -> tuple[Place, ...]:
    """Where the rhythm of a figure returns alone, at the place in the bar and the speed of the first."""
    model = told[0].first
    if len({note.duration for note in notes[model : model + length + 1]}) < 2:
        return ()
    windows = np.lib.stride_tricks.sliding_window_view(rhythm, length)
    taken = {number for place in told for number in range(place.first, place.last + 1)}
    found: list[Place] = []
    for start in np.flatnonzero((windows == windows[model]).all(axis=1)).tolist():
        same = places[start] == places[model] and notes[start].duration == notes[model].duration
        if same and taken.isdisjoint(range(start, start + length + 1)):
            found.append(Place(start, start + length, "rhythm"))
            taken.update(range(start, start + length + 1))
    return tuple(found)
