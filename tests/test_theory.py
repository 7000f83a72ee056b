"""Keys, spelling, metres and their weights, against what a hand or a textbook says."""

from __future__ import annotations

import pytest

from fitness.theory import HEARD_AS, KEY_PROFILES, SCALES, Key, Metre, key_of, pitch_of

TONICS = [letter + sign for letter in "CDEFGAB" for sign in ("", "#", "b")]


@pytest.mark.parametrize(
    ("name", "pitch"),
    [("C4", 60), ("A4", 69), ("C-1", 0), ("G9", 127), ("B#3", 60), ("Cb4", 59), ("F##4", 67), ("Bbb3", 57), ("a0", 21)],
)
def test_note_names_are_midi_numbers_with_c4_as_60(name, pitch):
    """Scientific pitch notation; a sharp on B or a flat on C does not change the octave's number."""
    assert pitch_of(name) == pitch


@pytest.mark.parametrize("name", ["H4", "C", "C##b4", "C10", "Cb-1", "", "C4 ", "4C"])
def test_what_is_no_note_name_is_refused(name):
    """A note is a letter, perhaps accidentals, and an octave, from C-1 to G9."""
    with pytest.raises(ValueError, match="a note must"):
        pitch_of(name)


@pytest.mark.parametrize(
    ("key", "fifths"),
    [
        ("C major", 0), ("G major", 1), ("F major", -1), ("F# major", 6), ("Gb major", -6), ("C# major", 7),
        ("A minor", 0), ("E minor", 1), ("C minor", -3), ("Eb minor", -6), ("D dorian", 0), ("E phrygian", 0),
        ("F lydian", 0), ("G mixolydian", 0), ("A aeolian", 0), ("B locrian", 0), ("G dorian", -1),
        ("A harmonic_minor", 0), ("A minor_pentatonic", 0),
    ],
)  # fmt: skip
def test_key_signatures_are_those_of_the_circle_of_fifths(key, fifths):
    """The white keys are C major, D dorian, E phrygian ... B locrian."""
    assert Key.parse(key).fifths == fifths


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("C major", "C D E F G A B"), ("F# major", "F# G# A# B C# D# E#"), ("Db major", "Db Eb F Gb Ab Bb C"),
        ("A minor", "A B C D E F F# G G#"), ("C minor", "C D Eb F G Ab A Bb B"),
        ("A harmonic_minor", "A B C D E F G#"), ("D dorian", "D E F G A B C C#"), ("E phrygian", "E F G A B C D"),
        ("F lydian", "F G A B C D E"), ("G mixolydian", "G A B C D E F F#"), ("B locrian", "B C D E F G A"),
    ],
)  # fmt: skip
def test_the_notes_of_a_key_are_spelled_as_its_scale(key, names):
    """Each letter once; in minor, Dorian and Mixolydian also with the raised degrees of their cadences."""
    made = Key.parse(key)
    inside = [60 + pc for pc in sorted(range(12), key=lambda pc: (pc - made.pitch_class) % 12) if made.degrees[pc]]
    assert [made.name_of(pitch).rstrip("0123456789") for pitch in inside] == names.split()


@pytest.mark.parametrize(
    ("key", "name", "degree"),
    [
        ("C major", "C4", 1), ("C major", "B4", 7), ("C major", "F#4", 0), ("G major", "F#4", 7), ("G major", "F4", 0),
        ("A minor", "G4", 7), ("A minor", "G#4", 7), ("A minor", "F#4", 6), ("A minor", "C#4", 0),
        ("A harmonic_minor", "G4", 0), ("D dorian", "B4", 6), ("D dorian", "Bb4", 0),
        ("A minor_pentatonic", "C4", 3), ("A minor_pentatonic", "D4", 4), ("A minor_pentatonic", "B4", 0),
        ("C major_pentatonic", "G4", 5), ("C major_pentatonic", "A4", 6),
    ],
)  # fmt: skip
def test_degrees_are_counted_from_the_tonic_and_chromatic_notes_have_none(key, name, degree):
    """A pentatonic scale keeps the degrees of the scale it was thinned from: its third note is no second."""
    assert Key.parse(key).degrees[pitch_of(name) % 12] == degree


@pytest.mark.parametrize("mode", SCALES)
@pytest.mark.parametrize("tonic", TONICS)
def test_every_key_names_every_pitch_so_that_it_is_read_back(tonic, mode):
    """Whatever the key, a written name means the pitch it was written for."""
    key = Key(tonic, mode)
    for pitch in range(128):
        name = key.name_of(pitch)
        if name not in ("Cb-1", "B#9"):
            assert pitch_of(name) == pitch


@pytest.mark.parametrize("mode", SCALES)
def test_every_scale_begins_on_its_tonic_and_rises_within_an_octave(mode):
    """Scales are pitch classes above the tonic."""
    scale = SCALES[mode]
    assert scale[0] == 0
    assert list(scale) == sorted(set(scale))
    assert scale[-1] < 12
    assert Key("C", mode).degrees[0] == 1
    assert len(HEARD_AS) == 12


