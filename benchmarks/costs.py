"""What each rule and feature costs: `python benchmarks/costs.py [--quick] [--json]`.

Microseconds of CPU time a phrase, the best of several turns, on 2,048 phrases of eight bars: sampled genomes of the
kind `melody` (about 32 notes), and dense ones, a note in each of 64 slots.  What all criteria share (notes, degrees,
bars, weights) is there before; slices, pairs, hashes and whatever else one needs for itself are its own cost.
What says nothing of one voice is measured on two, the second fixed.  Exit code 1 if one costs too much as sampled.
"""

from __future__ import annotations

import os
import sys

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import argparse
import copy
import dataclasses
import inspect
from functools import partial
from typing import Any

import numpy as np

from benchmarks.table import Row, as_json, as_table, cpu
from benchmarks.workload import voice_over_bass
from evolve.changes import FIRST
from evolve.genomes.kind import GenomeKind
from evolve.genomes.melody import melody
from fitness.catalogue import Extension
from fitness.entries import feature, rule
from fitness.per_phrase import batched
from fitness.phrases import Phrases
from fitness.verdict import Verdict

PHRASES, TARGETS, MOST = 2_048, 300, 100.0  # phrases measured, pieces compared with, microseconds a phrase
REQUIRED = {"template": "AABA", "after": 96, "species": 1}  # options without a default, and what is asked for here
SHARED = ("present", "has_next", "has_previous", "count", "left_by", "approached_by", "duration", "degree", "weight",
          "bar", "place")  # fmt: skip
Blocks = list[Phrases]


def blocks(kind: GenomeKind, dense: bool) -> Blocks:
    """Phrases as an objective judges them, in blocks, with the views that all share."""
    rng = np.random.default_rng(1)
    genes = kind.sample(PHRASES, rng)
    if dense:
        genes = rng.integers(FIRST, kind.bounds[1] + 1, genes.shape, np.int16)
    found = [block for _, block in kind.decode(genes).blocks()]
    for block in found:
        for view in SHARED:
            getattr(block.notes, view)
        _ = block.bars
    return found


def fresh(shared: Blocks) -> Blocks:
    """The same blocks, with no other view than those that were there."""
    found = []
    for block in shared:
        anew = copy.copy(block)
        anew.notes = copy.copy(block.notes)
        anew.bars = dataclasses.replace(block.bars, notes=anew.notes)
        found.append(anew)
    return found


def judge_of(entry: Extension[Any], targets: Phrases) -> partial[Any] | None:
    """The rule or feature with the options that it must have; None where one of them is not known here."""
    asked = [name for name, (_, usual) in entry.options.items() if usual is inspect.Parameter.empty]
    if unknown := [name for name in asked if name not in REQUIRED]:
        print(f"{entry.name}: left out, for REQUIRED gives no {', '.join(unknown)}", file=sys.stderr)
        return None
    options = {name: REQUIRED[name] for name in asked}
    compared = {"targets": targets} if entry.takes_targets else {}
    return partial(
        batched(entry, is_rule=entry.function.__module__.startswith("fitness.rules.")), **options, **compared
    )


def speaks(judge: partial[Any], shared: Blocks) -> bool:
    """Whether a rule tests something, or a feature's numbers are not the same of all phrases."""
    said = [judge(block) for block in fresh(shared)]
    return any(x.tested.any() if isinstance(x, Verdict) else (x != said[0][:, :1]).any() for x in said)


def cost(judge: partial[Any], shared: Blocks, turns: int) -> float:
    """Microseconds a phrase, the best of some turns."""
    best = np.inf
    for _ in range(turns):
        best = min(best, cpu(partial(list, map(judge, fresh(shared)))))
    return best / PHRASES * 1e6


def measured(turns: int) -> list[tuple[Row, Row]]:
    """For each rule and feature what it costs as sampled, with the target, and dense; the dearest first."""
    kinds = {1: melody(bars=8, grid="1/8"), 2: voice_over_bass()}
    sampled, dense = ({n: blocks(kind, full) for n, kind in kinds.items()} for full in (False, True))
    targets = kinds[1].decode(kinds[1].sample(TARGETS, np.random.default_rng(2)))
    found = []
    for entry in [*rule, *feature]:
        if (judge := judge_of(entry, targets)) is None:
            continue
        voices = 2 if not speaks(judge, sampled[1]) and speaks(judge, sampled[2]) else 1
        _, package, module = entry.function.__module__.split(".")
        what, measure = package.removesuffix("s"), f"{module}.{entry.name}{', two voices' * (voices == 2)}"
        costs = [cost(judge, of[voices], turns) for of in (sampled, dense)]
        found.append((Row(what, measure, costs[0], f"<= {MOST}"), Row(what, f"{measure}, dense", costs[1])))
    return sorted(found, key=lambda pair: -(pair[0].value or 0.0))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer turns: some seconds")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    asked = parser.parse_args()
    pairs = measured(3 if asked.quick else 10)
    dearest = pairs[0][0]
    target = Row("target", f"the dearest, {dearest.measure}", dearest.value, dearest.target)
    if asked.json:
        print(as_json([*(row for pair in pairs for row in pair), target]))
    else:
        width = max(len(row.measure) for row, _ in pairs)
        print(f"{'us a phrase':<{width + 9}} {'sampled':>8} {'dense':>8}")
        for row, full in pairs:
            print(f"{row.id:<8} {row.measure:<{width}} {row.value:8.2f} {full.value:8.2f}{'  NO' * (not row.met)}")
        print(as_table([target]))
    return 0 if target.met else 1


if __name__ == "__main__":
    sys.exit(main())
