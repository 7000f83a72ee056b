"""An objective: criteria grouped into axes, and constraints; the scores it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fitness.criterion import Criterion
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.score import Part, Score
from fitness.verdict import Blame, Numbers, Verdict

DECIMALS = 9  # scores are rounded before anything compares them


class Judge(Protocol):
    """Whatever turns phrases into scores: an objective, a taste, a mix of both."""

    def __call__(self, phrases: Phrases) -> Scores:
        """The scores of a batch."""


@dataclass(frozen=True, eq=False)
class Objective:
    """Criteria grouped into axes (each their weighted mean), and constraints (counts of faults, none wanted).

    A rule that applied nowhere in a phrase shares its weight out; an axis of which nothing applied is 0.
    With `blames`, the scores say where the faults are, for guided mutation.
    """

    axes: Mapping[str, tuple[Criterion, ...]]
    constraints: tuple[Criterion, ...] = ()
    blames: bool = False

    def __post_init__(self) -> None:
        soft = [criterion for criteria in self.axes.values() for criterion in criteria]
        if not self.axes or not all(self.axes.values()):
            raise ValueError("an objective must have an axis, and each axis a criterion")
        if wrong := [c.name for c in self.constraints if not c.is_rule]:
            raise ValueError(f"constraints must be rules, got {', '.join(wrong)}")
        if wrong := [c.name for c in soft if not 0 < c.weight < np.inf]:
            raise ValueError(f"weights must be finite and above 0, those of {', '.join(wrong)} are not")

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria: the axes' in order, then the constraints."""
        return (*(c for criteria in self.axes.values() for c in criteria), *self.constraints)

    @cached_property
    def _groups(self) -> dict[tuple[int, ...] | None, list[int]]:
        """Rows of criteria by the voices they hear, so that each view is made once."""
        groups: dict[tuple[int, ...] | None, list[int]] = {}
        for row, criterion in enumerate(self.criteria):
            groups.setdefault(criterion.voices, []).append(row)
        return groups

    @cached_property
    def _axis_of(self) -> list[int | None]:
        """The axis of each criterion's row; None for a constraint."""
        axes = [axis for axis, criteria in enumerate(self.axes.values()) for _ in criteria]
        return [*axes, *(None for _ in self.constraints)]

    @cached_property
    def _place_of(self) -> list[int]:
        """Each criterion's row among the rules, or among the features."""
        kinds = [criterion.is_rule for criterion in self.criteria]
        return [kinds[:row].count(kind) for row, kind in enumerate(kinds)]

    def __call__(self, phrases: Phrases) -> Scores:
        """The scores of a batch; the same for a phrase alone and in any company."""
        n, rules = phrases.n, sum(criterion.is_rule for criterion in self.criteria)
        broken, tested = np.zeros((2, rules, n), np.uint16)
        worth = np.zeros((len(self.criteria) - rules, n), np.float32)
        axes = np.zeros((len(self.axes), n))
        blames: list[Blame] = []
        for where, block in phrases.blocks():
            size = where.stop - where.start
            total, weights = np.zeros((2, len(self.axes), block.n))
            for voices, rows in self._groups.items():
                heard = block if voices is None else block.only(voices)
                for row in rows:
                    criterion, axis, place = self.criteria[row], self._axis_of[row], self._place_of[row]
                    said = criterion.said(heard)
                    if isinstance(said, Verdict):
                        counts = said.counts
                        broken[place, where], tested[place, where] = counts[:, :size]
                        if self.blames:
                            blames.append(said.blame(voices).shifted(where.start, size))
                        if axis is not None:
                            applies = counts[1] > 0
                            value = criterion.worth(counts[0] * 1.0, np.maximum(counts[1], 1)) * applies
                            total[axis] += criterion.weight * value
                            weights[axis] += criterion.weight * applies
                    elif axis is not None:
                        value = criterion.worth(said)
                        worth[place, where] = value[:size]
                        total[axis] += criterion.weight * value
                        weights[axis] += criterion.weight
            axes[:, where] = (total / np.where(weights > 0, weights, 1.0)).round(DECIMALS)[:, :size]
        return Scores(self, axes, broken, tested, worth, Blame.join(blames) if self.blames else None, phrases)

    def score(self, phrase: Phrase) -> Score:
        """The score of one phrase."""
        return self(Phrases.of(phrase))[0]


@dataclass(frozen=True, eq=False)
class Scores:
    """What a judge says of a batch.

    `axes` float64 `[axes, n]`, 0-1, more is better; `broken` and `tested` uint16 `[rules, n]`; `worth`
    float32 `[features, n]`, for display.  `blame` if the judge was asked for it.
    """

    objective: Objective
    axes: Numbers
    broken: NDArray[np.uint16]
    tested: NDArray[np.uint16]
    worth: NDArray[np.float32]
    blame: Blame | None = None
    phrases: Phrases | None = None

    @property
    def faults(self) -> NDArray[np.int32]:
        """Faults against the constraints, `[n]`."""
        first = len(self.broken) - len(self.objective.constraints)
        number: NDArray[np.int32] = np.add.reduce(self.broken[first:], axis=0, dtype=np.int32)
        return number

    def __len__(self) -> int:
        return int(self.axes.shape[1])

    def __getitem__(self, i: int) -> Score:
        """The score of phrase `i`, with the phrase itself where the scores still know it."""
        phrase = None if self.phrases is None else self.phrases[i]
        parts = []
        for criterion, place in zip(self.objective.criteria, self.objective._place_of, strict=True):
            if criterion.is_rule:
                broken, tested = int(self.broken[place, i]), int(self.tested[place, i])
                worth = (
                    float(criterion.worth(np.array([broken * 1.0]), np.array([tested * 1.0]))[0]) if tested else None
                )
                parts.append(Part(criterion, worth, broken, tested))
            else:
                parts.append(Part(criterion, float(self.worth[place, i]), 0, 0))
        axes = dict(zip(self.objective.axes, self.axes[:, i].tolist(), strict=True))
        return Score(axes, int(self.faults[i]), tuple(parts), len(self.objective.constraints), phrase)
