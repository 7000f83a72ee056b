"""MIDI: what we write reads back the same, odd files are read right, broken ones are refused in one line."""

from __future__ import annotations

import io
import random
import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import mido
import pytest
from hypothesis import example, given, settings

from benchmarks.fuzz_midi import ODD, TUNES, bombs, mutated
from evolve.formats.format import file_format, read_phrase
from evolve.formats.midi import Reading, from_bytes, mid, read, to_bytes
from evolve.formats.midi_lines import Sounded, top_line
from evolve.formats.midi_setting import nearest_signature
from fitness.phrase import Note, Phrase, Voice
from fitness.theory import Key, Metre
from tests.strategies import phrases

TUNE = "G major 3/4 pickup=24: <flute@73> D4 | G4*2 A4!96 | B4*3 ' | r*3 ; <cello@42> r | G2*3 | G3*3 | r*3"
A_QUARTER_ON_C4 = "00 90 3c 50  18 80 3c 40"


def hexed(text: str) -> bytes:
    """The bytes of a hex dump with comments."""
    return bytes.fromhex(" ".join(line.partition("#")[0] for line in text.splitlines()))


def chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "big") + body


def midi(*tracks: str, kind: int = 1, division: int = 24) -> bytes:
    """A file of these hex dumps; 24 ticks a quarter (0x18), as ours."""
    head = b"".join(number.to_bytes(2, "big") for number in (kind, len(tracks), division))
    return chunk(b"MThd", head) + b"".join(chunk(b"MTrk", hexed(track)) for track in tracks)


def claiming(tracks: int, data: bytes) -> bytes:
    """The file with another number of tracks in its header."""
    return data[:10] + tracks.to_bytes(2, "big") + data[12:]


def line(data: bytes) -> str:
    """The notes of a one-voiced file in our notation, without a header."""
    return str(from_bytes(data)).partition(": ")[2]


def messages(data: bytes, track: int) -> Iterator[tuple[int, mido.Message]]:
    """The messages of a track as mido reads them, with their ticks."""
    tick = 0
    for message in mido.MidiFile(file=io.BytesIO(data)).tracks[track]:
        tick += message.time
        yield tick, message


# Writing and reading back


@settings(max_examples=300, deadline=None)
@given(phrases())
@example(Phrase())
@example(Phrase.parse("C major 2/4: C4*2 | [3/4] C4*3"))  # looks like a pick-up of a half note
@example(Phrase.parse("C major 2/4: C4*2 | [2/4] C4*2 | [C major] C4*2"))  # changes that change nothing
@example(Phrase.parse("C major 3/4 pickup=8: C4/3 | [4/4] C4*4"))  # no metre has the length of the pick-up
@example(Phrase(metres=((0, Metre.parse("64/1")),), pickup=6138))
@example(Phrase((Voice(),) * 20, 96))
def test_a_written_phrase_reads_back_the_same(phrase: Phrase) -> None:
    assert from_bytes(to_bytes(phrase)) == phrase


def test_the_same_phrase_gives_the_same_bytes() -> None:
    assert to_bytes(Phrase.parse(TUNE)) == to_bytes(Phrase.parse(TUNE)) == mid(Phrase.parse(TUNE))


def test_the_suffixes_lead_to_the_format(tmp_path: Path) -> None:
    for name in ("a.mid", "b.MIDI"):
        (tmp_path / name).write_bytes(to_bytes(Phrase.parse(TUNE)))
        assert read_phrase(tmp_path / name) == Phrase.parse(TUNE)
    assert file_format["mid"].options["tempo_bpm"][1] == 96.0


@pytest.mark.parametrize("tempo_bpm", [10.0, 40.0, 96.0, 110.0, 137.5, 400.0])
def test_the_tempo_reads_back(tempo_bpm: float) -> None:
    assert read(to_bytes(Phrase.parse("C4"), tempo_bpm=tempo_bpm)).tempo_bpm == pytest.approx(tempo_bpm, abs=0.002)


