"""Files that an experiment names: read once, kept with their bytes, their mistakes told in place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from evolve.document import Document
from evolve.formats.format import music_files, read_bytes, read_phrase
from evolve.options import shown
from evolve.problems import KeyPath, Problem
from evolve.text import slug
from fitness.phrase import Phrase


@dataclass(frozen=True)
class Input:
    """A file that the experiment reads: where it lies, its name in `inputs/`, its bytes; or a folder of such."""

    source: Path
    name: str
    data: bytes
    is_folder: bool = False

    @property
    def sha256(self) -> str:
        """The digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


class Inputs:
    """The files of one document; `problems` grows with what cannot be read."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self.document = document
        self.problems = problems
        self.files: dict[tuple[Path, str], Input] = {}  # by place and the folder it was read with
        self.folders: dict[Path, str] = {}
        self.references: list[tuple[KeyPath, Input]] = []
        self.remarks: list[str] = []

    def read(self, item: object, path: KeyPath) -> Input | None:
        """The bytes of a file the experiment names; relative to the experiment, or if `--set` to the current folder."""
        if not isinstance(item, str) or not item:
            self.problems.append(Problem(path, f"must be the path of a file, got {shown(item)}"))
            return None
        source = self._source(item, path)
        found = self._bytes(source, path, "", f"{len(self.files) + len(self.folders) + 1:02d}-{slug(source.name)}")
        if found is not None:
            self.references.append((path, found))
        return found

    def _source(self, item: str, path: KeyPath) -> Path:
        return (Path() if self.document.is_set(path) else self.document.source.parent) / item

    def _bytes(self, source: Path, path: KeyPath, folder: str, name: str) -> Input | None:
        if (source, folder) not in self.files:
            data = attempt(self.problems, path, partial(read_bytes, source))
            if data is None:
                return None
            self.files[source, folder] = Input(source, name, data)
        return self.files[source, folder]

    def phrase(self, item: object, path: KeyPath) -> Phrase | None:
        """The piece in a file the experiment names: by its path, or as `{file: path, track: number or name}`."""
        track: Any = None
        if isinstance(item, dict):
            track, where = item.get("track"), (*path, "file")
            wrong = [key for key in item if key not in ("file", "track")]
            if wrong or isinstance(track, bool) or not isinstance(track, int | str | None):
                self.problems.append(Problem(path, f"must be a path or {{file: path, track: 2}}, got {shown(item)}"))
                return None
            item = item.get("file")
        else:
            where = path
        found = self.read(item, where)
        if found is None:
            return None
        read = partial(read_phrase, found.source, track=track, remarks=self.remarks, data=found.data)
        phrase: Phrase | None = attempt(self.problems, path, read)
        return phrase

    def phrases(self, items: object, path: KeyPath) -> list[Phrase]:
        """The pieces in a list of files, tracks and folders; of a folder every file of music in it."""
        if not isinstance(items, list) or not items:
            self.problems.append(Problem(path, f"must be a list of files, got {shown(items)}"))
            return []
        found: list[Phrase | None] = []
        for i, item in enumerate(items):
            where = (*path, i)
            if isinstance(item, str) and item and os.path.isdir(self._source(item, where)):  # False for what is no name
                found += self._folder(item, where)
            else:
                found.append(self.phrase(item, where))
        return [phrase for phrase in found if phrase is not None]

    def _folder(self, item: str, path: KeyPath) -> list[Phrase | None]:
        """The pieces of a folder in the order of their names; those below it are left alone."""
        folder = self._source(item, path)
        try:
            files = [file for file in music_files(folder) if file.is_file()]
        except OSError as error:
            self.problems.append(Problem(path, f"'{item}' cannot be read: {error.strerror}"))
            return []
        except ValueError as error:
            self.problems.append(Problem(path, str(error)))
            files = []
        if folder not in self.folders:
            self.folders[folder] = f"{len(self.files) + len(self.folders) + 1:02d}-{slug(folder.name)}"
        found: list[Phrase | None] = []
        for number, source in enumerate(files, 1):
            here = self.folders[folder]
            data = self._bytes(source, path, here, f"{here}/{number:03d}-{slug(source.name)}")
            if data is not None:
                read = partial(read_phrase, source, remarks=self.remarks, data=data.data)
                found.append(attempt(self.problems, path, read))
        self.references.append((path, Input(folder, self.folders[folder], b"", is_folder=True)))
        return found


def attempt(problems: list[Problem], path: KeyPath, make: Callable[[], Any], options: Collection[str] = ()) -> Any:
    """What `make` gives, or None and a problem; `option: what` in its message points at that one of the options."""
    try:
        return make()
    except ValueError as error:
        option, _, rest = str(error).partition(": ")
        known = bool(rest) and option in options
        problems.append(Problem((*path, option) if known else path, rest if known else str(error)))
        return None
