"""An experiment file, checked and frozen: what is evolved, how it is judged, when it ends, what is exported.

Every mistake of a file is found in one reading and told with its place (`DocumentError`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from evolve.algorithms.algorithm import Generation, Task, algorithm
from evolve.document import Document, read_document
from evolve.exemplars import NO_CORPUS, Exemplars, read_exemplars
from evolve.formats.format import file_format
from evolve.genomes.kind import Genes, GenomeKind, facts_of
from evolve.inputs import Input, Inputs, attempt
from evolve.instruments import NAMES, program_of
from evolve.objectives import lacking, read_constraints, read_objective
from evolve.operators import DeapOperator
from evolve.options import checked, plain, shown
from evolve.passing import Passing, Sampled
from evolve.plugins import load_plugin, tried_format
from evolve.population import individual_toolbox
from evolve.problems import KeyPath, Problem
from evolve.sections import named, read_kind
from evolve.streams import Streams
from fitness.catalogue import Between, Written, near_miss
from fitness.objective import Judge, Objective
from fitness.phrase import Phrase

SECTIONS = (
    "seed", "style", "corpus", "genome", "objective", "constraints", "algorithm", "stop", "export", "plugins", "start",
)  # fmt: skip
Number = Annotated[int, Between(1, 2**53)]
Program = Annotated[int, Written(program_of, NAMES.__getitem__)]


@dataclass(frozen=True, kw_only=True)
class Stop:
    """When a run ends: at the first that comes true.  `seconds` is a safety stop; the others repeat exactly."""

    generations: Number | None = 200
    unchanged: Number | None = None
    evaluations: Number | None = None
    target: Annotated[float, Between(0.0, 1.0)] | None = None
    seconds: Annotated[float, Between(0.001, 10**9)] | None = None


@dataclass(frozen=True, kw_only=True)
class Export:
    """Which of the best phrases are written, and how they sound."""

    best: Annotated[int, Between(1, 1000)] = 5
    formats: list[str] | None = None
    tempo_bpm: Annotated[float, Between(10.0, 400.0)] = 96.0
    instrument: Program = 0


@dataclass(frozen=True, eq=False)
class Experiment:
    """An experiment, ready to run."""

    name: str
    text: str
    seed: int
    kind: GenomeKind
    objective: Objective
    algorithm: str
    options: Mapping[str, Any]
    stop: Stop
    export: Export
    start: Genes | None
    inputs: tuple[Input, ...]
    references: tuple[tuple[KeyPath, Input], ...]
    resolved: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    judge: Judge | None = None

    @classmethod
    def load(cls, path: str | Path, changes: Sequence[str] = (), seed: int | None = None) -> Experiment:
        """Read and check a file; `changes` are written `genome.bars=16`.  DocumentError tells all that is wrong."""
        seeded = [*changes, *([f"seed={seed}"] if seed is not None else [])]
        return _Loader(read_document(Path(path), seeded)).experiment()

    def evolve(self, judge: Judge | None = None) -> Iterator[Generation]:
        """The algorithm's generations, without end."""
        task = Task(
            self.kind, judge or self.judge or self.objective, Streams(self.seed), self.start, 4 * self.export.best
        )
        return algorithm[self.algorithm].function(task, **self.options)

    def deap_toolbox(self) -> Any:
        """An ordinary DEAP toolbox, one individual at a time, on which `deap.algorithms.eaSimple` runs."""
        return individual_toolbox(self.kind, self.objective)

    def phrase(self, genes: Sequence[int]) -> Phrase:
        """The phrase that one genome stands for."""
        return self.kind.decode(np.array([genes], np.int16))[0]


