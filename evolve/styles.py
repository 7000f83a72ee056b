"""Styles that come with evophrase, and those that a user wrote: read here, understood by `fitness.style`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import fitness
from fitness.catalogue import near_miss
from fitness.style import Style

FOLDER = Path(next(iter(fitness.__path__))) / "styles"
SUFFIX = ".json"


def style_names() -> list[str]:
    """The styles that come with evophrase; what begins with an underscore is only there to be included."""
    return sorted(file.stem for file in FOLDER.glob(f"[!_]*{SUFFIX}"))


def styles() -> Iterator[Style]:
    """Each of them."""
    for name in style_names():
        yield style_named(name)


def style_named(name: str) -> Style:
    """The style of a name; ValueError where there is none."""
    if name not in style_names():
        raise ValueError(f"no style is called '{name[:40]}'; {near_miss(name, style_names())}")
    return Style.from_dict(_data_of(name), _data_of)


def style_of(data: bytes) -> Style:
    """The style in a user's file, which may include those that come with evophrase; ValueError where it is none."""
    try:
        read = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"a style must be JSON: {error}") from None
    return Style.from_dict(read, _data_of)


def _data_of(name: str) -> object:
    if name not in {file.stem for file in FOLDER.glob(f"*{SUFFIX}")}:
        raise ValueError(f"no style is called '{name[:40]}'; {near_miss(name, style_names())}")
    return json.loads((FOLDER / f"{name}{SUFFIX}").read_text(encoding="utf-8"))
