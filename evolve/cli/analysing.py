"""Command `analyze`: what a piece is made of, or what a set of pieces has in common with another."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from evolve.analysis import analysed
from evolve.anatomy import Analysis
from evolve.cli.analysed import report, summary
from evolve.cli.wording import refused, track_of
from evolve.formats.format import music_files
from evolve.plots import write_analysis, write_sets
from evolve.record import as_json as json_of
from evolve.text import safe_text

ALONE, TOGETHER = ("style", "track"), ("seed",)  # options for pieces by themselves, and for a set against another


@click.command("analyze")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@click.option("--style", help="Beside which style to put the numbers: a name or FILE.json.  [default: folk_melody]")
@click.option("--track", help="Which track is the melody: a number from 1, or a name; else the first with notes.")
@click.option("--against", type=click.Path(path_type=Path), metavar="DIR", help="Compare with this set of pieces.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw what was found: NAME.png, NAME.svg.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Of the classifiers of --against.  [default: 1]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def analyze_command(
    paths: tuple[Path, ...], style: str | None, track: str | None, against: Path | None, plot: Path | None,
    seed: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Say what a piece is made of: key, phrases, form, figures that return, harmony, tension, what is unusual in it.

    Of a DIR every file of music in it is read; several pieces are told in a few lines each.  With --against, say
    whether the pieces pass for another set: distances of features, what classifiers can tell, what is copied.
    """
    given = {"style": style, "track": track, "seed": seed}
    for name in ALONE if against is not None else TOGETHER:
        if given[name] is not None:
            raise click.UsageError(
                f"--{name} and --against exclude each other" if against else f"--{name} needs --against"
            )
    if against is not None:
        _compare(paths, against, plot, 1 if seed is None else seed, as_json)
        return
    with refused():
        files = [file for path in paths for file in music_files(path)]
        if plot is not None and len(files) != 1:
            raise ValueError(f"--plot must be for one file, got {len(files)}; leave it out, or name one")
        found = analysed(files, style=style or "folk_melody", track=track_of(track))
        errors = [(file, one) for file, one in zip(files, found, strict=True) if isinstance(one, ValueError)]
        if len(errors) == len(files):
            raise errors[0][1]
        pieces = [one for one in found if isinstance(one, Analysis)]
        if plot is not None:
            write_analysis(pieces[0], plot.with_suffix(""))
    if as_json:
        click.echo(json_of([one.plain() for one in pieces]))
    else:
        lines = report(pieces[0]) if len(files) == 1 else [line for one in pieces for line in summary(one)]
        click.echo("\n".join(lines))
        if plot is not None:
            click.echo(f"drawn: {safe_text(str(plot.with_suffix('.png')), 400)}")
    for _, error in errors:
        click.echo(safe_text(f"left out: {error}", 600), err=True)
    if any(file in paths for file, _ in errors):
        sys.exit(2)


def _compare(paths: tuple[Path, ...], against: Path, plot: Path | None, seed: int, as_json: bool) -> None:
    from evolve.piece_set import PieceSet  # what only sets need takes a while to import
    from evolve.sets import compared_sets, table

    with refused():
        comparison = compared_sets(PieceSet.read(paths), PieceSet.read([against]), seed=seed)
        if plot is not None:
            write_sets(comparison.distances, comparison.title, plot.with_suffix(""))
    click.echo(json_of(comparison.as_json()) if as_json else table(comparison))
    if plot is not None and not as_json:
        click.echo(f"drawn: {safe_text(str(plot.with_suffix('.png')), 400)}")
