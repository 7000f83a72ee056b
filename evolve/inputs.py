"""Files that an experiment names: read once, kept with their bytes, their mistakes told in place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from evolve.document import Document
from evolve.formats.format import read_bytes, read_phrase
from evolve.options import shown
from evolve.problems import KeyPath, Problem
from evolve.text import slug
from fitness.phrase import Phrase


@dataclass(frozen=True)
class Input:
    """A file that the experiment reads: where it lies, its name in `inputs/`, its bytes."""

    source: Path
    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


class Inputs:
    """The files of one document; `problems` grows with what cannot be read."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self.document = document
        self.problems = problems
        self.files: dict[Path, Input] = {}
        self.references: list[tuple[KeyPath, Input]] = []
        self.remarks: list[str] = []

    def read(self, item: object, path: KeyPath) -> Input | None:
        """The bytes of a file the experiment names; relative to the experiment, or if `--set` to the current folder."""
        if not isinstance(item, str) or not item:
            self.problems.append(Problem(path, f"must be the path of a file, got {shown(item)}"))
            return None
        base = Path() if self.document.is_set(path) else self.document.source.parent
        source = base / item
        if source not in self.files:
            data = attempt(self.problems, path, partial(read_bytes, source))
            if data is None:
                return None
            name = f"{len(self.files) + 1:02d}-{slug(source.name)}"
            self.files[source] = Input(source, name, data)
        self.references.append((path, self.files[source]))
        return self.files[source]

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
        """The pieces in a list of files."""
        if not isinstance(items, list) or not items:
            self.problems.append(Problem(path, f"must be a list of files, got {shown(items)}"))
            return []
        phrases = [self.phrase(item, (*path, i)) for i, item in enumerate(items)]
        return [phrase for phrase in phrases if phrase is not None]


def attempt(problems: list[Problem], path: KeyPath, make: Callable[[], Any]) -> Any:
    """What `make` gives, or None and a problem; `option: what` in its message points at that option."""
    try:
        return make()
    except ValueError as error:
        option, _, rest = str(error).partition(": ")
        known = bool(rest) and option.isidentifier()
        problems.append(Problem((*path, option) if known else path, rest if known else str(error)))
        return None
