"""Features of patterns: n-grams, repetitions, compression."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Between
from fitness.entries import feature, per, repeated, shares, usual_band
from fitness.phrases import Phrases
from fitness.verbs import Array, Mask, chained, later, mixed, tally, whole_runs
from fitness.verdict import Numbers

Size = Annotated[int, Between(1, 16)]
Bins = Annotated[int, Between(8, 4096)]


@feature(**usual_band(0.162, 0.323, 0.05))
def pitch_variety(phrases: Phrases) -> Numbers:
    """Distinct pitches over notes, of all voices together; 0 for silence.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.237; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 1.

    >>> from fitness.phrase import Phrase
    >>> pitch_variety(Phrases.of(Phrase.parse("C4 D4 C4 C4"))).tolist()
    [[0.5]]
    """
    notes = phrases.notes
    distinct = np.add.reduce(tally(notes.pitch, notes.present, 128) > 0, axis=0, dtype=np.int64)
    return per(distinct, np.add.reduce(notes.present, axis=(0, 1), dtype=np.int64))


@feature(**usual_band(0.02, 0.349, 0.108, below=0.02))
def repeated_interval_patterns(phrases: Phrases, *, size: Size = 3) -> Numbers:
    """Share of the groups of `size` intervals that were there before in the voice; 0 where there is none.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.128; Essen collection; measured), the
    lower end raised from 0, which a line that never returns has.
    Source: Towsey et al., Educational Technology and Society 4 (2001), features 18 and 19 (sizes 3 and 4).

    >>> from fitness.phrase import Phrase
    >>> repeated_interval_patterns(Phrases.of(Phrase.parse("C4 D4 E4*2 | G4 A4 B4*2")), size=2).tolist()
    [[0.25]]
    """
    notes = phrases.notes
    return repeated(notes.move, notes.has_next, size)


@feature(**usual_band(0.439, 0.846, 0.13))
def repeated_rhythm_patterns(phrases: Phrases, *, size: Size = 3) -> Numbers:
    """Share of the groups of `size` note lengths that were there before in the voice; 0 where there is none.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.65; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), features 20 and 21 (sizes 3 and 4).

    >>> from fitness.phrase import Phrase
    >>> repeated_rhythm_patterns(Phrases.of(Phrase.parse("C4 D4 E4*2 | G4 A4 B4*2"))).tolist()
    [[0.25]]
    """
    notes = phrases.notes
    return repeated(mixed(notes.duration.astype(np.uint64)), notes.present, size)


@feature(profile=True)
def interval_ngrams(phrases: Phrases, *, size: Size = 3, bins: Bins = 512) -> Numbers:
    """Shares of the groups of `size` successive intervals, each counted in one of `bins` bins by a hash of it.

    Different groups can share a bin (two given ones with a chance of one in `bins`).
    Source: Downie, Evaluating a Simple Approach to Music Information Retrieval: Conceiving Melodic N-grams as
    Text (1999); Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML (2009).

    >>> from fitness.phrase import Phrase
    >>> interval_ngrams(Phrases.of(Phrase.parse("C4 D4 E4 F#4 G4")), size=2).max().round(3).tolist()
    0.667
    """
    return _hashed(phrases.notes.move, phrases.notes.has_next, size, bins)


@feature(profile=True)
def figure_ngrams(phrases: Phrases, *, size: Size = 2, bins: Bins = 512) -> Numbers:
    """Shares of the groups of `size` moves, interval and ratio of the two lengths, hashed as in `interval_ngrams`.

    Source: Conklin and Witten, "Multiple Viewpoint Systems for Music Prediction", Journal of New Music Research
    24 (1995), for linked viewpoints; Weinberger et al., ICML (2009).

    >>> from fitness.phrase import Phrase
    >>> slow, fast = Phrase.parse("C4 D4 E4*2"), Phrase.parse("D4/2 E4/2 F#4")
    >>> figure_ngrams(Phrases.of(slow, fast)).max(axis=0).tolist()
    [1.0, 1.0]
    >>> figure_ngrams(Phrases.of(slow, fast)).min(axis=1).max().tolist()  # in the same bin
    1.0
    """
    return _hashed(phrases.notes.event, phrases.notes.has_next, size, bins)


def _hashed(events: NDArray[np.uint64], there: Mask, size: int, bins: int) -> Numbers:
    place = (mixed(chained(events, size)) % np.uint64(bins)).astype(np.int64)
    return shares(tally(place, whole_runs(there, size), bins))


@feature(profile=True)
def contour_ngrams(phrases: Phrases, *, size: Annotated[int, Between(1, 4)] = 2) -> Numbers:
    """Shares of the groups of `size` moves of five kinds: leap down, step down, repeat, step up, leap up.

    A step is at most two semitones.  The bin is the number that the kinds, 0 to 4, spell in base five.
    Source: Parsons, The Directory of Tunes and Musical Themes (1975), with five classes for his three.

    >>> from fitness.phrase import Phrase
    >>> contour_ngrams(Phrases.of(Phrase.parse("C4 D4 D4 A3")), size=1).ravel().round(2).tolist()
    [0.33, 0.0, 0.33, 0.33, 0.0]
    """
    notes = phrases.notes
    moves = notes.left_by
    kind = 2 + np.sign(moves).astype(np.int64) * (1 + (abs(moves) > 2))
    spelled = kind
    for _ in range(size - 1):
        kind = later(kind)
        spelled = spelled * 5 + kind
    return shares(tally(spelled, whole_runs(notes.has_next, size), 5**size))


@feature(**usual_band(0.621, 0.97, 0.112, above=0.03))
def lz_complexity(phrases: Phrases) -> Numbers:
    """Pieces into which the moves fall if each is the longest that was there before, over the moves; 1: no repeat.

    A move is an interval with the ratio of the two lengths.  A piece is at least one move, and may overlap
    the earlier place from which it is copied.  0 where nothing moves; over all voices.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.865; Essen collection; measured), the
    upper end lowered from 1, which a line that never returns has.
    Source: Ziv and Lempel, "A Universal Algorithm for Sequential Data Compression", IEEE Transactions on
    Information Theory 23 (1977).

    >>> from fitness.phrase import Phrase
    >>> lz_complexity(Phrases.of(Phrase.parse("C4 D4 E4*2 | C4 D4 E4*2"))).tolist()
    [[0.8]]
    """
    notes = phrases.notes
    longest = _seen_before(notes.event, notes.has_next)
    moves = np.add.reduce(notes.has_next, axis=1, dtype=np.int64)
    at = np.zeros(moves.shape, np.int64)
    pieces = np.zeros(moves.shape, np.int64)
    while (at < moves).any():
        pieces += at < moves
        here = np.minimum(at, notes.pitch.shape[1] - 1)[:, None]
        at += np.maximum(np.take_along_axis(longest, here, 1)[:, 0], 1)
    return per(pieces.sum(axis=0), moves.sum(axis=0))


@feature(**usual_band(0.034, 0.282, 0.089))
def longest_repeat(phrases: Phrases) -> Numbers:
    """The longest run of moves that a voice had before, over the moves of that voice; the largest of the voices.

    A move is an interval with the ratio of the two lengths; the two places may overlap.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.118; Essen collection; measured).
    Source: Manber and Myers, "Suffix Arrays", SIAM Journal on Computing 22 (1993), for longest repeats.

    >>> from fitness.phrase import Phrase
    >>> longest_repeat(Phrases.of(Phrase.parse("C4 D4 E4*2 | C4 D4 E4*2"))).tolist()
    [[0.4]]
    """
    notes = phrases.notes
    longest = _seen_before(notes.event, notes.has_next).max(axis=1, initial=0)
    moves = np.add.reduce(notes.has_next, axis=1, dtype=np.int64)
    share: Numbers = np.max(per(longest, moves)[0], axis=0, keepdims=True, initial=0.0)
    return share


def _seen_before(events: NDArray[np.uint64], there: Mask) -> NDArray[np.int16]:
    """How many events from each position on equal those from some earlier position on, `[rows, positions, n]`."""
    positions = events.shape[1]
    best = np.zeros(events.shape, np.int16)
    for lag in range(1, positions):
        same = (events[:, lag:] == events[:, :-lag]) & there[:, lag:]
        if not same.any():
            continue
        run = np.zeros((events.shape[0], events.shape[2]), np.int16)
        for i in range(positions - lag - 1, -1, -1):
            run += 1
            run *= same[:, i]
            np.maximum(best[:, lag + i], run, out=best[:, lag + i])
    return best


@feature(**usual_band(0.125, 0.41, 0.086))
def largest_pattern(phrases: Phrases) -> Numbers:
    """The most notes of a voice that come again a bar later or more, all one interval higher or lower, over its notes.

    The largest of the voices; times in ticks, of at least the first metre's bar, intervals in semitones;
    other notes may stand between.  All pairs of notes are looked at: four times the notes take sixteen times as long.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.224; Essen collection; measured).
    Source: Meredith, Lemström and Wiggins, "Algorithms for Discovering Repeated Patterns in Multidimensional
    Representations of Polyphonic Music", Journal of New Music Research 31 (2002): maximal translatable patterns.

    >>> from fitness.phrase import Phrase
    >>> largest_pattern(Phrases.of(Phrase.parse("C4 D4 E4*2 | G4 A4 B4*2"))).tolist()
    [[0.5]]
    """
    notes = phrases.notes
    positions = notes.pitch.shape[1]
    bar = phrases.settings.at("bar_length", np.zeros(1, np.int32))
    most = np.zeros((phrases.voices, phrases.n))
    for voice in range(phrases.voices):
        vectors: list[Array] = []
        for lag in range(1, positions):
            time = notes.onset[voice, lag:] - notes.onset[voice, :-lag]
            vector = time.astype(np.int64) * 256 + (notes.pitch[voice, lag:] - notes.pitch[voice, :-lag]) + 128
            absent = ~notes.present[voice, lag:] | (time < bar)
            vectors.append(np.where(absent, -1 - np.arange(len(vector))[:, None] - lag * positions, vector))
        if vectors:
            most[voice] = _most_alike(np.concatenate(vectors))
    share: Numbers = np.max(per(most, notes.count)[0], axis=0, keepdims=True, initial=0.0)
    return share


def _most_alike(values: Array) -> Array:
    """How often the most frequent value >= 0 of each column occurs, `[n]`."""
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1).T
    run = np.zeros(values.shape[1], np.int64)
    most = run.copy()
    before = np.full(values.shape[1], -1)
    for row in ordered:
        run = np.where(row == before, run + 1, row >= 0)
        np.maximum(most, run, out=most)
        before = row
    return most
