"""What references of counterpoint ask of two voices, and of all, tick by tick; in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from fitness.phrase import Note, Phrase
from tests.reference.questions import bars, same_way

UNISON_OR_OCTAVE, FIFTH = 0, 7  # all intervals in semitones modulo 12
PERFECT = (UNISON_OR_OCTAVE, FIFTH)
THIRDS, SIXTHS = (3, 4), (8, 9)
SECONDS, FOURTHS, SEVENTHS = (1, 2), (5, 6), (10, 11)  # a tritone counts as a fourth
STEP = (1, 2)

Line = tuple[Note | None, ...]


@lru_cache(maxsize=1024)
def by_tick(phrase: Phrase) -> tuple[Line, ...]:
    """The note that each voice sounds at each tick; None in silence."""
    lines = []
    for voice in phrase.voices:
        line: list[Note | None] = [None] * phrase.length
        for note in voice.notes:
            line[note.onset : note.end] = [note] * note.duration
        lines.append(tuple(line))
    return tuple(lines)


@lru_cache(maxsize=1024)
def barlines(phrase: Phrase) -> tuple[int, ...]:
    """The ticks at which bars begin."""
    return tuple(start for start, _, _ in bars(phrase))


def move(line: Line, tick: int) -> int:
    """Semitones that a voice moves at a tick; 0 where it stays, rests, or comes from a rest."""
    before, now = (line[tick - 1] if tick else None), line[tick]
    return now.pitch - before.pitch if before and now else 0


def opposite(a: int, b: int) -> bool:
    """Whether two moves go in opposite directions."""
    return same_way(a, -b)


def note_after(phrase: Phrase, voice: int, note: Note) -> Note | None:
    """The note that begins when another of its voice ends; None where a rest follows, or nothing."""
    return by_tick(phrase)[voice][note.end] if note.end < phrase.length else None


@dataclass(frozen=True)
class Two:
    """Two voices of a phrase: their numbers, and their lines by tick."""

    phrase: Phrase
    members: tuple[int, int]
    upper: Line
    lower: Line

    def sound(self, tick: int) -> bool:
        """Whether both sound."""
        return 0 <= tick < self.phrase.length and bool(self.upper[tick] and self.lower[tick])

    def strikes(self, tick: int) -> tuple[bool, bool]:
        """Whether the upper and whether the lower voice strikes a note."""
        return tuple(bool(note and note.onset == tick) for note in (self.upper[tick], self.lower[tick]))

    def heard(self) -> list[int]:
        """The ticks at which one of them strikes and both sound."""
        return [tick for tick in range(self.phrase.length) if self.sound(tick) and any(self.strikes(tick))]

    def apart(self, tick: int) -> int:
        """Semitones between two notes that sound, whichever is higher."""
        return abs(self.upper[tick].pitch - self.lower[tick].pitch)

    def interval(self, tick: int) -> int:
        """The same without octaves."""
        return self.apart(tick) % 12

    def crossed(self, tick: int) -> bool:
        """Whether the lower voice sounds above the upper one."""
        return self.sound(tick) and self.lower[tick].pitch > self.upper[tick].pitch

    def moves(self, tick: int) -> tuple[int, int]:
        """The moves of both."""
        return move(self.upper, tick), move(self.lower, tick)

    def dissonant(self, tick: int) -> bool:
        """Whether both sound a second or seventh, or over the lowest note of all a fourth or tritone."""
        if not self.sound(tick):
            return False
        bass = min(note.pitch for line in by_tick(self.phrase) if (note := line[tick]))
        over_bass = bass in (self.upper[tick].pitch, self.lower[tick].pitch)
        return self.interval(tick) in (*SECONDS, *SEVENTHS) or (over_bass and self.interval(tick) in FOURTHS)

    def consonant(self, tick: int) -> bool:
        """Whether both sound and are not dissonant."""
        return self.sound(tick) and not self.dissonant(tick)


def every_two(phrase: Phrase) -> Iterator[Two]:
    """Every two voices, the upper first."""
    lines = by_tick(phrase)
    for a, b in combinations(range(len(lines)), 2):
        yield Two(phrase, (a, b), lines[a], lines[b])


def neighbours(phrase: Phrase) -> Iterator[Two]:
    """Every two voices that lie next to each other."""
    return (two for two in every_two(phrase) if two.members[1] == two.members[0] + 1)


def chords(phrase: Phrase) -> list[tuple[int, list[int]]]:
    """The ticks at which one voice strikes and all sound, and the pitches of all, the upper voice first."""
    lines, found = by_tick(phrase), []
    for tick in range(phrase.length):
        notes = [line[tick] for line in lines]
        if all(notes) and any(note.onset == tick for note in notes):
            found.append((tick, [note.pitch for note in notes]))
    return found


def everyone(phrase: Phrase) -> tuple[int, ...]:
    """The numbers of all voices, as marks on chords name them."""
    return tuple(range(len(phrase.voices)))
