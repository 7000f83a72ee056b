"""Does `similar` find a tune that was changed?  `python benchmarks/retrieval.py SONGS.json [--quick] [--json]`.

SONGS.json is as `benchmarks/songs.py` reads it.  `--quick` takes the first 20 songs, or without a file a few
public-domain tunes, and fewer files to time.

Each song is changed, and the changed one is the query; all songs are searched, its own among them unchanged.
`ornamented`: three notes in ten become three, the note, a step of the scale above or below, and the note.
`transposed`: by 1 to 11 semitones, up or down.  `other metre`: bars of 3/4 become 4/4 by doubling what begins on the
first beat, bars of 4/4 become 3/4 by halving what begins in their second half; any other bar is stretched by half as
much again in its first half.  `lost upbeat`: without the first note, and the notes before the first barline.
`other ending`: the last half of the notes with other pitches of the scale.  `all of these`: one after the other.
`a quarter`: as many notes as a quarter of the song has, at least twelve, from somewhere in it.

Ornaments and endings are changed more than versions of a song usually are: what always succeeds tells nothing.

R@1: how often the song itself comes first; MAP: the mean of one over its rank.  Of equals the song comes last.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.songs import read
from benchmarks.table import Row, as_table
from evolve.formats.midi import to_bytes
from fitness.phrase import Note, Phrase, Voice
from fitness.resemblance import PARTS, resemblance
from fitness.tunes import Tunes
from tests.melodies import TUNES

Rng = np.random.Generator

ORNAMENTED, ENDING, FRAGMENT = 0.3, 0.5, 0.25  # shares of the notes
FEWEST = 12  # notes of a fragment
QUICK_SONGS, FILES, QUICK_FILES = 20, 1000, 50
MEASURES = ("hybrid", *PARTS)
COLD, WARM = "<= 5", "<= 0.5"  # seconds of CPU time for 1,000 files
NOTHING = "So few tunes prove that the script runs; their numbers mean nothing."


def ornamented(song: Phrase, rng: Rng) -> Phrase:
    notes: list[Note] = []
    for note in song.voices[0].notes:
        third = note.duration // 3
        if third and rng.random() < ORNAMENTED:
            step = song.keys[0][1].pitches(note.pitch - 3, note.pitch + 3)
            other = int(rng.choice([pitch for pitch in step if 0 < abs(pitch - note.pitch) <= 2] or [note.pitch + 1]))
            lengths = (third, third, note.duration - 2 * third)
            onsets = (note.onset, note.onset + third, note.onset + 2 * third)
            notes += map(Note, onsets, lengths, (note.pitch, other, note.pitch))
        else:
            notes.append(note)
    return _with(song, notes)


def transposed(song: Phrase, rng: Rng) -> Phrase:
    by = int(rng.choice([-1, 1]) * rng.integers(1, 12))
    return _with(song, [replace(note, pitch=note.pitch + by) for note in song.voices[0].notes])


def other_metre(song: Phrase, rng: Rng) -> Phrase:
    """Ticks of each bar moved by the same piecewise straight line."""
    bar = song.metres[0][1].bar
    places, targets = {
        72: ((0, 24, 72), (0, 48, 96)),
        96: ((0, 48, 96), (0, 48, 72)),
    }.get(bar, ((0, bar // 2, bar), (0, bar // 2 + bar // 4, bar + bar // 4)))

    def moved(tick: int) -> int:
        number, place = divmod(tick - song.pickup, bar)
        return round(number * targets[-1] + float(np.interp(place, places, targets)))

    begin = moved(0)
    ends = [(moved(note.onset) - begin, moved(note.end) - begin, note) for note in song.voices[0].notes]
    return _with(song, [replace(note, onset=onset, duration=max(1, end - onset)) for onset, end, note in ends])


def lost_upbeat(song: Phrase, rng: Rng) -> Phrase:
    notes = [note for note in song.voices[0].notes[1:] if note.onset >= song.pickup]
    return _with(song, [replace(note, onset=note.onset - notes[0].onset) for note in notes])


def other_ending(song: Phrase, rng: Rng) -> Phrase:
    notes = song.voices[0].notes
    first = len(notes) - round(ENDING * len(notes))
    pitches = [note.pitch for note in notes]
    scale = song.keys[0][1].pitches(min(pitches), max(pitches)) or tuple(pitches)
    changed = [replace(note, pitch=int(rng.choice(scale))) for note in notes[first:]]
    return _with(song, [*notes[:first], *changed])


def all_of_these(song: Phrase, rng: Rng) -> Phrase:
    for change in (ornamented, transposed, other_metre, lost_upbeat, other_ending):
        song = change(song, rng)
    return song


def a_quarter(song: Phrase, rng: Rng) -> Phrase:
    notes = song.voices[0].notes
    number = min(len(notes), max(FEWEST, round(FRAGMENT * len(notes))))
    first = int(rng.integers(0, len(notes) - number + 1))
    chosen = notes[first : first + number]
    return _with(song, [replace(note, onset=note.onset - chosen[0].onset) for note in chosen])


CHANGES: tuple[Callable[[Phrase, Rng], Phrase], ...] = (
    ornamented, transposed, other_metre, lost_upbeat, other_ending, all_of_these, a_quarter,
)  # fmt: skip


def _with(song: Phrase, notes: list[Note]) -> Phrase:
    """The song with other notes, cut where the next begins."""
    cut = [replace(a, duration=min(a.duration, b.onset - a.onset)) for a, b in pairwise(notes)]
    return Phrase((Voice((*cut, notes[-1])),), notes[-1].end, song.keys, song.metres, song.pickup)


def retrieval(songs: list[Phrase], seed: int) -> list[dict[str, Any]]:
    """A row for each change: R@1 and MAP of the hybrid and of each part alone."""
    alone = [Phrase((song.voices[0],), song.length, song.keys, song.metres, song.pickup) for song in songs]
    tunes = Tunes.of(*(song.voices[0] for song in alone))
    rows = []
    for number, change in enumerate(CHANGES):
        ranks: dict[str, list[int]] = {name: [] for name in MEASURES}
        for i, song in enumerate(alone):
            found = resemblance(Tunes.of(change(song, np.random.default_rng((seed, number, i))).voices[0]), tunes)
            for name in MEASURES:
                alike = getattr(found, name).round(9)
                ranks[name].append(int((alike >= alike[i]).sum()))
        rows.append({
            "change": change.__name__.replace("_", " "),
            "first": {name: float(np.mean(np.array(ranks[name]) == 1)) for name in MEASURES},
            "map": {name: float(np.mean(1 / np.array(ranks[name]))) for name in MEASURES},
        })  # fmt: skip
    return rows


def timed(number: int, seed: int) -> list[Row]:
    """Seconds of CPU time of the whole command on generated MIDI files: with no index, and with one."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "songs"
        folder.mkdir()
        for i in range(number):
            lengths = rng.choice((12, 24, 36, 48), 60)
            pitches = 60 + np.cumsum(rng.integers(-2, 3, 60))
            notes = map(Note, (np.cumsum(lengths) - lengths).tolist(), lengths.tolist(), pitches.tolist())
            phrase = Phrase((Voice(tuple(notes)),), int(lengths.sum()))
            (folder / f"{i:04d}.mid").write_bytes(to_bytes(phrase, tempo_bpm=96))
        words = [sys.executable, "-m", "evolve.cli", "similar", str(folder / "0000.mid"), str(folder), "--json"]
        root = str(Path(__file__).resolve().parent.parent)
        env = os.environ | {"XDG_CACHE_HOME": name, "PYTHONPATH": root}
        seconds = []
        for _ in range(2):
            before = os.times()
            subprocess.run(words, env=env, capture_output=True, check=True)
            after = os.times()
            seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
    full = number >= FILES
    return [
        Row("cold", f"similar in {number} files of 60 notes, no index: seconds", seconds[0], COLD if full else None),
        Row("warm", f"similar in {number} files of 60 notes, with index: seconds", seconds[1], WARM if full else None),
    ]


