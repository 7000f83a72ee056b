"""Features of order: which note lengths there are, and from what a voice goes on to what.

Transitions are 12 x 12 shares, row by row (from) and in it column by column (to).  Each note counts with the next
of its voice, over rests too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitness.entries import feature, shares
from fitness.phrases import Phrases
from fitness.verbs import later, tally
from fitness.verdict import Numbers
from fitness.views import Ticks

# Note lengths in 96ths of a bar: whole, half, quarter, eighth, sixteenth; dotted half, quarter, eighth, sixteenth;
# triplet half, quarter, eighth.  After Yang and Lerch (2020), in their order.
LENGTHS = np.array([96, 48, 24, 12, 6, 72, 36, 18, 9, 32, 16, 8])
ORDER = np.argsort(LENGTHS).astype(np.int8)  # from the shortest to the longest
MIDDLES = (LENGTHS[ORDER][:-1] + LENGTHS[ORDER][1:]) / 2
SHORTEST_REST = 3  # 96ths of a bar: what is no longer is the gap of a detached note


@feature(profile=True)
def note_lengths(phrases: Phrases, *, rests: bool = False) -> Numbers:
    """Shares of twelve note lengths, parts of the bar in which a note begins.

    In 96ths of the bar: 96, 48, 24, 12, 6; dotted 72, 36, 18, 9; triplets 32, 16, 8.  A length is counted as
    the nearest, the shorter of two as near.  With `rests`, twelve more numbers in the same order are the
    rests between two notes of a voice, parts of the bar in which the rest begins; what is no longer than
    3 is none, and of 24 numbers all sum to 1.

    Source: Yang and Lerch, "On the Evaluation of Generative Models in Music", Neural Computing and
    Applications 32 (2020), feature NLH; their program also leaves out longer rests that are 3 or further
    from the nearest length, here they count.

    >>> from fitness.phrase import Phrase
    >>> phrases = Phrases.of(Phrase.parse("C4 D4/2 r/2 E4*2"))
    >>> note_lengths(phrases)[[1, 2, 3], 0].round(3).tolist()
    [0.333, 0.333, 0.333]
    >>> note_lengths(phrases, rests=True)[[1, 2, 3, 15], 0].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    notes = phrases.notes
    counts = tally(_length_classes(phrases), notes.present, len(LENGTHS))
    if rests:
        gap = _of_bar(phrases, later(notes.onset) - notes.end, notes.end)
        silent = notes.has_next & (gap > SHORTEST_REST)
        counts = np.concatenate([counts, tally(_nearest(gap), silent, len(LENGTHS))])
    return shares(counts)


@feature(profile=True)
def pitch_class_transitions(phrases: Phrases) -> Numbers:
    """Shares of the steps from a pitch class to the next, C first: number 12 * from + to.

    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature PCTM, as shares of all.

    >>> from fitness.phrase import Phrase
    >>> phrases = Phrases.of(Phrase.parse("C4 D4 D5 C4 D4"))
    >>> pitch_class_transitions(phrases)[[12 * 0 + 2, 12 * 2 + 2, 12 * 2 + 0], 0].tolist()
    [0.5, 0.25, 0.25]
    """
    return _transitions(phrases, (phrases.notes.pitch % 12).astype(np.int16))


@feature(profile=True)
def note_length_transitions(phrases: Phrases) -> Numbers:
    """Shares of the steps from a note length to the next: number 12 * from + to, lengths as in `note_lengths`.

    Source: Yang and Lerch, Neural Computing and Applications 32 (2020), feature NLTM, as shares of all.

    >>> from fitness.phrase import Phrase
    >>> phrases = Phrases.of(Phrase.parse("C4 D4 E4/2 F4/2 G4"))
    >>> note_length_transitions(phrases)[[12 * 2 + 2, 12 * 2 + 3, 12 * 3 + 3, 12 * 3 + 2], 0].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    return _transitions(phrases, _length_classes(phrases).astype(np.int16))


def _transitions(phrases: Phrases, classes: NDArray[np.int16]) -> Numbers:
    """Shares of the pairs of classes 0-11 of notes that follow each other, `[144, n]`."""
    return shares(tally(classes * 12 + later(classes), phrases.notes.has_next, 144))


def _length_classes(phrases: Phrases) -> NDArray[np.int8]:
    """The class of each note's length, its place in `LENGTHS`; without meaning where there is no note."""
    return _nearest(_of_bar(phrases, phrases.notes.duration, phrases.notes.onset))


def _nearest(length: Numbers) -> NDArray[np.int8]:
    """The classes nearest to lengths in 96ths of a bar, the shorter of two as near."""
    return ORDER.take(np.searchsorted(MIDDLES, length))


def _of_bar(phrases: Phrases, length: Ticks, tick: Ticks) -> Numbers:
    """Lengths in 96ths of a whole bar of the metre in force at ticks."""
    found: Numbers = length * 96 / phrases.settings.at("bar_length", tick)  # exact where it is a middle: ties are found
    return found
