"""Measures the styles that come with evophrase: `python benchmarks/styles.py [--folk SONGS.json] [--hymn SOPRANOS.json]
[--jig] [--write] [--quick]`.

`--folk`: songs as `benchmarks/songs.py` reads them.  `--hymn`: chorale melodies, `[{"meter", "key_sharps",
"pickup_quarters", "notes": [[onset, duration, midi], ...], "fermata_onsets"}]`.  `--jig`: the jigs in 6/8 of Ryan's
Mammoth Collection (Boston, 1883) as music21 has them.  `--write` puts the styles into `fitness/styles/`; without it
they are only measured.  `--quick` measures a style of the tests' tunes, which proves that the script runs.

For each style: how many pieces and criteria there are, and how often a piece scores higher than a null model of one,
of the last third of the pieces by a style measured from the others (AUC).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.criteria import auc
from benchmarks.songs import read
from evolve.calibrate import FEWEST, calibrated, style_text
from evolve.criteria import objective_of
from evolve.melodies import melodies
from evolve.nulls import NULLS, null
from fitness.keys import key_correlations
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.style import Style
from fitness.theory import QUARTER, Key, Metre, key_of
from tests.melodies import TUNES

FOLDER = Path(__file__).resolve().parent.parent / "fitness" / "styles"
FITTED = 2 / 3  # of the pieces, by which the others are judged
NULLS_EACH = 4
ABC_MODES = {
    "m": "minor", "min": "minor", "dor": "dorian", "mix": "mixolydian", "lyd": "lydian", "phr": "phrygian",
}  # fmt: skip
ABOUT = {
    "folk_melody": (
        "German-language folk song: melodies of about eight bars in 4/4 or 3/4.",
        "300 traditional songs of the Essen collection (Schaffrath 1995, as shipped in music21); measured",
    ),
    "hymn": (
        "Lutheran chorale: a melody in quarters, a fermata at the end of each line.",
        "the soprano lines of ten four-part chorales of J. S. Bach; measured, and rough, for ten are few",
    ),
    "jig": (
        "Irish and American jig: a dance tune in 6/8, two strains of eight bars.",
        "the jigs in 6/8 of Ryan's Mammoth Collection (Boston, 1883), read through music21; measured",
    ),
}


def hymns(path: Path) -> list[Phrase]:
    """The chorale melodies of a file, a phrase to each fermata."""
    return [_hymn(raw) for raw in json.loads(path.read_text(encoding="utf-8"))]


def _hymn(raw: dict[str, Any]) -> Phrase:
    metre, late = Metre.parse(raw["meter"]), round(raw["pickup_quarters"] * QUARTER)
    notes = tuple(Note(round(on * QUARTER), round(lasts * QUARTER), p) for on, lasts, p in raw["notes"])
    whole = notes[-1].end
    closes = {round(on * QUARTER) for on in raw["fermata_onsets"]}
    ends = tuple(sorted({note.end for note in notes if note.onset in closes} | {whole}))
    piece = Phrase((Voice(notes),), whole, metres=((0, metre),), pickup=late, ends=ends)
    return in_signature(piece, raw["key_sharps"])


def in_signature(piece: Phrase, sharps: int) -> Phrase:
    """The piece in the major or the minor key of so many sharps, whichever its notes fit better."""
    major = sharps * 7 % 12
    minor = (major + 9) % 12
    fit = key_correlations(Phrases.of(piece))[:, 0]
    key = key_of(minor, "minor") if fit[12 + minor] > fit[major] else key_of(major, "major")
    return replace(piece, keys=((0, key),))


def jigs() -> list[Phrase]:
    """The jigs in 6/8, each strain once, with music21's corpus."""
    import music21  # an extra, and a second to import

    folder = Path(music21.__file__).parent / "corpus" / "ryansMammoth"
    texts = {file: file.read_text(encoding="latin-1") for file in sorted(folder.glob("*.abc"))}
    files = [f for f, text in texts.items() if "Jig" in f.stem + text and re.search(r"^M:\s*6/8", text, re.M)]
    read = (_jig(music21.converter.parse(file), _stated_key(texts[file])) for file in files)
    return [piece for piece in read if piece is not None]


