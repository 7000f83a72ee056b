"""All figures of one run."""

from __future__ import annotations

from evolve.plots.curves import write_criteria, write_fitness
from evolve.plots.front import write_front
from evolve.plots.parallel import write_parallel
from evolve.plots.roll import write_roll
from evolve.record import Record
from evolve.yaml_data import data_of
from fitness.phrase import Phrase

ROLLS = 12  # piano rolls at most: of a set of hundreds nobody looks at all


def write_all(record: Record) -> None:
    """Fitness, criteria, a piano roll of each exported phrase, and the front of several axes, into `plots/`."""
    folder, constraints = record.path / "plots", constraints_of(record)
    write_fitness(record, folder / "fitness")
    write_criteria(record, folder / "criteria", constraints)
    if record.pareto and len(record.pareto[0]["axes"]) > 1:
        write_front(record, folder / "front")
        write_parallel(record, folder / "parallel")
    for number, told in enumerate(record.best[:ROLLS], 1):
        title = f"{record.title}, phrase {number}"
        write_roll(Phrase.parse(told["notation"]), told, title, folder / f"phrase_{number:02d}", constraints)


def constraints_of(record: Record) -> frozenset[str]:
    """The criteria that are constraints: the last ones, as many as `resolved.yaml` lists; none where it cannot be read.

    Names alone would not do: two criteria of one rule are told apart by a number.
    """
    try:
        data = data_of((record.path / "resolved.yaml").read_text(encoding="utf-8"), (), {}, [])
    except (OSError, UnicodeDecodeError):
        return frozenset()
    listed = data.get("constraints") if isinstance(data, dict) else None
    names = list(record.metrics[0]["criteria"])
    if isinstance(data, dict) and "corpus" in data:
        return frozenset(names[1:])  # what is original is asked for without being listed
    return frozenset(names[len(names) - len(listed) :] if isinstance(listed, list) else ())
