"""Options of a file checked against the signature of the function that will get them.

The models are pydantic's, made from keyword-only parameters; only the wording of mistakes is ours.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pydantic
from pydantic import ConfigDict

from evolve.problems import KeyPath, Problem
from fitness.catalogue import Extension, Matching, Written, near_miss

_TYPES = {
    "int_type": "a whole number", "float_type": "a number", "bool_type": "true or false", "string_type": "a text",
    "list_type": "a list", "dict_type": "a mapping", "finite_number": "a finite number",
    "int_from_float": "a whole number", "int_parsing_size": "a smaller number", "too_long": "a shorter list",
}  # fmt: skip


@lru_cache(maxsize=256)
def _model(function: Any) -> type[pydantic.BaseModel]:
    fields: dict[str, Any] = {
        name: (annotation, ... if default is inspect.Parameter.empty else default)
        for name, (annotation, default) in Extension(function.__name__, function, {}).options.items()
    }
    strict = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, arbitrary_types_allowed=True, frozen=True)
    model: type[pydantic.BaseModel] = pydantic.create_model(function.__name__, __config__=strict, **fields)
    return model


def checked(
    function: Any, given: object, path: KeyPath, problems: list[Problem], beside: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    """The options as values of the annotated types, defaults included; None, and a problem more, if one is wrong.

    `beside` are the keys that may stand beside the options, for whoever misspelt one of them.
    """
    if not isinstance(given, Mapping):
        problems.append(Problem(path, f"must be a mapping of options, got {shown(given)}"))
        return None
    model = _model(function)
    try:
        made = model.model_validate(dict(given))
    except pydantic.ValidationError as error:
        for detail in error.errors(include_url=False):
            problems.append(_problem(detail, model, path, beside))
        return None
    return {name: getattr(made, name) for name in model.model_fields}


def _problem(detail: Any, model: type[pydantic.BaseModel], path: KeyPath, beside: tuple[str, ...]) -> Problem:
    steps = tuple(step for step in detail["loc"] if not str(step).startswith("function-after"))
    name, kind, value = str(steps[0]), detail["type"], shown(detail["input"])
    where = (*path, *(step for step in steps if step in (name,) or isinstance(step, int)))
    limits = detail.get("ctx", {})
    field = model.model_fields.get(name)
    metadata = [] if field is None else _metadata(field)
    if kind == "extra_forbidden":
        return Problem(
            where, f"no option is called '{name}' here; {near_miss(name, [*model.model_fields, *beside])}", on_key=True
        )
    if kind == "missing":
        return Problem(path, f"'{name}' must be given", on_key=True)
    if kind in ("greater_than_equal", "less_than_equal"):
        bounds = next((m for m in metadata if hasattr(m, "low")), None)
        range_ = f"from {_number(bounds.low)} to {_number(bounds.high)}" if bounds else f"at least or at most {limits}"
        return Problem(where, f"must be {range_}, got {value}")
    if kind == "literal_error":
        known = [word.strip("'") for word in limits["expected"].replace(" or ", ", ").split(", ")]
        hint = near_miss(str(detail["input"]), known)
        also = f"; {hint}" if hint.startswith("did") else ""
        return Problem(where, f"must be one of {', '.join(known)}, got {value}{also}")
    if kind == "string_pattern_mismatch":
        words = next((m.words for m in metadata if isinstance(m, Matching)), "of another form")
        return Problem(where, f"must be {words}, got {value}")
    if kind == "value_error":
        return Problem(where, str(limits["error"]))
    return Problem(where, f"must be {_TYPES.get(kind, detail['msg'])}, got {value}")


def _number(bound: float) -> str:
    """A bound as it is: whole numbers to the last digit."""
    return str(int(bound)) if float(bound).is_integer() and abs(bound) < 1e17 else f"{bound:.12g}"


def _metadata(field: Any) -> list[Any]:
    found = list(field.metadata)
    for argument in typing.get_args(field.annotation):
        found += list(getattr(argument, "__metadata__", ()))
    return found


def plain(function: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Options as they would stand in a file that leaves none out: what was given, then the defaults."""
    result = {}
    for name, (annotation, default) in Extension(function.__name__, function, {}).options.items():
        written = [m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, Written)]
        if name in given:
            result[name] = given[name]
        elif default is not None and default is not inspect.Parameter.empty:
            result[name] = written[0].text(default) if written else default
    return result


def with_article(noun: str) -> str:
    """`a rule`, `an algorithm`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def shown(value: object) -> str:
    """A value as an error message shows it, cut short."""
    text = f"'{value}'" if isinstance(value, str) else "nothing" if value is None else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 60 else text[:57] + "..."