def test_church_modes_are_rotations_of_the_major_scale():
    """Glarean's modes are the white keys from another tonic."""
    modes = ("ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian")
    for start, mode in zip(SCALES["major"], modes, strict=True):
        assert {(start + step) % 12 for step in SCALES[mode]} == set(SCALES["major"])


def test_pitches_of_a_scale_lie_between_the_bounds_both_included():
    """From G4 to G5 G major has eight notes."""
    assert Key("G").pitches(67, 79) == [67, 69, 71, 72, 74, 76, 78, 79]
    assert Key("C").pitches(61, 61) == []


def test_of_two_spellings_of_a_key_the_one_with_fewer_accidentals_is_taken():
    """B major rather than Cb, Eb minor (6 flats) rather than D# (6 sharps)."""
    assert [str(key_of(pc, "major")) for pc in range(12)] == [
        f"{tonic} major" for tonic in ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
    ]
    assert str(key_of(3, "minor")) == "Eb minor"
    assert str(key_of(8, "minor")) == "G# minor"


@pytest.mark.parametrize("text", ["H major", "C majr", "", "major", "C4 major", "C###"])
def test_what_is_no_key_is_refused(text):
    """A key is a letter with sharps or flats and a known mode."""
    with pytest.raises(ValueError, match="a tonic must|no mode is called"):
        Key.parse(text)


def test_key_profiles_have_a_weight_for_each_pitch_class_and_peak_on_the_triad():
    """In every profile the three heaviest pitch classes are those of the tonic triad."""
    for profile in KEY_PROFILES.values():
        for weights, third in zip(profile, (4, 3), strict=True):
            assert len(weights) == 12
            assert set(sorted(range(12), key=lambda pc: -weights[pc])[:3]) == {0, third, 7}


@pytest.mark.parametrize(
    ("text", "bar", "beat", "groups"),
    [
        ("4/4", 96, 24, (1, 1, 1, 1)), ("3/4", 72, 24, (1, 1, 1)), ("2/2", 96, 48, (1, 1)), ("6/8", 72, 36, (3, 3)),
        ("9/8", 108, 36, (3, 3, 3)), ("12/8", 144, 36, (3, 3, 3, 3)), ("3/8", 36, 12, (1, 1, 1)),
        ("7/8", 84, 24, (2, 2, 3)), ("5/8", 60, 24, (2, 3)), ("3+2+2/8", 84, 36, (3, 2, 2)), ("2+3/4", 120, 24, (2, 3)),
        ("6/4", 144, 24, (1,) * 6), ("6/16", 36, 18, (3, 3)), ("4/8", 48, 12, (1, 1, 1, 1)),
    ],
)  # fmt: skip
def test_metres_have_bars_beats_and_groups(text, bar, beat, groups):
    """Three eighths are one beat in 6/8, 9/8 and 12/8; 7/8 is heard as 2+2+3."""
    metre = Metre.parse(text)
    assert (metre.bar, metre.beat, metre.groups) == (bar, beat, groups)
    assert Metre.parse(str(metre)) == metre


@pytest.mark.parametrize(
    ("text", "step", "weights"),
    [
        ("4/4", 12, [0, -3, -2, -3, -1, -3, -2, -3]),
        ("3/4", 12, [0, -2, -1, -2, -1, -2]),
        ("2/4", 12, [0, -2, -1, -2]),
        ("2/2", 24, [0, -2, -1, -2]),
        ("6/8", 12, [0, -2, -2, -1, -2, -2]),
        ("9/8", 12, [0, -2, -2, -1, -2, -2, -1, -2, -2]),
        ("12/8", 12, [0, -3, -3, -2, -3, -3, -1, -3, -3, -2, -3, -3]),
        ("7/8", 12, [0, -2, -1, -2, -1, -2, -2]),
        ("3+2+2/8", 12, [0, -2, -2, -1, -2, -1, -2]),
        ("3/8", 12, [0, -1, -1]),
    ],
)
def test_metrical_weights_fall_a_level_at_a_time(text, step, weights):
    """The barline weighs 0, each level of the metrical tree one less (Longuet-Higgins and Lee 1984)."""
    found = Metre.parse(text).weights
    assert len(found) == Metre.parse(text).bar
    assert found[::step].tolist() == weights
    assert found.max() == found[0] == 0
    assert (found[1:] < 0).all()


def test_a_place_between_the_finest_level_weighs_less_than_the_level():
    """Sixteenths are weaker than eighths, thirty-seconds weaker still, triplets weakest."""
    weights = Metre.parse("4/4").weights
    assert weights[[0, 48, 24, 12, 6, 3, 8]].tolist() == [0, -1, -2, -3, -4, -5, -6]


@pytest.mark.parametrize("text", ["5/7", "4", "0/4", "65/4", "4/4/4", "-3/4", "2+/4", "4/32"])
def test_what_is_no_metre_is_refused(text):
    """A metre has 1 to 64 units of 1, 2, 4, 8 or 16."""
    with pytest.raises(ValueError, match="a metre must"):
        Metre.parse(text)
