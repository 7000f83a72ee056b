"""Experiment files: what they mean, and how their mistakes are told."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evolve.experiment import Experiment
from evolve.problems import DocumentError
from evolve.resolved import resolved_yaml
from fitness.phrases import Phrases

EXPERIMENTS = sorted((Path(__file__).parents[1] / "experiments").glob("*.yaml"))
SMALL = """\
seed: 4
genome: {kind: melody, bars: 2}
objective:
  theory:
    - {rule: leaps_recovered, leap: 5, weight: 2, as: {decay: {rate: 0.5, half: 0.1}}}
    - {feature: notes_per_bar}
    - {feature: leap_share}
constraints:
  - {rule: legal_leaps}
algorithm: {name: generational, population: 20}
stop: {generations: 3}
"""

MISTAKES = [
    ("seed: 4", "seed: -1", "1:7: seed: must be a whole number from 0"),
    ("seed: 4", "seed: four", "1:7: seed: must be a whole number from 0"),
    ("seed: 4", "sead: 4", "1:1: sead: no section is called 'sead'; did you mean 'seed'?"),
    ("kind: melody", "kind: melodie", "2:16: genome.kind: no genome kind is called 'melodie'; did you mean 'melody'?"),
    ("bars: 2", "bars: two", "2:30: genome.bars: must be a whole number, got 'two'"),
    ("bars: 2", "bars: 0", "2:30: genome.bars: must be from 1 to 256, got 0"),
    ("bars: 2", "bars: true", "2:30: genome.bars: must be a whole number, got true"),
    ("bars: 2", "barz: 2", "2:24: genome.barz: no option is called 'barz' here; did you mean 'bars'?"),
    ("bars: 2", "key: H major", "2:29: genome.key: a tonic must be written a letter A-G"),
    ("bars: 2", "key: C mayor", "genome.key: no mode is called 'mayor'; did you mean 'major'?"),
    ("bars: 2", "metre: 3/5", "genome.metre: a metre must be written such as 3/4"),
    ("bars: 2", "low: C5, high: C4", "genome.low: from low to high there must be two notes"),
    ("bars: 2", "pickup: 7", "genome.grid: bars of 4/4 and the pick-up must be whole multiples of 1/8"),
    ("leaps_recovered", "leaps_recoverd", "no rule is called 'leaps_recoverd'; did you mean 'leaps_recovered'?"),
    ("rule: leaps_recovered", "feature: leaps_recovered", "it is a rule: write 'rule: leaps_recovered'"),
    ("leap: 5", "leep: 5", "no option is called 'leep' here; did you mean 'leap'?"),
    ("leap: 5", "leap: 128", "objective.theory[0].leap: must be from 1 to 127, got 128"),
    ("weight: 2", "weight: .nan", "weight: must be above 0 and at most 1e9, got nan"),
    ("weight: 2", "weight: 0", "weight: must be above 0 and at most 1e9, got 0"),
    ("weight: 2", "weight: [2]", "weight: must be a number"),
    ("half: 0.1", "half: 0", "objective.theory[0].as.decay.half: must be from 1e-09"),
    ("decay: {rate: 0.5, half: 0.1}", "band: {low: 0, high: 1, sd: 1}", "'band' is for a feature; a rule takes"),
    ("notes_per_bar", "interval_profile", "objective.theory[1].feature: 'interval_profile' needs targets"),
    ("feature: notes_per_bar", "feature: notes_per_bar, targets: [no.mid]", "no.mid: cannot be read: No such file"),
    ("feature: notes_per_bar", "feature: notes_per_bar, distance: difference", "needs a feature with targets"),
    ("feature: notes_per_bar", "feature: notes_per_bar, voices: [2]", "must be a voice from 1 to 1 or one of"),
    ("notes_per_bar}", "notes_per_bar, as: {band: {low: 2, high: 1, sd: 1}}}", "low: must not be above high"),
    ("rule: legal_leaps", "feature: ambitus", "constraints[0]: a constraint must be a rule"),
    ("  theory:\n", "  theory: []\n  other:\n", "objective.theory: must be a list of criteria"),
    ("  theory:\n", "  play: [{rule: in_key}]\n  theory:\n", "'generational' follows one axis, got play, theory"),
    ("name: generational", "name: generation", "no algorithm is called 'generation'; did you mean 'generational'?"),
    ("population: 20", "population: 20, elite: 20", "algorithm.elite: must be smaller than the population, got 20"),
    ("population: 20", "population: 20, mutation: 1.5", "algorithm.mutation: must be from 0 to 1, got 1.5"),
    ("population: 20", "population: 20, mate: bar", "of DEAP that fits, got 'bar'; did you mean 'bars'?"),
    ("generations: 3", "generations: null", "stop: a run must end"),
    ("generations: 3", "target: 2", "stop.target: must be from 0 to 1, got 2"),
    ("stop: {", "export: {formats: [midi]}\nstop: {", "no format is called 'midi'; did you mean 'mid'?"),
    ("stop: {", "export: {instrument: kazoo}\nstop: {", "export.instrument: no instrument is called 'kazoo'"),
    ("stop: {", "plugins: [none.py]\nstop: {", "plugins[0]: "),
    ("stop: {", "start: [none.mid]\nstop: {", "start[0]: "),
    ("stop: {", "start: none.mid\nstop: {", "start: must be a list, got 'none.mid'"),
]  # fmt: skip


def written(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_its_mend(tmp_path, old, new, told):
    """One wrong value gives a line with file, line, column, key path, what is wrong; then the source and a caret."""
    assert old in SMALL
    with pytest.raises(DocumentError, match=re.escape(told)) as caught:
        Experiment.load(written(tmp_path, SMALL.replace(old, new)))
    first, source, caret, *_ = str(caught.value).split("\n")
    line, column = map(int, re.findall(r"small\.yaml:(\d+):(\d+): ", first)[0])
    assert source == SMALL.replace(old, new).split("\n")[line - 1]
    assert caret == " " * (column - 1) + "^"


def test_all_mistakes_are_told_at_once(tmp_path):
    """Five mistakes in five places give five lines with a place, in the order of the file."""
    text = SMALL.replace("seed: 4", "seed: x").replace("bars: 2", "bars: -2").replace("leap: 5", "leap: q")
    text = text.replace("legal_leaps", "legal_leeps").replace("population: 20", "population: 1")
    with pytest.raises(DocumentError, match="seed") as caught:
        Experiment.load(written(tmp_path, text))
    lines = [int(n) for n in re.findall(r"small\.yaml:(\d+):\d+: ", str(caught.value))]
    assert lines == [1, 2, 5, 9, 10]


def test_a_plugin_that_fails_is_told_in_one_line(tmp_path):
    """A user's file that raises, exits or does not parse is named with what happened."""
    for code, told in (("1/0", "ZeroDivisionError"), ("raise SystemExit", "SystemExit"), ("def", "not valid Python")):
        (tmp_path / "mine.py").write_text(code)
        with pytest.raises(DocumentError, match=told) as caught:
            Experiment.load(written(tmp_path, SMALL + "plugins: [mine.py]\n"))
        assert "mine.py" in str(caught.value)
        assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("None", "a rule must give a Verdict, got NoneType"),
        ("notes.present", "a rule must give a Verdict, got ndarray"),
        ("Verdict(notes.present * 1, notes.present, notes)", "masks must be bool, got int64 and bool"),
        ("Verdict(notes.present[:, :1], notes.present, notes)", "masks must be alike"),
        ("Verdict(notes.present, notes.is_last, notes)", "what is broken must be tested"),
        ("1 / 0", "stopped with ZeroDivisionError"),
        ("exit()", "stopped with SystemExit"),
        ("notes.pitches", "stopped with AttributeError"),
    ],
)
def test_a_users_rule_that_gives_no_answer_is_refused_at_the_door(tmp_path, answer, told):
    """Before anything evolves, with the line of the file that names it."""
    code = "from fitness.entries import rule\nfrom fitness.verdict import Verdict\n@rule\ndef mine(phrases):\n"
    (tmp_path / "mine.py").write_text(code + f"    notes = phrases.notes\n    return {answer}\n")
    text = SMALL.replace("rule: legal_leaps", "rule: mine") + "plugins: [mine.py]\n"
    with pytest.raises(DocumentError, match=r"small\.yaml:9:12: constraints\[0\]\.rule: ") as caught:
        Experiment.load(written(tmp_path, text))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("phrases.notes.count[0] * 1.0", "must give float64 [length, 64], got float64 (64,)"),
        ("phrases.notes.count", "must give float64 [length, 64], got int32"),
        ("phrases.notes.count / 0.0", "must be finite"),
        ("0.5", "got float"),
    ],
)
def test_a_users_feature_that_gives_no_number_is_refused_at_the_door(tmp_path, answer, told):
    """Shape, type and finiteness are checked on sample phrases."""
    code = "import numpy as np\nfrom fitness.entries import feature, usual_band\n"
    code += "@feature(**usual_band(0, 1, 1))\ndef mine(phrases):\n"
    code += f"    with np.errstate(all='ignore'):\n        return {answer}\n"
    (tmp_path / "mine.py").write_text(code)
    text = SMALL.replace("feature: leap_share", "feature: mine") + "plugins: [mine.py]\n"
    with pytest.raises(DocumentError, match=re.escape(told)):
        Experiment.load(written(tmp_path, text))


