"""One piece of music, frozen, in exact ticks, and its one-line notation.

    G major 3/4 pickup=24: <flute@73> D4 | G4*2 A4 | B4*3 ; ...

Header (optional): key, metre, pick-up in ticks.  Then the voices, separated by `;`, each with an optional
`<name@program>` (a General MIDI program, 0-127; signs in a name as %XX).  A note is a name with a length
in quarters (`*2`, `*3/2`, `/2`; none = one quarter) and a velocity where it is not 80 (`!96`).  `r` is a
rest.  `|` must stand on a barline.  `'` ends a phrase, `[D major]` and `[2/4]` change key and metre: there, or
at the tick after an `@` where that lies inside a note.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from fitness.theory import QUARTER, Key, Metre, pitch_of

USUAL_VELOCITY = 80
MAX_TICKS = 24 * 4 * 10_000  # ten thousand bars of 4/4: beyond it something is wrong

C_MAJOR = Key("C")
COMMON_TIME = Metre.parse("4/4")

_WORD = re.compile(r"\[[^\]]*\](?:@\d+)?|<[^>]*>?|'(?:@\d+)?|\||[^\s\[|'<]+|\S")
_MARK = re.compile(r"('|\[.*\])(?:@(\d+))?\Z")
_ESCAPE = re.compile(r"%([0-9A-F]{2})")
_EVENT = re.compile(r"(r|[A-Ga-g][#b]{0,2}-?\d+)(?:\*(\d+(?:/0*[1-9]\d*)?)|/(\d+))?(?:!(\d+))?\Z")


@dataclass(frozen=True, slots=True)
class Note:
    """One note: `onset` and `duration` in ticks, MIDI `pitch`, `velocity` 1-127."""

    onset: int
    duration: int
    pitch: int
    velocity: int = USUAL_VELOCITY

    @property
    def end(self) -> int:
        """The tick at which the note stops."""
        return self.onset + self.duration


@dataclass(frozen=True)
class Voice:
    """A line: notes in order that do not overlap, played by one instrument (General MIDI program)."""

    notes: tuple[Note, ...] = ()
    name: str = ""
    program: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.program <= 127:
            raise ValueError(f"voice '{self.name}': a program must be 0-127, got {self.program}")
        end = 0
        for note in self.notes:
            if note.onset < end or note.duration < 1:
                raise ValueError(f"voice '{self.name}': notes must follow each other, got {note} before tick {end}")
            if not (0 <= note.pitch <= 127 and 1 <= note.velocity <= 127):
                raise ValueError(f"voice '{self.name}': pitch must be 0-127 and velocity 1-127, got {note}")
            end = note.end


@dataclass(frozen=True)
class Phrase:
    """One immutable piece.

    `length` in ticks; `keys` and `metres` are (tick, value) with the first at tick 0; the first full bar
    starts at tick `pickup`; `ends` are the ticks at which phrases end, the last of them `length`.
    """

    voices: tuple[Voice, ...] = (Voice(),)
    length: int = 0
    keys: tuple[tuple[int, Key], ...] = ((0, C_MAJOR),)
    metres: tuple[tuple[int, Metre], ...] = ((0, COMMON_TIME),)
    pickup: int = 0
    ends: tuple[int, ...] = field(default=())

    def __post_init__(self) -> None:
        last = max((voice.notes[-1].end for voice in self.voices if voice.notes), default=0)
        if not self.voices:
            raise ValueError("a phrase must have a voice, got none")
        if not last <= self.length <= MAX_TICKS:
            raise ValueError(f"a phrase must last from its last note's end ({last}) to {MAX_TICKS}, got {self.length}")
        for what, changes in (("keys", self.keys), ("metres", self.metres)):
            ticks = [tick for tick, _ in changes]
            if not ticks or ticks[0] != 0 or sorted(set(ticks)) != ticks or ticks[-1] >= max(1, self.length):
                raise ValueError(f"{what} must begin at tick 0 and go forward, before the end, got ticks {ticks[:9]}")
        if not 0 <= self.pickup < self.metres[0][1].bar:
            raise ValueError(
                f"a pick-up must be shorter than a bar of {self.metres[0][1].bar} ticks, got {self.pickup}"
            )
        inner = tuple(sorted({tick for tick in self.ends if 0 < tick < self.length}))
        object.__setattr__(self, "ends", (*inner, self.length) if self.length else ())

    @classmethod
    def parse(cls, text: str) -> Phrase:
        """Read the notation; ValueError names the column (from 1) and the mend.

        >>> str(Phrase.parse("G major 3/4 pickup=24: D4 | G4*2 A4 | B4*3"))
        'G major 3/4 pickup=24: D4 | G4*2 A4 | B4*3'
        """
        return _Reader(text).phrase()

    def __str__(self) -> str:
        pickup = f" pickup={self.pickup}" if self.pickup else ""
        header = f"{self.keys[0][1]} {self.metres[0][1]}{pickup}:"
        return header + " ;".join(self._line(i) for i in range(len(self.voices)))

    @property
    def melody(self) -> Voice:
        """The first voice with notes; one without where there is none."""
        return next((voice for voice in self.voices if voice.notes), Voice())

    def key_at(self, tick: int) -> Key:
        """The key in force at a tick."""
        return self.keys[bisect_right(self.keys, tick, key=lambda change: change[0]) - 1][1]

    def barlines(self) -> Iterator[tuple[int, Metre]]:
        """The tick and metre of each bar that starts on a barline, the bar after the pick-up first."""
        tick, turn = self.pickup, 0
        while tick < self.length:
            while turn + 1 < len(self.metres) and self.metres[turn + 1][0] <= tick:
                turn += 1
            yield tick, self.metres[turn][1]
            following = self.metres[turn + 1][0] if turn + 1 < len(self.metres) else self.length
            tick = min(tick + self.metres[turn][1].bar, max(following, tick + 1))

    def place(self, tick: int) -> tuple[int, Fraction]:
        """Bar and beat of a tick, both counted from 1; the pick-up is bar 0, its beats those before the barline."""
        metre = self.metres[0][1]
        bar, start = 0, self.pickup - metre.bar
        for number, (barline, here) in enumerate(self.barlines(), 1):
            if barline > tick:
                break
            bar, start, metre = number, barline, here
        beats = (*metre.beats, metre.bar)
        beat = bisect_right(beats, tick - start) - 1
        return bar, 1 + beat + Fraction(tick - start - beats[beat], beats[beat + 1] - beats[beat])

    def _line(self, index: int) -> str:
        """One voice in notation, with the changes and phrase ends of the whole in the first."""
        voice = self.voices[index]
        barlines = {tick for tick, _ in self.barlines()} - {0}
        marks: dict[int, list[str]] = {}
        if index == 0:
            for tick in self.ends[:-1]:
                marks.setdefault(tick, []).append("'")
            for tick, change in (*self.keys[1:], *self.metres[1:]):
                marks.setdefault(tick, []).append(f"[{change}]")
        words = [f"<{_escaped(voice.name)}@{voice.program}>"] if voice.name or voice.program else []

        def stop(tick: int) -> None:
            words.extend(["|"] if tick in barlines else [])
            words.extend(marks.get(tick, []))

        def rest(tick: int, until: int) -> None:
            for cut in [c for c in sorted(marks) if tick < c < until] + [until] * (until > tick):
                words.append("r" + _length(cut - tick))
                stop(cut)
                tick = cut

        tick = 0
        for note in voice.notes:
            rest(tick, note.onset)
            loud = f"!{note.velocity}" if note.velocity != USUAL_VELOCITY else ""
            words.append(self.key_at(note.onset).name_of(note.pitch) + _length(note.duration) + loud)
            for inside in [c for c in sorted(marks) if note.onset < c < note.end]:
                words.extend(f"{word}@{inside}" for word in marks[inside])
            stop(note.end)
            tick = note.end
        rest(tick, self.length)
        return "".join(" " + word for word in words)


def _escaped(name: str) -> str:
    """A voice's name with what notation uses as signs written as %XX."""
    return re.sub(r"[%<>;:@\x00-\x1f\x7f]", lambda sign: f"%{ord(sign[0]):02X}", name)


