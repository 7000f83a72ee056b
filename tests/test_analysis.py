"""One piece analysed: key, phrases, form, figures, harmony, tension, what is unusual; the command `analyze`."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from evolve.analysis import analysed, analysis_of, line_of, with_numbers
from evolve.anatomy import Analysis
from evolve.cli import cli
from evolve.cli.analysed import report, summary
from evolve.formats.midi import mid
from evolve.melodies import melody_of
from evolve.plots import write_analysis
from evolve.styles import style_named
from evolve.unusual import far_shares, portraits, quantiles_of, standings
from fitness.keys import find_key, key_chances
from fitness.letters import form_of, letter_of, rhythms_of
from fitness.motifs import motifs, repeats
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.phrasing import boundary_strength, phrases_found
from fitness.portrait import SINGLE, portrait
from tests.melodies import FRERE_JACQUES, FRERE_JACQUES_ROUND, GREENSLEEVES, ODE_TO_JOY, TUNES
from tests.strategies import phrases

QUANTILES = quantiles_of(style_named("folk_melody"))

# "Ah! vous dirai-je, maman", French, 18th century: A B A, each of four bars.
TWINKLE = Phrase.parse(
    "C major 4/4: C4 C4 G4 G4 | A4 A4 G4*2 | F4 F4 E4 E4 | D4 D4 C4*2 ' | G4 G4 F4 F4 | E4 E4 D4*2 | "
    "G4 G4 F4 F4 | E4 E4 D4*2 ' | C4 C4 G4 G4 | A4 A4 G4*2 | F4 F4 E4 E4 | D4 D4 C4*2"
)


def of(phrase: Phrase) -> Analysis:
    """A phrase analysed, with its numbers."""
    (found,) = with_numbers([analysis_of(line_of(phrase), name="tune.mid", style="folk_melody")], QUANTILES)
    assert isinstance(found, Analysis)
    return found


def long_piece(bars: int = 200) -> Phrase:
    """A walk of quarters and eighths that never quite repeats."""
    rng = np.random.default_rng(1)
    notes, tick, pitch = [], 0, 67
    while tick < bars * 96:
        lasts = min(int(rng.choice([12, 24, 24, 48])), bars * 96 - tick)
        pitch = int(np.clip(pitch + rng.choice([-4, -2, -2, -1, 0, 1, 2, 2, 3]), 55, 84))
        notes.append(Note(tick, lasts, pitch))
        tick += lasts
    return Phrase((Voice(tuple(notes)),), bars * 96)


# Key


def test_a_tune_is_heard_in_its_key_with_certainty():
    """The chances of the 24 keys sum to 1; the tonic of a plain tune has nearly all of them."""
    chances = key_chances(Phrases.of(TWINKLE))[:, 0]
    assert chances.sum() == pytest.approx(1.0)
    assert chances[0] + chances[12] > 0.9
    told = of(TWINKLE).key
    assert (str(told.best), told.certainty) == ("C major", pytest.approx(chances[0] + chances[12]))
    assert told.next.pitch_class != 0
    assert told.next_chance < 0.1


def test_more_of_the_same_is_more_certain():
    """The same notes again leave the correlations as they are and make the key more certain, up to fifty notes."""
    once = Phrase.parse("C4 D4 E4 F4 | G4 A4 B4 D5")
    certainties = []
    for times in (1, 2, 4, 8, 16):
        notes = [
            replace(note, onset=note.onset + k * once.length) for k in range(times) for note in once.voices[0].notes
        ]
        longer = Phrases.of(Phrase((Voice(tuple(notes)),), times * once.length))
        certainties.append(float(key_chances(longer).max()))
    assert certainties[:4] == sorted(certainties[:4])
    assert certainties[0] < certainties[3]
    assert certainties[4] == pytest.approx(certainties[3])


def test_a_note_outside_the_key_makes_it_less_certain():
    """C major with F sharp for F could be G major."""
    plain, sharp = Phrase.parse("C4 D4 E4 F4 | G4 B4 C5*2"), Phrase.parse("C4 D4 E4 F#4 | G4 B4 C5*2")
    chances = key_chances(Phrases.of(plain, sharp))
    assert chances[0, 0] > chances[0, 1]


@given(phrases(), st.integers(-5, 6))
@settings(max_examples=40)
def test_chances_move_with_the_notes(phrase, steps):
    """Whatever is heard in C is heard as clearly in D."""
    lines = [[note for note in voice.notes if 6 <= note.pitch <= 121] for voice in phrase.voices]
    pair = [
        replace(
            phrase,
            voices=tuple(Voice(tuple(replace(note, pitch=note.pitch + way) for note in line)) for line in lines),
        )
        for way in (0, steps)
    ]
    chances = key_chances(Phrases.of(*pair))
    assert chances.sum(axis=0) == pytest.approx([1.0, 1.0])
    for mode in (slice(0, 12), slice(12, 24)):
        assert chances[mode, 1] == pytest.approx(np.roll(chances[mode, 0], steps), abs=1e-6)


def test_a_key_that_does_not_fit_is_told():
    """What is written in E flat and sounds in G is both stated and heard."""
    wrong = replace(TWINKLE, keys=Phrase.parse("F# major: C4").keys)
    assert "F# major is stated; C major is heard" in "\n".join(report(of(wrong)))


# Phrases


def test_phrases_are_found_where_a_line_rests():
    """Rests and long notes end phrases; each next begins on a barline."""
    tune = Phrase.parse("D4 E4 F#4 G4 | A4*3 r | A4 B4 C#5 A4 | D5*3 r | D5 C#5 B4 A4 | B4*3 r | A4 G4 F#4 E4 | D4*3 r")
    assert phrases_found(tune) == (192, 384, 576, 768)
    assert of(tune).phrases_stated is False
    assert [section.bars for section in of(tune).sections] == [(1, 2), (3, 4), (5, 6), (7, 8)]


def test_phrases_after_a_pick_up_begin_before_the_bar():
    """What begins with a pick-up goes on with pick-ups."""
    tune = Phrase.parse(
        "3/4 pickup=24: G4 | C5 B4 A4 | G4 E4 G4 | F4 E4 D4 | E4*2 G4 | C5 B4 A4 | G4 E4 G4 | F4 D4 B3 | C4*2"
    )
    assert set(phrases_found(tune)) >= {12 * 24}
    assert all(tune.place(tick)[1] == 3 for tick in phrases_found(tune)[:-1])


@pytest.mark.parametrize("name", ["frere_jacques", "ode_to_joy"])
def test_the_ends_of_known_tunes_are_among_those_found(name):
    """The finder may cut a phrase of four bars into two, and must not miss its end."""
    tune = TUNES[name]
    assert set(phrases_found(replace(tune, ends=()))) >= set(tune.ends)


@given(phrases())
@settings(max_examples=60)
def test_found_phrases_begin_at_notes_and_are_the_same_in_any_octave(phrase):
    """A boundary is the onset of a note that has one before; height alone changes nothing."""
    found = phrases_found(phrase)
    line = next((voice for voice in phrase.voices if voice.notes), None)
    if line is None:
        assert found == phrase.ends
        return
    assert set(found[:-1]) <= {note.onset for note in line.notes[1:]}
    assert list(found) == sorted(found)
    if max(note.pitch for note in line.notes) <= 115:
        higher = Voice(tuple(replace(note, pitch=note.pitch + 12) for note in line.notes))
        assert phrases_found(replace(phrase, voices=(higher,))) == found


def test_the_best_cuts_are_the_best_of_all():
    """Dynamic programming finds what trying every way to cut finds."""
    rng = np.random.default_rng(3)
    from fitness import phrasing

    for _ in range(20):
        number = int(rng.integers(1, 9))
        worth, place = rng.random(max(number - 1, 0)), rng.integers(0, 2, number) * 24
        bars = np.append(np.cumsum(rng.random(number)) * 2, 0.0)
        bars[-1] = bars[-2] + 1

        def total(cuts, worth=worth, place=place, bars=bars, number=number):
            edges = [0, *cuts, number]
            value = 0.0
            for begin, end in pairwise(edges):
                octaves = np.log2(max(bars[end] - bars[begin], 1e-6))
                value -= phrasing.LENGTH * min(abs(octaves - np.log2(liked)) for liked in phrasing.LIKED_BARS)
                if end < number:
                    value += worth[end - 1] - phrasing.ELSEWHERE * (place[begin] != place[end])
            return value

        ways = [[i + 1 for i, cut in enumerate(way) if cut] for way in product((0, 1), repeat=number - 1)]
        found = phrasing._best_cuts(worth, bars, place)
        assert total(found) == pytest.approx(max(map(total, ways)))


def test_a_boundary_is_strong_where_a_gap_is_long():
    """The gap after the long note, before the leap, is the strongest."""
    strength = boundary_strength(Phrases.of(Phrase.parse("C4 D4 E4*3 A4 G4 F4"))).ravel()
    assert strength.argmax() == 2


# Form


def test_known_tunes_have_their_known_form():
    """Ah! vous dirai-je is A B A; the second line of the Ode to Joy varies the first."""
    assert of(TWINKLE).form == "A B A"
    assert [str(letter) for letter in form_of(ODE_TO_JOY)] == ["A", "A'"]
    assert len({letter.letter for letter in form_of(FRERE_JACQUES)}) == 4


def test_a_phrase_moved_on_the_staff_is_a_variant():
    """A sequence is the same idea elsewhere."""
    tune = Phrase.parse("C4 D4 E4 C4 ' | D4 E4 F4 D4 ' | A4/2 F4/2 A4 C5*2 ' | C4 D4 E4 C4 ' | D4 E4 F4 D4")
    assert [str(letter) for letter in form_of(tune)] == ["A", "A'", "B", "A", "A'"]


def test_bars_of_one_rhythm_have_one_letter():
    """Pitches do not matter; bars in which nothing begins have none."""
    assert rhythms_of(FRERE_JACQUES) == (0, 0, 1, 1, 2, 2, 1, 1)
    assert rhythms_of(Phrase.parse("3/4 pickup=24: G4 | C4*3 | D4 E4*2 | r*3 | [2/4] C4 D4")) == (0, 1, None, 2)
    assert [letter_of(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# Figures


def test_a_figure_returns_where_it_was_planted():
    """Exactly in bar 5, a third higher in bar 3, in rhythm alone in bar 7."""
    tune = Phrase.parse(
        "C4*3/2 D4/2 E4 C4 | G4*4 ' | E4*3/2 F4/2 G4 E4 | A4*4 ' | C4*3/2 D4/2 E4 C4 | B4*4 ' | "
        "B4*3/2 G4/2 A4 D4 | C4*4"
    )
    (motif,) = motifs(tune)
    places = [(tune.place(tune.voices[0].notes[p.first].onset)[0], p.relation, p.steps) for p in motif.places]
    assert places == [(1, "exact", 0), (3, "transposed", 2), (5, "exact", 0)]
    assert [tune.place(tune.voices[0].notes[p.first].onset)[0] for p in motif.rhythms] == [7]
    assert of(tune).notation(motif) == "C4*3/2 D4/2 E4 C4"


def test_a_figure_at_another_speed_is_the_same():
    """Augmentation keeps the relations of the lengths."""
    tune = Phrase.parse("C4 E4/2 D4/2 G4 ' A4 | C4*2 E4 D4 | G4*2 r*2")
    (motif,) = motifs(tune)
    assert [place.speed for place in motif.places] == [1, Fraction(2)]


def test_the_theme_of_aaba_returns_at_the_bars_of_a():
    """The last bars of both A of the Ode differ, what comes before returns."""
    whole = of(ODE_TO_JOY)
    assert [whole.where(place) for place in whole.motifs[0].places] == [(1, 1), (5, 1)]
    assert whole.motifs[0].moves == 11


def test_no_figure_lies_across_the_end_of_a_phrase():
    """The same notes, cut in their middle, are no figure."""
    assert motifs(Phrase.parse("C4 D4 G4 E4 | A4 B4 F4 F4 | C4 D4 G4 E4"))
    assert not motifs(Phrase.parse("C4 D4 ' G4 E4 | A4 B4 F4 F4 | C4 D4 G4 E4"))


def test_notes_that_only_repeat_are_no_figure():
    """A figure has two pitches."""
    assert motifs(Phrase.parse("C4 C4 C4 C4 | C4 C4 C4 C4")) == ()


@given(st.lists(st.integers(0, 2), max_size=24))
@settings(max_examples=150)
def test_repeats_are_those_of_an_obvious_search(tokens):
    """Every run, every place; kept where one token more on a side is rarer."""
    runs: dict[tuple[int, ...], list[int]] = {}
    for length in range(3, len(tokens) + 1):
        for start in range(len(tokens) - length + 1):
            runs.setdefault(tuple(tokens[start : start + length]), []).append(start)
    expected = []
    for run, starts in runs.items():
        longer = [more for more in runs if len(more) == len(run) + 1 and run in (more[1:], more[:-1])]
        if len(starts) > 1 and all(len(runs[more]) < len(starts) for more in longer):
            expected.append((len(run), starts))
    assert sorted(repeats(np.array(tokens, np.int64))) == sorted(expected)


# Harmony, cadences, tension


def test_phrases_are_told_with_cadence_shape_and_degrees():
    """The Ode asks on the second degree and answers on the first."""
    ask, answer = of(ODE_TO_JOY).sections
    assert (ask.cadence, answer.cadence) == ("half", "authentic")
    assert (ask.degrees, answer.degrees) == ((3, 2), (3, 1))
    assert answer.shape == "falls"
    assert (ask.notes, ask.longest.duration, ask.longest_bar) == (15, 48, 4)


def test_numerals_are_small_in_minor():
    """Minor has i, iv and V."""
    numerals = {span.numeral for span in of(GREENSLEEVES).spans}
    assert "i" in numerals
    assert "I" not in numerals
    assert [span.bar for span in of(GREENSLEEVES).spans] == [1, 2, 3, 4]


def test_tension_peaks_where_the_line_is_high_and_busy():
    """One bar of high, quick, unstable notes among long tonics."""
    tune = Phrase.parse("C4*4 | C4*4 | C4*4 | C4*4 | C4*4 | F5/2 B4/2 F5/2 D5/2 F5/2 B4/2 F5/2 D5/2 | C4*4 | C4*4")
    assert of(tune).peak == (6, 6)
    assert len(of(tune).tension) == 8


# Numbers


def test_numbers_are_those_that_calibrate_hears():
    """The same portrait, alone and in company; the most unusual stands first."""
    tunes = [melody for melody in map(melody_of, (TWINKLE, ODE_TO_JOY, GREENSLEEVES)) if melody]
    assert portraits(tunes)[:, 1].tolist() == portrait(Phrases.of(tunes[1]))[:, 0].tolist()
    told = of(ODE_TO_JOY).standings
    assert {standing.name for standing in told} == set(SINGLE) & set(QUANTILES)
    assert [standing.beyond for standing in told] == sorted((standing.beyond for standing in told), reverse=True)
    values = portrait(Phrases.of(tunes[1]))[:, 0]
    for standing in told:
        low, high = standing.quantiles[0], standing.quantiles[-1]
        assert (standing.beyond > 0) == (not low <= float(f"{standing.value:.3g}") <= high)
        assert standing.value == values[SINGLE.index(standing.name)]


def test_the_middle_of_a_style_is_the_most_usual():
    """The median of everything is nowhere near an edge; far off, everything is far."""
    quantiles = dict.fromkeys(SINGLE, (0.0, 1.0, 2.0, 3.0, 4.0))
    size = len(portraits([TWINKLE]))
    assert {standing.beyond for standing in standings(np.full(size, 2.0), quantiles)} == {-0.45}
    assert {standing.beyond for standing in standings(np.full(size, 8.0), quantiles)} == {1.0}
    assert {standing.place for standing in standings(np.full(size, -4.0), quantiles)} == {-1.0}
    assert (
        far_shares(np.full(size, 0.5), {"interval_profile 18": (0.0, 0.0, 0.0, 0.0, 0.1)})[0].label == "rising tritones"
    )


def test_a_style_without_figures_is_refused():
    """Fux measured nothing."""
    with pytest.raises(ValueError, match="a style must have measured quantiles, 'fux' has none; take folk_melody"):
        quantiles_of(style_named("fux"))


# Pieces of all kinds


@given(phrases())
@settings(max_examples=60, deadline=None)
def test_any_piece_with_a_note_is_analysed(phrase):
    """Finite JSON and a report, whatever the metres, keys, pick-ups and ends."""
    if not any(voice.notes for voice in phrase.voices):
        with pytest.raises(ValueError, match="must have a note, got none"):
            line_of(phrase)
        return
    found = of(phrase)
    told = found.plain()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert sum(section["notes"] for section in told["phrases"]) == told["notes"]
    assert all(isinstance(line, str) for line in [*report(found), *summary(found)])


@pytest.mark.parametrize(
    "notation",
    [
        "C4",
        "r*8 C4 r*7",
        "C4 C#4 D4 Eb4 | E4 F4 F#4 G4 | Ab4 A4 Bb4 B4",
        "3/4 pickup=24: G4 | C5*3 | [2/4] B4 A4 | [6/8] G4 F4 E4 | D4*3 | [D major] [4/4] D4*4 | E4*4 | F#4*4 | D4*4",
        "C4/8 D4/8 E4/8 C4/8",
    ],
)
def test_odd_pieces_are_analysed_and_drawn(notation, tmp_path):
    """One note, a lonely note, all twelve tones, changes of metre and key, less than a bar."""
    found = of(Phrase.parse(notation))
    assert report(found)
    write_analysis(found, tmp_path / "odd")
    assert (tmp_path / "odd.png").stat().st_size > 0


def test_a_long_piece_is_told_and_drawn_as_a_whole(tmp_path):
    """Two hundred bars: phrases of some two to four bars, a report of a few pages, one figure."""
    found = of(long_piece())
    assert found.bars == 200
    assert 40 <= len(found.sections) <= 110
    assert len(report(found)) < 110
    write_analysis(found, tmp_path / "long")
    assert (tmp_path / "long.svg").stat().st_size < 3_000_000


def test_a_figure_has_the_same_bytes_each_time(tmp_path):
    """Nothing of the process or the date goes in."""
    for name in ("one", "other"):
        write_analysis(of(GREENSLEEVES), tmp_path / name)
    for suffix in (".png", ".svg"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"other{suffix}").read_bytes()


# The command


def written(path, phrase: Phrase):
    path.write_bytes(mid(phrase))
    return path


def analyze(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["analyze", *map(str, words)])
    assert done.exit_code in (0, 2), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_the_command_tells_one_piece_at_length_and_several_in_short(tmp_path):
    """One report; three blocks; JSON as a list of both."""
    one, other = written(tmp_path / "a.mid", TWINKLE), written(tmp_path / "b.mid", FRERE_JACQUES_ROUND)
    code, told, _ = analyze(one)
    assert code == 0
    for part in ("C major, certainty", "4/4, 12 bars", "Phrases (stated): A B A", "Harmony implied", "Tension", "5 %"):
        assert part in told
    assert all(len(line) <= 100 for line in told.splitlines() if ": " not in line)
    code, told, _ = analyze(tmp_path)
    assert [line for line in told.splitlines() if line.endswith(".mid")] == [str(one), str(other)]
    code, told, _ = analyze(one, other, "--json")
    first, second = json.loads(told)
    assert (first["form"], first["key"]["best"], first["phrases_stated"]) == ("A B A", "C major", True)
    assert (first["bars"], first["range"], first["semitones"]) == (12, ["C4", "A4"], 9)
    assert len(first["numbers"]) == len(set(SINGLE) & set(QUANTILES))
    assert set(first["figures"][0]) == {"notes", "moves", "places"}
    assert (second["voices"], second["notes"]) == (3, len(FRERE_JACQUES_ROUND.voices[0].notes))


def test_another_track_is_chosen_by_number(tmp_path):
    """The melody is the first voice with notes unless --track says otherwise."""
    file = written(tmp_path / "round.mid", FRERE_JACQUES_ROUND)
    _, told, _ = analyze(file, "--track", 3, "--json")
    assert json.loads(told)[0]["notes"] == len(FRERE_JACQUES_ROUND.voices[2].notes)


def test_the_command_draws_one_piece(tmp_path):
    """PNG and SVG under the name given."""
    code, told, _ = analyze(written(tmp_path / "a.mid", TWINKLE), "--plot", tmp_path / "figure.png")
    assert code == 0
    assert f"drawn: {tmp_path / 'figure.png'}" in told
    assert (tmp_path / "figure.svg").exists()


def test_a_style_of_the_users_own_is_taken(tmp_path):
    """A file of JSON with quantiles, by its path."""
    style = tmp_path / "mine.json"
    style.write_text(
        json.dumps({"name": "mine", "criteria": [], "measured": {"quantiles": {"ambitus": [1, 2, 3, 4, 5]}}})
    )
    code, told, _ = analyze(written(tmp_path / "a.mid", TWINKLE), "--style", style, "--json")
    assert code == 0
    assert [number["name"] for number in json.loads(told)[0]["numbers"]] == ["ambitus"]


def test_what_cannot_be_analysed_is_refused_in_one_line(tmp_path):
    """Silence, no such file, no such style, no such track, more than one file to draw; exit code 2."""
    good = written(tmp_path / "good.mid", TWINKLE)
    silent = written(tmp_path / "silent.mid", Phrase(length=96))
    broken = tmp_path / "broken.mid"
    broken.write_bytes(b"MThd")
    style = tmp_path / "bad.json"
    style.write_text('{"criteria": [], "measured": {"quantiles": {"ambitus": [3, 2]}}}')
    for words, wanted in (
        ([silent], "silent.mid: must have a note, got none"),
        ([broken], "broken.mid: "),
        ([tmp_path / "nothing.mid"], "must be a file of music or a folder of such"),
        ([good, "--style", "folk_melodie"], "no style is called 'folk_melodie'; did you mean 'folk_melody'?"),
        ([good, "--style", "fux"], "'fux' has none; take folk_melody"),
        ([good, "--style", style], "measured.quantiles.ambitus must be five ascending numbers"),
        ([good, "--style", tmp_path / "none.json"], "none.json: cannot be read"),
        ([good, "--track", 4], "a track must be 1 to 1, got 4"),
        ([good, good, "--plot", tmp_path / "x"], "--plot must be for one file, got 2"),
        ([good, "--seed", 3], "--seed needs --against"),
    ):
        code, told, error = analyze(*words)
        assert code == 2
        assert told == ""
        assert wanted in error
        assert "Traceback" not in error


def test_a_file_that_cannot_be_read_does_not_keep_others_back(tmp_path):
    """In a folder it is left out; named itself it costs the exit code."""
    written(tmp_path / "good.mid", TWINKLE)
    (tmp_path / "broken.mid").write_bytes(b"MThd")
    code, told, error = analyze(tmp_path)
    assert code == 0
    assert "good.mid" in told
    assert "left out: " in error
    code, told, _ = analyze(tmp_path / "good.mid", tmp_path / "broken.mid")
    assert code == 2
    assert "good.mid" in told


def test_a_key_that_is_not_stated_is_said_to_be_found(tmp_path):
    """MIDI may lack a key signature."""
    file = written(tmp_path / "a.mid", TWINKLE)
    data = file.read_bytes()
    at = data.index(b"\xff\x59\x02")
    bare = data[: at - 1] + data[at + 5 :]
    size = int.from_bytes(data[18:22], "big") - 6
    file.write_bytes(bare[:18] + size.to_bytes(4, "big") + bare[22:])
    (found,) = analysed([file])
    assert isinstance(found, Analysis)
    assert found.key_stated is False
    assert str(find_key(found.line)) == str(found.line.keys[0][1])
    assert "found; next" in "\n".join(report(found))
