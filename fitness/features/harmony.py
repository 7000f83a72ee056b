"""Features of implied harmony: which triads a melody suggests, how they go on, how phrases close.

Triads are those of `fitness.implied`: one for each half of a bar of four beats, else for each bar.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Between
from fitness.entries import feature, per, shares, usual_band
from fitness.implied import (
    DOMINANT,
    LEADING,
    SUBDOMINANT,
    SUBMEDIANT,
    SUPERTONIC,
    TONIC,
    implied_triads,
    members_heard,
)
from fitness.phrases import Phrases
from fitness.verbs import Array, tally
from fitness.verdict import Numbers

FUNCTIONS = ((1, 3, 6), (2, 4), (5, 7))  # tonic, subdominant, dominant
CADENCES = ("authentic", "half", "plagal", "deceptive", "another")
Bars = Annotated[int, Between(2, 64)]


@feature(profile=True)
def triad_profile(phrases: Phrases) -> Numbers:
    """Shares of the spans that sound in which the triad on each degree, 1 to 7, is implied.

    Source: Temperley, Music and Probability (2007), ch. 6 and 10, for harmony inferred from notes; the triads are
    those of `fitness.implied`.

    >>> from fitness.phrase import Phrase
    >>> triad_profile(Phrases.of(Phrase.parse("C4 E4 G4 E4 | G4 B4 D5*2 | C5*4"))).ravel().round(2).tolist()
    [0.67, 0.0, 0.0, 0.0, 0.33, 0.0, 0.0]
    """
    triads = implied_triads(phrases)
    return shares(np.array([np.add.reduce(triads == degree, axis=0) for degree in range(1, 8)], np.float64))


@feature(profile=True)
def triad_transitions(phrases: Phrases) -> Numbers:
    """Shares of the steps from the triad of a span to that of the next, staying included: 7 * (from - 1) + to - 1.

    Both spans sound.
    Source: Rohrmeier and Cross, "Statistical Properties of Tonal Harmony in Bach's Chorales", ICMPC (2008), who
    count them in chorales.

    >>> from fitness.phrase import Phrase
    >>> tune = Phrases.of(Phrase.parse("C4 E4 G4 E4 | G4 B4 D5*2 | C5*4"))
    >>> triad_transitions(tune)[[0, 4, 28, 32], 0].tolist()  # I-I, I-V, V-I, V-V
    [0.4, 0.2, 0.2, 0.2]
    """
    triads = implied_triads(phrases)
    before, after = triads[None, :-1], triads[None, 1:]
    return shares(tally(7 * (before - 1) + after - 1, (before > 0) & (after > 0), 49))


@feature(**usual_band(0.661, 0.93, 0.0804))
def triad_fit(phrases: Phrases) -> Numbers:
    """Share of the time in which the notes belong to the triad that they imply; 0 for silence.

    The time of all notes in the spans; a note that opens a span counts twice in it.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.81; Essen collection; measured).
    Source: Kostka and Payne, Tonal Harmony (6th ed., 2009), ch. 11 and 12, on chord tones and others.

    >>> from fitness.phrase import Phrase
    >>> triad_fit(Phrases.of(Phrase.parse("3/4: C4 D4 E4"))).tolist()
    [[0.75]]
    """
    own, whole = members_heard(phrases, implied_triads(phrases))
    return per(own, whole)


@feature(**usual_band(0.0633, 0.714, 0.187))
def triad_changes(phrases: Phrases) -> Numbers:
    """Share of the spans, but the first, whose implied triad is another than that of the span before.

    Of spans that sound after one that sounds.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.416; Essen collection; measured).
    Source: Piston, Harmony (1941), ch. 5, on harmonic rhythm.

    >>> from fitness.phrase import Phrase
    >>> triad_changes(Phrases.of(Phrase.parse("C4 E4 G4 E4 | G4 B4 D5*2 | C5*4"))).tolist()
    [[0.4]]
    """
    _, changed, there = _successive(phrases)
    return per(np.add.reduce(changed, axis=0, dtype=np.int64), np.add.reduce(there, axis=0, dtype=np.int64))


@feature(**usual_band(0.0, 0.667, 0.181))
def falling_fifths_share(phrases: Phrases) -> Numbers:
    """Share of the changes of implied triad at which the root falls a fifth, as from V to I; 0 without a change.

    A fifth of any size, as the degrees tell: from IV to VII too.  Both spans sound.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.501; Essen collection; measured).
    Source: Tymoczko, "Progressions Fondamentales, Functions, Degrees", in Musique Contemporaine (2003), for their
    part in tonal music; .369 of the root motions of Bach's chorales (measured).

    >>> from fitness.phrase import Phrase
    >>> falling_fifths_share(Phrases.of(Phrase.parse("C4 E4 G4 E4 | G4 B4 D5*2 | C5*4"))).tolist()
    [[0.5]]
    """
    triads, changed, _ = _successive(phrases)
    falls = changed & ((triads[1:] - triads[:-1]) % 7 == 3)
    return per(np.add.reduce(falls, axis=0, dtype=np.int64), np.add.reduce(changed, axis=0, dtype=np.int64))


@feature(profile=True)
def cadence_profile(phrases: Phrases) -> Numbers:
    """Shares of the phrases that close with each cadence: authentic, half, plagal, deceptive, another.

    Authentic: I after V or VII; half: V; plagal: I after IV or II; deceptive: VI after V.  A phrase of a voice closes
    with the triad of the span in which its last note begins; what comes before is the last other triad in those spans
    that begin in the phrase: one that stays on I is another.  A phrase within the pick-up does not count.
    Source: Caplin, Classical Form (1998), ch. 2 and 4; Kostka and Payne (2009), ch. 10.

    >>> from fitness.phrase import Phrase
    >>> tune = Phrase.parse("C4 E4 G4 E4 | D4 B3 G3*2 ' | E4 C4 G4 E4 | G4 B4 D5*2 | C5*4")
    >>> cadence_profile(Phrases.of(tune)).ravel().tolist()
    [0.5, 0.5, 0.0, 0.0, 0.0]
    """
    kind = cadences_heard(phrases)
    return shares(tally(kind, kind >= 0, len(CADENCES)))


def cadences_heard(phrases: Phrases) -> NDArray[np.int8]:
    """The cadence at the last note of each phrase, as its place in `CADENCES`, `[voices, notes, n]`; -1 elsewhere.

    As in `cadence_profile`.
    """
    notes = phrases.notes
    triads = np.concatenate([np.zeros((1, phrases.n), np.int8), implied_triads(phrases)])  # row 0: the pick-up
    segment = _segments(phrases, len(triads))
    span, columns = phrases.settings.at("span", notes.onset), np.arange(phrases.n)
    last = triads[span, columns]
    first = _before(triads, segment)[span, columns] * (segment[span, columns] == notes.segment)
    dominant = (first == DOMINANT) | (first == LEADING)
    kinds = (
        (last == TONIC) & dominant,
        last == DOMINANT,
        (last == TONIC) & ((first == SUBDOMINANT) | (first == SUPERTONIC)),
        (last == SUBMEDIANT) & (first == DOMINANT),
    )
    found: NDArray[np.int8] = np.select(kinds, range(len(kinds)), len(kinds)).astype(np.int8)
    found[~(notes.ends_phrase & (last > 0))] = -1
    return found


def _successive(phrases: Phrases) -> tuple[NDArray[np.int8], Array, Array]:
    """The triads of all spans `[spans, n]`; of each but the first whether it changes, and whether both sound."""
    triads = implied_triads(phrases)
    there = (triads[1:] > 0) & (triads[:-1] > 0)
    return triads, there & (triads[1:] != triads[:-1]), there


def _before(triads: NDArray[np.int8], segment: Array) -> NDArray[np.int8]:
    """The last triad before each span, in its phrase, that is another than the last up to the span; 0 where none is."""
    before = np.zeros_like(triads)
    sounding = np.zeros_like(triads[0])
    for span in range(1, len(triads)):
        same = segment[span] == segment[span - 1]
        sounding, held = sounding * same, before[span - 1] * same
        moved = (triads[span] > 0) & (triads[span] != sounding)
        before[span] = np.where(moved, sounding, held)
        sounding = np.where(moved, triads[span], sounding)
    return before


def _segments(phrases: Phrases, spans: int) -> Array:
    """The phrase (as the ends cut it) in which each span begins, -1 for the pick-up, `[spans, n]`."""
    rows = np.full((len(phrases.settings.each), spans), -1, np.int32)
    for row, setting in zip(rows, phrases.settings.each, strict=True):
        segment = setting.segment[setting.opens_span]
        row[1 : 1 + len(segment)] = segment
    found: Array = rows.T if phrases.settings.index is None else rows.T[:, phrases.settings.index]
    return np.broadcast_to(found, (spans, phrases.n))


@feature(vector=True, scale=1.0)
def functions_at(phrases: Phrases, *, bars: Bars = 8) -> Numbers:
    """Which function the last span of every second of the first `bars` bars has: 1 for tonic, subdominant, dominant.

    Three numbers for each of the bars 2, 4, 6 ...: tonic is I, III or VI, subdominant II or IV, dominant V or VII; all
    0 where the bar lacks or is silent.  To be compared with one target, or learned from many.
    Source: Riemann, Vereinfachte Harmonielehre (1893), for the functions; Caplin, Classical Form (1998), for the
    bars of a theme that close something.

    >>> from fitness.phrase import Phrase
    >>> functions_at(Phrases.of(Phrase.parse("C4 E4 G4 E4 | G4 B4 D5*2")), bars=2).ravel().tolist()
    [0.0, 0.0, 1.0]
    """
    triads = np.concatenate([implied_triads(phrases), np.zeros((1, phrases.n), np.int8)])
    absent = len(triads) - 1
    rows = []
    for setting in phrases.settings.each:
        ends = [end for end, _ in setting.barlines[1:]] + [setting.length]
        spans = [int(setting.span[end - 1]) - 1 for end in ends[:bars] if end > 0]
        rows.append([spans[bar] if bar < len(spans) else absent for bar in range(1, bars, 2)])
    table = np.array(rows).T
    place = table[:, phrases.settings.index] if phrases.settings.index is not None else table
    here = np.take_along_axis(triads, np.broadcast_to(place, (len(table), phrases.n)), 0)
    told = [[np.isin(row, function) for function in FUNCTIONS] for row in here]
    return np.array(told, np.float64).reshape(3 * len(table), phrases.n)
