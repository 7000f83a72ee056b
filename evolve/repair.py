"""The nearest version of an exercise without a fault, and what it has changed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from evolve.algorithms.algorithm import Task, algorithm
from evolve.draft import FIRST
from evolve.exercise import FORBIDDEN, Exercise, beat_in_words
from evolve.genomes.counterpoint import Counterpoint
from evolve.genomes.kind import Genes, GenomeKind
from evolve.mending import mended, pruned
from evolve.streams import Streams
from fitness.criterion import Criterion
from fitness.features.rhythm import rest_share
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.theory import QUARTER, Key
from fitness.verdict import Numbers, typical

GENERATIONS, POPULATION, KEPT = 40, 100, 40  # of the search for a mend, and how many of its best are kept
PRUNED = 10  # so many of them, those that change least, are changed back as far as they can be
NEARNESS = 1000.0  # the weight of the student's own notes against all else


def repaired(exercise: Exercise) -> tuple[Phrase, int]:
    """The nearest version that breaks no hard rule (a melody: no rule its style keeps), and the faults left, best 0.

    Tried are changes of single notes and pairs, and a population bred from the student's own version; then every
    changed note that can be is changed back.  The version that changes the fewest notes is taken, of equals the one
    that is best by the soft rules, and then the one that moves them least.
    """
    kind = _kind_of(exercise)
    near = Criterion.of_feature(
        "notes_shared", usual=_as_it_is, targets=Phrases.of(exercise.phrase), weight=NEARNESS, label="nearness"
    )
    soft = [criterion for criteria in exercise.objective.axes.values() for criterion in criteria]
    must = [criterion for criterion in exercise.objective.criteria if _must_be_kept(exercise, criterion)]
    notes = float(Phrases.of(exercise.phrase).notes.count.sum())
    as_many = Criterion.of_feature(
        "note_count", usual=partial(typical, mean=notes, sd=0.5), weight=NEARNESS, label="as many notes"
    )
    rests = float(rest_share(Phrases.of(exercise.phrase))[0, 0])
    as_full = Criterion.of_feature(
        "rest_share", usual=partial(typical, mean=rests, sd=0.02), weight=NEARNESS, label="no more rests"
    )
    like = (near, as_many, as_full) if exercise.species is None else (near,)
    judge = Objective({"nearness": (*like, *(c for c in soft if c not in must))}, tuple(must), blames=True)
    own = kind.start_from([exercise.phrase])
    found = [mended(kind, judge, own[0])[0], *_bred(kind, judge, own)]
    nearest = np.unique([pruned(kind, judge, genes, own[0]) for genes in found], axis=0)
    if not isinstance(kind, Counterpoint):
        nearest = np.unique([_nearer(kind, judge, genes, own[0]) for genes in nearest], axis=0)
    scores = judge(kind.decode(nearest))
    heights = (nearest, own) if not isinstance(kind, Counterpoint) else (kind.ground.cells(g).T for g in (nearest, own))
    moved = np.where(nearest == own, 0, abs(np.subtract(*heights, dtype=np.int64)))
    order = np.lexsort((moved.sum(axis=1), -scores.axes[0], np.count_nonzero(moved, axis=1), scores.faults))
    best = int(order[0])
    return kind.decode(nearest[[best]])[0], int(scores.faults[best])


def _nearer(kind: GenomeKind, judge: Objective, genes: Genes, own: Genes) -> Genes:
    """The genome with every changed note as near to the student's as it can be without a fault more."""
    faults = judge(kind.decode(genes[None])).faults[0]
    for gene in np.flatnonzero((genes != own) & (genes >= FIRST) & (own >= FIRST)):
        reach = abs(int(genes[gene]) - int(own[gene]))
        codes = sorted(range(own[gene] - reach + 1, own[gene] + reach), key=lambda code: abs(code - int(own[gene])))
        tries = np.repeat(genes[None], len(codes), axis=0)
        tries[:, gene] = codes
        tries = tries[(tries[:, gene] >= FIRST) & (tries[:, gene] <= kind.bounds[1][gene])]
        good = np.flatnonzero(judge(kind.decode(tries)).faults <= faults)
        genes = tries[good[0]] if good.size else genes
    return genes


def _must_be_kept(exercise: Exercise, criterion: Criterion) -> bool:
    """Of counterpoint the hard rules; of a melody all that its style keeps."""
    return criterion.is_rule and (exercise.severity(criterion) == FORBIDDEN or criterion.name in exercise.severities)


def _kind_of(exercise: Exercise) -> GenomeKind:
    """The kind that can say what the student wrote; ValueError where there is none."""
    if isinstance(exercise.kind, Counterpoint):
        return _kind_with(exercise.phrase, exercise.kind)
    if exercise.kind is None:
        raise ValueError("only a piece of 1 to 256 bars in one key and one metre, all on sixteenths, can be repaired")
    return exercise.kind


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
            told.append((onset, f"bar {bar}, beat {beat_in_words(beat)}, {name}: {new} instead of {old}"))
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


def _bred(kind: GenomeKind, judge: Objective, own: Genes) -> list[Genes]:
    """The best of a population that began with the student's version."""
    task = Task(kind, judge, Streams(0), own, remember=KEPT)
    walk = algorithm["generational"].function(task, population=POPULATION)
    last = next(generation for generation in walk if generation.number >= GENERATIONS)
    best = [np.array(individual, np.int16) for individual in last.hall if not individual.fitness.values[0]]
    return sorted(best, key=lambda genes: int(np.count_nonzero(genes != own[0])))[:PRUNED]


def _as_it_is(value: Numbers) -> Numbers:
    return value
