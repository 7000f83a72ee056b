"""The vocabulary of a style or a corpus: in which frames its tunes stand, their bar rhythms, their steps.

Of a tune it keeps counts only: how long and in which metre and mode it is, on which tonic, which rhythm each bar has
(by its place in four), and which tone follows which.  Tones are semitones above the tonic nearest to a tune's mean.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from typing import Any

from fitness.phrase import Note, Phrase
from fitness.theory import SCALES, Metre

GRID = 6  # ticks of a slot: a sixteenth
STRIKE, HELD, SILENT = "x.-"
PLACES = 5  # of a bar: first to fourth of four, and the last of the tune
MODES = ("major", "minor")
LONGEST = 4096  # slots of a frame: 256 bars of 4/4
FARTHEST = 127  # semitones of a tone above or below the tonic
Counts = Mapping[int, Mapping[int, int]]


@dataclass(frozen=True)
class Frame:
    """What stays as it is while a tune is bred; lengths in slots, `ends` after which slots phrases end."""

    metre: Metre
    pickup: int
    length: int
    mode: str
    ends: tuple[int, ...]

    @property
    def bar(self) -> int:
        """Slots of a bar."""
        return self.metre.bar // GRID


@dataclass(frozen=True)
class Vocabulary:
    """Counts of frames, tonics, bar rhythms by metre and place, and tones after tones by mode.

    `rhythms`: metre -> rhythm -> counts at the five places; a rhythm is a letter a slot, `x` a note begins, `.` it
    goes on, `-` silence.  `moves`: mode -> tone -> next tone -> count.  `centre` is the mean pitch, `notes` the fewest
    and most notes of a tune, `longest` the slots of the longest note, `span` the semitones of the widest tune.
    """

    frames: tuple[tuple[Frame, int], ...]
    tonics: Mapping[str, tuple[int, ...]]
    rhythms: Mapping[str, Mapping[str, tuple[int, ...]]]
    moves: Mapping[str, Counts]
    centre: float
    notes: tuple[int, int]
    longest: int
    span: int

    @property
    def tones(self) -> tuple[int, int]:
        """The lowest and the highest tone."""
        found = {tone for moves in self.moves.values() for low, after in moves.items() for tone in (low, *after)}
        return min(found), max(found)

    @classmethod
    def of(cls, tunes: Iterable[Phrase]) -> Vocabulary:
        """The vocabulary of some tunes, of the first voice of each that has notes; ValueError where there is none.

        A tune that changes its metre, has notes off sixteenths, is shorter than a bar or longer than `LONGEST` teaches
        tones and no rhythm or frame.
        """
        frames, tonics = Counter[Frame](), {mode: Counter[int]() for mode in MODES}
        rhythms: dict[str, dict[str, Counter[int]]] = {}
        moves: dict[str, dict[int, Counter[int]]] = {mode: {} for mode in MODES}
        centres, sizes, longest, spans = [], [], [1], []
        for tune in tunes:
            notes = tune.melody.notes
            if len(notes) < 2:
                continue
            tones, mode, centre = _tones(tune, notes)
            for tone, after in pairwise(tones):
                moves[mode].setdefault(tone, Counter())[after] += 1
            tonics[mode][tune.keys[0][1].pitch_class] += 1
            centres.append(centre)
            sizes.append(len(notes))
            spans.append(max(tones) - min(tones))
            longest.append(max(-(-note.duration // GRID) for note in notes))
            frame = _frame(tune, mode) if on_grid(notes) else None
            if frame is not None:
                frames[frame] += 1
                letters = _letters(notes, frame)
                known = rhythms.setdefault(str(frame.metre), {})
                bars = range(frame.pickup, frame.length - max(frame.bar // 2, 1) + 1, frame.bar)
                for number, start in enumerate(bars):
                    bar = letters[start : start + frame.bar].ljust(frame.bar, SILENT)
                    place = PLACES - 1 if number == len(bars) - 1 else number % 4
                    known.setdefault(bar, Counter())[place] += 1
        if not frames:
            raise ValueError(
                "there must be a melody of two notes or more in one metre, of one to 256 bars of 4/4, got none"
            )
        table = {
            metre: {bar: tuple(counts[place] for place in range(PLACES)) for bar, counts in sorted(known.items())}
            for metre, known in sorted(rhythms.items())
        }
        counted = tuple(sorted(frames.items(), key=lambda item: (-item[1], str(item[0]))))
        return cls(
            counted, {mode: tuple(tonics[mode][pc] for pc in range(12)) for mode in MODES}, table,
            {mode: {t: dict(sorted(after.items())) for t, after in sorted(moves[mode].items())} for mode in MODES},
            round(sum(centres) / len(centres), 2), (min(sizes), max(sizes)), max(longest), max(spans),
        )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """For a style's file; `from_plain` is its inverse."""
        return {
            "frames": [
                {"metre": str(f.metre), "pickup": f.pickup, "length": f.length, "mode": f.mode, "ends": list(f.ends),
                 "count": count}
                for f, count in self.frames
            ],
            "tonics": {mode: list(counts) for mode, counts in self.tonics.items()},
            "rhythms": {m: {bar: list(c) for bar, c in known.items()} for m, known in self.rhythms.items()},
            "moves": {
                mode: {str(t): {str(a): n for a, n in after.items()} for t, after in moves.items()}
                for mode, moves in self.moves.items()
            },
            "centre": self.centre, "notes": list(self.notes), "longest": self.longest, "span": self.span,
        }  # fmt: skip

    @classmethod
    def from_plain(cls, data: object) -> Vocabulary:
        """Read what `plain` gave; ValueError where it is something else."""
        try:
            made = _read(data)
        except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise ValueError(
                f"the vocabulary is not such as calibrate writes: {type(error).__name__} {error}"
            ) from None
        for rule, kept in _rules(made):
            if not kept:
                raise ValueError(f"the vocabulary must have {rule}")
        return made

    @classmethod
    def parse(cls, text: str) -> Vocabulary:
        """Read JSON; ValueError where it is none, or no vocabulary."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"a vocabulary must be JSON: {error}") from None
        return cls.from_plain(data)


def _read(data: Any) -> Vocabulary:
    frames = tuple(
        (Frame(Metre.parse(f["metre"]), int(f["pickup"]), int(f["length"]), str(f["mode"]), tuple(map(int, f["ends"]))),
         int(f["count"]))
        for f in data["frames"]
    )  # fmt: skip
    return Vocabulary(
        frames,
        {mode: tuple(map(int, data["tonics"][mode])) for mode in MODES},
        {m: {str(bar): tuple(map(int, c)) for bar, c in known.items()} for m, known in data["rhythms"].items()},
        {
            mode: {int(t): {int(a): int(n) for a, n in after.items()} for t, after in data["moves"][mode].items()}
            for mode in MODES
        },
        float(data["centre"]), (int(data["notes"][0]), int(data["notes"][1])), int(data["longest"]), int(data["span"]),
    )  # fmt: skip


def _rules(made: Vocabulary) -> Iterator[tuple[str, bool]]:
    """What a vocabulary must have, rule by rule, and whether it has it; later ones trust the earlier."""
    frames = [frame for frame, _ in made.frames]
    yield "frames in major or minor", bool(frames) and all(f.mode in MODES for f in frames)
    yield "pick-ups shorter than a bar", all(0 <= f.pickup < f.bar for f in frames)
    yield f"frames from one bar to {LONGEST} sixteenths", all(f.bar <= f.length <= LONGEST for f in frames)
    cuts = [(0, *f.ends) for f in frames]
    in_order = all(a < b for ends in cuts for a, b in pairwise(ends))
    ended = all(ends[-1] == f.length for ends, f in zip(cuts, frames, strict=True))
    yield "phrases that end one after another, the last with the frame", in_order and ended
    yield "a count for each of the twelve tonics", all(len(made.tonics[mode]) == 12 for mode in MODES)
    yield "a tonic for each mode of its frames", all(any(made.tonics[f.mode]) for f in frames)
    metres = {str(f.metre): f.bar for f in frames}
    known = [(size, made.rhythms.get(metre, {})) for metre, size in metres.items()]
    yield "rhythms for each metre of its frames", all(any(map(any, bars.values())) for _, bars in known)
    letters = all(len(bar) == size and {*bar} <= {STRIKE, HELD, SILENT} for size, bars in known for bar in bars)
    yield f"a letter a sixteenth in each rhythm, {STRIKE}, {HELD} or {SILENT}", letters
    five = all(len(counts) == PLACES for _, bars in known for counts in bars.values())
    yield f"{PLACES} counts of each rhythm", five
    after = [(tone, found) for moves in made.moves.values() for tone, found in moves.items()]
    tones = {tone for before, found in after for tone in (before, *found)}
    yield "moves from a tone to another", len(tones) > 1
    yield f"tones from -{FARTHEST} to {FARTHEST}", max(map(abs, tones)) <= FARTHEST
    counts = [*made.tonics.values(), *(each for _, bars in known for each in bars.values())]
    yield "counts of 0 or more", all(min(each) >= 0 for each in counts)
    some = [count for _, count in made.frames] + [count for _, found in after for count in found.values()]
    yield "counts above 0 of its frames and moves", min(some) > 0
    yield "a centre that is a pitch", 0 <= made.centre <= 127


def _tones(tune: Phrase, notes: tuple[Note, ...]) -> tuple[list[int], str, float]:
    """The tones, the mode as major or minor, and the mean pitch."""
    key = tune.keys[0][1]
    centre = sum(note.pitch for note in notes) / len(notes)
    tonic = key.pitch_class + 12 * floor((centre - key.pitch_class + 6) / 12)
    return [note.pitch - tonic for note in notes], MODES[key.number >= 12], centre


def on_grid(notes: tuple[Note, ...]) -> bool:
    """Whether all notes begin and end on sixteenths, as triplets do not."""
    return all(note.onset % GRID == 0 and note.end % GRID == 0 for note in notes)


def _frame(tune: Phrase, mode: str) -> Frame | None:
    metre = tune.metres[0][1]
    pickup, length = round(tune.pickup / GRID), tune.length // GRID
    whole = metre.bar + tune.pickup <= tune.length and pickup < metre.bar // GRID and length <= LONGEST
    if len(tune.metres) > 1 or not whole:
        return None
    ends = {round(end / GRID) for end in tune.ends} | {length}
    return Frame(metre, pickup, length, mode, tuple(sorted(end for end in ends if 0 < end <= length)))


def _letters(notes: tuple[Note, ...], frame: Frame) -> str:
    """The rhythm of the whole tune, a letter a slot."""
    letters = [SILENT] * frame.length
    for note in notes:
        first, after = round(note.onset / GRID), max(round(note.onset / GRID) + 1, round(note.end / GRID))
        for slot in range(first, min(after, frame.length)):
            letters[slot] = STRIKE if slot == first else HELD
    return "".join(letters)


def scale_of(mode: str) -> tuple[int, ...]:
    """The semitones above the tonic of the scale of a mode, with the raised seventh in minor."""
    return SCALES["major"] if mode == "major" else tuple(sorted({*SCALES["minor"], 11}))
