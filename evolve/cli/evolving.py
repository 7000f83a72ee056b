"""Commands that read an experiment: `run`, `check`."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from evolve.cli.progress import Progress
from evolve.cli.wording import explained, refused
from evolve.experiment import Experiment
from evolve.record import Record, folder_for
from evolve.run import perform
from evolve.text import safe_text

EXPERIMENT = click.argument("experiment", type=click.Path(path_type=Path))
CHANGES = click.option(
    "--set", "changes", multiple=True, metavar="A.B=V", help="Change a value of the file; repeatable."
)
SEED = click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Use this seed instead of the file's.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")


@click.command("run")
@EXPERIMENT
@SEED
@CHANGES
@click.option("--out", type=click.Path(path_type=Path), help="Exactly this folder, instead of one under results/.")
@click.option("--quiet", is_flag=True, help="No progress; print nothing but the run's folder.")
@AS_JSON
def run_command(
    experiment: Path, seed: int | None, changes: tuple[str, ...], out: Path | None, quiet: bool, as_json: bool
) -> None:
    """Evolve what EXPERIMENT asks for and leave MIDI files, plots and logs in a run folder.

    Paths in the file are relative to the file, those of --set and --out to the current folder.
    """
    with refused(), redirect_stdout(sys.stderr):  # what a plugin prints is no part of the answer
        loaded = Experiment.load(experiment, changes, seed)
        folder = out or folder_for(Path("results"), loaded.name, loaded.seed)
        try:
            with Progress(loaded, quiet=quiet or as_json) as progress:
                record = perform(loaded, folder, watch=progress.show)
        except KeyboardInterrupt:
            click.echo(f"\nstopped at once; what had been written is in {safe_text(str(folder), 400)}", err=True)
            sys.exit(130)
    if as_json:
        click.echo(json.dumps(_summary(record)))
    elif quiet:
        click.echo(safe_text(str(folder), 400))
    else:
        for warning in record.meta["warnings"]:
            click.echo(f"warning: {safe_text(warning, 400)}", err=True)
        click.echo(explained(record))
    if record.meta["exit"]:
        sys.exit(record.meta["exit"])


def _summary(record: Record) -> dict[str, Any]:
    best = record.best if (record.path / "best" / "scores.json").exists() else []
    files = sorted(str(file.relative_to(record.path)) for file in (record.path / "best").glob("[0-9]*"))
    keys = ("experiment", "seed", "generation", "evaluations", "stopped_by", "exit")
    return {"folder": str(record.path), **{key: record.meta[key] for key in keys}, "files": files, "best": best}


@click.command("check")
@EXPERIMENT
@SEED
@CHANGES
@AS_JSON
def check_command(experiment: Path, seed: int | None, changes: tuple[str, ...], as_json: bool) -> None:
    """Check EXPERIMENT without running it: every mistake at once, each with its place and how to mend it."""
    with refused(), redirect_stdout(sys.stderr):
        loaded = Experiment.load(experiment, changes, seed)
    if as_json:
        click.echo(json.dumps({"experiment": loaded.name, "resolved": loaded.resolved, "warnings": loaded.warnings}))
        return
    axes = ", ".join(f"{axis} ({len(criteria)})" for axis, criteria in loaded.objective.axes.items())
    said = f"{experiment}: fine. Axes: {axes}; constraints: {len(loaded.objective.constraints)}; seed {loaded.seed}."
    click.echo(safe_text(said, 1000))
    for warning in loaded.warnings:
        click.echo(f"warning: {safe_text(warning, 400)}", err=True)
