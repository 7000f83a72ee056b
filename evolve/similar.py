"""Which pieces of a folder resemble a piece most, which notes answer each other, and which are near it in style."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evolve.formats.format import read_phrase
from evolve.library import Library, measures_of, read_library, tune_of
from evolve.melodies import Track, voice_of
from fitness.edits import aligned
from fitness.neighbours import NAMES, differences, style_distance
from fitness.phrase import Phrase
from fitness.resemblance import PARTS, resemblance
from fitness.tunes import Tunes

TOLD = 3  # measures in which two styles differ most


@dataclass(frozen=True)
class Match:
    """A piece whose melody resembles the one asked for; spans are the notes compared, counted from 1.

    `hybrid` is 0 to 1: what is less alike than unrelated songs are on the average has 0, but keeps its rank.
    """

    file: str
    hybrid: float
    parts: dict[str, float]
    mine: tuple[int, int]
    theirs: tuple[int, int]
    notes: int  # of its melody

    @property
    def is_whole(self) -> bool:
        """Whether all of its melody was compared."""
        return self.theirs == (1, self.notes)


@dataclass(frozen=True)
class Pair:
    """Two notes that answer each other, None where one has no answer; `same` at the height that most pairs have."""

    mine: str | None
    theirs: str | None
    same: bool


@dataclass(frozen=True)
class Alignment:
    """The notes of the piece asked for against those of the best match, which lie so many semitones higher."""

    file: str
    higher: int
    mine_from: str
    theirs_from: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Neighbour:
    """A piece near in style; `differs` are the measures that differ most: name, here, there, standard deviations."""

    file: str
    distance: float
    differs: tuple[tuple[str, float, float, float], ...]


@dataclass(frozen=True)
class Found:
    """What a search has found; `itself` is the piece's own name in the library, which is left out of the lists."""

    library: Library
    voice: str
    notes: int
    itself: str | None
    matches: tuple[Match, ...]
    alignment: Alignment
    neighbours: tuple[Neighbour, ...]

    @property
    def compared(self) -> int:
        """With how many files."""
        return len(self.library.names) - (self.itself is not None)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "library": str(self.library.folder), "compared": self.compared, "opened": self.library.opened,
            "voice": self.voice, "notes": self.notes, "itself": self.itself,
            "similar": [
                {"rank": rank, "file": match.file, "hybrid": match.hybrid, **match.parts, "notes": match.notes,
                 "compared": {"mine": match.mine, "theirs": match.theirs}}
                for rank, match in enumerate(self.matches, 1)
            ],
            "alignment": {
                "file": self.alignment.file, "semitones_higher": self.alignment.higher,
                "mine_from": self.alignment.mine_from, "theirs_from": self.alignment.theirs_from,
                "pairs": [{"mine": p.mine, "theirs": p.theirs, "same": p.same} for p in self.alignment.pairs],
            },
            "style": [
                {"rank": rank, "file": near.file, "distance": near.distance,
                 "differs": [dict(zip(("measure", "here", "there", "deviations"), one, strict=True))
                             for one in near.differs]}
                for rank, near in enumerate(self.neighbours, 1)
            ],
            "unreadable": [{"file": name, "error": error} for name, error in self.library.unreadable.items()],
            "remarks": [self.library.remark] * bool(self.library.remark),
        }  # fmt: skip


def search(file: Path, folder: Path, *, track: Track = None, top: int = 10, indexed: bool = True) -> Found:
    """The `top` pieces of a folder that resemble a file most, and the `top` nearest in style.

    ValueError in one line for a file without a melody and a folder without another.
    """
    phrase = read_phrase(file)
    try:
        voice = voice_of(phrase, track)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None
    query = Tunes.of(voice)
    library = read_library(folder, track=track, indexed=indexed)
    itself = _name_in(file, folder, library)
    others = np.array([i for i, name in enumerate(library.names) if name != itself], np.intp)
    if not others.size:
        raise ValueError(f"{folder}: must have another melody than that of {file}, got none; name another folder")
    found = resemblance(query, library.tunes)
    matches = []
    for i in others[np.lexsort((-found.edit[others], -found.hybrid[others]))][:top].tolist():
        spans = [(int(first[i]) + 1, int(last[i]) + 1) for first, last in (found.mine, found.theirs)]
        parts = {name: round(float(getattr(found, name)[i]), 9) for name in PARTS}
        number = int(library.tunes.counts[i])
        matches.append(Match(library.names[i], max(0.0, float(found.hybrid[i])), parts, spans[0], spans[1], number))
    best = _alignment(phrase, query, matches[0], library)
    neighbours = _neighbours(library, _numbers(library, itself, phrase, track), others, top)
    return Found(library, voice.name, len(voice.notes), itself, tuple(matches), best, neighbours)


def _name_in(file: Path, folder: Path, library: Library) -> str | None:
    """The name of a file in the library, if it lies there."""
    path, root = file.resolve(), folder.resolve()
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else None
    return name if name in library.names else None


def _numbers(library: Library, itself: str | None, phrase: Phrase, track: Track) -> np.ndarray[Any, Any]:
    if itself is not None:
        return library.numbers[:, library.names.index(itself)]
    return measures_of([tune_of(phrase, track)])[:, 0]


def _alignment(phrase: Phrase, query: Tunes, match: Match, library: Library) -> Alignment:
    """Notes by name, in the keys of the two pieces."""
    tunes, number = library.tunes, library.names.index(match.file)
    other = read_phrase(library.folder / match.file)
    mine = query.part(0, match.mine[0] - 1, match.mine[1] - 1)
    theirs = tunes.part(number, match.theirs[0] - 1, match.theirs[1] - 1)
    pairs = aligned(mine, theirs)
    apart = Counter(int(theirs.pitch[j] - mine.pitch[i]) for i, j in pairs if i is not None and j is not None)
    higher = min(apart, key=lambda semitones: (-apart[semitones], abs(semitones)), default=0)

    def named(piece: Phrase, tune: Tunes, note: int | None) -> str | None:
        return None if note is None else piece.key_at(int(tune.onset[note])).name_of(int(tune.pitch[note]))

    told = [
        Pair(named(phrase, mine, i), named(other, theirs, j),
             i is not None and j is not None and int(theirs.pitch[j] - mine.pitch[i]) == higher)
        for i, j in pairs
    ]  # fmt: skip
    return Alignment(match.file, higher, _place(phrase, mine), _place(other, theirs), tuple(told))


def _place(phrase: Phrase, tune: Tunes) -> str:
    bar, beat = phrase.place(int(tune.onset[0]))
    whole, part = divmod(beat, 1)
    return f"bar {bar}, beat {whole}{f' {part}' if part else ''}"


def _neighbours(library: Library, query: np.ndarray[Any, Any], others: Any, top: int) -> tuple[Neighbour, ...]:
    numbers = library.numbers[:, others]
    distance, apart = style_distance(numbers, query), differences(numbers, query)
    near = []
    for i in np.argsort(distance, kind="stable")[:top].tolist():
        most = [m for m in np.argsort(-abs(apart[:, i]), kind="stable")[:TOLD].tolist() if apart[m, i]]
        differs = [(NAMES[m], float(query[m]), float(numbers[m, i]), float(apart[m, i])) for m in most]
        near.append(Neighbour(library.names[others[i]], float(distance[i]), tuple(differs)))
    return tuple(near)
