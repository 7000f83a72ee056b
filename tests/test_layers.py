"""Every import runs down: the floors of the house, read from the source with `ast`.

`FLOORS` lists the modules from the lowest floor to the highest; a module may import what stands on a lower
line.  Modules on the same line are siblings and do not know each other, except as `FRIENDS` says.  A name
ending in `.*` stands for every module of that package.  Modules that are not there yet cost nothing.
"""

from __future__ import annotations

import ast
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FLOORS = (
    "fitness fitness.features fitness.rules evolve evolve.genomes evolve.formats evolve.algorithms",  # empty packages
    "fitness.catalogue",
    "fitness.theory fitness.verbs",
    "fitness.phrase",
    "fitness.setting fitness.grid fitness.tunes",
    "fitness.views fitness.edits",
    "fitness.slices",
    "fitness.figures fitness.chords",
    "fitness.phrases",
    "fitness.verdict",
    "fitness.heard",
    "fitness.entries",
    "fitness.keys fitness.spiral",
    "fitness.implied fitness.phrasing fitness.motifs fitness.letters",
    "fitness.rules.* fitness.features.* fitness.similarity fitness.resemblance",
    "fitness.per_phrase fitness.neighbours fitness.portrait fitness.corpus fitness.tokens",
    "fitness.style fitness.criterion",
    "fitness.score",
    "fitness.objective",
    "evolve.text evolve.styles evolve.streams evolve.changes evolve.instruments evolve.cantus evolve.lines",
    "evolve.nulls evolve.draft evolve.vocabulary",
    "evolve.variants",
    "evolve.copying evolve.distances",
    "evolve.walks evolve.species",
    "evolve.problems",
    "evolve.formats.format",
    "evolve.melodies",
    "evolve.yaml_data evolve.unusual",
    "evolve.document evolve.options evolve.anatomy",
    "evolve.genomes.kind evolve.formats.midi_structure evolve.formats.midi_lines evolve.formats.midi_setting",
    "evolve.genomes.* evolve.formats.* evolve.sound evolve.sound.* evolve.piece_set",
    "evolve.taste evolve.taste.* evolve.discriminator evolve.population",
    "evolve.variation evolve.selection evolve.operators evolve.mending",
    "evolve.execution evolve.record evolve.passing",
    "evolve.algorithms.algorithm",
    "evolve.algorithms.breeding",
    "evolve.algorithms.*",
    "evolve.plugins evolve.criteria evolve.inputs",
    "evolve.objectives evolve.exemplars",
    "evolve.sections",
    "evolve.experiment evolve.plots evolve.plots.*",
    "evolve.resolved evolve.exports",
    "evolve.exercise",
    "evolve.exercise_counterpoint evolve.exercise_melody",
    "evolve.exercises evolve.repair",
    "evolve.analysis evolve.sets evolve.critique evolve.library evolve.calibrate",
    "evolve.run evolve.similar",
    "evolve.compare evolve.report evolve.report.*",
    "evolve.rating evolve.rating.*",
    "evolve.cli evolve.cli.*",
)
# Who may import a sibling of the same line: the importer, and whom.
FRIENDS = (
    ("evolve.formats.midi_*", "evolve.formats.midi_*"),  # one format in four parts
    ("evolve.plots*", "evolve.plots*"),
    ("evolve.cli*", "evolve.cli*"),
    ("evolve.rating*", "evolve.rating*"),
    ("evolve.report*", "evolve.report*"),
    ("evolve.sound*", "evolve.sound*"),
    ("evolve.taste*", "evolve.taste*"),
)
# What is not of this house, and who may bring it in.
GUESTS = {
    "numpy": "fitness* evolve*",
    "deap": "evolve.population evolve.operators evolve.algorithms.*",
    "moocore": "evolve.selection evolve.compare",
    "mido": "evolve.formats.midi evolve.formats.midi_structure",
    "matplotlib": "evolve.plots evolve.plots.*",
    "ruamel": "evolve.document evolve.yaml_data",
    "pydantic": "evolve.experiment evolve.options",
    "pydantic_core": "evolve.experiment evolve.options",
    "click": "evolve.cli evolve.cli.* evolve.rating evolve.rating.*",
    "rich": "evolve.cli evolve.cli.* evolve.rating evolve.rating.*",
    "soundfile": "evolve.sound evolve.sound.*",
    "miniaudio": "evolve.sound evolve.sound.*",
    "midirenderer": "evolve.sound evolve.sound.*",
    "verovio": "evolve.formats.*",
    "resvg_py": "evolve.formats.*",
    "distributed": "evolve.execution",
    "sklearn": "evolve.discriminator",
    "threadpoolctl": "evolve.discriminator",
}
# The ear computes: nothing of the standard library that reaches the world, the clock or chance.
PURE = {
    "__future__", "bisect", "collections", "contextlib", "dataclasses", "difflib", "enum", "fractions", "functools",
    "heapq", "importlib", "inspect", "itertools", "math", "operator", "pkgutil", "re", "statistics", "string",
    "types", "typing",
}  # fmt: skip
ONLY_CATALOGUE = {"importlib", "inspect", "pkgutil"}  # finds the extensions that come with the house


