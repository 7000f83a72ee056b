"""Our features against MusPy's metrics (Dong et al., ISMIR 2020).

The golden numbers are what MusPy 0.5.0 itself answered (with numpy 2.4.6), each voice a track at 24 steps a quarter;
where MusPy is installed, it is asked again, of many more phrases.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from fitness.entries import feature
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from tests.melodies import FRERE_JACQUES_ROUND, GREENSLEEVES, ODE_TO_JOY
from tests.reference import feature_numbers
from tests.reference.phrases import AWKWARD, random_phrases

WITH_SILENCES = Phrase.parse("C major 3/4: C4 r*2 | r*3 | E4/2 r/2 F#4 G4 | r*3 | r*3 | C5*3/2 r*3/2")
PIECES = (ODE_TO_JOY, FRERE_JACQUES_ROUND, GREENSLEEVES, WITH_SILENCES)
COMPAT = {"muspy_compat": True}
# MusPy's name, our feature, its options, and MusPy's answers for the four pieces.
GOLDEN = (
    ("n_pitches_used", "pitch_count", {}, (5, 6, 9, 5)),
    ("n_pitch_classes_used", "pitch_class_count", {}, (5, 6, 8, 4)),
    ("pitch_range", "ambitus", {}, (7, 9, 13, 12)),
    ("polyphony", "polyphony", {}, (1.0, 1.7916666666666667, 1.0, 1.0)),
    ("polyphony_rate", "polyphony_rate", COMPAT, (0.0, 0.125, 0.0, 0.0)),
    ("polyphony_rate", "polyphony_rate", COMPAT | {"threshold": 1}, (0.0, 0.6666666666666666, 0.0, 0.0)),
    ("scale_consistency", "scale_consistency", {}, (1.0, 1.0, 0.9444444444444444, 1.0)),
    (
        "pitch_entropy", "pitch_entropy", {},
        (2.2505377798848194, 2.3903360647604437, 2.9274512249645186, 2.321928094887362),
    ),
    (
        "pitch_class_entropy", "pitch_class_entropy", {},
        (2.2505377798848194, 2.3903360647604432, 2.774401919288771, 1.9219280948873623),
    ),
    ("empty_beat_rate", "empty_beat_share", COMPAT, (0.0, 0.0, 0.0, 0.5294117647058824)),
    ("empty_measure_rate", "empty_bar_share", COMPAT, (0.0, 0.0, 0.0, 0.33333333333333337)),
    (
        "groove_consistency", "groove_consistency", COMPAT,
        (0.984375, 0.9861111111111112, 0.9826388888888888, 0.9777777777777777),
    ),
)  # fmt: skip

each_metric = pytest.mark.parametrize(
    ("metric", "name", "options", "answers"),
    GOLDEN,
    ids=["-".join([row[0], *map(str, row[2].values())]) for row in GOLDEN],
)


def told(name: str, phrase: Phrase, **options: object) -> float:
    """What our feature says of one phrase."""
    return float(feature[name].function(Phrases.of(phrase), **options)[0, 0])


def sparse_phrases(n: int, seed: int) -> list[Phrase]:
    """Random phrases of which most notes are taken out, so that beats and bars are empty."""
    rng = random.Random(seed)
    return [
        replace(
            phrase,
            voices=tuple(replace(v, notes=tuple(x for x in v.notes if rng.random() < 0.2)) for v in phrase.voices),
        )
        for phrase in random_phrases(n, seed)
    ]


@each_metric
def test_a_feature_gives_the_golden_number_of_muspy(metric, name, options, answers):
    """Whoever compares with published figures needs the same figures."""
    assert [told(name, piece, **options) for piece in PIECES] == pytest.approx(list(answers), abs=1e-12)


@pytest.mark.parametrize(("piece", "answer"), [(ODE_TO_JOY, 1.0), (FRERE_JACQUES_ROUND, 1.0), (WITH_SILENCES, 0.8)])
def test_the_share_of_notes_in_a_major_scale_is_that_of_muspy(piece, answer):
    """A major key is the same to both."""
    assert told("pitch_in_scale_share", piece) == pytest.approx(answer, abs=1e-12)


def test_the_leading_note_of_minor_is_in_the_key_but_not_in_the_scale_of_muspy():
    """Of the eighteen notes of Greensleeves the D sharp alone is not in E natural minor: MusPy says 17/18, .944."""
    notes = [note.pitch % 12 for note in GREENSLEEVES.voices[0].notes]
    assert (len(notes), notes.count(3)) == (18, 1)
    assert told("pitch_in_scale_share", GREENSLEEVES) == 1.0


def test_without_compatibility_a_rate_of_two_pitches_counts_two_pitches():
    """MusPy's documentation says "multiple pitches", its code counts more than two; ours does what is written."""
    duet = Phrase.parse("C5*2 C5*2 ; C4*2 r*2")
    assert told("polyphony_rate", duet) == 0.5
    assert told("polyphony_rate", duet, muspy_compat=True) == 0.0


