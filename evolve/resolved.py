"""The experiment with every default spelled out and every input in the run's own folder: it runs as it is."""

from __future__ import annotations

import copy
import io
from typing import Any

from ruamel.yaml import YAML

from evolve.experiment import Experiment


def resolved_yaml(experiment: Experiment) -> str:
    """The text of `resolved.yaml`; inputs as `inputs/NAME`, their digests in comments at the end."""
    data: dict[str, Any] = copy.deepcopy(dict(experiment.resolved))
    for path, item in experiment.references:
        here: Any = data
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = f"inputs/{item.name}"
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 120
    stream = io.StringIO()
    yaml.dump(data, stream)
    digests = "".join(f"# inputs/{item.name} sha256 {item.sha256}\n" for item in experiment.inputs)
    return f"# {experiment.name}: every default spelled out\n{stream.getvalue()}{digests}"
