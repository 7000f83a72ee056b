"""Operators that an experiment names: ours by a word, DEAP's by its name, as `deap.cxTwoPoint`.

DEAP's operators work on one individual at a time and draw from the global `random`: here they get a seed of the
run's own streams and what was there before is put back.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np
from deap import tools
from numpy.typing import NDArray

from evolve.genomes.kind import Genes, GenomeKind, Where
from evolve.population import Individual, Population
from fitness.catalogue import near_miss

PREFIX = "deap."
# What DEAP's operators get from us: the individuals, how many to select, and the bounds of the genes.
OURS = {"ind1", "ind2", "individual", "individuals", "k", "low", "up", "fit_attr"}
# Those of deap.tools that fit: for lists of whole numbers of one length, and for a fitness of faults and then axes.
FITTING = {
    "cx": ("cxBlend", "cxOnePoint", "cxSimulatedBinary", "cxSimulatedBinaryBounded", "cxTwoPoint", "cxUniform"),
    "mut": ("mutGaussian", "mutInversion", "mutPolynomialBounded", "mutShuffleIndexes", "mutUniformInt"),
    "sel": ("selBest", "selLexicase", "selNSGA2", "selRandom", "selSPEA2", "selTournament", "selWorst"),
}
EXAMPLE = {"tournsize": 3, "eta": 20, "alpha": 0.5, "mu": 0, "sigma": 2, "indpb": 0.1}  # in the mend of a message
LARGEST = 1_000_000  # of an option's number: a tournament of more would not end


@dataclass(frozen=True)
class DeapOperator:
    """An operator of `deap.tools` with its options, such as `indpb`."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def mate(
        self, a: Genes, b: Genes, rng: np.random.Generator, *, bounds: tuple[Genes, Genes]
    ) -> tuple[Genes, Genes, Where]:
        """The children of each pair of rows, rounded and kept within the bounds, and what they have of the other."""
        with self._seeded(rng):
            pairs = [self._call(one, other, bounds=bounds) for one, other in zip(*map(_lists, (a, b)), strict=True)]
        one, other = (self._genes([pair[i] for pair in pairs], bounds) for i in (0, 1))
        return one, other, (one != a) & (one == b)

    def mutate(
        self, genes: Genes, rng: np.random.Generator, where: Where | None = None, *, bounds: tuple[Genes, Genes]
    ) -> Genes:
        """A changed copy of each row, rounded and kept within the bounds."""
        with self._seeded(rng):
            return self._genes([self._call(row, bounds=bounds)[0] for row in _lists(genes)], bounds)

    def select(self, population: Population, k: int, *, rng: np.random.Generator) -> NDArray[np.intp]:
        """The places of `k` members."""
        individuals = population.to_deap()
        place = {id(individual): i for i, individual in enumerate(individuals)}
        with self._seeded(rng):
            chosen = self._call(individuals, k)
        if len(chosen) != k:
            raise ValueError(f"{PREFIX}{self.name}: must select {k} of {len(population)} members, got {len(chosen)}")
        return np.array([place[id(individual)] for individual in chosen], np.intp)

    def tried(self, kind: GenomeKind, share: float = 1.0) -> None:
        """ValueError in one line where the operator does not work on such genes.

        `share` is how many parents a selection must give for each member.
        """
        rng = np.random.default_rng(0)
        genes = kind.sample(8, rng)
        if self.name.startswith("cx"):
            self.mate(genes[:4], genes[4:], rng, bounds=kind.bounds)
        elif self.name.startswith("mut"):
            self.mutate(genes, rng, bounds=kind.bounds)
        else:
            self.select(_judged(genes), int(np.ceil(8 * share)), rng=rng)

    def _call(self, *individuals: Any, bounds: tuple[Genes, Genes] | None = None) -> Any:
        function = getattr(tools, self.name)
        given = dict(self.options)
        if bounds is not None:
            wanted = inspect.signature(function).parameters
            given |= {n: edge.tolist() for n, edge in zip(("low", "up"), bounds, strict=True) if n in wanted}
        try:
            return function(*individuals, **given)
        except Exception as error:
            raise ValueError(f"{PREFIX}{self.name}: stopped with {type(error).__name__}: {str(error)[:200]}") from error

    def _genes(self, rows: list[Any], bounds: tuple[Genes, Genes]) -> Genes:
        low, high = bounds
        try:
            numbers = np.array(rows, np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{PREFIX}{self.name}: gives no numbers for genes") from None
        if numbers.shape[1:] != low.shape or not np.isfinite(numbers).all():
            raise ValueError(f"{PREFIX}{self.name}: must give {len(low)} finite genes for each child")
        return np.clip(np.rint(numbers), low, high).astype(np.int16)

    @contextmanager
    def _seeded(self, rng: np.random.Generator) -> Iterator[None]:
        before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002 - DEAP draws from it
        random.seed(int(rng.integers(2**63)))
        np.random.seed(int(rng.integers(2**32)))  # noqa: NPY002
        try:
            yield
        finally:
            random.setstate(before)
            np.random.set_state(numpy_before)  # noqa: NPY002


def _judged(genes: Genes) -> Population:
    """Members with a fitness of one axis, all different."""
    population, n = Population.unjudged(genes), len(genes)
    return replace(population, weighted=np.linspace([0.0, 0.0], [0.0, 1.0], n), valid=np.ones(n, bool))


def _lists(genes: Genes) -> list[Individual]:
    return [Individual(row) for row in genes.tolist()]


@dataclass(frozen=True)
class OneOf:
    """How an operator is written in a file: one of our own words, or one of DEAP's of a kind (`cx`, `mut`, `sel`)."""

    words: tuple[str, ...]
    kind: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Tell pydantic to read a value with `read`, without importing it here."""
        return {"type": "function-plain", "function": {"type": "no-info", "function": self.read}}

    def read(self, value: object) -> str | DeapOperator:
        """The word, or the operator of `deap.cxUniform` or `{deap.cxUniform: {indpb: 0.3}}`; else ValueError."""
        name, options = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else (value, {})
        if isinstance(name, str) and name in self.words and not options:
            return name
        known = FITTING[self.kind]
        if isinstance(name, str) and name in self.words:
            raise ValueError(f"{name} takes no options; write {name}, got {options!r:.60}")
        if not isinstance(name, str) or not name.startswith(PREFIX) or name.removeprefix(PREFIX) not in known:
            hint = near_miss(str(name), [*self.words, *(PREFIX + n for n in known)])
            got = f"'{name}'" if isinstance(name, str) else str(name)
            raise ValueError(
                f"must be one of {', '.join(self.words)} or an operator of DEAP that fits, got {got:.60}; {hint}"
            )
        name = name.removeprefix(PREFIX)
        free = {n: p for n, p in inspect.signature(getattr(tools, name)).parameters.items() if n not in OURS}
        if not isinstance(options, dict | None):
            raise ValueError(f"{PREFIX}{name} must have a mapping of options, got {options!r:.60}")
        given = dict(options or {})
        if wrong := [str(n) for n in given if n not in free]:
            raise ValueError(f"{PREFIX}{name} has no option '{wrong[0]}'; {near_miss(wrong[0], free)}")
        for option, value in given.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
                raise ValueError(f"{PREFIX}{name}: {option} must be a number up to {LARGEST}, got {value!r:.60}")
        if needed := [n for n, p in free.items() if p.default is inspect.Parameter.empty and n not in given]:
            mend = ", ".join(f"{n}: {EXAMPLE.get(n, 1)}" for n in needed)
            raise ValueError(f"{PREFIX}{name} needs {', '.join(needed)}: write {{{PREFIX}{name}: {{{mend}}}}}")
        return DeapOperator(name, given)


Mate = Annotated[str | DeapOperator, OneOf(("bars", "two_point"), "cx")]
Mutate = Annotated[str | DeapOperator, OneOf(("musical", "uniform"), "mut")]
Select = Annotated[str | DeapOperator, OneOf(("tournament",), "sel")]
