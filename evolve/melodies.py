"""The melodies of pieces: one voice of each, cut into phrases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from evolve.formats.format import place_of
from evolve.text import safe_text
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.verdict import Numbers

Track = int | str | None

PHRASE_BARS = 4  # of a phrase, where a piece does not say where its phrases end
SIXTEENTH = 6  # ticks: so long a gap after a note is a rest
MOST_AT_ONCE = 64  # melodies heard together: they are padded to the longest
SHORT = 4  # a note may be a quarter of its length short and is meant to reach the next


def voice_of(piece: Phrase, track: Track = None) -> Voice:
    """The voice that is a piece's melody: the track chosen, or the first with notes; ValueError where there is none."""
    if track is not None:
        voice = piece.voices[place_of(track, [voice.name for voice in piece.voices], "track")]
        if not voice.notes:
            raise ValueError(f"track {safe_text(str(track))} must have a note, got none; choose another")
        return voice
    if not piece.melody.notes:
        raise ValueError("must have a note, got none; choose a file with music in it")
    return piece.melody


def melodies(pieces: Iterable[Phrase]) -> list[Phrase]:
    """The melody of each piece that has one."""
    return [melody for melody in map(melody_of, pieces) if melody is not None]


def melody_of(piece: Phrase) -> Phrase | None:
    """The first voice with two notes or more, as it is meant and cut into phrases; None where no voice has.

    Where no phrase ends are known, one ends every four bars from the beginning on, an upbeat included; less than two
    bars left over go to the last.
    """
    voice = next((voice for voice in piece.voices if len(voice.notes) > 1), None)
    if voice is None:
        return None
    piece = as_meant(replace(piece, voices=(voice,)))
    bar, ends = piece.metres[0][1].bar, piece.ends
    if len(ends) <= 1:
        ends = (*range(PHRASE_BARS * bar, piece.length - 2 * bar + 1, PHRASE_BARS * bar), piece.length)
    return replace(piece, ends=ends)


def numbers_of_each(lines: Sequence[Phrase], hear: Callable[[Phrases], Numbers], rows: int) -> Numbers:
    """What `hear` says of some melodies, `[rows, n]`; those of like length are heard together."""
    numbers = np.empty((rows, len(lines)))
    order = sorted(range(len(lines)), key=lambda i: len(lines[i].voices[0].notes))
    for start in range(0, len(order), MOST_AT_ONCE):
        chosen = np.array(order[start : start + MOST_AT_ONCE])
        for at, block in Phrases.of(*(lines[i] for i in chosen)).blocks():
            numbers[:, chosen[at]] = hear(block)[:, : at.stop - at.start]
    return numbers


def as_meant(piece: Phrase) -> Phrase:
    """A piece of one voice as it would be written, where a file states neither upbeat nor phrases.

    Notes that end a little before the next reach it; silence before the first note is an upbeat's, or no music; the
    last bar is filled, or lacks what the upbeat has.
    """
    voice = piece.voices[0]
    if not voice.notes or piece.pickup or len(piece.ends) > 1 or len(piece.metres) > 1:
        return piece
    notes = [_held(note, following) for note, following in zip(voice.notes, (*voice.notes[1:], None), strict=True)]
    bar, first = piece.metres[0][1].bar, notes[0].onset
    pickup, end = -first % bar, notes[-1].end - first
    length = pickup - (pickup - end) // bar * bar
    length -= pickup if length - pickup >= end else 0
    moved = tuple(replace(note, onset=note.onset - first) for note in notes)
    keys = {max(tick - first, 0): key for tick, key in piece.keys}
    return replace(
        piece, voices=(replace(voice, notes=moved),), length=length, pickup=pickup, ends=(length,),
        keys=tuple(sorted((tick, key) for tick, key in keys.items() if tick < length)),
    )  # fmt: skip


def _held(note: Note, following: Note | None) -> Note:
    """The note, as long as to the next where it nearly is, or to the next sixteenth where it is the last."""
    until = following.onset if following else -(-note.end // SIXTEENTH) * SIXTEENTH
    gap = until - note.end
    return replace(note, duration=until - note.onset) if 0 < gap < SIXTEENTH and SHORT * gap <= note.duration else note