def test_one_track_of_a_file_can_be_named(tmp_path):
    """A target or a start may be `{file: path, track: number or name}`."""
    from evolve.formats.midi import to_bytes
    from fitness.phrase import Phrase

    two = Phrase.parse("C major 4/4: <high@0> C5*4 | C5*4 ; <low@0> C4 D4 E4 F4 | G4 F4 E4 D4")
    (tmp_path / "two.mid").write_bytes(to_bytes(two))
    text = SMALL.replace("bars: 2", "bars: 2, low: C4, high: C6") + "start: [{file: two.mid, track: low}]\n"
    loaded = Experiment.load(written(tmp_path, text))
    assert loaded.phrase(loaded.start[0]).voices[0].notes == two.voices[1].notes
    with pytest.raises(DocumentError, match="no track is called 'middle'"):
        Experiment.load(written(tmp_path, text.replace("track: low", "track: middle")))
    with pytest.raises(DocumentError, match=re.escape("must be a path or {file: path, track: 2}")):
        Experiment.load(written(tmp_path, text.replace("track: low", "part: low")))


@pytest.mark.parametrize(
    "change", ["objective.theory[0].rule=[x]", "genome={kind: [melody]}", "algorithm={name: {a: 1}}", "genome.kind=3"]
)
def test_a_name_that_is_no_text_is_told_like_any_wrong_name(tmp_path, change):
    """Lists and mappings are no names."""
    with pytest.raises(DocumentError, match="must name a"):
        Experiment.load(written(tmp_path, SMALL), [change])


