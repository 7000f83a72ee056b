"""Commands that read what runs have left: `plot`, `compare`, `export`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from evolve.cli.wording import refused, track_of
from evolve.compare import compared, table, write_comparison
from evolve.formats.format import USUAL_TEMPO, file_format, read_with_tempo
from evolve.plots import write_plots
from evolve.record import Record, write_whole
from evolve.text import safe_text
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
    if out is not None and not as_json:
        click.echo(f"written: {safe_text(str(out), 400)}")


@click.command("export")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--which",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Which of a run's best phrases, or of its front.",
)
@click.option("--track", help="Which track of a file: a number from 1, or a name; else all.")
@click.option("--format", "name", required=True, help="See `evophrase list formats`.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; else beside the source.")
@click.option("--tempo", "tempo_bpm", type=click.FloatRange(10, 400), help="Quarters a minute; else the source's.")
def export_command(
    source: Path, which: int, track: str | None, name: str, out: Path | None, tempo_bpm: float | None
) -> None:
    """Write SOURCE, a file of music or a run folder, in another format; no file is written over."""
    remarks: list[str] = []
    with refused():
        if name not in file_format:
            raise ValueError(f"--format: no format is called '{name}'; known: {', '.join(f.name for f in file_format)}")
        if source.is_dir():
            record = Record.open(source)
            phrases = record.pareto or record.best
            if which > len(phrases):
                raise ValueError(f"--which: the run has {len(phrases)} phrases, got {which}")
            phrase, tempo = Phrase.parse(phrases[which - 1]["notation"]), record.meta.get("tempo_bpm", USUAL_TEMPO)
            target = out or source / "best" / f"{which:02d}.{name}"
        else:
            phrase, tempo = read_with_tempo(source, track=track_of(track), remarks=remarks)
            target = out or source.with_suffix(f".{name}")
        if target.exists():
            raise ValueError(f"{target}: must not be there yet; name another file with --out")
        write_whole(target, file_format[name].function(phrase, tempo_bpm=tempo_bpm or tempo))
    for remark in remarks:
        click.echo(f"warning: {safe_text(remark, 400)}", err=True)
    click.echo(safe_text(str(target), 400))
