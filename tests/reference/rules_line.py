"""Slow references of the rules of leaps, contour and key, of form across voices, and of originality."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

from fitness.theory import KEY_PROFILES
from tests.reference.questions import (
    bars,
    degree,
    in_force,
    phrases_of,
    rule_reference,
    same_way,
    segment,
    staff_place,
    voices,
)

STEP = (1, 2)  # semitones
NOUGHT = 1e-9  # sums of floats that differ by less are equal


def moves_of(notes):
    """The interval by which each note but the first is reached."""
    return [b.pitch - a.pitch for a, b in pairwise(notes)]


# Leaps


@rule_reference
def leap_pairs_outline_triads(phrase, leap=3):
    for who, notes in voices(phrase):
        for a, b, c in zip(notes, notes[1:], notes[2:], strict=False):
            first, second = b.pitch - a.pitch, c.pitch - b.pitch
            if abs(first) >= leap and abs(second) >= leap and same_way(first, second):
                span = abs(c.pitch - a.pitch)
                chord = {note.pitch % 12 for note in (a, b, c)}
                yield b.onset, who, not (span == 12 or (span < 12 and is_triad(chord)))


def is_triad(chord):
    """Whether some pitch classes are those of a major or minor triad."""
    return any(chord == {root, (root + third) % 12, (root + 7) % 12} for root in range(12) for third in (3, 4))


@rule_reference
def leap_runs_limited(phrase, most=2, leap=3):
    for who, notes in voices(phrase):
        running = 0
        for a, b in pairwise(notes):
            if abs(b.pitch - a.pitch) >= leap:
                running += 1
                yield b.onset, who, running > most
            else:
                running = 0


@rule_reference
def octave_leaps_framed(phrase):
    for who, notes in voices(phrase):
        moves = moves_of(notes)
        for i, move in enumerate(moves):
            if abs(move) == 12:
                around = moves[max(0, i - 1) : i] + moves[i + 1 : i + 2]
                yield notes[i + 1].onset, who, not all(same_way(other, -move) for other in around)


@rule_reference
def no_augmented_seconds(phrase):
    for who, notes in voices(phrase):
        for a, b in pairwise(notes):
            if a.pitch != b.pitch:
                neighbours = abs(staff_place(phrase, b) - staff_place(phrase, a)) == 1
                yield b.onset, who, neighbours and abs(b.pitch - a.pitch) == 3


@rule_reference
def no_chromatic_steps(phrase, but_cadence=False):
    for who, notes in voices(phrase):
        for i, (a, b) in enumerate(pairwise(notes), 1):
            if abs(b.pitch - a.pitch) == 1:
                leading_tone = (b.pitch + 1) % 12 == in_force(phrase.keys, b.onset).pitch_class
                excused = but_cadence and i == len(notes) - 2 and leading_tone
                yield b.onset, who, staff_place(phrase, b) == staff_place(phrase, a) and not excused


@rule_reference
def no_cross_relations(phrase, within=3):
    for who, notes in voices(phrase):
        for i in range(2, len(notes)):
            earlier = notes[max(0, i - within) : i - 1]
            tonic = in_force(phrase.keys, notes[i].onset).pitch_class
            last = i == len(notes) - 1
            leads = not last and (notes[i].pitch + 1) % 12 == tonic and notes[i + 1].pitch - notes[i].pitch == 1
            if leads or (last and (notes[i].pitch - 4) % 12 == tonic):
                continue
            same_place = [note for note in earlier if staff_place(phrase, note) == staff_place(phrase, notes[i])]
            yield notes[i].onset, who, any(note.pitch != notes[i].pitch for note in same_place)


# Contour


def outlines(notes):
    """Each turning point and the last note, with the turning point, or the first note, before it."""
    start, way = notes[0], 0  # way: where the line was going, over repeated notes
    for i in range(1, len(notes)):
        way = notes[i].pitch - notes[i - 1].pitch or way
        on = notes[i + 1].pitch - notes[i].pitch if i + 1 < len(notes) else None
        if on is None or same_way(on, -way):
            yield notes[i], start
            start = notes[i]


@rule_reference
def no_seventh_outline(phrase):
    for who, notes in voices(phrase):
        for note, start in outlines(notes):
            yield note.onset, who, abs(note.pitch - start.pitch) in (10, 11, 13, 14)


@rule_reference
def climax_not_leading_tone(phrase):
    for who, notes in voices(phrase):
        for note in notes:
            if len(notes) > 1 and note.pitch == max(other.pitch for other in notes):
                yield note.onset, who, degree(phrase, note) == 7


@rule_reference
def undulation_limited(phrase, most=2):
    for who, notes in voices(phrase):
        swings = 0
        for a, b, c in zip(notes, notes[1:], notes[2:], strict=False):
            swings = swings + 1 if a.pitch == c.pitch != b.pitch else 0
            yield c.onset, who, swings > most


@rule_reference
def line_moves_on(phrase, within=7, least=5):
    for who, notes in voices(phrase):
        for i in range(within - 1, len(notes)):
            pitches = [note.pitch for note in notes[i - within + 1 : i + 1]]
            assert len(pitches) == within
            yield notes[i].onset, who, max(pitches) - min(pitches) < least


@rule_reference
def step_runs_limited(phrase, most=7, one_way=True):
    for who, notes in voices(phrase):
        moves = moves_of(notes)
        running = 0
        for i, move in enumerate(moves):
            if abs(move) not in STEP:
                running = 0
                continue
            turned = i > 0 and not same_way(moves[i - 1], move)
            running = 1 if one_way and turned else running + 1
            yield notes[i + 1].onset, who, running > most


# Key


@rule_reference
def starts_on_tonic(phrase):
    for who, notes in voices(phrase):
        yield notes[0].onset, who, degree(phrase, notes[0]) != 1


@rule_reference
def ends_from_neighbour(phrase):
    for who, notes in voices(phrase):
        if len(notes) > 1:
            yield notes[-1].onset, who, degree(phrase, notes[-2]) not in (2, 7)


@rule_reference
def inner_phrases_end_on_dominant(phrase):
    for who, notes in voices(phrase):
        for a, b in pairwise(notes):
            if segment(phrase, a) != segment(phrase, b):
                yield a.onset, who, degree(phrase, a) not in (2, 5, 7)


def key_number(key):
    """0-11 major, 12-23 minor; minor is what has a third degree three semitones above its tonic."""
    return key.pitch_class + (12 if key.degrees[(key.pitch_class + 3) % 12] == 3 else 0)


def weights_of(profile):
    """Of each of the 24 keys, the weights of the twelve pitch classes from C."""
    return [[mode[(pc - tonic) % 12] for pc in range(12)] for mode in KEY_PROFILES[profile] for tonic in range(12)]


def correlation(xs, ys):
    """Pearson's; 0 where one of them is the same everywhere."""
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    both = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    spread = math.sqrt(sum((x - x_mean) ** 2 for x in xs) * sum((y - y_mean) ** 2 for y in ys))
    return both / spread if spread > NOUGHT else 0.0