def _stated_key(text: str) -> Key:
    """The key as the tune's K: field states it: tonic and the first letters of the mode."""
    tonic, mode = re.search(r"^K: *([A-G][#b]?) *([a-z]*)", text, re.M).groups()  # type: ignore[union-attr]
    return Key(tonic, ABC_MODES.get(mode[:3], "major"))


def _jig(score: Any, key: Key) -> Phrase | None:
    """The melody in written order, its second endings and grace notes left out; None where bars do not fit."""
    metre = Metre.parse("6/8")
    bars, notes, end, pickup = [*score.parts[0].getElementsByClass("Measure")], [], 0, 0
    second = {id(bar) for bracket in score.parts[0].getElementsByClass("RepeatBracket")
              if str(bracket.number) == "2" for bar in bracket.getSpannedElements()}  # fmt: skip
    for number, bar in enumerate(bars):
        length = round(float(bar.duration.quarterLength) * QUARTER)
        if id(bar) in second:
            continue
        if number == 0 and length < metre.bar:
            pickup = length
        for note in bar.notes:
            lasts = round(float(note.quarterLength) * QUARTER)
            if lasts and note.isNote:
                onset = end + round(float(note.offset) * QUARTER)
                notes.append(Note(onset, lasts, note.pitch.midi))
        end += length
    if any(a.end > b.onset for a, b in pairwise(notes)) or len(notes) < 24:
        return None
    return Phrase((Voice(tuple(notes)),), end, ((0, key),), ((0, metre),), pickup % metre.bar)


def told_from_nulls(pieces: Sequence[Phrase]) -> dict[str, float]:
    """AUC of the objective of a style of the first two thirds, the others against each null model of them."""
    cut = round(FITTED * len(pieces))
    objective = objective_of(Style.from_dict(calibrated(pieces[:cut], name="held out")), None)
    held = pieces[cut:]
    real = objective(Phrases.of(*held)).axes[0]
    worths = {"songs": real}
    for number, model in enumerate(NULLS):
        rngs = [np.random.default_rng((1, number, i)) for i in range(len(held))]
        nulls = [null(piece, model, rng) for piece, rng in zip(held, rngs, strict=True) for _ in range(NULLS_EACH)]
        worths[model] = objective(Phrases.of(*nulls)).axes[0]
    return {model: area for model, area in auc(worths).items() if area is not None}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folk", type=Path, help="the file of the songs")
    parser.add_argument("--hymn", type=Path, help="the file of the chorale melodies")
    parser.add_argument("--jig", action="store_true", help="with music21's corpus")
    parser.add_argument("--write", action="store_true", help="write the styles into fitness/styles/")
    parser.add_argument("--quick", action="store_true", help="a style of a few tunes: a few seconds")
    asked = parser.parse_args()
    sets: dict[str, list[Phrase]] = {}
    if asked.folk:
        sets["folk_melody"] = read(asked.folk)
    if asked.hymn:
        sets["hymn"] = hymns(asked.hymn)
    if asked.jig:
        sets["jig"] = melodies(jigs())
    if asked.quick:
        rng = np.random.default_rng(1)
        tunes = melodies(TUNES.values())
        sets["quick"] = [null(tune, "rhythm", rng) for tune in tunes for _ in range(4)]
    if not sets:
        parser.error("name what to measure: --folk, --hymn, --jig or --quick")
    for name, pieces in sets.items():
        about, source = ABOUT.get(name, ("a few tunes", "the tests' tunes"))
        style = calibrated(pieces, name=name, about=about, source=source)
        line = f"{name:12} pieces {len(pieces):4}  criteria {len(style['criteria']):3}"
        if len(pieces) * FITTED >= FEWEST:
            told = told_from_nulls(pieces)
            style["measured"]["told_apart"] = {model: round(auc, 3) for model, auc in told.items()}
            line += "  AUC " + "  ".join(f"{model} {auc:.3f}" for model, auc in told.items())
        print(line, flush=True)
        if asked.write and name in ABOUT:
            (FOLDER / f"{name}.json").write_text(style_text(style), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
