"""Slow references of the rules of dissonance, species and cadence, of compass and of accidentals."""

from __future__ import annotations

from itertools import pairwise

from fitness.theory import SCALES
from tests.reference.questions import (
    bar_at,
    bars,
    contending,
    degree,
    in_force,
    place,
    rule_reference,
    same_way,
    voices,
    weight,
)
from tests.reference.two_voices import (
    FIFTH,
    FOURTHS,
    PERFECT,
    SECONDS,
    SEVENTHS,
    STEP,
    THIRDS,
    UNISON_OR_OCTAVE,
    barlines,
    every_two,
    move,
    note_after,
    opposite,
)

EIGHTH, QUARTER, HALF, WHOLE = 12, 24, 48, 96  # ticks

# Dissonance


def resolution(two, tick):
    """The voice (0 the upper) suspended at a tick and the tick at which it resolves; None where none is."""
    for who in (0, 1):
        held, struck = (two.upper[tick], two.lower[tick])[:: -1 if who else 1]
        tied = held.onset < tick == struck.onset
        if not tied or not two.consonant(tick - 1):
            continue
        if weight(two.phrase, tick) <= contending(two.phrase, held.onset):
            continue
        down_a_step = [held.pitch - semitones for semitones in STEP]
        first = note_after(two.phrase, two.members[who], held)
        if first is None or not two.consonant(first.onset):
            continue
        if first.pitch in down_a_step:
            return who, first.onset
        second = note_after(two.phrase, two.members[who], first)
        if second is None or second.pitch not in down_a_step or not two.consonant(second.onset):
            continue
        in_bar = bar_at(two.phrase, second.onset) == bar_at(two.phrase, tick)
        if in_bar and abs(first.pitch - held.pitch) > max(STEP):
            return who, second.onset
    return None


def held_over(phrase, note):
    """Whether a note is held over a stronger place than its own."""
    return any(weight(phrase, tick) > contending(phrase, note.onset) for tick in range(note.onset + 1, note.end))


def suspended(two, tick):
    """The same where the two are dissonant."""
    return resolution(two, tick) if two.dissonant(tick) else None


def figures_at(two, tick):
    """By which figures a dissonance may be explained."""
    found = {"suspension"} if suspended(two, tick) else set()
    for who, line in enumerate((two.upper, two.lower)):
        note = line[tick]
        if note.onset < tick or not two.consonant(tick - 1):
            continue
        reached = move(line, tick)
        following = note_after(two.phrase, two.members[who], note)
        if following is None or not two.consonant(following.onset) or held_over(two.phrase, note):
            continue
        left = following.pitch - note.pitch
        if abs(reached) in STEP and abs(left) in STEP and (reached > 0) == (left > 0):
            found.add("passing")
        if abs(reached) in STEP and left == -reached:
            found.add("neighbour")
        after = note_after(two.phrase, two.members[who], following)
        if -reached in STEP and -left in THIRDS and after is not None and after.pitch - following.pitch in STEP:
            found.add("cambiata")
    return found


@rule_reference
def dissonances_treated(phrase, figures=None, accented=False):
    for two in every_two(phrase):
        for tick in two.heard():
            allowed = set(figures or ())
            if tick in barlines(phrase) and not accented:
                allowed &= {"suspension"}
            yield tick, two.members, two.dissonant(tick) and not figures_at(two, tick) & allowed


@rule_reference
def suspensions_well_chosen(phrase):
    for two in every_two(phrase):
        for tick in two.heard():
            found = suspended(two, tick)
            if found:
                above = (two.upper[tick].pitch > two.lower[tick].pitch) == (found[0] == 0)
                resolved = two.apart(found[1])
                second_to_unison = above and two.apart(tick) in SECONDS and resolved == 0
                seventh_to_octave = not above and two.interval(tick) in SEVENTHS and resolved % 12 == 0
                yield tick, two.members, second_to_unison or seventh_to_octave


