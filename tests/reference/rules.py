"""Slow references of the rules."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

from tests.reference.questions import (
    bars,
    contending,
    degree,
    heard,
    is_beat,
    phrases_of,
    place,
    rule_reference,
    same_way,
    segment,
    staff_place,
    strikes,
    voices,
    weight,
)


@rule_reference
def legal_leaps(phrase, sixths="up", spelled=False):
    allowed_sixths = {"all": (8, 9, -8, -9), "up": (8, 9), "minor_up": (8,)}[sixths]
    for who, notes in voices(phrase):
        for a, b in pairwise(notes):
            move = b.pitch - a.pitch
            if move:
                allowed = {1, 2, 3, 4, 5, 7, 12}
                legal = abs(move) in allowed or move in allowed_sixths
                yield b.onset, who, not legal or (spelled and not is_spelled(phrase, a, b))


def is_spelled(phrase, a, b):
    """Whether a leap is minor, major or perfect by its places on the staff; a step is no leap."""
    semitones = {2: (3, 4), 3: (5,), 4: (7,), 5: (8, 9), 6: (10, 11), 7: (12,)}  # of a third, fourth, ... octave
    places = abs(staff_place(phrase, b) - staff_place(phrase, a))
    size = abs(b.pitch - a.pitch)
    return size <= 2 or size in semitones.get(places, ())


@rule_reference
def leaps_recovered(phrase, leap=5):
    for who, notes in voices(phrase):
        for a, b, c in zip(notes, notes[1:], notes[2:], strict=False):
            arrived, left = b.pitch - a.pitch, c.pitch - b.pitch
            if abs(arrived) >= leap:
                back = left < 0 if arrived > 0 else left > 0
                yield b.onset, who, not (back and abs(left) in (1, 2))


@rule_reference
def single_climax(phrase):
    for who, notes in voices(phrase):
        if len(notes) < 2:
            continue
        top = max(note.pitch for note in notes)
        summits: list[list[int]] = []  # the same note struck again at once is one summit
        for i, note in enumerate(notes):
            if note.pitch == top:
                if summits and summits[-1][-1] == i - 1:
                    summits[-1].append(i)
                else:
                    summits.append([i])
        for number, summit in enumerate(summits):
            at_edge = summit[0] == 0 or summit[-1] == len(notes) - 1
            yield notes[summit[0]].onset, who, number > 0 or at_edge


@rule_reference
def no_tritone_outline(phrase):
    for who, notes in voices(phrase):
        moved, point = 0, notes[0]
        for i, note in enumerate(notes[1:], 1):
            moved = note.pitch - notes[i - 1].pitch or moved
            last = i == len(notes) - 1
            goes_on = 0 if last else notes[i + 1].pitch - note.pitch
            if last or (moved and goes_on and not same_way(moved, goes_on)):
                yield note.onset, who, abs(note.pitch - point.pitch) == 6
                point = note


@rule_reference
def leaps_not_chained(phrase, leap=5):
    for who, notes in voices(phrase):
        for a, b, c in zip(notes, notes[1:], notes[2:], strict=False):
            first, second = b.pitch - a.pitch, c.pitch - b.pitch
            if abs(first) >= leap and second:  # "between two moves": a repeated note has not moved
                yield b.onset, who, abs(second) >= leap and same_way(first, second)


@rule_reference
def repeats_limited(phrase, most=3):
    for who, notes in voices(phrase):
        running = 0
        for i, note in enumerate(notes):
            running = running + 1 if i and notes[i - 1].pitch == note.pitch else 1
            yield note.onset, who, running > most


@rule_reference
def phrase_ends_reached_by_step(phrase):
    for who, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            last = part[-1]
            if last > 0:
                yield notes[last].onset, who, abs(notes[last].pitch - notes[last - 1].pitch) > 2


@rule_reference
def no_syncopation(phrase):
    for who, notes in voices(phrase):
        for note in notes:
            over = range(note.onset + 1, note.end)
            yield note.onset, who, any(weight(phrase, tick) > contending(phrase, note.onset) for tick in over)


@rule_reference
def inner_phrases_end_open(phrase):
    for who, notes in voices(phrase):
        for a, b in pairwise(notes):
            if segment(phrase, a) != segment(phrase, b):
                yield a.onset, who, degree(phrase, a) == 1


@rule_reference
def rests_at_phrase_ends(phrase):
    for who, notes in voices(phrase):
        for a, b in pairwise(notes):
            if segment(phrase, a) == segment(phrase, b):
                yield a.onset, who, b.onset > a.end


@rule_reference
def phrase_ends_lengthened(phrase, times=1.0):
    for who, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            if len(part) > 1:
                first, last = notes[part[0]], notes[part[-1]]
                average = Fraction(last.onset - first.onset, len(part) - 1)
                yield last.onset, who, last.duration < Fraction(times) * average


@rule_reference
def in_key(phrase):
    for who, notes in voices(phrase):
        for note in notes:
            yield note.onset, who, degree(phrase, note) == 0


@rule_reference
def ends_on_tonic(phrase):
    for who, notes in voices(phrase):
        yield notes[-1].onset, who, degree(phrase, notes[-1]) != 1


@rule_reference
def starts_on_triad(phrase):
    for who, notes in voices(phrase):
        yield notes[0].onset, who, degree(phrase, notes[0]) not in (1, 3, 5)


@rule_reference
def phrases_end_on_triad(phrase):
    for who, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            last = notes[part[-1]]
            yield last.onset, who, degree(phrase, last) not in (1, 3, 5)


@rule_reference
def no_parallel_perfects(phrase, every=None):
    ticks = [t for t in range(phrase.length) if every is None or place(phrase, t) % every == 0]
    states = [(tick, [heard(voice, tick) for voice in phrase.voices]) for tick in ticks]
    for a, b in combinations(range(len(phrase.voices)), 2):
        for (_, before), (tick, now) in pairwise(states):
            if None in (before[a], before[b], now[a], now[b]):
                continue
            if same_way(now[a] - before[a], now[b] - before[b]):
                was, is_ = abs(before[a] - before[b]) % 12, abs(now[a] - now[b]) % 12
                yield tick, (a, b), was == is_ and is_ in (0, 7)


@rule_reference
def consonant_on_the_beat(phrase):
    for a, b in combinations(range(len(phrase.voices)), 2):
        upper, lower = phrase.voices[a], phrase.voices[b]
        for tick in range(phrase.length):
            if not (strikes(upper, tick) or strikes(lower, tick)) or not is_beat(phrase, tick):
                continue
            x, y = heard(upper, tick), heard(lower, tick)
            if x is not None and y is not None:
                unison_third_fifth_or_sixth = (0, 3, 4, 7, 8, 9)
                yield tick, (a, b), abs(x - y) % 12 not in unison_third_fifth_or_sixth


@rule_reference
def voices_uncrossed(phrase):
    for a, b in combinations(range(len(phrase.voices)), 2):
        upper, lower = phrase.voices[a], phrase.voices[b]
        for tick in range(phrase.length):
            if strikes(upper, tick) or strikes(lower, tick):
                x, y = heard(upper, tick), heard(lower, tick)
                if x is not None and y is not None:
                    yield tick, (a, b), y > x


@rule_reference
def bars_follow(phrase, template, by="notes"):
    lines = bars(phrase)
    sections: dict[int, list[int]] = {}  # the letters spread evenly; those that no bar falls to are not there
    for number in range(len(lines)):
        sections.setdefault(number * len(template) // len(lines), []).append(number)
    for voice_number, voice in enumerate(phrase.voices):
        contents = []
        for start, end, _ in lines:
            inside = [note for note in voice.notes if start <= note.onset < end]
            pitch = [note.pitch if by == "notes" else None for note in inside]
            contents.append([(n.onset - start, n.duration, p) for n, p in zip(inside, pitch, strict=True)])
        earlier: dict[str, list[list[int]]] = {}
        for number, own in sections.items():
            letter = template[number]
            if letter == ".":
                continue
            if letter in earlier:
                for bar, like in zip(own, earlier[letter][0], strict=False):  # a bar that the first lacks is free
                    yield lines[bar][0], (voice_number,), contents[bar] != contents[like]
            elif earlier:
                first_bars = [section[0] for sections_of in earlier.values() for section in sections_of]
                yield lines[own[0]][0], (voice_number,), contents[own[0]] in [contents[b] for b in first_bars]
            earlier.setdefault(letter, []).append(own)


@rule_reference
def notes_end_with_phrase(phrase):
    for who, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            last = notes[part[-1]]
            yield last.onset, who, any(last.onset < end < last.end for end in phrase.ends if end < phrase.length)
