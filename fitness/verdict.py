"""What a rule says, and what follows from it without another line: counts, places, blame, scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Between, Catalogue, Share
from fitness.views import Mask, View

Numbers = NDArray[np.float64]
Counts = NDArray[np.uint16]


@dataclass(frozen=True)
class Place:
    """Where a fault lies: ticks from `onset` to `end`, in `voices` (numbers from 0)."""

    onset: int
    end: int
    voices: tuple[int, ...]


@dataclass(frozen=True)
class Blame:
    """The same for a batch, one entry a fault and voice: phrase, voice and onset tick, each `[faults]`."""

    phrase: NDArray[np.int64]
    voice: NDArray[np.int64]
    tick: NDArray[np.int64]

    @classmethod
    def join(cls, blames: list[Blame]) -> Blame:
        """All entries of several."""
        empty = np.empty(0, np.int64)
        columns = zip(*((b.phrase, b.voice, b.tick) for b in blames), strict=True)
        return cls(*(np.concatenate(parts) for parts in columns)) if blames else cls(empty, empty, empty)

    def shifted(self, start: int, size: int) -> Blame:
        """The entries of the first `size` phrases, numbered from `start`."""
        mine = self.phrase < size
        return Blame(self.phrase[mine] + start, self.voice[mine], self.tick[mine])


def count(mask: Mask) -> Counts:
    """How often each phrase's part of a mask `[rows, positions, n]` holds, `[n]`, at most 65,535."""
    flat = mask.reshape(-1, mask.shape[-1])
    if len(flat) < 256:
        small: NDArray[np.uint8] = np.add.reduce(flat.view(np.uint8), axis=0, dtype=np.uint8)
        return small.astype(np.uint16)
    large: NDArray[np.int64] = np.add.reduce(flat, axis=0, dtype=np.int64)
    return np.minimum(large, 65_535).astype(np.uint16)


@dataclass(frozen=True, eq=False)
class Verdict:
    """Masks `[rows, positions, n]` over a view: where the rule applied, and where it was broken.

    One True of `broken` is one fault; `broken` lies within `tested`.
    """

    broken: Mask
    tested: Mask
    on: View

    @property
    def counts(self) -> Counts:
        """Faults and opportunities, `[2, n]`."""
        return np.stack([count(self.broken), count(self.tested)])

    def places(self, i: int = 0, *, kept: bool = False) -> list[Place]:
        """Where phrase `i` breaks the rule (or, with `kept`, where it keeps it), in order of time."""
        mask = (self.tested & ~self.broken) if kept else self.broken
        onset, end = (np.broadcast_to(times, mask.shape) for times in (self.on.onset, self.on.end))
        rows, positions = np.nonzero(mask[..., i])
        found = [
            Place(int(onset[row, p, i]), int(end[row, p, i]), self.on.members[row])
            for row, p in zip(rows, positions, strict=True)
        ]
        return sorted(found, key=lambda place: (place.onset, place.voices))

    def blame(self, voices: tuple[int, ...] | None = None) -> Blame:
        """All faults of the batch; `voices` says which voices of the whole the rows' voices were."""
        row, position, phrase = np.nonzero(self.broken)
        onset = np.broadcast_to(self.on.onset, self.broken.shape)[row, position, phrase]
        blames = []
        for part in range(max(map(len, self.on.members), default=0)):
            member = np.array([pair[part] for pair in self.on.members])[row]
            voice = member if voices is None else np.array(voices)[member]
            blames.append(Blame(phrase, voice.astype(np.int64), onset.astype(np.int64)))
        return Blame.join(blames)


# Normalisers: what a count or a number is worth, 0-1.  A rule's get faults and opportunities (> 0), a
# feature's get its value.

normaliser: Catalogue[Callable[..., Numbers]] = Catalogue("normaliser", traits=("of",))
Positive = Annotated[float, Between(1e-9, 1e9)]
Finite = Annotated[float, Between(-1e9, 1e9)]


@normaliser(of="rule")
def rate(faults: Numbers, chances: Numbers) -> Numbers:
    """The share of opportunities at which the rule was kept.

    >>> rate(np.array([1.0]), np.array([4.0])).tolist()
    [0.75]
    """
    return 1.0 - faults / chances


@normaliser(of="rule")
def decay(faults: Numbers, chances: Numbers, *, rate: Share = 0.0, half: Positive = 0.1) -> Numbers:
    """1 up to the rate of faults that real music shows, then halved for every `half` more.

    >>> decay(np.array([3.0]), np.array([10.0]), rate=0.1, half=0.1).round(9).tolist()
    [0.25]
    """
    return np.asarray(np.exp2(-np.maximum(0.0, faults / chances - rate) / half), np.float64)


@normaliser(of="rule")
def gate(faults: Numbers, chances: Numbers) -> Numbers:
    """1 without a fault, else 0.

    >>> gate(np.array([0.0, 1.0]), np.array([1.0, 1.0])).tolist()
    [1.0, 0.0]
    """
    return np.asarray(faults == 0, np.float64)


@normaliser(of="feature")
def band(
    value: Numbers, *, low: Finite, high: Finite, sd: Positive, below: Positive | None = None,
    above: Positive | None = None,
) -> Numbers:  # fmt: skip
    """1 from `low` to `high` (a corpus's 5th and 95th percentile), outside falling as a Gaussian of width `sd`.

    `below` and `above` are the width on one side, where it is another.

    >>> band(np.array([0.5, 1.0]), low=0.2, high=0.8, sd=0.2).round(3).tolist()
    [1.0, 0.607]
    """
    out = np.maximum(low - value, 0.0) / (below or sd) + np.maximum(value - high, 0.0) / (above or sd)
    return np.asarray(np.exp(-0.5 * np.square(out)), np.float64)


@normaliser(of="feature")
def typical(value: Numbers, *, mean: Finite, sd: Positive) -> Numbers:
    """Two-sided typicality: 1 at the mean, falling as a Gaussian on both sides.

    >>> typical(np.array([2.0]), mean=1.0, sd=1.0).round(3).tolist()
    [0.607]
    """
    return np.asarray(np.exp(-0.5 * np.square((value - mean) / sd)), np.float64)
