"""A criterion: a named, weighted rule or feature, with what its answer is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from fitness.catalogue import PLUGIN, Extension
from fitness.entries import feature, rule
from fitness.phrases import Phrases
from fitness.similarity import difference, distance, jensen_shannon
from fitness.verdict import Numbers, Verdict, rate


@dataclass(frozen=True, eq=False)
class Criterion:
    """A named, weighted rule with its normaliser, or feature with its normaliser or target and distance.

    `voices` are numbers from 0; None: all.  Made by `of_rule` and `of_feature`, which know the defaults.
    """

    name: str
    judge: Callable[[Phrases], Verdict | Numbers]
    worth: Callable[..., Numbers]
    is_rule: bool
    extension: Extension[Any]
    weight: float = 1.0
    voices: tuple[int, ...] | None = None

    @classmethod
    def of_rule(
        cls, name: str, *, options: Mapping[str, Any] | None = None, usual: Callable[..., Numbers] | None = None,
        weight: float = 1.0, voices: tuple[int, ...] | None = None, label: str = "",
    ) -> Criterion:  # fmt: skip
        """A criterion from the rule called `name`; `usual` is its normaliser, where not the rule's own."""
        entry = rule[name]
        worth = usual or entry.traits.get("usual", rate)
        judge = partial(entry.function, **(options or {}))
        return cls(label or name, judge, worth, True, entry, weight, voices)

    @classmethod
    def of_feature(
        cls, name: str, *, options: Mapping[str, Any] | None = None, usual: Callable[..., Numbers] | None = None,
        targets: Phrases | None = None, by: str | None = None, weight: float = 1.0,
        voices: tuple[int, ...] | None = None, label: str = "",
    ) -> Criterion:  # fmt: skip
        """A criterion from the feature called `name`.

        With `targets`: 1 minus the distance `by` from the mean of the targets' features.  Else: the
        normaliser `usual`, or the feature's own.  ValueError where neither applies.
        """
        entry = feature[name]
        judge = partial(entry.function, **(options or {}))
        is_profile = bool(entry.traits.get("profile"))
        if targets is not None:
            chosen = distance[by] if by else None
            if chosen and chosen.traits["needs"] != ("profile" if is_profile else "number"):
                raise ValueError(f"the distance '{by}' needs a {chosen.traits['needs']}, which '{name}' is not")
            measure = chosen.function if chosen else jensen_shannon if is_profile else difference
            if measure is difference:
                measure = partial(difference, scale=entry.traits.get("scale", 1.0))
            wanted = _values(judge, targets if voices is None else targets.only((0,))).mean(axis=1)
            worth: Callable[..., Numbers] = partial(_likeness, measure=measure, target=wanted)
        elif usual is not None or "usual" in entry.traits:
            if is_profile:
                raise ValueError(f"'{name}' is a profile of many numbers: give it targets, not a normaliser")
            worth = partial(_first_row, worth=usual or partial(entry.traits["usual"], **entry.traits["figures"]))
        else:
            raise ValueError(f"'{name}' needs targets to be compared with")
        return cls(label or name, judge, worth, False, entry, weight, voices)

    def said(self, phrases: Phrases) -> Verdict | Numbers:
        """What the rule or feature says of the voices it hears; ValueError, naming it, where that is no answer."""
        try:
            told = self.judge(phrases)
        except (Exception, SystemExit) as error:
            if not self.extension.function.__module__.startswith(PLUGIN):
                raise  # a bug of ours, to be seen whole
            raise ValueError(f"{self.name}: stopped with {type(error).__name__}: {str(error)[:200]}") from error
        if self.is_rule:
            if not isinstance(told, Verdict):
                raise ValueError(f"{self.name}: a rule must give a Verdict, got {type(told).__name__}")
            shapes = (told.broken.shape, told.tested.shape)
            if shapes[0] != shapes[1] or shapes[0][-1:] != (phrases.n,) or told.broken.ndim != 3:
                raise ValueError(f"{self.name}: masks must be alike, [rows, positions, {phrases.n}], got {shapes}")
            if told.broken.dtype != bool or told.tested.dtype != bool:
                raise ValueError(f"{self.name}: masks must be bool, got {told.broken.dtype} and {told.tested.dtype}")
        elif not isinstance(told, np.ndarray) or told.dtype != np.float64 or told.shape[1:] != (phrases.n,):
            got = f"{told.dtype} {told.shape}" if isinstance(told, np.ndarray) else type(told).__name__
            raise ValueError(f"{self.name}: a feature must give float64 [length, {phrases.n}], got {got}")
        elif not np.isfinite(told).all():
            raise ValueError(f"{self.name}: a feature must be finite, got nan or infinity")
        return told

    def view(self, phrases: Phrases) -> Phrases:
        """The phrases with the voices that this criterion hears."""
        return phrases if self.voices is None else phrases.only(self.voices)


def _likeness(value: Numbers, *, measure: Callable[..., Numbers], target: Numbers) -> Numbers:
    return 1.0 - measure(value, target)


def _first_row(value: Numbers, *, worth: Callable[..., Numbers]) -> Numbers:
    return worth(value[0])


def _values(judge: Callable[[Phrases], Any], phrases: Phrases) -> Numbers:
    parts = [judge(block)[:, : where.stop - where.start] for where, block in phrases.blocks()]
    return np.concatenate(parts, axis=1)
