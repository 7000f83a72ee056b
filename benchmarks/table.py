"""What a benchmark prints: rows of a measure, its value and its target, as a table or as JSON."""

from __future__ import annotations

import json
import operator
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

COMPARE = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Row:
    """One figure; `target` such as `>= 40`, or None for a figure that is only told; `value` None: not measurable."""

    id: str
    measure: str
    value: float | None
    target: str | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing to compare."""
        if self.value is None or self.target is None:
            return None
        relation, bound = self.target.split()
        return bool(COMPARE[relation](self.value, float(bound)))


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU time that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ratio(peer: Callable[[int], object], ours: Callable[[int], object], pairs: int) -> tuple[float, float, float]:
    """Median of peer / ours over pairs in turn, with the median seconds of each; both are given the pair's number."""
    times = [(cpu(lambda i=i: peer(i)), cpu(lambda i=i: ours(i))) for i in range(pairs)]
    theirs, own = (statistics.median(column) for column in zip(*times, strict=True))
    return statistics.median(a / b for a, b in times), theirs, own


def as_json(rows: list[Row]) -> str:
    """One JSON list of `{id, measure, value, target, met}`."""
    keys = ("id", "measure", "value", "target", "met")
    return json.dumps([{key: getattr(row, key) for key in keys} for row in rows], indent=1)


def as_table(rows: list[Row]) -> str:
    """A line a row, in columns."""
    met = {True: "yes", False: "NO", None: "-"}
    cells = [("id", "measure", "value", "target", "met")]
    cells += [(row.id, row.measure, _shown(row.value), row.target or "-", met[row.met]) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rule = tuple("-" * width for width in widths)
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in [cells[0], rule, *cells[1:]])


def _shown(value: float | None) -> str:
    return "not measurable" if value is None else f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