@rule_reference
def suspensions_hide_no_octaves(phrase, fifths=False):
    hidden = PERFECT if fifths else (UNISON_OR_OCTAVE,)
    for two in every_two(phrase):
        for tick, following in pairwise(barlines(phrase)):
            before, after = tick - 1, following - 1  # how the bars end, the delays over
            if not two.sound(tick) or sum(two.strikes(tick)) != 1 or not (two.sound(before) and two.sound(after)):
                continue
            moved = [line[after].pitch - line[before].pitch for line in (two.upper, two.lower)]
            same = two.interval(before) == two.interval(after) and two.interval(after) in hidden
            yield tick, two.members, same and same_way(*moved)


@rule_reference
def suspensions_vary(phrase, most=3):
    for two in every_two(phrase):
        running, before = 0, None
        for tick in barlines(phrase):
            if not suspended(two, tick):
                before = None
                continue
            kind = next(kind for kind in (SECONDS, FOURTHS, SEVENTHS) if two.interval(tick) in kind)
            running = running + 1 if kind == before else 1
            before = kind
            yield tick, two.members, running > most


# Species

WHOLES = {(0, WHOLE)}
HALVES = {(0, HALF), (HALF, HALF)}
QUARTERS = {(at, QUARTER) for at in range(0, WHOLE, QUARTER)}
EIGHTHS = {(at + half, EIGHTH) for at in (QUARTER, HALF + QUARTER) for half in (0, EIGHTH)}
TIED_HALVES = {(0, HALF + QUARTER), (HALF, HALF + QUARTER), (HALF, HALF + HALF)}
VALUES = {  # place in the bar and length
    1: WHOLES,
    2: HALVES,
    3: QUARTERS,
    4: {*HALVES, (HALF, HALF + HALF)},
    5: {*QUARTERS, *HALVES, *EIGHTHS, *TIED_HALVES},
}


@rule_reference
def note_values_of_species(phrase, species):
    for who, notes in voices(phrase):
        for i, note in enumerate(notes):
            last = i == len(notes) - 1
            right = (place(phrase, note.onset), note.duration) in (WHOLES if last else VALUES[species])
            after_rest = i > 0 and notes[i - 1].end < note.onset
            yield note.onset, who, not right or after_rest


@rule_reference
def barlines_tied(phrase, least=0.5):
    for who, notes in voices(phrase):
        if bar_at(phrase, notes[0].onset) == bar_at(phrase, notes[-1].onset):
            continue
        within = [tick for tick in barlines(phrase) if notes[0].onset < tick < notes[-1].end]
        tied = [tick for tick in within if any(note.onset < tick < note.end for note in notes)]
        yield notes[-1].onset, who, len(tied) / len(within) < least


@rule_reference
def eighths_by_step(phrase):
    for who, notes in voices(phrase):
        for i, note in enumerate(notes):
            if note.duration <= EIGHTH:
                moves = [b.pitch - a.pitch for a, b in pairwise(notes[max(0, i - 1) : i + 2])]
                yield note.onset, who, any(abs(semitones) not in STEP for semitones in moves)


@rule_reference
def halves_after_quarters_tied(phrase):
    for who, notes in voices(phrase):
        for a, b, note in zip(notes, notes[1:], notes[2:], strict=False):
            barline, metre = bar_at(phrase, note.onset)
            middle = barline + metre.bar / 2
            if metre.bar != WHOLE or (a.duration, b.duration) != (QUARTER, QUARTER):
                continue
            if note.duration < HALF or note.onset < middle:
                continue
            in_first_half = barline <= a.onset and b.end <= middle
            if in_first_half and a.end == b.onset and b.end == note.onset:
                ends = min(tick for tick in (*barlines(phrase), phrase.length) if tick > note.onset)
                yield note.onset, who, note.end <= ends


@rule_reference
def bars_vary_in_rhythm(phrase, most=2):
    for who, notes in voices(phrase):
        running, before = 0, None
        for start, end, _ in bars(phrase):
            rhythm = [(note.onset - start, note.duration) for note in notes if start <= note.onset < end]
            running = running + 1 if rhythm == before else 1
            before = rhythm
            if rhythm:
                yield start, who, running > most


# Cadence


def lower_degree(two, tick):
    """The degree of the lower of the two notes."""
    return in_force(two.phrase.keys, tick).degrees[min(two.upper[tick].pitch, two.lower[tick].pitch) % 12]


