"""Critique of an exercise in counterpoint: every fault with its place, reason and source, and the nearest mend."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from evolve.algorithms.algorithm import Task, algorithm
from evolve.exercise import Exercise
from evolve.genomes.counterpoint import Counterpoint
from evolve.genomes.kind import Genes
from evolve.mending import mended, pruned
from evolve.streams import Streams
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.score import in_words
from fitness.theory import QUARTER, Key
from fitness.verdict import Numbers, Place

FORBIDDEN, DISCOURAGED, BETTER_NOT = 3, 2, 1
SEVERITY = {FORBIDDEN: "forbidden", DISCOURAGED: "discouraged", BETTER_NOT: "better not"}
HEAVY = 2.0  # the weight from which on a soft criterion is discouraged, and not only better not
# Where to look, by the theme (the module) of the rule that is broken.
LOOK = {
    "counterpoint": "how do the two voices move?",
    "spacing": "where do the voices meet, and how far apart are they?",
    "dissonance": "how is the dissonance reached, and how is it left?",
    "species": "which note values belong to this species?",
    "cadence": "how should two voices begin, and come to rest?",
    "sonority": "what does the chord have, and what does it lack?",
    "tonality": "does this note belong to the mode?",
    "leaps": "can this be sung: how large is the leap, and what comes before and after it?",
    "contour": "where does the line go: how high, how low, how often back?",
}
LOOK_AT_LINE = "sing the line alone: what is hard to sing, or goes nowhere?"
GENERATIONS, POPULATION, KEPT = 40, 100, 40  # of the search for a mend, and how many of its best are kept
PRUNED = 10  # so many of them, those that change least, are changed back as far as they can be
NEARNESS = 1000.0  # the weight of the student's own notes against all else


@dataclass(frozen=True)
class Fault:
    """One place where one criterion is broken; `voices` are names, `severity` 3 (forbidden) to 1."""

    severity: int
    bar: int
    beat: str
    voices: tuple[str, ...]
    rule: str
    heard: str
    rule_says: str
    why: str
    source: str
    look: str
    place: Place

    @property
    def where(self) -> str:
        """`bar 3, beat 2`."""
        return f"bar {self.bar}, beat {self.beat}"

    def plain(self) -> dict[str, Any]:
        """For JSON and CSV."""
        return {
            "severity": SEVERITY[self.severity], "bar": self.bar, "beat": self.beat, "voices": list(self.voices),
            "rule": self.rule, "heard": self.heard, "rule_says": self.rule_says, "why": self.why, "source": self.source,
        }  # fmt: skip


def faults_of(exercise: Exercise) -> list[Fault]:
    """All faults, the worst first, then in order of time; what a hard rule says of a place its soft form need not."""
    hard = {id(criterion) for criterion in exercise.objective.constraints}
    found: dict[tuple[str, Place], Fault] = {}
    for part in exercise.objective.score(exercise.phrase).parts:
        if not part.broken:
            continue
        criterion = part.criterion
        soft = DISCOURAGED if criterion.weight >= HEAVY else BETTER_NOT
        severity = FORBIDDEN if id(criterion) in hard else soft
        for place in part.places(exercise.phrase):
            fault, same = _fault(exercise, criterion, place, severity), (criterion.extension.name, place)
            found[same] = max(found.get(same, fault), fault, key=lambda fault: fault.severity)
    return sorted(found.values(), key=lambda fault: (-fault.severity, fault.place.onset, fault.rule))


def _fault(exercise: Exercise, criterion: Criterion, place: Place, severity: int) -> Fault:
    bar, beat = exercise.phrase.place(place.onset)
    whole, part = divmod(beat, 1)
    entry = criterion.extension
    theme = entry.function.__module__.rpartition(".")[2]
    heard = in_words(exercise.phrase, place, criterion).partition("(")[2].rpartition(")")[0]
    voices = tuple(exercise.names[voice] for voice in place.voices)
    says, why = _with_options(entry.summary, criterion), _why(entry.function.__doc__ or "")
    return Fault(
        severity, bar, f"{whole}{f' {part}' if part else ''}", voices, entry.name, heard, says, why, entry.source,
        LOOK.get(theme, LOOK_AT_LINE), place,
    )  # fmt: skip


def repaired(exercise: Exercise) -> tuple[Phrase, int]:
    """The nearest version that breaks no hard rule, and the number of hard faults left (0 where one was found).

    Tried are changes of single notes and pairs, and a population bred from the student's own version; then every
    changed note that can be is changed back.  The version that changes the fewest notes is taken, of equals the one
    that is best by the soft rules, and then the one that moves them least.
    """
    kind = _kind_with(exercise.phrase, exercise.kind)
    near = Criterion.of_feature(
        "notes_shared", usual=_as_it_is, targets=Phrases.of(exercise.phrase), weight=NEARNESS, label="nearness"
    )
    soft = [criterion for criteria in exercise.objective.axes.values() for criterion in criteria]
    judge = replace(exercise.objective, axes={"nearness": (near, *soft)}, blames=True)
    own = kind.start_from([exercise.phrase])
    found = [mended(kind, judge, own[0])[0], *_bred(kind, judge, own)]
    nearest = np.unique([pruned(kind, judge, genes, own[0]) for genes in found], axis=0)
    scores = judge(kind.decode(nearest))
    moved = np.where(nearest == own, 0, abs(kind.ground.cells(nearest) - kind.ground.cells(own)).T)
    order = np.lexsort((moved.sum(axis=1), -scores.axes[0], np.count_nonzero(moved, axis=1), scores.faults))
    best = int(order[0])
    return kind.decode(nearest[[best]])[0], int(scores.faults[best])


def changes(exercise: Exercise, other: Phrase) -> list[str]:
    """What another version has changed, in words, in order of time."""
    told = []
    for mine, theirs, name in zip(exercise.phrase.voices, other.voices, exercise.names, strict=True):
        here, there = ({(n.onset, n.duration, n.pitch) for n in voice.notes} for voice in (mine, theirs))
        for onset in sorted({event[0] for event in here ^ there}):
            bar, beat = exercise.phrase.place(onset)
            was, now = (next((event for event in events if event[0] == onset), None) for events in (here, there))
            with_length = not (was and now and was[1] == now[1])
            new, old = (_told(event, exercise.phrase.keys[0][1], with_length) for event in (now, was))
            told.append((onset, f"bar {bar}, beat {beat}, {name}: {new} instead of {old}"))
    return [text for _, text in sorted(told)]


def _told(event: tuple[int, int, int] | None, key: Key, with_length: bool) -> str:
    if event is None:
        return "no new note"
    _, ticks, pitch = event
    beats = Fraction(ticks, QUARTER)
    return key.name_of(pitch) + (f" of {beats} beat{'s' * (beats != 1)}" if with_length else "")


def _kind_with(phrase: Phrase, kind: Counterpoint) -> Counterpoint:
    """The kind with what the student wrote among the notes that each slot may have."""
    pitches, ends = list(kind.pitches), [*kind.ticks.tolist()[1:], kind.setting.length]
    for number, voice in enumerate(kind.added):
        for slot, (tick, until) in enumerate(zip(kind.ticks.tolist(), ends, strict=True)):
            mine = {note.pitch for note in phrase.voices[voice].notes if note.onset < until and note.end > tick}
            gene = number * kind.slots + slot
            pitches[gene] = tuple(sorted({*pitches[gene], *mine}))
    return replace(kind, pitches=tuple(pitches))


def _bred(kind: Counterpoint, judge: Objective, own: Genes) -> list[Genes]:
    """The best of a population that began with the student's version."""
    task = Task(kind, judge, Streams(0), own, remember=KEPT)
    walk = algorithm["generational"].function(task, population=POPULATION)
    last = next(generation for generation in walk if generation.number >= GENERATIONS)
    best = [np.array(individual, np.int16) for individual in last.hall if not individual.fitness.values[0]]
    return sorted(best, key=lambda genes: int(np.count_nonzero(genes != own[0])))[:PRUNED]


def _why(docstring: str) -> str:
    """The second paragraph of a rule's docstring, which says why a listener cares: its first sentence."""
    paragraphs = [" ".join(text.split()) for text in docstring.split("\n\n")]
    return re.split(r"(?<=[.])\s", paragraphs[1])[0] if len(paragraphs) > 1 else paragraphs[0]


def _with_options(text: str, criterion: Criterion) -> str:
    """A rule's sentence with the values of its options in place of their names."""
    given = getattr(criterion.judge, "keywords", {})
    for name, (_, default) in criterion.extension.options.items():
        value = given.get(name, default)
        shown = ", ".join(value) if isinstance(value, list) else "none in this species" if value is None else str(value)
        text = text.replace(f"`{name}`", shown)
    return text.replace("more than 1 times", "twice")


def _as_it_is(value: Numbers) -> Numbers:
    return value
