"""The melodies in a folder of music, read once and kept in an index.

The index is one `.npz` file (arrays and a JSON text, no pickle) in the user's folder of caches, one for each folder
and choice of track.  A file whose size or time of change is another is read again, a file that is gone is dropped; an
index that is damaged, of another version or not to be written only costs time.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evolve.formats.format import read_phrase, suffixes
from evolve.melodies import Track, numbers_of_each, voice_of
from evolve.record import version, write_whole
from evolve.text import safe_text
from fitness.neighbours import NAMES, measured
from fitness.phrase import Phrase, Voice
from fitness.tunes import MOST_NOTES, Tunes
from fitness.verdict import Numbers

FORMAT = 1  # of the index
LONGEST_ERROR = 300  # characters
COLUMNS = ("counts", "notes", "numbers")  # of the index, beside its head

Stamp = tuple[int, int]  # size in bytes, time of change in nanoseconds


class Entry(NamedTuple):
    """What is known of a file: its stamp, and its melody with the numbers of its style, or what is wrong with it."""

    stamp: Stamp
    error: str
    notes: NDArray[np.int64]  # [3, notes]: pitch, onset, duration
    numbers: Numbers  # [measures]


NOTHING = np.zeros((3, 0), np.int64), np.zeros(len(NAMES))


@dataclass(frozen=True, eq=False)
class Library:
    """The melodies of a folder in the order of their names, which are paths below it.

    `numbers` `[measures, n]` tell their style; `unreadable` says why for each file that gave no melody; `opened` is
    how many files had to be read; `remark` is what went wrong with the index.
    """

    folder: Path
    names: tuple[str, ...]
    tunes: Tunes
    numbers: Numbers
    unreadable: Mapping[str, str]
    opened: int
    remark: str = ""


def read_library(folder: Path, *, track: Track = None, indexed: bool = True) -> Library:
    """The melodies of all files of music in a folder and below it; ValueError where there are none.

    `track` is a number from 1 or a name; where a file has no such track, and where none is chosen, its melody is the
    first voice with notes.
    """
    stamps, closed = _stamps(folder)
    index = _index_of(folder, track) if indexed else None
    known = _loaded(index) if index else {}
    entries = {name: known[name] for name, stamp in stamps.items() if name in known and known[name].stamp == stamp}
    fresh = [name for name in stamps if name not in entries]
    entries |= _read(folder, {name: stamps[name] for name in fresh}, track)
    remark = "" if index or not indexed else "no index is kept: the system names no folder for caches"
    if index and (fresh or known.keys() != stamps.keys()):
        try:
            write_whole(index, _saved(entries))
        except OSError as error:
            remark = f"{error.filename}: the index cannot be written ({error.strerror}); all files will be read again"
    heard = sorted(name for name, entry in entries.items() if not entry.error)
    unreadable = closed | {name: entries[name].error for name in sorted(entries) if entries[name].error}
    if not heard:
        first = next(iter(unreadable))
        what = f"{folder}: has no melody in it that can be read ({first}: {unreadable[first]})"
        raise ValueError(f"{what}; name another folder")
    pitch, onset, duration = np.concatenate([entries[name].notes for name in heard], axis=1)
    bounds = np.append(0, np.cumsum([entries[name].notes.shape[1] for name in heard]))
    numbers = np.array([entries[name].numbers for name in heard]).T
    return Library(
        folder, tuple(heard), Tunes(pitch, onset, duration, bounds), numbers, unreadable, len(fresh), remark
    )  # fmt: skip


def tune_of(phrase: Phrase, track: Track = None) -> Phrase:
    """A piece with nothing but its melody, as far as a tune is heard."""
    return replace(phrase, voices=(Voice(voice_of(phrase, track).notes[:MOST_NOTES]),))


def measures_of(lines: Sequence[Phrase]) -> Numbers:
    """The numbers of the style of some melodies, `[measures, n]`."""
    return numbers_of_each(lines, measured, len(NAMES))


def _stamps(folder: Path) -> tuple[dict[str, Stamp], dict[str, str]]:
    """The files of music in a folder and below it, with their stamps, and what folders there cannot be read.

    Hidden files and folders and links to folders are left out.
    """
    known = tuple(suffixes())
    stamps, closed = {}, {}

    def refuse(error: OSError) -> None:
        if error.filename == str(folder):
            raise ValueError(f"{folder}: must be a folder that can be read: {error.strerror}")
        closed[Path(error.filename).relative_to(folder).as_posix()] = f"cannot be read: {error.strerror}"

    for where, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if name[0] != "."]
        below = "" if where == str(folder) else f"{Path(where).relative_to(folder).as_posix()}/"
        for name in files:
            if name[0] != "." and name.lower().endswith(known):
                with suppress(FileNotFoundError):  # gone since
                    found = os.lstat(os.path.join(where, name))
                    stamps[below + name] = (found.st_size, found.st_mtime_ns)
    if not stamps:
        raise ValueError(f"{folder}: has no file of music in it ({', '.join(sorted(known))}); name another folder")
    return stamps, closed


def _read(folder: Path, stamps: Mapping[str, Stamp], track: Track) -> dict[str, Entry]:
    entries, lines = {}, {}
    for name, stamp in stamps.items():
        try:
            lines[name] = _line_or_highest(read_phrase(folder / name), track)
        except ValueError as error:
            told = safe_text(str(error).removeprefix(f"{folder / name}: "), LONGEST_ERROR)
            entries[name] = Entry(stamp, told or "cannot be read", *NOTHING)
    for (name, line), numbers in zip(lines.items(), measures_of(list(lines.values())).T, strict=True):
        tune = Tunes.of(*line.voices)
        entries[name] = Entry(stamps[name], "", np.array([tune.pitch, tune.onset, tune.duration]), numbers)
    return entries


def _line_or_highest(phrase: Phrase, track: Track) -> Phrase:
    try:
        return tune_of(phrase, track)
    except ValueError:
        return tune_of(phrase)


def cache_folder() -> Path | None:
    """Where evophrase may keep what it can make again; None where the system has no such place."""
    asked, local = os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("LOCALAPPDATA", "")
    try:
        if os.path.isabs(asked):
            root = Path(asked)
        elif sys.platform == "win32":
            root = Path(local) if os.path.isabs(local) else Path.home() / "AppData" / "Local"
        else:
            root = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    except RuntimeError:
        return None
    return root / "evophrase"


def _index_of(folder: Path, track: Track) -> Path | None:
    root = cache_folder()
    key = json.dumps([str(folder.resolve()), track])
    return root and root / f"library-{hashlib.sha256(key.encode()).hexdigest()[:24]}.npz"


def _saved(entries: Mapping[str, Entry]) -> bytes:
    head = {
        "format": FORMAT, "version": version(), "measures": NAMES,
        "files": [(name, *entry.stamp, entry.error) for name, entry in entries.items()],
    }  # fmt: skip
    file = io.BytesIO()
    np.savez(
        file,
        head=np.frombuffer(json.dumps(head).encode(), np.uint8),
        counts=np.array([entry.notes.shape[1] for entry in entries.values()], np.int32),
        notes=np.concatenate([entry.notes for entry in entries.values()], axis=1).astype(np.int32),
        numbers=np.array([entry.numbers for entry in entries.values()]),
    )
    return file.getvalue()


def _loaded(index: Path) -> dict[str, Entry]:
    """What an index holds; nothing where there is none that can be used."""
    try:
        with np.load(io.BytesIO(index.read_bytes()), allow_pickle=False) as file:
            head, counts, notes, numbers = json.loads(file["head"].tobytes()), *(file[key] for key in COLUMNS)
        if (head["format"], head["version"], tuple(head["measures"])) != (FORMAT, version(), NAMES):
            return {}
        ends = np.cumsum(counts)
        fits = (counts.min() >= 0, notes.shape == (3, ends[-1]), numbers.shape == (len(head["files"]), len(NAMES)))
        if len(counts) != len(head["files"]) or not all(fits):
            return {}
        parts = np.split(notes.astype(np.int64), ends[:-1], axis=1)
        return {
            name: Entry((size, changed), error, part, row)
            for (name, size, changed, error), part, row in zip(head["files"], parts, numbers, strict=True)
        }
    except Exception:  # a damaged file raises whatever zipfile, numpy and json have: it is made again
        return {}
