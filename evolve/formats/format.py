"""What a file format is: a writer registered under its suffix, and the reader that is its inverse.

    @file_format(suffixes=(".mid", ".midi"), read=from_bytes, inspect=read)
    def mid(phrase: Phrase, *, tempo_bpm: float = 96.0) -> bytes: ...

`inspect`, which a format may leave out, gives a reading: `.phrase`, `.tempo_bpm`, `.remarks` (what was
changed in reading, in words) and `.has_key` (whether the file states a key).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from evolve.text import safe_text
from fitness.catalogue import Catalogue, near_miss
from fitness.keys import find_key
from fitness.phrase import Phrase

file_format: Catalogue[Callable[..., bytes]] = Catalogue(
    "file format", "evolve.formats", ("suffixes", "read", "inspect")
)

LARGEST_FILE = 16 * 1024 * 1024
USUAL_TEMPO = 96.0  # quarters a minute
SCORES = "scores.json"  # what a run says of its best phrases, beside them: no music
NO_KEY = "no key is stated"  # in the remark on a file that leaves its key to be found


def read_bytes(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of a regular file.

    ValueError (one line that names the file) for what is missing, unreadable, larger than `largest`
    bytes, or not a regular file: symbolic links, FIFOs and devices are refused unopened.
    """
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "a link" if stat.S_ISLNK(mode) else "not a regular file"
            raise ValueError(f"{path}: must be a regular file, got {what}")
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > largest:
        raise ValueError(f"{path}: must be at most {largest} bytes, got more")
    return data


def suffixes() -> set[str]:
    """Those of all files of music, in lower case, with their dots."""
    return {suffix for entry in file_format for suffix in entry.traits["suffixes"]}


def music_files(path: Path) -> list[Path]:
    """The files of music in a folder, by name, hidden ones left out; a file itself.  ValueError where there is none."""
    if not path.exists():
        raise ValueError(f"{path}: must be a file of music or a folder of such, got nothing of that name")
    if not path.is_dir():
        return [path]
    known = suffixes()
    files = sorted(
        file for file in path.iterdir()
        if file.suffix.lower() in known and file.name[0] != "." and file.name != SCORES
    )  # fmt: skip
    if not files:
        raise ValueError(f"{path}: has no file of music in it ({', '.join(sorted(known))}); name another folder")
    return files


def read_phrase(
    path: Path, *, track: int | str | None = None, remarks: list[str] | None = None, data: bytes | None = None
) -> Phrase:
    """Read one piece by its suffix; ValueError in one line for what cannot be read.

    Where the file states no key, it is found from the notes.  `remarks` grows with what was changed or
    guessed in reading; `data` are the file's bytes where they have been read already.
    """
    return read_with_tempo(path, track=track, remarks=remarks, data=data)[0]


def read_with_tempo(
    path: Path, *, track: int | str | None = None, remarks: list[str] | None = None, data: bytes | None = None
) -> tuple[Phrase, float]:
    """The same with the tempo in quarters a minute, the usual one where the file has none."""
    for extension in file_format:
        if path.suffix.lower() in extension.traits["suffixes"]:
            found = read_bytes(path) if data is None else data
            try:
                phrase, tempo, said = _read(extension.traits, found, track)
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
            if remarks is not None:
                remarks.extend(f"{path}: {text}" for text in said)
            return phrase, tempo
    known = ", ".join(suffix for extension in file_format for suffix in extension.traits["suffixes"])
    raise ValueError(f"{path}: no format has the suffix '{path.suffix}'; known: {known}")


def _read(traits: dict[str, Any], data: bytes, track: int | str | None) -> tuple[Phrase, float, list[str]]:
    if "inspect" not in traits:
        return traits["read"](data, track=track), USUAL_TEMPO, []
    reading = traits["inspect"](data, track=track)
    tempo = min(max(reading.tempo_bpm, 10.0), 400.0)
    if reading.has_key or not any(voice.notes for voice in reading.phrase.voices):
        return reading.phrase, tempo, list(reading.remarks)
    key = find_key(reading.phrase)
    said = f"{NO_KEY}; taken as {key} from the notes"
    return replace(reading.phrase, keys=((0, key),)), tempo, [*reading.remarks, said]


def place_of(track: int | str, names: list[str], what: str) -> int:
    """Where a track stands among those that may be chosen, from 0; ValueError where it is not among them."""
    if isinstance(track, str) and track not in names:
        mend = near_miss(track[:80], [name for name in names[:50] if name])
        raise ValueError(f"no {what} is called '{safe_text(track)}'; {mend}")
    if isinstance(track, str):
        return names.index(track)
    if not 1 <= track <= len(names):
        raise ValueError(f"a {what} must be 1 to {len(names)}, got {track}; choose one of these")
    return track - 1
