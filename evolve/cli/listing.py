"""Command `list`: what an experiment file may name."""

from __future__ import annotations

import inspect
import json
from typing import Any

import click

from evolve.algorithms.algorithm import algorithm
from evolve.formats.format import file_format
from evolve.genomes.kind import genome_kind
from evolve.options import plain
from evolve.styles import styles
from fitness.catalogue import Catalogue, Extension
from fitness.entries import feature, rule
from fitness.similarity import distance
from fitness.verdict import normaliser

CATALOGUES: dict[str, Catalogue[Any]] = {
    "rules": rule, "features": feature, "genomes": genome_kind, "algorithms": algorithm, "formats": file_format,
    "distances": distance, "normalisers": normaliser,
}  # fmt: skip
STYLES = "styles"


@click.command("list")
@click.argument("what", type=click.Choice([*CATALOGUES, STYLES]))
@click.option("--long", "whole", is_flag=True, help="With the whole description of each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def list_command(what: str, whole: bool, as_json: bool) -> None:
    """List everything of one sort that an experiment file may name, with options and defaults."""
    if what == STYLES:
        _list_styles(whole, as_json)
        return
    entries = list(CATALOGUES[what])
    if as_json:
        click.echo(json.dumps([_plain(entry) for entry in entries], default=str))
        return
    for entry in entries:
        options = ", ".join(f"{name}: {_default(value)}" for name, (_, value) in entry.options.items())
        click.echo(f"{entry.name}{f' ({options})' if options else ''}")
        text = inspect.getdoc(entry.function) if whole else entry.summary
        click.echo("\n".join(f"    {line}".rstrip() for line in (text or "").splitlines()))


def _list_styles(whole: bool, as_json: bool) -> None:
    found = list(styles())
    if as_json:
        told = [{"name": s.name, "summary": s.about, "source": s.source, "criteria": s.criteria} for s in found]
        click.echo(json.dumps(told))
        return
    for style in found:
        hard = sum(bool(item.get("hard")) for item in style.criteria)
        click.echo(f"{style.name} ({hard} hard criteria, {len(style.criteria) - hard} soft)\n    {style.about}")
        if whole:
            click.echo(f"    Source: {style.source}")
            for item in style.criteria:
                click.echo("    " + ", ".join(f"{key}: {value}" for key, value in item.items()))


def _default(value: object) -> str:
    return "must be given" if value is inspect.Parameter.empty else str(value)


def _plain(entry: Extension[Any]) -> dict[str, Any]:
    must = [name for name, (_, value) in entry.options.items() if value is inspect.Parameter.empty]
    return {
        "name": entry.name, "summary": entry.summary, "options": plain(entry.function, {}), "must_be_given": must,
        "source": entry.source,
    }  # fmt: skip
