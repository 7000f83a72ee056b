"""Workload W: a voice of 64 slots over a fixed second voice, judged by thirteen criteria.

Also the same engine with nothing to do: a genome that decodes to nothing and a judge that costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from evolve.algorithms.algorithm import Generation, Task
from evolve.algorithms.generational import generational
from evolve.criteria import objective_of
from evolve.genomes.counterpoint import Counterpoint, counterpoint
from evolve.genomes.kind import Genes, Where
from evolve.genomes.melody import Melody, melody
from evolve.streams import Streams
from evolve.styles import style_named
from fitness.criterion import Criterion
from fitness.grid import HOLD, REST
from fitness.objective import Judge, Objective, Scores
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.setting import Setting
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


GROUPS = (4, 4, 3, 2)  # of the thirteen criteria in their order: four axes


def four_axes() -> Objective:
    """The criteria of W on four axes."""
    criteria = iter(thirteen_criteria().criteria)
    return Objective({f"axis {i}": tuple(islice(criteria, size)) for i, size in enumerate(GROUPS, 1)})


def default_weights() -> Objective:
    """A melody's criteria with weights in the proportion in which they tell songs from what is none, sum 1."""
    rule, number = Criterion.of_rule, Criterion.of_feature
    return Objective(
        {
            "melody": (
                rule("phrases_end_on_triad", weight=0.06), rule("ends_on_tonic", weight=0.06),
                rule("inner_phrases_end_open", weight=0.04), rule("phrase_ends_reached_by_step", weight=0.04),
                number("motif_economy", weight=0.1), number("phrase_repeat_share", weight=0.05),
                number("phrase_repeat_share", options={"by": "rhythm"}, weight=0.05, label="phrase_repeat_share 2"),
                number("step_share", weight=0.0375), number("leap_share", weight=0.0375),
                number("repeat_share", weight=0.0375), number("interval_entropy", weight=0.0375),
                number("key_fit", weight=0.06), number("scale_share", weight=0.06),
                number("syncopation", weight=0.05), number("final_lengthening", weight=0.05),
                number("duration_entropy", weight=0.05), number("arch_share", weight=0.06),
                number("bigram_surprise", weight=0.07), number("ambitus", weight=0.025),
                number("pitch_deviation", weight=0.025),
            )
        }
    )  # fmt: skip


def melodic() -> Objective:
    """The criteria of W that hear one voice, asked of every voice of a phrase."""
    own = (replace(criterion, voices=None) for criterion in thirteen_criteria().criteria if criterion.voices)
    return Objective({"melodic": tuple(own)})


def four_parts() -> Objective:
    """All rules, hard and soft, of the first species in four voices after Fux."""
    whole = objective_of(style_named("fux"), counterpoint(voices=3))
    soft = {axis: tuple(c for c in criteria if c.is_rule) for axis, criteria in whole.axes.items()}
    return Objective(soft, whole.constraints)


def parts(voices: int, n: int) -> tuple[NDArray[np.int16], NDArray[np.int32], Setting]:
    """Cells, ticks and setting of `n` phrases of so many voices of 64 slots each, melodies as W begins with."""
    kind = melody(bars=8, grid="1/8")
    lines = [kind.decode(kind.sample(n, np.random.default_rng(voice))).slices for voice in range(voices)]
    pitch, struck = (np.concatenate([getattr(line, what) for line in lines]) for what in ("sounding", "attack"))
    cells = np.where(struck, pitch, np.where(pitch < 0, REST, HOLD)).astype(np.int16)
    names = tuple(f"voice {voice}" for voice in range(1, voices + 1))
    return cells, kind.ticks, replace(kind.setting, names=names, programs=(0,) * voices)


def third_species() -> tuple[Counterpoint, Objective]:
    """Third species over Fux's first cantus firmus, and its criteria after Fux."""
    kind = counterpoint(species=3)
    return kind, objective_of(style_named("fux"), kind)


def uniform_start(kind: Counterpoint, n: int, seed: int) -> Genes:
    """Genomes drawn between their bounds, without the walks that the kind begins with."""
    low, high = kind.bounds
    return np.random.default_rng(seed).integers(low, high + 1, (n, len(low))).astype(np.int16)


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
