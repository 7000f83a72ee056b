"""Command `calibrate`: a style of one's own, measured from any pieces."""

from __future__ import annotations

from pathlib import Path

import click

from evolve.calibrate import FEW, calibrated, style_text
from evolve.cli.wording import refused
from evolve.formats.format import NO_KEY, music_files, read_phrase
from evolve.record import write_whole
from evolve.text import safe_text


@click.command("calibrate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The style file to write: my_style.json.")
@click.option("--about", default="", help="One sentence about the style.")
@click.option("--source", default="", help="Where the pieces are from.")
def calibrate_command(paths: tuple[Path, ...], out: Path, about: str, source: str) -> None:
    """Measure a style from pieces of music: which rules they keep, between which figures they stay, their vocabulary.

    Of a DIR every file of music in it is read; of each piece, the first voice with notes.  No piece can be
    spelled out from the style: it holds counts and quantiles.
    """
    with refused():
        if out.suffix != ".json":
            raise ValueError(f"--out: must end in .json, got {out.name}; name {out.stem or 'my_style'}.json")
        if out.exists():
            raise ValueError(f"{out}: must not be there yet; name another file with --out")
        files = [file for path in paths for file in music_files(path)]
        pieces, remarks = [], list[str]()
        for file in files:
            try:
                pieces.append(read_phrase(file, remarks=remarks))
            except ValueError as error:
                if file in paths:
                    raise
                click.echo(f"left out: {safe_text(str(error), 400)}", err=True)
        found = sum(NO_KEY in remark for remark in remarks)
        style = calibrated(
            pieces, name=out.stem, about=about, source=source, keys_found=2 * found > len(pieces)
        )  # fmt: skip
        write_whole(out, style_text(style).encode())
    measured, count = style["measured"]["pieces"], len(style["criteria"])
    click.echo(f"{safe_text(str(out), 400)}: {count} criteria and a vocabulary, measured from {measured} pieces")
    if found:
        click.echo(f"note: of {len(pieces)} pieces, {found} state no key; it was found from their notes", err=True)
    if measured < FEW:
        click.echo(f"warning: only {measured} pieces; below {FEW} all figures are rough", err=True)
