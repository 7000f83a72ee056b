"""How fast the engine is, against plain DEAP, pymoo and PyGAD: `python benchmarks/engine.py [--quick] [--json]`.

CPU time on one core; ours and the peer in turn, and the median of the ratios.  What is measured and what
is wanted of it is said at each function; workload W is `benchmarks/workload.py`.
"""

from __future__ import annotations

import os
import sys

os.environ.update(
    dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
)
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import argparse
import resource
import statistics
import subprocess
import tempfile
import tracemalloc
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.plain import Fused, RuleByRule
from benchmarks.table import Row, as_json, as_table, cpu, ratio
from benchmarks.workload import (
    CODES,
    CROSSOVER,
    GROUPS,
    HALL,
    LENGTH,
    MUTATION,
    PER_GENE,
    Nothing,
    default_weights,
    four_axes,
    four_parts,
    free,
    generations,
    melodic,
    parts,
    third_species,
    thirteen_criteria,
    uniform_start,
    voice_over_bass,
)
from evolve.algorithms.algorithm import Task
from evolve.algorithms.generational import generational
from evolve.algorithms.nsga2 import nsga2
from evolve.genomes.kind import Genes
from evolve.genomes.melody import Melody, melody
from evolve.population import Population, evaluated
from evolve.streams import Streams
from fitness.objective import Judge, Objective
from fitness.phrases import Phrases
from fitness.theory import Key, Metre

ROOT = Path(__file__).resolve().parent.parent
TOLERANCE = 1e-9  # scores are rounded to nine decimals


def run(kind: Melody | Nothing, judge: Judge, start: Genes, last: int, seed: int) -> Population:
    """The population after `last` generations of our engine."""
    for generation in generations(kind, judge, start, seed=seed):
        if generation.number == last:
            return generation.population
    raise AssertionError("an algorithm does not end")


def awkward_genomes() -> Genes:
    """Genomes of all densities, some empty, some nearly so, and some that have evolved."""
    kind, rng = voice_over_bass(), np.random.default_rng(5)
    dense = rng.integers(0, CODES, (1000, LENGTH), np.int16)
    sparse = dense * (rng.random(dense.shape) < rng.random((1000, 1)) ** 2)
    edges = np.zeros((2 + LENGTH, LENGTH), np.int16)
    edges[1] = 1
    edges[2:][np.diag_indices(LENGTH)] = 5
    evolved = run(kind, thirteen_criteria(), kind.sample(500, rng), 40, 5).genes
    return np.concatenate([dense, sparse, edges, kind.sample(500, rng), evolved], dtype=np.int16)


def assert_same_scores() -> None:
    """The plain Python version says of every genome what ours says."""
    kind, genes = voice_over_bass(), awkward_genomes()
    ours = thirteen_criteria()(kind.decode(genes)).axes[0]
    for plain in (RuleByRule(kind), Fused(kind)):
        theirs = np.array([plain(row)[0] for row in genes.tolist()])
        if (wrong := np.flatnonzero(abs(ours - theirs) > TOLERANCE)).size:
            said = f"{ours[wrong[0]]} here and {theirs[wrong[0]]} by {type(plain).__name__}"
            raise SystemExit(f"{wrong.size} scores differ, the first is {said}")


def p1(quick: bool) -> list[Row]:
    """W by plain DEAP and by ours, from the same genomes, the first evaluation counted on both sides."""
    assert_same_scores()
    kind, judge, rows = voice_over_bass(), thirteen_criteria(), []
    sizes = ((1_000, 10, 3), (10_000, 2, 3)) if quick else ((1_000, 30, 7), (10_000, 8, 5))
    for (n, last, pairs), wanted in zip(sizes, (40, 50), strict=True):
        start = kind.sample(n, np.random.default_rng(1))
        each = 1e6 / n / (last + 1)
        for plain, how, target in (
            (RuleByRule(kind), "a function a criterion", f">= {wanted}"),
            (Fused(kind), "all criteria fused by hand", None),
        ):
            times, theirs, own = ratio(
                lambda seed, start=start, last=last, plain=plain: peers.evolve_with_deap(plain, start, last, seed),
                lambda seed, start=start, last=last: run(kind, judge, start, last, seed),
                pairs,
            )
            rows += [
                Row("P1", f"plain DEAP, {how} / ours, W, N = {n:,}", times, target),
                Row("P1", f"  plain DEAP, us an individual and generation, N = {n:,}", theirs * each),
                Row("P1", f"  ours, us an individual and generation, N = {n:,}", own * each),
            ]
    return rows


