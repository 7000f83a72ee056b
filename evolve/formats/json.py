"""A phrase as JSON for people and other programs; reading is the exact inverse of writing.

    {
      "format": "evophrase 1",
      "tempo_bpm": 96.0,
      "length": 96,
      "pickup": 24,
      "keys": [[0, "G major"]],
      "metres": [[0, "3/4"]],
      "ends": [96],
      "voices": [
        {"name": "flute", "program": 73, "notes": [
          [0, 24, "D4", 80],
          [24, 72, "G4", 96]
        ]}
      ]
    }

Times are ticks, 24 to the quarter.  A note is onset, duration, pitch (a name, or a MIDI number from 0 to 127) and
velocity (1-127); `keys` and `metres` are changes, a tick and the new value, the first at tick 0; `ends` are
the ticks at which phrases end.  Only `voices` must be there, and in a voice `notes`, in a note the first three:
the others are as in `Phrase`, and `length` is the end of the last note.  `tempo_bpm` (quarters a minute, 10-400)
is for players: a phrase has no tempo.  Anything else in the file is an error.
"""

from __future__ import annotations

import json as stdlib_json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, NoReturn, TypeVar

from evolve.formats.format import file_format, place_of
from evolve.text import safe_text
from fitness.catalogue import Between, near_miss
from fitness.phrase import C_MAJOR, COMMON_TIME, MAX_TICKS, USUAL_VELOCITY, Note, Phrase, Voice
from fitness.theory import Key, Metre, pitch_of

T = TypeVar("T")

FORMAT = "evophrase 1"
LARGEST = 4 * 1024 * 1024  # bytes: some 200,000 notes; Python takes 30 bytes for one of a file of brackets
FIELDS = ("format", "tempo_bpm", "length", "pickup", "keys", "metres", "ends", "voices")
VOICE_FIELDS = ("name", "program", "notes")
LONGEST_WORD = 40  # characters of a key, metre or note name
LONGEST_NUMBER = 20  # digits


def from_bytes(data: bytes, *, track: int | str | None = None) -> Phrase:
    """The phrase in a JSON file, or one voice of it; `track` is a number from 1 or a name.

    ValueError in one line for what is wrong, with the place: line and column, or `voices[0].notes[3]`.
    """
    root = _object(_parsed(data), "file", FIELDS)
    if root.get("format", FORMAT) != FORMAT:
        _refuse("format", f"'{FORMAT}'", root["format"], "convert the file with the evophrase that wrote it")
    tempo_bpm = root.get("tempo_bpm", 96.0)
    if type(tempo_bpm) not in (int, float) or not 10 <= tempo_bpm <= 400:
        _refuse("tempo_bpm", "a number from 10 to 400", tempo_bpm, "write quarters a minute")
    parts = _list(root.get("voices"), "voices")
    voices = tuple(_voice(part, f"voices[{i}]") for i, part in enumerate(parts))
    if track is not None and voices:
        voices = (voices[place_of(track, [voice.name for voice in voices], "voice")],)
    last = max((voice.notes[-1].end for voice in voices if voice.notes), default=0)
    keys = _changes(root, "keys", Key.parse, C_MAJOR)
    metres = _changes(root, "metres", Metre.parse, COMMON_TIME)
    ends = [_whole(tick, f"ends[{i}]") for i, tick in enumerate(_list(root.get("ends", []), "ends"))]
    length, pickup = _whole(root.get("length", last), "length"), _whole(root.get("pickup", 0), "pickup")
    try:
        return Phrase(voices, length, keys, metres, pickup, tuple(ends))
    except ValueError as error:
        raise ValueError(safe_text(str(error), 400)) from None


def _parsed(data: bytes) -> Any:
    """The value in the file."""
    if len(data) > LARGEST:
        raise ValueError(f"a file must have at most {LARGEST} bytes, got {len(data)}; cut the piece into parts")
    try:
        return stdlib_json.loads(
            data.decode("utf-8-sig"), parse_constant=_no_constant, parse_int=_integer, object_pairs_hook=_no_doubles
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start}: text must be UTF-8; save the file as UTF-8") from None
    except stdlib_json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}; mend it there") from None
    except RecursionError:
        raise ValueError("file: lists must lie 4 deep at most, got hundreds; see the format") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"file: a number must be finite, got {name}; write a number")


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"file: a number must have at most {LONGEST_NUMBER} digits, got {len(digits)}; cut it")
    return int(digits)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise ValueError(f"file: a field must be given once, got '{safe_text(name)}' twice; leave one out")
        fields[name] = value
    return fields


def _refuse(place: str, rule: str, got: Any, mend: str) -> NoReturn:
    shown = "a list" if isinstance(got, list) else "an object" if isinstance(got, dict) else safe_text(repr(got))
    raise ValueError(f"{place}: must be {rule}, got {'nothing' if got is None else shown}; {mend}")


