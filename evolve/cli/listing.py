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
from fitness.catalogue import Catalogue, Extension
from fitness.entries import feature, rule
from fitness.similarity import distance
from fitness.verdict import normaliser

CATALOGUES: dict[str, Catalogue[Any]] = {
    "rules": rule, "features": feature, "genomes": genome_kind, "algorithms": algorithm, "formats": file_format,
    "distances": distance, "normalisers": normaliser,
}  # fmt: skip


@click.command("list")
@click.argument("what", type=click.Choice(list(CATALOGUES)))
@click.option("--long", "whole", is_flag=True, help="With the whole description of each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def list_command(what: str, whole: bool, as_json: bool) -> None:
    """List everything of one sort that an experiment file may name, with options and defaults."""
    entries = list(CATALOGUES[what])
    if as_json:
        click.echo(json.dumps([_plain(entry) for entry in entries], default=str))
        return
    for entry in entries:
        options = ", ".join(f"{name}: {_default(value)}" for name, (_, value) in entry.options.items())
        click.echo(f"{entry.name}{f' ({options})' if options else ''}")
        text = inspect.getdoc(entry.function) if whole else entry.summary
        click.echo("\n".join(f"    {line}".rstrip() for line in (text or "").splitlines()))


def _default(value: object) -> str:
    return "must be given" if value is inspect.Parameter.empty else str(value)


def _plain(entry: Extension[Any]) -> dict[str, Any]:
    must = [name for name, (_, value) in entry.options.items() if value is inspect.Parameter.empty]
    return {
        "name": entry.name, "summary": entry.summary, "options": plain(entry.function, {}), "must_be_given": must,
        "source": entry.source,
    }  # fmt: skip
