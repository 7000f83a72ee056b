"""Criteria as an experiment file writes them: `{rule: leaps_recovered, leap: 5, weight: 2, as: gate}`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from evolve.genomes.kind import GenomeKind, facts_of
from evolve.options import checked, plain, shown, with_article
from evolve.problems import KeyPath, Problem
from fitness.catalogue import Extension, near_miss
from fitness.criterion import Criterion
from fitness.entries import feature, rule
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.similarity import distance
from fitness.style import AXIS, Style
from fitness.verdict import Verdict, normaliser

PROBE = 64  # phrases that each criterion is tried on before a run begins
RESERVED = ("rule", "feature", "weight", "as", "targets", "distance", "voices")


class Criteria:
    """Turns the criteria of one file into values; `problems` grows with what is wrong, `plain` with what was meant."""

    def __init__(
        self, kind: GenomeKind | None, read: Callable[[object, KeyPath], list[Phrase]], problems: list[Problem]
    ) -> None:
        self.problems = problems
        self.plain: dict[Criterion, dict[str, Any]] = {}
        self._read = read
        self._probe = None if kind is None else kind.decode(kind.sample(PROBE, np.random.default_rng(0)))
        self._labels: dict[str, int] = {}

    def wrong(self, path: KeyPath, what: str, *, on_key: bool = False) -> None:
        """Note a mistake."""
        self.problems.append(Problem(path, what, on_key))

    def listed(self, items: object, path: KeyPath, *, may_be_empty: bool = False) -> list[Criterion]:
        """The criteria of a list; those that are wrong are left out and noted."""
        if not isinstance(items, list) or not (items or may_be_empty):
            self.wrong(path, f"must be a list of criteria such as [{{rule: in_key}}], got {shown(items)}")
            return []
        made = [self._one(item, (*path, i)) for i, item in enumerate(items)]
        return [criterion for criterion in made if criterion is not None]

    def _one(self, item: object, path: KeyPath) -> Criterion | None:
        if not isinstance(item, dict) or ("rule" in item) == ("feature" in item):
            self.wrong(path, f"must name one rule or one feature, such as {{rule: in_key}}, got {shown(item)}")
            return None
        before = len(self.problems)
        what = "rule" if "rule" in item else "feature"
        catalogue: Any = rule if what == "rule" else feature
        entry = self._entry(catalogue, item[what], (*path, what))
        if entry is None:
            return None
        given = {key: value for key, value in item.items() if key not in RESERVED}
        beside = tuple(key for key in RESERVED if key not in item and key not in ("rule", "feature"))
        options = checked(entry.function, given, path, self.problems, beside)
        common: dict[str, Any] = {
            "options": options, "usual": self._normaliser(item, what, path), "weight": self._weight(item, path),
            "voices": self._voices(item, path), "label": self._label(entry.name),
        }  # fmt: skip
        if "targets" in item:
            phrases = self._read(item["targets"], (*path, "targets"))
            common["targets"] = Phrases.of(*phrases) if phrases else None
        if "distance" in item and what == "feature" and "targets" in item:
            by = self._entry(distance, item["distance"], (*path, "distance"))
            common["by"] = by.name if by else None
        elif "distance" in item:
            self.wrong((*path, "distance"), "needs a feature with targets; take it out", on_key=True)
        if len(self.problems) > before:
            return None
        return self._made(what, entry, item, path, common)

    def _made(
        self, what: str, entry: Extension[Any], item: Mapping[str, Any], path: KeyPath, common: dict[str, Any]
    ) -> Criterion | None:
        make = Criterion.of_rule if what == "rule" else Criterion.of_feature
        try:
            criterion = make(entry.name, **common)
            if self._probe is not None:
                _tried(criterion, self._probe)
        except ValueError as error:
            self.wrong((*path, what), str(error).removeprefix(f"{common['label']}: "))
            return None
        rest = {key: value for key, value in item.items() if key in RESERVED}
        self.plain[criterion] = {**rest, **plain(entry.function, {k: item[k] for k in item if k not in RESERVED})}
        return criterion

    def _entry(self, catalogue: Any, name: object, path: KeyPath) -> Extension[Any] | None:
        if isinstance(name, str) and name in catalogue:
            found: Extension[Any] = catalogue[name]
            return found
        if not isinstance(name, str):
            self.wrong(path, f"must name {with_article(catalogue.what)}, got {shown(name)}")
            return None
        hint = near_miss(name, [entry.name for entry in catalogue])
        other: Any = feature if catalogue is rule else rule
        if catalogue in (rule, feature) and name in other:
            hint = f"it is a {other.what}: write '{other.what}: {name}'"
        self.wrong(path, f"no {catalogue.what} is called {shown(name)}; {hint}")
        return None

    def _label(self, name: str) -> str:
        self._labels[name] = self._labels.get(name, 0) + 1
        return name if self._labels[name] == 1 else f"{name} {self._labels[name]}"

    def _weight(self, item: Mapping[str, Any], path: KeyPath) -> float:
        weight = item.get("weight", 1.0)
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            self.wrong((*path, "weight"), f"must be a number, got {shown(weight)}")
        elif not (math.isfinite(weight) and 0 < weight <= 1e9):
            self.wrong((*path, "weight"), f"must be above 0 and at most 1e9, got {shown(weight)}")
        else:
            return float(weight)
        return 1.0

    def _normaliser(self, item: Mapping[str, Any], what: str, path: KeyPath) -> Callable[..., Any] | None:
        given = item.get("as")
        if given is None:
            return None
        name, options = (given, {}) if isinstance(given, str) else _only(given)
        entry = self._entry(normaliser, name, (*path, "as"))
        if entry is None:
            return None
        if entry.traits["of"] != what:
            fitting = ", ".join(e.name for e in normaliser if e.traits["of"] == what)
            self.wrong((*path, "as"), f"'{entry.name}' is for a {entry.traits['of']}; a {what} takes {fitting}")
            return None
        where = (*path, "as") if isinstance(given, str) else (*path, "as", entry.name)
        values = checked(entry.function, options, where, self.problems)
        if values and values.get("low", 0) > values.get("high", 0):
            self.wrong((*where, "low"), f"must not be above high ({values['high']}), got {values['low']}")
        if values and "targets" in item and max(values.get("low", 0), values.get("mean", 0)) > 1:
            self.wrong(where, "with targets it bounds the likeness, 0 to 1; take numbers from that range")
        return partial(entry.function, **values) if values is not None else None

    def _voices(self, item: Mapping[str, Any], path: KeyPath) -> tuple[int, ...] | None:
        given = item.get("voices")
        if given is None or self._probe is None:
            return None
        names = self._probe.settings[0].names
        chosen = given if isinstance(given, list) else [given]
        if not chosen:
            self.wrong((*path, "voices"), "must name a voice, got none; leave it out to hear all")
        found = []
        for i, voice in enumerate(chosen):
            where = (*path, "voices", i) if isinstance(given, list) else (*path, "voices")
            if isinstance(voice, int) and not isinstance(voice, bool) and 1 <= voice <= len(names):
                found.append(voice - 1)
            elif voice in names:
                found.append(names.index(voice))
            else:
                self.wrong(
                    where, f"must be a voice from 1 to {len(names)} or one of {', '.join(names)}, got {shown(voice)}"
                )
        return tuple(sorted(set(found))) or None


def _tried(criterion: Criterion, phrases: Phrases) -> None:
    """An option that no phrase can satisfy, or an answer that is none, is found before the run."""
    said = criterion.said(criterion.view(phrases))
    if isinstance(said, Verdict) and (said.broken & ~said.tested).any():
        raise ValueError("what is broken must be tested, got faults where the rule did not apply")


def _only(given: object) -> tuple[object, object]:
    """Name and options of `{decay: {rate: 0.5}}`."""
    if isinstance(given, dict) and len(given) == 1:
        name, options = next(iter(given.items()))
        return name, {} if options is None else options
    return given, {}


def objective_of(style: Style, kind: GenomeKind | None) -> Objective:
    """The criteria of a style for a genome kind (None: for any line); ValueError where they do not fit each other."""
    problems: list[Problem] = []
    criteria = Criteria(kind, lambda item, path: [], problems)
    soft, hard = style.criteria_for({} if kind is None else facts_of(kind))
    axes = {axis: tuple(criteria.listed(items, (axis,))) for axis, items in soft.items()}
    constraints = tuple(criteria.listed(hard, (), may_be_empty=True))
    if problems:
        raise ValueError(f"the style '{style.name}': {problems[0].what}")
    return Objective(axes or {AXIS: constraints}, constraints)  # a style may be nothing but hard
