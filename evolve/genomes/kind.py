"""What a genome kind is, and how one is registered.

    @genome_kind
    def melody(*, key: KeyText = ..., bars: Bars = 8, ...) -> Melody: ...

The registered function makes the kind from the options of an experiment; ValueError for what does not fit together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Catalogue, Written
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.theory import Key, Metre, pitch_of
from fitness.verdict import Blame

Genes = NDArray[np.int16]  # [n, length], C order
Where = NDArray[np.bool_]  # [n, length]: genes to blame

KeyText = Annotated[Key, Written(Key.parse)]
MetreText = Annotated[Metre, Written(Metre.parse)]
NoteName = Annotated[int, Written(pitch_of, Key("C").name_of)]
Notation = Annotated[Phrase, Written(Phrase.parse)]


@dataclass(frozen=True)
class Piece:
    """Marks an option, `Annotated[Phrase, Written(...), Piece()]`, that may name a file of music for notation."""


@dataclass(frozen=True)
class Learned:
    """Marks an option that a kind learns from the corpus or the style of the experiment."""


class GenomeKind(Protocol):
    """Pure functions between genes and phrases; every array of genes within the bounds decodes.

    A kind may also have `facts`, a mapping of what a style can ask of it: `{"species": 2, "count": 2}`.
    """

    @property
    def bounds(self) -> tuple[Genes, Genes]:
        """The lowest and highest value of each gene, `[length]` each."""

    @property
    def groups(self) -> NDArray[np.int16]:
        """The bar each gene belongs to, `[length]`: what a bar-wise crossover exchanges."""

    def sample(self, n: int, rng: np.random.Generator) -> Genes:
        """`n` random genomes, musical enough to begin with."""

    def start_from(self, phrases: list[Phrase]) -> Genes:
        """The genomes nearest to some phrases, one each."""

    def decode(self, genes: Genes) -> Phrases:
        """The phrases that genes stand for."""

    def mate(self, a: Genes, b: Genes, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Which genes each pair of parents exchanges, `[pairs, length]`."""

    def mutate(self, genes: Genes, rng: np.random.Generator, where: Where | None = None) -> Genes:
        """A changed copy of each genome; with `where`, mostly at the genes it marks."""

    def genes_of(self, blame: Blame, n: int) -> Where:
        """The genes that stand at the faults of a batch of `n`."""


def facts_of(kind: GenomeKind) -> Mapping[str, Any]:
    """What a style can ask of a kind; nothing of one that says nothing."""
    facts: Mapping[str, Any] = getattr(kind, "facts", {})
    return facts


genome_kind: Catalogue[Callable[..., GenomeKind]] = Catalogue("genome kind", "evolve.genomes")
