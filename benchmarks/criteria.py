"""Does each rule and feature tell songs from nonsense?  `python benchmarks/criteria.py SONGS.json [--quick] [--json]`.

SONGS.json is as `benchmarks/songs.py` reads it.  `--quick` hears the first 40 songs, or without a file a few
public-domain tunes.

Each song is heard beside four null models: on its own rhythm its pitches shuffled, uniform notes of its key's scale
within its range, and a walk there, a step of the scale up or down from note to note; as `rhythm`, its pitches in their
order and its durations shuffled, each with the rest after it.  AUC: the chance that a song has the larger number than
a null, ties half (Mann and Whitney); .5 tells nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import inspect
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.songs import read
from evolve.nulls import NULLS, null
from fitness.catalogue import Extension
from fitness.entries import feature, rule
from fitness.per_phrase import batched
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.similarity import jensen_shannon, root_mean_square
from fitness.verdict import typical
from tests.melodies import TUNES

Numbers = NDArray[Any]
Said = dict[str, Numbers]  # songs and each null: [numbers, phrases]
Row = dict[str, Any]

NULLS_EACH, QUICK_NULLS, QUICK_SONGS = 4, 20, 40
FITTED = 2 / 3  # the share of the songs that means and deviations are taken from; the others are held out
REQUIRED = {"template": "AABA", "after": 96, "species": 1}  # options without a default, and what is asked for here
WIDE = 1e3  # a scale at which no distance is capped at 1
HEAD = """\
{songs} songs, {nulls} nulls of each kind for each song, seed {seed}; held out: the last {held} songs.
The file marks no phrase ends: a song is cut every four bars from its first note on (less than two bars left over go
to the last phrase).  A song that begins inside a bar has a pick-up, and ends as much before a barline if it can.
Key: the tonic of the file, major or minor, whichever correlates better.  Targets: all other songs.  Options that
have no default: template AABA, after 96 ticks, species 1."""
NOTHING = "So few tunes prove that the script runs; their numbers mean nothing."


def measured(entry: Extension[Any], is_rule: bool, options: dict[str, Any], sets: dict[str, Phrases]) -> Said:
    """Faults and opportunities of a rule, or the numbers of a feature, of all phrases."""
    judge = partial(batched(entry, is_rule=is_rule), **options)

    def told(phrases: Phrases, **targets: Phrases) -> Numbers:
        said = [(at.stop - at.start, judge(block, **targets)) for at, block in phrases.blocks()]
        return np.concatenate([(x.counts if is_rule else x)[:, :size] for size, x in said], axis=1)

    if not entry.takes_targets:
        return {name: told(phrases) for name, phrases in sets.items()}
    songs, parts = sets["songs"], dict[str, list[Numbers]]()
    for i in range(songs.n):
        others = songs.take(np.delete(np.arange(songs.n), i))
        for name, phrases in sets.items():
            each = phrases.n // songs.n
            parts.setdefault(name, []).append(told(phrases.take(slice(i * each, (i + 1) * each)), targets=others))
    return {name: np.concatenate(columns, axis=1) for name, columns in parts.items()}


def auc(worth: Said) -> dict[str, float | None]:
    """How often the songs' number is the larger one, against each null; None where there are no numbers."""
    songs, found = worth["songs"].round(9), {}
    for name in NULLS:
        theirs = np.sort(worth[name].round(9))
        below = np.searchsorted(theirs, songs, "left") + np.searchsorted(theirs, songs, "right")
        found[name] = float(below.mean() / (2 * theirs.size)) if below.size and theirs.size else None
    return found


def of_rule(said: Said) -> Row:
    """How often a rule is broken, in how many songs never, how well the share kept tells; phrases untested left out."""
    heard = {name: counts[:, counts[1] > 0].astype(float) for name, counts in said.items()}
    broken = {name: float(c[0].sum() / c[1].sum()) if c.size else None for name, c in heard.items()}
    faults, chances = sum((heard[name].sum(axis=1) for name in NULLS if broken[name] != broken["songs"]), np.zeros(2))
    return {
        "applied": heard["songs"].shape[1],
        "broken": broken,
        "whole": {name: float((c[0] == 0).mean()) if c.size else None for name, c in heard.items()},
        "auc": auc({name: 1.0 - c[0] / c[1] for name, c in heard.items()}),
        "weight": float(np.log(faults / chances / broken["songs"])) if faults and broken["songs"] else None,
    }


def of_feature(entry: Extension[Any], said: Said, fitted: Numbers, held: Said) -> Row:
    """Mean and percentiles; how well the number tells, its usual band, and how typical it is of the songs."""
    values = {name: numbers[0] for name, numbers in said.items()}
    band = partial(entry.traits["usual"], **entry.traits["figures"]) if "usual" in entry.traits else None
    like = partial(typical, mean=float(fitted[0].mean()), sd=max(float(fitted[0].std()), 1e-9))
    return {
        "mean": {name: float(x.mean()) for name, x in values.items()},
        **{f"p{q}": {name: float(np.percentile(x, q)) for name, x in values.items()} for q in (5, 95)},
        "auc": auc(values),
        "band": auc({name: band(x) for name, x in values.items()}) if band else dict.fromkeys(NULLS),
        "typical": auc({name: like(x[0]) for name, x in held.items()}),
    }