class _Loader:
    """One reading of one document; problems are gathered, not raised."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data = document.data
        self.problems: list[Problem] = []
        self.inputs = Inputs(document, self.problems)
        self.resolved: dict[str, Any] = {}
        self.remarks: list[str] = []

    def experiment(self) -> Experiment:
        for key in self.data:
            if key not in SECTIONS:
                self.wrong((key,), f"no section is called '{key}'; {near_miss(str(key), SECTIONS)}", on_key=True)
        seed = self.seed()
        for i, item in enumerate(self.listed("plugins")):
            found = self.inputs.read(item, ("plugins", i))
            if found is not None:
                attempt(self.problems, ("plugins", i), partial(load_plugin, found.source, found.data))
                self.resolved["plugins"] = list(self.data["plugins"])
        if self.problems and self.data.get("plugins"):
            raise self.document.error(self.problems)  # what a broken plugin lacks would be told as misspelt
        exemplars = read_exemplars(self.document, self.inputs, self.problems)
        kind = read_kind(self.data, exemplars, self.inputs, self.problems, self.resolved)
        judge: Passing | Sampled | None = None
        objective: Objective | None
        if self.is_judged(exemplars):
            judge = self.judge(kind, exemplars, seed)
            objective = None if judge is None else judge.objective
        else:
            objective = read_objective(
                self.document, kind, exemplars.style, self.inputs, self.problems, self.resolved
            )  # fmt: skip
        name, options = self.algorithm(kind, objective)
        stop = self.stop()
        export = self.section("export", Export)
        self.check_formats(kind)
        start = self.start(kind)
        if self.problems or kind is None or objective is None or stop is None or export is None:
            raise self.document.error(self.problems)
        order = {key: self.resolved[key] for key in SECTIONS if key in self.resolved}
        return Experiment(
            self.document.source.stem, self.document.text, seed, kind, objective, name, options, stop, export, start,
            tuple(self.inputs.files.values()), tuple(self.inputs.references), order,
            (*self.remarks, *([] if judge else lacking(objective)), *dict.fromkeys(self.inputs.remarks)), judge,
        )  # fmt: skip

    def wrong(self, path: KeyPath, what: str, *, on_key: bool = False) -> None:
        self.problems.append(Problem(path, what, on_key))

    def seed(self) -> int:
        seed = self.data.get("seed", 0)
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
            self.wrong(("seed",), f"must be a whole number from 0 to 2^63 - 1, got {shown(seed)}")
            return 0
        self.resolved["seed"] = seed
        return seed

    def listed(self, key: str) -> list[Any]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            self.wrong((key,), f"must be a list, got {shown(value)}")
            return []
        return value

    def section(self, key: str, function: Any) -> Any:
        given = self.data.get(key, {})
        options = checked(function, given, (key,), self.problems)
        if options is None:
            return None
        self.resolved[key] = plain(function, given)
        return function(**options)

    @property
    def samples(self) -> bool | None:
        """Whether the algorithm that the file names is one that samples, and ends by itself; None: it is none."""
        given = self.data.get("algorithm", {})
        name = given.get("name", "generational") if isinstance(given, dict) else None
        known = isinstance(name, str) and name in algorithm
        return bool(algorithm[str(name)].traits.get("samples")) if known else None

    def is_judged(self, exemplars: Exemplars) -> bool:
        """Whether a corpus judges, or a measured style where an algorithm samples and there is no other objective."""
        if "corpus" in self.data and self.samples is False:
            able = ", ".join(each.name for each in algorithm if each.traits.get("samples"))
            self.wrong(("corpus",), f"a corpus needs an algorithm that samples; take {{name: {able}}}", on_key=True)
        measured = exemplars.style is not None and bool(exemplars.style.measured)
        return "corpus" in self.data or (bool(self.samples) and measured and "objective" not in self.data)

    def judge(self, kind: GenomeKind | None, exemplars: Exemplars, seed: int) -> Passing | Sampled | None:
        """The judge that comes of a corpus, else of a measured style; None where something is wrong."""
        if kind is not None and "added" in facts_of(kind):
            on = "corpus" if "corpus" in self.data else "style"
            self.wrong((on,), "what passes for it are melodies; take the kind tune or melody", on_key=True)
        constraints = read_constraints(
            self.document, kind, exemplars.style, self.inputs, self.problems, self.resolved
        )  # fmt: skip
        if self.problems:
            return None
        if exemplars.corpus:
            given = self.data["corpus"]
            self.resolved["corpus"] = list(given) if isinstance(given, list) else [given]
        else:
            self.resolved["style"] = self.data["style"]
            self.remarks.append(NO_CORPUS)
        made = partial(exemplars.judge, seed, constraints)
        judge: Passing | Sampled | None = attempt(self.problems, ("corpus" if exemplars.corpus else "style",), made)
        return judge

    def algorithm(self, kind: GenomeKind | None, objective: Objective | None) -> tuple[str, dict[str, Any]]:
        entry, given = named(self.data, "algorithm", "name", algorithm, "generational", self.problems)
        options = None if entry is None else checked(entry.function, given, ("algorithm",), self.problems, ("name",))
        if options is None:
            return "", {}
        if objective is not None and len(objective.axes) > 1 and entry.traits.get("axes") == 1:
            many = ", ".join(objective.axes)
            self.wrong(
                ("objective",),
                f"'{entry.name}' follows one axis, got {many}; put their criteria into one, or take nsga2",
                on_key=True,
            )
        for key, operator in options.items():
            if isinstance(operator, DeapOperator) and kind is not None:
                members = options.get("population", 1)
                parents = options.get("children") or members
                attempt(self.problems, ("algorithm", key), partial(operator.tried, kind, parents / members))
        if (options.get("elite") or 0) >= options.get("population", 1) > 1:
            self.wrong(("algorithm", "elite"), f"must be smaller than the population, got {options['elite']}")
        self.resolved["algorithm"] = {"name": entry.name, **plain(entry.function, given)}
        return entry.name, options

    def stop(self) -> Stop | None:
        """When the run ends; an algorithm that ends by itself is not cut short where the file says nothing of it."""
        stop: Stop | None = self.section("stop", Stop)
        if stop is not None and self.samples:
            if "generations" not in self.data.get("stop", {}):
                del self.resolved["stop"]["generations"]
                stop = replace(stop, generations=None)
        elif stop is not None and not any((stop.generations, stop.evaluations, stop.unchanged, stop.seconds)):
            self.wrong(("stop",), "a run must end: give generations, evaluations, unchanged or seconds")
        return stop

    def check_formats(self, kind: GenomeKind | None) -> None:
        given = self.data.get("export", {})
        names = given.get("formats") if isinstance(given, dict) else None
        known = [entry.name for entry in file_format]
        for i, name in enumerate(names if isinstance(names, list) else []):
            if isinstance(name, str) and name not in known:
                self.wrong(("export", "formats", i), f"no format is called '{name}'; {near_miss(name, known)}")
            elif isinstance(name, str) and kind is not None and not self.problems:
                phrase = kind.decode(kind.sample(2, np.random.default_rng(0)))[0]
                attempt(self.problems, ("export", "formats", i), partial(tried_format, name, phrase))

    def start(self, kind: GenomeKind | None) -> Genes | None:
        phrases = [self.inputs.phrase(item, ("start", i)) for i, item in enumerate(self.listed("start"))]
        found = [phrase for phrase in phrases if phrase is not None]
        if not found or kind is None:
            return None
        self.resolved["start"] = list(self.data["start"])
        genes: Genes | None = attempt(self.problems, ("start",), partial(kind.start_from, found))
        return genes