def p2(quick: bool) -> list[Row]:
    """W on four axes by NSGA-II: plain DEAP with a function a criterion, pymoo with our batch fitness, and ours."""
    kind, judge, n = voice_over_bass(), four_axes(), 1_000
    start, last = kind.sample(n, np.random.default_rng(1)), 4 if quick else 15
    plain = RuleByRule(kind, GROUPS)
    ours = judge(kind.decode(start)).axes.T
    if not np.allclose(ours, [plain(row) for row in start.tolist()], rtol=0, atol=TOLERANCE):
        raise SystemExit("P2: the peer's scores differ from ours")

    def own(seed: int) -> Population:
        task = Task(kind, judge, Streams(seed), start, HALL)
        walk = nsga2(
            task, population=n, crossover=CROSSOVER, mutation=MUTATION, mate="two_point", mutate="uniform",
            per_gene=PER_GENE, distinct=False, restart=None,
        )  # fmt: skip
        return next(islice(walk, last, None)).population

    rows, each = [], 1e6 / n / (last + 1)
    for name, peer, target in (
        ("plain DEAP, nd = log", lambda seed: peers.evolve_with_deap_nsga2(plain, start, last, seed), 20),
        ("pymoo, our fitness", lambda seed: peers.evolve_with_pymoo_nsga2(
            lambda genes: judge(kind.decode(genes)).axes.T, len(GROUPS), start, last, seed), 6),
    ):  # fmt: skip
        times, theirs, mine = ratio(peer, own, 3 if quick else 7)
        rows += [
            Row("P2", f"{name} / ours, NSGA-II, 4 axes, N = {n:,}", times, f">= {target}"),
            Row("P2", f"  {name}, us an individual and generation", theirs * each),
            Row("P2", "  ours, us an individual and generation", mine * each),
        ]
    return rows


def p3(quick: bool) -> list[Row]:
    """The engine alone: no decoding, scores drawn at random; pymoo and PyGAD are handed the whole batch."""
    kind, n, rows = Nothing(), 1_000, []
    start = kind.sample(n, np.random.default_rng(2))
    for name, peer, target in (("pymoo", peers.evolve_with_pymoo, 15), ("PyGAD", peers.evolve_with_pygad, 30)):
        last = 5 if quick else 20
        times, theirs, own = ratio(
            lambda seed, peer=peer, last=last: peer(start, last, seed),
            lambda seed, last=last: run(kind, free(seed), start, last, seed),
            3 if quick else 5,
        )
        rows += [
            Row("P3", f"{name} / ours, engine alone, N = {n:,}", times, f">= {target}"),
            Row("P3", f"  {name}, ms a generation", theirs * 1e3 / (last + 1)),
            Row("P3", "  ours, ms a generation", own * 1e3 / (last + 1)),
        ]
    return rows


