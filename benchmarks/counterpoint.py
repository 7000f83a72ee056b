"""Is every species solved on every cantus firmus?  `python benchmarks/counterpoint.py [--quick] [--json]`.

Runs the search of the experiments until a phrase has no hard fault, and the experiment to its end: for Fux's six cantus
firmi (10 seeds), for others (3 seeds), above and below; for three and four voices; all under the style `fux`.  With
`--solutions FILE` the same rules count the faults of Fux's own printed solutions: `{"solutions": [{"id", "species",
"final", "cantus": "lower", "upper": [[onset, duration, midi], ...], "lower": ...}, ...]}`, times in quarters.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.cantus_firmi import FUX, others
from benchmarks.table import Row, as_json, as_table
from evolve.algorithms.algorithm import Task
from evolve.algorithms.generational import generational
from evolve.cantus import cantus_of
from evolve.criteria import objective_of
from evolve.genomes.counterpoint import counterpoint
from evolve.genomes.kind import facts_of
from evolve.streams import Streams
from evolve.styles import style_named
from fitness.objective import Objective
from fitness.phrase import Note, Phrase, Voice
from fitness.score import Score
from fitness.theory import QUARTER, Key

STYLE = style_named("fux")
SPECIES = range(1, 6)
MOST = {2: 200, 3: 300, 4: 300}  # generations within which a line must be found, by the number of voices
WHOLE = 60  # generations of the experiments
MODES = {"D": "dorian", "E": "phrygian", "F": "lydian", "G": "mixolydian", "A": "aeolian", "C": "ionian"}
SECONDS = {1: 1.0, 2: 1.0, 3: 2.0, 4: 1.0, 5: 1.0}  # the most that the search may take, by species


@dataclass(frozen=True)
class Result:
    """One run: generation and CPU seconds at the first phrase without a fault, and at the end if it was run to it."""

    what: str
    generation: int | None
    seconds: float
    whole: float | None
    soft: int | None


def search(cantus: Phrase, seed: int, *, whole: bool, **options: Any) -> Result:
    """The search of one exercise until there is no hard fault, and with `whole` to the experiment's end."""
    kind = counterpoint(cantus=cantus, **options)
    objective = objective_of(STYLE, kind)
    most = MOST[facts_of(kind)["count"]]
    start, found, seconds = time.process_time(), None, 0.0
    for generation in generational(Task(kind, objective, Streams(seed)), population=200, restart=15):
        if found is None and generation.best.fitness.values[0] == 0:
            found, seconds = generation.number, time.process_time() - start
        if generation.number >= most or (found is not None and (not whole or generation.number >= WHOLE)):
            break
    total = time.process_time() - start
    own = " ".join(map(str, options.values()))
    if not whole:
        return Result(own, found, seconds or total, None, None)
    best = kind.decode(generation.population.genes[[generation.population.best]])[0]
    return Result(own, found, seconds or total, total, soft_faults(objective, objective.score(best)))


def soft_faults(objective: Objective, score: Score) -> int:
    """How often soft rules are broken."""
    return sum(part.broken for part in score.parts[: len(score.parts) - len(objective.constraints)])


def rows_of(name: str, results: Iterable[Result], limit: float | None) -> Iterator[Row]:
    """What some runs came to."""
    done = list(results)
    solved = [result for result in done if result.generation is not None]
    yield Row(name, f"solved of {len(done)}", len(solved), f">= {len(done)}")
    seconds = [result.seconds for result in done]
    yield Row(name, "  s of CPU until no fault, median", statistics.median(seconds), limit and f"<= {limit:g}")
    yield Row(name, "  s of CPU until no fault, most", max(seconds))
    yield Row(name, "  generations until no fault, most", max((r.generation or 0 for r in done), default=0))
    if whole := [result.whole for result in done if result.whole is not None]:
        yield Row(name, f"  s of CPU, {WHOLE} generations, median", statistics.median(whole))
        yield Row(name, "  soft faults, median", statistics.median(r.soft for r in done if r.soft is not None))


def two_voices(quick: bool) -> Iterator[Row]:
    """Fux's cantus firmi and others in all species, above and below."""
    chosen = {name: cantus_of(name) for name in (FUX[:1] if quick else FUX)}
    more = dict(list(others().items())[: 1 if quick else None])
    for species in SPECIES:
        for name, cantus_firmi, seeds in (("Fux's", chosen, 1 if quick else 10), ("others'", more, 1 if quick else 3)):
            results = [
                search(cantus, seed, whole=name == "Fux's" and seed < 2, species=species, position=position)
                for cantus in cantus_firmi.values()
                for position in ("above", "below")
                for seed in range(seeds)
            ]
            yield from rows_of(f"species {species}, {name}", results, SECONDS[species])


def more_voices(quick: bool) -> Iterator[Row]:
    """First species in three and four voices, the cantus below, in the middle and above."""
    for added in (2, 3):
        for position in ("above", "around", "below"):
            results = [
                search(cantus_of(name), seed, whole=not quick and seed < 2, voices=added, position=position)
                for name in (FUX[:1] if quick else FUX)
                for seed in range(1 if quick else 10)
            ]
            yield from rows_of(f"{added + 1} voices, {position}", results, None)


def of_fux(path: Path) -> Iterator[Row]:
    """The faults of the printed solutions by the same rules; those with a hard one are named on the error stream."""
    hard: dict[int, list[int]] = {species: [] for species in SPECIES}
    soft: dict[int, list[int]] = {species: [] for species in SPECIES}
    for item in json.loads(path.read_text(encoding="utf-8"))["solutions"]:
        given, added = ("lower", "upper") if item["cantus"] == "lower" else ("upper", "lower")
        voices = {given: _voice(item[given], "cantus"), added: _voice(item[added], "counterpoint")}
        key = Key(item["final"], MODES[item["final"]])
        length = max(voice.notes[-1].end for voice in voices.values())
        phrase = Phrase((voices["upper"], voices["lower"]), length, ((0, key),))
        cantus = Phrase((voices[given],), length, ((0, key),))
        position: Any = "above" if added == "upper" else "below"
        objective = objective_of(STYLE, counterpoint(cantus=cantus, species=item["species"], position=position))
        score = objective.score(phrase)
        hard[item["species"]].append(score.faults)
        soft[item["species"]].append(soft_faults(objective, score))
        if score.faults:
            print(f"{item['id']}: {score.explain()}", file=sys.stderr)
    for species in SPECIES:
        name = f"species {species}, Fux himself"
        yield Row(name, f"hard faults in {len(hard[species])} solutions", sum(hard[species]), "<= 0")
        yield Row(name, "  soft faults, median", statistics.median(soft[species]))


def _voice(notes: list[list[float]], name: str) -> Voice:
    return Voice(tuple(Note(int(on * QUARTER), int(lasts * QUARTER), int(p)) for on, lasts, p in notes), name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one cantus and seed of each: at most a minute")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--solutions", type=Path, help="Fux's printed solutions, to be counted by the same rules")
    asked = parser.parse_args()
    rows = [*two_voices(asked.quick), *more_voices(asked.quick)]
    if asked.solutions:
        rows += of_fux(asked.solutions)
    print(as_json(rows) if asked.json else as_table(rows))
    if any(row.met is False for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
