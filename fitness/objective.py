"""Criteria, the objective they make up, and the scores it gives, which explain themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import PLUGIN, Extension
from fitness.entries import feature, rule
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.similarity import difference, distance, jensen_shannon
from fitness.verdict import Blame, Numbers, Place, Verdict, rate

DECIMALS = 9  # scores are rounded before anything compares them


@dataclass(frozen=True, eq=False)
class Criterion:
    """A named, weighted rule with its normaliser, or feature with its normaliser or target and distance.

    `voices` are numbers from 0; None: all.  Made by `of_rule` and `of_feature`, which know the defaults.
    """

    name: str
    judge: Callable[[Phrases], Verdict | Numbers]
    worth: Callable[..., Numbers]
    is_rule: bool
    extension: Extension[Any]
    weight: float = 1.0
    voices: tuple[int, ...] | None = None

    @classmethod
    def of_rule(
        cls, name: str, *, options: Mapping[str, Any] | None = None, usual: Callable[..., Numbers] | None = None,
        weight: float = 1.0, voices: tuple[int, ...] | None = None, label: str = "",
    ) -> Criterion:  # fmt: skip
        """A criterion from the rule called `name`; `usual` is its normaliser, where not the rule's own."""
        entry = rule[name]
        worth = usual or entry.traits.get("usual", rate)
        judge = partial(entry.function, **(options or {}))
        return cls(label or name, judge, worth, True, entry, weight, voices)

    @classmethod
    def of_feature(
        cls, name: str, *, options: Mapping[str, Any] | None = None, usual: Callable[..., Numbers] | None = None,
        targets: Phrases | None = None, by: str | None = None, weight: float = 1.0,
        voices: tuple[int, ...] | None = None, label: str = "",
    ) -> Criterion:  # fmt: skip
        """A criterion from the feature called `name`.

        With `targets`: 1 minus the distance `by` from the mean of the targets' features.  Else: the
        normaliser `usual`, or the feature's own.  ValueError where neither applies.
        """
        entry = feature[name]
        judge = partial(entry.function, **(options or {}))
        is_profile = bool(entry.traits.get("profile"))
        if targets is not None:
            chosen = distance[by] if by else None
            if chosen and chosen.traits["needs"] != ("profile" if is_profile else "number"):
                raise ValueError(f"the distance '{by}' needs a {chosen.traits['needs']}, which '{name}' is not")
            measure = chosen.function if chosen else jensen_shannon if is_profile else difference
            if measure is difference:
                measure = partial(difference, scale=entry.traits.get("scale", 1.0))
            wanted = _values(judge, targets if voices is None else targets.only((0,))).mean(axis=1)
            worth: Callable[..., Numbers] = partial(_likeness, measure=measure, target=wanted)
        elif usual is not None or "usual" in entry.traits:
            if is_profile:
                raise ValueError(f"'{name}' is a profile of many numbers: give it targets, not a normaliser")
            worth = partial(_first_row, worth=usual or partial(entry.traits["usual"], **entry.traits["figures"]))
        else:
            raise ValueError(f"'{name}' needs targets to be compared with")
        return cls(label or name, judge, worth, False, entry, weight, voices)

    def said(self, phrases: Phrases) -> Verdict | Numbers:
        """What the rule or feature says of the voices it hears; ValueError, naming it, where that is no answer."""
        try:
            told = self.judge(phrases)
        except (Exception, SystemExit) as error:
            if not self.extension.function.__module__.startswith(PLUGIN):
                raise  # a bug of ours, to be seen whole
            raise ValueError(f"{self.name}: stopped with {type(error).__name__}: {str(error)[:200]}") from error
        if self.is_rule:
            if not isinstance(told, Verdict):
                raise ValueError(f"{self.name}: a rule must give a Verdict, got {type(told).__name__}")
            shapes = (told.broken.shape, told.tested.shape)
            if shapes[0] != shapes[1] or shapes[0][-1:] != (phrases.n,) or told.broken.ndim != 3:
                raise ValueError(f"{self.name}: masks must be alike, [rows, positions, {phrases.n}], got {shapes}")
            if told.broken.dtype != bool or told.tested.dtype != bool:
                raise ValueError(f"{self.name}: masks must be bool, got {told.broken.dtype} and {told.tested.dtype}")
        elif not isinstance(told, np.ndarray) or told.dtype != np.float64 or told.shape[1:] != (phrases.n,):
            got = f"{told.dtype} {told.shape}" if isinstance(told, np.ndarray) else type(told).__name__
            raise ValueError(f"{self.name}: a feature must give float64 [length, {phrases.n}], got {got}")
        elif not np.isfinite(told).all():
            raise ValueError(f"{self.name}: a feature must be finite, got nan or infinity")
        return told

    def view(self, phrases: Phrases) -> Phrases:
        """The phrases with the voices that this criterion hears."""
        return phrases if self.voices is None else phrases.only(self.voices)


