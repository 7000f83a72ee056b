"""All figures of one run."""

from __future__ import annotations

from evolve.plots.curves import write_criteria, write_fitness
from evolve.plots.roll import write_roll
from evolve.record import Record
from fitness.phrase import Phrase


def write_all(record: Record) -> None:
    """Fitness, criteria, and a piano roll of each exported phrase, into the record's `plots/`."""
    folder = record.path / "plots"
    write_fitness(record, folder / "fitness")
    write_criteria(record, folder / "criteria")
    for number, told in enumerate(record.best, 1):
        title = f"{record.title}, phrase {number}"
        write_roll(Phrase.parse(told["notation"]), told, title, folder / f"phrase_{number:02d}")
