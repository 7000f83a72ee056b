"""Phrases as counterpoint makes them: a slow voice, and others that move against it as the species do."""

from __future__ import annotations

import random
from itertools import accumulate

from fitness.phrase import Note, Phrase, Voice
from fitness.theory import Key, Metre

KEYS = ("D dorian", "E phrygian", "A minor", "F lydian", "G mixolydian", "C major", "D harmonic_minor", "Bb major")
METRES = ("4/4",) * 8 + ("2/2", "2/2", "3/4", "6/8")
CORNERS = (  # each with what is unusual about it
    Phrase.parse("r*2 D5*3 r*3 | C5*2 B4*2 ; F4*4 | E4*4 | E4*4"),  # a held dissonance ends in a rest
    Phrase.parse("r*2 D5*3 D5 C5*2 ; F4*4 | E4 F4*3"),  # it is struck again before it falls
    Phrase.parse("r*2 D5*3 E5 C5*2 ; F4*4 | E4*4"),  # it goes up a step before it falls
    Phrase.parse("r*2 D5*3 G4 C5*2 ; F4*4 | E4*4"),  # it leaps before it falls
    Phrase.parse("r/3 D5*2/3 C5 ; F4/2 E4*3/2"),  # it was struck in a triplet, and is held over half a beat only
    Phrase.parse("r*2 E4*4 D4*2 ; C4*4 | D4*2 B3*2"),  # a second is held, but the other voice moves away below
    Phrase.parse("F4*4 | E4*4 ; r*2 D5*4 C5*2"),  # a seventh is held above in the lower voice, 7-6
    Phrase.parse("D5*4 | C5*4 ; r*2 D4*4 C4*2 "),  # a seventh is held below, 7-8
    Phrase.parse("E4 F4 G4 ; C4 B3 C4"),  # one voice passes, the other turns, at once
    Phrase.parse("r*3 D5 | C5 A4 B4*2 ; F4*4 | D4*4"),  # a cambiata on a barline
    Phrase.parse("C4*4 | D4*4 | E4*8"),  # the last note is held over a barline
    Phrase.parse("3/4: C4 D4 E4*2 r*2"),  # a half in the third quarter of a bar of three
    Phrase.parse("E phrygian: D#5 E5 ; D#4 E4"),  # a leading tone that the mode does not have
    Phrase.parse("A4*4 | E4*4 ; D4*4 | E4*4"),  # contraction into a unison
    Phrase.parse("A5*4 | E5*4 ; D3*4 | E3*4"),  # contraction into two octaves
    Phrase.parse("E4 F4 F#4 G4"),  # the last note but one is reached by a chromatic step and is no leading tone
    Phrase.parse("E4 F4 B4 C5"),  # and one that is
    Phrase.parse("C5 D5 ; A4 B4 ; G4 A4 ; E4 F4"),  # chords with a sixth and a third, and a fourth
    Phrase.parse("D dorian: C#5 D5 ; E4 D4"),  # a cadence into the octave
    Phrase.parse("D dorian: E4 D4 ; C#4 D4"),  # into the unison
    Phrase.parse("C major: C#5 D5 ; E4 D4"),  # on another degree than the first
    Phrase.parse("D4*4 E4*4 ; E4*4 E4*4"),  # crossed voices uncross
    Phrase.parse("E4 r ; C4 F4"),  # a voice moves beyond the one that has just stopped
    Phrase.parse("C5*4 B4*4 A4*4 ; r*4 | C4*4 B3*4"),  # a pair of voices whose last interval is the last chord's
)
FIFTH_SPECIES = (  # one bar: length in ticks and steps of the scale from the note before
    ((24, 1), (24, 1), (24, 1), (24, 1)), ((24, 0), (24, -1), (24, -1), (24, -1)), ((24, 2), (24, -1), (48, 1)),
    ((48, 1), (24, 1), (24, 1)), ((72, -1), (24, 1)), ((24, 1), (12, -1), (12, -1), (48, 2)), ((96, 2),),
    ((24, -1), (24, -1), (24, -2), (24, 1)), ((24, 1), (24, -1), (24, 1), (12, 1), (12, 1)), ((48, -1), (48, 3)),
    ((48, 1), (24, 1), (12, -1), (12, 1)), ((24, 1), (72, -1)), ((12, 1), (12, 1), (24, 1), (48, -1)),
)  # fmt: skip


def species_phrases(n: int, seed: int) -> list[Phrase]:
    """Phrases of two to four voices: species against a cantus, most with its cadence, and chords of all voices."""
    rng = random.Random(seed)
    phrases = []
    for i in range(n):
        voices, key, metre = 2 + i % 3, Key.parse(rng.choice(KEYS)), Metre.parse(rng.choice(METRES))
        bars = rng.randint(4, 10)
        phrases.append(_chords(rng, voices, key) if i % 4 == 3 else _species(rng, voices, 1 + i % 5, key, metre, bars))
    return phrases


def species_batch(n: int, seed: int, voices: int, key: str, metre: str, bars: int) -> list[Phrase]:
    """Phrases of species that share their setting, so that one grid holds them."""
    rng = random.Random(seed)
    return [_species(rng, voices, 1 + i % 5, Key.parse(key), Metre.parse(metre), bars) for i in range(n)]


def _species(rng: random.Random, voices: int, species: int, key: Key, metre: Metre, bars: int) -> Phrase:
    """A cantus of a note a bar in any voice, one voice of a species against it, others of any."""
    scale = key.pitches(12, 120)
    home = next(i for i, pitch in enumerate(scale) if pitch >= 55 and pitch % 12 == key.pitch_class)
    falls = rng.random() < (0.7 if species == 4 else 0.3)  # in a row, for chains of suspensions
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
            suspended = line[-1][0] == 96 and abs(step - under) % 7 in (1, 3, 6)
            step = step - 1 if suspended and rng.random() < 0.9 else _against(rng, under, step)
            line.append((96, step) if rng.random() < 0.93 else (48, step))
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


def _chords(rng: random.Random, voices: int, key: Key) -> Phrase:
    """Triads of all voices on any bass, that move in a row or one by one; some voices enter late."""
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
