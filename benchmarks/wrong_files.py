"""Experiment files made wrong: mutations of their data and of their text, for `benchmarks/fuzz_experiments.py`."""

from __future__ import annotations

import copy
import io
import json
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from deap import tools
from ruamel.yaml import YAML

from evolve.algorithms.algorithm import algorithm
from evolve.problems import KeyPath, written
from fitness.entries import feature, rule

KINDS = ("drop", "misspell a key", "misspell a name", "another rule", "retype", "out of range", "add a key",
         "double a key", "double an item", "swap", "several", "text", "crafted")  # fmt: skip

VALUES = r"""
null; ~; true; false; 0; -1; 1; 2.5; -0.0; 1e400; .nan; .inf; -.inf; 99999999999999999999; 0x1F; 0o17; 1e3; ''; '5'; ' '
2024-01-01; 12:30; on; 1_000; []; [[[]]]; [1, [2, [3]]]; [null]; ['']; [text, text]; {}; {a: 1}; {a: {b: []}}; {null: 1}
{rule: in_key}; [{rule: in_key}]; [{}]; {feature: []}; {rule: {}, weight: 1}; tunes; tunes/make_tunes.py; ../..
/dev/zero; tunes/my_idea.mid; [tunes/my_idea.mid]; [tunes]; [own_rule]; [own_rule.py, own_rule.py]; [nowhere.mid]
[{file: tunes/my_idea.mid, track: 2}]; [{file: tunes/ode_to_joy.mid, track: melody}]; {file: [], track: {}}
[{file: null}]; "\u202e"; "\0"; "a\nb"; "\ud800"; !!binary aGk=; !x 1; &a 1; *a; gate; band; decay; {gate: null}
{band: null}; {band: {low: 1, high: 0, sd: 1}}; {decay: {half: 0}}; {typical: {mean: 1, sd: -1}}; {gate: {}, band: {}}
melody; [melody, melody]; [1, 1]; [0]; [2]; 1/4; D4; C-1; 4/4; ABAC; ZZ9; A; jensen_shannon; text
""".strip().replace("\n", "; ").split("; ")  # fmt: skip
VALUES += "", "9" * 101, "x" * 3000, f"[{'y' * 300}]", "[" * 40 + "]" * 40, "[" + "1," * 300 + "]", '"\u4e2d \u0301"'
NUMBERS = """-1 0 1 2 3 0.5 -0.5 1.0001 1e-12 1e12 9 64 65 100 101 128 256 257 400.1 1000 1000001 9007199254740993
9223372036854775807 9223372036854775808 -9223372036854775809 1e308 0.0001""".split()  # fmt: skip
TEXTS = {  # values of the right type, on both sides of what is allowed
    "metre": "0/4 4/0 7/8 64/16 65/16 64/1 3+2+2/8 3+/8 99/4 3/32 5/16 6/8 -3/4 4/4/4 1/1 1/16".split(),
    "low": "C-1 C-2 G9 G#9 G5 H4 C D#99 c4 C4 Cb4".split(), "high": "C-1 C0 G9 Ab9 D4 E4 B b5 C4*2".split(),
    "key": ["H major", "C mixolidian", "Cbb locrian", "c", "", "C major major", "G##", "F# whole_tone", "A chromatic"],
    "grid": "1/1 1/2 1/3 1/4 1/16 1/32 1/64".split(), "template": ["", "A", "ABCDEFGHIJ", "A" * 300, "abac", "AB C"],
    "over": ["", ":", "C4", "C major 3/4: <x@200> C4", "r*9999", "C4*2 | C4", "C4/3", "; ; ;", "[Q] C4*32", "C4*32",
             "C2*16 ; E2*16", "<melody@1> C2*4", "C0*4 '@3 | C4", "C4!0", "C4/0", "C4*1/0", "pickup=x: C4"],
    "instrument": ["Flute", "flutes", "piano", "", "128"], "by": ["rhythm", "pitch", "rythm", ""],
    "distance": "wasserstein jensen_shannon euclid".split(), "name": [*(each.name for each in algorithm), "genetic"],
}  # fmt: skip
DEAP = "; ".join(name for name in dir(tools) if name.startswith(("cx", "mut", "sel")))
OPERATORS = [each for option in ("", ": {indpb: 0.1}", ": {tournsize: 3}", ": {alpha: x}") for each in
             re.sub(r"(\w+)", rf"{{deap.\1{option}}}" if option else r"deap.\1", DEAP).split("; ")]  # fmt: skip