def test_without_compatibility_the_rests_at_the_end_are_time_too():
    """MusPy's music ends with its last note, a phrase with its last bar."""
    duet = Phrase.parse("C5*2 r*2 ; C4*2 r*2")
    assert told("polyphony_rate", duet) == 0.5
    assert told("polyphony_rate", duet, threshold=1, muspy_compat=True) == 1.0


def test_without_compatibility_no_bar_follows_the_last():
    """A tune of two equal bars is alike throughout; MusPy compares the second with an empty third."""
    twice = Phrase.parse("C4 D4 E4 F4 | C4 D4 E4 F4")
    assert told("groove_consistency", twice) == 1.0
    assert told("groove_consistency", twice, muspy_compat=True) == pytest.approx(1 - 4 / 96 / 2)


def test_without_compatibility_a_beat_that_a_note_only_ends_at_is_empty():
    """A note does not sound at the tick at which it stops."""
    halves = Phrase.parse("C4 r D4 r")
    assert told("empty_beat_share", halves) == 0.5
    assert told("empty_beat_share", halves, muspy_compat=True) == 0.0


def test_bars_of_unequal_length_are_compared_as_far_as_the_shorter_goes():
    """From three quarters to two: the strokes on the first two beats agree, the third has none to agree with."""
    assert told("groove_consistency", Phrase.parse("3/4: C4 D4 E4 | [2/4] C4 D4")) == 1.0
    assert told("groove_consistency", Phrase.parse("3/4: C4*3 | [2/4] C4 D4")) == pytest.approx(1 - 1 / 48)


def test_the_empty_bars_of_muspy_equal_the_slow_reference():
    """Few phrases of the contract tests have a bar that MusPy calls empty: these have."""
    phrases = sparse_phrases(120, seed=5)
    shares = [told("empty_bar_share", phrase, muspy_compat=True) for phrase in phrases]
    assert len(set(shares)) > 5
    for phrase, share in zip(phrases, shares, strict=True):
        assert [share] == pytest.approx(feature_numbers("empty_bar_share", phrase, muspy_compat=True)), str(phrase)


@each_metric
@pytest.mark.filterwarnings("ignore")  # MusPy's, and those of what it imports
def test_a_feature_gives_what_muspy_says_where_it_is_installed(metric, name, options, answers):
    """Of phrases of all sorts, not of some tunes only; where MusPy has no number we have 0."""
    muspy = pytest.importorskip("muspy")
    for phrase in (*PIECES, *AWKWARD.values(), *random_phrases(60, seed=6), *sparse_phrases(60, seed=7)):
        tracks = [
            muspy.Track(notes=[muspy.Note(note.onset, note.pitch, note.duration) for note in voice.notes])
            for voice in phrase.voices
        ]
        asked = {key: value for key, value in options.items() if key != "muspy_compat"}
        if metric in ("empty_measure_rate", "groove_consistency"):
            asked["measure_resolution"] = phrase.metres[0][1].bar
        answer = float(getattr(muspy, metric)(muspy.Music(resolution=24, tracks=tracks), **asked))
        expected = 0.0 if math.isnan(answer) else answer
        assert told(name, phrase, **options) == pytest.approx(expected, abs=1e-12), str(phrase)
