"""Features of phrases as the ends cut the line: how they begin, how they end, how long they are, which return."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fitness.entries import correlated, feature, mean_of, per, shares, usual_band
from fitness.phrases import Phrases
from fitness.phrasing import boundary_strength
from fitness.verbs import latest, mixed, tally
from fitness.verdict import Numbers

LARGEST = 12  # semitones: larger intervals share the outermost bins


@feature(profile=True)
def phrase_start_degrees(phrases: Phrases) -> Numbers:
    """Shares of the degrees 1 to 7 on which phrases begin; the first of the eight bins is for chromatic notes.

    Source: measured on 2,904 folk-song phrases: 5 .376, 1 .239, 3 .137, 2 .091.

    >>> from fitness.phrase import Phrase
    >>> phrase_start_degrees(Phrases.of(Phrase.parse("G4 C5 ' C4 D4")))[[1, 5], 0].tolist()
    [0.5, 0.5]
    """
    notes = phrases.notes
    return shares(tally(notes.degree, notes.starts_phrase, 8))


@feature(profile=True)
def phrase_end_degrees(phrases: Phrases) -> Numbers:
    """Shares of the degrees 1 to 7 on which phrases end; the first of the eight bins is for chromatic notes.

    Source: measured on 2,904 folk-song phrases: 1 .336, 5 .223, 3 .193, 2 .142, 4 .039, 6 .031, 7 .022.

    >>> from fitness.phrase import Phrase
    >>> phrase_end_degrees(Phrases.of(Phrase.parse("G4 D4 ' C5 C4")))[[1, 2], 0].tolist()
    [0.5, 0.5]
    """
    notes = phrases.notes
    return shares(tally(notes.degree, notes.ends_phrase, 8))


@feature(profile=True)
def approach_profile(phrases: Phrases) -> Numbers:
    """Shares of the intervals by which the last notes of phrases are reached, an octave down to an octave up.

    25 bins; larger intervals in the outermost; the note before may belong to the phrase before.
    Source: measured on 2,904 folk-song phrases: -2 .358, 0 .138, -1 .101, +1 .097, +2 .080, -3 .078.

    >>> from fitness.phrase import Phrase
    >>> approach_profile(Phrases.of(Phrase.parse("E4 D4 ' B3 C4")))[[10, 13], 0].tolist()
    [0.5, 0.5]
    """
    notes = phrases.notes
    bins = np.clip(notes.approached_by, -LARGEST, LARGEST) + np.int16(LARGEST)
    return shares(tally(bins, notes.ends_phrase & notes.has_previous, 2 * LARGEST + 1))


@feature(**usual_band(5.0, 24.0, 3.0, guards=("density",)))
def notes_per_phrase(phrases: Phrases) -> Numbers:
    """Mean number of notes of the phrases that have any.

    Default band: from the 5th percentile of 2,904 folk-song phrases of about two bars (5 to 12, mean 8.41) to
    twice their 95th, for phrases of four bars (mean 17; measured).
    Source: the Essen collection, Schaffrath (1995), whose phrases were counted.

    >>> from fitness.phrase import Phrase
    >>> notes_per_phrase(Phrases.of(Phrase.parse("C4 D4 E4 ' F4"))).tolist()
    [[2.0]]
    """
    notes = phrases.notes
    ends = np.add.reduce(notes.ends_phrase, axis=(0, 1), dtype=np.int64)
    return per(np.add.reduce(notes.present, axis=(0, 1), dtype=np.int64), ends)


@feature(**usual_band(1.0, 4.0, 0.6))
def final_lengthening(phrases: Phrases) -> Numbers:
    """Mean over the phrases of the length of the last note over the mean length of the phrase's other notes.

    Phrases of one note are left out; 1 where there is no other.
    Default band: 1 to 4, the 5th to 95th percentile of 2,904 folk-song phrases being wide (mean 1.73, median
    1.57, at least 1 in 90 %; measured).
    Source: Temperley, The Cognition of Basic Musical Structures (2001), ch. 3.

    >>> from fitness.phrase import Phrase
    >>> final_lengthening(Phrases.of(Phrase.parse("C4 D4 E4*2 ' F4 G4"))).tolist()
    [[1.5]]
    """
    notes = phrases.notes
    past = np.cumsum(notes.duration, axis=1, dtype=np.int64)
    before = latest(past - notes.duration, notes.starts_phrase)
    number = np.arange(notes.pitch.shape[1])[:, None]
    others = number - latest(np.broadcast_to(number, notes.pitch.shape), notes.starts_phrase)
    counted = notes.ends_phrase & (others > 0)
    time = past - notes.duration - before
    ratio = notes.duration * others / np.maximum(time, 1)
    return np.where(counted.any(axis=(0, 1)), mean_of(ratio, counted), 1.0)


@feature(**usual_band(0.0, 0.6, 0.25))
def phrase_repeat_share(phrases: Phrases, *, by: Literal["notes", "transposed", "rhythm"] = "notes") -> Numbers:
    """Share of the phrases, but the first of each voice, that are like an earlier one of the voice.

    Alike are the times of the notes from the phrase's first note and their lengths, and with `notes` the
    pitches, with `transposed` the intervals from the first note.  0 where no voice has two phrases.
    Default band: a convention; of 2,404 folk-song phrases .206 repeat an earlier one exactly, .004 more
    transposed, .355 in rhythm (measured).
    Source: Caplin, Classical Form (1998), ch. 1 and 3, for what repetition does.

    >>> from fitness.phrase import Phrase
    >>> phrase_repeat_share(Phrases.of(Phrase.parse("C4 D4 ' C4 D4 ' E4 F4 ' C4 D4"))).round(3).tolist()
    [[0.667]]
    """
    notes, n = phrases.notes, phrases.n
    start, home = (latest(x, notes.starts_phrase) for x in (notes.onset, notes.pitch))
    pitch = {"notes": notes.pitch + 0, "transposed": notes.pitch - home, "rhythm": notes.pitch * 0}[by]
    key = ((notes.onset - start).astype(np.int64) * (1 << 24) + notes.duration) * 512 + pitch + 256
    hashed = (mixed(key.astype(np.uint64)) >> np.uint64(33)).astype(np.float64)
    segments = int(notes.segment.max(initial=0)) + 1
    rows = np.arange(phrases.voices).reshape(-1, 1, 1) * segments + notes.segment
    column = np.broadcast_to(rows * n + np.arange(n), key.shape)[notes.present]
    size = phrases.voices * segments * n
    content, there = (
        np.bincount(column, weights, minlength=size).reshape(phrases.voices, segments, n)
        for weights in (hashed[notes.present], None)
    )
    content = np.where(there > 0, content, -1.0 - np.arange(segments)[:, None])  # those that lack are all different
    ordered = np.sort(content, axis=1)
    again = np.add.reduce(ordered[:, 1:] == ordered[:, :-1], axis=(0, 1), dtype=np.int64)
    others = np.maximum(np.add.reduce(there > 0, axis=1, dtype=np.int64) - 1, 0).sum(axis=0)
    return per(again, others)


@feature(**usual_band(-0.1, 1.0, 0.2))
def boundary_fit(phrases: Phrases) -> Numbers:
    """Correlation of the strength of local boundaries with the ends of phrases, over all gaps between notes.

    The strength is that of `fitness.phrasing`: large intervals, long notes and rests.  0 where there is no inner end.
    Default band: a convention of this project: what is written as a phrase should not be heard against.
    Source: Cambouropoulos, "The Local Boundary Detection Model (LBDM) and its Application in the Study of
    Expressive Timing", ICMC (2001).

    >>> from fitness.phrase import Phrase
    >>> boundary_fit(Phrases.of(Phrase.parse("C4 D4 E4*3 ' A4 G4 F4"))).round(2).tolist()
    [[0.98]]
    """
    notes = phrases.notes
    return correlated(boundary_strength(phrases), notes.ends_phrase & notes.has_next, notes.has_next)
