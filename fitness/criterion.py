"""A criterion: a named, weighted rule or feature, with what its answer is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from fitness.catalogue import PLUGIN, TARGETS, Extension, plugin_place
from fitness.entries import feature, rule
from fitness.per_phrase import batched
from fitness.phrases import Phrases
from fitness.similarity import difference, distance, jensen_shannon, root_mean_square
from fitness.verdict import Numbers, Verdict, rate

USUAL_DISTANCE = {"profile": jensen_shannon, "number": difference, "vector": root_mean_square}


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
        targets: Phrases | None = None, weight: float = 1.0, voices: tuple[int, ...] | None = None, label: str = "",
    ) -> Criterion:  # fmt: skip
        """A criterion from the rule called `name`; `usual` is its normaliser, where not the rule's own.

        `targets` are for a rule that compares with pieces; ValueError where they lack or are too many.
        """
        entry = rule[name]
        if entry.takes_targets != (targets is not None):
            wrong = "compares with pieces: give it targets" if entry.takes_targets else "compares with no targets"
            raise ValueError(f"'{name}' {wrong}")
        worth = usual or entry.traits.get("usual", rate)
        given = {**(options or {}), **({} if targets is None else {TARGETS: _heard(targets, voices)})}
        judge = partial(batched(entry, is_rule=True), **given)
        return cls(label or name, judge, worth, True, entry, weight, voices)

    @classmethod
    def of_feature(
        cls, name: str, *, options: Mapping[str, Any] | None = None, usual: Callable[..., Numbers] | None = None,
        targets: Phrases | None = None, by: str | None = None, weight: float = 1.0,
        voices: tuple[int, ...] | None = None, label: str = "",
    ) -> Criterion:  # fmt: skip
        """A criterion from the feature called `name`.

        With `targets`: 1 minus the distance `by` from the mean of the targets' features, and that put
        through `usual` where it is given (a band keeps likeness between two bounds).  Else, or where
        the feature itself does the comparing: the normaliser `usual`, or the feature's own.  ValueError
        where neither applies.
        """
        entry = feature[name]
        given = dict(options or {})
        kind = next((trait for trait in ("profile", "vector") if entry.traits.get(trait)), "number")
        if entry.takes_targets:
            if targets is None:
                raise ValueError(f"'{name}' compares with pieces: give it targets")
            if by:
                raise ValueError(f"'{name}' compares with its targets itself: take the distance out")
            given[TARGETS], targets = _heard(targets, voices), None
        judge = partial(batched(entry, is_rule=False), **given)
        if targets is not None:
            chosen = distance[by] if by else None
            if chosen and chosen.traits["needs"] != kind:
                raise ValueError(f"the distance '{by}' needs a {chosen.traits['needs']}, but '{name}' is a {kind}")
            measure = chosen.function if chosen else USUAL_DISTANCE[kind]
            if measure in (difference, root_mean_square):
                measure = partial(measure, scale=entry.traits.get("scale", 1.0))
            wanted = _values(judge, _heard(targets, voices)).mean(axis=1)
            worth: Callable[..., Numbers] = partial(_likeness, measure=measure, target=wanted, worth=usual)
        elif usual is not None or "usual" in entry.traits:
            if kind != "number":
                raise ValueError(f"'{name}' is a {kind} of many numbers: give it targets, not a normaliser alone")
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
            told_where = f"{self.name}: {plugin_place(error)}stopped with {type(error).__name__}"
            raise ValueError(f"{told_where}: {str(error)[:200]}") from error
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
        elif len(told) != 1 and not {"profile", "vector"} & self.extension.traits.keys():
            raise ValueError(
                f"{self.name}: many numbers need the trait profile=True or vector=True, got {len(told)} rows"
            )
        elif not np.isfinite(told).all():
            raise ValueError(f"{self.name}: a feature must be finite, got nan or infinity")
        return told

    def view(self, phrases: Phrases) -> Phrases:
        """The phrases with the voices that this criterion hears."""
        return phrases if self.voices is None else phrases.only(self.voices)


def _heard(targets: Phrases, voices: tuple[int, ...] | None) -> Phrases:
    """What of the targets is compared: where a criterion hears some voices, their first one."""
    return targets if voices is None else targets.only((0,))


def _likeness(
    value: Numbers, *, measure: Callable[..., Numbers], target: Numbers, worth: Callable[..., Numbers] | None
) -> Numbers:
    likeness = 1.0 - measure(value, target)
    return likeness if worth is None else worth(likeness)


def _first_row(value: Numbers, *, worth: Callable[..., Numbers]) -> Numbers:
    return worth(value[0])


def _values(judge: Callable[[Phrases], Any], phrases: Phrases) -> Numbers:
    parts = [judge(block)[:, : where.stop - where.start] for where, block in phrases.blocks()]
    return np.concatenate(parts, axis=1)