def p4(quick: bool) -> list[Row]:
    """How the time of a generation of W grows with the population: the slope on logarithmic paper."""
    kind, judge = voice_over_bass(), thirteen_criteria()
    sizes = (1_000, 3_000, 10_000, 20_000) if quick else (1_000, 3_000, 10_000, 30_000, 100_000)
    times = []
    for n in sizes:
        walk = generations(kind, judge, kind.sample(n, np.random.default_rng(3)), seed=3)
        next(walk), next(walk)
        turns = max(3, (20_000 if quick else 60_000) // n)
        times.append(statistics.median(cpu(lambda walk=walk: next(walk)) for _ in range(turns)))
    slope = float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
    return [
        Row("P4", f"slope of log(time) on log(N), N = {sizes[0]:,} ... {sizes[-1]:,}", slope, "<= 1.05"),
        *(
            Row("P4", f"  us an individual and generation, N = {n:,}", t / n * 1e6)
            for n, t in zip(sizes, times, strict=True)
        ),
    ]


def p6(quick: bool) -> list[Row]:
    """Bytes of a population beside its genes, ranks among them; DEAP's list of individuals less two bytes a gene."""
    kind, n, rows = voice_over_bass(), 1_000, []
    genes = kind.sample(n, np.random.default_rng(4))
    for guided in (False, True):
        objective = thirteen_criteria(blames=guided)
        population = evaluated(Population.unjudged(genes), objective, kind)
        assert len(population.rank) == n  # ranks are kept from now on
        arrays = [value for name, value in vars(population).items() if name != "genes" and value is not None]
        size = sum(array.nbytes for array in arrays) / n
        bound = 64 + 4 * len(objective.criteria) + guided * genes.shape[1]
        rows.append(Row("P6", f"bytes an individual beyond genes{', guided' * guided}", size, f"<= {bound}"))
    tracemalloc.start()
    individuals = peers.deap_individuals(genes)
    for individual in individuals:
        individual.fitness.values = (0.5,)
    size = tracemalloc.get_traced_memory()[0] / n - 2 * genes.shape[1]
    tracemalloc.stop()
    return [*rows, Row("P6", "  DEAP, bytes an individual beyond two a gene", size)]


def p7(quick: bool) -> list[Row]:
    """What a generation of 200 costs without evaluation, and what decoding and judging 200 genomes of W costs."""
    n, turns = 200, 100 if quick else 400
    nothing, kind, judge = Nothing(), voice_over_bass(), thirteen_criteria()
    walk = generations(nothing, free(6), nothing.sample(n, np.random.default_rng(6)), seed=6)
    for _ in range(20):
        next(walk)
    fixed = statistics.median(cpu(lambda: next(walk)) for _ in range(turns))
    genes = kind.sample(n, np.random.default_rng(6))
    judged = statistics.median(cpu(lambda: judge(kind.decode(genes))) for _ in range(turns))
    return [
        Row("P7", f"us a generation, evaluation excluded, N = {n}", fixed * 1e6, "<= 300"),
        Row("P7", f"ms to evaluate W, N = {n}", judged * 1e3, "<= 1.2"),
    ]


def command(*words: str, turns: int) -> float | None:
    """Median CPU seconds of a whole `evophrase` process; None, with the reason on stderr, where it fails."""
    script = Path(sys.executable).with_name("evophrase")
    start = [str(script)] if script.exists() else [sys.executable, "-m", "evolve.cli"]
    times = []
    for _ in range(turns):
        with tempfile.TemporaryDirectory() as folder:
            line = [*start, *(word.format(folder=folder) for word in words)]
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            print(f"{' '.join(line)}: exit code {done.returncode}\n{done.stderr.rstrip()}", file=sys.stderr)
            return None
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times)


def p9(quick: bool) -> list[Row]:
    """`evophrase --help`, the whole process."""
    seconds = command("--help", turns=5 if quick else 15)
    return [Row("P9", "evophrase --help, ms of CPU", seconds and seconds * 1e3, "<= 120")]


def p10(quick: bool) -> list[Row]:
    """The quickstart experiment, the whole process."""
    words = ("run", "experiments/first_phrase.yaml", "--out", "{folder}/run", "--quiet")
    seconds = command(*words, turns=1 if quick else 3)
    return [Row("P10", "the quickstart from the command line, s of CPU", seconds, "<= 5")]


