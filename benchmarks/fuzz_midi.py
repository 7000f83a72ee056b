"""Mutate MIDI files and read them: `python benchmarks/fuzz_midi.py [--quick] [--json] [--seed N]`.

A mutation is one to six random edits of a file written by us or of an odd one.  Crafted bombs are read beside
them.  What is measured: exceptions other than a one-line ValueError, the slowest reading (wall time; of a bomb
the fastest of three, which is what the file costs and not what else the machine did), the peak memory of the
whole process.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import argparse
import random
import time
from collections.abc import Iterator

from benchmarks.table import Row, as_json, as_table
from evolve.formats.midi import from_bytes, to_bytes
from evolve.formats.midi_structure import MOST
from fitness.phrase import Phrase

MUTATIONS, QUICK = 1_000_000, 20_000
WORST_SECONDS, MOST_MEGABYTES = 1.0, 200.0
INTERESTING = (b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\xff\x2f\x00",
               b"\xf0\xff\xff\xff\x7f", b"\xff\x51\x03\x00\x00\x00", b"\xff\x58\x04\x00\x00\x00\x00",
               b"\xff\x03\x04\xff\xfe\x00\xd8", b"\xff\x01\x0akey A minor", b"MTrk", b"\xc0\x05",
               b"\xf7\x01\xf8")  # fmt: skip
TUNES = (
    "G major 3/4 pickup=24: <flute@73> D4 | G4*2 A4!96 | B4*3 ' ; <cello@42> r | G2*3 | G3*3",
    "D dorian 3+2+2/8: D4/2 E4/2 F4/2 G4 [A minor] A4 | [4/4] A4*4 | r*2 A4/3 G4/3 F4/3 E4",
    "C major 4/4: C4 D4 E4 F4 | G4*4 ; E3*4 | E3*4 ; C3*4 | C3*4 ; C2*4 | C2*4",
)


def chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "big") + body


def header(kind: int = 1, tracks: int = 1, division: int = 24) -> bytes:
    return chunk(b"MThd", b"".join(number.to_bytes(2, "big") for number in (kind, tracks, division)))


ODD = (
    # type 0, two channels, running status, velocity-0 ends
    header(0) + chunk(b"MTrk", bytes.fromhex("00 90 3c 40 18 3c 00 00 91 40 40 18 40 00 00 ff 2f 00")),
    # SMPTE: 25 frames of 40 ticks; sysex, F7 escape, a title in Latin-1
    header(1, 1, 0xE728)
    + chunk(b"MTrk", bytes.fromhex("00 ff 03 03 46 6c f6 00 f0 02 43 f7 00 f7 01 f8 00 90 3c 40 83 74 80 3c 40")),
    # type 2 with an alien chunk between its tracks
    header(2, 2)
    + chunk(b"MTrk", bytes.fromhex("00 90 3c 40 18 80 3c 40 00 ff 2f 00"))
    + chunk(b"XFIH", b"\x00\x01\x02")
    + chunk(b"MTrk", bytes.fromhex("00 c1 05 00 91 40 40 18 81 40 40 00 ff 2f 00")),
)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Small or plain files that are meant to hang a reader or to fill its memory."""
    note = bytes.fromhex("00 90 3c 40 18 80 3c 40")
    most = MOST["notes"]  # the slowest files are those that are only just read
    yield "65,535 tracks claimed", header(1, 0xFFFF) + chunk(b"MTrk", note)
    yield "65,535 tracks there", header(1, 0xFFFF) + chunk(b"MTrk", note) * 0xFFFF
    yield "4 GB track claimed", header() + b"MTrk\xff\xff\xff\xff" + note
    yield "sysex without end", header() + chunk(b"MTrk", b"\x00\xf0\xff\xff\xff\x7f" + b"\x00" * 1_000_000)
    yield "delta time of 4 MB", header() + chunk(b"MTrk", b"\xff" * 4_000_000 + note)
    yield "latest delta times", header(1, 1, 1) + chunk(b"MTrk", b"\xff\xff\xff\x7f\x90\x3c\x40" * 1000)
    yield "8 million notes", header() + chunk(b"MTrk", note * 1_000_000)
    yield "notes without ends", header(1, 1, 32767) + chunk(b"MTrk", b"\x01\x90\x3c\x40" * most)
    yield (
        f"one chord of {most:,} notes",
        header() + chunk(b"MTrk", b"\x00\x90\x3c\x40" * most + b"\x18\x80\x3c\x40" * most),
    )
    yield f"{most:,} notes", header() + chunk(b"MTrk", bytes.fromhex("01 90 3c 40 01 80 3c 40") * most)
    yield "100,000 names", header() + chunk(b"MTrk", (b"\x00\xff\x03\x7f" + b"a" * 127) * 100_000)
    yield "4,900 keys", header() + chunk(b"MTrk", b"\x01\xff\x59\x02\x01\x00\x01\xff\x59\x02\x02\x00" * 2450 + note)
    yield "4,900 key texts", header() + chunk(b"MTrk", b"\x01\xff\x01\x0bkey Q minor" * 4900 + note)
    metres = b"\x01\xff\x58\x04\x01\x04\x18\x08\x01\xff\x58\x04\x02\x04\x18\x08"
    yield "4,900 metres", header() + chunk(b"MTrk", metres * 2450 + note)
    yield "99,000 metres", header() + chunk(b"MTrk", metres * 49_000 + note)
    yield "2 million alien chunks", header() + chunk(b"MTrk", note) + b"XXXX\x00\x00\x00\x00" * 2_000_000
    yield "200,000 bends", header() + chunk(b"MTrk", b"\x00\xe0\x00\x00" * 199_000 + note)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The file after one to six edits; half of them within one track whose length is then put right."""
    if rng.random() < 0.5:
        return edited(data, rng)
    head, *tracks = data.split(b"MTrk")
    which = rng.randrange(len(tracks))
    body = edited(tracks[which][4:], rng)
    tracks[which] = len(body).to_bytes(4, "big") + body
    return b"MTrk".join((head, *tracks))


def edited(data: bytes, rng: random.Random) -> bytes:
    """The bytes after one to six edits: bits, bytes, lengths, cuts, doublings."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(out) + 1)
        until = min(len(out), at + rng.choice((1, 2, 4, 16)))
        match rng.randrange(7):
            case 0 if at < len(out):
                out[at] ^= 1 << rng.randrange(8)
            case 1 if at < len(out):
                out[at] = rng.randrange(256)
            case 2:
                out[at:at] = rng.randbytes(rng.randint(1, 8))
            case 3:
                del out[at:until]
            case 4:
                out[at:at] = out[at:until]
            case 5:
                special = rng.choice(INTERESTING)
                out[at : at + len(special) * rng.randrange(2)] = special
            case 6 if rng.random() < 0.3:
                del out[at:]
    return bytes(out)


