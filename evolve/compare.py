"""Runs side by side, made from their records: medians, effect sizes, curves at equal evaluations."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from evolve.record import Record, as_json, write_whole
from evolve.text import safe_text, slug

TELLING = 5  # runs on each side below which a difference says little: five against five can reach p = .008


@dataclass(frozen=True)
class Group:
    """Runs of one setting, with whatever seeds."""

    label: str
    records: tuple[Record, ...]

    def final(self, axis: str) -> list[float]:
        """What the best phrase of each run has on an axis; of several axes that is the most balanced phrase."""
        return [record.metrics[-1]["best"]["axes"][axis] for record in self.records]

    def faults(self) -> list[int]:
        """The faults of each run's best phrase."""
        return [record.metrics[-1]["best"]["faults"] for record in self.records]


@dataclass(frozen=True)
class Comparison:
    """Groups of runs and the axes that all of them have."""

    groups: tuple[Group, ...]
    axes: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """One row a group and axis: runs, median, quartiles, median faults and evaluations."""
        rows = []
        for group in self.groups:
            for axis in self.axes:
                low, middle, high = np.quantile(group.final(axis), (0.25, 0.5, 0.75)).tolist()
                rows.append(
                    {
                        "group": group.label, "axis": axis, "runs": len(group.records), "median": middle,
                        "quartile_1": low, "quartile_3": high, "faults": float(np.median(group.faults())),
                        "evaluations": float(np.median([r.metrics[-1]["evaluations"] for r in group.records])),
                    }
                )  # fmt: skip
        return rows

    def effects(self) -> list[dict[str, Any]]:
        """A12 of each two groups on each axis; a run with fewer faults beats one with more, whatever its axis."""
        return [
            {"axis": axis, "first": a.label, "second": b.label, "a12": a12(*_places(a, b, axis))}
            for axis in self.axes
            for a, b in combinations(self.groups, 2)
        ]

    def caveats(self) -> list[str]:
        """What the data cannot tell."""
        small = [group.label for group in self.groups if len(group.records) < TELLING]
        if not small or len(self.groups) < 2:
            return list(self.notes)
        return [*self.notes, f"fewer than {TELLING} runs in {'; '.join(small)}: chance alone can make such differences"]

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        told: dict[str, Any] = {"medians": self.rows(), "effects": self.effects(), "caveats": self.caveats()}
        return told


def a12(first: Sequence[float], second: Sequence[float]) -> float:
    """The chance that a run of the first group beats one of the second, ties counting half.

    Source: Vargha and Delaney, "A Critique and Improvement of the CL Common Language Effect Size
    Statistics of McGraw and Wong", Journal of Educational and Behavioral Statistics 25 (2000).

    >>> a12([3, 4], [1, 3])
    0.875
    """
    x, y = np.array(first)[:, None], np.array(second)[None]
    return float(((x > y) + 0.5 * (x == y)).mean())


def _places(first: Group, second: Group, axis: str) -> tuple[list[int], list[int]]:
    """The runs of two groups as places in one order: fewer faults first, then more on the axis; equals share one."""
    results = [
        [(-record.metrics[-1]["best"]["faults"], record.metrics[-1]["best"]["axes"][axis]) for record in group.records]
        for group in (first, second)
    ]
    order = {result: place for place, result in enumerate(sorted({*results[0], *results[1]}))}
    return [order[result] for result in results[0]], [order[result] for result in results[1]]


