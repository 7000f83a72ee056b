"""A YAML file as plain data, with the place of every value: knows YAML and positions, nothing of experiments.

Hostile files are refused before anything grows: nodes are counted while ruamel's events arrive, an alias
is counted before it is copied, and no tag, merge key or second document is ever obeyed.  Scalars follow
the core schema of YAML 1.2 (section 10.3.2): `6/8`, `6:8`, `on` and `1_000` are text, `0o17` is 15.
A path leads to a value: `("objective", "theory", 1, "rule")`, written `objective.theory[1].rule`.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from evolve.formats.format import read_bytes
from evolve.text import safe_text

KeyPath = tuple[str | int, ...]
Position = tuple[int, int]  # line and column in characters, both from 1
_Places = dict[KeyPath, tuple[Position, Position]]  # of the key and of the value
_Found = list[tuple["Problem", "Position | str | None"]]  # each with its place, or with the `--set` to blame

LARGEST_FILE = 128 * 1024  # bytes; ruamel.yaml takes about 10 s for 1 MB
MOST_NODES = 10_000  # after the expansion of aliases; a long experiment has some 300
TEXT_PER_NODE = 100  # characters that weigh as much as one more value: long text, aliased often, grows too
DEEPEST = 32  # an experiment needs 7
LONGEST_NUMBER = 100  # characters; keeps every int within the range of a float
LONGEST_LINE = 160  # characters of a source line that an error message shows
LONGEST_WHAT = 4000  # characters of what is wrong; room for a list of all known names
MOST_SHOWN = 50  # problems that an error message spells out

_NO_WIDTH = ("Mn", "Me", "Cf")  # categories of letters that take no column in a terminal
_BREAK = re.compile(r"\r\n|\r|\n")
_FORBIDDEN = re.compile(r"[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_STEP = re.compile(r"\[([0-9]{1,5})\]|([^.\[\]\s]+)")
_STEPS = re.compile(r"[^.\[\]\s]+(\[[0-9]{1,5}\])*(\.[^.\[\]\s]+(\[[0-9]{1,5}\])*)*")

_CONSTANTS: dict[str, bool | None] = {word: None for word in ("", "~", "null", "Null", "NULL")}
_CONSTANTS |= {word: True for word in ("true", "True", "TRUE")} | {word: False for word in ("false", "False", "FALSE")}
_INTEGERS = ((re.compile("[-+]?[0-9]+"), 10), (re.compile("0o[0-7]+"), 8), (re.compile("0x[0-9a-fA-F]+"), 16))
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

# Patterns of ruamel's wording -> ours.  The first are shown where the construct begins, the others where it fails.
_AT_START = {
    "could not find expected ':'": "a key must be followed by ': ' and its value; write 'key: value'",
    "expected '.*stream end": "the bracket must be closed, got the end of the text; add the missing bracket",
    "unexpected (end of stream|document sep)": "the quote that opens here must be closed; add the missing quote",
    "expected alphabetic": "'*', '&' and '%' must begin a name here; put the text in quotes",
}
_AT_FAILURE = {
    "mapping values are not": "': ' must follow a key; put the text in quotes, or mend the line or the one above",
    "(sequence entries|mapping keys) are not": "this must begin a line; start a new line",
    "<block end>, but found '[]}]'": "a closing bracket must have an opening one; remove it",
    "expected <block end>": "this must line up with its neighbours from line {line} on; mend the indentation",
    "expected ',' or ']'": "the list that line {line} opens must go on with ',' or ']'; add the missing one",
    "expected ',' or '}'": "the mapping that line {line} opens must go on with ',' or '}}'; add the missing one",
    "node content.*stream end": "a value must follow, got the end of the text; add it, or close the bracket",
    "node content": "a value must stand here, got a sign of YAML; put the text in quotes",
    r"found character '\\t'": "blanks must be spaces, got a tab; replace it",
    "cannot start any token": "text must not begin with this character; put the text in quotes",
    "unknown escape": r"'\' must begin a known escape in double quotes; use single quotes or '\\'",
    r"escape sequence|chr\(\)|too large|maximum": r"'\x', '\u' and '\U' must name a character by 2, 4 or 8 digits",
    "chomping": "text begun by '|' or '>' must start on the next line; move it there",
    "tag handle": "a value must stand without a tag; remove the word that begins with '!'",
    "": "this must be YAML, and cannot be read here; look for a bracket, quote or indentation gone astray",
}
# Hostile text draws more than YAMLError from ruamel.yaml: bare assertions, chr() of what is no character.
_RUAMEL_RAISES = (YAMLError, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


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


class _Stop(Exception):
    """Reading cannot go on: what is wrong, and where."""

    def __init__(self, what: str, position: Position, path: KeyPath = ()) -> None:
        super().__init__(what)
        self.found = (Problem(path, what), position)


@dataclass(frozen=True)
class Document:
    """A file that has been read: its text, its data, and where each value stands or which `--set` brought it."""

    source: Path
    text: str
    data: dict[str, Any]
    _places: _Places = field(repr=False, compare=False, default_factory=dict)
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
        found: _Found = []
        for problem in problems:
            change = self._change(problem.path)
            found.append((problem, change if change is not None else self.where(problem.path, problem.on_key)))
        return _error(self.source, self.text, found)


def read_document(path: Path, changes: Sequence[str] = ()) -> Document:
    """Read a YAML file and apply `changes`, each written `genome.bars=8`; DocumentError for all that is wrong."""
    try:
        raw = read_bytes(path, LARGEST_FILE)
    except ValueError as error:
        raise _error(path, "", [(Problem((), str(error).removeprefix(f"{path}: ")), None)]) from None
    text = raw.decode("utf-8-sig", "replace")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        what = f"the text must be UTF-8, got byte 0x{raw[error.start]:02x} at offset {error.start}; save it as UTF-8"
        position = _position(raw[: error.start].decode("utf-8-sig"))
        raise _error(path, text, [(Problem((), what), position)]) from None
    places: _Places = {}
    found: _Found = []
    data = _data(text, (), places, found)
    if not found and not isinstance(data, dict):
        got = "nothing" if data is None else _kind(data)
        what = f"the file must be a mapping, got {got}; write lines like 'key: value'"
        found.append((Problem((), what), None if data is None else places[()][1]))
    if found:
        raise _error(path, text, found)
    made: dict[KeyPath, str] = {}
    for change in changes:
        found += [(problem, change) for problem in _apply(change, data, places, made)]
    if found:
        raise _error(path, text, found)
    return Document(path, text, data, places, made)


def written(path: KeyPath) -> str:
    """A path as people write it.

    >>> written(("objective", "theory", 1, "rule"))
    'objective.theory[1].rule'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _events(text: str) -> Iterator[Any]:
    """Ruamel's events; whatever it raises becomes one sentence with a place."""
    if bad := _FORBIDDEN.search(text):
        raise _Stop(_no_control(bad), _position(text[: bad.start()]))
    last: Position = (1, 1)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            last = _mark(event.start_mark)
            yield event
    except _RUAMEL_RAISES as error:
        problem = f"{getattr(error, 'problem', None) or error}"
        begun, here = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
        sayings = [(ours, begun or here) for theirs, ours in _AT_START.items() if re.search(theirs, problem)]
        sayings += [(ours, here or begun) for theirs, ours in _AT_FAILURE.items() if re.search(theirs, problem)]
        ours, place = sayings[0]
        position = _mark(place) if place else last
        raise _Stop(ours.format(line=_mark(begun)[0] if begun else position[0]), position) from None