@pytest.mark.parametrize("tempo_bpm", [9.9, 401, float("nan"), float("inf")])
def test_a_tempo_outside_10_to_400_is_refused(tempo_bpm: float) -> None:
    with pytest.raises(ValueError, match="tempo_bpm must be 10 to 400, got"):
        to_bytes(Phrase.parse("C4"), tempo_bpm=tempo_bpm)


def test_the_first_track_conducts_and_each_voice_has_its_own() -> None:
    data = to_bytes(Phrase.parse(TUNE), tempo_bpm=120)
    assert data[:14] == hexed("4d 54 68 64 00 00 00 06  00 01 00 03 01 e0")  # type 1, three tracks, 480 a quarter
    shown = [(tick, str(m)) for tick, m in messages(data, 0) if m.type in ("set_tempo", "key_signature")]
    assert shown == [
        (0, "MetaMessage('set_tempo', tempo=500000, time=0)"),
        (0, "MetaMessage('key_signature', key='G', time=0)"),
    ]
    assert [(m.type, m.channel) for _, m in messages(data, 2) if m.type == "program_change"] == [("program_change", 1)]
    assert [m.name for track in (1, 2) for _, m in messages(data, track) if m.type == "track_name"] == [
        "flute",
        "cello",
    ]


def test_a_pickup_is_a_first_metre_of_its_own_length() -> None:
    """So that barlines fall right in programs that know nothing of pick-ups."""
    metres = [(tick, m) for tick, m in messages(to_bytes(Phrase.parse(TUNE)), 0) if m.type == "time_signature"]
    assert [(tick, m.numerator, m.denominator) for tick, m in metres] == [(0, 1, 4), (480, 3, 4)]


def test_the_metronome_of_a_compound_metre_clicks_dotted_quarters() -> None:
    (clocks,) = [
        m.clocks_per_click
        for _, m in messages(to_bytes(Phrase.parse("C major 6/8: C4")), 0)
        if m.type == "time_signature"
    ]
    assert clocks == 36


@pytest.mark.parametrize(
    ("key", "signature"),
    [("D dorian", "A minor"), ("E phrygian", "A minor"), ("F lydian", "C major"), ("G mixolydian", "C major"),
     ("A harmonic_minor", "A minor"), ("G# major", "Ab major"), ("Fb major", "E major"), ("D# minor", "D# minor"),
     ("A minor_pentatonic", "A minor"), ("C chromatic", "C major")],
)  # fmt: skip
def test_a_mode_has_the_signature_of_its_scale(key: str, signature: str) -> None:
    assert str(nearest_signature(Key.parse(key))) == signature


def test_no_voice_plays_on_the_percussion_channel() -> None:
    data = to_bytes(Phrase((Voice((Note(0, 24, 60),)),) * 20, 24))
    channels = [m.channel for track in range(1, 21) for _, m in messages(data, track) if m.type == "note_on"]
    assert channels == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4]


def test_a_name_is_written_in_utf_8_and_without_controls() -> None:
    data = to_bytes(Phrase((Voice((), "Flöte\x1b[2J"),)))
    assert "Flöte[2J".encode() in data
    assert from_bytes(data).voices[0].name == "Flöte[2J"