def fuzz(mutations: int, seed: int) -> dict[str, float]:
    """Read that many mutations and all bombs; what happened."""
    rng = random.Random(seed)
    files = [to_bytes(Phrase.parse(tune)) for tune in TUNES] + list(ODD)
    found = {"mutations": mutations, "refused": 0, "read": 0, "wrong": 0, "worst": 0.0, "worst_bomb": 0.0}

    def measured(data: bytes) -> float:
        begin = time.perf_counter()
        try:
            from_bytes(data)
            found["read"] += 1
        except ValueError as error:
            found["refused"] += 1
            found["wrong"] += type(error) is not ValueError or len(str(error).splitlines()) != 1
        except Exception:
            found["wrong"] += 1
            print(f"not a ValueError: {data[:4000].hex(' ')}", file=sys.stderr)
        return time.perf_counter() - begin

    for name, data in bombs():
        seconds = min(measured(data) for _ in range(3))
        found["worst_bomb"] = max(found["worst_bomb"], seconds)
        if seconds > WORST_SECONDS:
            print(f"slow: {name}, {seconds:.2f} s", file=sys.stderr)
    for _ in range(mutations):
        found["worst"] = max(found["worst"], measured(mutated(rng.choice(files), rng)))
    found["megabytes"] = peak_megabytes()
    return found


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    import resource  # not on Windows, where the tests import `mutated` only

    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def rows(found: dict[str, float]) -> list[Row]:
    """The figures with the targets of promises 1 to 3 on reliability."""
    return [
        Row("R3", "mutated MIDI files", found["mutations"]),
        Row("R3", "  readings of files and bombs that were refused", found["refused"]),
        Row("R3", "  readings that succeeded", found["read"]),
        Row("R2", "exceptions other than a ValueError of one line", found["wrong"], "<= 0"),
        Row("R3", "slowest reading of a mutated file, s", found["worst"], f"<= {WORST_SECONDS}"),
        Row("R1", "slowest reading of a bomb, s", found["worst_bomb"], f"<= {WORST_SECONDS}"),
        Row("R1", "peak memory of the process, MB", found["megabytes"], f"<= {MOST_MEGABYTES}"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} mutations instead of {MUTATIONS:,}")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found = rows(fuzz(QUICK if asked.quick else MUTATIONS, asked.seed))
    print(as_json(found) if asked.json else as_table(found))
    return int(any(row.met is False for row in found))


if __name__ == "__main__":
    sys.exit(main())