def _data(text: str, root: KeyPath, places: _Places, found: _Found) -> Any:
    """The one document of `text` as plain data; fills `places` and, with all that is wrong, `found`."""
    events = _events(text)
    anchors: dict[str, tuple[Any, int, int]] = {}  # name -> value, nodes, depth
    nodes = 0

    def count(more: int, depth: int, event: Any, path: KeyPath) -> None:
        nonlocal nodes
        nodes += more
        if nodes > MOST_NODES:
            what = f"the file must hold at most {MOST_NODES} values with its aliases expanded, got more; shorten it"
            raise _Stop(what, _mark(event.start_mark), path)
        if depth > DEEPEST:
            what = f"values must be nested at most {DEEPEST} deep, got more; flatten them"
            raise _Stop(what, _mark(event.start_mark), path[:4])

    def alias(event: Any, path: KeyPath) -> Any:
        if event.anchor not in anchors:
            what = f"an alias must name a value that ends above it, got '*{event.anchor}'; quote the text"
            raise _Stop(what, _mark(event.start_mark), path)
        value, size, depth = anchors[event.anchor]
        count(size, len(path) + depth, event, path)
        return copy.deepcopy(value)

    def node(event: Any, path: KeyPath, key: Position | None = None) -> Any:
        position = _mark(event.start_mark)
        places[path] = (key or position, position)
        if isinstance(event, AliasEvent):
            return alias(event, path)
        before = nodes
        count(1 + len(getattr(event, "value", "")) // TEXT_PER_NODE, len(path), event, path)
        anchors.pop(event.anchor, None)
        if isinstance(event, ScalarEvent):
            value: Any = _scalar(event, path, found)
        else:
            _refuse_tag(event, path, found)
            value = mapping(path) if isinstance(event, MappingStartEvent) else sequence(path)
        if event.anchor is not None:
            anchors[event.anchor] = (value, nodes - before, _depth(value))
        return value

    def sequence(path: KeyPath) -> list[Any]:
        made: list[Any] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            made.append(node(event, (*path, len(made))))
        return made

    def mapping(path: KeyPath) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            position = _mark(event.start_mark)
            plain = isinstance(event, ScalarEvent)  # an alias may stand for a key, too
            name = _scalar(event, path, found) if plain else node(event, (*path, "?"))
            what = ""
            if not isinstance(name, str):
                what = f"a key must be text, got {_kind(name)}; put it in quotes"
            elif name == "<<" and plain and event.implicit[0]:
                what = "a key must be a name, got the merge key '<<'; write the entries out"
            elif name in made:
                line = places[*path, name][0][0]
                what = f"a key must stand once in its mapping, got it on line {line} already; delete one of the two"
            if what:
                place = (*path, name) if isinstance(name, str) else path
                found.append((Problem(place, what, on_key=True), position))
                node(next(events), (*path, "?"))
            else:
                made[name] = node(next(events), (*path, name), position)
        return made

    data = None
    documents = 0
    try:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    what = "there must be one document, got a second; remove '---' and what follows"
                    raise _Stop(what, _mark(event.start_mark))
                if event.version not in (None, (1, 2)):
                    raise _Stop(
                        "the text must be YAML 1.2, got another version; remove the line '%YAML'",
                        _mark(event.start_mark),
                    )
            elif root and getattr(event, "flow_style", None) is False:
                raise _Stop("the value must be in one line; write {a: 1} or [1, 2]", (1, 1), root)
            elif isinstance(event, AliasEvent | ScalarEvent | SequenceStartEvent | MappingStartEvent):
                data = node(event, root)
    except _Stop as stop:
        found.append(stop.found)
    return data


def _scalar(event: Any, path: KeyPath, found: _Found) -> Any:
    """Text, number, bool or None by the core schema; a mistake goes to `found`."""
    text: str = event.value
    position = _mark(event.start_mark)
    _refuse_tag(event, path, found)
    if bad := _FORBIDDEN.search(text):  # written as an escape: "\e[2J"
        found.append((Problem(path, _no_control(bad)), position))
    if not event.implicit[0]:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    bases = [base for pattern, base in _INTEGERS if pattern.fullmatch(text)]
    if not bases and not _FLOAT.fullmatch(text):
        return text
    if len(text) > LONGEST_NUMBER:
        what = f"a number must have at most {LONGEST_NUMBER} characters, got {len(text)}; shorten it"
        found.append((Problem(path, what), position))
        return 0
    return int(text, bases[0]) if bases else float(re.sub(r"\.(?=[in])", "", text.lower()))


def _refuse_tag(event: Any, path: KeyPath, found: _Found) -> None:
    if event.ctag is not None:
        tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
        what = f"a value must stand without a tag, got '{tag}'; remove the word that begins with '!'"
        found.append((Problem(path, what), _mark(event.start_mark)))


def _apply(change: str, data: dict[str, Any], places: _Places, made: dict[KeyPath, str]) -> list[Problem]:
    """Write one `genome.bars=8` into `data`, and note it in `made`."""
    name, equals, text = change.partition("=")
    if not equals or not _STEPS.fullmatch(name.strip()):
        return [Problem((), "a change must be written genome.bars=8 or objective.theory[0].weight=2; mend it")]
    path: KeyPath = tuple(int(number) if number else key for number, key in _STEP.findall(name))
    found: _Found = []
    if len(text) > LARGEST_FILE:
        return [Problem(path, f"the value must have at most {LARGEST_FILE} characters, got {len(text)}; shorten it")]
    value = _data(text, path, {}, found)
    if found:
        return [problem if problem.path else Problem(path, problem.what) for problem, _ in found]
    at: Any = data
    for depth, step in enumerate(path):
        here = f"'{written(path[:depth])}'"
        if isinstance(step, int):
            if not isinstance(at, list):
                return [Problem(path, f"{here} must be a list to have entries, got {_kind(at)}; name a key of it")]
            if step >= len(at):
                return [Problem(path, f"{here} must have an entry [{step}], got {len(at)} entries, counted from 0")]
        elif not isinstance(at, dict):
            return [Problem(path, f"{here} must be a mapping to have keys, got {_kind(at)}; name its entry, as in [0]")]
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


def _error(source: Path, text: str, found: _Found) -> DocumentError:
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
        if isinstance(place, tuple):
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


def _no_control(bad: re.Match[str]) -> str:
    return f"text must be free of control characters, got U+{ord(bad.group()):04X}; delete it"


def _kind(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", str: "text", type(None): "nothing"}
    return names.get(type(value)) or str(value).lower()


def _depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(_depth, inside), default=0)


def _mark(mark: Any) -> Position:
    return (mark.line + 1, mark.column + 1)


def _position(before: str) -> Position:
    lines = _BREAK.split(before)
    return (len(lines), len(lines[-1]) + 1)