def test_paths_in_the_file_are_relative_to_it_and_those_of_set_to_the_current_folder(tmp_path, monkeypatch):
    """The same name means two files, by where it was written."""
    tune = (EXPERIMENTS[0].parent / "tunes" / "ode_to_joy.mid").read_bytes()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "here.mid").write_bytes(tune)
    (tmp_path / "b" / "there.mid").write_bytes(tune)
    monkeypatch.chdir(tmp_path / "b")
    path = written(tmp_path / "a", SMALL.replace("feature: notes_per_bar", "feature: ambitus, targets: [here.mid]"))
    assert Experiment.load(path).inputs[0].source == tmp_path / "a" / "here.mid"
    set_ = Experiment.load(path, ["objective.theory[1].targets=[there.mid]"])
    assert set_.inputs[0].source == Path("there.mid")


def test_set_and_seed_override_the_file(tmp_path):
    """`--set` reaches any depth, and `seed` wins over all."""
    loaded = Experiment.load(written(tmp_path, SMALL), ["genome.bars=3", "objective.theory[0].weight=7"], seed=99)
    assert loaded.seed == 99
    assert loaded.objective.criteria[0].weight == 7
    assert loaded.kind.decode(loaded.kind.sample(2, np.random.default_rng(0)))[0].length == 3 * 96


