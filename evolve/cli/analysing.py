"""Command `analyze`: what a set of pieces has in common with another, and what gives it away."""

from __future__ import annotations

from pathlib import Path

import click

from evolve.cli.wording import refused
from evolve.piece_set import PieceSet
from evolve.plots import write_sets
from evolve.record import as_json as json_of
from evolve.sets import compared_sets, table
from evolve.text import safe_text


@click.command("analyze")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@click.option("--against", type=click.Path(path_type=Path), metavar="DIR", help="The set to compare with.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the distances: NAME.png, NAME.svg.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Of the classifiers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def analyze_command(paths: tuple[Path, ...], against: Path | None, plot: Path | None, seed: int, as_json: bool) -> None:
    """Say whether a set of pieces passes for another: distances of features, what classifiers can tell, what is copied.

    Of a DIR every file of music in it is read.
    """
    if against is None:
        raise click.UsageError("name the set to compare with: --against DIR")
    with refused():
        comparison = compared_sets(PieceSet.read(paths), PieceSet.read([against]), seed=seed)
        if plot is not None:
            write_sets(comparison.distances, comparison.title, plot.with_suffix(""))
    click.echo(json_of(comparison.as_json()) if as_json else table(comparison))
    if plot is not None and not as_json:
        click.echo(f"drawn: {safe_text(str(plot.with_suffix('.png')), 400)}")
