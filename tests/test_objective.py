"""Criteria, objectives and the scores that explain themselves."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.verdict import Place, decay, gate
from tests.melodies import FRERE_JACQUES, ODE_TO_JOY, TUNES
from tests.reference.phrases import AWKWARD, SETTINGS, random_phrases
from tests.test_phrases import on_grid

RULES = ("legal_leaps", "leaps_recovered", "in_key", "ends_on_tonic", "no_syncopation", "phrase_ends_lengthened")
FEATURES = ("step_share", "ambitus", "interval_entropy", "key_fit", "motif_economy")


def of_rules(*names: str, **options) -> tuple[Criterion, ...]:
    return tuple(Criterion.of_rule(name, **options) for name in names)


def full_objective() -> Objective:
    """Rules, features, likenesses, a criterion on one voice, and constraints."""
    likeness = tuple(
        Criterion.of_feature(name, targets=Phrases.of(ODE_TO_JOY, FRERE_JACQUES))
        for name in ("interval_profile", "duration_profile", "degree_profile", "step_share")
    )
    one_voice = (Criterion.of_rule("leaps_recovered", voices=(0,), label="top"),)
    bands = tuple(Criterion.of_feature(name) for name in FEATURES)
    constraints = of_rules("repeats_limited", "no_parallel_perfects")
    return Objective({"theory": of_rules(*RULES) + one_voice, "usual": bands, "like": likeness}, constraints, True)


@pytest.mark.parametrize("cells", [1, 50, 333, 1000, 5000, 2**17])
def test_a_phrase_scores_the_same_in_blocks_of_any_size(monkeypatch, cells):
    """Scores do not depend on how the batch was cut: not in the ninth decimal, not in a count, not in the blame."""
    objective = full_objective()
    batch = Phrases.of(*TUNES.values(), *AWKWARD.values(), *random_phrases(37, seed=50))
    whole = objective(batch)
    monkeypatch.setattr("fitness.phrases.BLOCK_CELLS", cells)
    cut = objective(batch)
    assert np.array_equal(whole.axes, cut.axes)
    assert np.array_equal(whole.broken, cut.broken)
    assert np.array_equal(whole.tested, cut.tested)
    assert np.array_equal(whole.worth, cut.worth)
    blames = [
        sorted(zip(said.blame.phrase.tolist(), said.blame.voice.tolist(), said.blame.tick.tolist(), strict=True))
        for said in (whole, cut)
    ]
    assert blames[0] == blames[1]


def test_a_phrase_scores_the_same_alone_and_in_company():
    """A phrase is as good as it is, whoever else is judged with it."""
    objective = full_objective()
    many = [*TUNES.values(), *AWKWARD.values(), *random_phrases(60, seed=51)]
    together = objective(Phrases.of(*many))
    for i, phrase in enumerate(many):
        alone = objective(Phrases.of(phrase))
        assert alone.axes[:, 0].tolist() == together.axes[:, i].tolist(), str(phrase)
        assert alone.broken[:, 0].tolist() == together.broken[:, i].tolist()
        assert alone.faults[0] == together.faults[i]
        assert objective.score(phrase).axes == together[i].axes


def test_a_phrase_scores_the_same_from_a_grid_and_from_notes():
    """How a phrase came to be is not heard."""
    objective = full_objective()
    for header in SETTINGS[:4]:
        text = f"{header} C4*{Phrase.parse(header).metres[0][1].bar * 2 + Phrase.parse(header).pickup}/24"
        text += " ; C3 D3 G3"
        assert objective(on_grid(text)).axes.tolist() == objective(Phrases.of(Phrase.parse(text))).axes.tolist()


def test_an_axis_is_the_weighted_mean_of_its_criteria():
    """Three parts of 1 and one of 1/2 make 7/8."""
    tune = Phrase.parse("C4 F#4 G4")  # one of two moves is a tritone; the last note is no tonic
    leaps = Criterion.of_rule("legal_leaps", weight=1.0)
    tonic = Criterion.of_rule("ends_on_tonic", weight=3.0)
    score = Objective({"theory": (leaps, tonic)}).score(tune)
    assert score.axes == {"theory": 0.125}


def test_a_rule_that_applied_nowhere_shares_its_weight_out():
    """Where nothing leaps, how leaps are answered says neither good nor bad."""
    tune = Phrase.parse("C4 D4 C4")
    leaps = Criterion.of_rule("leaps_recovered", weight=9.0)
    legal = Criterion.of_rule("in_key", weight=1.0)
    score = Objective({"theory": (leaps, legal)}).score(tune)
    assert score.axes == {"theory": 1.0}
    assert score.parts[0].worth is None
    assert score.parts[0].explain() == "leaps_recovered: did not apply"


def test_an_axis_of_which_nothing_applied_is_0():
    """Silence is not rewarded for breaking no rule."""
    objective = Objective({"theory": of_rules("leaps_recovered", "legal_leaps")})
    assert objective.score(Phrase(length=96)).axes == {"theory": 0.0}


def test_constraints_count_their_faults_and_leave_the_axes_alone():
    """Feasible before infeasible, fewer faults before more: a count, not a rate."""
    tune = Phrase.parse("C4 F#4 C4 C5 B4 ; C3 F#3 C3 C4 B3")
    objective = Objective({"key": of_rules("in_key")}, of_rules("legal_leaps", "no_parallel_perfects"))
    score = objective.score(tune)
    assert score.faults == 4 + 4
    assert score.axes == {"key": 0.8}
    assert objective(Phrases.of(tune, Phrase.parse("C4 D4"))).faults.tolist() == [8, 0]


def test_a_rule_may_be_given_another_normaliser_and_options():
    """An experiment says `as:` and options; without them a rule has its own."""
    tune = Phrase.parse("C4 E4 G4 F4")
    usual = Criterion.of_rule("leaps_recovered", options={"leap": 3})
    gated = Criterion.of_rule("leaps_recovered", options={"leap": 3}, usual=gate)
    soft = Criterion.of_rule("leaps_recovered", options={"leap": 3}, usual=partial(decay, half=0.5))
    worth = [Objective({"a": (criterion,)}).score(tune).axes["a"] for criterion in (usual, gated, soft)]
    assert worth == [0.5, 0.0, 0.5]
    assert Objective({"a": of_rules("ends_on_tonic")}).score(tune).axes == {"a": 0.0}


def test_a_criterion_may_hear_some_voices_only():
    """`voices` names them from 0; places and blame still speak of the whole phrase."""
    tune = Phrase.parse("<a@0> C5 D5 E5 ; <b@0> C4 F#4 C4 ; <c@0> C3 B3 C3")
    heard = {voices: Criterion.of_rule("legal_leaps", voices=voices) for voices in (None, (0,), (1,), (2,), (1, 2))}
    faults = {
        voices: Objective({"a": (criterion,)}, (criterion,), True).score(tune).faults
        for voices, criterion in heard.items()
    }
    assert faults == {None: 4, (0,): 0, (1,): 2, (2,): 2, (1, 2): 4}
    objective = Objective({"a": (heard[(2,)],)}, blames=True)
    scores = objective(Phrases.of(tune))
    assert scores.blame is not None
    assert sorted(zip(scores.blame.voice.tolist(), scores.blame.tick.tolist(), strict=True)) == [(2, 24), (2, 48)]
    assert scores[0].parts[0].places(tune) == [Place(24, 48, (2,)), Place(48, 72, (2,))]
    assert "c (C3 to B3, major seventh up)" in scores[0].explain()


def test_likeness_is_1_to_the_target_and_less_to_another_tune():
    """With targets a criterion says how near a phrase is to them."""
    criterion = Criterion.of_feature("interval_profile", targets=Phrases.of(ODE_TO_JOY))
    objective = Objective({"like": (criterion,)})
    assert objective.score(ODE_TO_JOY).axes == {"like": 1.0}
    assert 0.0 < objective.score(FRERE_JACQUES).axes["like"] < 1.0


def test_the_target_of_many_tunes_is_the_mean_of_their_features():
    """Half steps, half repeats: as far from either."""
    targets = Phrases.of(Phrase.parse("C4 D4 E4"), Phrase.parse("C4 C4 C4"))
    objective = Objective({"like": (Criterion.of_feature("step_share", targets=targets),)})
    one, other = objective(targets).axes[0].tolist()
    assert one == other < 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Criterion.of_rule("leaps_recoverd"), "did you mean 'leaps_recovered'"),
        (lambda: Criterion.of_feature("ambit"), "no feature is called 'ambit'"),
        (lambda: Criterion.of_feature("interval_profile"), "needs targets"),
        (lambda: Criterion.of_feature("interval_profile", usual=gate), "give it targets"),
        (
            lambda: Criterion.of_feature("ambitus", targets=Phrases.of(ODE_TO_JOY), by="wasserstein"),
            "'wasserstein' needs a profile",
        ),
        (
            lambda: Criterion.of_feature("interval_profile", targets=Phrases.of(ODE_TO_JOY), by="difference"),
            "'difference' needs a number",
        ),
        (lambda: Objective({}), "must have an axis"),
        (lambda: Objective({"a": ()}), "each axis a criterion"),
        (lambda: Objective({"a": of_rules("in_key")}, (Criterion.of_feature("ambitus"),)), "constraints must be rules"),
        (lambda: Objective({"a": of_rules("in_key", weight=0.0)}), "weights must be finite and above 0"),
        (lambda: Objective({"a": of_rules("in_key", weight=float("inf"))}), "weights must be finite"),
        (lambda: Objective({"a": of_rules("in_key", weight=float("nan"))}), "weights must be finite"),
    ],
)
def test_what_makes_no_objective_is_refused(make, message):
    """An error says what is wrong before anything is judged."""
    with pytest.raises((ValueError, KeyError), match=message):
        make()


def test_a_score_explains_itself_with_bar_beat_and_what_is_heard():
    """A critique points at the page: bar 2, beat 3, and the intervals."""
    tune = Phrase.parse("<soprano@0> E5 F5 G5 A5 | B5 A5 G5*2 ; <bass@0> C4 C4 C4 D4 | E4 F4 C4*2")
    objective = Objective({"theory": of_rules("in_key")}, of_rules("no_parallel_perfects"))
    text = objective.score(tune).explain()
    assert text.splitlines()[0] == "2 faults against the constraints; theory 1.000"
    fifths = "perfect fifth to perfect fifth by similar motion"
    assert f"no_parallel_perfects: kept at 1 of 3; broken in bar 1, beat 4, soprano and bass ({fifths})" in text
    assert f"; bar 2, beat 1, soprano and bass ({fifths}, bars 1\u20132)" in text


def test_a_fault_of_one_voice_names_the_note_and_no_voice():
    """In a phrase of one voice there is no other to be meant."""
    tune = Phrase.parse("G major 3/4 pickup=24: D4 | G4*3/2 F4/2 G4")
    text = Objective({"theory": of_rules("in_key")}).score(tune).explain()
    assert text.splitlines()[1] == "  in_key: kept at 3 of 4; broken in bar 1, beat 2 1/2 (F4)"


def test_the_weakest_criteria_are_explained_first_and_those_that_did_not_apply_last():
    """What to mend stands on top."""
    tune = Phrase.parse("C4 D4 F#4")
    text = Objective({"a": of_rules("leaps_recovered", "in_key", "ends_on_tonic", "repeats_limited")}).score(tune)
    names = [line.split(":")[0].strip() for line in text.explain().splitlines()[1:]]
    assert names == ["ends_on_tonic", "in_key", "repeats_limited", "leaps_recovered"]


def test_many_faults_are_summed_up_after_five():
    """A reader wants the first few, and the number of the others."""
    tune = Phrase.parse("F#4 " * 8)
    assert "; and 3 more" in Objective({"a": of_rules("in_key")}).score(tune).explain()


def test_scores_without_their_phrases_still_explain_the_counts():
    """A score rebuilt from counts says how often, not where."""
    scores = Objective({"a": of_rules("in_key")})(Phrases.of(Phrase.parse("C4 F#4")))
    assert scores[0].parts[0].explain() == "in_key: kept at 1 of 2"


def test_faults_on_the_axes_are_not_counted_as_faults_against_constraints():
    """Only what is forbidden makes a phrase infeasible."""
    objective = Objective({"a": of_rules("in_key")}, of_rules("legal_leaps"))
    assert objective.score(Phrase.parse("C#4 D#4")).faults == 0


def test_scores_have_no_nan_for_any_phrase():
    """No NaN leaves the ear."""
    scores = full_objective()(Phrases.of(*AWKWARD.values(), *random_phrases(40, seed=52)))
    assert np.isfinite(scores.axes).all()
    assert np.isfinite(scores.worth).all()
    assert ((scores.axes >= 0) & (scores.axes <= 1)).all()


def test_an_empty_batch_has_no_scores():
    """Judging nobody is no error."""
    assert len(full_objective()(Phrases.of())) == 0
