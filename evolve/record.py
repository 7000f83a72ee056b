"""One run folder as one type: written during the run, read back by everything else.

The folder is whole in itself.  Whole files are written to a temporary name, synced and renamed; logs are
appended line by line.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from evolve.text import safe_text

DECIMALS = 9
MEASURED = {"generation", "evaluations", "best", "faults", "quantiles", "criteria", "means"}
SCORED = {"notation", "faults", "axes", "criteria"}
FRONT = {"number", "notation", "faults", "axes"}
PACKAGES = (
    "evophrase", "numpy", "deap", "mido", "matplotlib", "pydantic", "ruamel.yaml", "click", "rich", "scikit-learn",
)  # fmt: skip


def version() -> str:
    """The installed version of evophrase."""
    return _version("evophrase")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; OSError names the file itself."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None


def as_json(value: object, *, indent: int | None = None) -> str:
    """JSON with the keys as they come and floats rounded to nine decimals."""
    return json.dumps(_rounded(value), ensure_ascii=False, allow_nan=False, indent=indent)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


@dataclass
class Record:
    """The folder of one run; `meta` is what `meta.json` says of it."""

    path: Path
    meta: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def create(cls, path: Path, name: str, seed: int, argv: Iterable[str]) -> Record:
        """Make the folder of a new run; ValueError where there is one already or it cannot be made."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            if any(path.iterdir()):
                raise ValueError(f"{path}: must be a new or empty folder; name another with --out")
            with open(path / "run.log", "x", encoding="utf-8"):
                pass  # of two runs that start at once in one folder, one makes this file
        except FileExistsError:
            raise ValueError(f"{path}: another run has just begun here; name another folder with --out") from None
        except OSError as error:
            raise ValueError(f"{path}: the run folder cannot be made: {error.strerror}") from None
        meta = {
            "experiment": name, "seed": seed, "evophrase": version(), "revision": _revision(),
            "python": platform.python_version(), "packages": {p: _version(p) for p in PACKAGES},
            "argv": [safe_text(word, 400) for word in argv], "start": _now(), "end": None, "exit": None,
            "stopped_by": None, "generation": None, "evaluations": None,
        }  # fmt: skip
        record = cls(path, meta)
        record._write_meta()
        return record

    @classmethod
    def open(cls, path: Path) -> Record:
        """The record in a folder; ValueError where there is none that can be read."""
        meta = _read_json(path / "meta.json", f"{path}: is no run folder (it has no readable meta.json)")
        if not isinstance(meta, dict) or "seed" not in meta:
            raise ValueError(f"{path / 'meta.json'}: must be what a run has written; is it another program's?")
        return cls(path, meta)

    def write_text(self, name: str, text: str) -> None:
        """A whole text file of the record."""
        write_whole(self.path / name, text.encode())

    def write_bytes(self, name: str, data: bytes) -> None:
        """A whole file of the record."""
        write_whole(self.path / name, data)

    def append(self, name: str, line: str) -> None:
        """One more line of a log."""
        with open(self.path / name, "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def log(self, line: str) -> None:
        """A line of `run.log`, with the time."""
        self.append("run.log", f"{_now()} {safe_text(line, 500)}")

    def finish(self, exit_code: int, stopped_by: str, generation: int, evaluations: int) -> None:
        """Say how the run ended."""
        self.meta |= {
            "end": _now(), "exit": exit_code, "stopped_by": stopped_by, "generation": generation,
            "evaluations": evaluations,
        }  # fmt: skip
        self._write_meta()

    def _write_meta(self) -> None:
        self.write_text("meta.json", as_json(self.meta, indent=2) + "\n")

    @property
    def title(self) -> str:
        """What the run is called in figures and tables."""
        return safe_text(f"{self.meta.get('experiment', '?')}, seed {self.meta.get('seed', '?')}")

    @cached_property
    def metrics(self) -> list[dict[str, Any]]:
        """One mapping a generation, as in `metrics.jsonl`; a last line cut off by a kill is left out."""
        path = self.path / "metrics.jsonl"
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{path}: cannot be read: {error}") from None
        rows = []
        for number, line in enumerate(lines, 1):
            try:
                if line:
                    rows.append(_row(json.loads(line)))
            except (ValueError, RecursionError):
                if number < len(lines):
                    raise ValueError(
                        f"{path}:{number}: must be a line that a run wrote; was the file changed?"
                    ) from None
        if not rows:
            raise ValueError(f"{path}: has no generation yet; let the run go on for longer")
        return rows

    @cached_property
    def best(self) -> list[dict[str, Any]]:
        """The exported phrases, best first: notation, axes, faults, criteria with places, as in `best/scores.json`."""
        found = _read_json(self.path / "best" / "scores.json", f"{self.path}: has no best/scores.json")
        whole = isinstance(found, list) and all(isinstance(told, dict) and told.keys() >= SCORED for told in found)
        if not whole:
            raise ValueError(f"{self.path / 'best' / 'scores.json'}: must be what a run has written")
        return list(found)

    @cached_property
    def pareto(self) -> list[dict[str, Any]]:
        """The exported phrases and the rest of the Pareto front: number, notation, faults, axes; empty without one."""
        path = self.path / "pareto.json"
        if not path.exists():
            return []
        found = _read_json(path, f"{path}: cannot be read")
        if not (isinstance(found, list) and all(isinstance(told, dict) and told.keys() >= FRONT for told in found)):
            raise ValueError(f"{path}: must be what a run has written")
        return list(found)


def _row(value: Any) -> dict[str, Any]:
    """A line of `metrics.jsonl`, if it has what a run writes."""
    if not isinstance(value, dict) or not value.keys() >= MEASURED or not isinstance(value["best"].get("axes"), dict):
        raise ValueError("not a generation")
    return value


def _read_json(path: Path, missing: str) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError:
        raise ValueError(missing) from None
    except (ValueError, RecursionError):
        raise ValueError(f"{path}: must be JSON as a run has written it; was the file changed?") from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _revision() -> str | None:
    """The git revision that evophrase runs from, where it runs from a checkout."""
    git, here = shutil.which("git"), Path(__file__).parent
    if git is None or not (here.parent / ".git").exists():
        return None
    told = subprocess.run([git, "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or None


def folder_for(root: Path, name: str, seed: int) -> Path:
    """`root/name/stamp-seedN`, made now, with a suffix where that is taken."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = root / name / f"{stamp}-seed{seed}"
    number = 2
    while True:
        try:
            path.mkdir(parents=True)
            return path
        except FileExistsError:
            path, number = root / name / f"{stamp}-seed{seed}-{number}", number + 1
        except OSError as error:
            raise ValueError(f"{path}: the run folder cannot be made: {error.strerror}") from None