def compared(paths: Iterable[Path]) -> Comparison:
    """The comparison of some run folders, or folders of run folders; ValueError where there is nothing to compare.

    A run named by itself is a group of its own; the runs in a folder are grouped by all of their setting but
    the seed, and those that left nothing to compare are passed over with a note.
    """
    by_setting: dict[tuple[str, ...], dict[Path, Record]] = {}
    skipped = []
    for path in paths:
        alone = (path / "meta.json").is_file()
        for folder in [path] if alone else _runs(path):
            try:
                record = Record.open(folder)
                key = (str(record.meta.get("experiment")), _setting(folder), str(folder.resolve()) if alone else "")
                _ = record.metrics
            except ValueError as error:
                if alone:
                    raise
                skipped.append(f"left out: {error}")
                continue
            by_setting.setdefault(key, {}).setdefault(folder.resolve(), record)
    groups: list[Group] = []
    for (name, _, alone_at), found in by_setting.items():
        records = tuple(found.values())
        label = f"{name}, seed {records[0].meta['seed']}" if alone_at else name
        used = sum(group.label.split(" #")[0] == label for group in groups)
        groups.append(Group(safe_text(f"{label} #{used + 1}" if used else label), records))
    if not groups:
        raise ValueError("; ".join(skipped) or "there is no run to compare")
    objectives = {_objective(setting) for _, setting, _ in by_setting}
    notes = ["the objectives differ, so equal numbers do not mean equal music"] if len(objectives) > 1 else []
    axes = [set(record.metrics[0]["best"]["axes"]) for group in groups for record in group.records]
    shared = tuple(sorted(set.intersection(*axes))) if axes else ()
    if not shared:
        named = "; ".join(f"{g.label}: {', '.join(g.records[0].metrics[0]['best']['axes'])}" for g in groups)
        raise ValueError(f"the runs have no axis in common ({named}); give their axes the same name")
    return Comparison(tuple(groups), shared, (*notes, *skipped))


def _runs(path: Path) -> list[Path]:
    found = sorted(meta.parent for meta in path.glob("*/meta.json")) if path.is_dir() else []
    if not found:
        raise ValueError(f"{path}: must be a run folder or a folder of run folders")
    return found


def _setting(folder: Path) -> str:
    """What was run, without the seed: runs that agree in this belong together."""
    try:
        text = (folder / "resolved.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{folder / 'resolved.yaml'}: cannot be read: {error}") from None
    return "\n".join(line for line in text.splitlines() if not line.startswith("seed:"))


def _objective(setting: str) -> str:
    """The part of a resolved file that says how phrases are judged."""
    begin, end = setting.find("objective:"), setting.find("\nalgorithm:")
    return setting[begin : end if end > begin else None]


def table(comparison: Comparison) -> str:
    """The comparison as text: medians, then effect sizes in words, then caveats."""
    rows = comparison.rows()
    wide = max(5, *(len(row["group"]) for row in rows))
    lines = [f"{'group':{wide}}  {'axis':12}  runs  median  quartiles      faults  evaluations"]
    for row in rows:
        quartiles = f"{row['quartile_1']:.3f}-{row['quartile_3']:.3f}"
        numbers = f"{row['runs']:4}  {row['median']:6.3f}  {quartiles:13}  {row['faults']:6g}  {row['evaluations']:11g}"
        lines.append(f"{row['group']:{wide}}  {safe_text(row['axis'], 12):12}  {numbers}")
    for effect in comparison.effects():
        few = any(len(g.records) < TELLING for g in comparison.groups if g.label in (effect["first"], effect["second"]))
        chance = f"A12 {effect['a12']:.2f} ({'too few runs to tell' if few else _in_words(effect['a12'])})"
        lines.append(f"{safe_text(effect['axis'])}: {effect['first']} against {effect['second']}: {chance}")
    return "\n".join([*lines, *(f"note: {caveat}" for caveat in comparison.caveats())])


def _in_words(chance: float) -> str:
    """Vargha and Delaney's (2000) words for an effect: .56 small, .64 medium, .71 large."""
    size = abs(chance - 0.5)
    word = next((w for limit, w in ((0.21, "large"), (0.14, "medium"), (0.06, "small")) if size >= limit), "negligible")
    return word if word == "negligible" else f"{word}, the {'first' if chance > 0.5 else 'second'} is better"


def write_comparison(comparison: Comparison, out: Path) -> None:
    """`comparison.json`, `comparison.csv` and the figure of the curves, into a folder."""
    from evolve.plots.curves import write_comparison as draw  # matplotlib takes 0.6 s to import

    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "comparison.json", (as_json(comparison.as_json(), indent=1) + "\n").encode())
    rows, text = comparison.rows(), io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "group": _cell(row["group"]), "axis": _cell(row["axis"])} for row in rows)
    write_whole(out / "comparison.csv", text.getvalue().encode())
    for axis in comparison.axes:
        groups = [(group.label, group.records) for group in comparison.groups]
        draw(groups, axis, out / f"comparison-{slug(axis)}")


def _cell(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
