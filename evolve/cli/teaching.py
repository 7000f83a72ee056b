"""Command `critique`: what is wrong with a student's counterpoint, where, why, and how it could be."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import click

from evolve.cli.wording import refused
from evolve.critique import SEVERITY, Exercise, Fault, read_exercises
from evolve.formats.format import file_format
from evolve.plots import write_critique
from evolve.record import write_whole
from evolve.text import safe_text
from fitness.theory import Key

COLUMNS = ("file", "severity", "bar", "beat", "voices", "rule", "heard", "rule_says", "why", "source")


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
    with refused():
        track = int(cantus) if cantus.isdecimal() else cantus
        mode = None if key is None else Key.parse(key)
        exercises = read_exercises(paths, style=style, species=species, cantus=track, key=mode)
        if (repair or plot) and len(exercises) != 1:
            raise ValueError(f"--repair and --plot are for one file, got {len(exercises)}")
        mended = None
        if repair is not None:
            mended = _repaired(exercises[0][1], repair)
        if plot is not None:
            _drawn(exercises[0][1], exercises[0][0], plot)
    if as_json:
        click.echo(json.dumps([_as_json(path, found, mended) for path, found in exercises], ensure_ascii=False))
    elif as_csv:
        click.echo(_as_csv(exercises), nl=False)
    else:
        for path, found in exercises:
            click.echo(_in_words(path, found, hint=hint, several=len(exercises) > 1))
        if mended is not None:
            click.echo("\n".join([f"\n{safe_text(str(repair), 400)}: {mended['said']}", *mended["changes"]]))


def _repaired(exercise: Exercise | str, target: Path) -> dict[str, Any]:
    """Write the nearest version without a fault; what it is, and what it changed."""
    assert isinstance(exercise, Exercise)
    name = target.suffix[1:].lower()
    if name not in file_format:
        raise ValueError(f"--repair: no format has the suffix '{target.suffix}'; take {target.stem}.mid")
    if target.exists():
        raise ValueError(f"{target}: must not be there yet; name another file with --repair")
    phrase, faults = exercise.repaired()
    changes = exercise.changes(phrase)
    write_whole(target, file_format[name].function(phrase))
    said = f"{len(changes)} change{'s' * (len(changes) != 1)}" if changes else "nothing had to be changed"
    if faults:
        said += f"; {faults} fault{'s' * (faults != 1)} could not be mended without another cantus"
    return {"file": str(target), "said": said, "faults": faults, "changes": changes, "notation": str(phrase)}


def _drawn(exercise: Exercise | str, path: Path, target: Path) -> None:
    assert isinstance(exercise, Exercise)
    hard = {criterion.name for criterion in exercise.objective.constraints}
    write_critique(exercise.phrase, exercise.described(), safe_text(path.name), target.with_suffix(""), hard)


def _in_words(path: Path, found: Exercise | str, *, hint: bool, several: bool) -> str:
    name = safe_text(str(path), 400)
    if isinstance(found, str):
        return f"{safe_text(found, 400)}\n"
    faults = found.faults()
    number = {severity: sum(fault.severity == severity for fault in faults) for severity in SEVERITY}
    counted = ", ".join(f"{number[severity]} {word}" for severity, word in SEVERITY.items())
    lines = [f"{name}: {counted} ({found.phrase.keys[0][1]}, species {found.kind.species}, {found.style})"]
    lines += [f"  warning: {safe_text(remark, 300)}" for remark in found.remarks]
    if several and not hint:
        faults = [fault for fault in faults if fault.severity == max(SEVERITY)]
    if hint:
        lines += list(dict.fromkeys(f"  {_hint(fault)}" for fault in faults))
    else:
        told: set[str] = set()
        for fault in faults:
            lines += _lines(fault, explained=fault.rule in told)
            told.add(fault.rule)
    if not faults:
        lines.append("  nothing to mend")
    return "\n".join(lines) + ("\n" if several else "")


def _lines(fault: Fault, *, explained: bool) -> list[str]:
    """A fault in words; what the rule says and why only where it has not been explained before."""
    voices = " and ".join(fault.voices)
    head = f"  {SEVERITY[fault.severity]}: {fault.where}, {voices}: {fault.heard}  [{fault.rule}]"
    return (
        [safe_text(head, 400)]
        if explained
        else [safe_text(head, 400), f"      {fault.rule_says} {fault.why}", f"      {fault.source}"]
    )


def _hint(fault: Fault) -> str:
    return f"{fault.where}, {' and '.join(fault.voices)}: {fault.look}"


def _as_json(path: Path, found: Exercise | str, mended: dict[str, Any] | None) -> dict[str, Any]:
    if isinstance(found, str):
        return {"file": str(path), "error": found}
    faults = found.faults()
    return {
        "file": str(path), "style": found.style, "species": found.kind.species, "key": str(found.phrase.keys[0][1]),
        "notation": str(found.phrase), "forbidden": sum(fault.severity == max(SEVERITY) for fault in faults),
        "faults": [fault.plain() for fault in faults], "remarks": list(found.remarks),
        **({} if mended is None else {"repair": mended}),
    }  # fmt: skip


def _as_csv(exercises: list[tuple[Path, Exercise | str]]) -> str:
    text = io.StringIO()
    rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    rows.writeheader()
    for path, found in exercises:
        if isinstance(found, str):
            rows.writerow({"file": path, "severity": "unreadable", "heard": safe_text(found, 400)})
            continue
        for fault in found.faults():
            rows.writerow({"file": path, **fault.plain(), "voices": " and ".join(fault.voices)})
    return text.getvalue()
