"""What an experiment is judged by: the criteria of its style, those of its own, and its constraints."""

from __future__ import annotations

from functools import partial
from typing import Any

from evolve.criteria import Criteria
from evolve.document import Document
from evolve.genomes.kind import GenomeKind, facts_of
from evolve.inputs import Inputs, attempt
from evolve.problems import Problem
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.style import Style

Plain = dict[str, Any]


def read_objective(
    document: Document, kind: GenomeKind | None, style: Style | None, inputs: Inputs, problems: list[Problem],
    resolved: Plain,
) -> Objective | None:  # fmt: skip
    """The objective of a file: its style's criteria, for which its own stand; `problems` and `resolved` grow."""
    criteria = Criteria(kind, inputs.phrases, problems)
    soft, hard = _of_style(style, kind, problems)
    styled = "style" in document.data  # then an axis of one's own is no must
    given = document.data.get("objective", {} if styled else None)
    if not isinstance(given, dict) or not (given or styled):
        what = "must be a mapping of axes to lists of criteria, such as {theory: [{rule: in_key}]}"
        problems.append(Problem(("objective",), what))
        given = {}
    own = [item for items in given.values() if isinstance(items, list) for item in items]
    axes = {axis: criteria.listed(_but(items, own), ("style",), may_be_empty=True) for axis, items in soft.items()}
    for axis, items in given.items():
        axes[str(axis)] = axes.get(str(axis), []) + criteria.listed(items, ("objective", axis))
    axes = {axis: items for axis, items in axes.items() if items}
    named = _constraints(document, criteria, problems)
    own = document.data.get("constraints", [])
    constraints = [*criteria.listed(_but(hard, own), ("style",), may_be_empty=True), *named]
    if not axes and not problems:
        problems.append(Problem(("style",), "the style has constraints only; add an objective"))
    if problems:
        return None
    resolved["objective"] = {axis: [criteria.plain[c] for c in items] for axis, items in axes.items()}
    resolved["constraints"] = [criteria.plain[c] for c in constraints]
    made = partial(Objective, {axis: tuple(items) for axis, items in axes.items()}, tuple(constraints))
    objective: Objective | None = attempt(problems, ("objective",), made)
    return objective


def read_constraints(
    document: Document,
    kind: GenomeKind | None,
    style: Style | None,
    inputs: Inputs,
    problems: list[Problem],
    resolved: Plain,
) -> tuple[Criterion, ...]:
    """The constraints of a file, and of its style, where a judge is the objective; `problems` and `resolved` grow."""
    criteria = Criteria(kind, inputs.phrases, problems)
    _, hard = _of_style(style, kind, problems)
    of_style = criteria.listed(_but(hard, document.data.get("constraints", [])), ("style",), may_be_empty=True)
    both = [*of_style, *_constraints(document, criteria, problems)]
    if document.data.get("objective") is not None:
        what = "what passes for the corpus is the objective; take it out, or put its rules under constraints"
        problems.append(Problem(("objective",), what, on_key=True))
    resolved["constraints"] = [criteria.plain[criterion] for criterion in both if criterion in criteria.plain]
    return tuple(both)


def _constraints(document: Document, criteria: Criteria, problems: list[Problem]) -> list[Criterion]:
    named = criteria.listed(document.data.get("constraints", []), ("constraints",), may_be_empty=True)
    for i, criterion in enumerate(named):
        if not criterion.is_rule:
            what = "a constraint must be a rule; give a feature a place in the objective"
            problems.append(Problem(("constraints", i), what))
    return named


def lacking(objective: Objective) -> tuple[str, ...]:
    """An objective that silence or a single held note would satisfy is warned about."""
    guards = {guard for criterion in objective.criteria for guard in criterion.extension.traits.get("guards", ())}
    advice = {
        "density": "nothing asks for notes, so the emptiest phrase may win: add {feature: notes_per_bar}",
        "leaps": "nothing asks for leaps, so a plain scale may win: add {feature: leap_share}",
    }
    return tuple(text for guard, text in advice.items() if guard not in guards)


def _of_style(
    style: Style | None, kind: GenomeKind | None, problems: list[Problem]
) -> tuple[dict[str, list[Plain]], list[Plain]]:
    """The criteria of the style by axis, and its constraints."""
    if style is None or kind is None:
        return {}, []
    criteria = attempt(problems, ("style",), partial(style.criteria_for, facts_of(kind)))
    return criteria or ({}, [])


def _but(items: list[Plain], own: object) -> list[Plain]:
    """The criteria of a style, those left out for which the file has some of the same rule or feature."""
    listed = [item for item in (own if isinstance(own, list) else ()) if isinstance(item, dict)]
    names = {str(item.get("rule") or item.get("feature")) for item in listed}
    return [item for item in items if str(item.get("rule") or item.get("feature")) not in names]
