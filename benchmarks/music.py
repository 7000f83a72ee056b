"""What the shipped experiments come to: `python benchmarks/music.py [--quick] [--json] [--seeds 3] [--only NAME,...]`.

For each experiment and seed (its own and the next ones): the faults of the exported phrases against the constraints,
how far their axes reach, and how much of their notes the two that are most alike do not share.  A phrase with a
fault fails (not in the quick form, which stops early).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.table import cpu
from evolve.experiment import Experiment
from evolve.exports import share_apart
from evolve.run import perform
from fitness.phrase import Phrase

FOLDER = Path(__file__).resolve().parent.parent / "experiments"
QUICK = ["stop.generations=12", "stop.unchanged=null"]


@dataclass(frozen=True)
class Result:
    """One run: phrases exported, faults of all of them, worst axis of the first and the last, and so on."""

    experiment: str
    seed: int
    phrases: int
    faults: int
    best: float
    last: float
    apart: float
    seconds: float


def result(path: Path, seed: int | None, *, quick: bool) -> Result:
    """Run one experiment as a user would, in a folder that is thrown away."""
    experiment = Experiment.load(path, QUICK if quick else [], seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        told = []
        seconds = cpu(lambda: told.append(perform(experiment, Path(folder) / "run", argv=[])))
        best = told[0].best
    phrases = [Phrase.parse(phrase["notation"]) for phrase in best]
    worst = [min(phrase["axes"].values()) for phrase in best]
    apart = min((share_apart(one, other) for one, other in combinations(phrases, 2)), default=1.0)
    faults = sum(phrase["faults"] for phrase in best)
    return Result(experiment.name, experiment.seed, len(phrases), faults, worst[0], worst[-1], apart, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few generations of each: at most a minute")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds of each, its own first")
    parser.add_argument("--only", help="some of them: aaba,in_seven")
    asked = parser.parse_args()
    paths = sorted(FOLDER.glob("*.yaml"))
    if asked.only and (unknown := set(asked.only.split(",")) - {path.stem for path in paths}):
        parser.error(f"no experiment is called {', '.join(unknown)}; known: {', '.join(path.stem for path in paths)}")
    results = []
    for path in paths:
        if asked.only and path.stem not in asked.only.split(","):
            continue
        own = Experiment.load(path).seed
        for seed in range(own, own + asked.seeds):
            results.append(result(path, seed, quick=asked.quick))
            if not asked.json:
                print(line(results[-1]), flush=True)
    if asked.json:
        print(json.dumps([asdict(told) for told in results]))
    if any(told.faults for told in results) and not asked.quick:
        sys.exit(1)


def line(told: Result) -> str:
    """One run in one line."""
    return (
        f"{told.experiment:24} seed {told.seed:3}  phrases {told.phrases}  faults {told.faults}  axes {told.best:.3f}"
        f" to {told.last:.3f}  least apart {told.apart:.0%}  {told.seconds:4.1f} s"
    )


if __name__ == "__main__":
    main()
