"""An experiment's YAML file as plain data, with the place of every value and the changes of `--set`.

A path leads to a value: `("objective", "theory", 1, "rule")`, written `objective.theory[1].rule`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evolve.formats.format import read_bytes
from evolve.problems import DocumentError, Found, KeyPath, Position, Problem, error_of, position_after, written
from evolve.yaml_data import Places, data_of, kind_of

LARGEST_FILE = 128 * 1024  # bytes; ruamel.yaml takes about 10 s for 1 MB

_STEP = re.compile(r"\[([0-9]{1,5})\]|([^.\[\]\s]+)")
_STEPS = re.compile(r"[^.\[\]\s]+(\[[0-9]{1,5}\])*(\.[^.\[\]\s]+(\[[0-9]{1,5}\])*)*")


@dataclass(frozen=True)
class Document:
    """A file that has been read: its text, its data, and where each value stands or which `--set` brought it."""

    source: Path
    text: str
    data: dict[str, Any]
    _places: Places = field(repr=False, compare=False, default_factory=dict)
    _changes: dict[KeyPath, str] = field(repr=False, compare=False, default_factory=dict)

    def where(self, path: KeyPath, on_key: bool = False) -> Position:
        """Line and column, from 1, of a value or its key; of the nearest mapping or list around what is not there."""
        for size in range(len(path), -1, -1):
            if path[:size] in self._places:
                key, value = self._places[path[:size]]
                # The value of a block mapping begins at its first key, which is not what lacks something.
                return key if (on_key if size == len(path) else key[0] != value[0]) else value
        return (1, 1)

    def is_set(self, path: KeyPath) -> bool:
        """Whether the value at `path`, or one around it, came from `--set`."""
        return self._change(path) is not None

    def _change(self, path: KeyPath) -> str | None:
        for size in range(len(path), 0, -1):
            part = path[:size]
            if part in self._changes:
                return self._changes[part]
            if part in self._places:
                continue
            for changed, assignment in self._changes.items():
                if changed[:size] == part:  # a mapping made on the way to the value
                    return assignment
        return None

    def error(self, problems: Sequence[Problem]) -> DocumentError:
        """The error that shows all `problems`, in the order of the file; those of `--set` come last."""
        found: Found = []
        for problem in problems:
            change = self._change(problem.path)
            found.append((problem, change if change is not None else self.where(problem.path, problem.on_key)))
        return error_of(self.source, self.text, found)


def read_document(path: Path, changes: Sequence[str] = ()) -> Document:
    """Read a YAML file and apply `changes`, each written `genome.bars=8`; DocumentError for all that is wrong."""
    try:
        raw = read_bytes(path, LARGEST_FILE)
    except ValueError as error:
        raise error_of(path, "", [(Problem((), str(error).removeprefix(f"{path}: ")), None)]) from None
    text = raw.decode("utf-8-sig", "replace")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        what = f"the text must be UTF-8, got byte 0x{raw[error.start]:02x} at offset {error.start}; save it as UTF-8"
        position = position_after(raw[: error.start].decode("utf-8-sig"))
        raise error_of(path, text, [(Problem((), what), position)]) from None
    places: Places = {}
    found: Found = []
    data = data_of(text, (), places, found)
    if not found and not isinstance(data, dict):
        got = "nothing" if data is None else kind_of(data)
        what = f"the file must be a mapping, got {got}; write lines like 'key: value'"
        found.append((Problem((), what), (1, 1) if data is None else places[()][1]))
    if found:
        raise error_of(path, text, found)
    made: dict[KeyPath, str] = {}
    for change in changes:
        found += [(problem, change) for problem in _apply(change, data, places, made)]
    if found:
        raise error_of(path, text, found)
    return Document(path, text, data, places, made)


def _apply(change: str, data: dict[str, Any], places: Places, made: dict[KeyPath, str]) -> list[Problem]:
    """Write one `genome.bars=8` into `data`, and note it in `made`."""
    name, equals, text = change.partition("=")
    if not equals or not _STEPS.fullmatch(name.strip()):
        return [Problem((), "a change must be written genome.bars=8 or objective.theory[0].weight=2; mend it")]
    path: KeyPath = tuple(int(number) if number else key for number, key in _STEP.findall(name))
    found: Found = []
    if len(text) > LARGEST_FILE:
        return [Problem(path, f"the value must have at most {LARGEST_FILE} characters, got {len(text)}; shorten it")]
    value = data_of(text, path, {}, found)
    if found:
        return [problem if problem.path else Problem(path, problem.what) for problem, _ in found]
    at: Any = data
    for depth, step in enumerate(path):
        here = f"'{written(path[:depth])}'"
        if isinstance(step, int):
            if not isinstance(at, list):
                return [Problem(path, f"{here} must be a list to have entries, got {kind_of(at)}; name a key of it")]
            if step >= len(at):
                return [Problem(path, f"{here} must have an entry [{step}], got {len(at)} entries, counted from 0")]
        elif not isinstance(at, dict):
            return [Problem(path, f"{here} must be a mapping to have keys, got {kind_of(at)}; name its entry: [0]")]
        if depth == len(path) - 1:
            at[step] = value
        elif isinstance(step, str) and at.get(step) is None:
            at[step] = {} if isinstance(path[depth + 1], str) else []
        at = at[step]
    for table in (places, made):
        for replaced in [key for key in table if key[: len(path)] == path]:
            del table[replaced]
    made[path] = change
    return []
