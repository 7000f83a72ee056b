"""Standard MIDI Files: a phrase as a type 1 file, and files of anyone's making as phrases.

Written: one conductor track, then a track a voice, 480 ticks to the quarter.  What MIDI cannot say stands
beside its nearest MIDI event as a text at the same tick, and is honoured when read: `key D dorian`,
`metre 3+2+2/8`, `pickup 24`; phrase ends are markers `phrase end`, the last of them at the phrase's length.
A pick-up is written as notation programs write it, as a first metre of its own length (1/4 before 3/4); where
no metre has that length (a triplet) the true metre stands at 0 and again at the first barline.

Read: types 0, 1 and 2.  Each track with notes becomes a voice; where only one track has notes, each of its
channels does.  The tracks of a type 2 file sound together, and one chosen alone keeps its own tempo, metre and
key.  Times are rounded to 24 ticks a quarter, voices are top lines (see midi_lines), the percussion channel is
not read, SMPTE times become quarters at the first tempo.  A broken or hostile file is refused before anything
is built from it (see midi_structure).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

import mido

from evolve.formats.format import file_format, place_of
from evolve.formats.midi_lines import Sounded, Struck, rounded, tick_length, top_line
from evolve.formats.midi_setting import OURS, PHRASE_END, Event, framed, metres_of, stated
from evolve.formats.midi_structure import decoded, tidied
from evolve.text import safe_text
from fitness.catalogue import Between
from fitness.phrase import Phrase, Voice
from fitness.theory import QUARTER, Key, Metre

FINE = 20  # ticks of the file for one of ours: 480 to the quarter, which every program knows
PERCUSSION = 9  # channel 10, counted from 0
CHANNELS = tuple(channel for channel in range(16) if channel != PERCUSSION)
USUAL_TEMPO = 500_000  # microseconds a quarter where a file gives none (RP-001)


# Reading


@dataclass(frozen=True)
class Reading:
    """What was read: the phrase, and what it does not tell of the file.

    `tempo_bpm` is the first tempo, in quarters; `largest_shift` the farthest that a beginning or end of a note
    was moved, in ticks of 1/24 quarter; `dropped` the number of notes left out below the top lines; `tracks` the
    names of all tracks that may be chosen; `has_key` whether the file states a key.
    """

    phrase: Phrase
    tempo_bpm: float
    largest_shift: float
    dropped: int
    tracks: tuple[str, ...]
    has_key: bool

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was changed in reading, in words."""
        moved = f"notes were moved to the grid by up to {self.largest_shift:.2g} of {QUARTER} ticks a quarter"
        left_out = f"{self.dropped} notes below the top line were left out"
        return (*([moved] if self.largest_shift else []), *([left_out] if self.dropped else []))


def from_bytes(data: bytes, *, track: int | str | None = None) -> Phrase:
    """The phrase in a MIDI file; see `read`."""
    return read(data, track=track).phrase


def read(data: bytes, *, track: int | str | None = None) -> Reading:
    """Read a MIDI file; `track` is a number from 1 among the tracks that may be chosen, or a name.

    ValueError in one line for what is broken, for a file without notes, and for a track that is not there.
    """
    file = mido.MidiFile(file=io.BytesIO(tidied(data)), clip=True)
    parts = [_part(messages) for messages in file.tracks]
    lines = _lines(parts)
    chosen = lines if track is None else [lines[place_of(track, [line.name for line in lines], "track")]]
    heard = [line.part for line in chosen] if file.type == 2 and track is not None else parts
    tempo = min((part.tempo for part in heard if part.tempo), default=(0, USUAL_TEMPO), key=lambda found: found[0])[1]
    scale = tick_length(file.ticks_per_beat, tempo)
    programs = {channel: program for part in reversed(parts) for channel, program in part.programs.items()}
    voices, dropped, shift = [], 0, 0.0
    for line in chosen:
        notes, below, moved = top_line(line.notes, scale)
        voices.append(Voice(notes, line.name, line.part.programs.get(line.channel, programs.get(line.channel, 0))))
        dropped, shift = dropped + below, max(shift, moved)
    events = sorted((event for part in heard for event in part.events), key=lambda event: event[0])
    end = rounded(max(part.end for part in heard), scale)
    phrase = framed(tuple(voices), [(rounded(tick, scale), event) for tick, event in events], end)
    stated_key = any(isinstance(event, Key) or str(event).startswith("key ") for _, event in events)
    names = tuple(line.name for line in lines)
    return Reading(phrase, round(mido.tempo2bpm(tempo), 3), shift, dropped, names, stated_key)


