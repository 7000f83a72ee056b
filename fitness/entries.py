"""The catalogues of rules and features, and what features share.

    @rule(usual=gate)
    def ends_on_tonic(phrases: Phrases) -> Verdict: ...

    @feature(**usual_band(8.0, 17.0, 2.8))
    def ambitus(phrases: Phrases) -> Numbers: ...

Traits of a rule: `usual`, its normaliser where an experiment names none (else `rate`); `heard`, a function
`(phrase, place) -> str` that says what is heard at a place.  Traits of a feature: `usual` and `figures`, its
normaliser with the figures of real music; `profile`, whether it is a distribution (shares that sum to 1);
`vector`, whether it is many numbers that are no shares; `scale`, of a number or vector, the difference that
counts as wholly unlike.  Of both: `guards`, what it keeps a phrase from losing (density, leaps); `per_phrase`,
whether the function hears one phrase at a time (see `fitness.per_phrase`).

A keyword-only parameter `targets: Phrases` is no option: it gets the pieces that a criterion names as targets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Catalogue
from fitness.verbs import Array, Mask, chained, whole_runs
from fitness.verdict import Numbers, Verdict, band, count

FLAT = 1e-9  # a sum of squares below which numbers do not vary

rule: Catalogue[Callable[..., Verdict]] = Catalogue("rule", "fitness.rules", ("usual", "heard", "guards", "per_phrase"))
feature: Catalogue[Callable[..., Numbers]] = Catalogue(
    "feature", "fitness.features", ("usual", "figures", "scale", "guards", "profile", "vector", "per_phrase")
)


def usual_band(low: float, high: float, sd: float, guards: tuple[str, ...] = (), **sides: float) -> dict[str, Any]:
    """Traits of a feature whose usual normaliser is a band; `sd` is the scale of its distances too.

    `below` or `above` is small where just beyond that side lies what the band is to prevent.
    """
    figures = {"low": low, "high": high, "sd": sd, **sides}
    return {"usual": band, "figures": figures, "scale": 4 * sd, "guards": guards}


def share(part: Mask, whole: Mask) -> Numbers:
    """Part of whole as counts, `[1, n]`; 0 where the whole is empty."""
    return (count(part) / np.maximum(count(whole), np.uint16(1)))[None].astype(np.float64)


def per(part: Array, whole: Array) -> Numbers:
    """Part over whole, `[n]` each, as `[1, n]`; where the whole is 0 the part, which is 0 too."""
    ratio: Numbers = part / np.maximum(whole, 1)
    return ratio[None]


def shares(counts: Numbers) -> Numbers:
    """Counts `[bins, n]` as shares; all 0 where there is nothing."""
    profile: Numbers = counts / np.maximum(np.add.reduce(counts, axis=0), 1.0)
    return profile


def entropy(profile: Numbers) -> Numbers:
    """Entropy in bits of shares `[bins, n]`, as `[1, n]`."""
    bits: Numbers = np.add.reduce(profile * np.log2(np.where(profile > 0, profile, 1.0)), axis=0)
    return 0.0 - bits[None]


def repeated(events: NDArray[np.uint64], there: Mask, size: int) -> Numbers:
    """Share of the runs of so many events that were there before in the row, `[1, n]`."""
    whole = whole_runs(there, size)
    absent = np.uint64(2**63) + np.arange(events.shape[1], dtype=np.uint64)[:, None]  # all different
    ordered = np.sort(np.where(whole, chained(events, size) >> np.uint64(1), absent), axis=1)
    again = np.add.reduce(ordered[:, 1:] == ordered[:, :-1], axis=(0, 1), dtype=np.int64)
    return per(again, np.add.reduce(whole, axis=(0, 1), dtype=np.int64))


def mean_of(x: Array, where: Mask) -> Numbers:
    """Mean of `x` over rows and positions where `where` holds, `[1, n]`; 0 where it holds nowhere."""
    total = np.add.reduce(np.where(where, x, 0), axis=(0, 1), dtype=np.float64)
    return per(total, np.add.reduce(where, axis=(0, 1), dtype=np.int64))


def correlated(x: Array, y: Array, where: Mask) -> Numbers:
    """Pearson's correlation of `x` and `y` where `where` holds, `[1, n]`; 0 where one of them does not vary."""
    x, y = np.where(where, x - mean_of(x, where), 0.0), np.where(where, y - mean_of(y, where), 0.0)
    xx, yy, xy = (np.add.reduce(a * b, axis=(0, 1)) for a, b in ((x, x), (y, y), (x, y)))
    there = (xx > FLAT) & (yy > FLAT)
    r: Numbers = np.clip(xy / np.sqrt(np.where(there, xx * yy, 1.0)), -1.0, 1.0) * there
    return r[None]
