"""YAML text as plain data, with the place of every value: safe for hostile text, and free of experiments.

Nodes are counted while ruamel's events arrive, an alias is counted before it is copied, and no tag, merge
key or second document is ever obeyed.  Scalars follow the core schema of YAML 1.2 (section 10.3.2):
`6/8`, `6:8`, `on` and `1_000` are text, `0o17` is 15.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator
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

from evolve.problems import Found, KeyPath, Position, Problem, position_after

Places = dict[KeyPath, tuple[Position, Position]]  # of the key and of the value

MOST_NODES = 10_000  # after the expansion of aliases; a long experiment has some 300
TEXT_PER_NODE = 100  # characters that weigh as much as one more value: long text, aliased often, grows too
DEEPEST = 32  # an experiment needs 7
LONGEST_NUMBER = 100  # characters; keeps every int within the range of a float

_FORBIDDEN = re.compile(r"[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_CONSTANTS: dict[str, bool | None] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_CONSTANTS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
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


class _Stop(Exception):
    """Reading cannot go on: what is wrong, and where."""

    def __init__(self, what: str, position: Position, path: KeyPath = ()) -> None:
        super().__init__(what)
        self.found = (Problem(path, what), position)


def _events(text: str) -> Iterator[Any]:
    """Ruamel's events; whatever it raises becomes one sentence with a place."""
    if bad := _FORBIDDEN.search(text):
        raise _Stop(_no_control(bad), position_after(text[: bad.start()]))
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


def data_of(text: str, root: KeyPath, places: Places, found: Found) -> Any:
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
        if key is not None and isinstance(event, ScalarEvent) and event.value == "" and event.implicit[0]:
            position = key  # nothing is written: its place would be that of what follows
        places.setdefault(path, (key or position, position))  # of a key that stands twice the first counts
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
                what = f"a key must be text, got {kind_of(name)}; put it in quotes"
            elif name == "<<" and plain and event.implicit[0]:
                what = "a key must be a name, got the merge key '<<'; write the entries out"
            elif name in made:
                line = places[*path, name][0][0]
                what = f"a key must stand once in its mapping, got it on line {line} already; delete one of the two"
            if what:
                place = (*path, name) if isinstance(name, str) else path
                found.append((Problem(place, what, on_key=True), position))
                node(next(events), place)
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


def _scalar(event: Any, path: KeyPath, found: Found) -> Any:
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


def _refuse_tag(event: Any, path: KeyPath, found: Found) -> None:
    if event.ctag is not None:
        tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
        what = f"a value must stand without a tag, got '{tag}'; remove the word that begins with '!'"
        found.append((Problem(path, what), _mark(event.start_mark)))


def _no_control(bad: re.Match[str]) -> str:
    return f"text must be free of control characters, got U+{ord(bad.group()):04X}; delete it"


def kind_of(value: Any) -> str:
    """What a value is, as an error message says it."""
    names = {dict: "a mapping", list: "a list", str: "text", type(None): "nothing"}
    return names.get(type(value)) or str(value).lower()


def _depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(_depth, inside), default=0)


def _mark(mark: Any) -> Position:
    return (mark.line + 1, mark.column + 1)


def text_of(data: Any) -> str:
    """Plain data as YAML text, mappings in their own order."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 120
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()
