"""What is known of one piece: its key, phrases, form, figures, harmony, tension, and how usual its numbers are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from evolve.unusual import Standing
from fitness.letters import letter_of
from fitness.motifs import Motif, Place
from fitness.phrase import USUAL_VELOCITY, Note, Phrase, Voice
from fitness.theory import QUARTER, Key, key_numbered


@dataclass(frozen=True)
class Span:
    """A span of harmony: where it begins and ends, and the numeral of the triad implied, empty where nothing sounds."""

    onset: int
    end: int
    bar: int
    numeral: str


@dataclass(frozen=True)
class Section:
    """One phrase of the line; degrees are 1 to 7, 0 chromatic."""

    letter: str
    onset: int
    end: int
    bars: tuple[int, int]
    notes: int
    shape: str
    degrees: tuple[int, int]
    cadence: str
    longest: Note
    longest_bar: int

    def plain(self) -> dict[str, Any]:
        """As plain data, times in quarters."""
        return {
            "letter": self.letter, "onset": self.onset / QUARTER, "end": self.end / QUARTER, "bars": list(self.bars),
            "notes": self.notes, "shape": self.shape, "first_degree": self.degrees[0], "last_degree": self.degrees[1],
            "cadence": self.cadence, "longest_quarters": self.longest.duration / QUARTER,
            "longest_bar": self.longest_bar,
        }  # fmt: skip


@dataclass(frozen=True)
class KeyHeard:
    """Keys by how well the notes fit them.

    `certainty` is the chance of the best key's tonic, major and minor together; `next` is the best on another tonic,
    `next_chance` that of its tonic.  `correlations` are those with the 24 keys, C major first, C minor twelfth.
    """

    best: Key
    certainty: float
    next: Key
    next_chance: float
    correlations: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Analysis:
    """One line of a piece, analysed; `line` has no other voice, and its ends are those of the phrases told of."""

    name: str
    line: Phrase
    voices: int
    key: KeyHeard
    key_stated: bool
    phrases_stated: bool
    sections: tuple[Section, ...]
    rhythms: tuple[int | None, ...]
    motifs: tuple[Motif, ...]
    spans: tuple[Span, ...]
    tension: tuple[float, ...]
    style: str
    remarks: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = ()
    far: tuple[Standing, ...] = ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes of the line."""
        return self.line.voices[0].notes

    @property
    def bars(self) -> int:
        """How many full bars there are."""
        return len(self.rhythms)

    @property
    def form(self) -> str:
        """The letters of the phrases."""
        return " ".join(section.letter for section in self.sections)

    @property
    def harmonic_rhythm(self) -> float:
        """Bars from a change of harmony to the next, in the mean; 0 where there is no harmony."""
        sounding = [span for span in self.spans if span.numeral]
        changes = sum(a.numeral != b.numeral for a, b in pairwise(sounding))
        return self.bars / (changes + 1) if sounding else 0.0

    @property
    def peak(self) -> tuple[int, int]:
        """The first and last bar of the part in which tension is highest."""
        part, parts = int(np.argmax(np.round(self.tension, 9))), len(self.tension)
        begin, end = (self.line.length * k // parts for k in (part, part + 1))
        return self.line.place(begin)[0], self.line.place(max(begin, end - 1))[0]

    def where(self, place: Place) -> tuple[int, Fraction]:
        """The bar and beat at which a figure stands."""
        return self.line.place(self.notes[place.first].onset)

    def notation(self, motif: Motif) -> str:
        """The notes of a figure at its first place, in notation."""
        first = motif.places[0]
        notes = self.notes[first.first : first.last + 1]
        start = notes[0].onset
        moved = Voice(tuple(replace(note, onset=note.onset - start, velocity=USUAL_VELOCITY) for note in notes))
        key = self.line.key_at(start)
        return str(Phrase((moved,), moved.notes[-1].end, ((0, key),))).partition(":")[2].replace(" |", "").strip()

    def plain(self) -> dict[str, Any]:
        """All of it as plain data, times in quarters."""
        line, key = self.line, self.key
        pitches = [note.pitch for note in self.notes] or [0]
        names = [line.keys[0][1].name_of(pitch) for pitch in (min(pitches), max(pitches))] if self.notes else None
        return {
            "file": self.name, "voice": line.voices[0].name, "voices": self.voices, "notes": len(self.notes),
            "key": {
                "used": str(line.keys[0][1]), "stated": self.key_stated, "best": str(key.best),
                "certainty": key.certainty, "next": str(key.next), "next_chance": key.next_chance,
                "correlations": {str(key_numbered(number)): r for number, r in enumerate(key.correlations)},
            },
            "metre": str(line.metres[0][1]), "metres": [[t / QUARTER, str(metre)] for t, metre in line.metres],
            "pickup": line.pickup / QUARTER, "bars": self.bars, "length": line.length / QUARTER,
            "range": names, "semitones": max(pitches) - min(pitches),
            "phrases_stated": self.phrases_stated, "form": self.form,
            "phrases": [section.plain() for section in self.sections],
            "rhythms": [None if number is None else letter_of(number).lower() for number in self.rhythms],
            "harmony": [{"onset": s.onset / QUARTER, "bar": s.bar, "numeral": s.numeral} for s in self.spans],
            "bars_a_harmony": self.harmonic_rhythm, "tension": list(self.tension), "peak_bars": list(self.peak),
            "figures": [self._figure(motif) for motif in self.motifs],
            "style": self.style, "numbers": [standing.plain() for standing in self.standings],
            "far": [standing.plain() for standing in self.far], "remarks": list(self.remarks),
        }  # fmt: skip

    def _figure(self, motif: Motif) -> dict[str, Any]:
        places = []
        for place in (*motif.places, *motif.rhythms):
            bar, beat = self.where(place)
            told = {"bar": bar, "beat": str(beat), "relation": place.relation}
            places.append(told | {"steps": place.steps, "speed": str(place.speed)})
        return {"notes": self.notation(motif), "moves": motif.moves, "places": places}
