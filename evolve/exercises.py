"""The exercises in some files and folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from evolve.exemplars import chosen_style
from evolve.exercise import Exercise
from evolve.exercise_counterpoint import read_counterpoint
from evolve.exercise_melody import read_melody
from evolve.formats.format import music_files
from fitness.theory import Key


def read_exercises(
    paths: Iterable[Path], *, style: str, species: int | None = None, cantus: int | str | None = None,
    track: int | str | None = None, key: Key | None = None,
) -> list[tuple[Path, Exercise | str]]:  # fmt: skip
    """The exercises in some files and folders, with their files; of one that is none, why.

    With `species` and `cantus` they are in counterpoint, else melodies.  ValueError where there is only one file and
    it is none, where a folder has no file of music, or for the style.
    """
    chosen = chosen_style(style)
    if (species is None) != (cantus is None):
        raise ValueError("an exercise in counterpoint needs both: --species 2 --cantus 1")
    asked = {fact for item in chosen.criteria for fact in item.get("when", {})}
    if species is None and ("species" in asked or any("voices" in item for item in chosen.criteria)):
        raise ValueError(
            f"the style '{chosen.name}' is for counterpoint; say --species 2 --cantus 1, or take folk_melody"
        )
    files = [file for path in paths for file in music_files(path)]
    found: list[tuple[Path, Exercise | str]] = []
    for file in files:
        try:
            if species is None or cantus is None:
                found.append((file, read_melody(file, chosen, track=track, key=key)))
            else:
                found.append((file, read_counterpoint(file, chosen, species=species, cantus=cantus, key=key)))
        except ValueError as error:
            if len(files) == 1:
                raise
            found.append((file, str(error)))
    return found
