"""Command `similar`: which pieces of a folder resemble a piece, and why."""

from __future__ import annotations

import json
from pathlib import Path

import click

from evolve.cli.wording import refused, track_of
from evolve.similar import Alignment, Found, search
from evolve.text import safe_text

WIDTH = 100  # of a line of notes
MOST_BLOCKS = 6  # of such lines
MOST_OF_A_NAME = 40  # to which others are brought
GAP, OTHER = "-", "^"


@click.command("similar")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("library_dir", type=click.Path(path_type=Path))
@click.option("--track", help="Which track is the melody: a number from 1, or a name; else the first with notes.")
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="How many pieces each list has.")
@click.option("--json", "as_one", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--no-index", is_flag=True, help="Read every file, and neither use nor write an index.")
def similar_command(
    file: Path, library_dir: Path, track: str | None, top: int, as_one: bool, no_index: bool
) -> None:  # fmt: skip
    """Find the pieces in LIBRARY_DIR, and below it, whose melody resembles that of FILE most, at any height and speed.

    A second list has those that are nearest in style.  --track is for FILE, and for every piece with such a track.
    What was read is kept in an index in your folder of caches, and files that change are read again.
    """
    with refused():
        found = search(file, library_dir, track=track_of(track), top=top, indexed=not no_index)
    for name, error in found.library.unreadable.items():
        click.echo(safe_text(f"skipped: {library_dir / name}: {error}", 600), err=True)
    if found.library.remark:
        click.echo(safe_text(f"warning: {found.library.remark}", 600), err=True)
    if as_one:
        click.echo(json.dumps({"file": str(file)} | found.plain(), allow_nan=False))
    else:
        click.echo("\n".join(safe_text(line, 1000) for line in [*_head(file, found), *_lists(found)]))


def _head(file: Path, found: Found) -> list[str]:
    voice = f" of '{found.voice}'" if found.voice else ""
    itself = "; the file itself is left out" if found.itself is not None else ""
    return [
        f"{file}: {found.notes} notes{voice} against {found.compared} files in {found.library.folder}{itself}", "",
        "Melodies alike (0 % as unrelated songs, 100 % the same melody)",
    ]  # fmt: skip


def _lists(found: Found) -> list[str]:
    lines = ["rank  hybrid   edit  grams  contour  file"]
    for rank, match in enumerate(found.matches, 1):
        parts = match.parts
        where = "" if match.is_whole else f"  (notes {match.theirs[0]}-{match.theirs[1]} of {match.notes})"
        lines.append(
            f"{rank:4}  {match.hybrid:5.0%}  {parts['edit']:6.2f}  {parts['grams']:5.2f}  {parts['contour']:7.2f}"
            f"  {match.file}{where}"
        )
    lines += ["", *_notes(found.alignment), "", "Style alike (0 the same, about 1.3 any two)"]
    names = min(max(len(near.file) for near in found.neighbours), MOST_OF_A_NAME)
    lines.append(f"rank  distance  {'file':{names}}  differs most in (that, this)")
    for rank, near in enumerate(found.neighbours, 1):
        differs = ", ".join(f"{name} ({there:.3g}, {here:.3g})" for name, here, there, _ in near.differs)
        lines.append(f"{rank:4}  {near.distance:8.2f}  {near.file:{names}}  {differs or 'nothing'}")
    return lines


def _notes(alignment: Alignment) -> list[str]:
    """The aligned notes in lines of this piece, that piece, and a mark where they differ."""
    by, way = abs(alignment.higher), "higher" if alignment.higher > 0 else "lower"
    height = f"{by} semitone{'s' * (by != 1)} {way}" if by else "at the same height"
    lines = [
        f"Note by note: this from {alignment.mine_from}, that ({alignment.file}) from {alignment.theirs_from},"
        f" {height}; {OTHER} where they differ"
    ]
    columns = [(pair.mine or GAP, pair.theirs or GAP, "" if pair.same else OTHER) for pair in alignment.pairs]
    row: list[str] = ["", "", ""]
    blocks, room = [row], WIDTH - len("  this ")
    for column in columns:
        width = max(map(len, column)) + 1
        if len(row[0]) + width > room:
            row = ["", "", ""]
            blocks.append(row)
        row[:] = [line + cell.ljust(width) for line, cell in zip(row, column, strict=True)]
    for block in blocks[:MOST_BLOCKS]:
        shown = [f"{name}{line}".rstrip() for name, line in zip(("  this ", "  that ", "       "), block, strict=True)]
        lines += [line for line in shown if line]
    return lines + ["  ... (--json has all notes)"] * (len(blocks) > MOST_BLOCKS)
