"""Pieces that resemble a piece: the three parts against slow references, the index, and the command."""

import json
import os
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evolve.formats.midi import to_bytes
from evolve.library import cache_folder, read_library
from evolve.melodies import voice_of
from evolve.similar import search
from fitness.edits import FEWEST, aligned, edits
from fitness.neighbours import MEASURES, NAMES, differences, style_distance
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.resemblance import PARTS, POINTS, contours, resemblance
from fitness.tunes import MOST_NOTES, Tunes
from tests.melodies import FRERE_JACQUES, FUX_DORIAN_CANTUS, ODE_TO_JOY, TUNES
from tests.test_cli import evophrase

ONE_LINE = {name: tune for name, tune in TUNES.items() if len(tune.voices) == 1}


@st.composite
def lines(draw, most=90):
    """A voice of a few kinds of note, so that two of them share turns."""
    events = draw(st.lists(st.tuples(st.integers(58, 64), st.sampled_from((6, 12, 24)), st.booleans()), min_size=1,
                           max_size=most))  # fmt: skip
    notes, tick = [], 0
    for pitch, lasts, rest in events:
        notes.append(Note(tick, lasts, pitch))
        tick += lasts * (1 + rest)
    return Voice(tuple(notes))


def transposed(voice: Voice, by: int) -> Voice:
    return Voice(tuple(replace(note, pitch=note.pitch + by) for note in voice.notes))


def stretched(voice: Voice, by: int) -> Voice:
    return Voice(tuple(Note(note.onset * by, note.duration * by, note.pitch) for note in voice.notes))


# The slow references, as plain as can be.


def symbols(voice: Voice) -> list[tuple[int, int]]:
    """Interval and direction of the length of notes, each lasting to the next."""
    lasts = [b.onset - a.onset for a, b in pairwise(voice.notes)] + [voice.notes[-1].duration]
    found = []
    for (a, b), (before, after) in zip(pairwise(voice.notes), pairwise(lasts), strict=True):
        ratio = Fraction(after, before)
        found.append((b.pitch - a.pitch, (ratio > Fraction(6, 5)) - (ratio < Fraction(5, 6))))
    return found