OURS_OR_DEAPS = ("mate", "mutate", "select")
ADDED = {  # options that the shipped files leave out, by section; `any` are tried everywhere
    "algorithm": [*"population elite tournament crossover mutation guided name".split(), *3 * OURS_OR_DEAPS],
    "genome": "pickup phrase_bars over grid metre low high key triplets kind".split(),
    "stop": "evaluations unchanged seconds target".split(), "export": "best tempo_bpm formats instrument".split(),
    "any": "weight leap voices targets as distance by template start plugins seed file track".split(),
}  # fmt: skip
TRIED = dict.fromkeys("voices targets start plugins as formats triplets guided file track kind".split(), VALUES)
TRIED |= dict.fromkeys(OURS_OR_DEAPS, OPERATORS)
TRIED |= {key: [json.dumps(value) for value in values] for key, values in TEXTS.items()}
CRAFTED = [f"objective: {{a: [{{rule: in_key}}, {{feature: ambitus, targets: [{'y' * 300}]}}]}}\n"]  # once hard to read
CRAFTED += [f"objective: {{a: [{{rule: in_key}}]}}\n{rest}\n" for rest in (
    "genome: {metre: 64/1, bars: 256}", "plugins: [tunes]", "start: [tunes]", "constraints:\n\nalgorithm: {}",
    "algorithm: {mutate: deap.mutation}", "algorithm: {select: deap.selTournamentDCD}", "stop: 1\nstop: !x 1",
    "algorithm: {select: {deap.selTournament: {tournsize: 0.1}}}", "algorithm: {mate: {bars: {x: 1}}}",
)]  # fmt: skip
LETTERS = "\t\u00a0\u200b\u202e\u0301\u2028\ufeff\U0001f3b5\u4e2d\x00\x1b\x85\r\ud7ff\ufffe%@`|>!&*?-#,:[]{}\"'\\0"


# What no message may hold: Python's own wording, rounded bounds, the user's text at any length, control characters.
def round_trip() -> YAML:
    """A reader and writer that keeps style, comments and places."""
    yaml = YAML()
    yaml.width, yaml.allow_duplicate_keys = 100_000, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


