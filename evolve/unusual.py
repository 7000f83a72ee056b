"""Which numbers of a melody are unusual for a style: its portrait beside the quantiles of the style's pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evolve.melodies import numbers_of_each
from fitness.entries import feature
from fitness.features.contour import SHAPES
from fitness.features.harmony import CADENCES
from fitness.phrase import Phrase
from fitness.portrait import SINGLE, names, portrait
from fitness.style import Style
from fitness.verdict import Numbers

PERCENTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FAR = 1.0  # spreads beyond the usual from which a share of a profile is told
LEAST_SPREAD = 0.1  # of a share: in a few notes it varies as much by chance
INTERVALS = (
    "repeated notes", "minor seconds", "major seconds", "minor thirds", "major thirds", "fourths", "tritones",
    "fifths", "minor sixths", "major sixths", "minor sevenths", "major sevenths", "octaves and more",
)  # fmt: skip
ABOVE = ("tonic", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7")
# What the rows of a profile are in words, where they can be said in a few.
ROWS: Mapping[str, Callable[[int], str]] = {
    "interval_profile": lambda row: ("rising ", "falling ")[row < 12] * (row != 12) + INTERVALS[abs(row - 12)],
    "degree_profile": lambda row: f"time on {ABOVE[row]}",
    "phrase_start_degrees": lambda row: f"phrases begin on {row or 'chromatic notes'}",
    "phrase_end_degrees": lambda row: f"phrases end on {row or 'chromatic notes'}",
    "contour_profile": lambda row: f"phrases: {SHAPES[row]}",
    "cadence_profile": lambda row: f"cadences: {CADENCES[row]}",
    "triad_profile": lambda row: f"harmony on degree {row + 1}",
}


@dataclass(frozen=True)
class Standing:
    """Where a number of a piece stands among the style's: its value, and the 5th, 25th, 50th, 75th, 95th percentile.

    `beyond` is how far it lies outside the 5th to 95th, in spreads between these; inside it is below 0, and says how
    large a share of the style's pieces lies between it and the nearer of them.
    """

    name: str
    label: str
    summary: str
    value: float
    quantiles: tuple[float, ...]
    beyond: float

    @property
    def place(self) -> float:
        """Where it lies on a line on which the 5th percentile is 0 and the 95th is 1."""
        low, high = self.quantiles[0], self.quantiles[-1]
        if self.beyond <= 0:
            return (self.value - low) / (high - low) if high > low else 0.5
        return -self.beyond if self.value < low else 1 + self.beyond

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "name": self.name, "label": self.label, "about": self.summary, "value": self.value,
            "quantiles": list(self.quantiles), "beyond": self.beyond,
        }  # fmt: skip


def quantiles_of(style: Style) -> dict[str, tuple[float, ...]]:
    """The quantiles of each number that a style has measured; ValueError where it has none."""
    told = style.measured.get("quantiles")
    if not isinstance(told, Mapping) or not told:
        mend = "take folk_melody, or measure one with 'evophrase calibrate'"
        raise ValueError(f"a style must have measured quantiles, '{style.name}' has none; {mend}")
    found = {}
    for name, row in told.items():
        numeric = isinstance(row, list) and all(isinstance(x, int | float) and abs(x) < 1e300 for x in row)
        if not numeric or len(row) != 5 or sorted(row) != row:
            raise ValueError(f"measured.quantiles.{name} must be five ascending numbers, got {str(row)[:60]}")
        found[str(name)] = tuple(map(float, row))
    return found


def portraits(lines: Sequence[Phrase]) -> Numbers:
    """The portrait of each melody, `[numbers, n]`."""
    return numbers_of_each(lines, portrait, len(names()))


def standings(values: Numbers, quantiles: Mapping[str, tuple[float, ...]]) -> tuple[Standing, ...]:
    """The single numbers of a portrait `[numbers]` that the style has measured, the most unusual first."""
    at = {name: row for row, name in enumerate(names())}
    told = [
        _standing(name, name.replace("_", " "), feature[name].summary, float(values[at[name]]), quantiles[name])
        for name in SINGLE
        if name in quantiles
    ]
    return tuple(sorted(told, key=lambda standing: (-standing.beyond, standing.name)))


def far_shares(values: Numbers, quantiles: Mapping[str, tuple[float, ...]]) -> tuple[Standing, ...]:
    """The shares of profiles that lie far outside what the style has, the most unusual first."""
    told = []
    for row, name in enumerate(names()):
        profile, _, number = name.partition(" ")
        if profile in ROWS and number.isdecimal() and name in quantiles:
            label = ROWS[profile](int(number))
            told.append(_standing(name, label, feature[profile].summary, float(values[row]), quantiles[name]))
    far = [standing for standing in told if standing.beyond >= FAR]
    return tuple(sorted(far, key=lambda standing: (-standing.beyond, standing.name)))


def _standing(name: str, label: str, summary: str, value: float, quantiles: tuple[float, ...]) -> Standing:
    low, high = quantiles[0], quantiles[-1]
    heard = float(f"{value:.3g}")  # quantiles have three digits: what lies on one is not beyond it
    entry = feature[name.partition(" ")[0]]
    is_share = bool(entry.traits.get("profile"))
    least = LEAST_SPREAD if is_share else float(entry.traits.get("scale") or 1.0) / 4
    outside = max(low - heard, heard - high) / (max(high - low, least) if is_share or high <= low else high - low)
    percentile = _percentile(heard, quantiles)
    inside = max(PERCENTILES[0] - percentile, percentile - PERCENTILES[-1])
    return Standing(name, label, summary, value, quantiles, round(outside if outside > 0 else inside, 9))


def _percentile(value: float, quantiles: tuple[float, ...]) -> float:
    """The share of the style's pieces below a value, between its quantiles; of equal quantiles their mean.

    >>> _percentile(2.5, (1, 2, 3, 4, 5)), _percentile(0.0, (0, 0, 0, 1, 2))
    (0.375, 0.26666666666666666)
    """
    equal = [p for p, quantile in zip(PERCENTILES, quantiles, strict=True) if quantile == value]
    return sum(equal) / len(equal) if equal else float(np.interp(value, quantiles, PERCENTILES))