def modules() -> dict[str, Path]:
    """Module name -> file."""
    found = {}
    for path in sorted([*ROOT.glob("fitness/**/*.py"), *ROOT.glob("evolve/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(path: Path) -> set[str]:
    """The modules a file imports, at the top or inside a function; `from package import module` names the module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports must be absolute"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES else str(node.module))
    return found


def named(text: str, module: str) -> bool:
    return any(fnmatch(module, pattern) for pattern in text.split())


def floor(module: str) -> int | None:
    """The line a module stands on: the one that names it, or else the one whose pattern fits."""
    exact = [level for level, line in enumerate(FLOORS) if module in line.split()]
    fitting = [level for level, line in enumerate(FLOORS) if named(line, module)]
    return next(iter(exact or fitting), None)


each_module = pytest.mark.parametrize("module", MODULES)


@each_module
def test_a_module_has_a_floor(module):
    """Before a file is added, its floor is named."""
    assert floor(module) is not None, f"{module}: name its floor in FLOORS"


@each_module
def test_imports_run_down(module):
    """A lower floor knows nothing of a higher one, and siblings nothing of each other."""
    for imported in imports(MODULES[module]) & set(MODULES):
        own, other = floor(module), floor(imported)
        friends = any(fnmatch(module, a) and fnmatch(imported, b) for a, b in FRIENDS)
        assert own is not None
        assert other is not None
        assert other < own or (other == own and friends), f"{module} must not import {imported}"


@each_module
def test_the_ear_knows_nothing_of_the_hand(module):
    """`fitness` says how a phrase sounds, whoever made it."""
    if module.startswith("fitness"):
        assert not [name for name in imports(MODULES[module]) if name.split(".")[0] == "evolve"]


@each_module
def test_what_is_not_of_this_house_comes_in_by_its_own_door_only(module):
    """Each third-party package can be replaced in the one place that uses it."""
    for imported in imports(MODULES[module]):
        package = imported.split(".")[0]
        if package in sys.stdlib_module_names or package in ("fitness", "evolve"):
            continue
        assert package in GUESTS, f"{module} imports {package}: say in GUESTS who may"
        assert named(GUESTS[package], module), f"{module} must not import {package}"


@each_module
def test_the_ear_is_pure(module):
    """No files, no clock, no chance: the same phrase always sounds the same."""
    if not module.startswith("fitness"):
        return
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    for imported in imports(MODULES[module]):
        top = imported.split(".")[0]
        assert top in {*PURE, "numpy", "fitness"}, f"{module} must not import {imported}"
        assert module == "fitness.catalogue" or top not in ONLY_CATALOGUE, f"{module} must not import {imported}"
        assert not imported.startswith("numpy.random"), f"{module} must not import {imported}"
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"print", "open", "input", "eval", "exec", "__import__"}
    reached = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not reached & {"random", "default_rng"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]


def test_the_table_names_no_module_twice():
    """A module stands on one floor."""
    exact = [name for line in FLOORS for name in line.split() if not name.endswith("*")]
    assert len(exact) == len(set(exact))


def test_an_import_upwards_would_be_found():
    """The reading itself is tested: an import inside a function counts, and a package's module is told by name."""
    path = MODULES["evolve.algorithms.breeding"]
    assert {"evolve.selection", "evolve.variation", "deap"} <= imports(path)
    assert floor("fitness.rules.melody") == floor("fitness.features.melody") == floor("fitness.similarity")
    assert (floor("fitness.objective") or 0) > (floor("fitness.rules.form") or 0)
