"""How many changes of interval and rhythm make one tune of another, for many tunes at once, and note by note.

The symbols of a tune are `Tunes.symbol` without the first: intervals, each with the direction in which the length of
notes changes.  The distance is that of Levenshtein, "Binary Codes Capable of Correcting Deletions, Insertions, and
Reversals", Soviet Physics Doklady 10 (1966): symbols put in, left out or changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitness.tunes import Integers, Tunes, distinct

Words = NDArray[np.uint64]
Span = tuple[Integers, Integers]  # the first and the last note of a stretch of each tune

LONGER = 2  # a tune with more notes than so many times another's may hold it
FEWEST = 12  # notes of a fragment: fewer are found by chance in any long piece
WORD = 64  # bits
MOST_CELLS = 2**22  # of a table that is unpacked from its bits at a time
ONE, TOP = np.uint64(1), np.uint64(WORD - 1)


@dataclass(frozen=True, eq=False)
class Edits:
    """`distance` `[n]` of a query from each of `n` tunes, of at most `most` changes, and the notes it is between.

    `fragment` is where not all of one of the two was compared.
    """

    distance: Integers
    most: Integers
    fragment: NDArray[np.bool_]
    mine: Span  # notes of the query
    theirs: Span  # notes of each tune


def edits(query: Tunes, tunes: Tunes) -> Edits:
    """The distance of one tune from each of many.

    Where one of two has more than twice the notes of the other, which has twelve or more, the other may be a
    fragment: it is compared with whatever stretch of the longer one it is nearest to.

    >>> from fitness.phrase import Phrase
    >>> tune, other = (Tunes.of(*Phrase.parse(text).voices) for text in ("C4 D4 E4 C4", "F4*2 G4*2 A4 A4 F4"))
    >>> edits(tune, other).distance.tolist()  # the third note is shorter, and comes again
    [2]
    """
    mine, theirs = len(query.pitch) - 1, tunes.counts - 1
    inside = (theirs + 1 > LONGER * (mine + 1)) & (mine + 1 >= FEWEST)
    around = (mine + 1 > LONGER * (theirs + 1)) & (theirs + 1 >= FEWEST)
    distance, end_mine, end_theirs = _distances(query.symbol[1:], tunes, inside, around)
    shorter = np.minimum(mine, theirs)
    end_mine, end_theirs = np.maximum(end_mine, shorter), np.maximum(end_theirs, shorter)
    return Edits(
        distance, np.where(inside | around, shorter, np.maximum(mine, theirs)), inside | around,
        (np.where(around, end_mine - shorter, 0), end_mine), (np.where(inside, end_theirs - shorter, 0), end_theirs),
    )  # fmt: skip


def _distances(
    pattern: Integers, tunes: Tunes, inside: NDArray[np.bool_], around: NDArray[np.bool_]
) -> tuple[Integers, Integers, Integers]:
    """Distances `[n]` of a pattern from the symbols of each tune, and how much of both it is between, up to where.

    A pattern may begin and end `inside` a tune at no cost, or lie `around` it so.  The table of distances is kept as
    the bits of its vertical differences, a column of it for all tunes a step: Myers, "A Fast Bit-Vector Algorithm
    for Approximate String Matching Based on Dynamic Programming", Journal of the ACM 46 (1999); in words of 64 bits,
    with a carry between them, by Hyyrö (2003).
    """
    size, length, n = len(pattern), tunes.counts - 1, len(tunes)
    if not size:
        return length, np.zeros(n, np.int64), length
    order = np.argsort(-length, kind="stable")  # the longest first: those that still sound are the first ones
    still = np.searchsorted(-length[order], -np.arange(int(length.max(initial=0))))
    code, masks = _coded(pattern, tunes.symbol)
    begin, inside, around = tunes.bounds[order] + 1, inside[order], around[order]
    up = np.where(around, np.uint64(0), ~np.uint64(0)) * np.ones((len(masks), 1), np.uint64)  # [words, n]: rises by 1
    down = np.zeros_like(up)  # falls by 1
    score = np.where(around, 0, size)
    best, at = score.copy(), np.zeros(n, np.int64)
    enters, last = (~inside).astype(np.uint64), np.uint64((size - 1) % WORD)
    for step, live in enumerate(still.tolist()):
        symbol = code[begin[:live] + step]
        rise, fall = enters[:live], np.zeros(live, np.uint64)  # of the row above, from the column before
        for word, mask in enumerate(masks):
            was_up, was_down, match = up[word, :live], down[word, :live], mask[symbol]
            either = match | fall
            same = (((either & was_up) + was_up) ^ was_up) | either | was_down
            rises, falls = was_down | ~(same | was_up), same & was_up
            if word == len(masks) - 1:
                score[:live] += (rises >> last & ONE).astype(np.int64) - (falls >> last & ONE).astype(np.int64)
            shifted_up, shifted_down = rises << ONE | rise, falls << ONE | fall
            rise, fall = rises >> TOP, falls >> TOP
            up[word, :live], down[word, :live] = shifted_down | ~(same | shifted_up), shifted_up & same
        better = score[:live] < best[:live]
        at[:live][better] = step + 1
        best[:live][better] = score[:live][better]
    length = length[order]
    distance, end_mine, end_theirs = np.where(inside, best, score), np.full(n, size), np.where(inside, at, length)
    rows = np.flatnonzero(around)
    for row in np.array_split(rows, -(-len(rows) * size // MOST_CELLS)) if len(rows) else ():
        column = np.cumsum(_bits(up[:, row], size) - _bits(down[:, row], size), axis=0, dtype=np.int64)
        column = np.concatenate([np.zeros((1, len(row)), np.int64), column]) + length[row]
        end_mine[row], distance[row] = column.argmin(axis=0), column.min(axis=0)
    back = np.argsort(order, kind="stable")
    return distance[back], end_mine[back], end_theirs[back]


def _coded(pattern: Integers, symbols: Integers) -> tuple[Integers, Words]:
    """Each symbol as its number in the pattern's alphabet, and where in the pattern each of these stands.

    The places are bits, `[words, alphabet + 1]`; the last number is that of all other symbols, which stand nowhere.
    """
    alphabet, number = distinct(pattern)
    masks = np.zeros((-(-len(pattern) // WORD), len(alphabet) + 1), np.uint64)
    word, bit = np.divmod(np.arange(len(pattern)), WORD)
    np.bitwise_or.at(masks, (word, number), ONE << bit.astype(np.uint64))
    found = np.searchsorted(alphabet, symbols)
    known = np.append(alphabet, -1)[found] == symbols
    return np.where(known, found, len(alphabet)), masks


def _bits(words: Words, size: int) -> NDArray[np.int8]:
    """The first bits of some words `[words, n]`, `[size, n]`."""
    bits = words[:, None] >> np.arange(WORD, dtype=np.uint64)[:, None] & ONE
    return bits.astype(np.int8).reshape(-1, words.shape[1])[:size]


def aligned(one: Tunes, other: Tunes) -> list[tuple[int | None, int | None]]:
    """Which notes of two tunes, each alone, answer each other: pairs of their numbers in order, None in a gap.

    It takes as few changes as the distance of the two (the first note of each follows nothing, and goes with any);
    where several ways do, notes go together that are as far apart as most notes of the two that are reached alike.

    >>> from fitness.phrase import Phrase
    >>> tune, other = (Tunes.of(*Phrase.parse(text).voices) for text in ("C4 E4 G4", "F4 G4 A4 C5"))
    >>> aligned(tune, other)
    [(0, 0), (None, 1), (1, 2), (2, 3)]
    """
    apart = other.pitch.astype(np.int16) - one.pitch.astype(np.int16)[:, None]
    alike = one.symbol[:, None] == other.symbol
    same = apart == np.argmax(np.bincount((apart + 128)[alike], minlength=256)) - 128
    alike[0], alike[:, 0] = True, True
    rows, columns = apart.shape
    change = np.int32(rows + columns)  # more than all pairs at another height
    cost = np.where(alike, np.int32(0), change) + ~same
    ramp = change * np.arange(columns + 1, dtype=np.int32)
    table = np.empty((rows + 1, columns + 1), np.int32)
    table[0] = ramp
    for i in range(rows):
        table[i + 1, 0] = change * (i + 1)
        table[i + 1, 1:] = np.minimum(table[i, :-1] + cost[i], table[i, 1:] + change)
        table[i + 1] = np.minimum.accumulate(table[i + 1] - ramp) + ramp
    pairs: list[tuple[int | None, int | None]] = []
    i, j = rows, columns
    while i or j:
        if i and j and table[i, j] == table[i - 1, j - 1] + cost[i - 1, j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif j and table[i, j] == table[i, j - 1] + change:
            j -= 1
            pairs.append((None, j))
        else:
            i -= 1
            pairs.append((i, None))
    return pairs[::-1]
