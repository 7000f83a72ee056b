"""Features of the large shape: where in the piece it is high, low, busy or still, and which bars come again."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from fitness.catalogue import Between, Count
from fitness.entries import feature, mean_of, per
from fitness.phrases import Phrases
from fitness.verbs import Array, earlier, latest
from fitness.verdict import Numbers

Parts = Annotated[int, Between(1, 16)]
LAGS = (1, 2, 4)  # bars after which a bar is looked for again: a bar, a pair, half of eight


@feature(vector=True, scale=6.0)
def part_heights(phrases: Phrases, *, parts: Parts = 4) -> Numbers:
    """Mean pitch of the notes that begin in each of `parts` equal parts of the time, less the mean of all; 0 for none.

    Source: Huron, "The Melodic Arch in Western Folksongs", Computing in Musicology 10 (1996), with pieces for phrases.

    >>> from fitness.phrase import Phrase
    >>> part_heights(Phrases.of(Phrase.parse("C4*2 E4*2")), parts=2).ravel().tolist()
    [-2.0, 2.0]
    """
    notes = phrases.notes
    part = _part(phrases, parts)
    centre = mean_of(notes.pitch, notes.present)
    rows = []
    for number in range(parts):
        here = notes.present & (part == number)
        rows.append((mean_of(notes.pitch, here) - centre)[0] * here.any(axis=(0, 1)))
    return np.array(rows)


@feature(vector=True, scale=2.0)
def part_densities(phrases: Phrases, *, parts: Parts = 4) -> Numbers:
    """How many notes begin a quarter in each of `parts` equal parts of the time, over all voices.

    Source: Yang and Lerch (2020), note count, by parts; Farbood (2012) for its place in tension.

    >>> from fitness.phrase import Phrase
    >>> part_densities(Phrases.of(Phrase.parse("C4*2 D4 E4")), parts=2).ravel().tolist()
    [0.5, 1.0]
    """
    notes = phrases.notes
    part = _part(phrases, parts)
    length = np.maximum(phrases.settings.numbers("length"), 1) / (24.0 * parts)
    return np.array([
        np.add.reduce(notes.present & (part == number), axis=(0, 1), dtype=np.int64) / length for number in range(parts)
    ])  # fmt: skip


def _part(phrases: Phrases, parts: int) -> Array:
    length = np.maximum(phrases.settings.numbers("length"), 1).astype(np.int64)
    part: Array = np.minimum(phrases.notes.onset * np.int64(parts) // length, parts - 1)
    return part


@feature(vector=True, scale=12.0)
def heights_above_end(phrases: Phrases, *, points: Count = 4) -> Numbers:
    """How far above its last note the first voice stands at the beginning of each of `points` equal parts of the time.

    In semitones; a rest has the note before it, or the first note.
    Source: Schmuckler, Music Perception 16 (1999), for contours by moments, measured here from where they come to rest.

    >>> from fitness.phrase import Phrase
    >>> heights_above_end(Phrases.of(Phrase.parse("G4*2 E4*2 | D4*2 C4*2"))).ravel().tolist()
    [7.0, 4.0, 2.0, 0.0]
    """
    notes, n = phrases.notes, phrases.n
    if phrases.voices == 0:
        return np.zeros((points, n))
    length = phrases.settings.numbers("length").astype(np.int64)
    onset = np.where(notes.present[0], notes.onset[0], np.iinfo(np.int32).max)
    final = np.add.reduce(notes.pitch[:1] * notes.is_last[:1], axis=(0, 1), dtype=np.int64)
    rows = []
    for point in range(points):
        place = np.maximum(np.add.reduce(onset <= length * point // points, axis=0, dtype=np.int64) - 1, 0)
        rows.append(np.take_along_axis(notes.pitch[0], place[None], 0)[0] - final)
    heights: Numbers = np.array(rows, np.float64) * notes.present[0].any(axis=0)
    return heights


@feature(vector=True, scale=0.5)
def bars_again(phrases: Phrases, *, by: Literal["notes", "rhythm", "shape", "contour"] = "notes") -> Numbers:
    """Share of the bars that are like the bar 1, 2 and 4 bars before: three numbers; 0 where there is no such pair.

    Alike in places and lengths of the notes, and with `notes` in pitches, with `shape` in steps on the staff from the
    first note, with `contour` only in the direction of each move within the bar; with `rhythm` in nothing more.  Bars
    of each voice, of the notes that begin in them; those in which none begins are left out.
    Source: Schoenberg, Fundamentals of Musical Composition (1967), ch. 5 to 8, on phrases and their repetition.

    >>> from fitness.phrase import Phrase
    >>> tune = Phrases.of(Phrase.parse("C4 D4 E4*2 | E4 F4 G4*2 | C4 D4 E4*2 | G4 F4 D4*2"))
    >>> bars_again(tune).ravel().tolist(), bars_again(tune, by="shape").round(2).ravel().tolist()
    ([0.0, 0.5, 0.0], [0.67, 0.5, 0.0])
    """
    notes, bars = phrases.notes, phrases.bars
    place = (notes.place.astype(np.int64) * (1 << 24) + notes.duration) * 512
    inside = notes.has_previous & (notes.bar == earlier(notes.bar, -1))
    if by == "notes":
        more = notes.pitch.astype(np.int64)
    elif by == "shape":
        first = latest(notes.staff, notes.present & ~inside)
        more = notes.staff.astype(np.int64) - first + 256
    elif by == "contour":
        more = (np.sign(notes.approached_by) * inside + 1).astype(np.int64)
    else:
        more = np.zeros(1, np.int64)
    content, there = bars.hashed(place + more), bars.count > 0
    rows = []
    for lag in LAGS:
        pair = there[:, lag:] & there[:, :-lag]
        same = pair & (content[:, lag:] == content[:, :-lag])
        rows.append(per(*(np.add.reduce(mask, axis=(0, 1), dtype=np.int64) for mask in (same, pair)))[0])
    return np.array(rows)
