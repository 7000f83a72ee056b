"""JSON: readable, an exact inverse, and refused in one line with the place."""

from __future__ import annotations

import json as stdlib_json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings

from evolve.formats.format import file_format, read_phrase
from evolve.formats.json import LARGEST, from_bytes, json
from fitness.phrase import Note, Phrase, Voice
from fitness.theory import SCALES, Key
from tests.strategies import TONICS, phrases

TUNE = (
    "G major 3/4 pickup=24: <flute@73> D4 | G4*2 A4!96 | B4*3 ' | [D dorian] [2/4] r*2 | ; <cello@42> r | G2*3 | G3*3 |"
)

WRITTEN = """\
{
  "format": "evophrase 1",
  "tempo_bpm": 96.0,
  "length": 96,
  "pickup": 24,
  "keys": [[0, "G major"]],
  "metres": [[0, "3/4"]],
  "ends": [48, 96],
  "voices": [
    {"name": "flöte", "program": 73, "notes": [
      [0, 24, "D4", 80],
      [24, 72, "F#4", 96]
    ]},
    {"name": "", "program": 0, "notes": []}
  ]
}
"""


def refusal(data: bytes | str, track: int | str | None = None) -> str | None:
    """The line in which a file is refused; None where it is read."""
    try:
        from_bytes(data if isinstance(data, bytes) else data.encode(), track=track)
    except Exception as caught:
        error = caught
    else:
        return None
    assert type(error) is ValueError, repr(error)
    assert len(str(error).splitlines()) == 1, str(error)
    return str(error)


def changed(**fields: Any) -> str:
    """A sound file with these fields changed; `note`, `voice` and `voice_name` reach into its first voice."""
    root = stdlib_json.loads(WRITTEN)
    for field, value in fields.items():
        if field == "note":
            root["voices"][0]["notes"][1] = value
        elif field == "voice":
            root["voices"][0] = value
        elif field == "voice_name":
            root["voices"][0]["name"] = value
        else:
            root[field] = value
    return stdlib_json.dumps(root)


@settings(max_examples=300, deadline=None)
@given(phrases())
@example(Phrase())
@example(Phrase(keys=((0, Key("C")), (23, Key("D"))), length=24))
def test_a_written_phrase_reads_back_the_same(phrase: Phrase) -> None:
    assert from_bytes(json(phrase)) == phrase


def test_every_pitch_reads_back_in_every_key() -> None:
    for tonic in TONICS:
        for mode in SCALES:
            notes = tuple(Note(pitch, 1, pitch) for pitch in range(128))
            phrase = Phrase((Voice(notes),), 128, ((0, Key(tonic, mode)),))
            assert from_bytes(json(phrase)) == phrase


def test_a_file_can_be_read_by_people() -> None:
    phrase = from_bytes(WRITTEN.encode())
    assert str(phrase) == "G major 3/4 pickup=24: <flöte@73> D4 | F#4*3!96 '@48 ; r*4"
    assert json(phrase).decode() == WRITTEN