@rule_reference
def key_heard(phrase, profile="temperley_kostka_payne"):
    lines = list(voices(phrase))
    if not lines:
        return
    times = [0] * 12
    for _, notes in lines:
        for note in notes:
            times[note.pitch % 12] += note.duration
    fits = [correlation(times, weights) for weights in weights_of(profile)]
    own = key_number(phrase.keys[0][1])
    who, notes = lines[0]
    yield notes[-1].onset, who, max(fits) > fits[own] + NOUGHT


def keys_by_bar(phrase, stay):
    """The most likely path through the 24 keys, one a bar."""
    chances = [[weight / sum(weights) for weight in weights] for weights in weights_of("temperley_kostka_payne")]
    tables: list[list[float]] = []
    came: list[list[int]] = []
    for number, (start, end, _) in enumerate(bars(phrase)):
        inside = [note for _, notes in voices(phrase) for note in notes if start <= note.onset < end]
        speaks = [sum(Fraction(n.duration, 24) * math.log(key[n.pitch % 12]) for n in inside) for key in chances]
        if number == 0:
            tables.append(speaks)
            continue
        table, back = [], []
        for key in range(24):
            ways = [tables[-1][other] + math.log(stay if other == key else (1 - stay) / 23) for other in range(24)]
            best = likeliest(ways)
            if ways[key] > max(ways) - NOUGHT:  # to stay comes before to change, where both are as likely
                best = key
            back.append(best)
            table.append(ways[best] + speaks[key])
        tables.append(table)
        came.append(back)
    path = [likeliest(tables[-1])] if tables else []
    for back in reversed(came):
        path.insert(0, back[path[0]])
    return path


