"""Progress of a run on the error stream: a live line in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from evolve.algorithms.algorithm import Generation
from evolve.experiment import Experiment

EVERY = {True: 0.1, False: 10.0}  # seconds between two lines, in a terminal and elsewhere


class Progress:
    """Shows the generations of one run as they come."""

    def __init__(self, experiment: Experiment, *, quiet: bool) -> None:
        self.experiment = experiment
        self.quiet = quiet
        self.console = Console(stderr=True, highlight=False)
        self.live = Live(console=self.console, auto_refresh=False, transient=True)
        self.begun = self.shown = time.monotonic()

    def __enter__(self) -> Progress:
        if not self.quiet and self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.stop()

    def show(self, generation: Generation) -> None:
        """Say where the run is, unless that was said just now."""
        now = time.monotonic()
        if self.quiet or (now - self.shown < EVERY[self.console.is_terminal] and generation.number):
            return
        self.shown = now
        line = self._line(generation, now - self.begun)
        if self.console.is_terminal:
            self.live.update(Text(line, no_wrap=True, overflow="ellipsis"), refresh=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def _line(self, generation: Generation, seconds: float) -> str:
        faults, *axes = generation.best.fitness.values
        named = zip(self.experiment.objective.axes, axes, strict=True)
        best = " ".join(f"{name} {value:.3f}" for name, value in named)
        whole = self.experiment.stop.generations
        left = ""
        if whole and generation.number:
            left = f", at most {seconds / generation.number * (whole - generation.number):.0f} s left"
        of = f" of {whole}" if whole else ""
        where = f"generation {generation.number}{of}: best {best}, {int(faults)} faults"
        return f"{where}, {generation.evaluations} evaluations{left}"