def test_a_mistake_of_set_is_told_as_such(tmp_path):
    """The message names the assignment, not a line of the file."""
    with pytest.raises(DocumentError, match=r"--set genome\.bars=0: genome\.bars: must be from 1 to 256"):
        Experiment.load(written(tmp_path, SMALL), ["genome.bars=0"])


def test_an_objective_without_density_or_leaps_is_warned_about(tmp_path):
    """Where nothing asks for notes, silence would win."""
    bare = SMALL.replace("    - {feature: notes_per_bar}\n    - {feature: leap_share}\n", "")
    warnings = Experiment.load(written(tmp_path, bare)).warnings
    assert [w.split(",")[0] for w in warnings] == ["nothing asks for notes", "nothing asks for leaps"]
    assert Experiment.load(written(tmp_path, SMALL)).warnings == ()


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_every_shipped_experiment_loads_and_runs_two_generations(path):
    """And opens with its question and what to listen for; the README asks the same."""
    loaded = Experiment.load(path, ["stop.generations=2", "algorithm.population=20"])
    numbers = [generation.number for generation, _ in zip(loaded.evolve(), range(3), strict=False)]
    assert numbers == [0, 1, 2]
    question, listen = path.read_text().splitlines()[:2]
    assert question.startswith("# ")
    assert question.endswith("?")
    assert listen.startswith("# Listen for:")


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_resolved_experiments_mean_the_same(tmp_path, path):
    """`resolved.yaml` beside its `inputs/` gives the same scores as the file it came from."""
    loaded = Experiment.load(path)
    (tmp_path / "inputs").mkdir()
    for item in loaded.inputs:
        (tmp_path / "inputs" / item.name).parent.mkdir(exist_ok=True)
        (tmp_path / "inputs" / item.name).write_bytes(item.data)
    (tmp_path / "resolved.yaml").write_text(resolved_yaml(loaded))
    again = Experiment.load(tmp_path / "resolved.yaml")
    phrases = loaded.kind.decode(loaded.kind.sample(20, np.random.default_rng(1)))
    assert np.array_equal(loaded.objective(phrases).axes, again.objective(phrases).axes)
    assert (loaded.options, loaded.stop, loaded.export) == (again.options, again.stop, again.export)


def test_eaSimple_on_the_deap_toolbox_scores_as_the_batch_engine(tmp_path):  # noqa: N802 - DEAP's name
    """The bridge: DEAP's own loop, one individual at a time, gives each phrase the engine's score."""
    import random

    from deap import algorithms

    loaded = Experiment.load(written(tmp_path, SMALL))
    toolbox = loaded.deap_toolbox()
    state = random.getstate()
    random.seed(1)
    population, _ = algorithms.eaSimple(toolbox.population(n=12), toolbox, 0.7, 0.5, 3, verbose=False)
    random.setstate(state)
    scores = loaded.objective(Phrases.of(*(loaded.phrase(individual) for individual in population)))
    for i, individual in enumerate(population):
        assert individual.fitness.values == (scores.faults[i], scores.axes[0, i])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_spoilt_file_gives_an_experiment_or_a_located_error(tmp_path, data):
    """Dropping, doubling or misspelling a piece of a line never ends in another exception."""
    lines = SMALL.split("\n")
    row = data.draw(st.integers(0, len(lines) - 2))
    words = re.split(r"(\W)", lines[row])
    at = data.draw(st.integers(0, len(words) - 1))
    words[at] = data.draw(
        st.sampled_from(["", words[at] * 2, "x", "-1", "1e99", "null", "[", "}", ".nan", "{a: 1}", "[1]"])
    )
    lines[row] = "".join(words)
    try:
        Experiment.load(written(tmp_path, "\n".join(lines)))
    except DocumentError as error:
        assert "small.yaml:" in str(error)
