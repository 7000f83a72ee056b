"""Standard MIDI Files: a phrase as a type 1 file, and files of anyone's making as phrases.

Written: one conductor track, then a track a voice, 480 ticks to the quarter.  What MIDI cannot say stands
beside its nearest MIDI event as a text event at the same tick, and is honoured when read: `key D dorian`,
`metre 3+2+2/8`, `pickup 24`; phrase ends are markers `phrase end`, the last of them at the phrase's length.
A pick-up is written as notation programs write it, as a first metre of its own length (1/4 before 3/4); where
no metre has that length (a triplet) the true metre stands at 0 and again at the first barline.

Read: types 0, 1 and 2.  Each track with notes becomes a voice; where only one track has notes, each of its
channels does.  The tracks of a type 2 file sound together, and one chosen alone keeps its own tempo, metre and
key.  Times are rounded to 24 ticks a quarter; a note that would vanish lasts one tick.  A note without end
lasts to the next onset on its channel; of two that overlap on one pitch, the first end ends the first.  Voices
are top lines: of notes that begin together the highest, and a lower one that begins under a sounding note
only if it sounds on alone for half its length or more; a note is cut where the next begins.  The percussion
channel is not read.  Silence after the last note counts up to the barline.  SMPTE times become quarters at
the first tempo.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Annotated, TypeVar

import mido  # type: ignore[import-untyped]

from evolve.formats.format import file_format
from evolve.formats.midi_structure import MARKER, tidied
from evolve.text import safe_text
from fitness.catalogue import Between, near_miss
from fitness.phrase import C_MAJOR, COMMON_TIME, MAX_TICKS, Note, Phrase, Voice
from fitness.theory import QUARTER, SCALES, Key, Metre

T = TypeVar("T", Key, Metre)

FINE = 20  # ticks of the file for one of ours: 480 to the quarter, which every program knows
PERCUSSION = 9  # channel 10, counted from 0
CHANNELS = tuple(channel for channel in range(16) if channel != PERCUSSION)
USUAL_TEMPO = 500_000  # microseconds a quarter where a file gives none (RP-001)
USUAL_KEY_NAMES = {
    "major": ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"),
    "minor": ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#"),
}  # tonics of the key signatures of 7 flats to 7 sharps


@dataclass(frozen=True)
class Reading:
    """What was read: the phrase, and what it does not tell of the file.

    `tempo_bpm` is the first tempo, in quarters; `largest_shift` the farthest that a beginning or end of a note
    was moved, in ticks of 1/24 quarter; `dropped` the number of notes left out below the top lines; `tracks` the
    names of all tracks that may be chosen.
    """

    phrase: Phrase
    tempo_bpm: float
    largest_shift: float
    dropped: int
    tracks: tuple[str, ...]


@file_format(suffixes=(".mid", ".midi"), read=lambda data, *, track=None: from_bytes(data, track=track))
def mid(phrase: Phrase, *, tempo_bpm: Annotated[float, Between(10.0, 400.0)] = 96.0) -> bytes:
    """A Standard MIDI File, type 1, that reads back as the same phrase.

    `tempo_bpm` in quarters a minute.
    """
    return to_bytes(phrase, tempo_bpm=tempo_bpm)


def from_bytes(data: bytes, *, track: int | str | None = None) -> Phrase:
    """The phrase in a MIDI file; see `read`."""
    return read(data, track=track).phrase


# Writing


def to_bytes(phrase: Phrase, *, tempo_bpm: float = 96.0) -> bytes:
    """The phrase as a type 1 file; the same phrase gives the same bytes.

    >>> from_bytes(to_bytes(Phrase.parse("D dorian 3/4: D4 E4 F4"))) == Phrase.parse("D dorian 3/4: D4 E4 F4")
    True
    """
    if not 10 <= tempo_bpm <= 400:
        raise ValueError(f"midi: tempo_bpm must be 10 to 400, got {tempo_bpm}; choose one of them")
    latest = max(phrase.keys[-1][0], phrase.metres[-1][0])
    if latest > MAX_TICKS:
        raise ValueError(
            f"midi: changes of key and metre must come before tick {MAX_TICKS}, got {latest}; leave it out"
        )
    file = mido.MidiFile(type=1, ticks_per_beat=FINE * QUARTER)
    file.tracks.append(_track(_conductor(phrase, tempo_bpm), max(phrase.length, latest, phrase.pickup)))
    for index, voice in enumerate(phrase.voices):
        file.tracks.append(_track(_performed(voice, CHANNELS[index % len(CHANNELS)]), phrase.length))
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _track(events: Iterable[tuple[int, mido.Message]], end: int) -> mido.MidiTrack:
    """Messages at ticks as a track."""
    track, before = mido.MidiTrack(), 0
    for tick, message in (*sorted(events, key=lambda event: event[0]), (end, mido.MetaMessage("end_of_track"))):
        track.append(message.copy(time=FINE * (tick - before)))
        before = tick
    return track


def _conductor(phrase: Phrase, tempo_bpm: float) -> Iterator[tuple[int, mido.MetaMessage]]:
    yield 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_bpm))
    yield 0, _text("evophrase")
    yield 0, _text(f"pickup {phrase.pickup}")
    pickup, metre_there = phrase.pickup, phrase.metres[0][1]
    before: Key | Metre | None = None
    for tick, metre in phrase.metres:
        shown = _pickup_metre(metre, pickup) if tick == 0 and pickup else metre
        if Metre.parse(f"{shown.count}/{shown.unit}") != metre or metre == before:
            yield tick, _text(f"metre {metre}")
        yield tick, _time_signature(shown)
        metre_there = metre if tick <= pickup else metre_there
        before = metre
    if pickup and pickup not in dict(phrase.metres):
        yield pickup, _time_signature(metre_there)
    before = None
    for tick, key in phrase.keys:
        shown_key = _signature(key)
        if shown_key != key or key == before:
            yield tick, _text(f"key {key}")
        yield tick, mido.MetaMessage("key_signature", key=shown_key.tonic + "m" * (shown_key.mode == "minor"))
        before = key
    for tick in phrase.ends:
        yield tick, mido.MetaMessage("marker", text=MARKER.decode())


def _performed(voice: Voice, channel: int) -> Iterator[tuple[int, mido.Message]]:
    name = safe_text(voice.name)
    if name:
        yield 0, mido.MetaMessage("track_name", name=name.encode().decode("latin-1"))
    yield 0, mido.Message("program_change", channel=channel, program=voice.program)
    for note in voice.notes:
        yield note.onset, mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        yield note.end, mido.Message("note_off", channel=channel, note=note.pitch)


def _text(text: str) -> mido.MetaMessage:
    return mido.MetaMessage("text", text=text)


def _time_signature(metre: Metre) -> mido.MetaMessage:
    clocks = min(metre.beat, 255)  # a MIDI clock is a 24th of a quarter, as our tick is
    return mido.MetaMessage("time_signature", numerator=metre.count, denominator=metre.unit, clocks_per_click=clocks)


def _pickup_metre(metre: Metre, pickup: int) -> Metre:
    """The metre with one bar of the pick-up's length, or the metre itself where there is none."""
    for unit in (metre.unit, 4, 8, 16):
        if pickup % (4 * QUARTER // unit) == 0:
            return Metre.parse(f"{pickup * unit // (4 * QUARTER)}/{unit}")
    return metre


def _signature(key: Key) -> Key:
    """The major or minor key whose signature is nearest: that of the mode, on at most seven sharps or flats."""
    mode = "minor" if SCALES[key.mode][2:3] == (3,) else "major"
    fifths = key.fifths
    while abs(fifths) > 7:
        fifths -= 12 if fifths > 0 else -12
    return Key(USUAL_KEY_NAMES[mode][fifths + 7], mode)
