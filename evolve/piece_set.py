"""A set of pieces: read from files, moved to C, and what the features say of it.

All are moved to C by the (first) key that they state, or that was found from their notes where they state none.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evolve.formats.format import NO_KEY, music_files, read_phrase
from evolve.melodies import melody_of
from fitness.catalogue import Extension
from fitness.entries import feature
from fitness.per_phrase import batched
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.theory import key_of
from fitness.verdict import Numbers

FEWEST, ENOUGH = 10, 50  # pieces of a set: fewer are none; Yang and Lerch (2020) ask for so many
WIDEST = 150  # numbers of a feature that classifiers see: n-grams hashed into more would drown the others
BLOCK = 256  # pieces of a batch at least, where there are so many
OCTAVE = 12


@dataclass(frozen=True, eq=False)
class PieceSet:
    """Some pieces in C, with their files' names and what there is to say of how they were read."""

    name: str
    names: list[str]
    pieces: tuple[Phrase, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, pieces: Sequence[tuple[str, Phrase]], notes: tuple[str, ...] = ()) -> PieceSet:
        """The set of some named pieces; ValueError where they are too few, those without a note left out."""
        heard = [(named, in_c(phrase)) for named, phrase in pieces if any(voice.notes for voice in phrase.voices)]
        if len(heard) < FEWEST:
            raise ValueError(f"{name}: a set must have at least {FEWEST} pieces with notes, got {len(heard)}; add some")
        silent = len(pieces) - len(heard)
        told = (*notes, f"{name}: without a note and left out: {silent}") if silent else notes
        few = (f"{name}: only {len(heard)} pieces; below {ENOUGH} all figures are rough",) * (len(heard) < ENOUGH)
        return cls(name, [named for named, _ in heard], tuple(phrase for _, phrase in heard), (*told, *few))

    @classmethod
    def read(cls, paths: Sequence[Path]) -> PieceSet:
        """The set in some files and folders; what a folder has that cannot be read is left out and told."""
        name = ", ".join(str(path) for path in paths)
        pieces, left_out, found_keys = [], [], 0
        for path in paths:
            for file in music_files(path):
                remarks: list[str] = []
                try:
                    pieces.append((file.name, _read(file, remarks)))
                except ValueError as error:
                    if file in paths:
                        raise
                    left_out.append(f"left out: {error}")
                found_keys += any(NO_KEY in remark for remark in remarks)
        more = [f"left out, too: {len(left_out) - 3} files"] * (len(left_out) > 3)
        keys = [f"{name}: of {len(pieces)} pieces, {found_keys} state no key; it was found from their notes"]
        return cls.of(name, pieces, (*left_out[:3], *more, *keys * (found_keys > 0)))

    @property
    def n(self) -> int:
        """How many pieces there are."""
        return len(self.pieces)

    @cached_property
    def phrases(self) -> Phrases:
        """The pieces as one batch."""
        return Phrases.of(*self.pieces)

    def feature(self, entry: Extension[Any]) -> Numbers:
        """What a feature says of the pieces, `[length, n]`."""
        hear = batched(entry, is_rule=False)
        told = np.concatenate([hear(block) for _, block in self._blocks], axis=1)
        return told[:, np.argsort(np.concatenate([where for where, _ in self._blocks]))]

    @cached_property
    def _blocks(self) -> list[tuple[NDArray[np.intp], Phrases]]:
        """Places of pieces of about one length, and these as a batch: a long one does not make the others long."""
        order = np.argsort([max(len(voice.notes) for voice in piece.voices) for piece in self.pieces], kind="stable")
        parts = np.array_split(order, max(1, self.n // BLOCK))
        return [(where, Phrases.of(*(self.pieces[place] for place in where))) for where in parts]


def in_c(phrase: Phrase) -> Phrase:
    """The phrase with its (first) key's tonic moved to C, the shorter way where the pitches allow it.

    >>> str(in_c(Phrase.parse("A minor: A4 C5 E5*2")))
    'C minor 4/4: C5 Eb5 G5*2'
    """
    tonic = phrase.keys[0][1].pitch_class
    if tonic == 0:
        return phrase
    pitches = [note.pitch for voice in phrase.voices for note in voice.notes]
    ways = [-tonic, OCTAVE - tonic] if tonic < 7 else [OCTAVE - tonic, -tonic]
    fitting = [way for way in ways if not pitches or (min(pitches) + way >= 0 and max(pitches) + way <= 127)]
    if not fitting:
        raise ValueError(f"a piece must leave room to be moved to C, got pitches {min(pitches)} to {max(pitches)}")
    way = fitting[0]
    keys = tuple((tick, key_of((key.pitch_class + way) % OCTAVE, key.mode)) for tick, key in phrase.keys)
    voices = [
        replace(voice, notes=tuple(replace(note, pitch=note.pitch + way) for note in voice.notes))
        for voice in phrase.voices
    ]
    return replace(phrase, voices=tuple(voices), keys=keys)


def numbers_of(pieces: PieceSet) -> Numbers:
    """All that the features without options and targets say of each piece as numbers and shares, `[numbers, n]`."""
    told = []
    for entry in feature:
        needs = any(default is inspect.Parameter.empty for _, default in entry.options.values())
        ours = entry.function.__module__.startswith("fitness.")  # no plugin's, or figures would depend on it
        if not ours or needs or entry.takes_targets or entry.traits.get("vector"):
            continue
        said = pieces.feature(entry)
        if len(said) <= WIDEST:
            told.append(said)
    return np.concatenate(told)


def _read(file: Path, remarks: list[str]) -> Phrase:
    """The piece in C; one of a single voice as it is meant, and cut into phrases where the file does not say which."""
    phrase = read_phrase(file, remarks=remarks)
    if sum(bool(voice.notes) for voice in phrase.voices) == 1:
        phrase = melody_of(phrase) or phrase
    try:
        return in_c(phrase)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None
