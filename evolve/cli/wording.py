"""What commands say at the end, and how they refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from evolve.record import Record
from evolve.text import safe_text
from fitness.catalogue import plugin_place


class Refusal(click.ClickException):
    """The user's input is wrong: exit code 2."""

    exit_code = 2


def track_of(name: str | None) -> int | str | None:
    """The track that an option names: a number from 1, or a name."""
    return int(name) if name is not None and name.isdecimal() else name


@contextmanager
def refused() -> Iterator[None]:
    """Within, a ValueError of ours is told as it stands, and what a user's own code raises with its line."""
    try:
        yield
    except Exception as error:
        place = plugin_place(error)
        if isinstance(error, ValueError) and (not place or place in str(error)):
            told = str(error) or "something was wrong, and nothing says what"
        elif place:
            told = f"{place}stopped with {type(error).__name__}: {str(error)[:400]}"
        else:
            raise  # a bug of ours, to be seen whole
        raise Refusal("\n".join(safe_text(line, 4000) for line in told.split("\n"))) from None


def explained(record: Record) -> str:
    """What a run found, in words, and where it lies."""
    meta = record.meta
    lines = [f"Stopped by {meta['stopped_by']} at generation {meta['generation']}, {meta['evaluations']} evaluations."]
    if (record.path / "best" / "scores.json").exists():
        best = record.best[0]
        axes = ", ".join(f"{axis} {value:.3f}" for axis, value in best["axes"].items())
        faults = best["faults"]
        lines += [
            f"Best: {axes}; {faults or 'no'} fault{'s' * (faults != 1)} against the constraints.",
            best["notation"],
        ]
        weak = [part for part in best["criteria"] if part["worth"] is not None and part["worth"] < 0.9995]
        lines += [f"  {_said(part)}" for part in sorted(weak, key=lambda part: part["worth"])[:6]]
    first = f"{1:0{max(2, len(str(len(record.best))))}d}.mid"
    lines.append(f"Hear it: {record.path / 'best' / first}   See it: {record.path / 'plots'}")
    return "\n".join(safe_text(line, 2000) for line in lines)


def _said(part: Mapping[str, Any]) -> str:
    """What keeps one criterion from its full worth."""
    begin = f"{part['name']} is worth {part['worth']:.2f}"
    if not part["tested"]:
        return begin if part["measured"] is None else f"{begin}: measured {part['measured']:.3g}"
    where = "; ".join(place["heard"] for place in part["places"][:3])
    more = f"; and {len(part['places']) - 3} more" if len(part["places"]) > 3 else ""
    return f"{begin}: broken at {part['broken']} of {part['tested']}: {where}{more}"