@dataclass
class _Part:
    """A track of the file, in its own ticks; notes and programs by channel."""

    name: str = ""
    notes: dict[int, list[Sounded]] = field(default_factory=dict)
    programs: dict[int, int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    tempo: tuple[int, int] | None = None
    end: int = 0


class _Line(NamedTuple):
    """What may be chosen as a voice."""

    name: str
    part: _Part
    channel: int
    notes: list[Sounded]


def _part(messages: Iterable[mido.Message]) -> _Part:
    part, struck = _Part(), Struck()
    for message in messages:
        part.end += message.time
        match message.type:
            case "note_on" if message.velocity:
                struck.begin(part.end, message.channel, message.note, message.velocity)
            case "note_on" | "note_off":
                struck.end(part.end, message.channel, message.note)
            case "program_change":
                if message.channel not in part.programs or message.channel not in struck.begun:
                    part.programs[message.channel] = message.program
            case "track_name":
                part.name = part.name or decoded(message.name)
            case "set_tempo":
                part.tempo = part.tempo or (part.end, message.tempo)
            case "key_signature":
                mode = "minor" if message.key.endswith("m") else "major"
                part.events.append((part.end, Key(message.key.removesuffix("m"), mode)))
            case "time_signature":
                part.events.extend((part.end, metre) for metre in metres_of(message.numerator, message.denominator))
            case "marker" | "text":
                part.events.append((part.end, message.text))
    part.notes = struck.notes(part.end)
    return part


def _lines(parts: list[_Part]) -> list[_Line]:
    """The tracks with notes, or the channels where only one has; of our own files the silent ones too."""
    if len(parts) > 1 and not parts[0].notes and (0, OURS) in parts[0].events:
        return [_line(part, part.name) for part in parts[1:]]
    sounding = [part for part in parts if part.notes.keys() - {PERCUSSION}]
    if not sounding:
        got = "only percussion (channel 10)" if any(part.notes for part in parts) else "none"
        raise ValueError(f"a file must hold notes with a pitch, got {got}; choose another file")
    channels = sorted(sounding[0].notes.keys() - {PERCUSSION})
    if len(sounding) > 1 or len(channels) == 1:
        return [_line(part, part.name.strip()) for part in sounding]
    return [_Line(f"channel {channel + 1}", sounding[0], channel, sounding[0].notes[channel]) for channel in channels]


def _line(part: _Part, name: str) -> _Line:
    """All of a track but percussion; its lowest channel gives the instrument."""
    channels = sorted(part.notes.keys() - {PERCUSSION})
    notes = [note for channel in channels for note in part.notes[channel]]
    return _Line(name, part, (channels or sorted(part.programs) or [0])[0], notes)


# Writing


def to_bytes(phrase: Phrase, *, tempo_bpm: float = 96.0) -> bytes:
    """The phrase as a type 1 file; the same phrase gives the same bytes.

    >>> from_bytes(to_bytes(Phrase.parse("D dorian 3/4: D4 E4 F4"))) == Phrase.parse("D dorian 3/4: D4 E4 F4")
    True
    """
    if not 10 <= tempo_bpm <= 400:
        raise ValueError(f"midi: tempo_bpm must be 10 to 400, got {tempo_bpm}; choose one of these")
    conductor = list(stated(phrase))
    latest = max(tick for tick, _ in conductor)  # a first barline may lie after a phrase that is all pick-up
    tempo = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_bpm))
    file = mido.MidiFile(type=1, ticks_per_beat=FINE * QUARTER)
    file.tracks.append(_track([(0, tempo), *((tick, _meta(event)) for tick, event in conductor)], latest))
    for index, voice in enumerate(phrase.voices):
        file.tracks.append(_track(_performed(voice, CHANNELS[index % len(CHANNELS)]), phrase.length))
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _track(messages: Iterable[tuple[int, mido.Message]], end: int) -> mido.MidiTrack:
    """Messages at our ticks as a track that ends at tick `end`."""
    track, before = mido.MidiTrack(), 0
    for tick, message in (*sorted(messages, key=lambda each: each[0]), (end, mido.MetaMessage("end_of_track"))):
        track.append(message.copy(time=FINE * (tick - before)))
        before = tick
    return track


def _meta(event: Key | Metre | str) -> mido.MetaMessage:
    match event:
        case Key():
            return mido.MetaMessage("key_signature", key=event.tonic + "m" * (event.mode == "minor"))
        case Metre():
            clocks = min(event.beat, 255)  # a MIDI clock is a 24th of a quarter, as our tick is
            return mido.MetaMessage(
                "time_signature", numerator=event.count, denominator=event.unit, clocks_per_click=clocks
            )
        case _:
            return mido.MetaMessage("marker" if event == PHRASE_END else "text", text=event)


def _performed(voice: Voice, channel: int) -> Iterator[tuple[int, mido.Message]]:
    name = safe_text(voice.name)
    if name:
        yield 0, mido.MetaMessage("track_name", name=name.encode().decode("latin-1"))
    yield 0, mido.Message("program_change", channel=channel, program=voice.program)
    for note in voice.notes:
        yield note.onset, mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        yield note.end, mido.Message("note_off", channel=channel, note=note.pitch)


@file_format(suffixes=(".mid", ".midi"), read=from_bytes, inspect=read)
def mid(phrase: Phrase, *, tempo_bpm: Annotated[float, Between(10.0, 400.0)] = 96.0) -> bytes:
    """A Standard MIDI File, type 1, that reads back as the same phrase.

    `tempo_bpm` is in quarters a minute.
    """
    return to_bytes(phrase, tempo_bpm=tempo_bpm)
