"""How good is the ear?  `python benchmarks/ear.py SONGS.json [--quick] [--json] [--only styles,keys,retrieval,set]`.

SONGS.json is as `benchmarks/songs.py` reads it.  `--quick` hears a few public-domain tunes, or the first 60 songs.

`styles`: a style is measured from the first two thirds of the songs; its objective is to score the others higher than
null models of them (AUC: the chance that it does, ties half).  `keys`: how often the tonic that is found is the one the
file names.  `retrieval`: see `benchmarks/retrieval.py`; songs of the last third among all.  `set`: see
`benchmarks/passing_set.py` (not in the quick form, which has one of its own).  How well single rules and features tell
songs from nonsense: `benchmarks/criteria.py`; the other styles: `benchmarks/styles.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import subprocess
from collections.abc import Callable

from benchmarks.retrieval import as_text, retrieval
from benchmarks.songs import read
from benchmarks.styles import told_from_nulls
from benchmarks.table import Row, as_json, as_table
from evolve.melodies import melodies
from fitness.keys import find_key
from fitness.phrase import Phrase
from tests.melodies import TUNES

TARGETS = {"shuffled": ">= 0.97", "uniform": ">= 0.99", "walk": ">= 0.9"}
RIGHT = ">= 0.9"  # share of the tonics
PARTS = ("styles", "keys", "retrieval", "set")
QUICK_SONGS, TWINS = 60, 3
NOTHING = "So few tunes prove that the script runs; their numbers mean nothing."


def styles(songs: list[Phrase], quick: bool) -> list[Row]:
    found = told_from_nulls(songs)
    text = "AUC of the objective of a style, songs held out against {}"
    return [Row(name, text.format(name), auc, None if quick else TARGETS.get(name)) for name, auc in found.items()]


def keys(songs: list[Phrase], quick: bool) -> list[Row]:
    right = [find_key(song).pitch_class == song.keys[0][1].pitch_class for song in songs]
    return [Row("tonic", f"share of {len(songs)} songs whose tonic is found", sum(right) / len(right),
                None if quick else RIGHT)]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", nargs="?", type=Path, help="the file of the songs; not needed with --quick")
    parser.add_argument("--quick", action="store_true", help="few songs: a few seconds")
    parser.add_argument("--json", action="store_true", help="print the rows of styles and keys as a JSON list")
    parser.add_argument("--only", default=",".join(PARTS), help="some parts: styles,keys")
    asked = parser.parse_args()
    chosen = asked.only.split(",")
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}")
    if asked.songs is None and not asked.quick:
        parser.error("name the file of the songs, or ask for --quick")
    songs = read(asked.songs) if asked.songs else melodies(TUNES.values()) * TWINS
    songs = songs[: QUICK_SONGS if asked.quick else None]
    makers: dict[str, Callable[[list[Phrase], bool], list[Row]]] = {"styles": styles, "keys": keys}
    rows = [row for part, make in makers.items() if part in chosen for row in make(songs, asked.quick)]
    if asked.json:
        print(as_json(rows))
        return 0
    print(f"{len(songs)} songs", *[NOTHING] * (asked.songs is None), as_table(rows), sep="\n\n")
    if "retrieval" in chosen:
        held = songs[2 * len(songs) // 3 :] if asked.songs else melodies(TUNES.values())
        print("\n" + as_text(retrieval(held, 1)))
    if "set" in chosen and not asked.quick:
        print(flush=True)
        script = str(Path(__file__).with_name("passing_set.py"))
        return subprocess.run(
            [sys.executable, script, str(asked.songs), "--parts", "--held", "--melodies", "10"]
        ).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