def as_text(rows: list[dict[str, Any]]) -> str:
    """Change, then R@1 and MAP of each measure."""
    head = f"{'':14} {'R@1':^{8 * len(MEASURES)}} {'MAP':^{8 * len(MEASURES)}}"
    lines = [head, f"{'change':14} " + " ".join("".join(f"{name:>8}" for name in MEASURES) for _ in range(2))]
    for row in rows:
        cells = ("".join(f"{row[key][name]:8.3f}" for name in MEASURES) for key in ("first", "map"))
        lines.append(f"{row['change']:14} {' '.join(cells)}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", nargs="?", type=Path, help="the file of the songs; not needed with --quick")
    parser.add_argument("--quick", action="store_true", help="few songs and files: a few seconds")
    parser.add_argument("--json", action="store_true", help="print a JSON document and nothing else")
    parser.add_argument("--first", type=int, default=1, help="the first song to take, from 1")
    parser.add_argument("--last", type=int, help="the last song to take")
    parser.add_argument("--seed", type=int, default=1, help="of the changes, from 0")
    asked = parser.parse_args()
    try:
        if asked.seed < 0 or asked.first < 1 or (asked.songs is None and not asked.quick):
            raise ValueError("name the file of the songs, or ask for --quick; --seed must be at least 0, --first 1")
        songs = (read(asked.songs) if asked.songs else list(TUNES.values()))[asked.first - 1 : asked.last]
        if len(songs) < 2:
            raise ValueError("--first and --last must leave at least two songs")
    except ValueError as error:
        print(f"retrieval.py: {error}", file=sys.stderr)
        return 2
    songs = songs[: QUICK_SONGS if asked.quick else None]
    rows, times = retrieval(songs, asked.seed), timed(QUICK_FILES if asked.quick else FILES, asked.seed)
    if asked.json:
        print(
            json.dumps({"retrieval": rows, "times": [{"id": row.id, "seconds": row.value} for row in times]}, indent=1)
        )
        return 0
    print(f"{len(songs)} songs, seed {asked.seed}", *[NOTHING] * (not asked.songs), as_text(rows), sep="\n\n")
    print("\n" + as_table(times))
    return 0


if __name__ == "__main__":
    sys.exit(main())
