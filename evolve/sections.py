"""Sections of an experiment that name an extension, and the genome among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from evolve.exemplars import Exemplars
from evolve.formats.format import NO_KEY, suffixes
from evolve.genomes.kind import GenomeKind, Learned, Piece, genome_kind
from evolve.inputs import Inputs, attempt
from evolve.options import checked, plain, shown, with_article
from evolve.plugins import tried_kind
from evolve.problems import Problem
from fitness.catalogue import near_miss
from fitness.phrase import Phrase

Plain = dict[str, Any]


def named(
    data: Mapping[str, Any], key: str, what: str, catalogue: Any, usual: str, problems: list[Problem]
) -> tuple[Any, Plain]:
    """The extension that a section names, and its other keys; None, and a problem more, where it names none."""
    given = data.get(key, {})
    if not isinstance(given, dict):
        problems.append(Problem((key,), f"must be a mapping with a '{what}', got {shown(given)}"))
        return None, {}
    name = given.get(what, usual)
    if not isinstance(name, str):
        problems.append(Problem((key, what), f"must name {with_article(catalogue.what)}, got {shown(name)}"))
        return None, {}
    if name not in catalogue:
        hint = near_miss(str(name), [e.name for e in catalogue])
        problems.append(Problem((key, what), f"no {catalogue.what} is called {shown(name)}; {hint}"))
        return None, {}
    return catalogue[name], {k: v for k, v in given.items() if k != what}


def read_kind(
    data: Mapping[str, Any], exemplars: Exemplars, inputs: Inputs, problems: list[Problem], resolved: Plain
) -> GenomeKind | None:
    """The genome kind of a file; `problems` and `resolved` grow."""
    entry, given = named(data, "genome", "kind", genome_kind, "melody", problems)
    learned = None if entry is None else _learned(entry, given, exemplars, problems)
    if learned is None:
        return None
    written = {**_pieces(entry, given, inputs, problems), **learned}
    options = checked(entry.function, written, ("genome",), problems, ("kind",))
    if options is None:
        return None
    resolved["genome"] = {"kind": entry.name, **plain(entry.function, given)}
    if learned and "style" in data:
        resolved["style"] = data["style"]
    made = partial(tried_kind, partial(entry.function, **options), entry.name)
    kind: GenomeKind | None = attempt(problems, ("genome",), made, options)
    return kind


def _learned(entry: Any, given: Plain, exemplars: Exemplars, problems: list[Problem]) -> Plain | None:
    """The options that a kind learns from the corpus or the style; None where they have nothing to teach."""
    found: Plain = {}
    for name, (annotation, _) in entry.options.items():
        if not any(isinstance(mark, Learned) for mark in getattr(annotation, "__metadata__", ())):
            continue
        if name in given:
            problems.append(Problem(("genome", name), "comes from the corpus, or from the style; take it out", True))
            return None
        vocabulary = attempt(problems, ("genome",), lambda: exemplars.vocabulary)
        if vocabulary is None:
            if not problems:
                what = f"the kind '{entry.name}' needs a corpus, or a style with a vocabulary such as folk_melody"
                problems.append(Problem(("genome",), what, True))
            return None
        found[name] = json.dumps(vocabulary.plain())
    return found


def _pieces(entry: Any, given: Plain, inputs: Inputs, problems: list[Problem]) -> Plain:
    """The options, those that name a file of music with the notation of what is in it."""
    known = suffixes()
    written = dict(given)
    for name, (annotation, _) in entry.options.items():
        item = given.get(name)
        is_file = isinstance(item, dict) or (isinstance(item, str) and Path(item).suffix.lower() in known)
        if is_file and any(isinstance(mark, Piece) for mark in getattr(annotation, "__metadata__", ())):
            before, remarks = len(problems), len(inputs.remarks)
            phrase = inputs.phrase(item, ("genome", name))
            if len(problems) > before or phrase is None:
                del written[name]
                continue
            told = inputs.remarks[remarks:]
            if any(NO_KEY in remark for remark in told):  # then the kind finds the mode
                phrase = replace(phrase, keys=Phrase().keys)
                inputs.remarks[remarks:] = [remark for remark in told if NO_KEY not in remark]
            written[name] = str(phrase)
    return written
