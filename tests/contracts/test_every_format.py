"""What every file format keeps to."""

import pytest
from hypothesis import given, settings

from evolve.formats.format import file_format, read_phrase
from fitness.phrase import Phrase
from tests.strategies import phrases

NAMES = [entry.name for entry in file_format]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(phrase=phrases())
def test_it_reads_back_what_it_wrote_note_for_note(name, phrase):
    """Notes, velocities, voices, keys, metres, pick-up and phrase ends; and it writes the same bytes each time."""
    entry = file_format[name]
    data = entry.function(phrase)
    assert entry.traits["read"](data) == phrase
    assert entry.function(phrase) == data


@pytest.mark.parametrize("name", NAMES)
def test_it_is_found_by_its_suffix_in_any_case(name, tmp_path):
    """`.MID` is `.mid`."""
    phrase = Phrase.parse("G major 3/4 pickup=24: D4 | G4*2 A4 | B4*3")
    for suffix in file_format[name].traits["suffixes"]:
        assert suffix.startswith(".")
        path = tmp_path / f"tune{suffix.upper()}"
        path.write_bytes(file_format[name].function(phrase))
        assert read_phrase(path) == phrase


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [b"", b"\x00", b"MThd", b"{", b"[]", b"\xff" * 100], ids=repr)
def test_what_it_cannot_read_is_refused_in_one_line(name, data, tmp_path):
    """A ValueError that names the file."""
    path = tmp_path / f"bad{file_format[name].traits['suffixes'][0]}"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"^[^\n]*bad\.[^\n]*$"):
        read_phrase(path)


def test_what_is_no_regular_file_is_refused_unopened(tmp_path):
    """Folders, links and FIFOs are no music."""
    import os

    (tmp_path / "folder.mid").mkdir()
    (tmp_path / "link.mid").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.mid")
    for name, got in (("folder", "a folder"), ("link", "a link"), ("pipe", "not a regular file")):
        with pytest.raises(ValueError, match=f"must be a regular file, got {got}"):
            read_phrase(tmp_path / f"{name}.mid")


def test_a_key_that_a_file_does_not_state_is_found_from_its_notes(tmp_path):
    """And said, since it is a guess."""
    import mido

    file, track = mido.MidiFile(ticks_per_beat=96), mido.MidiTrack()
    file.tracks.append(track)
    for pitch in (62, 64, 66, 67, 69, 71, 73, 74, 69, 66, 62):
        track += [mido.Message("note_on", note=pitch, time=0), mido.Message("note_off", note=pitch, time=96)]
    file.save(tmp_path / "plain.mid")
    remarks: list[str] = []
    assert str(read_phrase(tmp_path / "plain.mid", remarks=remarks).keys[0][1]) == "D major"
    assert remarks == [f"{tmp_path / 'plain.mid'}: no key is stated; taken as D major from the notes"]
