"""What a run hands over: phrases of which no two are alike, their scores, and the Pareto front."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evolve import selection
from evolve.algorithms.algorithm import Generation
from evolve.experiment import Experiment
from evolve.formats.format import file_format
from evolve.genomes.kind import GenomeKind, facts_of
from evolve.passing import Passing, Sampled
from evolve.population import Population
from evolve.record import Record, as_json
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.score import Score, in_words

POOL = 400  # of a population so many of the best are looked at: a larger one has more of the same
BEHIND = 0.03  # how far behind the front of several axes an exported phrase may lie, if none on it is as different
TOLERANCE = 0.1  # how far below the best an axis of another exported phrase may lie, as long as there are such
# Of which share of their notes exported phrases differ, and how many tolerances they may lie below the best: what is
# asked for first, and where there are no such phrases next.
TIERS = ((0.7, 1), (0.5, 1), (0.5, 3), (0.25, 1), (0.25, 3), (0.1, 3), (0.0, 3), (0.0, np.inf))


def write_phrases(experiment: Experiment, generation: Generation, record: Record) -> list[str]:
    """The best phrases in every format, their scores with the places of all faults, and the front of several axes.

    What is to be warned of.
    """
    judge = generation.judge or experiment.judge
    if isinstance(judge, Passing | Sampled):
        return _write_set(experiment, generation, judge, record)
    export, several = experiment.export, len(experiment.objective.axes) > 1
    genes, weighted, ahead = _of_front(generation) if several else _of_one_axis(generation)
    played: dict[Phrase, int] = {}  # the place of each phrase at its first coming
    for i, row in enumerate(genes):
        played.setdefault(_played_by(experiment.phrase(row), export.instrument, experiment.kind), i)
    phrases, weighted = [*played], weighted[[*played.values()]]
    ahead = sum(place < ahead for place in played.values())
    chosen = unlike(phrases, weighted, export.best, tolerance=None if several else TOLERANCE)
    _write_best(experiment, [phrases[i] for i in chosen], experiment.objective, record)
    if several:
        front = [
            {
                "number": number, "notation": str(phrases[i]), "faults": int(-weighted[i, 0]),
                "axes": dict(zip(experiment.objective.axes, weighted[i, 1:].tolist(), strict=True)),
                "on_front": i < ahead,
            }
            for number, i in enumerate(dict.fromkeys((*chosen, *range(ahead))), 1)
        ]  # fmt: skip
        record.write_text("pareto.json", as_json(front, indent=1) + "\n")
    return []


def _write_set(experiment: Experiment, generation: Generation, judge: Passing | Sampled, record: Record) -> list[str]:
    """Phrases of the last snapshots that together are spread as the model is; none twice, none with a fault if any."""
    pool = generation.population if generation.champions is None else generation.champions
    is_faultless = pool.weighted[:, 0] == 0
    batch = candidates_for_set(pool, experiment.kind)
    chosen = judge.chosen(batch, experiment.export.best)
    phrases = [_played_by(batch[int(i)], experiment.export.instrument, experiment.kind) for i in chosen]
    _write_best(experiment, phrases, judge.objective, record)
    few = f"only {len(phrases)} of {experiment.export.best} phrases could be chosen; take a larger population"
    faulty = "no phrase of the last populations was without a fault against the constraints"
    return [few] * (len(phrases) < experiment.export.best) + [faulty] * (not is_faultless.any())


def candidates_for_set(pool: Population, kind: GenomeKind) -> Phrases:
    """The different phrases of a pool that are without a fault; all different ones where none is."""
    faultless = np.flatnonzero(pool.weighted[:, 0] == 0)
    batch = kind.decode(pool.genes[faultless if faultless.size else slice(None)])
    return batch.take(np.sort(np.unique(batch.fingerprint, return_index=True)[1]))


def _write_best(experiment: Experiment, phrases: list[Phrase], objective: Objective, record: Record) -> None:
    """The phrases in every format, and their scores with the places of all faults."""
    told = [described(objective.score(phrase), phrase) for phrase in phrases]
    record.write_text("best/scores.json", as_json(told, indent=1) + "\n")
    digits = max(2, len(str(len(phrases))))
    for number, phrase in enumerate(phrases, 1):
        for name in experiment.export.formats or ["mid"]:
            data = file_format[name].function(phrase, tempo_bpm=experiment.export.tempo_bpm)
            record.write_bytes(f"best/{number:0{digits}d}.{name}", data)


def candidates(generation: Generation) -> tuple[list[list[int]], NDArray[np.float64]]:
    """Genes and weighted values of the best ever, of the best of all epochs and of the best of the population."""
    members = generation.population
    if members.weighted.shape[1] == 2:
        members = members.clone(selection.best(members, POOL))
    if generation.champions is not None:
        members = generation.champions.joined(members)
    genes = [*map(list, generation.hall), *members.genes.tolist()]
    return genes, np.concatenate([[individual.fitness.wvalues for individual in generation.hall], members.weighted])


def _of_one_axis(generation: Generation) -> tuple[list[list[int]], NDArray[np.float64], int]:
    """The candidates, best first, and how many they are."""
    genes, weighted = candidates(generation)
    order = np.lexsort(-weighted.T[::-1])
    return [genes[i] for i in order], weighted[order], len(order)


def _of_front(generation: Generation) -> tuple[list[list[int]], NDArray[np.float64], int]:
    """The candidates that none dominates, the most balanced first and then as far apart as can be; how many they are.

    After them come those that lie little behind: the best of other epochs, which are other phrases.
    """
    genes, weighted = candidates(generation)
    front = np.flatnonzero(selection.fronts(weighted) == 0)
    order = front[_spread(weighted[front, 1:])]
    axes, best = weighted[:, 1:], weighted[front, 1:]
    behind = (best[None] - axes[:, None]).min(axis=2).max(axis=1)  # what it lacks on all axes to be on the front
    near = np.flatnonzero((weighted[:, 0] == weighted[front[0], 0]) & (behind > 0) & (behind <= BEHIND))
    order = np.concatenate([order, near[np.argsort(behind[near].round(9), kind="stable")]])
    return [genes[i] for i in order], weighted[order], len(front)


def _spread(axes: NDArray[np.float64]) -> NDArray[np.intp]:
    """The members of a front `[n, axes]`, the most balanced first, then each the one farthest from all before it."""
    span = np.ptp(axes, axis=0)
    scaled = axes / np.where(span > 0, span, 1.0)
    balance = np.lexsort((-axes.sum(axis=1).round(9), -axes.min(axis=1)))
    order = [int(balance[0])]
    gap = np.full(len(axes), np.inf)
    while len(order) < len(axes):
        gap = np.minimum(gap, ((scaled - scaled[order[-1]]) ** 2).sum(axis=1))
        gap[order[-1]] = -1.0
        order.append(int(np.argmax(gap.round(12))))
    return np.array(order)


def unlike(
    phrases: list[Phrase], weighted: NDArray[np.float64], number: int, *, tolerance: float | None = None
) -> list[int]:
    """The places of at most `number` phrases, best first, no two of them alike; never a phrase twice.

    `weighted` float64 `[phrases, 1 + axes]` as in `Population`; the phrases come in the order of preference.
    As long as there are such, they differ from each other in most of their notes, have as few faults as
    the first, and (with a `tolerance`) lie at most so much below it on an axis; else see `TIERS`.
    """
    below = (weighted[:1, 1:] - weighted[:, 1:]).max(axis=1)
    faultless = weighted[:, 0] == weighted[:1, 0]
    chosen: list[int] = []
    for apart, tolerances in TIERS:
        near = below <= (np.inf if tolerance is None else tolerance * tolerances)
        for i in np.flatnonzero(near & (faultless | (tolerances == np.inf))).tolist():
            if len(chosen) == number:
                break
            if all(share_apart(phrases[i], phrases[other]) > apart for other in chosen):
                chosen.append(i)
    return sorted(chosen)


def share_apart(one: Phrase, other: Phrase) -> float:
    """The share of the notes of the fuller of two phrases that the other has not at the same time.

    Voices that are wholly the same, as a bass that was given, do not count.
    """
    pairs = [(a, b) for a, b in zip(_notes(one), _notes(other), strict=False) if a != b]
    shared = sum(len(a & b) for a, b in pairs)
    fuller = max(sum(len(a) for a, _ in pairs), sum(len(b) for _, b in pairs), 1)
    return 1.0 - shared / fuller if pairs else 0.0


@lru_cache(maxsize=1024)
def _notes(phrase: Phrase) -> tuple[frozenset[tuple[int, int, int]], ...]:
    return tuple(frozenset((n.onset, n.duration, n.pitch) for n in voice.notes) for voice in phrase.voices)


def _played_by(phrase: Phrase, program: int, kind: GenomeKind) -> Phrase:
    """The phrase with its instrument: of the first voice, or of all where lines were added to a given one."""
    all_voices = "added" in facts_of(kind)
    first = [replace(voice, program=program) for voice in (phrase.voices if all_voices else phrase.voices[:1])]
    return replace(phrase, voices=(*first, *phrase.voices[len(first) :]))


def described(score: Score, phrase: Phrase) -> dict[str, Any]:
    """A phrase and its score as plain data: notation, axes, faults, each criterion with the places of its faults."""
    return {
        "notation": str(phrase),
        "faults": score.faults,
        "axes": dict(score.axes),
        "criteria": [
            {
                "name": part.criterion.name, "worth": part.worth, "broken": part.broken, "tested": part.tested,
                "measured": part.value(phrase), "places": _places(part.criterion, part.places(phrase), phrase),
            }
            for part in score.parts
        ],
    }  # fmt: skip


def _places(criterion: Criterion, places: Any, phrase: Phrase) -> list[dict[str, Any]]:
    return [
        {"onset": p.onset, "end": p.end, "voices": list(p.voices), "heard": in_words(phrase, p, criterion)}
        for p in places
    ]
