"""Commands that read what runs have left: `plot`, `compare`, `export`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from evolve.cli.wording import refused
from evolve.compare import compared, table, write_comparison
from evolve.formats.format import file_format, read_phrase
from evolve.plots import write_plots
from evolve.record import Record, write_whole
from fitness.phrase import Phrase

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")


@click.command("plot")
@click.argument("run_dir", type=click.Path(path_type=Path))
def plot_command(run_dir: Path) -> None:
    """Draw the figures of RUN_DIR again, from its record alone."""
    with refused():
        record = Record.open(run_dir)
        write_plots(record)
    click.echo(f"{run_dir / 'plots'}: drawn")


@click.command("compare")
@click.argument("run_dirs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the figure and the table here.")
@AS_JSON
def compare_command(run_dirs: tuple[Path, ...], out: Path | None, as_json: bool) -> None:
    """Put runs side by side: medians and effect sizes; with --out also the curves in one figure.

    Runs of the same experiment with other seeds belong together; give folders of runs or folders of such folders.
    """
    with refused():
        groups = compared(run_dirs)
        if out is not None:
            write_comparison(groups, out)
    click.echo(json.dumps(groups.as_json()) if as_json else table(groups))


@click.command("export")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--which", type=click.IntRange(1), default=1, show_default=True, help="Which of a run's best phrases.")
@click.option("--format", "name", required=True, help="See `evophrase list formats`.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; else beside the source.")
@click.option("--tempo", "tempo_bpm", type=click.FloatRange(10, 400), default=96.0, show_default=True)
def export_command(source: Path, which: int, name: str, out: Path | None, tempo_bpm: float) -> None:
    """Write SOURCE, a file of music or a run folder, in another format."""
    with refused():
        if name not in file_format:
            raise ValueError(file_format_error(name))
        if source.is_dir():
            best = Record.open(source).best
            if which > len(best):
                raise ValueError(f"--which: the run has {len(best)} phrases, got {which}")
            phrase, target = Phrase.parse(best[which - 1]["notation"]), source / "best" / f"{which:02d}.{name}"
        else:
            phrase, target = read_phrase(source), source.with_suffix(f".{name}")
        target = out or target
        write_whole(target, file_format[name].function(phrase, tempo_bpm=tempo_bpm))
    click.echo(str(target))


def file_format_error(name: str) -> str:
    """Which formats there are, for a name that is none."""
    return f"--format: no format is called '{name}'; known: {', '.join(entry.name for entry in file_format)}"
