"""Phrases as counterpoint makes them: a slow voice, and others that move against it as the species do."""

from __future__ import annotations

import random
from itertools import accumulate

from fitness.phrase import Note, Phrase, Voice
from fitness.theory import Key, Metre

KEYS = ("D dorian", "E phrygian", "A minor", "F lydian", "G mixolydian", "C major", "D harmonic_minor", "Bb major")
METRES = ("4/4", "4/4", "2/2", "4/4", "3/4", "6/8")
FIFTH_SPECIES = (  # one bar: length in ticks and steps of the scale from the note before
    ((24, 1), (24, 1), (24, 1), (24, 1)), ((24, 0), (24, -1), (24, -1), (24, -1)), ((24, 2), (24, -1), (48, 1)),
    ((48, 1), (24, 1), (24, 1)), ((72, -1), (24, 1)), ((24, 1), (12, -1), (12, -1), (48, 2)), ((96, 2),),
    ((24, -1), (24, -1), (24, -2), (24, 1)), ((24, 1), (24, -1), (24, 1), (12, 1), (12, 1)), ((48, -1), (48, 3)),
    ((48, 1), (24, 1), (12, -1), (12, 1)), ((24, 1), (72, -1)), ((12, 1), (12, 1), (24, 1), (48, -1)),
)  # fmt: skip


def species_phrases(n: int, seed: int) -> list[Phrase]:
    """Phrases of two to four voices: species against a cantus, most with its cadence, and chords of all voices."""
    rng = random.Random(seed)
    return [_chords(rng, 2 + i % 3) if i % 4 == 3 else _species(rng, 2 + i % 3, 1 + i % 5) for i in range(n)]


def _species(rng: random.Random, voices: int, species: int) -> Phrase:
    """A cantus of a note a bar in any voice, one voice of a species against it, others of any."""
    key = Key.parse(rng.choice(KEYS))
    metre = Metre.parse(rng.choice(METRES) if rng.random() < 0.4 else "4/4")
    bars = rng.randint(4, 9)
    scale = key.pitches(12, 120)
    home = next(i for i, pitch in enumerate(scale) if pitch >= 55 and pitch % 12 == key.pitch_class)
    falls = rng.random() < 0.4  # in a row, for chains of suspensions
    steps = [-1 if falls else rng.choice((-1, -1, -1, 1, 1, 2, -2, -3, 3)) for _ in range(bars - 3)]
    cantus = [*accumulate(steps, initial=home), home + 1, home]
    at = rng.randrange(voices)
    lines = []
    for voice in range(voices):
        away = (at - voice) * rng.choice((0, 2, 4, 5))
        kind = species if voice == (at or voices) - 1 else rng.randint(1, 5)
        line = [(96, step) for step in cantus] if voice == at else _line(rng, kind, cantus, away)
        lines.append(_sung(rng, line, scale, key, cadence=voice != at and rng.random() < 0.7))
    length = 96 * bars
    return Phrase(tuple(lines), length, ((0, key),), ((0, metre),), 0, ())


Line = list[tuple[int, int | None]]  # length in ticks and place on the scale; None is a rest


