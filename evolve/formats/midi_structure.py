"""The bytes of a MIDI file, checked and tidied before mido is handed them.

mido believes what a file says of its own lengths and counts, loses the delta time before a meta event that
it does not know, and raises six kinds of exception.  So every chunk, event and delta time is walked first:
what is broken is refused with its byte offset, and what comes out is a plain file of the events that a
phrase needs, with the time of all others added to the next one.  The format is that of the Standard MIDI
File 1.0 (MIDI Manufacturers Association, RP-001, 1996).

Let pass, since files in the wild have it: an RIFF (RMID) wrapper; headers and metas longer than they must
be; chunks of other names; more tracks than announced; bytes after the last track; a track without its end;
running status across system exclusive, F7 escape and meta events; a second data byte above 127 (mido clips it).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from evolve.text import safe_text
from fitness.phrase import MAX_TICKS
from fitness.theory import QUARTER

MOST_CHUNKS = 2000
# Events of a file that are read; together they take mido and us under a second on a slow core.  A long symphonic
# movement has 30,000 notes; the other events (controllers, bends, exclusive) are only walked over.
MOST = {"notes": 32_000, "ends of notes": 32_000, "changes and texts": 5_000, "other events": 200_000}
LONGEST_TEXT = 320  # bytes of a track name: 80 characters of UTF-8

END_OF_TRACK, TEMPO, NAME = b"\xff\x2f\x00", b"\xff\x51", b"\xff\x03"
TEXTS = (b"evophrase", b"key ", b"metre ", b"pickup ")  # how the text events begin that the reader knows
MARKER = b"phrase end"
_AGAIN = "save it again from the program that made it"


def tidied(data: bytes) -> bytes:
    """The same music as a file that mido reads safely; ValueError in one line for what is broken."""
    head = 20 if data[:4] == b"RIFF" and data[8:16] == b"RMIDdata" else 0
    length = int.from_bytes(data[head + 4 : head + 8], "big")
    at = head + 8 + length
    if data[head : head + 4] != b"MThd":
        raise _wrong(head, "a MIDI file must begin with 'MThd'", "choose a Standard MIDI File")
    if length < 6 or at > len(data):
        raise _wrong(head + 4, f"the header must be 6 bytes that are there, got a length of {length}", _AGAIN)
    kind, count, division = (int.from_bytes(data[head + i : head + i + 2], "big") for i in (8, 10, 12))
    smpte = division >= 0x8000
    if kind > 2:
        raise _wrong(head + 8, f"the type must be 0, 1 or 2, got {kind}", _AGAIN)
    if division == 0 or (smpte and (256 - (division >> 8) not in (24, 25, 29, 30) or division & 0xFF == 0)):
        raise _wrong(head + 12, f"the division must be ticks a quarter or SMPTE frames, got {division}", _AGAIN)
    walk = _Walk(data, math.inf if smpte else MAX_TICKS // QUARTER * division)
    tracks: list[bytes] = []
    for _ in range(MOST_CHUNKS):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if not name or (len(tracks) >= count and name != b"MTrk"):
            break
        end = at + 8 + length
        if end > len(data) or len(data) - at < 8:
            there = max(0, len(data) - at - 8)
            raise _wrong(at, f"a chunk must hold the {length} bytes it announces, got {there}", _AGAIN)
        if name == b"MTrk":
            tracks.append(walk.track(at + 8, end))
        at = end
    else:
        raise _wrong(at, f"a file must have at most {MOST_CHUNKS} chunks, got more", "merge its tracks")
    if len(tracks) < count:
        raise _wrong(head + 10, f"the number of tracks must be {len(tracks)}, which follow, got {count}", _AGAIN)
    header = b"".join(number.to_bytes(2, "big") for number in (kind, len(tracks), division))
    return b"".join(
        name + len(body).to_bytes(4, "big") + body
        for name, body in ((b"MThd", header), *((b"MTrk", t) for t in tracks))
    )


def _wrong(at: int, what: str, mend: str) -> ValueError:
    return ValueError(f"byte {at}: {what}; {mend}")


@dataclass
class _Walk:
    """One pass over the tracks; `latest` is the file tick after which nothing may sound."""

    data: bytes
    latest: float
    counts: Counter[str] = field(default_factory=Counter)

    def track(self, at: int, end: int) -> bytes:
        """The events of one track that are kept, from byte `at` to before `end`."""
        data, out = self.data, bytearray()
        tick = waiting = status = 0
        once: set[bytes] = set()  # the first tempo and name of a track are its own
        while at < end:
            begin = at
            delta, at = self.number(at, end)
            tick += delta
            waiting += delta
            if at == end:
                raise _wrong(begin, "an event must follow its delta time within the track, got none", _AGAIN)
            if data[at] >= 0xF0:
                kept, at = self.special(at, end)
            else:
                if data[at] >= 0x80:
                    status, at = data[at], at + 1
                width = 1 if 0xC0 <= status < 0xE0 else 2
                if not status or at + width > end or data[at] >= 0x80:
                    what = "a status" if not status else f"{width} data bytes below 128"
                    raise _wrong(begin, f"an event must have {what} within its track, got none", _AGAIN)
                kept = bytes((status, *data[at : at + width])) if status < 0xA0 or 0xC0 <= status < 0xD0 else b""
                at += width
                if kept and tick > self.latest:
                    most = f"at most {MAX_TICKS // QUARTER} quarters"
                    raise _wrong(begin, f"a piece must last {most}, got a note or program after", "cut the silence")
            if kept[:2] in (TEMPO, NAME):
                kept, once = kept * (kept[:2] not in once), once | {kept[:2]}
            self.count(begin, kept)
            if kept == END_OF_TRACK:
                break
            if kept:
                out += _variable(waiting) + kept
                waiting = 0
        return bytes(out + _variable(waiting) + END_OF_TRACK)

    def count(self, at: int, kept: bytes) -> None:
        """Refuse floods."""
        if not kept:
            kind = "other events"
        elif kept[0] >= 0xC0:
            kind = "changes and texts"
        else:
            kind = "notes" if kept[0] >= 0x90 and kept[2] else "ends of notes"
        self.counts[kind] += 1
        if self.counts[kind] > MOST[kind]:
            raise _wrong(at, f"a file must have at most {MOST[kind]} {kind}, got more", "cut the piece into parts")

    def number(self, at: int, end: int) -> tuple[int, int]:
        """A variable-length number and the byte after it."""
        value = 0
        for here in range(at, min(at + 4, end)):
            byte = self.data[here]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, here + 1
        raise _wrong(at, "a delta time or length must end after at most 4 bytes and within its track", _AGAIN)

    def special(self, at: int, end: int) -> tuple[bytes, int]:
        """A system exclusive, F7 escape or meta event: what is kept of it, and the byte after it."""
        status = self.data[at]
        meta = status == 0xFF
        if status not in (0xF0, 0xF7, 0xFF) or (meta and at + 1 >= end):
            raise _wrong(at, f"an event must be a channel, sysex or meta event, got 0x{status:02X}", _AGAIN)
        length, start = self.number(at + 1 + meta, end)
        if start + length > end:
            raise _wrong(at, f"an event of {length} bytes must end within its track, got {end - start} bytes", _AGAIN)
        if not meta:
            return b"", start + length
        kind = self.data[at + 1]
        if length < {0x51: 3, 0x58: 2, 0x59: 2}.get(kind, 0):
            what = {0x51: "a tempo", 0x58: "a time signature", 0x59: "a key signature"}[kind]
            raise _wrong(at, f"{what} must have its 2 or 3 bytes, got {length}", _AGAIN)
        return _meta(kind, self.data[start : start + min(length, LONGEST_TEXT + 1)]), start + length


def _meta(kind: int, payload: bytes) -> bytes:
    """A meta event as mido can read it, or nothing where the reader has no use for it."""
    match kind:
        case 0x2F:
            return END_OF_TRACK
        case 0x01 if payload.startswith(TEXTS):
            payload = payload[:100]
        case 0x03 if payload:
            if len(payload) > LONGEST_TEXT:
                cut = LONGEST_TEXT
                while cut and payload[cut] & 0xC0 == 0x80:  # not within a character of UTF-8
                    cut -= 1
                payload = payload[:cut]
        case 0x06 if payload == MARKER:
            pass
        case 0x51 if any(payload[:3]):
            payload = payload[:3]
        case 0x58 if payload[0] and payload[1] <= 6:  # down to 64ths
            payload = payload[:2] + b"\x18\x08"
        case 0x59 if payload[1] <= 1 and (payload[0] + 7) % 256 <= 14:  # 7 flats to 7 sharps
            payload = payload[:2]
        case _:
            return b""
    return bytes((0xFF, kind)) + _variable(len(payload)) + payload


def _variable(number: int) -> bytes:
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))


def decoded(text: str) -> str:
    r"""A text in whatever encoding, made safe; mido has read its bytes as Latin-1.

    >>> decoded("Fl\u00c3\u00b6te"), decoded("Fl\u00f6te")  # written as UTF-8, as Latin-1
    ('Flöte', 'Flöte')
    """
    raw = text.encode("latin-1")
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "cp1252"):
        try:
            return safe_text(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return safe_text(text)
