"""A batch as arrays: its views against what a hand reads off a few notes, from a list and from a grid."""

from __future__ import annotations

import numpy as np
import pytest

from fitness.grid import HOLD, REST
from fitness.phrase import Note, Phrase
from fitness.phrases import Phrases
from fitness.setting import Setting
from fitness.verbs import earlier, later, latest, one_of, run_length
from tests.melodies import FRERE_JACQUES, GREENSLEEVES, ODE_TO_JOY, TUNES
from tests.reference.phrases import AWKWARD, random_phrases
from tests.reference.questions import bars, contending, in_force, is_beat, place, segment, weight
from tests.reference.questions import degree as degree_of

TUNE = "G major 3/4 pickup=24: D4 | G4*2 r/2 A4/2 | ' F4*3 ; r | G3*3 | D3*3"


def listed(text: str) -> Phrases:
    return Phrases.of(Phrase.parse(text))


def on_grid(text: str, step: int = 12) -> Phrases:
    """The same phrase as cells, `step` ticks a slot."""
    phrase = Phrase.parse(text)
    ticks = np.arange(0, phrase.length, step)
    cells = np.full((len(phrase.voices), len(ticks), 1), HOLD, np.int16)
    for voice, line in enumerate(phrase.voices):
        end = 0
        for note in line.notes:
            if note.onset > end or not end:
                cells[voice, end // step] = REST
            cells[voice, note.onset // step] = note.pitch
            end = note.end
        if end < phrase.length:
            cells[voice, end // step] = REST
    return Phrases.from_grid(cells, ticks, Setting.of(phrase))


both = pytest.mark.parametrize("made", [listed, on_grid])


@both
def test_notes_are_packed_to_the_front_with_their_ticks(made):
    """What is absent is pitch -1 at tick 0, so that padding harms no rule."""
    notes = made(TUNE).notes
    assert notes.pitch[..., 0].tolist() == [[62, 67, 69, 65], [55, 50, -1, -1]]
    assert notes.onset[..., 0].tolist() == [[0, 24, 84, 96], [24, 96, 0, 0]]
    assert notes.end[..., 0].tolist() == [[24, 72, 96, 168], [96, 168, 0, 0]]
    assert notes.duration[0, :, 0].tolist() == [24, 48, 12, 72]
    assert notes.count[:, 0].tolist() == [4, 2]


@both
def test_notes_know_their_neighbours(made):
    """Moves are counted from note to note, over rests too; the first was not approached and the last not left."""
    notes = made(TUNE).notes
    assert notes.left_by[..., 0].tolist() == [[5, 2, -4, 0], [-5, 0, 0, 0]]
    assert notes.approached_by[..., 0].tolist() == [[0, 5, 2, -4], [0, -5, 0, 0]]
    assert notes.has_next[..., 0].tolist() == [[True, True, True, False], [True, False, False, False]]
    assert notes.has_previous[0, :, 0].tolist() == [False, True, True, True]
    assert notes.is_first[..., 0].tolist() == [[True, False, False, False], [True, False, False, False]]
    assert notes.is_last[..., 0].tolist() == [[False, False, False, True], [False, True, False, False]]


@both
def test_notes_know_their_degree_bar_place_and_phrase(made):
    """F natural is chromatic in G major; the pick-up is bar 0 and its place counts towards the barline."""
    notes = made(TUNE).notes
    assert notes.degree[..., 0].tolist() == [[5, 1, 2, 0], [1, 5, 0, 0]]
    assert notes.bar[0, :, 0].tolist() == [0, 1, 1, 2]
    assert notes.place[0, :, 0].tolist() == [48, 0, 60, 0]
    assert notes.ends_phrase[..., 0].tolist() == [[False, False, True, True], [True, True, False, False]]
    assert notes.starts_phrase[..., 0].tolist() == [[True, False, False, True], [True, True, False, False]]


@both
def test_notes_know_what_metrical_weight_they_begin_on_and_sound_over(made):
    """A syncopation is a note that is weaker than a place it sounds over."""
    notes = made("4/4: C4/2 D4 E4/2 F4*2").notes
    assert notes.weight[0, :, 0].tolist() == [0, -3, -3, -1]
    assert notes.stronger[0, :, 0].tolist() == [96, 24, 48, 96]
    assert (notes.end > notes.stronger)[0, :, 0].tolist() == [False, True, False, False]


def test_slices_of_notes_are_cut_at_onsets_offsets_and_beats():
    """Sounding is filled, so that the slice before is the state before."""
    slices = listed("3/4: C4*3/2 r/2 E4 ; G3/2 A3*5/2").slices
    assert slices.onset[0, :, 0].tolist() == [0, 12, 24, 36, 48]
    assert slices.end[0, :, 0].tolist() == [12, 24, 36, 48, 72]
    assert slices.sounding[..., 0].tolist() == [[60, 60, 60, -1, 64], [55, 57, 57, 57, 57]]
    assert slices.attack[..., 0].astype(int).tolist() == [[1, 0, 0, 0, 1], [1, 1, 0, 0, 0]]
    assert slices.on_beat[0, :, 0].tolist() == [True, False, True, False, True]


def test_slices_of_a_grid_are_its_slots_and_the_beats_between():
    """A grid of triplet halves still has a slice on each quarter."""
    setting = Setting.of(Phrase.parse("4/4: C4*4"))
    cells = np.array([60, HOLD, 62], np.int16).reshape(1, 3, 1)
    slices = Phrases.from_grid(cells, np.array([0, 32, 64]), setting).slices
    assert slices.onset[0, :, 0].tolist() == [0, 24, 32, 48, 64, 72]
    assert slices.sounding[0, :, 0].tolist() == [60, 60, 60, 60, 62, 62]
    assert slices.attack[0, :, 0].tolist() == [True, False, False, False, True, False]


def test_slices_can_be_taken_at_equal_distances_only():
    """States a quarter apart leave out what passes between."""
    slices = listed("C5/2 D5/2 E5 ; C4*2").slices.every(24)
    assert slices.onset[0, :, 0].tolist() == [0, 24]
    assert slices.sounding[..., 0].tolist() == [[72, 76], [60, 60]]


@both
def test_pairs_have_intervals_and_moves(made):
    """The upper voice comes first; a move across a rest is none."""
    pairs = made("G4 A4 r G4 ; C4 D4 E4 C4").slices.pairs
    assert pairs.members == ((0, 1),)
    at_beats = np.flatnonzero(pairs.slices.on_beat[0, :, 0])
    assert pairs.interval[0, at_beats, 0].tolist() == [7, 7, 0, 7]
    assert pairs.interval_class[0, at_beats, 0].tolist() == [7, 7, -1, 7]
    assert pairs.both_sound[0, at_beats, 0].tolist() == [True, True, False, True]
    assert pairs.upper_move[0, at_beats, 0].tolist() == [0, 2, 0, 0]
    assert pairs.lower_move[0, at_beats, 0].tolist() == [0, 2, 2, -4]
    assert pairs.both_move[0, at_beats, 0].tolist() == [False, True, False, False]


def test_three_voices_are_three_pairs_of_which_two_are_neighbours():
    """Soprano and bass are the outer pair."""
    pairs = listed("C5 ; E4 ; C4").slices.pairs
    assert pairs.members == ((0, 1), (0, 2), (1, 2))
    assert pairs.adjacent.ravel().tolist() == [True, False, True]
    assert pairs.outer.ravel().tolist() == [False, True, False]
    assert pairs.interval[:, 0, 0].tolist() == [8, 12, 4]


def test_a_crossed_pair_has_a_negative_interval_of_the_same_class():
    """A fifth is a fifth, whichever voice is above."""
    pairs = listed("C4 ; G4").slices.pairs
    assert (pairs.interval[0, 0, 0], pairs.interval_class[0, 0, 0]) == (-7, 7)


def test_one_voice_has_no_pairs():
    """Counterpoint needs two."""
    assert listed("C4 D4").slices.pairs.interval.shape[0] == 0


@both
def test_bars_have_what_begins_in_them_without_the_pick_up(made):
    """Equal bars have equal content, and bars of one rhythm the same rhythm."""
    view = made("3/4 pickup=24: C4 | C4 D4 E4 | C4 D4 E4 | E4 D4 C4 | C4*3").bars
    assert view.onset[0, :, 0].tolist() == [24, 96, 168, 240]
    assert view.end[0, :, 0].tolist() == [96, 168, 240, 312]
    content, rhythm = view.content[0, :, 0].tolist(), view.rhythm[0, :, 0].tolist()
    assert content[0] == content[1]
    assert len(set(content)) == 3
    assert rhythm[0] == rhythm[1] == rhythm[2] != rhythm[3]


def test_bars_with_the_same_notes_in_another_order_differ():
    """A bar turned backwards is another bar."""
    content = listed("C4 D4 E4 F4 | F4 E4 D4 C4 | D4 C4 E4 F4 | C4 E4 D4 F4").bars.content[0, :, 0]
    assert len(set(content.tolist())) == 4


def test_bars_that_differ_have_different_content():
    """Over 4,000 random bars, two that differ are never taken for one another."""
    rng = np.random.default_rng(5)
    seen: dict[int, list[tuple[int, ...]]] = {}
    setting = Setting.of(Phrase.parse("4/4: C4*40"))
    cells = rng.integers(60, 68, (1, 40, 400)).astype(np.int16)
    batch = Phrases.from_grid(cells, np.arange(0, 960, 24), setting)
    for bar in range(10):
        for i in range(400):
            notes = tuple(cells[0, 4 * bar : 4 * bar + 4, i].tolist())
            seen.setdefault(int(batch.bars.content[0, bar, i]), []).append(notes)
    assert all(len(set(notes)) == 1 for notes in seen.values())


def test_a_batch_may_mix_keys_metres_and_voices():
    """Each phrase is read in its own setting."""
    batch = Phrases.of(ODE_TO_JOY, GREENSLEEVES, FRERE_JACQUES, *AWKWARD.values())
    assert batch.notes.degree[0, :4, :3].T.tolist() == [[3, 3, 4, 5], [1, 3, 4, 5], [1, 2, 3, 1]]
    assert batch.notes.bar[0, :4, :3].T.tolist() == [[1, 1, 1, 1], [0, 1, 1, 1], [1, 1, 1, 1]]


def test_notes_of_all_sorts_are_where_the_slow_reference_finds_them():
    """Degree, bar, place, weight and phrase of each note, in changing keys and metres, alone and in a batch."""
    many = random_phrases(80, seed=40)
    notes = Phrases.of(*many).notes
    for i, phrase in enumerate(many):
        lines = bars(phrase)
        for v, voice in enumerate(phrase.voices):
            for j, note in enumerate(voice.notes):
                found = (notes.degree, notes.place, notes.weight, notes.bar)
                bar = sum(start <= note.onset for start, _, _ in lines)
                expected = [degree_of(phrase, note), place(phrase, note.onset), weight(phrase, note.onset), bar]
                assert [int(x[v, j, i]) for x in found] == expected, str(phrase)
                over = range(note.onset + 1, phrase.length)
                stronger = (tick for tick in over if weight(phrase, tick) > contending(phrase, note.onset))
                assert int(notes.stronger[v, j, i]) == next(stronger, phrase.length), str(phrase)
                last = j + 1 == len(voice.notes) or segment(phrase, note) != segment(phrase, voice.notes[j + 1])
                assert bool(notes.ends_phrase[v, j, i]) == last


def test_settings_know_the_bar_place_weight_and_beat_of_every_tick():
    """The tables that every metrical question reads, against one tick at a time."""
    for phrase in [*TUNES.values(), *random_phrases(30, seed=41)]:
        setting = Setting.of(phrase)
        for tick in range(0, phrase.length, 3):
            assert int(setting.place[tick]) == place(phrase, tick), (tick, str(phrase))
            assert int(setting.weight[tick]) == weight(phrase, tick), (tick, str(phrase))
            assert bool(setting.on_beat[tick]) == is_beat(phrase, tick), (tick, str(phrase))
            assert setting.keys[int(setting.key[tick])][1] == in_force(phrase.keys, tick)


def test_a_phrase_comes_back_from_a_batch_as_it_went_in():
    """Velocities are not part of what a batch judges; all else is kept."""
    many = [*TUNES.values(), *AWKWARD.values(), *random_phrases(40, seed=42)]
    batch = Phrases.of(*many)
    assert len(batch) == len(many)
    for i, phrase in enumerate(many):
        assert str(batch[i]) == str(phrase)


def test_a_grid_comes_back_as_phrases():
    """Cells are struck, held and silenced; a hold with nothing before it is silence."""
    cells = np.array([[HOLD, 60, HOLD, REST, HOLD, 62, 62, REST]], np.int16).reshape(1, 8, 1)
    phrase = Phrases.from_grid(cells, np.arange(0, 96, 12), Setting.of(Phrase.parse("C4*4")))[0]
    assert phrase.voices[0].notes == (Note(12, 24, 60), Note(60, 12, 62), Note(72, 12, 62))


@pytest.mark.parametrize("slots", [3, 100, 126, 127, 130, 1000, 4095, 4096, 5000])
def test_long_grids_are_read_as_short_ones(slots):
    """The packed integers of the fast path hold at every length."""
    rng = np.random.default_rng(slots)
    cells = rng.choice(np.array([HOLD, HOLD, REST, 0, 60, 127], np.int16), (2, slots, 2))
    setting = Setting(slots, names=("", ""), programs=(0, 0), ends=(slots,))
    batch = Phrases.from_grid(cells, np.arange(slots), setting)
    for i in range(2):
        for v in range(2):
            expected: list[list[int]] = []
            held = False
            for tick, cell in enumerate(cells[v, :, i].tolist()):
                if cell >= 0:
                    expected.append([tick, tick + 1, cell])
                elif held and cell == HOLD:
                    expected[-1][1] = tick + 1
                held = cell >= 0 or (held and cell == HOLD)
            notes = batch[i].voices[v].notes
            assert [[note.onset, note.end, note.pitch] for note in notes] == expected
            heard = [-1] * slots
            for onset, end, pitch in expected:
                heard[onset:end] = [pitch] * (end - onset)
            assert batch.slices.sounding[v, :, i].tolist() == heard


def test_some_phrases_and_some_voices_can_be_taken():
    """A part of a batch is a batch, read in its own settings."""
    batch = Phrases.of(ODE_TO_JOY, GREENSLEEVES, FRERE_JACQUES)
    assert str(batch.take(np.array([2, 0]))[0]) == str(FRERE_JACQUES)
    assert str(batch.take(slice(1, 2))[0]) == str(GREENSLEEVES)
    two = listed("C5 D5 ; E4*2 ; C4 B3")
    assert two.only((2,)).notes.pitch[..., 0].tolist() == [[60, 59]]
    assert two.only((0, 2)).slices.pairs.interval[0, :, 0].tolist() == [12, 15]
    assert on_grid("C5 D5 ; E4*2 ; C4 B3").only((0, 2)).slices.sounding[..., 0].shape[0] == 2


def test_a_phrase_with_some_of_its_voices_is_still_a_phrase():
    """Whoever takes the bass of a chorale can read it as music."""
    bass = listed("<flute@73> C5 D5 ; E4*2 ; <bass@32> C4 B3").only((2,))[0]
    assert [voice.name for voice in bass.voices] == ["bass"]
    assert [note.pitch for note in bass.voices[0].notes] == [60, 59]


def test_blocks_hold_at_least_two_phrases(monkeypatch):
    """A lone phrase is doubled, for sums over one would be added in another order than over many."""
    batch = Phrases.of(*TUNES.values())
    for cells in (1, 100, 400, 2**17):
        monkeypatch.setattr("fitness.phrases.BLOCK_CELLS", cells)
        blocks = list(batch.blocks())
        assert [i for where, _ in blocks for i in range(where.start, where.stop)] == list(range(len(batch)))
        assert all(len(block) >= 2 for _, block in blocks)


def test_an_empty_batch_is_a_batch():
    """No phrases are no phrases, not an error."""
    assert len(Phrases.of()) == 0
    assert list(Phrases.of().blocks()) == []


# Verbs

COLUMN = np.array([[3], [1], [4], [1]])
MARKS = np.array([[False], [True], [False], [True]])


def test_earlier_and_later_shift_by_one_and_fill():
    """The note before the first is none."""
    assert earlier(COLUMN, -1).ravel().tolist() == [-1, 3, 1, 4]
    assert later(COLUMN, -1).ravel().tolist() == [1, 4, 1, -1]


def test_latest_looks_back_from_each_position():
    """The value where the mark was last, and where it will be next, the position itself included."""
    assert latest(COLUMN, MARKS, -1).ravel().tolist() == [-1, 1, 1, 1]


def test_a_run_ends_where_the_mark_fails():
    """Each run counts from one."""
    assert run_length(np.array([[True], [True], [False], [True]])).ravel().tolist() == [1, 2, 0, 1]


def test_one_of_never_holds_for_what_is_absent():
    """An absent interval class is -1, and -1 is no member even of all classes."""
    assert one_of(np.array([[-1], [0], [11]], np.int8), tuple(range(12))).ravel().tolist() == [False, True, True]


def test_equal_phrases_have_the_same_fingerprint_and_others_another():
    """Cells that differ and sound the same are one phrase: a rest after a rest, a hold before the first note."""
    setting, ticks = Setting(96), np.arange(0, 96, 12)
    cells = np.array(
        [
            [60, HOLD, REST, HOLD, HOLD, 62, HOLD, HOLD],
            [60, HOLD, REST, REST, HOLD, 62, HOLD, HOLD],
            [60, HOLD, REST, HOLD, HOLD, 62, 62, HOLD],
            [60, HOLD, REST, HOLD, HOLD, 63, HOLD, HOLD],
            [60, REST, HOLD, HOLD, HOLD, 62, HOLD, HOLD],
            [HOLD, 60, REST, HOLD, HOLD, 62, HOLD, HOLD],
            [REST, 60, REST, HOLD, HOLD, 62, HOLD, HOLD],
        ],
        np.int16,
    ).T[None]
    prints = Phrases.from_grid(cells, ticks, setting).fingerprint
    assert prints[0] == prints[1]
    assert prints[5] == prints[6]
    assert len(set(prints.tolist())) == 5


def test_the_fingerprint_of_a_phrase_does_not_depend_on_its_company():
    """It is what duplicates are told by, so that it must be the phrase's own."""
    many = random_phrases(40, seed=6)
    alone = [int(Phrases.of(phrase).fingerprint[0]) for phrase in many]
    assert alone == Phrases.of(*many).fingerprint.tolist()
    assert len(set(alone)) == len({tuple(voice.notes for voice in phrase.voices) for phrase in many})
