"""A style: which criteria, hard or soft, with which figures and weights, for which species and number of voices.

Styles are plain data (`fitness/styles/*.json`, or a user's own file), read by the hand:

    {"name": "fux", "about": "...", "source": "...", "includes": ["species"], "criteria": [
        {"rule": "no_battuta", "weight": 1, "when": {"count": [2]}},
        {"rule": "legal_leaps", "sixths": "all", "hard": true, "voices": "added"}]}

A criterion is written as in an experiment, and may say besides: `hard`, that it is a constraint; `axis`, to which axis
it belongs where it is not (else `quality`); `when`, the facts of a genome kind (such as its species) that it is for;
`voices: added`, that it hears the voices that were added to a given one, or `voices: each`, that there is one such
criterion for each of them.  Where several layers have a criterion of one name, as hard or as soft, for the same music,
the last stands: what a style says itself comes after what it includes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

AXIS = "quality"
OWN = ("hard", "axis", "when")  # what a style says of a criterion beside what an experiment says
KNOWN = ("name", "about", "source", "includes", "criteria", "measured", "vocabulary")
ADDED, EACH = "added", "each"


@dataclass(frozen=True)
class Style:
    """Criteria of a style as plain data, in layers: those of the styles it includes first."""

    name: str
    about: str
    source: str
    layers: tuple[tuple[Mapping[str, Any], ...], ...]
    measured: Mapping[str, Any] = field(default_factory=dict)
    vocabulary: Mapping[str, Any] = field(default_factory=dict)

    @property
    def criteria(self) -> tuple[Mapping[str, Any], ...]:
        """All criteria, whether another stands for them or not."""
        return tuple(item for layer in self.layers for item in layer)

    @classmethod
    def from_dict(cls, data: object, read: Callable[[str], object] = lambda name: {}) -> Style:
        """The style that plain data describes; `read` gives the data of one it includes.

        ValueError where the data are none.
        """
        if not isinstance(data, Mapping):
            raise ValueError(f"a style must be a mapping with 'criteria', got {type(data).__name__}")
        if unknown := [key for key in data if key not in KNOWN]:
            raise ValueError(f"a style has no '{unknown[0]}'; it has {', '.join(KNOWN)}")
        criteria = data.get("criteria")
        if not isinstance(criteria, list) or not all(isinstance(item, Mapping) for item in criteria):
            raise ValueError("a style must have a list of criteria, such as [{rule: in_key}]")
        for item in criteria:
            _check(item)
        includes = data.get("includes", [])
        if not isinstance(includes, list) or not all(isinstance(name, str) for name in includes):
            raise ValueError(f"'includes' must be a list of styles, such as [fux], got {includes}")
        included = [cls.from_dict(read(name), read) for name in includes]
        layers = [layer for style in included for layer in style.layers]
        name, about, source = (str(data.get(key, "")) for key in KNOWN[:3])
        learned: list[Mapping[str, Any]] = []
        for key in ("measured", "vocabulary"):
            own: object = data.get(key) or next((getattr(s, key) for s in reversed(included) if getattr(s, key)), {})
            if not isinstance(own, Mapping):
                raise ValueError(f"'{key}' must be a mapping such as calibrate writes, got {type(own).__name__}")
            learned.append(own)
        return cls(name, about, source, (*layers, tuple(criteria)), *learned)

    def criteria_for(self, facts: Mapping[str, Any]) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
        """The criteria of each axis, and the constraints, as an experiment would write them.

        `facts` are those of a genome kind; ValueError where the style asks for a fact that they lack.
        """
        axes: dict[str, list[dict[str, Any]]] = {}
        constraints: list[dict[str, Any]] = []
        for item in self._standing(facts):
            found = constraints if item.get("hard") else axes.setdefault(str(item.get("axis", AXIS)), [])
            found += self._heard_by({key: value for key, value in item.items() if key not in OWN}, facts)
        return axes, constraints

    def _standing(self, facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The criteria that are for such music, without those for which a later layer has another."""
        standing: list[Mapping[str, Any]] = []
        for layer in self.layers:
            for item in layer:
                if lacking := [fact for fact in item.get("when", {}) if fact not in facts]:
                    known = f"known: {', '.join(facts)}" if facts else "this has none"
                    raise ValueError(f"the style '{self.name}' is for music that has a {lacking[0]}, {known}")
            fits = [item for item in layer if all(facts[f] in values for f, values in item.get("when", {}).items())]
            own = {_same(item) for item in fits}
            standing = [*(item for item in standing if _same(item) not in own), *fits]
        return standing

    def _heard_by(self, item: dict[str, Any], facts: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The criterion with the names of the voices that it hears; one for each of them if it says so."""
        if item.get("voices") not in (ADDED, EACH):
            return [item]
        added = list(facts.get(ADDED, ()))
        if not added:
            raise ValueError(f"the style '{self.name}' is for voices added to a given one, this has none")
        if item["voices"] == ADDED:
            return [{**item, "voices": added}]
        return [{**item, "voices": voice, "weight": item.get("weight", 1.0) / len(added)} for voice in added]


def _check(item: Mapping[str, Any]) -> None:
    """ValueError where what a style says of a criterion is not understood; the rest is an experiment's to check."""
    if not isinstance(item.get("rule", ""), str) or not isinstance(item.get("feature", ""), str):
        raise ValueError(f"a criterion must name a rule or a feature, got {dict(item)}")
    if not isinstance(item.get("hard", False), bool):
        raise ValueError(f"'hard' must be true or false, got {item['hard']}")
    weight = item.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not isinstance(item.get("axis", ""), str):
        raise ValueError(f"'weight' must be a number and 'axis' a name, got {dict(item)}")
    when = item.get("when", {})
    facts = when.values() if isinstance(when, Mapping) else [None]
    if not all(isinstance(values, list) and all(isinstance(v, str | int) for v in values) for values in facts):
        raise ValueError(f"'when' must be a mapping of facts to lists, such as {{species: [2, 3]}}, got {when}")


def _same(item: Mapping[str, Any]) -> tuple[object, ...]:
    """What a criterion stands for: one of the same name that is as hard."""
    return item.get("rule"), item.get("feature"), bool(item.get("hard"))