def _length(ticks: int) -> str:
    quarters = Fraction(ticks, QUARTER)
    if quarters == 1:
        return ""
    return f"/{quarters.denominator}" if quarters.numerator == 1 else f"*{quarters}"


@dataclass
class _Reader:
    """One pass over a line of notation."""

    text: str
    column: int = 1
    marks: list[tuple[int, str, int]] = field(default_factory=list)  # (tick, word, column)
    bars: list[tuple[int, int]] = field(default_factory=list)  # (tick, column) of each `|`

    def wrong(self, what: str, column: int | None = None) -> ValueError:
        return ValueError(f"notation, column {column or self.column}: {what}")

    def phrase(self) -> Phrase:
        body, (key, metre, pickup) = 0, (C_MAJOR, COMMON_TIME, 0)
        if ":" in self.text:
            body = self.text.index(":") + 1
            key, metre, pickup = self.header(self.text[: body - 1])
        voices, length = [], 0
        for part in self.text[body:].split(";"):
            voice, end = self.voice(part, body)
            voices.append(voice)
            length = max(length, end)
            body += len(part) + 1
        keys, metres, ends = {0: key}, {0: metre}, {length}
        for tick, word, column in self.marks:
            try:
                if word == "'":
                    ends.add(tick)
                elif "/" in word:
                    metres[tick] = Metre.parse(word[1:-1])
                else:
                    keys[tick] = Key.parse(word[1:-1])
            except ValueError as error:
                raise self.wrong(str(error), column) from None
        try:
            phrase = Phrase(
                tuple(voices), length, tuple(sorted(keys.items(), key=lambda c: c[0])),
                tuple(sorted(metres.items(), key=lambda c: c[0])), pickup, tuple(ends),
            )  # fmt: skip
        except ValueError as error:
            raise self.wrong(str(error), 1) from None
        barlines = {0, length, *(tick for tick, _ in phrase.barlines())}
        for tick, column in self.bars:
            if tick not in barlines:
                bar, beat = phrase.place(tick)
                raise self.wrong(f"'|' must stand on a barline, got beat {beat} of bar {bar}", column)
        return phrase

    def header(self, text: str) -> tuple[Key, Metre, int]:
        key, metre, pickup = C_MAJOR, COMMON_TIME, 0
        words = text.split()
        try:
            if words and words[-1].startswith("pickup="):
                pickup = int(words.pop().removeprefix("pickup="))
            if words and "/" in words[-1]:
                metre = Metre.parse(words.pop())
            if words:
                key = Key.parse(" ".join(words))
        except ValueError as error:
            raise self.wrong(f"header '{text.strip()}': {error}; write it such as 'G major 3/4 pickup=24:'") from None
        return key, metre, pickup

    def voice(self, text: str, offset: int) -> tuple[Voice, int]:
        notes: list[Note] = []
        tick, name, program = 0, "", 0
        for match in _WORD.finditer(text):
            word, self.column = match[0], offset + match.start() + 1
            mark = _MARK.match(word)
            if word == "|":
                self.bars.append((tick, self.column))
            elif mark:
                self.marks.append((int(mark[2]) if mark[2] else tick, mark[1], self.column))
            elif word[0] == "<":
                name, _, number = word[1:-1].rpartition("@")
                if not word.endswith(">") or not number.isdecimal() or int(number) > 127:
                    raise self.wrong(f"a voice must be named such as <flute@73>, its program 0-127, got '{word}'")
                name, program = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), name), int(number)
            else:
                tick = self.event(word, tick, notes)
        try:
            return Voice(tuple(notes), name, program), tick
        except ValueError as error:
            raise self.wrong(str(error)) from None

    def event(self, word: str, tick: int, notes: list[Note]) -> int:
        match = _EVENT.match(word)
        if match is None:
            raise self.wrong(f"a note must be written such as C4, F#4*2, Bb3/2!96 or r, got '{word}'")
        name, times, part, loud = match.groups()
        try:
            ticks = Fraction(times or 1) * QUARTER / int(part or 1) if int(part or 1) else Fraction()
            if ticks.denominator != 1 or not 0 < ticks <= MAX_TICKS:
                raise ValueError(f"a length must be a whole number of 1/{QUARTER} quarters, got '{word}'")
            if name != "r":
                notes.append(Note(tick, int(ticks), pitch_of(name), int(loud or USUAL_VELOCITY)))
        except ValueError as error:
            raise self.wrong(str(error)) from None
        return tick + int(ticks)
