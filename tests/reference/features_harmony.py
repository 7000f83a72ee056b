"""Slow references of the features of implied harmony."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

from fitness.implied import FOLLOWS, MEMBERS, OPENS, SHARE, STAYS, STRANGE
from tests.reference.features_form import is_minor
from tests.reference.features_line import mean
from tests.reference.questions import (
    all_notes,
    bars,
    feature_reference,
    part_of,
    phrases_of,
    profile_of,
    segment,
    voices,
)

# --- implied triads

TRIADS = range(1, 8)


@lru_cache(maxsize=1024)
def spans(phrase):
    """Start and end of each span of harmony: half a bar where its beats are four, six, eight ..., else a bar."""
    result = []
    for start, end, metre in bars(phrase):
        beats = [beat for beat in metre.beats if start + beat < start + metre.bar]
        middle = start + beats[len(beats) // 2]
        if len(beats) >= 4 and len(beats) % 2 == 0 and middle < end:
            result += [(start, middle), (middle, end)]
        else:
            result.append((start, end))
    return result


def span_at(phrase, tick):
    """The number of the span that a tick lies in; None for the pick-up."""
    return next((i for i, (start, end) in enumerate(spans(phrase)) if start <= tick < end), None)


def heard_in(phrase, span):
    """Ticks of each semitone above the (first) tonic in a span; those of a note that opens it twice."""
    start, end = span
    heard = [0] * 12
    for note in all_notes(phrase):
        ticks = max(0, min(note.end, end) - max(note.onset, start))
        heard[(note.pitch - phrase.keys[0][1].pitch_class) % 12] += 2 * ticks if note.onset == start else ticks
    return heard


def billionths(chance, parts=1):
    return round(math.log(chance) / parts * 1e9)


@lru_cache
def speaks(minor, triad, semitone):
    """How much a tick on a semitone above the tonic speaks for a triad."""
    scale = {0, 2, 3, 5, 7, 8, 10, 11} if minor else {0, 2, 4, 5, 7, 9, 11}
    members = MEMBERS[minor][triad - 1]
    own = {tone for tones in members for tone in tones}
    for tones, share in zip(members, SHARE, strict=True):
        if semitone in tones:
            return billionths(share / len(tones), 24)
    if semitone not in scale:
        return billionths(STRANGE, 24)
    rest = 1 - sum(SHARE) - STRANGE * (12 - len(scale))
    return billionths(rest / len(scale - own), 24)


@lru_cache
def moves(minor, one, other):
    """How likely one triad is followed by another."""
    if one == other:
        return billionths(STAYS)
    listed = FOLLOWS[minor][one]
    others = [triad for triad in TRIADS if triad != one and triad not in listed]
    chance = listed[other] if other in listed else (1 - sum(listed.values())) / len(others)
    return billionths((1 - STAYS) * chance)


@lru_cache(maxsize=1024)
def triads(phrase):
    """The triad of each span on the most likely path; of equal ones that which is lower at the end, then before."""
    minor = is_minor(phrase)
    heard = [heard_in(phrase, span) for span in spans(phrase)]
    best = {}  # of each triad the most likely path to it: what speaks for it, and the path
    for i, ticks in enumerate(heard):
        told = {triad: sum(t * speaks(minor, triad, tone) for tone, t in enumerate(ticks)) for triad in TRIADS}
        if i == 0:
            best = {triad: (billionths(OPENS[triad - 1]) + told[triad], (triad,)) for triad in TRIADS}
            continue
        following = {}
        for triad in TRIADS:
            came = max(TRIADS, key=lambda one, to=triad: (best[one][0] + moves(minor, one, to), -one))
            score, path = best[came]
            following[triad] = (score + moves(minor, came, triad) + told[triad], (*path, triad))
        best = following
    path = best[max(TRIADS, key=lambda triad: (best[triad][0], -triad))][1] if best else ()
    return [triad if sum(ticks) else 0 for triad, ticks in zip(path, heard, strict=True)]


# --- harmony


@feature_reference
def triad_profile(phrase):
    return profile_of([triad - 1 for triad in triads(phrase) if triad], 7)


def steps(phrase):
    """The triads of each two successive spans that both sound."""
    return [(a, b) for a, b in pairwise(triads(phrase)) if a and b]


@feature_reference
def triad_transitions(phrase):
    return profile_of([7 * (a - 1) + b - 1 for a, b in steps(phrase)], 49)


@feature_reference
def triad_fit(phrase):
    fits = heard = 0
    for span, triad in zip(spans(phrase), triads(phrase), strict=True):
        ticks = heard_in(phrase, span)
        heard += sum(ticks)
        if triad:
            fits += sum(ticks[tone] for tones in MEMBERS[is_minor(phrase)][triad - 1] for tone in tones)
    return [part_of(fits, heard)]


@feature_reference
def triad_changes(phrase):
    return [mean([a != b for a, b in steps(phrase)])]


@feature_reference
def falling_fifths_share(phrase):
    return [mean([(a - b) % 7 == 4 for a, b in steps(phrase) if a != b])]


def cadence(last, before):
    """Authentic, half, plagal, deceptive, another."""
    if last == 1 and before in (5, 7):
        return 0
    if last == 5:
        return 1
    if last == 1 and before in (4, 2):
        return 2
    return 3 if last == 6 and before == 5 else 4


@feature_reference
def cadence_profile(phrase):
    closes = []
    for _, notes in voices(phrase):
        for part in phrases_of(phrase, notes):
            closing = notes[part[-1]]
            here = span_at(phrase, closing.onset)
            if here is None:
                continue
            last = triads(phrase)[here]
            others = [
                triad
                for (start, _), triad in list(zip(spans(phrase), triads(phrase), strict=True))[:here]
                if sum(end <= start for end in phrase.ends) == segment(phrase, closing) and triad not in (0, last)
            ]
            closes.append(cadence(last, others[-1] if others else 0))
    return profile_of(closes, 5)


@feature_reference
def functions_at(phrase, bars=8):
    result = []
    for number in range(2, bars + 1, 2):
        triad = 0
        inside = [i for i, (start, _) in enumerate(spans(phrase)) if bar_number(phrase, start) == number]
        if inside:
            triad = triads(phrase)[inside[-1]]
        result += [float(triad in function) for function in ((1, 3, 6), (2, 4), (5, 7))]
    return result


def bar_number(phrase, tick):
    """The number of the bar of a tick, the first full one 1, the pick-up 0."""
    return sum(start <= tick for start, _, _ in bars(phrase))
