"""Figures of a record; never of a running population."""

from __future__ import annotations

from evolve.record import Record


def write_plots(record: Record) -> None:
    """Every figure of a run, as SVG and PNG, into its `plots/`."""
    from evolve.plots.figures import write_all  # matplotlib takes 0.6 s to import; checking and listing must not

    write_all(record)
