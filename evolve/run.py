"""Running an experiment: generations until it stops, and the record of them."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from evolve.algorithms.algorithm import Generation, Mending
from evolve.experiment import Experiment, Stop
from evolve.exports import write_phrases
from evolve.plots import write_plots
from evolve.record import Record, as_json
from evolve.resolved import resolved_yaml
from fitness.catalogue import plugin_place
from fitness.objective import Judge, Objective

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, **({signal.SIGHUP: 129} if hasattr(signal, "SIGHUP") else {})}


class run:  # noqa: N801 - reads as a verb: `for generation in run(experiment)`
    """The generations of an experiment, from 0 to the one at which a stop rule ends it.

    Afterwards `stopped_by` names the rule.

    >>> generations = run(Experiment.load("experiments/two_rules.yaml", ["stop.generations=2"]))
    >>> [generation.number for generation in generations], generations.stopped_by
    ([0, 1, 2], 'generations')
    """

    def __init__(self, experiment: Experiment, judge: Judge | None = None) -> None:
        self.experiment, self.judge, self.stopped_by = experiment, judge, ""

    def __iter__(self) -> Iterator[Generation]:
        clock, best, since = time.monotonic(), None, 0
        for generation in self.experiment.evolve(self.judge):
            if not isinstance(generation, Generation) or not len(generation.population) or not len(generation.hall):
                what = f"the algorithm '{self.experiment.algorithm}' must yield a Generation with members and a hall"
                raise ValueError(f"{what}, got {type(generation).__name__}")
            yield generation
            now = tuple(generation.best.fitness.wvalues)
            best, since = (now, generation.number) if now != best else (best, since)
            self.stopped_by = stop_reason(self.experiment.stop, generation, since, time.monotonic() - clock)
            if self.stopped_by:
                return


def stop_reason(stop: Stop, generation: Generation, since: int, seconds: float) -> str:
    """Which stop rule ends a run at this generation, or an empty text; `since`: the generation of the last change."""
    axis = min(generation.best.fitness.values[1:])
    reached = stop.target is not None and axis >= stop.target and generation.best.fitness.values[0] == 0
    rules = {
        "target": reached,
        "generations": stop.generations is not None and generation.number >= stop.generations,
        "evaluations": stop.evaluations is not None and generation.evaluations >= stop.evaluations,
        "unchanged": stop.unchanged is not None and generation.number - since >= stop.unchanged,
        "seconds": stop.seconds is not None and seconds >= stop.seconds,
    }
    return next((name for name, true in rules.items() if true), "")


def perform(
    experiment: Experiment, out: Path, *, watch: Callable[[Generation], None] = lambda generation: None,
    argv: Sequence[str] | None = None,
) -> Record:  # fmt: skip
    """Run an experiment and leave its record in `out`; a signal ends it with what is there, see `meta["exit"]`.

    ValueError where the folder cannot be used.
    """
    record = Record.create(out, experiment.name, experiment.seed, sys.argv if argv is None else argv)
    record.meta["tempo_bpm"] = experiment.export.tempo_bpm
    record.write_text("experiment.yaml", experiment.text)
    for item in experiment.inputs:
        record.write_bytes(f"inputs/{item.name}", item.data)
    record.write_text("resolved.yaml", resolved_yaml(experiment))
    for path, item in experiment.references:
        digest = ", a folder" if item.is_folder else f" (sha256 {item.sha256})"
        record.log(f"{'ran the code of' if path[0] == 'plugins' else 'read'} {item.source}{digest}")
    kept = Kept(experiment.objective)
    generation: Generation | None = None
    clock, generations = time.monotonic(), run(experiment)
    with _signals() as received:
        try:
            for generation in generations:
                record.append("metrics.jsonl", as_json(metrics(experiment.objective, generation)))
                seconds = time.monotonic() - clock
                record.append("timing.jsonl", as_json({"generation": generation.number, "seconds": seconds}))
                kept.see(generation)
                watch(generation)
                if received:
                    generations.stopped_by = signal.Signals(received[0]).name
                    break
            if generation is None:
                raise ValueError(f"the algorithm '{experiment.algorithm}' must yield a generation, got none")
            warned = write_phrases(experiment, generation, record)
        except Exception as error:  # a user's rule, kind, algorithm or format gave no answer
            ours = not isinstance(error, ValueError) and not plugin_place(error)
            record.log(f"ended by an error: {plugin_place(error)}{error}")
            record.finish(1 if ours else 2, "error", *_reached(generation))
            raise
        reason = generations.stopped_by or "the algorithm"
        number, evaluations = _reached(generation)
        record.meta["warnings"] = [*experiment.warnings, *kept.warnings(), *warned]
        for warning in record.meta["warnings"]:
            record.log(f"warning: {warning}")
        if reason == "seconds":
            record.log(f"stopped by the clock: --set stop.generations={number} repeats this run exactly")
        for line in kept.search(generation):
            record.log(line)
        record.log(f"ended by {reason} at generation {number} after {evaluations} evaluations")
        record.finish(SIGNALS[signal.Signals(received[0])] if received else 0, reason, number, evaluations)
        write_plots(record)
    return record


def _reached(generation: Generation | None) -> tuple[int, int]:
    """Number and evaluations of the last generation; -1 and 0 where there was none."""
    return (generation.number, generation.evaluations) if generation else (-1, 0)


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Within, the signals that end a program are noted, so that a generation is written whole; a second ends at once.

    Outside the main thread they are left alone.
    """
    received: list[int] = []

    def note(number: int, frame: object) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)

    try:
        before = {number: signal.signal(number, note) for number in SIGNALS}
    except ValueError:  # not the main thread
        before = {}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def metrics(objective: Objective, generation: Generation) -> dict[str, Any]:
    """One line of `metrics.jsonl`: the best so far, quantiles, each criterion of the best and on average, diversity."""
    members = generation.population
    axes = members.weighted[:, 1:].T
    quantiles = np.quantile(axes, (0.0, 0.25, 0.5, 0.75, 1.0), axis=1).T
    own = generation.best_member or members
    score = own.score(own.best, objective)
    means = _mean_worth(objective, members.broken, members.tested, members.worth)
    return {
        "generation": generation.number,
        "evaluations": generation.evaluations,
        "best": {"faults": int(generation.best.fitness.values[0]), "axes": _named(objective, generation)},
        "faults": {"least": int(-members.weighted[:, 0].max()), "median": float(np.median(-members.weighted[:, 0]))},
        "quantiles": dict(zip(objective.axes, quantiles.tolist(), strict=True)),
        "criteria": {part.criterion.name: part.worth for part in score.parts},
        "means": dict(zip((c.name for c in objective.criteria), means, strict=True)),
        "distinct": members.distinct,
    }