def test_music21_reads_the_same_notes_metre_and_tempo() -> None:
    """An oracle that shares no code with mido."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        music21 = pytest.importorskip("music21")
        score = music21.converter.parse(to_bytes(Phrase.parse(TUNE), tempo_bpm=110), format="midi")
        flute = score.parts[0]
        notes = [
            (float(n.getOffsetInHierarchy(flute)), float(n.quarterLength), n.pitch.midi) for n in flute.recurse().notes
        ]
        bars = [float(bar.offset) for bar in flute.getElementsByClass("Measure")]
        metres = [str(m.ratioString) for m in flute.recurse().getElementsByClass("TimeSignature")]
        tempi = [m.number for m in flute.recurse().getElementsByClass("MetronomeMark")]
        keys = [k.sharps for k in flute.recurse().getElementsByClass("KeySignature")]
    assert notes == [(0, 1, 62), (1, 2, 67), (3, 1, 69), (4, 3, 71)]
    assert (bars[:3], metres, tempi, keys) == ([0, 1, 4], ["1/4", "3/4"], [110], [1])


# Files of others


def test_running_status_repeats_the_last_status() -> None:
    data = midi("00 90 3c 50  18 3c 00  00 3e 50  18 3e 00  00 ff 2f 00")  # the ends are notes of velocity 0 too
    assert line(data) == "C4 D4"


def test_running_status_lives_on_across_meta_and_exclusive_events() -> None:
    data = midi("""
        00 90 3c 50
        18 f0 03 43 12 f7    # exclusive: its time counts
        00 3c 00
        00 ff 01 02 6c 61    # text "la"
        00 3e 50
        18 ff 7f 01 00       # the sequencer's own
        00 3e 00
    """)
    assert line(data) == "C4 D4"


def test_the_time_of_an_unknown_event_counts() -> None:
    """mido loses the delta time before a meta event that it does not know."""
    assert line(midi(f"18 ff 60 01 00  18 b0 07 64  18 e0 00 40  {A_QUARTER_ON_C4}")) == "r*3 C4"


def test_in_a_type_0_file_each_channel_is_a_voice() -> None:
    data = midi("00 c1 2a  00 91 30 50  00 90 3c 50  18 80 3c 40  00 81 30 40  00 ff 2f 00", kind=0)
    phrase = from_bytes(data)
    assert [(v.name, v.program, v.notes[0].pitch) for v in phrase.voices] == [
        ("channel 1", 0, 60),
        ("channel 2", 42, 48),
    ]
    assert from_bytes(data, track=2).voices == phrase.voices[1:]
    assert from_bytes(data, track="channel 1").voices == phrase.voices[:1]


def test_a_single_channel_keeps_the_name_of_its_track() -> None:
    assert from_bytes(midi(f"00 ff 03 02 4d 65  {A_QUARTER_ON_C4}", kind=0)).voices[0].name == "Me"


def test_in_a_type_1_file_each_track_with_notes_is_a_voice() -> None:
    data = midi(
        "00 ff 51 03 09 27 c0",  # 600,000 microseconds a quarter, no notes
        "00 ff 03 01 41  00 90 43 50  18 80 43 40",
        "00 ff 03 05 77 6f 72 64 73",  # "words", no notes
        "00 ff 03 01 42  18 90 30 50  18 80 30 40",
    )
    reading = read(data)
    assert reading == Reading(reading.phrase, 100.0, 0.0, 0, ("A", "B"), has_key=False)
    assert str(reading.phrase) == "C major 4/4: <A@0> G4 r ; <B@0> r C3"
    assert read(data, track="B").phrase.voices == reading.phrase.voices[1:]


def test_the_tracks_of_a_type_2_file_sound_together_and_one_alone_keeps_its_own_metre() -> None:
    data = midi(
        f"00 ff 58 04 03 02 18 08  00 ff 51 03 07 a1 20  {A_QUARTER_ON_C4}",  # 3/4, 120 a minute
        f"00 ff 58 04 02 02 18 08  00 ff 51 03 0f 42 40  {A_QUARTER_ON_C4}",  # 2/4, 60 a minute
        kind=2,
    )
    assert len(from_bytes(data).voices) == 2
    alone = read(data, track=2)
    assert (str(alone.phrase.metres[0][1]), alone.tempo_bpm) == ("2/4", 60.0)


def test_a_program_set_in_another_track_counts_for_its_channel() -> None:
    assert from_bytes(midi("00 c0 28", A_QUARTER_ON_C4)).voices[0].program == 40


def test_of_several_programs_the_one_at_the_first_note_counts() -> None:
    data = midi(f"00 c0 00  00 c0 28  {A_QUARTER_ON_C4}  00 c0 05  {A_QUARTER_ON_C4}")
    assert from_bytes(data).voices[0].program == 40


@pytest.mark.parametrize(
    ("division", "ticks"),
    [(0xE728, "83 74"), (0xE850, "87 40"), (0xE264, "8b 5c")],  # 25 x 40, 24 x 80 (half as fast again), 30 x 100
)
def test_smpte_times_become_quarters_at_the_tempo(division: int, ticks: str) -> None:
    """Half a second is a quarter at 120 a minute: 500, 960 and 1500 ticks."""
    data = midi(f"00 90 3c 50  {ticks} 80 3c 40", division=division)
    assert line(data) == "C4"


def test_smpte_29_stands_for_29_97_frames_a_second() -> None:
    """At 1.001 seconds a quarter, 30 frames of 30,000/1001 a second are a quarter: 1500 ticks of 50 a frame."""
    reading = read(midi("00 ff 51 03 0f 46 28  00 90 3c 50  8b 5c 80 3c 40", division=0xE332))
    assert reading.phrase.voices[0].notes == (Note(0, 24, 60, 80),)
    assert reading.largest_shift == 0.0


def test_chunks_of_other_names_are_passed_over() -> None:
    data = midi(A_QUARTER_ON_C4)
    assert from_bytes(data[:14] + chunk(b"XFIH", b"\x00\x01") + data[14:] + chunk(b"XFKM", b"")) == from_bytes(data)


def test_bytes_after_the_last_track_are_passed_over() -> None:
    data = midi(A_QUARTER_ON_C4)
    assert from_bytes(data + b"\x1a\x00\x00") == from_bytes(data)


def test_more_tracks_than_announced_are_read() -> None:
    """As in a file of the test suite of music21: 18 announced, 19 there."""
    data = midi(A_QUARTER_ON_C4, A_QUARTER_ON_C4)
    assert from_bytes(claiming(1, data)) == from_bytes(data)


def test_an_riff_wrapper_is_taken_off() -> None:
    data = midi(A_QUARTER_ON_C4)
    assert from_bytes(b"RIFF\x2a\x00\x00\x00RMIDdata\x1e\x00\x00\x00" + data) == from_bytes(data)


def test_a_longer_header_is_read() -> None:
    data = midi(A_QUARTER_ON_C4)
    assert from_bytes(b"MThd\x00\x00\x00\x08" + data[8:14] + b"\x00\x00" + data[14:]) == from_bytes(data)


def test_an_f7_escape_is_passed_over() -> None:
    data = midi("00 f7 03 f3 01 f8  00 90 3c 50  0c f7 02 90 40  0c 80 3c 40")  # the second holds a note's beginning
    assert line(data) == "C4"


def test_the_text_of_a_karaoke_file_is_passed_over() -> None:
    data = midi(
        "00 ff 01 06 40 4b 4d 49 44 49",  # "@KMIDI"
        "00 ff 03 05 57 6f 72 64 73  00 ff 01 08 6b 65 79 20 6c 61 72 67",  # track "Words": "key larg"
        f"00 ff 05 02 6c 61  {A_QUARTER_ON_C4}",  # lyric "la"
    )
    assert str(from_bytes(data)) == "C major 4/4: C4"


@pytest.mark.parametrize(
    ("raw", "name"),
    [("46 6c c3 b6 74 65", "Flöte"),  # UTF-8
     ("46 6c f6 74 65", "Flöte"),  # Latin-1
     ("93 41 94", "“A”"),  # Windows-1252
     ("81 41", "A"),  # none of them
     ("ff fe 46 00 f6 00", "Fö"),  # UTF-16
     ("ff fe 00 d8", "ÿþØ"),  # broken UTF-16
     ("1b 5b 32 4a 41 0a", "[2JA"),  # an escape sequence
     ("00 41 00", "A"),
     ("56 6c 6e 2e 20 20 20", "Vln.")],  # padded
)  # fmt: skip
def test_names_come_in_any_encoding(raw: str, name: str) -> None:
    data = midi(f"00 ff 03 {len(hexed(raw)):02x} {raw}  {A_QUARTER_ON_C4}")
    assert from_bytes(data).voices[0].name == name


def test_a_long_name_is_cut_between_characters() -> None:
    name = "ö" * 200
    data = midi(f"00 ff 03 83 10 {name.encode().hex()}  {A_QUARTER_ON_C4}")
    assert from_bytes(data).voices[0].name == "ö" * 80


def test_a_track_without_its_end_is_read() -> None:
    assert line(midi(A_QUARTER_ON_C4)) == "C4"


def test_what_follows_the_end_of_a_track_is_passed_over() -> None:
    assert line(midi(f"{A_QUARTER_ON_C4}  00 ff 2f 00  00 00 ff")) == "C4"


def test_a_velocity_above_127_is_127() -> None:
    assert from_bytes(midi("00 90 3c c8  18 80 3c 40")).voices[0].notes[0].velocity == 127


def test_changes_of_key_and_metre_are_read_and_repetitions_left_out() -> None:
    data = midi(
        f"""
        00 ff 59 02 01 00          # G major
        00 ff 58 04 03 02 18 08    # 3/4
        48 ff 59 02 fd 01          # C minor
        00 ff 58 04 06 03 24 08    # 6/8
        48 ff 59 02 fd 01          # C minor again
        00 ff 58 04 06 03 24 08
        00 {A_QUARTER_ON_C4[3:]}
        """
    )
    phrase = from_bytes(data)
    assert [(tick, str(key)) for tick, key in phrase.keys] == [(0, "G major"), (72, "C minor")]
    assert [(tick, str(metre)) for tick, metre in phrase.metres] == [(0, "3/4"), (72, "6/8")]


def test_a_short_first_metre_is_a_pickup() -> None:
    data = midi(f"00 ff 58 04 01 02 18 08  18 ff 58 04 03 02 18 08  00 {A_QUARTER_ON_C4[3:]}")
    assert str(from_bytes(data)) == "C major 3/4 pickup=24: r | C4"


@pytest.mark.parametrize("signature", ["59 02 08 00", "59 02 00 02", "58 04 00 02 18 08", "58 04 03 06 18 08"])
def test_a_signature_that_there_is_not_is_passed_over(signature: str) -> None:
    """Eight sharps; mode 2; 0/4; 3/64."""
    assert str(from_bytes(midi(f"00 ff {signature}  {A_QUARTER_ON_C4}"))) == "C major 4/4: C4"


def test_a_metre_in_32nds_is_read_in_16ths() -> None:
    assert str(from_bytes(midi(f"00 ff 58 04 06 05 18 08  {A_QUARTER_ON_C4}")).metres[0][1]) == "3/16"


def test_percussion_is_not_read() -> None:
    data = midi("00 99 24 50  18 89 24 40  00 90 3c 50  18 80 3c 40", A_QUARTER_ON_C4, "00 99 26 50  18 89 26 40")
    assert [str(voice.notes[0].pitch) for voice in from_bytes(data).voices] == ["60", "60"]


def test_silence_after_the_last_note_counts_up_to_the_barline() -> None:
    assert from_bytes(midi(f"{A_QUARTER_ON_C4}  87 68 ff 2f 00")).length == 96  # 1000 ticks later
    assert from_bytes(midi(f"{A_QUARTER_ON_C4}  18 ff 2f 00")).length == 48
    assert from_bytes(midi(f"{A_QUARTER_ON_C4}  00 ff 2f 00")).length == 24


# Lines


def test_times_are_rounded_to_our_grid_and_the_farthest_shift_is_told() -> None:
    reading = read(midi("05 90 3c 50  83 56 80 3c 40", division=480))  # from 5 to 475: 0.25 and 23.75 of our ticks
    assert reading.phrase.voices[0].notes == (Note(0, 24, 60, 80),)
    assert reading.largest_shift == 0.25


@pytest.mark.parametrize("end", ["00 80 3c 40", "01 80 3c 40"])
def test_a_note_that_would_vanish_lasts_a_tick(end: str) -> None:
    """A note of no length, and one of a 480th."""
    assert from_bytes(midi(f"00 90 3c 50  {end}", division=480)).voices[0].notes == (Note(0, 1, 60, 80),)


def test_of_two_that_overlap_on_one_pitch_the_first_end_ends_the_first() -> None:
    data = midi("00 90 3c 50  0c 90 3c 51  0c 80 3c 40  0c 80 3c 40")  # from 0 to 24 and from 12 to 36
    assert from_bytes(data).voices[0].notes == (Note(0, 12, 60, 80), Note(12, 24, 60, 81))


def test_a_note_without_end_lasts_to_the_next_or_to_the_end_of_its_track() -> None:
    assert line(midi("00 90 3c 50  18 90 3e 50  30 ff 2f 00")) == "C4 D4*2"


def test_an_end_without_a_note_is_passed_over() -> None:
    assert line(midi(f"00 80 3c 40  00 80 3c 40  {A_QUARTER_ON_C4}")) == "C4"


def test_of_a_chord_the_highest_note_is_the_line() -> None:
    reading = read(midi("00 90 3c 50  00 40 50  00 43 50  18 3c 00  00 40 00  00 43 00"))
    assert (line(midi("00 90 3c 50  00 43 50  18 3c 00  00 43 00")), reading.dropped) == ("G4", 2)


@pytest.mark.parametrize(
    ("sounded", "kept"),
    [([(0, 96, 72), (24, 48, 60)], [(0, 96, 72)]),  # an accompaniment lies below
     ([(0, 96, 60), (24, 48, 72)], [(0, 24, 60), (24, 24, 72)]),  # a higher note takes over
     ([(0, 26, 72), (24, 48, 60)], [(0, 24, 72), (24, 24, 60)]),  # legato: two ticks of overlap
     ([(0, 48, 72), (24, 72, 60)], [(0, 24, 72), (24, 48, 60)]),  # alone for half its length
     ([(0, 49, 72), (24, 72, 60)], [(0, 49, 72)])],  # and for less
)  # fmt: skip
def test_a_lower_note_under_a_sounding_one_is_of_the_line_where_it_sounds_on_alone(
    sounded: list[tuple[int, int, int]], kept: list[tuple[int, int, int]]
) -> None:
    notes, below, _ = top_line([Sounded(*note, 80) for note in sounded], Fraction(1))
    assert [(note.onset, note.duration, note.pitch) for note in notes] == kept
    assert below == len(sounded) - len(kept)


# Refusals


def refusal(data: bytes, track: int | str | None = None) -> str | None:
    """The line in which a file is refused; None where it is read."""
    try:
        from_bytes(data, track=track)
    except Exception as caught:
        error = caught
    else:
        return None
    assert type(error) is ValueError, (repr(error), data[:4000].hex(" "))
    assert len(str(error).splitlines()) == 1, (str(error), data[:4000].hex(" "))
    return str(error)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "byte 0: a MIDI file must begin with 'MThd'"),
        (b"MThd", "byte 4: the header must be 6 bytes that are there, got a length of 0"),
        (b"PK\x03\x04 a zip file", "byte 0: a MIDI file must begin with 'MThd'"),
        (midi(A_QUARTER_ON_C4, kind=3), "byte 8: the type must be 0, 1 or 2, got 3"),
        (midi(A_QUARTER_ON_C4, division=0), "byte 12: the division must be ticks a quarter or SMPTE frames, got 0"),
        (midi(A_QUARTER_ON_C4, division=0xE700), "byte 12: the division"),  # no ticks in a frame
        (midi(A_QUARTER_ON_C4, division=0x8028), "byte 12: the division"),  # 128 frames a second
        (midi(A_QUARTER_ON_C4)[:-3], "byte 14: a chunk must hold the 8 bytes it announces, got 5"),
        (midi(A_QUARTER_ON_C4)[:19], "byte 14: a chunk must hold the"),
        (midi(A_QUARTER_ON_C4)[:18] + b"\xff\xff\xff\xff\x00", "must hold the 4294967295 bytes it announces, got 1"),
        (claiming(65535, midi(A_QUARTER_ON_C4)), "byte 10: the number of tracks must be 1, which follow, got 65535"),
        (midi("00"), "byte 22: an event must follow its delta time within the track, got none"),
        (midi("ff ff ff ff 00 90 3c 50"), "byte 22: a delta time or length must end after at most 4 bytes"),
        (midi("81"), "byte 22: a delta time or length must end"),
        (midi("00 3c 50"), "byte 22: an event must have a status within its track, got none"),
        (midi("00 90 3c"), "byte 22: an event must have 2 data bytes below 128 within its track, got none"),
        (midi("00 90 90 3c"), "byte 22: an event must have 2 data bytes below 128"),
        (midi("00 f8"), "byte 23: an event must be a channel, sysex or meta event, got 0xF8"),
        (midi("00 ff"), "byte 23: an event must be a channel, sysex or meta event, got 0xFF"),
        (midi("00 f0 ff ff ff 7f 00"), "byte 23: an event of 268435455 bytes must end within its track, got 1 bytes"),
        (midi("00 ff 51 02 07 a1"), "byte 23: a tempo must have its 2 or 3 bytes, got 2"),
        (midi("00 ff 58 01 04"), "byte 23: a time signature must have its 2 or 3 bytes, got 1"),
        (midi("ff ff ff 7f 90 3c 50"), "byte 22: a piece must last at most 40000 quarters, got a note"),
        (midi("00 90 3c 50 ff ff ff 7f 80 3c 50", division=0xE728), "a phrase must last from"),
        (midi("00 90 3c 50 " * 32_001), "a file must have at most 32000 notes, got more"),
        (midi("00 ff 06 0a 70 68 72 61 73 65 20 65 6e 64 " * 5001), "at most 5000 changes and texts, got more"),
        (midi("00 b0 07 00 " * 200_001), "at most 200000 other events, got more"),
        (midi() + b"XXXX\x00\x00\x00\x00" * 3 , "a file must hold notes with a pitch, got none"),
        (midi("00 99 24 50 18 89 24 40"), "must hold notes with a pitch, got only percussion"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_broken_is_refused_in_one_line(data: bytes, words: str) -> None:
    assert words in (refusal(data) or "read")


def test_a_track_that_is_not_there_is_refused() -> None:
    data = to_bytes(Phrase.parse(TUNE))
    assert refusal(data, track=3) == "a track must be 1 to 2, got 3; choose one of these"
    assert refusal(data, track=0) == "a track must be 1 to 2, got 0; choose one of these"
    assert refusal(data, track="celo") == "no track is called 'celo'; did you mean 'cello'?"


def test_a_file_is_named_in_its_refusal(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"MThd")
    with pytest.raises(ValueError, match=r"a\.mid: byte 4: the header must be 6 bytes"):
        read_phrase(tmp_path / "a.mid")


def test_a_bomb_is_read_or_refused_in_one_line() -> None:
    for name, data in bombs():
        assert refusal(data) != "", name


def test_a_mutated_file_is_read_or_refused_in_one_line() -> None:
    """3000 mutations, seeded; benchmarks/fuzz_midi.py makes a million."""
    rng = random.Random(7)
    files = [to_bytes(Phrase.parse(tune)) for tune in TUNES] + list(ODD)
    readings = 0
    for _ in range(3000):
        data = mutated(rng.choice(files), rng)
        if refusal(data) is None:
            phrase = from_bytes(data)
            assert from_bytes(to_bytes(phrase)) == phrase, data.hex(" ")
            readings += 1
    assert readings > 300