def test_the_suffix_leads_to_the_format(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(json(Phrase.parse(TUNE)))
    assert read_phrase(tmp_path / "a.json") == Phrase.parse(TUNE)
    assert file_format["json"].traits["suffixes"] == (".json",)


def test_any_other_program_can_read_it() -> None:
    root = stdlib_json.loads(json(Phrase.parse(TUNE), tempo_bpm=120))
    assert (root["tempo_bpm"], root["metres"]) == (120.0, [[0, "3/4"], [168, "2/4"]])


def test_only_the_notes_must_be_there() -> None:
    phrase = from_bytes(b'{"voices": [{"notes": [[0, 24, "C4"], [24, 24, 62]]}]}')
    assert phrase == Phrase.parse("C4 D4")


def test_one_voice_can_be_chosen_by_number_or_name() -> None:
    data = json(Phrase.parse(TUNE))
    assert [from_bytes(data, track=which).voices[0].name for which in (1, 2, "cello")] == ["flute", "cello", "cello"]
    assert refusal(data, track=3) == "a voice must be 1 to 2, got 3; choose one of these"
    assert refusal(data, track="celo") == "no voice is called 'celo'; did you mean 'cello'?"


def test_a_name_is_written_and_read_without_controls() -> None:
    phrase = Phrase((Voice((), "a\x1b[2J\u202e\ud800"),))
    assert from_bytes(json(phrase)).voices[0].name == "a[2J"
    assert from_bytes(changed(voice_name="a\x1b\n").encode()).voices[0].name == "a"


@pytest.mark.parametrize("tempo_bpm", [9.9, 401, float("nan"), float("inf")])
def test_a_tempo_outside_10_to_400_is_not_written(tempo_bpm: float) -> None:
    with pytest.raises(ValueError, match="tempo_bpm must be 10 to 400, got"):
        json(Phrase.parse("C4"), tempo_bpm=tempo_bpm)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "line 1, column 1: Expecting value"),
        ('{"voices": [\n  {"notes": [}', "line 2, column 14: Expecting value"),
        (b'{"voices": "\xff"}', "byte 12: text must be UTF-8; save the file as UTF-8"),
        ("[]", "file: must be an object, got a list; write it in { }"),
        ("{}", "voices: must be a list, got nothing; write it in [ ]"),
        ('{"voices": []}', "a phrase must have a voice, got none"),
        ('{"voices": [], "voices": []}', "file: a field must be given once, got 'voices' twice"),
        ("[" * 100_000, "file: lists must lie 4 deep at most"),
        ('{"voices": NaN}', "file: a number must be finite, got NaN"),
        (changed(tempo_bpm=float("inf")), "file: a number must be finite, got Infinity"),
        ('{"voices": [], "tempo_bpm": 1e999}', "tempo_bpm: must be a number from 10 to 400, got inf"),
        (changed(tempo_bpm=True), "tempo_bpm: must be a number from 10 to 400, got True"),
        ('{"length": ' + "9" * 5000 + "}", "file: a number must have at most 20 digits, got 5000"),
        (changed(lenght=3), "file: no field is called 'lenght'; did you mean 'length'?"),
        (changed(format="evophrase 2"), "format: must be 'evophrase 1', got 'evophrase 2'"),
        (changed(length=24.0), "length: must be a whole number from 0 to 960000, got 24.0"),
        (changed(length=95), "a phrase must last from its last note's end (96) to 960000, got 95"),
        (changed(pickup=72), "a pick-up must be shorter than a bar of 72 ticks, got 72"),
        (changed(ends=[48, "96"]), "ends[1]: must be a whole number from 0 to 960000, got '96'"),
        (changed(keys=[[0, "G majr"]]), "keys[0][1]: no mode is called 'majr'; did you mean 'major'?"),
        (changed(keys=[[24, "G major"]]), "keys must begin at tick 0 and go forward, before the end, got ticks [24]"),
        (changed(keys=["G major"]), "keys[0]: must be a list of a tick and a text, got 'G major'"),
        (changed(keys=[[0, "G" * 41]]), "keys[0][1]: must be text of at most 40 characters, got 'GGG"),
        (changed(metres=[[0, "3/5"]]), "metres[0][1]: a metre must be written such as 3/4"),
        (changed(metres=[[True, "3/4"]]), "metres[0][0]: must be a whole number from 0 to 960000, got True"),
        (changed(voice=[]), "voices[0]: must be an object, got a list"),
        (changed(voice={"notes": {}}), "voices[0].notes: must be a list, got an object"),
        (changed(voice={"notes": [], "program": 128}), "voices[0].program: must be a whole number from 0 to 127"),
        (changed(voice_name=7), "voices[0].name: must be text, got 7"),
        (changed(note=[24, 72]), "voices[0].notes[1]: must be a list of onset, duration, pitch and velocity"),
        (changed(note=[24, 0, "C4"]), "voices[0].notes[1][1]: must be a whole number from 1 to 960000, got 0"),
        (changed(note=[24, 72, "H4"]), "voices[0].notes[1]: a note must be written such as F#4 or Bb3, got 'H4'"),
        (changed(note=[24, 72, 128]), "voices[0].notes[1][2]: must be a whole number from 0 to 127, got 128"),
        (changed(note=[24, 72, 60, 0]), "voices[0].notes[1][3]: must be a whole number from 1 to 127, got 0"),
        (changed(note=[23, 72, 60]), "voices[0].notes[1][0]: must be 24 or more, where the note before ends"),
        (
            changed(note=[24, 72, None]),
            "voices[0].notes[1][2]: must be a whole number from 0 to 127, got nothing",
        ),
        (changed(note="\x1b[2J\n"), "voices[0].notes[1]: must be a list of onset, duration, pitch and velocity"),
        (b" " * (LARGEST + 1), "a file must have at most 4194304 bytes, got 4194305; cut the piece into parts"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_wrong_is_refused_in_one_line_with_its_place(data: bytes | str, words: str) -> None:
    assert (refusal(data) or "read").startswith(words)


@pytest.mark.parametrize("hostile", ["[],", '"",', "{},", "[[", '{"a":', "0,"])
def test_a_flood_is_refused(hostile: str) -> None:
    assert refusal('{"voices": [' + hostile * (LARGEST // len(hostile) - 10) + "0]}") is not None


def test_a_mutated_file_is_read_or_refused_in_one_line() -> None:
    """3000 mutations of one to four bytes, seeded."""
    rng = random.Random(7)
    letters = b'0123456789.-eE"[]{},:tfnu\\ \xff\x00'
    readings = 0
    for _ in range(3000):
        data = bytearray(json(Phrase.parse(TUNE)))
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(3)] = bytes(rng.choices(letters, k=rng.randrange(3)))
        readings += refusal(bytes(data)) is None
    assert readings > 30