def _likeness(value: Numbers, *, measure: Callable[..., Numbers], target: Numbers) -> Numbers:
    return 1.0 - measure(value, target)


def _first_row(value: Numbers, *, worth: Callable[..., Numbers]) -> Numbers:
    return worth(value[0])


def _values(judge: Callable[[Phrases], Any], phrases: Phrases) -> Numbers:
    parts = [judge(block)[:, : where.stop - where.start] for where, block in phrases.blocks()]
    return np.concatenate(parts, axis=1)


class Judge(Protocol):
    """Whatever turns phrases into scores: an objective, a taste, a mix of both."""

    def __call__(self, phrases: Phrases) -> Scores:
        """The scores of a batch."""


@dataclass(frozen=True, eq=False)
class Objective:
    """Criteria grouped into axes (each their weighted mean), and constraints (counts of faults, none wanted).

    A rule that applied nowhere in a phrase shares its weight out; an axis of which nothing applied is 0.
    With `blames`, the scores say where the faults are, for guided mutation.
    """

    axes: Mapping[str, tuple[Criterion, ...]]
    constraints: tuple[Criterion, ...] = ()
    blames: bool = False

    def __post_init__(self) -> None:
        soft = [criterion for criteria in self.axes.values() for criterion in criteria]
        if not self.axes or not all(self.axes.values()):
            raise ValueError("an objective must have an axis, and each axis a criterion")
        if wrong := [c.name for c in self.constraints if not c.is_rule]:
            raise ValueError(f"constraints must be rules, got {', '.join(wrong)}")
        if wrong := [c.name for c in soft if not 0 < c.weight < np.inf]:
            raise ValueError(f"weights must be finite and above 0, those of {', '.join(wrong)} are not")

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria: the axes' in order, then the constraints."""
        return (*(c for criteria in self.axes.values() for c in criteria), *self.constraints)

    @cached_property
    def _groups(self) -> dict[tuple[int, ...] | None, list[int]]:
        """Rows of criteria by the voices they hear, so that each view is made once."""
        groups: dict[tuple[int, ...] | None, list[int]] = {}
        for row, criterion in enumerate(self.criteria):
            groups.setdefault(criterion.voices, []).append(row)
        return groups

    @cached_property
    def _axis_of(self) -> list[int | None]:
        """The axis of each criterion's row; None for a constraint."""
        axes = [axis for axis, criteria in enumerate(self.axes.values()) for _ in criteria]
        return [*axes, *(None for _ in self.constraints)]

    @cached_property
    def _place_of(self) -> list[int]:
        """Each criterion's row among the rules, or among the features."""
        kinds = [criterion.is_rule for criterion in self.criteria]
        return [kinds[:row].count(kind) for row, kind in enumerate(kinds)]

    def __call__(self, phrases: Phrases) -> Scores:
        """The scores of a batch; the same for a phrase alone and in any company."""
        n, rules = phrases.n, sum(criterion.is_rule for criterion in self.criteria)
        broken, tested = np.zeros((2, rules, n), np.uint16)
        worth = np.zeros((len(self.criteria) - rules, n), np.float32)
        axes = np.zeros((len(self.axes), n))
        blames: list[Blame] = []
        for where, block in phrases.blocks():
            size = where.stop - where.start
            total, weights = np.zeros((2, len(self.axes), block.n))
            for voices, rows in self._groups.items():
                heard = block if voices is None else block.only(voices)
                for row in rows:
                    criterion, axis, place = self.criteria[row], self._axis_of[row], self._place_of[row]
                    said = criterion.said(heard)
                    if isinstance(said, Verdict):
                        counts = said.counts
                        broken[place, where], tested[place, where] = counts[:, :size]
                        if self.blames:
                            blames.append(said.blame(voices).shifted(where.start, size))
                        if axis is not None:
                            applies = counts[1] > 0
                            value = criterion.worth(counts[0] * 1.0, np.maximum(counts[1], 1)) * applies
                            total[axis] += criterion.weight * value
                            weights[axis] += criterion.weight * applies
                    elif axis is not None:
                        value = criterion.worth(said)
                        worth[place, where] = value[:size]
                        total[axis] += criterion.weight * value
                        weights[axis] += criterion.weight
            axes[:, where] = (total / np.where(weights > 0, weights, 1.0)).round(DECIMALS)[:, :size]
        return Scores(self, axes, broken, tested, worth, Blame.join(blames) if self.blames else None, phrases)

    def score(self, phrase: Phrase) -> Score:
        """The score of one phrase."""
        return self(Phrases.of(phrase))[0]