def _object(value: Any, place: str, known: Iterable[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(place, "an object", value, "write it in { }")
    for name in value:
        if name not in known:
            raise ValueError(f"{place}: no field is called '{safe_text(name)}'; {near_miss(name[:80], known)}")
    return value


def _list(value: Any, place: str, sizes: Iterable[int] = (), rule: str = "a list") -> list[Any]:
    if not isinstance(value, list) or (sizes and len(value) not in sizes):
        _refuse(place, rule, value, "write it in [ ]")
    return value


def _whole(value: Any, place: str, low: int = 0, high: int = MAX_TICKS) -> int:
    if type(value) is not int or not low <= value <= high:  # neither true nor 24.0
        _refuse(place, f"a whole number from {low} to {high}", value, "choose one of these")
    return value


def _word(value: Any, place: str, parse: Callable[[str], T]) -> T:
    if not isinstance(value, str) or len(value) > LONGEST_WORD:
        _refuse(place, f"text of at most {LONGEST_WORD} characters", value, "write it in quotation marks")
    try:
        return parse(value)
    except ValueError as error:
        raise ValueError(f"{place}: {safe_text(str(error), 400)}") from None


def _voice(value: Any, place: str) -> Voice:
    fields = _object(value, place, VOICE_FIELDS)
    name = fields.get("name", "")
    if not isinstance(name, str):
        _refuse(f"{place}.name", "text", name, "write it in quotation marks")
    notes: list[Note] = []
    end = 0
    for i, event in enumerate(_list(fields.get("notes"), f"{place}.notes")):
        there = f"{place}.notes[{i}]"
        onset, duration, sound, *loud = _list(event, there, (3, 4), "a list of onset, duration, pitch and velocity")
        pitch = _word(sound, there, pitch_of) if isinstance(sound, str) else _whole(sound, f"{there}[2]", 0, 127)
        velocity = _whole(loud[0], f"{there}[3]", 1, 127) if loud else USUAL_VELOCITY
        note = Note(_whole(onset, f"{there}[0]"), _whole(duration, f"{there}[1]", 1), pitch, velocity)
        if note.onset < end:
            _refuse(f"{there}[0]", f"{end} or more, where the note before ends", onset, "shorten that or begin later")
        notes.append(note)
        end = note.end
    return Voice(tuple(notes), safe_text(name), _whole(fields.get("program", 0), f"{place}.program", 0, 127))


def _changes(root: dict[str, Any], name: str, parse: Callable[[str], T], usual: T) -> tuple[tuple[int, T], ...]:
    changes = []
    for i, change in enumerate(_list(root.get(name, [[0, str(usual)]]), name)):
        tick, word = _list(change, f"{name}[{i}]", (2,), "a list of a tick and a text")
        changes.append((_whole(tick, f"{name}[{i}][0]"), _word(word, f"{name}[{i}][1]", parse)))
    return tuple(changes)


@file_format(suffixes=(".json",), read=from_bytes)
def json(phrase: Phrase, *, tempo_bpm: Annotated[float, Between(10.0, 400.0)] = 96.0) -> bytes:
    """JSON, one note a line, that reads back as the same phrase.

    `tempo_bpm`, in quarters a minute, is written for players.

    >>> from_bytes(json(Phrase.parse("G major 3/4 pickup=24: D4 | G4*3!96"))) == Phrase.parse(
    ...     "G major 3/4 pickup=24: D4 | G4*3!96")
    True
    """
    if not 10 <= tempo_bpm <= 400:
        raise ValueError(f"json: tempo_bpm must be 10 to 400, got {tempo_bpm}; choose one of these")
    fields = {
        "format": FORMAT,
        "tempo_bpm": float(tempo_bpm),
        "length": phrase.length,
        "pickup": phrase.pickup,
        "keys": [(tick, str(key)) for tick, key in phrase.keys],
        "metres": [(tick, str(metre)) for tick, metre in phrase.metres],
        "ends": phrase.ends,
    }
    voices = ",\n".join(_written(voice, phrase) for voice in phrase.voices)
    head = "".join(f'  "{name}": {_dumped(value)},\n' for name, value in fields.items())
    return f'{{\n{head}  "voices": [\n{voices}\n  ]\n}}\n'.encode()


def _written(voice: Voice, phrase: Phrase) -> str:
    rows = [
        _dumped((note.onset, note.duration, phrase.key_at(note.onset).name_of(note.pitch), note.velocity))
        for note in voice.notes
    ]
    notes = ",".join(f"\n      {row}" for row in rows) + "\n    " * bool(rows)
    head = f'"name": {_dumped(safe_text(voice.name))}, "program": {voice.program}'
    return f'    {{{head}, "notes": [{notes}]}}'


def _dumped(value: Any) -> str:
    return stdlib_json.dumps(value, ensure_ascii=False)
