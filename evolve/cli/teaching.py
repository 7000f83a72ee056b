"""Command `critique`: what is wrong with an exercise or a melody, where, why, and how it could be; what is good."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import click

from evolve.cli.wording import refused, track_of
from evolve.critique import Fault, faults_of, good_of
from evolve.exercise import BETTER_NOT, FORBIDDEN, SEVERITY, Exercise
from evolve.exercise_melody import unusual
from evolve.exercises import read_exercises
from evolve.exports import described
from evolve.formats.format import file_format
from evolve.plots import write_critique
from evolve.record import write_whole
from evolve.repair import changes, repaired
from evolve.text import safe_text
from fitness.theory import Key

COLUMNS = ("file", "severity", "bar", "beat", "voices", "rule", "heard", "rule_says", "why", "source", "mend")
UNUSUAL = 5  # numbers told that are not those of the style
Read = list[tuple[Path, Exercise | str]]


@click.command("critique")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@click.option("--style", required=True, help="folk_melody, fux ... (see `list styles`), or a style file.")
@click.option("--species", type=click.IntRange(1, 5), help="Of an exercise in counterpoint, its species.")
@click.option("--cantus", metavar="TRACK", help="And the track of its cantus: a number from 1, or a name.")
@click.option("--track", metavar="TRACK", help="Of a melody: which track, else the first with notes.")
@click.option("--key", help="Such as 'D dorian'; else as the file states, or found from the notes.")
@click.option("--hint", is_flag=True, help="Say where to look, and not what is wrong.")
@click.option("--repair", type=click.Path(path_type=Path), help="Write the nearest version without a fault here.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the faults on a piano roll: NAME.png, NAME.svg.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a line a fault, of all files.")
def critique_command(
    paths: tuple[Path, ...], style: str, species: int | None, cantus: str | None, track: str | None, key: str | None,
    hint: bool, repair: Path | None, plot: Path | None, as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Criticise a melody, or counterpoint against a cantus firmus: every fault by bar and beat, the worst first.

    With --species and --cantus FILE is an exercise of two to four voices, one a track; else its melody is heard by
    the rules that the pieces of the style keep.  Of a DIR every file of music in it is read.
    """
    if hint + as_json + as_csv > 1:
        raise click.UsageError("--hint, --json and --csv exclude each other")
    with refused():
        mode = None if key is None else Key.parse(key)
        exercises = read_exercises(
            paths, style=style, species=species, cantus=track_of(cantus), track=track_of(track), key=mode
        )
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
        if plot is not None:
            click.echo(f"drawn: {safe_text(str(plot.with_suffix('.png')), 400)}")
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
        click.echo(f"{safe_text(str(path), 400)}: {counted} ({found.about})")
        for remark in found.remarks:
            click.echo(f"  note: {safe_text(remark, 300)}")
        worst = max((fault.severity for fault in faults), default=FORBIDDEN)
        shown = [fault for fault in faults if not several or (fault.severity == worst > BETTER_NOT)]
        lines = dict.fromkeys(map(_hint, shown)) if hint else _lines(shown)
        click.echo("\n".join([*lines, *(["  nothing to mend"] if not faults else []), *([""] * several)]), nl=False)
        click.echo("\n" * bool(lines or not faults), nl=False)
        if not several and not hint:
            click.echo("".join(f"{line}\n" for line in _beside(found)), nl=False)


def _beside(found: Exercise) -> list[str]:
    """What is good, and which numbers are not those of the style."""
    good, strange = good_of(found), unusual(found)[:UNUSUAL]
    lines = ["  what is good:"] * bool(good) + [f"      {line}" for line in good]
    if strange:
        lines.append(f"  unlike {found.style} (nine in ten lie between the two numbers):")
    return [
        *lines,
        *(f"      {s.label}: {s.value:.3g}, there {s.quantiles[0]:.3g} to {s.quantiles[-1]:.3g}" for s in strange),
    ]


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
        lines.append(safe_text(f"      mend: {fault.mend}", 400))
    return lines


def _hint(fault: Fault) -> str:
    voices = safe_text(" and ".join(fault.voices), 400)
    return f"  {SEVERITY[fault.severity]}: {fault.where}, {voices}: {fault.look}"


def _as_json(path: Path, found: Exercise | str, mended: dict[str, Any] | None) -> dict[str, Any]:
    if isinstance(found, str):
        return {"file": str(path), "error": found}
    faults = faults_of(found)
    return {
        "file": str(path), "style": found.style, "species": found.species, "key": str(found.phrase.keys[0][1]),
        "notation": str(found.named(found.phrase)), "faults": [fault.plain() for fault in faults],
        "forbidden": sum(fault.severity == FORBIDDEN for fault in faults), "remarks": list(found.remarks),
        "good": good_of(found),
        "unusual": [standing.plain() for standing in unusual(found)],
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
        faults = faults_of(found)
        for fault in faults:
            rows.writerow({"file": path, **fault.plain(), "voices": " and ".join(fault.voices)})
        if not faults:
            rows.writerow({"file": path, "severity": "none"})
    return text.getvalue()
