"""What pieces have in common, note for note: the longest runs of moves that others have too.

A move is the interval to the next note of the voice, with the ratio of the two lengths where rhythm counts; so what
is copied is found at any height and speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fitness.phrases import Phrases

Whole = NDArray[np.int64]
FIGURE = 8  # moves of the figures whose share is told


@dataclass(frozen=True)
class Shared:
    """What each piece of a set has in common with others, all `[n]`.

    `longest` is the longest run of moves that another piece has too, and `of` the number of that piece, or of one
    of them (-1 where nothing is shared); `share` is the share of the figures of 8 moves that
    another piece has too, 0 where a piece has none.
    """

    longest: Whole
    of: Whole
    share: NDArray[np.float64]

    def plain(self, names: list[str], others: list[str]) -> dict[str, Any]:
        """The middle and the most of it, with the names of the two pieces that have the most."""
        most = int(np.argmax(self.longest))
        return {
            "share": float(self.share.mean()), "median": float(np.median(self.longest)),
            "most": int(self.longest[most]), "piece": names[most],
            "of": others[self.of[most]] if self.of[most] >= 0 else None,
        }  # fmt: skip


def shared_runs(
    pieces: Phrases, others: Phrases | None = None, *, by: Literal["intervals", "figures"] = "intervals"
) -> Shared:
    """What each piece shares with any of the others; None: with any other piece of its own set.

    Source: Yin, Reuben, Stepney and Collins, "Measuring When a Music Generation Algorithm Copies Too Much",
    SN Computer Science 3 (2022), for the idea.

    >>> from fitness.phrase import Phrase
    >>> tune, own = Phrase.parse("C4 D4 E4 F4 G4*2"), Phrase.parse("A4 F4/2 G4/2 A4/2 Bb4")
    >>> shared_runs(Phrases.of(own), Phrases.of(tune)).longest.tolist()
    [3]
    """
    parts = [_moves(pieces, by)] if others is None else [_moves(pieces, by), _moves(others, by)]
    moves = np.concatenate([part[0] for part in parts])
    piece = np.concatenate([part[1] for part in parts])
    ends = np.concatenate([part[2] for part in parts])
    second = np.arange(len(moves)) >= len(parts[0][0])
    left = _left(ends)
    run, near = _longest(_ranks(moves, left), left, second if len(parts) > 1 else piece)
    run, near, piece_of = run[~second], piece[near[~second]], piece[~second]
    longest, of = np.zeros(pieces.n, np.int64), np.full(pieces.n, -1)
    np.maximum.at(longest, piece_of, run)
    found = np.flatnonzero((run > 0) & (run == longest[piece_of]))[::-1]
    of[piece_of[found]] = near[found]
    there = left[~second] >= FIGURE
    whole, again = (np.bincount(piece_of[mask], minlength=pieces.n) for mask in (there, run >= FIGURE))
    return Shared(longest, of, again / np.maximum(whole, 1))


def _moves(phrases: Phrases, by: str) -> tuple[NDArray[np.uint64], Whole, NDArray[np.bool_]]:
    """Voice after voice of all pieces: the moves, the piece of each, and whether it is the last of its voice."""
    notes = phrases.notes
    there = notes.has_next.transpose(2, 0, 1)  # pieces first
    moves = (notes.move if by == "intervals" else notes.event).transpose(2, 0, 1)[there]
    last = ~np.concatenate([there[..., 1:], np.zeros_like(there[..., :1])], axis=-1)[there]
    return moves, np.nonzero(there)[0], last


def _left(ends: NDArray[np.bool_]) -> Whole:
    """How many moves of the voice there are from each on."""
    places = np.arange(len(ends))
    stops = np.flatnonzero(ends)
    left: Whole = stops[np.searchsorted(stops, places)] - places + 1 if len(ends) else places
    return left


def _ranks(moves: NDArray[np.uint64], left: Whole) -> list[Whole]:
    """For runs of 1, 2, 4 ... moves, which are alike: a number for each place, in the same order at every length.

    Runs that a voice's end cuts short are like no other.  The doubling is that of Manber and Myers, "Suffix
    Arrays", SIAM Journal on Computing 22 (1993).
    """
    n, size = len(moves), 1
    rank: Whole = np.unique(moves, return_inverse=True)[1].astype(np.int64)
    ranks = [rank]
    while size < int(left.max(initial=0)) and len(np.unique(rank)) < n:
        following = np.zeros(n, np.int64)
        following[:-size] = rank[size:] + 1
        following = np.where(left > size, following, -1 - np.arange(n))  # cut short: unlike all others
        rank = np.unique(rank * (2 * n + 2) + following + n, return_inverse=True)[1].astype(np.int64)
        ranks.append(rank)
        size *= 2
    return ranks


def _longest(ranks: list[Whole], left: Whole, label: NDArray[Any]) -> tuple[Whole, Whole]:
    """From each place on, the longest run that a place of another label has too, and that place.

    In the order of all runs the nearest of another label, before and after, share the most.
    """
    n = len(label)
    order = np.argsort(ranks[-1], kind="stable")
    place, changes = np.arange(n), np.ones(n, bool)
    changes[1:] = label[order][1:] != label[order][:-1]
    begins = np.maximum.accumulate(np.where(changes, place, 0))
    stops = np.minimum.accumulate(np.where(np.append(changes[1:], True), place, n)[::-1])[::-1]
    best, near = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for beside in (begins - 1, stops + 1):
        there = (beside >= 0) & (beside < n)
        one, other = order[there], order[beside[there]]
        run = _in_common(ranks, left, one, other)
        longer = run > best[one]
        best[one[longer]], near[one[longer]] = run[longer], other[longer]
    return best, near


def _in_common(ranks: list[Whole], left: Whole, one: Whole, other: Whole) -> Whole:
    """How many moves two places have in common from there on, before a voice ends."""
    run, last = np.zeros(len(one), np.int64), len(left) - 1
    most = np.minimum(left[one], left[other])
    for level in reversed(range(len(ranks))):
        a, b = (ranks[level][np.minimum(start + run, last)] for start in (one, other))
        run += ((run < most) & (a == b)).astype(np.int64) << level
    return run
