"""Counterpoint against a cantus firmus: the cantus, the genome kind, styles, and the search that finds a line."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evolve.algorithms.algorithm import Mending, Task
from evolve.algorithms.generational import generational
from evolve.cantus import CANTUS_FIRMI, cantus_of, mode_of
from evolve.criteria import objective_of
from evolve.experiment import Experiment
from evolve.formats.midi import read
from evolve.genomes.counterpoint import counterpoint
from evolve.mending import mended, pruned
from evolve.problems import DocumentError
from evolve.run import perform
from evolve.species import BAR
from evolve.streams import Streams
from evolve.styles import style_named, style_names, style_of
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.style import Style

EXPERIMENTS = Path(__file__).parents[1] / "experiments"
FUX = style_named("fux")


@pytest.mark.parametrize(
    ("notation", "mode"),
    [
        ("D4 F4 E4 D4 G4 F4 A4 G4 F4 E4 D4", "D dorian"),
        ("E4 C4 D4 C4 A3 A4 G4 E4 F4 E4", "E phrygian"),
        ("G4 Bb4 A4 G4 C5 Bb4 D5 C5 Bb4 A4 G4", "G dorian"),
        ("Bb3 D4 Eb4 F4 D4 C4 Bb3", "Bb ionian"),
        ("C4 E4 D4 C4", "C major"),
        ("A minor: A4 C5 B4 A4", "A minor"),
        ("F4 G4 A4 Bb4 G4 F4", "F ionian"),
    ],
)
def test_the_mode_of_a_cantus_is_found_from_its_notes_or_read(notation, mode):
    """The last note is the final; of the modes on it the one that has the notes, with the fewest accidentals."""
    assert str(mode_of(cantus_of(notation))) == mode


def test_fuxs_cantus_firmi_are_there_by_name_and_a_wrong_name_is_told():
    """Six of them, each in the mode of its final."""
    assert [str(mode_of(cantus_of(name))) for name in CANTUS_FIRMI] == [
        "D dorian", "E phrygian", "F lydian", "G mixolydian", "A aeolian", "C ionian",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no cantus is called 'fux_h'; did you mean 'fux_"):
        cantus_of("fux_h")


@pytest.mark.parametrize("species", range(1, 6))
@pytest.mark.parametrize("position", ["above", "below"])
def test_the_cantus_is_never_touched_and_has_one_note_a_bar(species, position):
    """Whatever the genes, and whatever is done to them."""
    kind = counterpoint(cantus=cantus_of("fux_a"), species=species, position=position)
    genes = kind.sample(12, np.random.default_rng(1))
    wanted = [note.pitch for note in cantus_of("fux_a").voices[0].notes]
    for turn in range(4):
        for phrase in kind.decode(genes).each:
            cantus = next(voice for voice in phrase.voices if voice.name == "cantus")
            assert [(n.onset, n.duration, n.pitch) for n in cantus.notes] == [
                (bar * BAR, BAR, pitch) for bar, pitch in enumerate(wanted)
            ]
            assert phrase.voices.index(cantus) == (1 if position == "above" else 0)
        genes = kind.mutate(genes, np.random.default_rng(turn))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"voices": 2, "species": 2}, "voices: more than one are added in the first species only"),
        ({"position": "around"}, "position: 'around' needs two added voices"),
        ({"cantus": cantus_of("D4 F4")}, "cantus: must have 3 to 64 notes, got 2"),
        ({"low": 70, "high": 70}, "low: from low to high there must be two notes"),
        (
            {"key": mode_of(cantus_of("fux_e"))},
            "key: must have its tonic on the last note of the cantus, D4, got E phrygian",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_with_its_option(options, message):
    with pytest.raises(ValueError, match=message):
        counterpoint(**options)


@pytest.mark.parametrize("species", range(1, 6))
@pytest.mark.parametrize(("cantus", "position"), [("fux_d", "above"), ("fux_g", "below")])
def test_every_species_is_solved(species, cantus, position):
    """A line without a fault is there within a few generations; `benchmarks/counterpoint.py` proves it on all."""
    kind = counterpoint(cantus=cantus_of(cantus), species=species, position=position)
    objective = objective_of(FUX, kind)
    for generation in generational(Task(kind, objective, Streams(1)), population=100):
        if generation.best.fitness.values[0] == 0 or generation.number == 40:
            break
    score = objective.score(kind.decode(generation.population.genes[[generation.population.best]])[0])
    assert score.faults == 0


def test_three_voices_are_solved_and_sound_the_tonic_chord_at_both_ends():
    kind = counterpoint(voices=2, position="around")
    objective = objective_of(FUX, kind)
    for generation in generational(Task(kind, objective, Streams(2)), population=100):
        if generation.best.fitness.values[0] == 0 or generation.number == 60:
            break
    phrase = kind.decode(generation.population.genes[[generation.population.best]])[0]
    assert objective.score(phrase).faults == 0
    for tick in (0, 10 * BAR):
        chord = {note.pitch % 12 for voice in phrase.voices for note in voice.notes if note.onset == tick}
        assert chord <= {2, 5, 6, 9}
        assert 2 in chord


def test_an_experiment_takes_its_criteria_from_a_style_and_its_own_come_first():
    """What a file says of a rule replaces what the style says of it, hard or soft."""
    usual = Experiment.load(EXPERIMENTS / "species_2.yaml")
    changed = Experiment.load(
        EXPERIMENTS / "species_2.yaml",
        ["objective.quality=[{rule: no_battuta, leap: 7}]", "constraints=[{rule: legal_leaps, sixths: up}]"],
    )
    assert list(usual.objective.axes) == ["quality"]
    assert list(changed.objective.axes) == ["quality"]
    for experiment, leap in ((usual, 5), (changed, 7)):
        battuta = [criterion for criterion in experiment.objective.axes["quality"] if criterion.name == "no_battuta"]
        assert [criterion.judge.keywords.get("leap") for criterion in battuta] == [leap]
    hard = [criterion for criterion in changed.objective.constraints if criterion.name.startswith("legal_leaps")]
    assert [criterion.judge.keywords["sixths"] for criterion in hard] == ["up"]


def test_the_resolved_experiment_of_a_style_is_the_same_experiment(tmp_path):
    """`resolved.yaml` spells the style out, and runs as it is."""
    first = perform(_quick("species_4"), tmp_path / "first", argv=[])
    again = perform(Experiment.load(tmp_path / "first" / "resolved.yaml"), tmp_path / "again", argv=[])
    assert first.best == again.best


def _quick(name: str, *changes: str) -> Experiment:
    few = ["stop.generations=4", "algorithm.population=40", "export.best=1"]
    return Experiment.load(EXPERIMENTS / f"{name}.yaml", [*few, *changes])


def test_a_cantus_from_a_midi_file_is_read_and_kept_in_the_run(tmp_path):
    """One track a voice comes out, named, one cantus note a bar; the file goes with the run."""
    from evolve.formats.midi import to_bytes

    (tmp_path / "mine.mid").write_bytes(to_bytes(cantus_of("A3 C4 B3 D4 C4 B3 A3"), tempo_bpm=90))
    experiment = _quick("species_2", f"genome.cantus={tmp_path / 'mine.mid'}", "genome.position=above")
    record = perform(experiment, tmp_path / "run", argv=[])
    phrase = read((tmp_path / "run" / "best" / "01.mid").read_bytes()).phrase
    assert [voice.name for voice in phrase.voices] == ["counterpoint", "cantus"]
    assert [note.onset for note in phrase.voices[1].notes] == [bar * BAR for bar in range(7)]
    assert (tmp_path / "run" / "inputs" / "01-mine.mid").exists()
    again = perform(Experiment.load(tmp_path / "run" / "resolved.yaml"), tmp_path / "again", argv=[])
    assert again.best == record.best


def test_a_style_that_does_not_fit_is_told_in_place():
    with pytest.raises(DocumentError, match="style: no style is called 'fuxx'; did you mean 'fux'"):
        _quick("species_1", "style=fuxx")
    with pytest.raises(DocumentError, match="style: the style 'fux' is for music that has a species, this has none"):
        _quick("two_rules", "style=fux")


def test_a_users_style_includes_one_of_ours_and_replaces_what_it_names(tmp_path):
    (tmp_path / "mine.json").write_text(
        '{"name": "mine", "includes": ["_species"], "criteria": ['
        '{"rule": "compass_limited", "most": 12, "voices": "added", "hard": true},'
        '{"feature": "step_share", "voices": "each"}]}'
    )
    experiment = _quick("species_1", f"style={tmp_path / 'mine.json'}")
    found = [c.judge.keywords["most"] for c in experiment.objective.constraints if c.name == "compass_limited"]
    assert found == [12]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "a style must be JSON"),
        ("[]", "a style must be a mapping with 'criteria', got list"),
        ('{"criterias": []}', "a style has no 'criterias'"),
        ('{"criteria": [1]}', "a style must have a list of criteria"),
        ('{"criteria": [{"rule": "in_key", "when": {"species": 2}}]}', "'when' must be a mapping of facts to lists"),
        ('{"criteria": [], "includes": ["fuks"]}', "no style is called 'fuks'"),
    ],
)
def test_a_broken_style_is_refused_in_one_line(text, message):
    with pytest.raises(ValueError, match=message):
        style_of(text.encode())


def test_each_style_says_what_it_is_and_where_it_comes_from():
    for name in style_names():
        style = style_named(name)
        assert style.name == name
        assert style.about.endswith(".")
        assert style.source


def test_a_style_needs_the_facts_it_asks_for_and_voices_that_were_added():
    style = Style.from_dict({"criteria": [{"rule": "in_key", "voices": "added"}]})
    with pytest.raises(ValueError, match="is for voices added to a given one, this has none"):
        style.criteria_for({})


FUX_FIRST = Phrase.parse(  # Fux, Gradus ad Parnassum (1725), book II, his first solution
    "D dorian: <counterpoint@0> A4*4 | A4*4 | G4*4 | A4*4 | B4*4 | C5*4 | C5*4 | B4*4 | D5*4 | C#5*4 | D5*4 ;"
    " <cantus@0> D4*4 | F4*4 | E4*4 | D4*4 | G4*4 | F4*4 | A4*4 | G4*4 | F4*4 | E4*4 | D4*4"
)


def _exercise(species: int) -> tuple:
    kind = counterpoint(species=species)
    return kind, objective_of(FUX, kind)


def test_local_search_takes_away_what_one_note_or_two_can_mend():
    """A faultless line with one note and then two spoilt is mended, and the note of the line comes back by pruning."""
    kind, objective = _exercise(1)
    good = kind.start_from([FUX_FIRST])[0]
    assert objective(kind.decode(good[None])).faults.tolist() == [0]
    for spoilt in ((4,), (4, 5)):
        genes = good.copy()
        genes[list(spoilt)] = kind.bounds[1][list(spoilt)]
        before = int(objective(kind.decode(genes[None])).faults[0])
        found, fewer, evaluations = mended(kind, objective, genes)
        assert before > 0
        assert objective(kind.decode(found[None])).faults.tolist() == [0]
        assert fewer == before
        assert evaluations > 10
    other = good.copy()
    other[[2, 5]] += 2  # two other notes that nothing asked for
    assert not np.array_equal(other, good)
    assert np.array_equal(pruned(kind, objective, other, good), good)
    wrong = good.copy()
    wrong[4] = kind.bounds[1][4]  # what the model has wrong must stay changed
    kept = pruned(kind, objective, found, wrong)
    assert kept[4] != wrong[4]
    assert objective(kind.decode(kept[None])).faults.tolist() == [0]


def test_the_log_tells_what_each_part_of_the_search_did(tmp_path):
    perform(_quick("species_3"), tmp_path / "run", argv=[])
    log = (tmp_path / "run" / "run.log").read_text()
    assert "search: the first population had" in log
    assert "variation and selection took away" in log
    perform(_quick("first_phrase", "constraints=[]"), tmp_path / "free", argv=[])
    assert "search:" not in (tmp_path / "free" / "run.log").read_text()


def test_local_search_helps_a_population_that_is_stuck():
    """Where variation may change nothing, only local search is left to mend the last fault."""
    kind, objective = _exercise(1)
    broken = kind.start_from([FUX_FIRST])
    broken[0, 4] = kind.bounds[1][4]
    task = Task(kind, replace(objective, blames=True), Streams(1), broken)

    def faults(mend: int | None) -> tuple[int, Mending | None]:
        walk = generational(task, population=4, mutation=0.0, crossover=0.0, distinct=False, restart=None, mend=mend)
        for generation in walk:
            if generation.number == 8:
                return int(generation.best.fitness.values[0]), generation.mending
        raise AssertionError

    assert isinstance(objective, Objective)
    with_none, never = faults(None)
    with_it, done = faults(2)
    assert never == Mending()
    assert done is not None
    assert with_none - with_it == done.faults > 0
    assert done.tries >= 1
