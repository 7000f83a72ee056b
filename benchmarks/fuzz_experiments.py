"""Mutate experiment files, load and run them: `python benchmarks/fuzz_experiments.py [--quick] [--json] [--seed N]`.

A case is a mutation of the data or the text of a file of `experiments/`.  It must be refused with every mistake
located, a line each, or load and run two generations.  Every tenth case goes through the command `check` too, every
fiftieth through `run`.  What is measured: the cases that do neither.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import argparse
import difflib
import random
import re
import shutil
import signal
import tempfile
import traceback
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner

from benchmarks.table import Row, as_json
from benchmarks.wrong_files import CRAFTED, KINDS, Draft, of_text, round_trip
from evolve.cli import cli
from evolve.experiment import Experiment
from evolve.problems import DocumentError, KeyPath, written
from evolve.run import run
from evolve.text import safe_text
from fitness.catalogue import PLUGIN
from fitness.entries import feature, rule

CASES, QUICK = 2000, 200
MOST_SECONDS = 20  # CPU time of one case, of which most take 0.05; a case may wait six times as long
SMALL = {"algorithm.population": 24, "algorithm.elite": 4, "genome.bars": 16}  # what may legally be large is cut
SHIPPED = Path(__file__).parents[1] / "experiments"
NEVER = re.compile(
    r"<class|<function| object at 0x|Annotated\[|Traceback|pydantic|NoneType|numpy|Commented|:None:|to [\d.]+e\+|x{300}"
    r"|got \((\d, ){9}|[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def lacks(error: DocumentError, source: str, text: str, draft: Draft | None) -> Iterator[str]:
    """What is wrong with a located error; `draft` is None where the text was mutated, which may be no YAML."""
    told, lines, data = iter(str(error).split("\n")), re.split("\r\n|\r|\n", text.removeprefix("\ufeff")), None
    with suppress(Exception):  # what no other reader reads either
        data = draft and round_trip().load(text)
    for problem in error.problems[:50]:
        line, excerpt, caret = next(told, ""), next(told, ""), next(told, "")
        key = f"{safe_text(written(problem.path), 160)}: " if problem.path else ""
        match = re.fullmatch(rf"{re.escape(source)}:(\d+):(\d+): {re.escape(key)}(\S.*)", line)
        if match is None:
            yield f"no 'file:line:col: path: what' in {line!r}"
            return
        place = (int(match[1]), int(match[2]))
        doubled = any("a key must" in p.what and problem.path[: len(p.path)] == p.path for p in error.problems)
        ours = doubled or "deep" in problem.what  # other readers take it, or tell no path
        if draft and not (problem.path or ours):
            yield f"no key path in {line!r}"
        if caret.strip() != "^" or excerpt not in safe_text(lines[place[0] - 1].replace("\t", " "), 10**6):
            yield f"excerpt {excerpt!r} and caret {caret!r} do not show line {place[0]}"
        if draft and draft.at and not any(near(problem.path, path) for path in draft.at):
            yield f"'{written(problem.path)}' is far from {written(draft.at[0])}: {line!r}"
        if data and not ours and place not in (spots := places_of(problem.path, data)):
            yield f"'{written(problem.path)}' is said to be at {place}, not at {sorted(spots)}"
    if any(not re.fullmatch(r"and \d+ more", line) for line in told):
        yield "more lines than mistakes"
    if found := NEVER.search(str(error)):
        yield f"the message holds {found[0][:20]!a}".replace("'", "")
    hint = draft.hint if draft and len(draft.hint) > 3 else ""
    wrong = [raw for raw in draft.raw if difflib.SequenceMatcher(None, hint, raw[1:-1]).ratio() > 0.75] if hint else []
    if wrong and not any(hint in problem.what for problem in error.problems):
        yield f"'{hint}' is not suggested for {wrong[0]}"


def near(path: KeyPath, mutated: KeyPath) -> bool:
    """Whether an error there may come of a change here: in the same criterion or section, or where it reaches."""
    depth = (
        {"objective": 3, "constraints": 2, "genome": 0, "plugins": 0, "algorithm": 0}.get(str(mutated[0]), 1)
        if mutated
        else 0
    )
    return all(a == b for a, b in zip(path[:depth], mutated[:depth], strict=False))


def places_of(path: KeyPath, data: Any) -> set[tuple[int, int]]:
    """Where ruamel.yaml's own round-trip reader finds a path, or the nearest around it: its key and its value.

    A value that is not there is at its key: ruamel.yaml puts it at whatever follows, lines below.  Nothing is below
    a scalar.
    """
    spots = {(data.lc.line + 1, data.lc.col + 1)}
    for step in path:
        if not isinstance(data, dict | list):
            return set()
        if step not in (data if isinstance(data, dict) else range(len(data))):
            break
        mark, data = data.lc.data[step], data[step]
        spots = {(mark[0] + 1, mark[1] + 1)}
        if data is not None or mark[-2] == mark[0]:
            spots.add((mark[-2] + 1, mark[-1] + 1))
    return spots


class Hang(BaseException):
    """A case took too long."""


def hang(number: int, frame: object) -> None:
    raise Hang(f"still {'at work' if number == signal.SIGPROF else 'waiting'}")


def tried(number: int, path: Path, text: str, draft: Draft | None, seen: dict[str, Any]) -> Iterator[str]:
    """Load and run one file; what is wrong, in words.  `seen` gets the outcome and the lines of an error."""
    error, changes = None, ["stop.generations=2"]
    try:
        given = Experiment.load(path).resolved
    except DocumentError as refusal:
        error = refusal
        seen.update(outcome="located", lines=str(error).split("\n"))
        yield from lacks(error, str(path), text, draft)
    else:
        seen["outcome"] = "sound"
        asked = {name: given[name.partition(".")[0]].get(name.partition(".")[2]) or 0 for name in SMALL}
        changes += [f"{name}={most}" for name, most in SMALL.items() if asked[name] > most]
        for generation in run(Experiment.load(path, changes)):
            axes = generation.population.weighted[:, 1:]
            if not (np.isfinite(axes).all() and (axes >= 0).all() and (axes <= 1).all()):
                yield f"an axis is not within 0 and 1 in generation {generation.number}"
    commands = [["check", str(path)]] if number % 10 == 0 else []
    if number % 50 == 0:
        shutil.rmtree("out", ignore_errors=True)
        kept = [part for change in changes if not error for part in ("--set", change)]
        commands.append(["run", str(path), "--out", "out", "--quiet", *kept])
    for command in commands:
        done = CliRunner().invoke(cli, command)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if done.exit_code != (2 if error else 0) or "Traceback" in done.stderr:
            yield f"{command[0]} ended with {done.exit_code}: {done.stderr[:300]}"
        if error and done.stderr.strip() != f"Error: {error}".strip():
            yield f"{command[0]} says {done.stderr[:300]!r}"


def fuzz(cases: int, seed: int) -> tuple[dict[str, Counter[str]], dict[str, list[str]], list[str]]:
    """Try that many mutations in the current folder, a copy of `experiments/`: counts, failures, sample messages."""
    shipped = {path.name: path.read_text(encoding="utf-8") for path in sorted(Path().glob("*.yaml"))}
    table: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    failures: dict[str, list[str]] = defaultdict(list)
    samples: dict[str, str] = {}
    for number in range(cases):
        rng, seen, draft = random.Random(f"{seed} {number}"), {}, None
        kind, name, path = rng.choice(KINDS[:-1]), rng.choice([*shipped]), Path("case.yaml")
        kind = "crafted" if number < len(CRAFTED) else kind
        before = CRAFTED[number] if kind == "crafted" else shipped[name]
        if kind == "text":
            what, text = of_text(before, rng)
        else:
            draft = Draft(before, rng)
            before, text = draft.text(), before
            with suppress(IndexError):  # a file without lists, say
                draft.mutate(kind)
            what, text = "; ".join(draft.said), text if kind == "crafted" else draft.text()
        path = path if kind == "crafted" or rng.random() < 0.5 else path.absolute()
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        signal.alarm(6 * MOST_SECONDS)
        try:
            wrong = list(tried(number, path, text, draft, seen))
        except (Exception, Hang) as error:
            last = traceback.extract_tb(error.__traceback__)[-2 if isinstance(error, Hang) else -1]
            wrong = [f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {str(error)[:400]}"]
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)
            for catalogue in (rule, feature):  # a process of its own would not have what plugins of others bring
                mine = {n: e for n, e in catalogue._entries.items() if not e.function.__module__.startswith(PLUGIN)}
                catalogue._entries = mine
        table[kind].update(("cases", "failures" if wrong else seen["outcome"]))
        said = seen.get("lines", [])
        if said:
            samples.setdefault(re.sub(r"^.*?:\d+:\d+: \S+ |'[^']*'|\d+", "", said[0])[:60], "\n".join(said[:3]))
        if wrong:
            changed = [f"  {i:3d} | {line[:200]}" for i, line in enumerate(text.split("\n"), 1) if line not in before]
            told = [
                *changed[:6],
                *(f"  says: {line[:300]}" for line in said[:6]),
                *(f"  -> {each}" for each in wrong[:4]),
            ]
            same = re.sub(r"\S*case.yaml|'[^']*'|for \".*|\d+|\(.*", "", wrong[0])[:70]
            failures[same].append("\n".join([f"case {number}, {name}: {kind}: {what}", *told]))
    picked = random.Random(seed).sample(sorted(samples), min(10, len(samples)))
    return table, failures, [samples[each] for each in picked]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} cases instead of {CASES}")
    parser.add_argument("--number", type=int, help="that many cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    asked = parser.parse_args()
    warnings.simplefilter("error", RuntimeWarning)  # numpy's, which a user would see
    signal.signal(signal.SIGALRM, hang)
    signal.signal(signal.SIGPROF, hang)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(shutil.copytree(SHIPPED, Path(folder) / "experiments"))
        table, failures, samples = fuzz(asked.number or (QUICK if asked.quick else CASES), asked.seed)
        os.chdir(SHIPPED)
    total = sum(table.values(), Counter())
    columns = {"cases": None, "located": None, "sound": None, "failures": "<= 0"}
    if asked.json:
        rows = [Row("R2", f"{kind}: {c}", table[kind][c], columns[c]) for kind in table for c in columns]
        print(as_json(rows))
        return int(total["failures"] > 0)
    told = [f"FAILURE, {len(group)} times\n" + "\n".join(group[:3]) + "\n" for group in failures.values()]
    print("\n".join([*told, "Ten messages:", *samples]).replace(f"{folder}/experiments/", "/"))
    print(f"\n{'mutation':16}", *(f"{column:>9}" for column in columns))
    for kind, counts in [*table.items(), ("all", total)]:
        print(f"{kind:16}", *(f"{counts[column]:9d}" for column in columns))
    return int(total["failures"] > 0)


if __name__ == "__main__":
    sys.exit(main())