def _line(rng: random.Random, species: int, cantus: list[int], away: int) -> Line:
    """A voice of a species against a cantus, its last note left out where it has a cadence of its own."""
    step, line = cantus[0] + away, []
    bars = len(cantus) - 1
    if species == 1:
        for under in cantus[:-1]:
            step = _against(rng, under, step)
            line.append((96, step))
    elif species in (2, 3):
        for under in cantus[:-1]:
            step = _against(rng, under, step)
            beats = 2 if species == 2 else 4
            way = rng.choice((1, -1))
            ways = rng.choice(((way,) * 3, (way, way, -way), (way, -way, way), (-1, -2, 1), (2, -1, -1), (-3, 1, 1)))
            line.extend((96 // beats, part) for part in accumulate(ways[: beats - 1], initial=step))
            step = line[-1][1]
        if rng.random() < 0.5:
            line[0] = (line[0][0], None)
    elif species == 4:
        line.append((48, None))
        for under in cantus[:-2]:
            suspended = line[-1][0] == 96 and (step - under) % 7 in (1, 3, 6)
            step = step - 1 if suspended and rng.random() < 0.9 else _against(rng, under, step)
            line.append((96, step) if rng.random() < 0.8 else (48, step))
            if line[-1][0] == 48:
                line.append((48, step + rng.choice((1, -1, 2))))
        line.append((48, step - 1))
    else:
        for bar in range(bars):
            pattern = FIFTH_SPECIES[rng.randrange(len(FIFTH_SPECIES))]
            for number, (ticks, by) in enumerate(pattern):
                step = _against(rng, cantus[bar], step) if number == 0 else step + by
                tied = number == 0 and line and line[-1][0] == 48 and ticks in (24, 48) and rng.random() < 0.6
                if tied:
                    line[-1] = (48 + ticks, step := line[-1][1])
                else:
                    line.append((ticks, step))
    final = cantus[-1] + rng.choice((0, 0, 0, 7, 7, -7, 2, 4))
    return [*line, (96, final)]


def _against(rng: random.Random, under: int, step: int) -> int:
    """A step near another that is a third, fifth, sixth or octave from the cantus, mostly."""
    step = max(under - 16, min(step, under + 16))
    near = [step + by for by in (-3, -2, -1, 1, 2, 3, 0)]
    good = [other for other in near if abs(other - under) % 7 in (0, 2, 4, 5)]
    return rng.choice(good if good and rng.random() < 0.85 else near)


def _sung(rng: random.Random, line: Line, scale: list[int], key: Key, cadence: bool) -> Voice:
    """A line as a voice: notes of the scale with some accidentals and rests, and perhaps the cadence."""
    notes, tick = [], 0
    for ticks, step in line:
        if step is not None and (rng.random() > 0.01 or tick == 0):
            notes.append(Note(tick, ticks, scale[step] + rng.choice((0,) * 40 + (1, -1))))
        tick += ticks
    if cadence and len(notes) > 3:  # the leading tone rises
        tonic = notes[-1].pitch - (notes[-1].pitch - key.pitch_class + 6) % 12 + 6
        notes[-1] = Note(notes[-1].onset, 96, tonic)
        notes[-2] = Note(notes[-2].onset, notes[-2].duration, tonic - 1)
        if rng.random() < 0.3:
            notes[-3] = Note(notes[-3].onset, notes[-3].duration, tonic - rng.choice((2, 3)))
    return Voice(tuple(notes))


def _chords(rng: random.Random, voices: int) -> Phrase:
    """Triads of all voices on any bass, that move in a row or one by one; some voices enter late."""
    key = Key.parse(rng.choice(KEYS))
    scale = key.pitches(12, 120)
    root = next(i for i, pitch in enumerate(scale) if pitch >= 48 and pitch % 12 == key.pitch_class)
    chord, tick, lines = [], 0, [[] for _ in range(voices)]
    ticks = rng.choice((24, 48, 96))
    number = rng.randint(4, 12)
    for at in range(number):
        if chord and rng.random() < 0.55:
            by = rng.choice((1, -1, -1, 1, 2, -3))
            chord = [step + by for step in chord]
        else:
            bass = root + (0 if at in (0, number - 1) else rng.randint(-3, 5))
            third, fifth = rng.choice(((2, 4), (2, 4), (2, 4), (2, 5), (3, 5), (2, 7), (4, 7)))
            over = [third, fifth, *(rng.choice((0, third, fifth)) for _ in range(voices - 3))][: voices - 1]
            rng.shuffle(over)
            chord = [*sorted((bass + 7 * rng.randint(0, 1) + step for step in over), reverse=True), bass]
        for voice, step in enumerate(chord):
            pitch = scale[step]
            if (pitch + 2) % 12 == key.pitch_class and rng.random() < 0.5:
                pitch += 1
            if not (at < 2 and rng.random() < 0.1) and rng.random() > 0.02:
                lines[voice].append(Note(tick, ticks, pitch))
        tick += ticks
    return Phrase(tuple(Voice(tuple(line)) for line in lines), tick, ((0, key),), ((0, Metre.parse("4/4")),), 0, ())
