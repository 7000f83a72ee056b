"""Rules that keep a phrase from copying the pieces it is compared with."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Between, Count, Share
from fitness.entries import rule
from fitness.phrases import Phrases
from fitness.verbs import Mask, chained, earlier, whole_runs
from fitness.verdict import Verdict
from fitness.views import Notes

Size = Annotated[int, Between(2, 64)]


@rule
def runs_original(
    phrases: Phrases, *, targets: Phrases, longest: Count = 7, by: Literal["figures", "notes"] = "figures"
) -> Verdict:
    """No run of more than `longest` moves is also one of the targets'.

    "Like this" must not be a copy.  A move is the interval to the next note of the voice with the ratio of the
    two lengths (rests left out), so a tune is known again in any key and at any speed; `by: notes` hears the
    intervals alone, and a tune in another rhythm too.

    Masks on notes; tested at each note at which a run of `longest` + 1 moves ends; broken where a target
    has the same run.
    Source: Yin, Reuben, Stepney and Collins, "Measuring When a Music Generation Algorithm Copies Too Much",
    SN Computer Science 3 (2022), for the idea; of 300 folk songs the longest run shared with any
    other of them is 5 moves in half, and 7 at the 95th percentile; by intervals alone 7 and 10 (measured).

    >>> from fitness.phrase import Phrase
    >>> tune, own = Phrase.parse("C4 D4 E4 F4 G4*2"), Phrase.parse("D4/2 E4/2 F#4/2 G4/2 E4")
    >>> runs_original(Phrases.of(own), targets=Phrases.of(tune), longest=2).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    starts, shared = _shared(notes, targets, longest + 1, by)
    tested, broken = (_at_the_end(mask, longest + 1) for mask in (starts, shared))
    return Verdict(broken=broken, tested=tested, on=notes)


@rule
def figures_original(
    phrases: Phrases, *, targets: Phrases, size: Size = 8, most: Share = 0.05,
    by: Literal["figures", "notes"] = "figures",
) -> Verdict:  # fmt: skip
    """Of the figures of `size` notes, at most the share `most` is also one of the targets'.

    A patchwork of quotations is a copy too, if in pieces.

    Masks on notes; tested at each note at which a figure of `size` notes ends; broken where a target has
    the same figure (intervals and rhythm; `by: notes`, the intervals alone), but for the first ones of the top
    voice, and then of the next, as many as `most` allows of all.
    Source: Yin, Reuben, Stepney and Collins, "Measuring When a Music Generation Algorithm Copies Too Much",
    SN Computer Science 3 (2022), for the idea; of the figures of 300 folk songs none is another
    song's in most, .04 at the 95th percentile; by intervals alone .08 and .36 (measured).

    >>> from fitness.phrase import Phrase
    >>> tune, own = Phrase.parse("C4 D4 E4 F4 G4*2"), Phrase.parse("D4/2 E4/2 F#4/2 G4/2 E4")
    >>> figures_original(Phrases.of(own), targets=Phrases.of(tune), size=3, most=0.25).counts.tolist()
    [[2], [3]]
    """
    notes = phrases.notes
    starts, shared = _shared(notes, targets, size - 1, by)
    allowed = np.floor(most * np.add.reduce(starts, axis=(0, 1), dtype=np.int64) + 1e-9)
    so_far = np.cumsum(shared.reshape(-1, phrases.n), axis=0, dtype=np.int32).reshape(shared.shape)
    broken = shared & (so_far > allowed)
    return Verdict(broken=_at_the_end(broken, size - 1), tested=_at_the_end(starts, size - 1), on=notes)


def _shared(notes: Notes, targets: Phrases, moves: int, by: str) -> tuple[Mask, Mask]:
    """Where a run of so many moves begins, and where it is one of the targets'."""
    starts = whole_runs(notes.has_next, moves)
    known = _runs(targets, moves, by)
    if not known.size:
        return starts, np.zeros_like(starts)
    runs = chained(_moves(notes, by), moves)
    place = np.minimum(np.searchsorted(known, runs), known.size - 1)
    return starts, starts & (known[place] == runs)


def _moves(notes: Notes, by: str) -> NDArray[np.uint64]:
    return notes.event if by == "figures" else notes.move


def _at_the_end(mask: Mask, moves: int) -> Mask:
    for _ in range(moves):
        mask = earlier(mask)
    return mask


@lru_cache(maxsize=64)
def _runs(targets: Phrases, moves: int, by: str) -> NDArray[np.uint64]:
    """The different runs of so many moves in some pieces, sorted."""
    parts = [
        chained(_moves(block.notes, by), moves)[whole_runs(block.notes.has_next, moves)]
        for _, block in targets.blocks()
    ]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)