def likeliest(amounts):
    """The place of the largest, the lowest where some are equal but for rounding."""
    return next(i for i, amount in enumerate(amounts) if amount > max(amounts) - NOUGHT)


@rule_reference
def keys_follow_plan(phrase, stay=0.85):
    for (start, end, _), key in zip(bars(phrase), keys_by_bar(phrase, stay), strict=True):
        if any(start <= note.onset < end for _, notes in voices(phrase) for note in notes):
            yield start, (0,), key != key_number(in_force(phrase.keys, start))


# Form


@rule_reference
def phrases_symmetrical(phrase, bars=2):
    for who, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            last = notes[part[-1]]
            number = segment(phrase, last)
            start, end = (0, *phrase.ends)[number : number + 2]
            unit = bars * in_force(phrase.metres, end - 1).bar
            lengths = [end - start + more for more in (0, phrase.pickup, -phrase.pickup)]
            yield last.onset, who, all(length % unit != 0 for length in lengths)


@rule_reference
def canon_kept(phrase, after, by=0):
    for number, (leader, follower) in enumerate(pairwise(phrase.voices)):
        answers = {(note.onset, note.duration, note.pitch) for note in follower.notes}
        for note in leader.notes:
            if note.end + after <= phrase.length:
                yield note.onset, (number,), (note.onset + after, note.duration, note.pitch + by) not in answers


# Originality


def events(notes, by):
    """Each move: its interval, and (by figures) how much longer the note after it is than the one before."""
    return [(b.pitch - a.pitch, Fraction(b.duration, a.duration) if by == "figures" else 0) for a, b in pairwise(notes)]


def runs_in(targets, moves, by):
    """All runs of so many moves in all voices of some pieces."""
    runs = []
    for i in range(len(targets)):
        for _, notes in voices(targets[i]):
            line = events(notes, by)
            runs.extend(line[at : at + moves] for at in range(len(line) - moves + 1))
    return runs


@rule_reference
def runs_original(phrase, targets, longest=7, by="figures"):
    moves = longest + 1
    known = runs_in(targets, moves, by)
    for who, notes in voices(phrase):
        line = events(notes, by)
        for i in range(moves, len(notes)):
            yield notes[i].onset, who, line[i - moves : i] in known


@rule_reference
def figures_original(phrase, targets, size=8, most=0.05, by="figures"):
    moves = size - 1
    known = runs_in(targets, moves, by)
    figures = []  # (tick, voice, whether a target has it), voice after voice
    for who, notes in voices(phrase):
        line = events(notes, by)
        figures.extend((notes[i].onset, who, line[i - moves : i] in known) for i in range(moves, len(notes)))
    allowed = 0
    while allowed < len(figures) and (allowed + 1) / len(figures) <= most:
        allowed += 1
    for tick, who, shared in figures:
        yield tick, who, shared and allowed == 0
        allowed -= shared and allowed > 0