@rule_reference
def begins_on_perfect(phrase):
    for two in every_two(phrase):
        for tick in two.heard()[:1]:
            yield tick, two.members, not (two.interval(tick) in PERFECT and lower_degree(two, tick) in (1, 5))


@rule_reference
def ends_on_octave(phrase):
    for two in every_two(phrase):
        for tick in two.heard()[-1:]:
            yield tick, two.members, not (two.interval(tick) == UNISON_OR_OCTAVE and lower_degree(two, tick) == 1)


@rule_reference
def cadence_by_step(phrase):
    major_sixth, minor_third = 9, 3
    ends = []  # tick, voices, whether they close so
    for two in every_two(phrase):
        for tick in two.heard()[-1:]:
            upper, lower = two.moves(tick)
            by_step = opposite(upper, lower) and abs(upper) in STEP and abs(lower) in STEP
            closes = by_step and two.interval(tick) == UNISON_OR_OCTAVE and lower_degree(two, tick) == 1
            ends.append((tick, two.members, closes and two.interval(tick - 1) in (major_sixth, minor_third)))
    if ends:
        tick, members, _ = ends[0]
        yield tick, members, not any(closes for *_, closes in ends)


@rule_reference
def cadence_rises(phrase):
    for who, notes in voices(phrase):
        if len(notes) > 2 and notes[-1].pitch > notes[-2].pitch:
            yield notes[-2].onset, who, notes[-3].pitch >= notes[-2].pitch


def last_barline_but_one(two):
    """The last but one of the barlines at which both sound, if there is one."""
    return [tick for tick in barlines(two.phrase) if two.sound(tick)][-2:-1]


@rule_reference
def cadence_from_fifth(phrase):
    for two in every_two(phrase):
        for tick in last_barline_but_one(two):
            yield tick, two.members, two.interval(tick) != FIFTH


@rule_reference
def cadence_suspended(phrase):
    for two in every_two(phrase):
        for tick in last_barline_but_one(two):
            if not unprepared(two, tick):
                yield tick, two.members, not suspended(two, tick)


def unprepared(two, tick):
    """Whether the voice that alone strikes within the bar could not have had its last note just before the bar."""
    last = [at for at in barlines(two.phrase) if two.sound(at)][-1]
    inside = [any(two.strikes(at)[which] for at in range(tick + 1, last)) for which in (0, 1)]
    if inside[0] == inside[1] or not two.sound(tick - 1):
        return False
    lines = (two.upper, two.lower)
    mine, other = lines[inside.index(True)], lines[inside.index(False)]
    final = mine[two.heard()[-1]]
    return abs(final.pitch - other[tick - 1].pitch) % 12 in (*SECONDS, *FOURTHS, *SEVENTHS)


# One voice


@rule_reference
def compass_limited(phrase, most=17):
    for who, notes in voices(phrase):
        lowest = min(note.pitch for note in notes)
        for note in notes:
            yield note.onset, who, note.pitch - lowest > most


def rises_to_tonic(phrase, two_notes):
    """Whether a note goes up by a semitone to the tonic."""
    if len(two_notes) < 2:
        return False
    note, following = two_notes
    return following.pitch - note.pitch == 1 and degree(phrase, following) == 1


SOFT = {"lydian": 5, "dorian": 8}  # semitones over the tonic: the fourth and the sixth, lowered


@rule_reference
def accidentals_excused(phrase):
    for who, notes in voices(phrase):
        for i, note in enumerate(notes):
            key = in_force(phrase.keys, note.onset)
            above = (note.pitch - key.pitch_class) % 12
            leading_tone = rises_to_tonic(phrase, notes[i : i + 2])
            raised_sixth = rises_to_tonic(phrase, notes[i + 1 : i + 3]) and notes[i + 1].pitch - note.pitch == 2
            in_mode = above in SCALES[key.mode] or above == SOFT.get(key.mode)
            picardy = i == len(notes) - 1 and above == 4
            yield note.onset, who, not (in_mode or leading_tone or raised_sixth or picardy)