def measures(songs: list[Phrase], each: int, seed: int) -> Iterator[Row]:
    """A row for each rule and feature, by module and name."""
    sets = {"songs": Phrases.of(*songs)}
    for number, name in enumerate(NULLS):
        rngs = [np.random.default_rng((seed, number, i)) for i in range(len(songs))]
        sets[name] = Phrases.of(*(null(songs[i], name, rng) for i, rng in enumerate(rngs) for _ in range(each)))
    cut = round(FITTED * len(songs))
    for entry in sorted([*rule, *feature], key=lambda entry: (entry.function.__module__, entry.name)):
        _, package, module = entry.function.__module__.split(".")
        asked = [option for option, (_, usual) in entry.options.items() if usual is inspect.Parameter.empty]
        if unknown := [option for option in asked if option not in REQUIRED]:
            print(f"{entry.name}: left out, for REQUIRED gives no {', '.join(unknown)}", file=sys.stderr)
            continue
        kinds = (name for name in ("profile", "vector") if entry.traits.get(name))
        kind = "rule" if package == "rules" else next(kinds, "feature")
        said = measured(entry, kind == "rule", {option: REQUIRED[option] for option in asked}, sets)
        fitted = said["songs"][:, :cut]
        held = {name: x[:, cut * (sets[name].n // len(songs)) :] for name, x in said.items()}
        if kind in ("rule", "feature"):
            told = of_rule(said) if kind == "rule" else of_feature(entry, said, fitted, held)
        else:
            apart = jensen_shannon if kind == "profile" else partial(root_mean_square, scale=WIDE)
            told = {"auc": auc({name: -apart(x, fitted.mean(axis=1)) for name, x in held.items()})}
        yield {"kind": kind, "module": module, "name": entry.name, **told}


def table(title: str, rows: list[Row], *groups: str) -> str:
    """Module and name to the left, each group of numbers behind a bar."""
    lines: list[list[str]] = []
    for row in rows:
        parts = [row[group] if isinstance(row[group], dict) else {group: row[group]} for group in groups]
        heads = [cell for part in parts for cell in ("|", *(key[:7] for key in part))]
        cells = [cell for part in parts for cell in ("|", *map(shown, part.values()))]
        lines = [*(lines or [["module", "name", *heads]]), [row["module"], row["name"], *cells]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    form = " ".join(f"{{:{'>' if i > 1 else '<'}{width}}}" for i, width in enumerate(widths))
    return "\n".join([title, *(form.format(*line) for line in lines)])


def shown(value: float | None) -> str:
    if value is None or isinstance(value, int):
        return "-" if value is None else str(value)
    text = f"{value:.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3}f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def as_text(found: list[Row]) -> str:
    """All tables, and the names of what songs keep less often than nonsense."""
    rules, features, profiles = (
        [row for row in found if row["kind"] in kinds] for kinds in (("rule",), ("feature",), ("profile", "vector"))
    )
    worse = [
        ", ".join(row["name"] for row in rows if max({*row[by].values()} - {None, 0.5}, default=1) < 0.5) or "none"
        for rows, by in ((rules, "auc"), (features, "band"))
    ]
    return "\n\n".join([
        table("RULES: songs to which one applies | share of opportunities broken | share of songs that keep it wholly "
              "| AUC of the share kept | weight: log of the share broken by the nulls that differ over the songs'",
              rules, "applied", "broken", "whole", "auc", "weight"),
        table("FEATURES: mean | 5th percentile | 95th percentile", features, "mean", "p5", "p95"),
        table("FEATURES: AUC of the number | of its usual band | of how typical it is, of songs held out",
              features, "auc", "band", "typical"),
        table("PROFILES: AUC of the nearness to the songs' mean, of songs held out", profiles, "auc"),
        f"Rules that songs keep less often than each null that differs: {worse[0]}.",
        f"Features in whose band songs lie less often than each null that differs: {worse[1]}.",
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", nargs="?", type=Path, help="the file of the songs; not needed with --quick")
    parser.add_argument("--quick", action="store_true", help="few songs: a few seconds")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    parser.add_argument("--seed", type=int, default=1, help="of the null models, from 0")
    asked = parser.parse_args()
    try:
        if asked.seed < 0 or (asked.songs is None and not asked.quick):
            raise ValueError("name the file of the songs, or ask for --quick; --seed must be at least 0")
        songs = (read(asked.songs) if asked.songs else list(TUNES.values()))[: QUICK_SONGS if asked.quick else None]
    except ValueError as error:
        print(f"criteria.py: {error}", file=sys.stderr)
        return 2
    each = NULLS_EACH if asked.songs else QUICK_NULLS
    found = list(measures(songs, each, asked.seed))
    if asked.json:
        print(json.dumps(found, indent=1))
        return 0
    held = len(songs) - round(FITTED * len(songs))
    head = [HEAD.format(songs=len(songs), nulls=each, seed=asked.seed, held=held), *[NOTHING] * (not asked.songs)]
    print("\n".join(head), as_text(found), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
