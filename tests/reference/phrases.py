"""Phrases to compare arrays and references on: random ones of all sorts, and awkward ones."""

from __future__ import annotations

import random

from fitness.phrase import Note, Phrase, Voice
from fitness.theory import Key, Metre

SETTINGS = (  # header and phrase ends; each with what is unusual about it
    "C major 4/4:", "G major 3/4 pickup=24:", "E minor 6/8 pickup=12:", "D dorian 2/2:", "Bb major 7/8:",
    "F# minor 2/4 pickup=12:", "A harmonic_minor 3+2+2/8 pickup=24:", "Eb lydian 12/8:", "B locrian 5/8:",
    "C minor_pentatonic 3/8:", "F mixolydian 2+3/4:", "C chromatic 9/8 pickup=36:",
)  # fmt: skip
LENGTHS = (24, 24, 24, 12, 12, 12, 48, 36, 6, 18, 8, 16, 72)


def random_phrases(n: int, seed: int, most_voices: int = 3) -> list[Phrase]:
    """Phrases of one to three voices that leap, repeat, rest, cross and run parallel; settings of all sorts."""
    rng = random.Random(seed)
    return [_random_phrase(rng, most_voices) for _ in range(n)]


def _random_phrase(rng: random.Random, most_voices: int) -> Phrase:
    frame = Phrase.parse(rng.choice(SETTINGS))
    metre = frame.metres[0][1]
    length = frame.pickup + metre.bar * rng.randint(1, 5) + rng.choice((0, 0, 0, metre.bar // 2))
    keys, metres = frame.keys, frame.metres
    if rng.random() < 0.3:
        keys = (*keys, (rng.randrange(1, length), Key(rng.choice("CDEFGAB"), rng.choice(("major", "minor")))))
    if rng.random() < 0.3:
        turn = frame.pickup + metre.bar * rng.randint(1, 2)
        turn -= rng.choice((0, 0, 12, 36))  # in some phrases the new metre cuts a bar short
        if 0 < turn < length:
            metres = (*metres, (turn, Metre.parse(rng.choice(("4/4", "3/4", "6/8", "3+2/8", "3/8")))))
    ends = tuple(rng.randrange(1, length) for _ in range(rng.randint(0, 3)))
    repeats = rng.random() < 0.5
    lines = [_random_line(rng, length, metre.bar if repeats else length, 67)]
    while len(lines) < most_voices and rng.random() < 0.65:
        below = _random_line(rng, length, length, 60)
        lines.append(_shadow(rng, lines[-1], below) if rng.random() < 0.6 else below)
    return Phrase(tuple(Voice(tuple(line)) for line in lines), length, keys, metres, frame.pickup, ends)


def _random_line(rng: random.Random, length: int, period: int, pitch: int) -> list[Note]:
    """A walk that may begin anew, the same or changed, every `period` ticks."""
    tick, notes, start = 0, [], pitch
    while tick < length:
        duration = min(rng.choice(LENGTHS), length - tick)
        if rng.random() > 0.15:
            pitch = min(84, max(48, pitch + rng.choice((0, 0, 1, -1, 2, -2, 3, -4, 5, -5, 6, 7, -7, 8, -9, 12, 14))))
            notes.append(Note(tick, duration, pitch))
        tick += duration
    if period >= length:
        return notes
    first = [note for note in notes if note.end <= period]
    result = []
    for shift in range(0, length, period):
        for note in first:
            moved = rng.choice((0, 0, 0, 0, 1, start - pitch))
            if note.end + shift <= length:
                result.append(Note(note.onset + shift, note.duration, min(90, max(40, note.pitch + moved))))
    return result


def _shadow(rng: random.Random, above: list[Note], other: list[Note]) -> list[Note]:
    """A voice that follows another at a fixed interval for a while, then goes its own way."""
    interval = rng.choice((7, 12, 19, 4, 3, 0, -3))
    cut = above[len(above) // 2].onset if above else 0
    tail = [note for note in other if note.onset >= cut]
    return [Note(n.onset, n.duration, n.pitch - interval) for n in above if n.end <= cut] + tail


AWKWARD = {
    "no time at all": Phrase(),
    "all rests": Phrase(length=96),
    "all rests, two voices": Phrase((Voice(), Voice()), 192),
    "one note": Phrase.parse("G major 3/4: G4*3"),
    "one note in the pick-up": Phrase.parse("G major 3/4 pickup=24: D4"),
    "one note each": Phrase.parse("C5*4 ; C4*4"),
    "two notes": Phrase.parse("C4 D4"),
    "a voice of rests": Phrase.parse("C4 D4 E4 F4 ; r*4 ; C3*4"),
    "the lowest and the highest": Phrase.parse("C-1 G9 C-1 G9 ; G9 C-1 G9 C-1"),
    "a long note": Phrase.parse("C4*64"),
}