def p5(quick: bool) -> list[Row]:
    """What four voices cost to evaluate: the criteria of a line, and those of four-part writing, over one voice."""
    n, pairs = (500, 3) if quick else (2_000, 9)
    one, four = parts(1, n), parts(4, n)

    def judged(objective: Objective, batch: Any) -> object:
        return objective(Phrases.from_grid(*batch))

    line, whole = melodic(), four_parts()
    same, _, _ = ratio(lambda i: judged(line, four), lambda i: judged(line, one), pairs)
    full, theirs, _ = ratio(lambda i: judged(whole, four), lambda i: judged(line, one), pairs)
    return [
        Row("P5", f"{len(line.criteria)} melodic criteria, four voices / one", same, "<= 6"),
        Row("P5", f"{len(whole.criteria)} four-part rules on four voices / the melodic criteria on one", full, "<= 14"),
        Row("P5", "  the four-part set, us a phrase", theirs / n * 1e6),
    ]


def p11(quick: bool) -> list[Row]:
    """Third species on the first cantus firmus: evaluations to no fault, plain mutation against guided.

    Both begin with genomes drawn between their bounds, and without local search: with its walks the kind has a
    faultless line in the first generations, whatever the mutation.
    """
    (kind, judge), most = third_species(), 120_000

    def needed(guided: bool, seed: int, walks: bool = False) -> int:
        task = Task(kind, judge, Streams(seed), None if walks else uniform_start(kind, 200, seed))
        for generation in generational(task, population=200, guided=guided, restart=None, mend=None, distinct=False):
            if generation.best.fitness.values[0] == 0 or generation.evaluations > most:
                return generation.evaluations
        raise AssertionError("an algorithm does not end")

    seeds = range(3 if quick else 10)
    guided, plain = (np.array([needed(which, seed) for seed in seeds]) for which in (True, False))
    walks = np.array([needed(True, seed, walks=True) for seed in seeds])
    return [
        Row("P11", "evaluations to no fault, plain / guided, medians", np.median(plain) / np.median(guided), ">= 2.5"),
        Row("P11", "  the median of the ratios seed by seed", float(np.median(plain / guided))),
        Row("P11", "  plain, median", float(np.median(plain))),
        Row("P11", "  guided, median", float(np.median(guided))),
        Row("P11", "  guided, from the kind's own walks, median", float(np.median(walks))),
        Row("P11", f"  guided, solved of {len(guided)}", float((guided <= most).sum()), f">= {len(guided)}"),
        Row("P11", f"  plain, solved of {len(plain)}", float((plain <= most).sum())),
    ]


def folk(quick: bool) -> list[Row]:
    """A thousand melodies over 200 generations, judged by the default weights of a melody."""
    kind, judge = melody(key=Key.parse("G major"), metre=Metre.parse("3/4")), default_weights()
    last = 20 if quick else 200
    walk = generational(Task(kind, judge, Streams(1)), population=1_000)
    seconds = cpu(lambda: next(islice(walk, last, None)))
    return [Row("D", f"default weights, N = 1,000, {last} generations, s of CPU", seconds, f"<= {15 * last / 200:.3g}")]


MEASURES: dict[str, Callable[[bool], list[Row]]] = {
    "P1": p1, "P2": p2, "P3": p3, "P4": p4, "P5": p5, "P6": p6, "P7": p7, "P9": p9, "P10": p10, "P11": p11, "D": folk,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller pairs and fewer of them: at most a minute")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--only", default=",".join(MEASURES), help="some of them: P1,P3")
    asked = parser.parse_args()
    chosen = asked.only.split(",")
    if unknown := [name for name in chosen if name not in MEASURES]:
        parser.error(f"no measure is called {', '.join(unknown)}; known: {', '.join(MEASURES)}")
    rows = [row for name in chosen for row in MEASURES[name](asked.quick)]
    print(as_json(rows) if asked.json else as_table(rows))


if __name__ == "__main__":
    main()
