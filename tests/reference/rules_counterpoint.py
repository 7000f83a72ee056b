"""Slow references of the rules of how two voices move, and of three and more voices together."""

from __future__ import annotations

from itertools import pairwise

from tests.reference.questions import bar_at, in_force, rule_reference, same_way
from tests.reference.two_voices import (
    FIFTH,
    PERFECT,
    SIXTHS,
    STEP,
    THIRDS,
    UNISON_OR_OCTAVE,
    barlines,
    by_tick,
    chords,
    every_two,
    everyone,
    move,
    neighbours,
    opposite,
)

# Two voices


@rule_reference
def no_direct_perfects(phrase, outer=False, step=False):
    for two in every_two(phrase):
        if outer and two.members != (0, len(phrase.voices) - 1):
            continue
        for tick in range(phrase.length):
            upper, lower = two.moves(tick)
            if same_way(upper, lower):
                direct = two.interval(tick) in PERFECT and two.interval(tick - 1) != two.interval(tick)
                excused = step and abs(upper) in STEP
                yield tick, two.members, direct and not excused


@rule_reference
def no_antiparallel_perfects(phrase):
    for two in every_two(phrase):
        for tick in range(phrase.length):
            if opposite(*two.moves(tick)):
                yield tick, two.members, two.interval(tick - 1) == two.interval(tick) and two.interval(tick) in PERFECT


@rule_reference
def no_battuta(phrase, leap=5):
    for two in every_two(phrase):
        for tick in barlines(phrase):
            upper, lower = two.moves(tick)
            if lower > 0 and upper < 0:
                octave = two.apart(tick) > 0 and two.interval(tick) == UNISON_OR_OCTAVE
                yield tick, two.members, octave and -upper >= leap


@rule_reference
def perfects_not_chained(phrase, most=2):
    for two in every_two(phrase):
        running = 0
        for tick in barlines(phrase):
            running = running + 1 if two.sound(tick) and two.interval(tick) in PERFECT else 0
            if two.sound(tick):
                yield tick, two.members, running > most


@rule_reference
def downbeats_not_parallel(phrase, saved_by=5):
    for two in every_two(phrase):
        for before, tick in pairwise(barlines(phrase)):
            between = range(before + 1, tick)
            if not (two.sound(before) and two.sound(tick) and all(two.strikes(tick))):
                continue
            if not any(any(two.strikes(t)) for t in between):
                continue
            moved = [line[tick].pitch - line[before].pitch for line in (two.upper, two.lower)]
            if same_way(*moved):
                saved = any(abs(semitones) >= saved_by for t in between for semitones in two.moves(t))
                parallel = two.interval(before) == two.interval(tick) and two.interval(tick) in PERFECT
                yield tick, two.members, parallel and not saved


@rule_reference
def parallel_imperfects_limited(phrase, most=3):
    def kind(two, tick):
        return next((kind for kind in (THIRDS, SIXTHS) if two.sound(tick) and two.interval(tick) in kind), None)

    for two in every_two(phrase):
        running = 0
        for tick in two.heard():
            here = kind(two, tick)
            in_parallel = same_way(*two.moves(tick)) and kind(two, tick - 1) == here
            running = 0 if here is None else running + 1 if in_parallel else 1
            yield tick, two.members, running > most


@rule_reference
def unisons_at_the_ends(phrase, off_barlines=False):
    for two in every_two(phrase):
        for tick in two.heard()[1:-1]:
            excused = off_barlines and tick not in barlines(phrase)
            yield tick, two.members, two.apart(tick) == 0 and not excused


@rule_reference
def voices_near(phrase, most=16, but_bass=False):
    for two in neighbours(phrase):
        if but_bass and two.members[1] == len(phrase.voices) - 1:
            continue
        for tick in two.heard():
            yield tick, two.members, two.apart(tick) > most


@rule_reference
def voices_cross_briefly(phrase, bars=2):
    for two in every_two(phrase):
        since = None  # the tick from which they have been crossed
        struck = set(two.heard())
        for tick in range(phrase.length):
            if not two.crossed(tick):
                since = None
            elif since is None:
                since = tick
            if tick in struck:
                yield tick, two.members, since is not None and tick - since >= bars * bar_at(phrase, tick)[1].bar


@rule_reference
def voices_not_overlapping(phrase):
    for two in neighbours(phrase):
        for tick in range(1, phrase.length):
            upper, lower = two.moves(tick)
            if two.sound(tick - 1) and (upper or lower):
                too_low = upper and two.upper[tick].pitch < two.lower[tick - 1].pitch
                too_high = lower and two.lower[tick].pitch > two.upper[tick - 1].pitch
                yield tick, two.members, bool(too_low or too_high)


# All voices


def above_bass(pitches):
    """The intervals over the lowest note, one a voice."""
    return [(pitch - min(pitches)) % 12 for pitch in pitches]


def has(pitches, intervals):
    """Whether one of these intervals stands over the lowest note."""
    return any(interval in intervals for interval in above_bass(pitches))


def on_tonic(phrase, tick, pitches):
    """Whether the lowest note is the tonic."""
    return min(pitches) % 12 == in_force(phrase.keys, tick).pitch_class


@rule_reference
def chords_complete(phrase):
    for tick, pitches in chords(phrase)[1:-1]:
        yield tick, everyone(phrase), not (has(pitches, THIRDS) and has(pitches, (FIFTH, *SIXTHS)))


@rule_reference
def begins_on_tonic_chord(phrase):
    for tick, pitches in chords(phrase)[:1]:
        plain = set(above_bass(pitches)) <= {UNISON_OR_OCTAVE, FIFTH, *THIRDS}
        yield tick, everyone(phrase), not (on_tonic(phrase, tick, pitches) and plain)


@rule_reference
def ends_on_tonic_chord(phrase):
    major_third = 4
    for tick, pitches in chords(phrase)[-1:]:
        plain = set(above_bass(pitches)) <= {UNISON_OR_OCTAVE, FIFTH, major_third}
        yield tick, everyone(phrase), not (on_tonic(phrase, tick, pitches) and plain)


@rule_reference
def voices_not_all_alike(phrase):
    for tick in range(phrase.length):
        moves = [move(line, tick) for line in by_tick(phrase)]
        if all(moves):
            yield tick, everyone(phrase), all(m > 0 for m in moves) or all(m < 0 for m in moves)


@rule_reference
def sixth_chords_limited(phrase, most=3):
    running = 0
    for tick, pitches in chords(phrase):
        nothing_else = set(above_bass(pitches)) <= {UNISON_OR_OCTAVE, *THIRDS, *SIXTHS}
        sixth_chord = has(pitches, THIRDS) and has(pitches, SIXTHS) and nothing_else
        running = running + 1 if sixth_chord else 0
        yield tick, everyone(phrase), running > most


@rule_reference
def leading_tone_not_doubled(phrase):
    for tick, pitches in chords(phrase):
        leading_tone = (in_force(phrase.keys, tick).pitch_class - 1) % 12
        those = [pitch for pitch in pitches if pitch % 12 == leading_tone]
        if those:
            yield tick, everyone(phrase), len(those) > 1


@rule_reference
def thirds_not_doubled(phrase):
    for tick, pitches in chords(phrase):
        if len(pitches) >= 4 and has(pitches, THIRDS) and has(pitches, (FIFTH,)):
            yield tick, everyone(phrase), sum(interval in THIRDS for interval in above_bass(pitches)) > 1
