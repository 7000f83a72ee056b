"""Melodies as flat arrays, one tune after another, and how they look at any height and speed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fitness.phrase import Voice

Integers = NDArray[np.int64]

MOST_NOTES = 4000  # of a tune; a longer one is heard as far as that, half an hour of quick notes
ALIKE = (6, 5)  # lengths whose ratio is at most this are the same: a player is no clock
INTERVALS = 256  # numbers that an interval may have, -127 to 127 semitones


@dataclass(frozen=True, eq=False)
class Tunes:
    """`n` melodies, none of them empty: a column for each note, and where each tune begins and the last ends.

    `pitch`, `onset` and `duration` (ticks) are `[notes]`, `bounds` is `[n + 1]`.
    """

    pitch: Integers
    onset: Integers
    duration: Integers
    bounds: Integers

    @classmethod
    def of(cls, *voices: Voice) -> Tunes:
        """The notes of some voices, each of which has one; of each the first 4,000.

        >>> from fitness.phrase import Phrase
        >>> Tunes.of(*Phrase.parse("C4 D4 ; G3").voices).bounds.tolist()
        [0, 2, 3]
        """
        notes = [(note.pitch, note.onset, note.duration) for voice in voices for note in voice.notes[:MOST_NOTES]]
        counts = [min(len(voice.notes), MOST_NOTES) for voice in voices]
        if 0 in counts:
            raise ValueError(f"a tune must have a note, got none in voice {counts.index(0) + 1}; leave it out")
        pitch, onset, duration = np.array(notes, np.int64).reshape(-1, 3).T
        return cls(pitch, onset, duration, np.append(0, np.cumsum(counts, dtype=np.int64)))

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def slice(self, start: int, stop: int) -> Tunes:
        """Some neighbours."""
        bounds = self.bounds[start : stop + 1]
        notes = slice(int(bounds[0]), int(bounds[-1]))
        return Tunes(self.pitch[notes], self.onset[notes], self.duration[notes], bounds - bounds[0])

    def part(self, i: int, first: int, last: int) -> Tunes:
        """The notes `first` to `last` of one tune, alone."""
        notes = slice(int(self.bounds[i]) + first, int(self.bounds[i]) + last + 1)
        return Tunes(self.pitch[notes], self.onset[notes], self.duration[notes], np.array([0, last + 1 - first]))

    @cached_property
    def counts(self) -> Integers:
        """How many notes each tune has, `[n]`."""
        return np.diff(self.bounds)

    @cached_property
    def tune(self) -> Integers:
        """The number of the tune that each note belongs to."""
        return np.repeat(np.arange(len(self)), self.counts)

    @cached_property
    def place(self) -> Integers:
        """The number of each note in its tune, from 0."""
        number: Integers = np.arange(len(self.pitch)) - self.bounds[self.tune]
        return number

    @cached_property
    def interval(self) -> Integers:
        """Semitones to each note from the one before, plus 128; 0 at the first of a tune."""
        return np.where(self.place > 0, np.diff(self.pitch, prepend=0) + INTERVALS // 2, 0)

    @cached_property
    def symbol(self) -> Integers:
        """The interval to each note and whether it is longer, as long or shorter than the one before; 0 at the first.

        A note lasts to the next one, and the last of a tune as long as it sounds: staccato is no other tune.
        """
        gap = np.diff(self.onset, append=0)
        gap[self.bounds[1:] - 1] = self.duration[self.bounds[1:] - 1]
        before = np.append(gap[:1], gap[:-1])
        much, little = ALIKE
        direction = (gap * little > before * much) * 1 - (before * little > gap * much)
        return np.where(self.place > 0, 3 * self.interval + direction, 0)

    @cached_property
    def gram(self) -> Integers:
        """The three intervals that follow each note, as one number; without meaning at a tune's last three notes."""
        first, second, third = (
            np.append(self.interval[i:], np.zeros(i, np.int64))[: len(self.pitch)] for i in (1, 2, 3)
        )
        return (first * INTERVALS + second) * INTERVALS + third


def distinct(numbers: Integers) -> tuple[Integers, Integers]:
    """The different ones of some numbers in order, and where among these each is.

    >>> [found.tolist() for found in distinct(np.array([7, 3, 7]))]
    [[3, 7], [1, 0, 1]]
    """
    ordered = np.sort(numbers)  # np.unique would import numpy.ma
    known = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return known, np.searchsorted(known, numbers)