class Draft:
    """An experiment on its way to be wrong: `at` are the places an error must be near, `hint` what it must suggest."""

    def __init__(self, text: str, rng: random.Random) -> None:
        self.data, self.rng = round_trip().load(text), rng
        self.raw: list[str] = []  # YAML that stands for `zq0zq`, `zq1zq` ... in the data
        self.said: list[str] = []
        self.at: list[KeyPath] = []
        self.hint = ""

    def mark(self, text: str) -> str:
        self.raw.append(text)
        return f"zq{len(self.raw) - 1}zq"

    def places(self, of: Any = object, inside: Any = (dict, list)) -> list[tuple[KeyPath, Any]]:
        """The paths of values `of` a type `inside` a type, with what holds them; those without marks."""
        places = [place for place in _places(self.data, ()) if isinstance(place[1], inside)]
        return [(p, at) for p, at in places if isinstance(at[p[-1]], of) and "zq" not in f"{p}{at[p[-1]]}"]

    def put(self, path: KeyPath, holder: Any, text: str) -> None:
        self.said.append(f"{written(path)}: {str(holder[path[-1]])[:40]} -> {text[:60]}")
        holder[path[-1]] = self.mark(text or "~" * isinstance(holder, list))
        self.at.append(path)

    def mutate(self, kind: str) -> None:
        """One mutation; IndexError where there is nothing to mutate."""
        rng = self.rng
        inside = {"misspell a key": dict, "double a key": dict, "double an item": list}.get(kind, (dict, list))
        path, holder = rng.choice(self.places(str if kind == "misspell a name" else object, inside))
        key, value = path[-1], holder[path[-1]]
        if kind in ("drop", "misspell a key", "double a key", "double an item"):
            self.said.append(f"at {written(path)}")
        match kind:
            case "drop":
                del holder[key]
            case "misspell a key":
                wrong, is_axis = typo(key, rng), path[0] == "objective" and len(path) == 2
                self.hint = "" if is_axis else key
                if rng.random() < 0.2:
                    wrong, self.hint = rng.choice(["null", "1", "true", '""', "[a]", "<<", *ADDED["any"]]), ""
                holder.insert(list(holder).index(key), self.mark(wrong), holder.pop(key))
                self.at.append(path[:-1])
            case "misspell a name":
                self.hint = value if key in ("rule", "feature", "kind", "name", "instrument") else ""
                self.put(path, holder, typo(value, rng))
            case "another rule":
                path, holder = rng.choice([(p, at) for p, at in self.places(str, dict) if p[-1] in ("rule", "feature")])
                other = rng.choice([*(rule if (path[-1] == "rule") == (rng.random() < 0.9) else feature)])
                for option in other.options:
                    if rng.random() < 0.7:
                        holder[option] = self.mark(rng.choice([*NUMBERS, *VALUES]))
                self.put(path, holder, other.name)
            case "retype":
                self.put(path, holder, rng.choice(VALUES) if rng.random() < 0.9 else "")
            case "out of range":
                texts = [place for place in self.places(str, dict) if place[0][-1] in TEXTS]
                path, holder = rng.choice(texts if rng.random() < 0.5 else self.places((int, float)))
                self.put(path, holder, rng.choice(TRIED.get(path[-1], NUMBERS)))
            case "add a key":
                path, holder = rng.choice([((), None), *self.places(dict)])
                holder = holder[path[-1]] if path else self.data
                if rng.random() < 0.6:
                    path, holder = rng.choice([(p, at[p[-1]]) for p, at in self.places(dict) if p[-1] in ADDED])
                options = ADDED[path[-1] if path and path[-1] in ADDED and rng.random() < 0.9 else "any"]
                key = rng.choice([key for key in options if key not in holder])
                holder.insert(rng.randrange(len(holder) + 1), key, None)
                self.put((*path, key), holder, rng.choice(TRIED.get(key, NUMBERS)))
            case "double a key":
                value = copy.deepcopy(value) if rng.random() < 0.5 else self.mark(rng.choice(VALUES))
                holder.insert(rng.randrange(len(holder) + 1), self.mark(key), value)
                self.at.append(path)
            case "double an item":
                holder.insert(rng.randrange(len(holder) + 1), copy.deepcopy(value))
            case "swap":
                apart = [(p, at) for p, at in self.places() if p[: len(path)] != path[: len(p)]]
                other, there = rng.choice(apart)
                self.said.append(f"{written(path)} and {written(other)}")
                holder[key], there[other[-1]] = there[other[-1]], value
            case "several":
                for part in rng.sample(KINDS[:10], 3):
                    with suppress(IndexError):  # nothing of that type is left
                        self.mutate(part)
                self.at, self.hint = [], ""

    def text(self) -> str:
        stream = io.StringIO()
        round_trip().dump(self.data, stream)
        return re.sub(r"zq(\d+)zq", lambda found: self.raw[int(found[1])], stream.getvalue())


def _places(node: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for step in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield (*path, step), node
        yield from _places(node[step], (*path, step))


def typo(text: str, rng: random.Random) -> str:
    """A text, quoted, as fingers may get it wrong."""
    i = rng.randrange(len(text) + 1)
    swapped = text[:i] + text[i:][1::-1] + text[i + 2 :]
    edits = (text[:i] + text[i + 1 :], text[:i] + rng.choice("xé_ -9") + text[i:], swapped, text.upper(), text + "s")
    return json.dumps(rng.choice(edits), ensure_ascii=False)


def of_text(text: str, rng: random.Random) -> tuple[str, str]:
    """What was done to a text, and the text."""
    kind = rng.choice(("indent", "bracket", "tab", "colon", "delete", "insert", "cut", "drop line", "double line"))
    lines, width = text.splitlines(keepends=True), rng.randint(1, 3)
    at, line = rng.randrange(len(text)), rng.randrange(len(lines))
    if "line" in kind or kind == "indent":
        indented = rng.choice((" " * width + lines[line], lines[line][width:]))
        lines[line] = {"drop line": "", "double line": lines[line] * 2, "indent": indented}[kind]
        return f"{kind} {line + 1}", "".join(lines)
    if kind in ("bracket", "tab"):
        at = rng.choice([i for i, letter in enumerate(text) if letter in ("[]{}" if kind == "bracket" else " ")])
    cut = {"cut": len(text), "insert": 0, "colon": 0}.get(kind, 1)
    letter = rng.choice(LETTERS) if rng.random() < 0.8 else chr(rng.randrange(0xD800))
    new = {"tab": "\t", "colon": rng.choice((":", ": ")), "insert": letter}.get(kind, "")
    return f"{kind} at {at}, {text[at : at + cut][:3]!r} -> {new!r}", text[:at] + new + text[at + cut :]
