"""A user's own rules, features, genome kinds: a Python file that the experiment names, run at the user's word."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np

from evolve.formats.format import USUAL_TEMPO, file_format
from evolve.genomes.kind import GenomeKind
from fitness.catalogue import PLUGIN, plugin_place
from fitness.phrase import Phrase


def load_plugin(source: Path, data: bytes) -> None:
    """Run a plugin's code, so that its decorators register; ValueError in one line where it fails."""
    name = f"{PLUGIN}{source.stem}"
    module = types.ModuleType(name)
    module.__file__ = str(source)
    sys.modules[name] = module  # typing looks a function's annotations up there
    try:
        exec(compile(data, str(source), "exec"), module.__dict__)
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise ValueError(f"{source}{line}: is not valid Python: {error.msg}") from None
    except (Exception, SystemExit) as error:
        raise ValueError(f"{source}: stopped with {type(error).__name__}: {str(error)[:200]}") from None


def tried_kind(make: Callable[[], GenomeKind], name: str) -> GenomeKind:
    """The kind, if it can make phrases of the genomes that it draws; ValueError for a plugin's that cannot."""
    kind = make()
    try:
        phrases = kind.decode(kind.sample(2, np.random.default_rng(0)))
        if len(phrases) == 2 and isinstance(phrases[0], Phrase):
            return kind
        told = f"two genomes must decode to two phrases, got {len(phrases)}"
    except Exception as error:
        told = f"{plugin_place(error)}stopped with {type(error).__name__}: {str(error)[:200]}"
    raise ValueError(f"{name}: {told}")


def tried_format(name: str, phrase: Phrase) -> None:
    """ValueError where a plugin's format does not give bytes."""
    try:
        data = file_format[name].function(phrase, tempo_bpm=USUAL_TEMPO)
    except Exception as error:
        raise ValueError(
            f"{name}: {plugin_place(error)}stopped with {type(error).__name__}: {str(error)[:200]}"
        ) from error
    if not isinstance(data, bytes):
        raise ValueError(f"{name}: a format must give bytes, got {type(data).__name__}")
