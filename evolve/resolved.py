"""The experiment with every default spelled out and every input in the run's own folder: it runs as it is."""

from __future__ import annotations

import copy
from typing import Any

from evolve.experiment import Experiment
from evolve.text import safe_text
from evolve.yaml_data import text_of


def resolved_yaml(experiment: Experiment) -> str:
    """The text of `resolved.yaml`; inputs as `inputs/NAME`, their digests in comments at the end."""
    data: dict[str, Any] = copy.deepcopy(dict(experiment.resolved))
    for path, item in experiment.references:
        if path[0] not in data:  # a style: its criteria are spelled out
            continue
        here: Any = data
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = f"inputs/{item.name}"
    digests = "".join(f"# inputs/{item.name} sha256 {item.sha256}\n" for item in experiment.inputs)
    return f"# {safe_text(experiment.name)}: every default spelled out\n{text_of(data)}{digests}"
