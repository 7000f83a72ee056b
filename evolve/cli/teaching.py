"""Command `critique`: what is wrong with a student's counterpoint, where, why, and how it could be."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import click

from evolve.cli.wording import refused
from evolve.critique import FORBIDDEN, SEVERITY, Fault, changes, faults_of, repaired
from evolve.exercise import Exercise, read_exercises
from evolve.exports import described
from evolve.formats.format import file_format
from evolve.plots import write_critique
from evolve.record import write_whole
from evolve.text import safe_text
from fitness.theory import Key

COLUMNS = ("file", "severity", "bar", "beat", "voices", "rule", "heard", "rule_says", "why", "source")
Read = list[tuple[Path, Exercise | str]]


@click.command("critique")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@click.option("--style", required=True, help="fux, jeppesen, salzer_schachter, or a style file of your own.")
@click.option("--species", required=True, type=click.IntRange(1, 5), help="Which species the exercise is in.")
@click.option("--cantus", required=True, metavar="TRACK", help="The track of the cantus: a number from 1, or a name.")
@click.option("--key", help="Such as 'D dorian'; else found from the cantus.")
@click.option("--hint", is_flag=True, help="Say where to look, and not what is wrong.")
@click.option("--repair", type=click.Path(path_type=Path), help="Write the nearest version without a fault here.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the faults on a piano roll: NAME.png, NAME.svg.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line a fault, of all files.")
def critique_command(
    paths: tuple[Path, ...], style: str, species: int, cantus: str, key: str | None, hint: bool,
    repair: Path | None, plot: Path | None, as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Criticise counterpoint against a cantus firmus: every fault by bar and beat, the worst first, with its source.

    FILE is an exercise of two to four voices, one a track; of a DIR every file of music in it is read.
    """
    if hint + as_json + as_csv > 1:
        raise click.UsageError("--hint, --json and --csv exclude each other")
    with refused():
        track = int(cantus) if cantus.isdecimal() else cantus
        mode = None if key is None else Key.parse(key)
        exercises = read_exercises(paths, style=style, species=species, cantus=track, key=mode)
        if (repair or plot) and len(exercises) != 1:
            raise ValueError(f"--repair and --plot are for one file, got {len(exercises)}")
        path, only = exercises[0]
        mended = _repaired(only, repair) if repair is not None and isinstance(only, Exercise) else None
        if plot is not None and isinstance(only, Exercise):
            hard = {criterion.name for criterion in only.objective.constraints}
            told = described(only.objective.score(only.phrase), only.phrase)
            write_critique(only.phrase, told, safe_text(path.name), plot.with_suffix(""), hard)
    if as_json:
        click.echo(json.dumps([_as_json(path, found, mended) for path, found in exercises], ensure_ascii=False))
    elif as_csv:
        click.echo(_as_csv(exercises), nl=False)
    else:
        _print(exercises, hint=hint)
        if mended is not None:
            click.echo("\n".join([f"\n{safe_text(str(repair), 400)}: {mended['said']}", *mended["changes"]]))
    if any(isinstance(found, str) and path in paths for path, found in exercises):
        sys.exit(2)


def _repaired(exercise: Exercise, target: Path) -> dict[str, Any]:
    """Write the nearest version without a fault; what it is, and what it changed."""
    name = target.suffix[1:].lower()
    if name not in file_format:
        raise ValueError(f"--repair: no format has the suffix '{target.suffix}'; take {target.stem}.mid")
    if target.exists():
        raise ValueError(f"{target}: must not be there yet; name another file with --repair")
    phrase, faults = repaired(exercise)
    changed = changes(exercise, phrase)
    write_whole(target, file_format[name].function(exercise.named(phrase), tempo_bpm=exercise.tempo_bpm))
    said = f"{len(changed)} change{'s' * (len(changed) != 1)}" if changed else "nothing had to be changed"
    if faults:
        said += f"; no version without a fault was found, faults left: {faults}"
    return {"file": str(target), "said": said, "faults": faults, "changes": changed, "notation": str(phrase)}


def _print(exercises: Read, *, hint: bool) -> None:
    """Each exercise in words; of several only what is forbidden."""
    for path, found in exercises:
        if isinstance(found, str):
            click.echo(safe_text(found, 400), err=True)
            continue
        faults, several = faults_of(found), len(exercises) > 1
        number = {severity: sum(fault.severity == severity for fault in faults) for severity in SEVERITY}
        counted = ", ".join(f"{number[severity]} {word}" for severity, word in SEVERITY.items())
        about = f"({found.phrase.keys[0][1]}, species {found.kind.species}, {found.style})"
        click.echo(f"{safe_text(str(path), 400)}: {counted} {about}")
        for remark in found.remarks:
            click.echo(f"  note: {safe_text(remark, 300)}")
        shown = [fault for fault in faults if fault.severity == FORBIDDEN or not several]
        lines = dict.fromkeys(map(_hint, shown)) if hint else _lines(shown)
        click.echo("\n".join([*lines, *(["  nothing to mend"] if not faults else []), *([""] * several)]), nl=False)
        click.echo("\n" * bool(lines or not faults), nl=False)


def _lines(faults: list[Fault]) -> list[str]:
    """Faults in words; what a rule says, why, and who says so where it is first broken."""
    lines, explained = [], set[str]()
    for fault in faults:
        voices = " and ".join(fault.voices)
        head = f"  {SEVERITY[fault.severity]}: {fault.where}, {voices}: {fault.heard}  [{fault.rule}]"
        lines.append(safe_text(head, 400))
        if fault.rule not in explained:
            lines += [f"      {fault.rule_says} {fault.why}", f"      {fault.source}"]
        explained.add(fault.rule)
    return lines


def _hint(fault: Fault) -> str:
    voices = safe_text(" and ".join(fault.voices), 400)
    return f"  {SEVERITY[fault.severity]}: {fault.where}, {voices}: {fault.look}"


def _as_json(path: Path, found: Exercise | str, mended: dict[str, Any] | None) -> dict[str, Any]:
    if isinstance(found, str):
        return {"file": str(path), "error": found}
    faults = faults_of(found)
    return {
        "file": str(path), "style": found.style, "species": found.kind.species, "key": str(found.phrase.keys[0][1]),
        "notation": str(found.named(found.phrase)), "faults": [fault.plain() for fault in faults],
        "forbidden": sum(fault.severity == FORBIDDEN for fault in faults), "remarks": list(found.remarks),
        **({} if mended is None else {"repair": mended}),
    }  # fmt: skip


def _as_csv(exercises: Read) -> str:
    text = io.StringIO()
    rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    rows.writeheader()
    for path, found in exercises:
        if isinstance(found, str):
            rows.writerow({"file": path, "severity": "unreadable", "heard": safe_text(found, 400)})
            continue
        for fault in faults_of(found):
            rows.writerow({"file": path, **fault.plain(), "voices": " and ".join(fault.voices)})
    return text.getvalue()
