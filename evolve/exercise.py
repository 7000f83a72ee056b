"""What a student has written, with what it is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from evolve.genomes.kind import GenomeKind
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.phrase import Phrase

FORBIDDEN, DISCOURAGED, BETTER_NOT = 3, 2, 1
SEVERITY = {FORBIDDEN: "forbidden", DISCOURAGED: "discouraged", BETTER_NOT: "better not"}
HEAVY = 2.0  # the weight from which on a soft criterion is discouraged, and not only better not


def beat_in_words(beat: Fraction) -> str:
    """A beat as `2 1/2`."""
    whole, part = divmod(beat, 1)
    return f"{whole}{f' {part}' if part else ''}"


@dataclass(frozen=True, eq=False)
class Exercise:
    """A student's phrase, its voices from the top and named as the kind names them, with what it is judged by.

    `names` are the student's own names of the voices; `kind` says what may be changed to mend it, None where nothing
    can.  Of a measured style `kept` is the share of its pieces that keep each rule wholly, and
    `quantiles` the 5th, 25th, 50th, 75th and 95th percentile of each number.
    """

    phrase: Phrase
    names: tuple[str, ...]
    kind: GenomeKind | None
    objective: Objective
    style: str
    tempo_bpm: float
    remarks: tuple[str, ...] = ()
    species: int | None = None
    severities: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, float] = field(default_factory=dict)
    quantiles: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def about(self) -> str:
        """Key, species and style, as a heading has them."""
        species = f", species {self.species}" if self.species else ""
        return f"{self.phrase.keys[0][1]}{species}, {self.style}"

    def severity(self, criterion: Criterion) -> int:
        """How bad it is to break a rule: hard ones are forbidden, heavy ones discouraged."""
        if any(criterion is hard for hard in self.objective.constraints):
            return FORBIDDEN
        return self.severities.get(criterion.name, DISCOURAGED if criterion.weight >= HEAVY else BETTER_NOT)

    def named(self, phrase: Phrase) -> Phrase:
        """A version of the phrase with the student's own names."""
        voices = zip(phrase.voices, self.names, strict=True)
        return replace(phrase, voices=tuple(replace(voice, name=name) for voice, name in voices))
