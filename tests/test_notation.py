"""The one-line notation: what is written is read back, and what cannot be read is told with its column."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from fitness.phrase import Note, Phrase, Voice
from fitness.theory import Key, Metre
from tests.melodies import TUNES
from tests.reference.phrases import AWKWARD, random_phrases
from tests.strategies import phrases

settings.register_profile("notation", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@settings(settings.get_profile("notation"), max_examples=400)
@given(phrases())
def test_any_phrase_is_read_back_as_it_was_written(phrase):
    """Notation and phrase are two forms of one thing: nothing is lost on the way there and back."""
    assert Phrase.parse(str(phrase)) == phrase


@pytest.mark.parametrize("phrase", [*TUNES.values(), *AWKWARD.values()], ids=[*TUNES, *AWKWARD])
def test_tunes_and_awkward_phrases_are_read_back_as_they_were_written(phrase):
    """So are real tunes, silence, and single notes."""
    assert Phrase.parse(str(phrase)) == phrase


def test_random_phrases_are_read_back_as_they_were_written():
    """So are phrases whose metre changes inside a bar, as careless files have it."""
    for phrase in random_phrases(150, seed=30):
        assert Phrase.parse(str(phrase)) == phrase


@pytest.mark.parametrize(
    "phrase",
    [
        Phrase((Voice((Note(0, 24, 60),)),), 96, keys=((0, Key("C")), (95, Key("G")))),
        Phrase((Voice((Note(0, 96, 60),)),), 97, metres=((0, Metre.parse("4/4")), (96, Metre.parse("3/4")))),
        Phrase((Voice((Note(0, 24, 60),)),), 96, metres=((0, Metre.parse("4/4")), (30, Metre.parse("3/4")))),
        Phrase((Voice((Note(0, 24, 60),)),), 96, pickup=95, ends=(1, 2, 95)),
        Phrase((Voice((Note(0, 24, 60),)),), 24, keys=((0, Key("C")), (12, Key("G"))), ends=(12,)),
        Phrase((Voice(), Voice((Note(5, 1, 0, 1),))), 6),
    ],
    ids=[
        "key at the last tick",
        "metre at the last tick",
        "metre in a bar",
        "all pick-up",
        "change inside a note",
        "short of all",
    ],
)
def test_phrases_with_changes_at_odd_places_are_read_back_as_they_were_written(phrase):
    """Keys, metres and phrase ends may change at any tick, also at the last one and inside a note."""
    assert Phrase.parse(str(phrase)) == phrase


def test_a_note_has_a_length_in_quarters_and_a_velocity():
    """`*2` is a half note, `/2` an eighth, `*3/2` a dotted quarter; `!` says how hard a note is struck."""
    notes = Phrase.parse("C4 D4*2 E4/2 F#4*3/2!96 Bb3/3!1").voices[0].notes
    assert [(note.pitch, note.duration, note.velocity) for note in notes] == [
        (60, 24, 80), (62, 48, 80), (64, 12, 80), (66, 36, 96), (58, 8, 1),
    ]  # fmt: skip


def test_a_rest_moves_time_on():
    """`r` is as long as a note would be, and a phrase may end in silence."""
    phrase = Phrase.parse("r C4 r*2 D4 r")
    assert [note.onset for note in phrase.voices[0].notes] == [24, 96]
    assert phrase.length == 144


def test_a_header_says_key_metre_and_pick_up_and_may_be_left_out():
    """Without a header a phrase is in C major and 4/4."""
    phrase = Phrase.parse("G major 3/4 pickup=24: D4 | G4*3")
    assert (str(phrase.keys[0][1]), str(phrase.metres[0][1]), phrase.pickup) == ("G major", "3/4", 24)
    assert Phrase.parse("C4").keys == ((0, Key("C")),)
    assert Phrase.parse("C4").metres == ((0, Metre.parse("4/4")),)
    assert str(Phrase.parse("3/4: C4").metres[0][1]) == "3/4"
    assert str(Phrase.parse("a minor: C4").keys[0][1]) == "A minor"
    assert Phrase.parse("pickup=24: C4").pickup == 24


def test_voices_are_separated_by_semicolons_and_may_be_named():
    """A voice has a name and a General MIDI program, or neither."""
    one, two, three = Phrase.parse("<flute@73> C5 ; <@42> C3 ; r").voices
    assert (one.name, one.program, two.name, two.program) == ("flute", 73, "", 42)
    assert three == Voice()


def test_phrases_end_and_keys_and_metres_change_where_the_mark_stands():
    """`'` ends a phrase; a key or a metre in brackets holds from there on."""
    phrase = Phrase.parse("C4*4 | ' [G major] G4*4 | [2/4] D4*2 | G4*2")
    assert phrase.ends == (96, 288)
    assert [(tick, str(key)) for tick, key in phrase.keys] == [(0, "C major"), (96, "G major")]
    assert [(tick, str(metre)) for tick, metre in phrase.metres] == [(0, "4/4"), (192, "2/4")]
    assert [tick for tick, _ in phrase.barlines()] == [0, 96, 192, 240]


def test_a_mark_with_a_tick_lies_inside_a_note():
    """Another voice may end its phrase while this one holds a note."""
    phrase = Phrase.parse("C4*4 '@48 [D major]@72 ; E3*2 F3*2")
    assert phrase.ends == (48, 96)
    assert phrase.keys[1] == (72, Key("D"))


def test_a_phrase_is_written_in_the_spelling_of_its_key():
    """A black key is F# in G major and Gb in Db major."""
    assert str(Phrase.parse("G major: Gb4")) == "G major 4/4: F#4"
    assert str(Phrase.parse("Db major: F#4")) == "Db major 4/4: Gb4"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("C4 H4", 4, "a note must be written such as C4, .* got 'H4'"),
        ("C4 | D4", 4, "must stand on a barline, got beat 2 of bar 1"),
        ("C4 D4*5/7", 4, "a length must be a whole number of 1/24 quarters"),
        ("C4 D4/0", 4, "a length must be"),
        ("C4*0", 1, "a length must be"),
        ("C4 C10", 4, "between C-1 and G9"),
        ("C4!0", 1, "velocity 1-127"),
        ("C4 E4!200", 4, "velocity 1-127"),
        ("G majr: C4", 1, "no mode is called 'majr'; did you mean 'major'"),
        ("G major 5/7: C4", 1, "a metre must be written"),
        ("3/4 pickup=72: C4", 1, "shorter than a bar of 72 ticks, got 72"),
        ("pickup=x: C4", 1, "header"),
        ("<flute> C4", 1, "a voice must be named such as <flute@73>"),
        ("<flute@73 C4", 1, "a voice must be named"),
        ("<flute@128> C4", 1, "program.* 0-127, got .*128"),
        ("C4 [D majr] D4", 4, "no mode is called 'majr'"),
        ("C4 [7/5] D4", 4, "a metre must be written"),
        ("G major: C4*4 | D4 | E4", 20, "got beat 2 of bar 2"),
        ("C4 ; C4 x", 9, "got 'x'"),
        ("C4*999999999", 1, "a length must be"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(text, column, message):
    """An error says where it is, counted from 1, and how to write it."""
    with pytest.raises(ValueError, match=message) as caught:
        Phrase.parse(text)
    assert f"column {column}:" in str(caught.value)


def test_empty_text_is_an_empty_phrase():
    """No time at all is a phrase too."""
    assert Phrase.parse("") == Phrase()


def test_places_are_told_in_bars_and_beats_from_1():
    """The pick-up is bar 0, and its beats are those before the barline."""
    phrase = Phrase.parse("G major 3/4 pickup=24: D4 | G4*3 | [6/8] G4*3/2 A4/2 B4")
    assert [tuple(map(str, phrase.place(tick))) for tick in (0, 24, 60, 96, 132, 144)] == [
        ("0", "3"), ("1", "1"), ("1", "5/2"), ("2", "1"), ("2", "2"), ("2", "7/3"),
    ]  # fmt: skip


def test_beats_of_uneven_metres_are_counted_by_their_groups():
    """In 3+2+2/8 the third beat begins after the fifth eighth."""
    phrase = Phrase.parse("3+2+2/8: C4*3/2 D4 E4")
    assert [str(phrase.place(tick)[1]) for tick in (0, 36, 60)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Phrase(()), "must have a voice"),
        (lambda: Phrase((Voice((Note(0, 24, 60),)),), 12), "must last from its last note's end"),
        (lambda: Phrase(length=10**9), "must last"),
        (lambda: Phrase(keys=((5, Key("C")),)), "keys must begin at tick 0"),
        (lambda: Phrase(metres=()), "metres must begin at tick 0"),
        (lambda: Phrase(keys=((0, Key("C")), (9, Key("D")), (9, Key("E")))), "go forward"),
        (lambda: Phrase(length=96, keys=((0, Key("C")), (96, Key("D")))), "before the end"),
        (lambda: Phrase(pickup=96), "shorter than a bar"),
        (lambda: Phrase(pickup=-1), "shorter than a bar"),
        (lambda: Voice((Note(0, 24, 60), Note(23, 1, 60))), "must follow each other"),
        (lambda: Voice((Note(0, 0, 60),)), "must follow each other"),
        (lambda: Voice((Note(-1, 5, 60),)), "must follow each other"),
        (lambda: Voice((Note(0, 1, 128),)), "pitch must be 0-127"),
        (lambda: Voice(program=-1), "program must be 0-127"),
    ],
)
def test_what_is_no_phrase_is_refused(make, message):
    """A phrase that exists can be trusted."""
    with pytest.raises(ValueError, match=message):
        make()
