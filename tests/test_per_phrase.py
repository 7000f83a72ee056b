"""Rules and features in plain Python, one phrase at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from fitness.catalogue import Extension
from fitness.criterion import Criterion
from fitness.entries import feature, rule
from fitness.objective import Objective
from fitness.per_phrase import batched
from fitness.phrase import Note, Phrase
from fitness.phrases import Phrases
from fitness.rules.melody import leaps_recovered
from fitness.theory import QUARTER
from tests.reference.phrases import random_phrases


def recovered(phrase: Phrase, *, leap: int = 5) -> Iterator[tuple[int, Note, bool]]:
    """What leaps_recovered says, note by note."""
    for number, voice in enumerate(phrase.voices):
        notes = voice.notes
        for before, note, after in zip(notes, notes[1:], notes[2:], strict=False):
            up, back = note.pitch - before.pitch, after.pitch - note.pitch
            if abs(up) >= leap:
                yield number, note, up * back < 0 and abs(back) <= 2


def entry(function, name="mine") -> Extension:
    return Extension(name, function, {"per_phrase": True})


def test_a_rule_of_one_phrase_says_what_the_same_rule_of_batches_says():
    """Slower, and as correct: masks, places and counts are equal."""
    phrases = Phrases.of(*random_phrases(60, seed=4))
    ours, theirs = batched(entry(recovered), is_rule=True)(phrases), leaps_recovered(phrases)
    assert np.array_equal(ours.broken, theirs.broken)
    assert np.array_equal(ours.tested, theirs.tested)


def test_options_are_handed_on():
    """`leap` is an option as any other."""
    phrases = Phrases.of(*random_phrases(30, seed=5))
    ours = batched(entry(recovered), is_rule=True)(phrases, leap=3)
    assert ours.counts.tolist() == leaps_recovered(phrases, leap=3).counts.tolist()


def test_a_feature_of_one_phrase_may_be_a_number_or_a_list():
    """One number a phrase, or as many for each."""
    phrases = Phrases.of(Phrase.parse("C4 D4"), Phrase.parse("C4 D4 E4"))
    number = batched(entry(lambda phrase: len(phrase.voices[0].notes)), is_rule=False)(phrases)
    assert number.tolist() == [[2.0, 3.0]]
    several = batched(entry(lambda phrase: [phrase.length / QUARTER, 1]), is_rule=False)(phrases)
    assert several.tolist() == [[2.0, 3.0], [1.0, 1.0]]


@pytest.mark.parametrize("told", [(0, Note(0, 24, 61), True), (1, Note(0, 24, 60), True), "C4", (0, Note(0, 24, 60))])
def test_what_is_no_note_of_the_phrase_is_refused(told):
    """A place that is not there could be marked nowhere."""
    with pytest.raises(ValueError, match="mine: must yield"):
        batched(entry(lambda phrase: [told]), is_rule=True)(Phrases.of(Phrase.parse("C4 D4")))


def test_features_of_different_lengths_are_refused():
    """A target made from one phrase must fit the other."""
    with pytest.raises(ValueError, match="must return one number, or as many for every phrase"):
        batched(entry(lambda phrase: [1.0] * len(phrase.voices[0].notes)), is_rule=False)(
            Phrases.of(Phrase.parse("C4 D4"), Phrase.parse("C4"))
        )


def test_an_experiment_may_name_one():
    """Registered with `per_phrase=True` it is a criterion like any other, and explains itself."""
    try:
        rule(per_phrase=True)(recovered)
        feature(per_phrase=True, scale=4.0)(note_number)
        criteria = (Criterion.of_rule("recovered"),)
        score = Objective({"line": criteria}).score(Phrase.parse("C4 A4 G4 C5 D5"))
        assert score.axes["line"] == 0.5
        assert "kept at 1 of 2" in score.explain()
        target = Phrases.of(Phrase.parse("C4 D4"))
        like = Criterion.of_feature("note_number", targets=target)
        assert Objective({"like": (like,)}).score(Phrase.parse("C4 D4 E4 F4")).axes["like"] == 0.5
    finally:
        rule._entries.pop("recovered", None)
        feature._entries.pop("note_number", None)


def note_number(phrase: Phrase) -> float:
    """How many notes the first voice has."""
    return len(phrase.voices[0].notes)
