"""Slow references of the features of key, and of what comes again: phrases, patterns, bars."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import accumulate, combinations, pairwise

from fitness.entries import feature
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.theory import KEY_PROFILES, SCALES
from tests.reference.features_line import correlation_of, mean
from tests.reference.questions import (
    all_notes,
    bar_at,
    bars,
    degree,
    feature_reference,
    heard,
    in_force,
    part_of,
    phrases_of,
    profile_of,
    segment,
    strikes,
    voices,
)

# --- tonality


def share_of_time(phrase, degrees):
    """Share of the sounding time on some degrees."""
    notes = all_notes(phrase)
    there = sum(note.duration for note in notes if degree(phrase, note) in degrees)
    return [part_of(there, sum(note.duration for note in notes))]


@feature_reference
def tonal_centre_share(phrase):
    return share_of_time(phrase, (1, 5))


@feature_reference
def scale_share(phrase):
    return share_of_time(phrase, (1, 2, 3, 4, 5, 6, 7))


def is_minor(phrase):
    """Whether the (first) key has a minor third."""
    return 3 in SCALES[phrase.keys[0][1].mode]


def correlations(phrase, profile):
    """Correlation of the time on each pitch class with each key, named (tonic, whether minor)."""
    time = [0] * 12
    for note in all_notes(phrase):
        time[note.pitch % 12] += note.duration
    result = {}
    for tonic in range(12):
        for minor in (False, True):
            expected = [Fraction(KEY_PROFILES[profile][minor][(pc - tonic) % 12]) for pc in range(12)]
            result[tonic, minor] = correlation_of(time, expected)
    return result


@feature_reference
def tonalness(phrase, profile="temperley_kostka_payne"):
    return [max(correlations(phrase, profile).values())]


@feature_reference
def key_clarity(phrase, profile="temperley_kostka_payne"):
    *_, second, best = sorted(correlations(phrase, profile).values())
    return [best - second]


@feature_reference
def key_lead(phrase, profile="temperley_kostka_payne"):
    others = correlations(phrase, profile)
    own = others.pop((phrase.keys[0][1].pitch_class, is_minor(phrase)))
    return [own - max(others.values())]


def helix(fifths):
    """The place of a note so many fifths above the tonic: a quarter turn each, around the third axis."""
    x, y = ((0, 1), (1, 0), (0, -1), (-1, 0))[fifths % 4]
    return (x, y, fifths * math.sqrt(2 / 15))


def centre(weighted):
    """The sum of weighted places."""
    return tuple(sum(w * place[axis] for w, place in weighted) for axis in range(3))


def triad(root, minor):
    """The centre of a triad: its root, its fifth, its third (four fifths above a root if major, three below if not)."""
    return centre([(0.516, helix(root)), (0.315, helix(root + 1)), (0.168, helix(root + (-3 if minor else 4)))])


def key_centre(minor):
    if not minor:
        return centre([(0.516, triad(0, False)), (0.315, triad(1, False)), (0.168, triad(-1, False))])
    fifth = centre([(0.75, triad(1, False)), (0.25, triad(1, True))])
    fourth = centre([(0.75, triad(-1, True)), (0.25, triad(-1, False))])
    return centre([(0.516, triad(0, True)), (0.315, fifth), (0.168, fourth)])


@feature_reference
def spiral_distance(phrase):
    notes, tonic = all_notes(phrase), phrase.keys[0][1].pitch_class
    if not notes:
        return [0.0]
    time = sum(note.duration for note in notes)
    weighted = []
    for note in notes:
        spelled = next(f for f in range(-5, 7) if (7 * f + tonic - note.pitch) % 12 == 0)
        weighted.append((note.duration / time, helix(spelled)))
    return [math.dist(centre(weighted), key_centre(is_minor(phrase)))]


# --- cadence


def parts(phrase):
    """The notes of each phrase of each voice."""
    return [[notes[i] for i in part] for _, notes in voices(phrase) for part in phrases_of(phrase, notes)]


@feature_reference
def phrase_start_degrees(phrase):
    return profile_of([degree(phrase, part[0]) for part in parts(phrase)], 8)


@feature_reference
def phrase_end_degrees(phrase):
    return profile_of([degree(phrase, part[-1]) for part in parts(phrase)], 8)


@feature_reference
def approach_profile(phrase):
    moves = []
    for _, notes in voices(phrase):
        lasts = [part[-1] for part in phrases_of(phrase, notes)]
        moves += [notes[i].pitch - notes[i - 1].pitch for i in lasts if i > 0]
    return profile_of([min(12, max(-12, move)) + 12 for move in moves], 25)


@feature_reference
def notes_per_phrase(phrase):
    return [mean([len(part) for part in parts(phrase)])]


@feature_reference
def final_lengthening(phrase):
    ratios = []
    for part in parts(phrase):
        *others, last = [note.duration for note in part]
        if others:
            ratios.append(last / mean(others))
    return [mean(ratios, none=1.0)]


@feature_reference
def phrase_repeat_share(phrase, by="notes"):
    again = []
    for _, notes in voices(phrase):
        earlier = []
        for part in phrases_of(phrase, notes):
            first = notes[part[0]]
            base = {"notes": 0, "transposed": first.pitch, "rhythm": None}[by]
            own = [
                (n.onset - first.onset, n.duration, None if base is None else n.pitch - base)
                for n in (notes[i] for i in part)
            ]
            if earlier:
                again.append(own in earlier)
            earlier.append(own)
    return [mean(again)]


def boundary_strengths(sizes):
    """Each interval times the sum of its degrees of change from its neighbours, over the largest such product."""

    def change(a, b):
        return Fraction(abs(a - b), a + b) if a + b else Fraction(0)

    strengths = []
    for i, size in enumerate(sizes):
        neighbours = sizes[max(0, i - 1) : i] + sizes[i + 1 : i + 2]
        strengths.append(size * sum(change(size, other) for other in neighbours))
    return [strength / max(strengths) if max(strengths) else Fraction(0) for strength in strengths]


@feature_reference
def boundary_fit(phrase):
    strengths, ends = [], []
    for _, notes in voices(phrase):
        gaps = list(pairwise(notes))
        pitch = boundary_strengths([abs(b.pitch - a.pitch) for a, b in gaps])
        onset = boundary_strengths([b.onset - a.onset for a, b in gaps])
        rest = boundary_strengths([b.onset - a.end for a, b in gaps])
        strengths += [p / 4 + o / 2 + r / 4 for p, o, r in zip(pitch, onset, rest, strict=True)]
        ends += [int(segment(phrase, a) != segment(phrase, b)) for a, b in gaps]
    return [correlation_of(strengths, ends)]


# --- patterns


def moves_of(notes):
    """The moves of a line: interval, and ratio of the two lengths."""
    return [(b.pitch - a.pitch, Fraction(b.duration, a.duration)) for a, b in pairwise(notes)]


def groups(events, size):
    """All runs of so many events."""
    return [tuple(events[i : i + size]) for i in range(len(events) - size + 1)]


def share_seen_before(lines, size):
    """Share of the groups that were there before in the same line."""
    again = [group in groups(line, size)[:i] for line in lines for i, group in enumerate(groups(line, size))]
    return [mean(again)]


@feature_reference
def pitch_variety(phrase):
    pitches = [note.pitch for note in all_notes(phrase)]
    return [part_of(len(set(pitches)), len(pitches))]


@feature_reference
def repeated_interval_patterns(phrase, size=3):
    return share_seen_before([[i for i, _ in moves_of(notes)] for _, notes in voices(phrase)], size)


@feature_reference
def repeated_rhythm_patterns(phrase, size=3):
    return share_seen_before([[note.duration for note in notes] for _, notes in voices(phrase)], size)


@cache
def bin_of(name, group, bins):
    """The bin that the feature gives to a group, found by asking it about a line of nothing else.

    The hash is the one thing taken over from the features; which groups there are and how many is counted here.
    """
    pitches = list(accumulate((move for move, _ in group), initial=0))
    lengths = list(accumulate((ratio for _, ratio in group), lambda length, ratio: length * ratio, initial=Fraction(1)))
    whole = math.lcm(*(length.denominator for length in lengths))
    notes, tick = [], 0
    for pitch, length in zip(pitches, lengths, strict=True):
        notes.append(Note(tick, int(length * whole), pitch - min(pitches)))
        tick = notes[-1].end
    only = Phrases.of(Phrase((Voice(tuple(notes)),), tick))
    found = feature[name].function(only, size=len(group), bins=bins)[:, 0].tolist()
    assert sorted(found)[-2:] == [0.0, 1.0]
    return found.index(1.0)


def hashed(name, phrase, size, bins, moves):
    found = [group for _, notes in voices(phrase) for group in groups(moves(notes), size)]
    return profile_of([bin_of(name, group, bins) for group in found], bins)


@feature_reference
def interval_ngrams(phrase, size=3, bins=512):
    return hashed(
        "interval_ngrams", phrase, size, bins, lambda notes: [(move, Fraction(1)) for move, _ in moves_of(notes)]
    )


@feature_reference
def figure_ngrams(phrase, size=2, bins=512):
    return hashed("figure_ngrams", phrase, size, bins, moves_of)


@feature_reference
def contour_ngrams(phrase, size=2):
    def kind(move):
        if abs(move) <= 2:
            return 2 + (move > 0) - (move < 0)
        return 4 if move > 0 else 0

    lines = [[kind(move) for move, _ in moves_of(notes)] for _, notes in voices(phrase)]
    bins = [int("".join(map(str, group)), 5) for line in lines for group in groups(line, size)]
    return profile_of(bins, 5**size)


def longest_before(moves, i):
    """How many moves from place `i` on equal those from an earlier place on; the two places may overlap."""
    longest = 0
    for start in range(i):
        length = 0
        while i + length < len(moves) and moves[start + length] == moves[i + length]:
            length += 1
        longest = max(longest, length)
    return longest


@feature_reference
def lz_complexity(phrase):
    pieces = total = 0
    for _, notes in voices(phrase):
        moves, i = moves_of(notes), 0
        total += len(moves)
        while i < len(moves):
            i += max(1, longest_before(moves, i))
            pieces += 1
    return [part_of(pieces, total)]


@feature_reference
def longest_repeat(phrase):
    shares = [0.0]
    for _, notes in voices(phrase):
        moves = moves_of(notes)
        shares.append(part_of(max((longest_before(moves, i) for i in range(len(moves))), default=0), len(moves)))
    return [max(shares)]


@feature_reference
def largest_pattern(phrase):
    bar, shares = phrase.metres[0][1].bar, [0.0]
    for _, notes in voices(phrase):
        shifts = Counter((b.onset - a.onset, b.pitch - a.pitch) for a, b in combinations(notes, 2))
        shares.append(max((n for (time, _), n in shifts.items() if time >= bar), default=0) / len(notes))
    return [max(shares)]


# --- likeness


def moments(phrase, voice, bar, by, points):
    """What a bar holds at each moment, or whether a note begins from each moment to the next; None: nothing."""
    start, end, _ = bar
    edges = [start + Fraction((end - start) * i, points) for i in range(points + 1)]
    if by == "notes":
        return [heard(voice, moment) for moment in edges[:-1]]
    return [
        True if any(strikes(voice, tick) for tick in range(math.ceil(a), math.ceil(b))) else None
        for a, b in pairwise(edges)
    ]


def likeness_of_bars(phrase, bars_, by, points):
    """How alike each two of the first bars of the first voice are, exactly, by their numbers."""
    lines = [moments(phrase, phrase.voices[0], bar, by, points) for bar in bars(phrase)[:bars_]]
    result = {}
    for i, j in combinations(range(bars_), 2):
        pairs = list(zip(lines[i], lines[j], strict=True)) if j < len(lines) else []
        either = sum(a is not None or b is not None for a, b in pairs)
        both = sum(a is not None and a == b for a, b in pairs)
        result[i, j] = Fraction(both, either) if either else Fraction(0)
    return result


@feature_reference
def self_similarity(phrase, bars=8, by="notes", points=12):
    return [float(value) for value in likeness_of_bars(phrase, bars, by, points).values()]


@feature_reference
def template_fit(phrase, template, bars=8, by="notes"):
    sections = [bar * len(template) // bars for bar in range(bars)]
    places = [bar - sections.index(section) for bar, section in enumerate(sections)]
    wanted, found = [], []
    for (i, j), likeness in likeness_of_bars(phrase, bars, by, 12).items():
        one, other = template[sections[i]], template[sections[j]]
        if "." not in (one, other):
            wanted.append(int(one == other and places[i] == places[j]))
            found.append(likeness)
    return [correlation_of(found, wanted)]


@feature_reference
def derived_share(phrase):
    derived = []
    for _, notes in voices(phrase):
        earlier = []
        for start, _, metre in bars(phrase):
            inside = [note for note in notes if bar_at(phrase, note.onset)[0] == start]
            if len(inside) < 2:
                continue
            staff = [in_force(phrase.keys, note.onset).staff(note.pitch) for note in inside]
            rhythm = [(note.onset - start, note.duration) for note in inside]
            backwards = [(metre.bar - place - duration, duration) for place, duration in rhythm[::-1]]
            up, down = [b - a for a, b in pairwise(staff)], [a - b for a, b in pairwise(staff)]
            if earlier:
                derived.append((rhythm, up) in earlier)
            earlier += [(rhythm, up), (rhythm, down), (backwards, down[::-1]), (backwards, up[::-1])]
    return [mean(derived)]