def _named(objective: Objective, generation: Generation) -> dict[str, float]:
    return dict(zip(objective.axes, generation.best.fitness.values[1:], strict=True))


def _mean_worth(objective: Objective, broken: Any, tested: Any, worth: Any) -> list[float | None]:
    """The mean worth of each criterion over the members to which it applied; None where it applied to none."""
    means: list[float | None] = []
    rules, features = iter(zip(broken, tested, strict=True)), iter(worth)
    for criterion in objective.criteria:
        if criterion.is_rule:
            faults, chances = next(rules)
            applies = chances > 0
            value = criterion.worth(faults[applies] * 1.0, chances[applies] * 1.0)
            means.append(float(value.mean()) if applies.any() else None)
        else:
            means.append(float(next(features).mean(dtype=np.float64)))
    return means


class Kept:
    """Which rules any phrase of a run has kept, how often each applied, and what the search did for the constraints."""

    def __init__(self, objective: Objective) -> None:
        self.rules = [criterion for criterion in objective.criteria if criterion.is_rule]
        self.kept = np.zeros(len(self.rules), bool)
        self.applied = np.zeros(len(self.rules))
        self.seen = 0
        self.constrained = bool(objective.constraints)
        self.began, self.faultless = (0, 0.0), -1  # the fewest and the median faults; when there first were none
        self.taken = {"variation": 0, "local search": 0}  # faults of the best that each took away
        self._best, self._mended = -1, 0

    def see(self, generation: Generation) -> None:
        """Take note of one generation."""
        members = generation.population
        self.kept |= ((members.broken == 0) & (members.tested > 0)).any(axis=1)
        self.applied += (members.tested > 0).sum(axis=1)
        self.seen += len(members)
        if generation.number == 0:
            self.began = int(-members.weighted[:, 0].max()), float(np.median(-members.weighted[:, 0]))
        best, mended = int(generation.best.fitness.values[0]), (generation.mending or Mending()).faults
        if 0 <= best < self._best:
            self.taken["local search" if mended > self._mended else "variation"] += self._best - best
        self._best, self._mended = best, mended
        if self.faultless < 0 and generation.best.fitness.values[0] == 0:
            self.faultless = generation.number

    def search(self, generation: Generation | None) -> Iterator[str]:
        """What each part of the search took off the faults, where there are constraints."""
        if generation is None or not self.constrained:
            return
        fewest, typical = self.began
        yield f"search: the first population had {fewest} faults at best, {typical:g} in the middle"
        mending = generation.mending or Mending()
        left = int(generation.best.fitness.values[0])
        when = f"without a fault from generation {self.faultless} on" if self.faultless >= 0 else f"faults left: {left}"
        bred, searched = self.taken["variation"], self.taken["local search"]
        yield (
            f"search: of these variation and selection took away {bred}, local search {searched} "
            f"(tries: {mending.tries}, evaluations: {mending.evaluations}); {when}"
        )

    def warnings(self) -> Iterator[str]:
        """The rules that hardly ever applied, and those that nothing ever kept."""
        for criterion, kept, applied in zip(self.rules, self.kept, self.applied, strict=True):
            if applied < 0.01 * self.seen:
                yield f"{criterion.name} applied to hardly any phrase of the run"
            elif not kept:
                yield f"no phrase of the run kept {criterion.name}: does it contradict another rule?"
