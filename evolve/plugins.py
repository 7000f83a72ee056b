"""A user's own rules, features, genome kinds: a Python file that the experiment names, run at the user's word."""

from __future__ import annotations

import sys
import types
from pathlib import Path

from fitness.catalogue import PLUGIN


def load_plugin(source: Path, data: bytes) -> None:
    """Run a plugin's code, so that its decorators register; ValueError in one line where it fails."""
    name = f"{PLUGIN}{source.stem}"
    module = types.ModuleType(name)
    module.__file__ = str(source)
    sys.modules[name] = module  # typing looks a function's annotations up there
    try:
        exec(compile(data, str(source), "exec"), module.__dict__)
    except SyntaxError as error:
        raise ValueError(f"{source}:{error.lineno}: is not valid Python: {error.msg}") from None
    except (Exception, SystemExit) as error:
        raise ValueError(f"{source}: stopped with {type(error).__name__}: {str(error)[:200]}") from None
