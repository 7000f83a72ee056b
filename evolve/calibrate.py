"""A style measured from music: which rules it keeps, between which figures it stays, and how much each tells.

Every rule and every number of the portrait is heard in the pieces and in four null models of each.  What the pieces
keep and the nulls do not gets the logarithm of the ratio as its weight; what tells nothing is left out.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evolve.melodies import melodies
from evolve.nulls import NULLS, null
from evolve.unusual import PERCENTILES
from evolve.vocabulary import Vocabulary
from fitness.entries import rule
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.portrait import SINGLE, names, portrait
from fitness.verdict import Numbers

RULES = ("contour", "form", "leaps", "melody", "rhythm", "tonality")  # the modules of rules for one line
ALWAYS = ("notes_per_bar", "rest_share")  # the nulls have the rhythm of the pieces and cannot tell how full it is
OF_SPECIES = ("accidentals_excused", "starts_on_tonic")  # asked of a cantus; `in_key` and `starts_on_triad` of tunes
ALWAYS_KEPT = ("rests_at_phrase_ends",)  # and rules of rhythm, with weight 1 if as many pieces break them seldom:
SELDOM = 0.1  # of the places
CIRCULAR = ("key_heard", "key_lead", "key_fit")  # what a key that was found from the notes keeps of itself
SEED = 0  # of the null models: the same pieces give the same style
LEAST = 0.25  # a weight below which a criterion tells too little
ALIKE = 0.95  # a correlation above which two numbers are one
FEWEST = 10  # pieces of which a style can be measured; and below which number it is said to be rough:
FEW = 50
TYPICAL = 0.5  # pieces to which a rule must apply
FACTORS = 12  # main factors of which it is said what goes together
SMALL = 0.5  # added to counts, so that what never came has a ratio too


def calibrated(
    pieces: Sequence[Phrase], *, name: str, about: str = "", source: str = "", keys_found: bool = False
) -> dict[str, Any]:
    """The style of some pieces, of the first voice of each that has notes, as plain data for a file.

    `keys_found`: the keys of most were found from their notes, so that it says nothing that they fit.  ValueError
    where there are fewer than ten, or none is in one metre.
    """
    lines = melodies(pieces)
    if len(lines) < FEWEST:
        raise ValueError(f"a style must be measured from {FEWEST} pieces with a melody or more, got {len(lines)}")
    sets = {"pieces": Phrases.of(*lines)}
    for number, model in enumerate(NULLS):
        rngs = [np.random.default_rng((SEED, number, i)) for i in range(len(lines))]
        sets[model] = Phrases.of(*(null(line, model, rng) for line, rng in zip(lines, rngs, strict=True)))
    told = {model: portrait(phrases) for model, phrases in sets.items()}
    circular = CIRCULAR if keys_found else ()
    rules, kept = _rules(sets, circular)
    features = [item for item in _features(told) if item["feature"] not in circular]
    return {
        "name": name,
        "about": about,
        "source": source or f"measured from {len(lines)} pieces",
        "criteria": [*rules, *features],
        "measured": {
            "pieces": len(lines), "quantiles": _quantiles(told["pieces"]), "factors": _factors(told["pieces"]),
            "rules": kept,
        },
        "vocabulary": Vocabulary.of(lines).plain(),
    }  # fmt: skip


def _rules(
    sets: Mapping[str, Phrases], circular: tuple[str, ...]
) -> tuple[list[dict[str, Any]], dict[str, dict[str, float]]]:
    """The rules that tell, with decays from the rate that the pieces show; and how well each rule is kept."""
    found, kept = [], {}
    for entry in rule:
        theme = entry.function.__module__.rpartition(".")[2]
        needs = any(default is inspect.Parameter.empty for _, default in entry.options.values())
        if not entry.function.__module__.startswith("fitness.") or theme not in RULES or needs or entry.takes_targets:
            continue
        if entry.name in circular or entry.name in OF_SPECIES:
            continue
        counts = {model: _counts(entry.function, phrases) for model, phrases in sets.items()}
        broken, tested = counts["pieces"].astype(float)
        there = tested > 0
        if there.mean() < TYPICAL:
            continue
        rate = float((broken.sum() + SMALL) / (tested.sum() + 2 * SMALL))
        each = broken[there] / tested[there]
        kept[entry.name] = {
            "kept": _short((each == 0).mean()), "rate": _short(broken.sum() / tested.sum()),
            "p95": _short(np.quantile(each, 0.95)),
        }  # fmt: skip
        ratios = [
            float(np.log((c[0].sum() + SMALL) / (c[1].sum() + 2 * SMALL) / rate))
            for c in (counts[model] for model in NULLS)
        ]
        weight = float(np.mean(np.maximum(ratios, 0.0)))
        if entry.name in ALWAYS_KEPT and rate <= SELDOM:
            usual = {"decay": {"rate": _short(rate), "half": 0.05}}
            found.append({"rule": entry.name, "weight": 1.0, "as": usual})
        elif weight >= LEAST and min(ratios) > -LEAST:
            nulls = rate * float(np.exp(max(ratios)))
            half = max((nulls - rate) / 3, 0.01)
            usual = {"decay": {"rate": _short(rate), "half": _short(half)}}
            found.append({"rule": entry.name, "weight": _short(weight), "as": usual})
    return sorted(found, key=lambda item: -item["weight"]), kept


def _counts(function: Any, phrases: Phrases) -> Any:
    parts = [(where.stop - where.start, function(block).counts) for where, block in phrases.blocks()]
    return np.concatenate([counts[:, :size] for size, counts in parts], axis=1).astype(np.int64)


def _features(told: Mapping[str, Numbers]) -> list[dict[str, Any]]:
    """The numbers of the portrait that tell, each with its band; of two that are alike the one that tells more."""
    ranked = []
    for row, name in enumerate(SINGLE):
        values = told["pieces"][row]
        low, high = np.quantile(values, (0.05, 0.95))
        spread = float(values.std())
        if high - low < 1e-9 or spread < 1e-9:
            continue
        inside = float(((values >= low) & (values <= high)).mean())
        ratios = []
        for model in NULLS:
            other = told[model][row]
            outside = float(((other < low) | (other > high)).mean())
            ratios.append(float(np.log(max(outside, 0.01) / max(1.0 - inside, 0.01))))
        weight = float(np.mean(np.maximum(ratios, 0.0)))
        if weight >= LEAST or name in ALWAYS:
            band = {"low": _short(low), "high": _short(high), "sd": _short(spread)}
            ranked.append((weight, row, {"feature": name, "weight": _short(max(weight, LEAST)), "as": {"band": band}}))
    chosen: list[tuple[int, dict[str, Any]]] = []
    for _, row, item in sorted(ranked, key=lambda each: (-each[0], each[1])):
        values = told["pieces"][row]
        if all(abs(np.corrcoef(values, told["pieces"][other])[0, 1]) < ALIKE for other, _ in chosen):
            chosen.append((row, item))
    return [item for _, item in chosen]


def _quantiles(numbers: Numbers) -> dict[str, list[float]]:
    table = np.quantile(numbers, PERCENTILES, axis=1).T
    return {name: [_short(value) for value in row] for name, row in zip(names(), table, strict=True)}


def _factors(numbers: Numbers) -> dict[str, list[float]]:
    """What goes together: the loadings of the single numbers on the main factors of their ranks."""
    ranks = np.array([_ranks(row) for row in numbers[: len(SINGLE)]])
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1))
    scaled = centred / np.where(size > 0, size, 1.0)[:, None]
    together = scaled @ scaled.T
    sizes, vectors = np.linalg.eigh(together)
    most = np.argsort(-sizes)[:FACTORS]
    loadings = vectors[:, most] * np.sqrt(np.maximum(sizes[most], 0.0))
    loadings *= np.sign(loadings[np.argmax(abs(loadings), axis=0), np.arange(len(most))])
    return {name: [round(float(x), 2) for x in row] for name, row in zip(SINGLE, loadings, strict=True)}


def _ranks(values: Numbers) -> Numbers:
    """The rank of each value, of equal ones the mean of theirs."""
    _, number, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Numbers = (np.cumsum(counts) - (counts + 1) / 2)[number]
    return ranks


def _short(value: Any) -> float:
    """A number with three significant digits."""
    return float(f"{float(value):.3g}")


def style_text(style: Mapping[str, Any]) -> str:
    """A style as JSON, a criterion or a row of figures to a line."""
    parts = []
    for key, value in style.items():
        if isinstance(value, list) and value:
            rows = ",\n    ".join(json.dumps(item, ensure_ascii=False) for item in value)
            parts.append(f'"{key}": [\n    {rows}\n  ]')
        elif isinstance(value, Mapping):
            parts.append(f'"{key}": {{\n    {_rows(value)}\n  }}')
        else:
            parts.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def _rows(table: Mapping[str, Any]) -> str:
    rows = []
    for key, value in table.items():
        if isinstance(value, Mapping) and len(value) > 2:
            inner = ",\n      ".join(f"{json.dumps(name)}: {json.dumps(item)}" for name, item in value.items())
            rows.append(f"{json.dumps(key)}: {{\n      {inner}\n    }}")
        else:
            rows.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return ",\n    ".join(rows)