@dataclass(frozen=True, eq=False)
class Scores:
    """What a judge says of a batch.

    `axes` float64 `[axes, n]`, 0-1, more is better; `broken` and `tested` uint16 `[rules, n]`; `worth`
    float32 `[features, n]`, for display.  `blame` if the judge was asked for it.
    """

    objective: Objective
    axes: Numbers
    broken: NDArray[np.uint16]
    tested: NDArray[np.uint16]
    worth: NDArray[np.float32]
    blame: Blame | None = None
    phrases: Phrases | None = None

    @property
    def faults(self) -> NDArray[np.int32]:
        """Faults against the constraints, `[n]`."""
        first = len(self.broken) - len(self.objective.constraints)
        number: NDArray[np.int32] = np.add.reduce(self.broken[first:], axis=0, dtype=np.int32)
        return number

    def __len__(self) -> int:
        return int(self.axes.shape[1])

    def __getitem__(self, i: int) -> Score:
        """The score of phrase `i`, with the phrase itself where the scores still know it."""
        phrase = None if self.phrases is None else self.phrases[i]
        parts = []
        for criterion, place in zip(self.objective.criteria, self.objective._place_of, strict=True):
            if criterion.is_rule:
                broken, tested = int(self.broken[place, i]), int(self.tested[place, i])
                worth = (
                    float(criterion.worth(np.array([broken * 1.0]), np.array([tested * 1.0]))[0]) if tested else None
                )
                parts.append(Part(criterion, worth, broken, tested))
            else:
                parts.append(Part(criterion, float(self.worth[place, i]), 0, 0))
        axes = dict(zip(self.objective.axes, self.axes[:, i].tolist(), strict=True))
        return Score(axes, int(self.faults[i]), tuple(parts), len(self.objective.constraints), phrase)


@dataclass(frozen=True, eq=False)
class Part:
    """One criterion's share in a score; `worth` is None where the rule applied nowhere."""

    criterion: Criterion
    worth: float | None
    broken: int
    tested: int

    def value(self, phrase: Phrase) -> float | None:
        """What a feature that is a single number measures; None for a rule or a profile."""
        if self.criterion.is_rule:
            return None
        said = self.criterion.said(self.criterion.view(Phrases.of(phrase, phrase)))
        return None if isinstance(said, Verdict) or len(said) != 1 else float(said[0, 0])

    def places(self, phrase: Phrase) -> list[Place]:
        """Where the phrase breaks this rule, in the phrase's own voices; empty for a feature."""
        batch = Phrases.of(phrase)
        said = self.criterion.said(self.criterion.view(batch))
        if not isinstance(said, Verdict):
            return []
        voices = self.criterion.voices or tuple(range(batch.voices))
        return [Place(p.onset, p.end, tuple(voices[v] for v in p.voices)) for p in said.places(0)]

    def explain(self, phrase: Phrase | None = None) -> str:
        """One line in words: how often the rule was kept, and where it was not."""
        name = self.criterion.name
        if not self.criterion.is_rule:
            value = None if phrase is None else self.value(phrase)
            return f"{name}: {self.worth:.3f}" + (f" (measured {value:.3g})" if value is not None else "")
        if not self.tested:
            return f"{name}: did not apply"
        text = f"{name}: kept at {self.tested - self.broken} of {self.tested}"
        if not self.broken or phrase is None:
            return text
        faults = [in_words(phrase, place, self.criterion) for place in self.places(phrase)]
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        return f"{text}; broken in {'; '.join(faults[:5])}{more}"


@dataclass(frozen=True, eq=False)
class Score:
    """What a judge says of one phrase: never a bare number."""

    axes: Mapping[str, float]
    faults: int
    parts: tuple[Part, ...]
    constraints: int = 0
    phrase: Phrase | None = None

    def explain(self) -> str:
        """The score in words, a line a criterion, the weakest first; where faults lie if the phrase is known."""
        head = ", ".join(f"{name} {value:.3f}" for name, value in self.axes.items())
        rules = f"{self.faults} fault{'s' * (self.faults != 1)} against the constraints; " if self.constraints else ""
        ordered = sorted(self.parts, key=lambda part: 2.0 if part.worth is None else part.worth)
        return "\n".join([f"{rules}{head}", *("  " + part.explain(self.phrase) for part in ordered)])


def in_words(phrase: Phrase, place: Place, criterion: Criterion) -> str:
    """A place as `bar 3, beat 2 (D5)` or with what the rule says is heard there."""
    bar, beat = phrase.place(place.onset)
    whole, part = divmod(beat, 1)
    said = criterion.extension.traits.get("heard", _names)(phrase, place)
    voices = [phrase.voices[v].name or f"voice {v + 1}" for v in place.voices] if len(phrase.voices) > 1 else []
    where = f"bar {bar}, beat {whole}{f' {part}' if part else ''}"
    return f"{where}{', ' + ' and '.join(voices) if voices else ''} ({said})"


def _names(phrase: Phrase, place: Place) -> str:
    notes = [
        phrase.key_at(place.onset).name_of(note.pitch)
        for voice in place.voices
        for note in phrase.voices[voice].notes
        if place.onset <= note.onset < place.end or note.onset <= place.onset < note.end
    ]
    return " ".join(notes[:8])
