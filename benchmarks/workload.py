"""Workload W: a voice of 64 slots over a fixed second voice, judged by thirteen criteria.

Also the same engine with nothing to do: a genome that decodes to nothing and a judge that costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evolve.algorithms.algorithm import Generation, Task
from evolve.algorithms.generational import generational
from evolve.genomes.kind import Genes, Where
from evolve.genomes.melody import Melody, melody
from evolve.streams import Streams
from fitness.criterion import Criterion
from fitness.objective import Judge, Objective, Scores
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.verdict import Blame

LENGTH = 64  # genes: 8 bars of 4/4 in eighths
CROSSOVER, MUTATION, PER_GENE, TOURNAMENT, HALL = 0.7, 0.3, 0.05, 3, 10
CODES = 14  # values of a gene: hold, rest and the twelve notes of C major from C4 to G5

BASS = Phrase.parse("C3*2 E3*2 | F3*2 D3*2 | G3*2 B2*2 | C3 D3 E3 C3 | A2*2 C3*2 | F3 E3 D3*2 | G3*2 G2*2 | C3*2 r C3")
TARGET = Phrase.parse(
    "C4 D4 E4 C4 | E4 F4 G4*2 | G4/2 A4/2 G4/2 F4/2 E4 C4 | D4 G3 C4*2"
)  # its intervals are wished for


def voice_over_bass() -> Melody:
    """The genome kind of W."""
    return melody(bars=8, grid="1/8", over=BASS)


def thirteen_criteria(*, blames: bool = False) -> Objective:
    """The objective of W: six rules and five features of the upper voice, and two rules of both voices."""
    upper = (0,)
    criteria = (
        Criterion.of_rule("legal_leaps", voices=upper),
        Criterion.of_rule("leaps_recovered", voices=upper),
        Criterion.of_feature("step_share", voices=upper),
        Criterion.of_rule("single_climax", voices=upper),
        Criterion.of_feature("ambitus", voices=upper),
        Criterion.of_rule("in_key", voices=upper),
        Criterion.of_feature("repeat_share", voices=upper),
        Criterion.of_rule("no_syncopation", voices=upper),
        Criterion.of_feature("rest_share", voices=upper),
        Criterion.of_rule("ends_on_tonic", voices=upper),
        Criterion.of_feature("interval_profile", targets=Phrases.of(TARGET), voices=upper),
        Criterion.of_rule("no_parallel_perfects"),
        Criterion.of_rule("consonant_on_the_beat"),
    )
    return Objective({"counterpoint": criteria}, blames=blames)


def generations(kind: Melody | Nothing, judge: Judge, start: Genes, *, seed: int) -> Iterator[Generation]:
    """Our engine on W's operators, from these genomes."""
    return generational(
        Task(kind, judge, Streams(seed), start, remember=HALL), population=len(start), elite=0, tournament=TOURNAMENT,
        crossover=CROSSOVER, mutation=MUTATION, mate="two_point", mutate="uniform", per_gene=PER_GENE,
        distinct=False, restart=None,
    )  # fmt: skip


class Silence(Phrases):
    """As many phrases as there are genomes, with nothing in them."""

    def __init__(self, n: int) -> None:
        self.n = n


@dataclass(frozen=True, eq=False)
class Nothing:
    """A genome kind of integers that decode to nothing."""

    length: int = LENGTH

    @property
    def bounds(self) -> tuple[Genes, Genes]:
        return np.zeros(self.length, np.int16), np.full(self.length, CODES - 1, np.int16)

    @property
    def groups(self) -> NDArray[np.int16]:
        return np.zeros(self.length, np.int16)

    def sample(self, n: int, rng: np.random.Generator) -> Genes:
        return rng.integers(0, CODES, (n, self.length), np.int16)

    def start_from(self, phrases: list[Phrase]) -> Genes:
        return np.zeros((len(phrases), self.length), np.int16)

    def decode(self, genes: Genes) -> Phrases:
        return Silence(len(genes))

    def mate(self, a: Genes, b: Genes, rng: np.random.Generator) -> NDArray[np.bool_]:
        return np.ones(a.shape, bool)

    def mutate(self, genes: Genes, rng: np.random.Generator, where: Where | None = None) -> Genes:
        return genes.copy()

    def genes_of(self, blame: Blame, n: int) -> Where:
        return np.zeros((n, self.length), bool)


def free(seed: int) -> Judge:
    """A judge that draws its scores: no work, yet no two alike, so that every engine has something to sort."""
    rng = np.random.default_rng(seed)
    objective = thirteen_criteria()

    def judge(phrases: Phrases) -> Scores:
        n = phrases.n
        counts = np.zeros((0, n), np.uint16)
        return Scores(objective, rng.random((1, n)), counts, counts, np.zeros((0, n), np.float32))

    return judge
