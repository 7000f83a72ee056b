"""Mistakes in a file: where each is, what is wrong, and how it is shown with its line and a caret."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evolve.text import safe_text

KeyPath = tuple[str | int, ...]
Position = tuple[int, int]  # line and column in characters, both from 1
Found = list[tuple["Problem", "Position | str | None"]]  # each with its place, or with the `--set` to blame

LONGEST_LINE = 160  # characters of a source line that an error message shows
LONGEST_WHAT = 4000  # characters of what is wrong; room for a list of all known names
MOST_SHOWN = 50  # problems that an error message spells out

_NO_WIDTH = ("Mn", "Me", "Cf")  # categories of letters that take no column in a terminal
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, and a complete sentence on what is wrong and how to mend it."""

    path: KeyPath
    what: str
    on_key: bool = False  # the mistake is the key itself, not its value


class DocumentError(ValueError):
    """Everything that is wrong with a file; its text has for each problem a line, the source line and a caret."""

    def __init__(self, problems: Sequence[Problem], text: str) -> None:
        super().__init__(problems, text)
        self.problems = tuple(problems)
        self.text = text

    def __str__(self) -> str:
        return self.text


def written(path: KeyPath) -> str:
    """A path as people write it.

    >>> written(("objective", "theory", 1, "rule"))
    'objective.theory[1].rule'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def error_of(source: Path, text: str, found: Found) -> DocumentError:
    """All that is wrong as one text: a line for each problem and, where it has a position, source and caret."""
    found = sorted(
        found, key=lambda each: (isinstance(each[1], str), each[1] if isinstance(each[1], tuple) else (0, 0))
    )
    lines = _BREAK.split(text)
    shown = []
    for problem, place in found[:MOST_SHOWN]:
        if isinstance(place, str):
            begin = f"--set {safe_text(place, LONGEST_LINE)}"
        else:
            begin = ":".join([safe_text(str(source), LONGEST_LINE), *map(str, place or ())])
        key = [safe_text(written(problem.path), LONGEST_LINE)] if problem.path else []
        shown.append(": ".join([begin, *key, safe_text(problem.what, LONGEST_WHAT)]))
        if isinstance(place, tuple) and lines[place[0] - 1].strip():
            shown += _excerpt(lines[place[0] - 1], place[1] - 1)
    if len(found) > MOST_SHOWN:
        shown.append(f"and {len(found) - MOST_SHOWN} more")
    return DocumentError([problem for problem, _ in found], "\n".join(shown))


def _excerpt(line: str, index: int) -> list[str]:
    """The part of a source line around a character, and a caret below it, as a terminal sets them."""
    start = max(0, index - LONGEST_LINE // 2)
    line = line.replace("\t", " ")
    before, after = (safe_text(part, LONGEST_LINE) for part in (line[start:index], line[index : start + LONGEST_LINE]))
    wide = sum(
        0 if unicodedata.category(letter) in _NO_WIDTH else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in before
    )
    return [before + after, " " * wide + "^"]


def position_after(before: str) -> Position:
    """The position that follows some text."""
    lines = _BREAK.split(before)
    return (len(lines), len(lines[-1]) + 1)