def levenshtein(a: list, b: list, *, inside: bool) -> int:
    """Changes that make `b` of `a`; with `inside`, the part of `b` that is nearest."""
    row = [0 if inside else j for j in range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return min(row) if inside else row[-1]


def edit_similarity(one: Voice, other: Voice) -> float:
    a, b = sorted((symbols(one), symbols(other)), key=len)
    inside = len(b) + 1 > 2 * (len(a) + 1) and len(a) + 1 >= FEWEST
    return 1 - levenshtein(a, b, inside=inside) / max(1, len(a) if inside else len(b))


def gram_similarity(one: Voice, other: Voice) -> float:
    moves = [[b.pitch - a.pitch for a, b in pairwise(voice.notes)] for voice in (one, other)]
    f1, f2 = (Counter(zip(m, m[1:], m[2:], strict=False)) for m in moves)
    if not f1 and not f2:
        return 1.0
    return 1 - sum(abs(f1[gram] - f2[gram]) for gram in f1 | f2) / (f1.total() + f2.total())


def contour_similarity(one: Voice, other: Voice) -> float:
    curves = []
    for voice in (one, other):
        onsets = [note.onset for note in voice.notes]
        curves.append(np.interp(np.linspace(onsets[0], onsets[-1], 64), onsets, [note.pitch for note in voice.notes]))
    flat = [bool(np.ptp(curve) < 1e-9) for curve in curves]
    if any(flat):
        return 1.0 if all(flat) else 0.5
    return float(0.5 + 0.5 * np.corrcoef(*curves)[0, 1])


def cut(voice: Voice, span: tuple[np.ndarray, np.ndarray], i: int) -> Voice:
    return Voice(voice.notes[int(span[0][i]) : int(span[1][i]) + 1])


# The ear.


@settings(max_examples=60, deadline=None)
@given(query=lines(), others=st.lists(lines(), min_size=1, max_size=6))
def test_the_three_parts_are_what_slow_references_say(query, others):
    """Edits over whole tunes or inside the longer one; turns and curve on the notes that the edits name."""
    found = resemblance(Tunes.of(query), Tunes.of(*others))
    for i, other in enumerate(others):
        mine, theirs = cut(query, found.mine, i), cut(other, found.theirs, i)
        assert found.edit[i] == pytest.approx(edit_similarity(query, other))
        assert found.grams[i] == pytest.approx(gram_similarity(mine, theirs))
        assert found.contour[i] == pytest.approx(contour_similarity(mine, theirs), abs=1e-6)


@pytest.mark.parametrize("size", [12, 64, 65, 129, 200])
def test_long_tunes_are_compared_word_by_word(size):
    """More symbols than a machine word has bits, on either side, and a fragment of each in the other."""
    rng = np.random.default_rng(size)

    def line(number: int) -> Voice:
        pitches, lasts = rng.integers(58, 63, number), rng.choice((12, 24), number)
        return Voice(tuple(map(Note, (np.cumsum(lasts) - lasts).tolist(), lasts.tolist(), pitches.tolist())))

    query, others = line(size), [line(number) for number in (1, 5, 40, 63, 64, 65, 128, 130, 300)]
    found = resemblance(Tunes.of(query), Tunes.of(*others))
    assert found.edit.tolist() == pytest.approx([edit_similarity(query, other) for other in others])


@settings(max_examples=40, deadline=None)
@given(query=lines(40), others=st.lists(lines(40), min_size=1, max_size=4), by=st.integers(-20, 20))
def test_height_and_speed_are_no_matter(query, others, by):
    """The same tunes in another key, twice and three times as slow, resemble as before."""
    found = resemblance(Tunes.of(query), Tunes.of(*others))
    again = resemblance(Tunes.of(transposed(query, by)), Tunes.of(*(stretched(other, 3) for other in others)))
    slow = resemblance(Tunes.of(stretched(query, 2)), Tunes.of(*(transposed(other, -by) for other in others)))
    for name in ("hybrid", *PARTS):
        assert getattr(found, name).tolist() == pytest.approx(getattr(again, name).tolist(), abs=1e-8)
        assert getattr(found, name).tolist() == pytest.approx(getattr(slow, name).tolist(), abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(query=lines(40), others=st.lists(lines(60), min_size=1, max_size=5))
def test_nothing_resembles_a_piece_more_than_itself(query, others):
    """It has 1 in every part, and so in the hybrid, which no other exceeds."""
    found = resemblance(Tunes.of(query), Tunes.of(query, *others))
    for name in ("hybrid", *PARTS):
        assert getattr(found, name)[0] == 1
        assert getattr(found, name).max() == 1


@settings(max_examples=40, deadline=None)
@given(query=lines(60), others=st.lists(lines(60), min_size=2, max_size=5))
def test_a_tune_resembles_as_much_alone_as_among_others(query, others):
    together = resemblance(Tunes.of(query), Tunes.of(*others))
    for i, other in enumerate(others):
        assert resemblance(Tunes.of(query), Tunes.of(other)).hybrid[0] == together.hybrid[i]


def test_eight_bars_are_found_in_the_middle_of_two_hundred():
    """The window is where the fragment was planted, in another key and twice as slow."""
    rng = np.random.default_rng(4)
    pitches = rng.integers(55, 80, 800).tolist()
    theme = [note.pitch + 5 for note in ODE_TO_JOY.voices[0].notes]
    lasts = [note.duration * 2 for note in ODE_TO_JOY.voices[0].notes]
    pitches[300 : 300 + len(theme)] = theme
    long = [24] * 300 + lasts + [24] * (500 - len(lasts))
    ends = np.cumsum(long)
    piece = Voice(tuple(map(Note, (ends - long).tolist(), long, pitches)))
    short = resemblance(Tunes.of(ODE_TO_JOY.voices[0]), Tunes.of(piece, FRERE_JACQUES.voices[0]))
    assert (short.theirs[0][0], short.theirs[1][0]) == (300, 300 + len(theme) - 1)
    assert short.edit[0] > 0.95
    assert short.hybrid[0] > 0.95 > 0.3 > short.hybrid[1]
    long_one = resemblance(Tunes.of(piece), Tunes.of(ODE_TO_JOY.voices[0]))
    assert (long_one.mine[0][0], long_one.mine[1][0]) == (300, 300 + len(theme) - 1)
    assert long_one.hybrid[0] == short.hybrid[0]


def test_a_few_notes_are_no_fragment():
    """Three notes are found in any piece, and say nothing."""
    found = edits(Tunes.of(ODE_TO_JOY.voices[0]), Tunes.of(*Phrase.parse("F#4 F#4 G4").voices))
    assert found.distance.tolist() == [len(ODE_TO_JOY.voices[0].notes) - 3]


def test_articulation_is_no_other_tune():
    """Every note cut to half: the rests belong to the notes before them."""
    short = Voice(tuple(replace(n, duration=max(1, n.duration // 2)) for n in FRERE_JACQUES.voices[0].notes[:-1]))
    whole = Voice(FRERE_JACQUES.voices[0].notes[:-1])
    found = resemblance(Tunes.of(whole), Tunes.of(short))
    assert found.edit[0] >= 1 - 1 / 30  # how long the last note sounds is all that is left
    assert found.grams[0] == found.contour[0] == 1


def test_a_contour_has_64_points_from_the_first_onset_to_the_last():
    """Straight from C4 to E4, whatever the length of the last note."""
    curve = contours(Tunes.of(*Phrase.parse("C4*2 E4*4").voices), np.array([0]), (np.array([0]), np.array([1])))
    assert curve.shape == (POINTS, 1)
    assert curve[:, 0].tolist() == pytest.approx(np.linspace(60, 64, 64).tolist())


def test_a_tune_is_heard_as_far_as_four_thousand_notes_and_must_have_one():
    notes = tuple(Note(i, 1, 60 + i % 3) for i in range(MOST_NOTES + 5))
    assert Tunes.of(Voice(notes)).counts.tolist() == [MOST_NOTES]
    with pytest.raises(ValueError, match="a tune must have a note, got none in voice 2"):
        Tunes.of(Voice(notes[:1]), Voice())


@pytest.mark.parametrize(
    ("one", "other", "pairs"),
    [
        ("C4 D4 E4", "F4 G4 A4", [(0, 0), (1, 1), (2, 2)]),  # transposed
        ("C4 E4 G4 C5", "C4 D4 E4 G4 C5", [(0, 0), (None, 1), (1, 2), (2, 3), (3, 4)]),  # a passing note put in
        ("G3 C4 D4 E4", "C4 D4 E4", [(0, None), (1, 0), (2, 1), (3, 2)]),  # a lost upbeat
        ("C4 D4 E4", "G3 C4 D4 E4", [(None, 0), (0, 1), (1, 2), (2, 3)]),  # an upbeat that is new
        ("C4 D4 E4 F4 G4", "D4 E4 F#4 G4", [(0, 0), (1, 1), (2, 2), (3, 3), (4, None)]),  # an end that is lost
        ("C4 E4 D4 F4 E4", "C4 E4 B3 F4 E4", [(i, i) for i in range(5)]),  # one other note
        ("C4", "G4", [(0, 0)]),
    ],
)
def test_notes_that_answer_each_other_are_found(one, other, pairs):
    assert aligned(*(Tunes.of(*Phrase.parse(text).voices) for text in (one, other))) == pairs


@settings(max_examples=40, deadline=None)
@given(one=lines(25), other=lines(25))
def test_an_alignment_takes_no_more_changes_than_the_distance_and_leaves_no_note_out(one, other):
    """Its changes are gaps and pairs reached by other intervals or in other rhythm."""
    pairs = aligned(Tunes.of(one), Tunes.of(other))
    assert [i for i, _ in pairs if i is not None] == list(range(len(one.notes)))
    assert [j for _, j in pairs if j is not None] == list(range(len(other.notes)))
    a, b = [None, *symbols(one)], [None, *symbols(other)]
    changes = sum(i is None or j is None or bool(i and j and a[i] != b[j]) for i, j in pairs)
    assert changes <= levenshtein(a[1:], b[1:], inside=False)


def test_style_is_measured_for_any_melody_and_near_to_itself():
    """Numbers without NaN, distance 0 from itself, and no measure beyond three deviations."""
    tunes = [*ONE_LINE.values(), Phrase.parse("C4"), Phrase.parse("C4 C4 C4")]
    numbers = np.concatenate([measure(Phrases.of(*tunes)) for measure in MEASURES])
    assert numbers.shape == (len(NAMES), len(tunes))
    assert np.isfinite(numbers).all()
    distance = style_distance(numbers, numbers[:, 1])
    assert distance[1] == 0
    assert (np.delete(distance, 1) > 0).all()
    assert abs(differences(numbers, numbers[:, 1])).max() <= 3


# The hand.


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A folder of five tunes, one of them below it, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder: Path = tmp_path / "songs"
    (folder / "old").mkdir(parents=True)
    for name, tune in TUNES.items():
        where = folder / "old" if name == "greensleeves" else folder
        (where / f"{name}.mid").write_bytes(to_bytes(tune, tempo_bpm=96))
    return folder


def opened(folder: Path, **options) -> int:
    return read_library(folder, **options).opened


def test_the_index_saves_reading_and_a_changed_file_alone_is_read_again(library):
    first = read_library(library)
    assert (first.opened, opened(library)) == (5, 0)
    (library / "ode_to_joy.mid").write_bytes(to_bytes(FUX_DORIAN_CANTUS, tempo_bpm=96))
    again = read_library(library)
    assert again.opened == 1
    place = again.names.index("ode_to_joy.mid")
    cantus = again.tunes.slice(place, place + 1)
    assert cantus.pitch.tolist() == [note.pitch for note in FUX_DORIAN_CANTUS.voices[0].notes]
    os.utime(library / "old" / "greensleeves.mid", ns=(1, 1))
    assert (opened(library), opened(library)) == (1, 0)


def test_what_the_index_gives_back_is_what_was_read(library):
    read, kept = read_library(library), read_library(library)
    assert kept.names == read.names == tuple(sorted(read.names))
    assert "old/greensleeves.mid" in kept.names
    for name in ("pitch", "onset", "duration", "bounds"):
        assert getattr(kept.tunes, name).tolist() == getattr(read.tunes, name).tolist()
    assert kept.numbers.tolist() == read.numbers.tolist()
    assert read_library(library, indexed=False).numbers.tolist() == read.numbers.tolist()


def test_a_file_that_is_gone_is_dropped_and_a_new_one_is_read(library):
    assert opened(library) == 5
    (library / "ode_to_joy.mid").rename(library / "joy.mid")
    again = read_library(library)
    assert again.opened == 1
    assert "joy.mid" in again.names
    assert "ode_to_joy.mid" not in again.names
    assert opened(library) == 0


def test_each_choice_of_track_has_its_own_index(library):
    assert (opened(library), opened(library, track=3), opened(library), opened(library, track=3)) == (5, 5, 0, 0)
    whole, third = read_library(library), read_library(library, track=3)
    place = third.names.index("frere_jacques_round.mid")
    assert third.tunes.onset[third.tunes.bounds[place]] == 16 * 24  # the third voice comes in four bars later
    assert third.tunes.slice(0, 1).pitch.tolist() == whole.tunes.slice(0, 1).pitch.tolist()  # another has but one


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"not an index", None, "half", "changed"])
def test_a_damaged_index_is_made_again(library, damage):
    whole = read_library(library)
    index = next((cache_folder() or Path()).glob("library-*.npz"))
    data = index.read_bytes()
    if damage is None:
        index.unlink()
        index.mkdir()
    else:
        middle = data[: len(data) // 2]
        index.write_bytes({"half": middle, "changed": middle[:-9] + b"?" + data[len(middle) - 8 :]}.get(damage, damage))
    again = read_library(library)
    assert again.opened == 5
    assert again.tunes.pitch.tolist() == whole.tunes.pitch.tolist()
    if damage is None:
        assert "the index cannot be written" in again.remark
    else:
        assert opened(library) == 0


def test_a_cache_that_cannot_be_written_is_told_in_one_line(library, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    found = read_library(library)
    assert found.opened == 5
    assert "the index cannot be written" in found.remark
    assert read_library(library, indexed=False).remark == ""


def test_a_folder_for_caches_that_is_no_whole_path_is_passed_over(monkeypatch):
    """As the XDG base directory specification asks."""
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert "here" not in str(cache_folder())


def test_a_file_that_cannot_be_read_is_told_and_remembered(library):
    (library / "broken.mid").write_bytes(b"MThd")
    (library / "hidden").mkdir()
    (library / ".hidden.mid").write_bytes(b"")
    (library / "silent.json").write_text('{"voices": [{"notes": []}]}')
    for number in (7, 0):
        found = read_library(library)
        assert found.opened == number
        assert list(found.unreadable) == ["broken.mid", "silent.json"]
        assert found.unreadable["silent.json"].startswith("must have a note, got none")
        assert str(library) not in found.unreadable["broken.mid"]


def test_the_melody_is_the_highest_voice_with_notes_or_the_track_chosen():
    piece = Phrase.parse("<rest@0> r*4 ; <air@0> C5*4 ; <bass@0> C3*4")
    assert voice_of(piece).name == "air"
    assert voice_of(piece, 3).name == voice_of(piece, "bass").name == "bass"
    with pytest.raises(ValueError, match="track 1 must have a note"):
        voice_of(piece, 1)
    with pytest.raises(ValueError, match="no track is called 'base'; did you mean 'bass'"):
        voice_of(piece, "base")


def test_a_piece_is_left_out_of_its_own_list_but_not_its_copy(library):
    (library / "copy.mid").write_bytes((library / "ode_to_joy.mid").read_bytes())
    found = search(library / "old" / ".." / "ode_to_joy.mid", library)
    assert found.itself == "ode_to_joy.mid"
    assert (found.matches[0].file, found.matches[0].hybrid) == ("copy.mid", 1)
    assert (found.neighbours[0].file, found.neighbours[0].distance) == ("copy.mid", 0)
    assert len(found.matches) == found.compared == 5
    assert all(pair.same for pair in found.alignment.pairs)


def test_the_round_has_the_tune_of_which_it_is_made(library):
    """Its highest voice is the tune without its end."""
    found = search(library / "frere_jacques.mid", library)
    assert found.matches[0].file == "frere_jacques_round.mid"
    assert found.matches[0].hybrid > 0.7


# The command.


def test_the_command_lists_melodies_notes_and_styles(library, tmp_path):
    higher = Phrase((transposed(ODE_TO_JOY.voices[0], 3),), ODE_TO_JOY.length, FRERE_JACQUES.keys, ODE_TO_JOY.metres)
    (tmp_path / "mine.mid").write_bytes(to_bytes(higher, tempo_bpm=60))
    done = evophrase("similar", "mine.mid", "songs", "--top", "2", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    head, _, _, _, first, second, *rest = done.stdout.splitlines()
    assert head == "mine.mid: 30 notes against 5 files in songs"
    assert first.split() == ["1", "100%", "1.00", "1.00", "1.00", "ode_to_joy.mid"]
    assert second.startswith("   2 ")
    assert "that (ode_to_joy.mid) from bar 1, beat 1, 3 semitones lower" in rest[1]
    assert rest[2].startswith("  this A4  A4  Bb4 C5")
    assert rest[3].startswith("  that F#4 F#4 G4  A4")
    assert max(map(len, rest[2:8])) <= 100
    assert "Style alike" in done.stdout
    assert sum("ode_to_joy.mid" in line for line in rest) == 2


def test_one_json_document_says_all(library, tmp_path):
    (library / "broken.mid").write_bytes(b"MThd")
    done = evophrase("similar", "songs/old/greensleeves.mid", "songs", "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        f"skipped: songs/broken.mid: {json.loads(done.stdout)['unreadable'][0]['error']}"
    ]
    told = json.loads(done.stdout)
    assert (told["itself"], told["compared"], told["opened"]) == ("old/greensleeves.mid", 4, 6)
    assert [entry["rank"] for entry in told["similar"]] == [1, 2, 3, 4]
    assert {"file", "hybrid", *PARTS, "compared"} <= told["similar"][0].keys()
    assert told["alignment"]["file"] == told["similar"][0]["file"]
    assert {"mine", "theirs", "same"} == told["alignment"]["pairs"][0].keys()
    assert [entry["measure"] in NAMES for entry in told["style"][0]["differs"]] == [True] * 3
    again = evophrase("similar", "songs/old/greensleeves.mid", "songs", "--json", cwd=tmp_path)
    assert json.loads(again.stdout) == told | {"opened": 0}
    unkept = evophrase("similar", "songs/old/greensleeves.mid", "songs", "--json", "--no-index", cwd=tmp_path)
    assert json.loads(unkept.stdout) == told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.mid", "songs"], "nowhere.mid: cannot be read: No such file or directory"),
        (["songs/ode_to_joy.mid", "nowhere"], "nowhere: must be a folder that can be read: No such file or directory"),
        (["songs/ode_to_joy.mid", "songs/ode_to_joy.mid"], "songs/ode_to_joy.mid: must be a folder that can be read"),
        (["songs/ode_to_joy.mid", "empty"], "empty: has no file of music in it (.json, .mid, .midi)"),
        (["songs/ode_to_joy.mid", "bad"], "bad: has no melody in it that can be read (one.mid: byte 4: the header"),
        (["songs/ode_to_joy.mid", "alone"], "alone: has no melody in it"),
        (["silent.json", "songs"], "silent.json: must have a note, got none; choose a file with music in it"),
        (["songs/ode_to_joy.mid", "songs", "--track", "2"], "ode_to_joy.mid: a track must be 1 to 1, got 2"),
        (["songs/old/greensleeves.mid", "songs/old"], "songs/old: must have another melody than that of"),
        (["songs/ode_to_joy.mid", "songs", "--top", "0"], "Invalid value for '--top'"),
    ],
)
def test_wrong_input_gets_one_line_and_exit_code_2(library, tmp_path, words, told):
    for name in ("empty", "bad", "alone"):
        (tmp_path / name).mkdir()
    (tmp_path / "bad" / "one.mid").write_bytes(b"MThd")
    (tmp_path / "silent.json").write_text('{"voices": [{"notes": []}]}')
    (tmp_path / "alone" / "silent.json").write_text('{"voices": [{"notes": []}]}')
    done = evophrase("similar", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_read_only_cache_is_only_slower(library, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    done = evophrase("similar", "songs/ode_to_joy.mid", "songs", cwd=tmp_path)
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert "the index cannot be written" in done.stderr
    assert "old/greensleeves.mid" in done.stdout
