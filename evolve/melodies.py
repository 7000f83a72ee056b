"""The melodies of pieces: one voice of each, cut into phrases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from evolve.formats.format import place_of
from evolve.text import safe_text
from fitness.phrase import Phrase, Voice

Track = int | str | None

PHRASE_BARS = 4  # of a phrase, where a piece does not say where its phrases end


def voice_of(piece: Phrase, track: Track = None) -> Voice:
    """The voice that is a piece's melody: the track chosen, or the first with notes; ValueError where there is none."""
    if track is not None:
        voice = piece.voices[place_of(track, [voice.name for voice in piece.voices], "track")]
        if not voice.notes:
            raise ValueError(f"track {safe_text(str(track))} must have a note, got none; choose another")
        return voice
    first = next((voice for voice in piece.voices if voice.notes), None)
    if first is None:
        raise ValueError("must have a note, got none; choose a file with music in it")
    return first


def melodies(pieces: Iterable[Phrase]) -> list[Phrase]:
    """The melody of each piece that has one."""
    return [melody for melody in map(melody_of, pieces) if melody is not None]


def melody_of(piece: Phrase) -> Phrase | None:
    """The first voice with two notes or more, as a piece cut into phrases; None where no voice has.

    Where no phrase ends are known, one ends every four bars from the beginning on, an upbeat included; less than two
    bars left over go to the last.
    """
    voice = next((voice for voice in piece.voices if len(voice.notes) > 1), None)
    if voice is None:
        return None
    bar, ends = piece.metres[0][1].bar, piece.ends
    if len(ends) <= 1:
        ends = (*range(PHRASE_BARS * bar, piece.length - 2 * bar + 1, PHRASE_BARS * bar), piece.length)
    return replace(piece, voices=(voice,), ends=ends)
