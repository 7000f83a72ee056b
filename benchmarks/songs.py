"""Songs in a file: `{"songs": [{"meter": [4, 4], "tonic_pc": 7, "notes": [[onset, duration, midi], ...]}, ...]}`.

Times in quarters, onset 0 a barline.  The file marks no phrase ends: a song is cut every four bars from its first note
on (less than two bars left over go to the last phrase).  A song that begins inside a bar has a pick-up, and ends as
much before a barline if it can.  Key: the tonic of the file, major or minor, whichever correlates better.
"""

from __future__ import annotations

import json
from dataclasses import replace
from operator import index
from pathlib import Path
from typing import Any

from evolve.melodies import PHRASE_BARS
from fitness.keys import key_correlations
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.theory import QUARTER, Metre, key_of


def read(path: Path) -> list[Phrase]:
    """The songs of a file; ValueError, in one line, where it holds none."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: must be a file of JSON ({error})") from None
    songs = raw.get("songs") if isinstance(raw, dict) else None
    if not isinstance(songs, list) or len(songs) < 2:
        raise ValueError(f"{path}: must hold a list `songs` of at least two songs")
    return [_song(one, f"{path}: songs[{i}]") for i, one in enumerate(songs)]


def _song(raw: Any, where: str) -> Phrase:
    try:
        metre, tonic = Metre.parse("{}/{}".format(*raw["meter"])), index(raw["tonic_pc"])
        bar, first = metre.bar, round(raw["notes"][0][0] * QUARTER)
        notes = [Note(round(on * QUARTER) - first, round(lasts * QUARTER), index(p)) for on, lasts, p in raw["notes"]]
        pickup, end = -first % bar, notes[-1].end
        length = pickup - (pickup - end) // bar * bar
        length -= pickup if length - pickup >= end else 0
        ends = tuple(range(PHRASE_BARS * bar, length - 2 * bar + 1, PHRASE_BARS * bar))
        song = Phrase((Voice(tuple(notes)),), length, metres=((0, metre),), pickup=pickup, ends=ends)
        fit = key_correlations(Phrases.of(song))[:, 0]
        return replace(song, keys=((0, key_of(tonic, "minor" if fit[tonic + 12] > fit[tonic] else "major")),))
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"{where}: must have meter, tonic_pc (0-11) and notes ({error})") from None
