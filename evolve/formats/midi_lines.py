"""From the keys that a player pressed and released to a line of notes on our grid."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from fitness.phrase import Note
from fitness.theory import QUARTER


class Sounded(NamedTuple):
    """A note as a file has it, in the file's ticks."""

    onset: int
    end: int
    pitch: int
    velocity: int


@dataclass
class Struck:
    """Notes while their ends are awaited.

    Of two notes that overlap on one channel and pitch, the first end ends the first.  An end without a note is
    passed over; a note without an end lasts to the next onset on its channel, or else to the end of the track.

    >>> struck = Struck()
    >>> struck.begin(0, 0, 60, 80), struck.begin(5, 0, 60, 80), struck.end(8, 0, 60)
    (None, None, None)
    >>> [(note.onset, note.end) for note in struck.notes(10)[0]]
    [(0, 8), (5, 10)]
    """

    begun: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)  # by channel: onset, pitch, velocity
    ends: dict[tuple[int, int], int] = field(default_factory=dict)  # by channel and number of the note there
    waiting: dict[tuple[int, int], deque[int]] = field(default_factory=dict)  # by channel and pitch: their numbers

    def begin(self, tick: int, channel: int, pitch: int, velocity: int) -> None:
        """A key goes down."""
        notes = self.begun.setdefault(channel, [])
        self.waiting.setdefault((channel, pitch), deque()).append(len(notes))
        notes.append((tick, pitch, velocity))

    def end(self, tick: int, channel: int, pitch: int) -> None:
        """A key goes up."""
        numbers = self.waiting.get((channel, pitch))
        if numbers:
            self.ends[channel, numbers.popleft()] = tick

    def notes(self, end: int) -> dict[int, list[Sounded]]:
        """All notes by channel; the track ends at tick `end`."""
        sounded = {}
        for channel, notes in self.begun.items():
            onsets = [onset for onset, _, _ in notes]
            stops = (*onsets, end)
            sounded[channel] = [
                Sounded(onset, stop, pitch, velocity)
                for number, (onset, pitch, velocity) in enumerate(notes)
                for stop in [self.ends.get((channel, number), stops[bisect_right(onsets, onset)])]
            ]
        return sounded


def rounded(tick: int, scale: Fraction) -> int:
    """A tick of the file on our grid, the middle upwards; `scale` is the length of the file's tick in ours.

    >>> rounded(250, Fraction(24, 480)), rounded(249, Fraction(24, 480))
    (13, 12)
    """
    return (2 * tick * scale.numerator + scale.denominator) // (2 * scale.denominator)


def top_line(sounded: Iterable[Sounded], scale: Fraction) -> tuple[tuple[Note, ...], int, float]:
    """The highest line on our grid, the number of notes below it, and the farthest shift of its notes in ticks.

    Of notes that begin together the highest is kept, and a lower one that begins under a sounding note only if
    it sounds on alone for half its length or more; a note is cut where the next begins, and lasts a tick at least.
    """
    line: list[Note] = []
    below = shift = 0  # the shift in ticks of the file times `numerator`, exact
    numerator, denominator = scale.numerator, scale.denominator
    notes = [(rounded(note.onset, scale), rounded(note.end, scale), note) for note in sounded]
    for onset, end, note in sorted(notes, key=lambda each: (each[0], -each[2].pitch, -each[1])):
        new = Note(onset, max(end - onset, 1), note.pitch, note.velocity)
        if line and line[-1].end > onset:
            held = line[-1]
            if held.onset == onset or (new.pitch < held.pitch and 2 * (held.end - onset) > new.duration):
                below += 1
                continue
            line[-1] = replace(held, duration=onset - held.onset)
        line.append(new)
        early, late = note.onset * numerator - onset * denominator, note.end * numerator - end * denominator
        shift = max(shift, abs(early), abs(late))
    return tuple(line), below, shift / denominator


def tick_length(division: int, tempo: int) -> Fraction:
    """The length of a file's tick in ours, from the division in its header and microseconds a quarter.

    A positive division is ticks a quarter; a negative one holds SMPTE frames a second (29 stands for 29.97) and
    ticks a frame, and then a quarter is as long as the tempo says.

    >>> tick_length(480, 500_000), tick_length(-25 * 256 + 40, 500_000)  # the second: 1000 ticks a second
    (Fraction(1, 20), Fraction(6, 125))
    """
    if division > 0:
        return Fraction(QUARTER, division)
    frames, ticks = 256 - (division >> 8 & 0xFF), division & 0xFF
    rate = Fraction(30_000, 1001) if frames == 29 else Fraction(frames)
    return Fraction(QUARTER * 1_000_000, tempo) / (rate * ticks)
