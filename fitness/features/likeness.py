"""Features of how bars resemble each other: the self-similarity of a phrase."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Between, Template
from fitness.entries import correlated, feature, per, usual_band
from fitness.phrases import Phrases
from fitness.verbs import Array, earlier, later, latest
from fitness.verdict import Numbers

Bars = Annotated[int, Between(2, 32)]
SHIFT = 1 << 14  # keeps places before the barline, of notes held over it and played backwards, above 0
Points = Annotated[int, Between(1, 48)]


@feature(vector=True, scale=0.5)
def self_similarity(
    phrases: Phrases, *, bars: Bars = 8, by: Literal["notes", "rhythm"] = "notes", points: Points = 12
) -> Numbers:
    """How alike each two of the first `bars` bars of the first voice are, 0 to 1: (1,2), (1,3), ... (2,3), ...

    Each bar is heard at `points` moments, equally apart: alike is the share of the moments at which both
    sound the same pitch, of those at which either sounds; or with `rhythm`, of the parts between the
    moments in which a note begins in both, of those in which one begins in either.  0 where a bar lacks.
    To be compared with one target: the mean of many songs resembles none of them.
    Source: Foote, "Visualizing Music and Audio Using Self-Similarity", ACM Multimedia (1999).

    >>> from fitness.phrase import Phrase
    >>> self_similarity(Phrases.of(Phrase.parse("C4*4 | D4*2 C4*2 | C4*4")), bars=3).ravel().tolist()
    [0.5, 1.0, 0.5]
    """
    state = _moments(phrases, bars, by, points)
    rows = []
    for one, other in combinations(range(bars), 2):
        either = np.add.reduce((state[one] >= 0) | (state[other] >= 0), axis=0, dtype=np.int64)
        shared = np.add.reduce((state[one] == state[other]) & (state[one] >= 0), axis=0, dtype=np.int64)
        rows.append(shared / np.maximum(either, 1))
    return np.array(rows)


def _moments(phrases: Phrases, bars: int, by: str, points: int) -> Array:
    """What each moment of each bar holds, `[bars, points, n]`; -1: nothing."""
    notes, view, n = phrases.notes, phrases.bars, phrases.n
    state = np.full((bars, points, n), -1, np.int16)
    if not phrases.voices:
        return state
    onset = np.where(notes.present[0], notes.onset[0], np.iinfo(np.int32).max)
    for bar in range(min(bars, view.onset.shape[1])):
        start, stop = (np.broadcast_to(x[0, bar], (n,)).astype(np.int64) for x in (view.onset, view.end))
        for k in range(points):
            moment = start + (stop - start) * k // points
            if by == "rhythm":
                first, after = (start - (start - stop) * part // points for part in (k, k + 1))  # rounded up
                begins = ((onset >= first) & (onset < after)).any(axis=0)
                state[bar, k] = np.where(begins, 1, -1)
                continue
            place = np.add.reduce(onset <= moment, axis=0, dtype=np.int64) - 1
            here = np.maximum(place, 0)[None]
            sounds = (place >= 0) & (np.take_along_axis(notes.end[0], here, 0)[0] > moment) & (stop > start)
            state[bar, k] = np.where(sounds, np.take_along_axis(notes.pitch[0], here, 0)[0], -1)
    return state


@feature(**usual_band(0.6, 1.0, 0.2))
def template_fit(
    phrases: Phrases, *, template: Template, bars: Bars = 8, by: Literal["notes", "rhythm"] = "notes"
) -> Numbers:
    """Correlation of the self-similarity of the first `bars` bars with that of a template such as AABA; -1 to 1.

    The letters are spread evenly over the bars; two bars should be alike, 1, where their letters are the
    same and they stand at the same place of their sections, else 0; bars under a dot are free.  ValueError
    for a template by which all bars should be alike, or none: nothing can be measured by it.
    Default band: a convention of this project; the rule `bars_follow` is the strict form.
    Source: Foote (1999), for the matrix; Herremans and Chew, "MorpheuS", IEEE Transactions on Affective
    Computing 10 (2019), for form taken over from a template.

    >>> from fitness.phrase import Phrase
    >>> tune = Phrase.parse("C4*4 | C4*4 | D4*4 | C4*4")
    >>> template_fit(Phrases.of(tune), template="AABA", bars=4).tolist()
    [[1.0]]
    """
    section = [bar * len(template) // bars for bar in range(bars)]
    place = [bar - section.index(section[bar]) for bar in range(bars)]
    pairs = [*combinations(range(bars), 2)]
    wanted = [template[section[one]] == template[section[other]] and place[one] == place[other] for one, other in pairs]
    told = ["." not in (template[section[one]], template[section[other]]) for one, other in pairs]
    if len({want for want, tell in zip(wanted, told, strict=True) if tell}) < 2:
        raise ValueError(f"template: some of the {bars} bars must be alike and some not, got {template}")
    found = self_similarity(phrases, bars=bars, by=by)[None]
    heard = np.broadcast_to(np.array(told)[None, :, None], found.shape)
    return correlated(found, np.array(wanted)[None, :, None] * 1.0, heard)


@feature(**usual_band(0.03, 0.429, 0.14, below=0.03))
def derived_share(phrases: Phrases) -> Numbers:
    """Share of the bars of two notes or more, but each voice's first of these, that come from an earlier one.

    They have its rhythm and its steps on the staff: as they were or elsewhere (a sequence), upside down, or
    with their rhythm backwards, or upside down and backwards.  0 where no voice has two such bars.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.106; Essen collection; measured), the
    lower end raised from 0, which a line without motifs has.
    Source: Schoenberg, Fundamentals of Musical Composition (1967), ch. 3 and 4, on the treatment of the motive.

    >>> from fitness.phrase import Phrase
    >>> derived_share(Phrases.of(Phrase.parse("C4*2 D4 E4 | F4*2 G4 A4 | E4*2 D4 C4 | C4 B3 A3*2"))).tolist()
    [[1.0]]
    """
    notes, bars = phrases.notes, phrases.bars
    changes = notes.bar != earlier(notes.bar, -1)
    first = latest(notes.staff, changes & notes.present)
    last_of_bar = notes.present & (~notes.has_next | (later(notes.bar) != notes.bar))
    last = latest(notes.staff[:, ::-1], last_of_bar[:, ::-1])[:, ::-1]
    whole = phrases.settings.at("bar_length", notes.onset)
    forward = notes.place.astype(np.int64) + SHIFT
    backward = (whole - notes.place - notes.duration).astype(np.int64) + SHIFT
    steps = notes.staff.astype(np.int64)
    shapes = [
        bars.hashed((place * (1 << 20) + notes.duration) * 256 + move + 128)
        for place, move in (
            (forward, steps - first), (forward, first - steps), (backward, steps - last), (backward, last - steps),
        )
    ]  # fmt: skip
    counts = bars.count >= 2
    derived = np.zeros(counts.shape, bool)
    for bar in range(1, counts.shape[1]):
        alike = np.logical_or.reduce([shapes[0][:, bar : bar + 1] == shape[:, :bar] for shape in shapes])
        derived[:, bar] = counts[:, bar] & (counts[:, :bar] & alike).any(axis=1)
    others = np.maximum(np.add.reduce(counts, axis=1, dtype=np.int64) - 1, 0).sum(axis=0)
    return per(np.add.reduce(derived, axis=(0, 1), dtype=np.int64), others)


@feature(**usual_band(0.75, 1.0, 0.25))
def notes_shared(phrases: Phrases, *, targets: Phrases) -> Numbers:
    """Share of the notes that a phrase has in common with the target it has most in common with, 0 to 1.

    Notes are the same that begin and end together at one pitch in one voice; the share is twice their number over
    the notes of both.  It keeps what is bred from an idea near it.
    Default band: a convention of this project; at most every fourth note may be another.
    Source: Dice, "Measures of the Amount of Ecologic Association Between Species", Ecology 26 (1945).

    >>> from fitness.phrase import Phrase
    >>> idea = Phrases.of(Phrase.parse("C4 D4 E4 C4"))
    >>> notes_shared(Phrases.of(Phrase.parse("C4 D4 F4 C4")), targets=idea).tolist()
    [[0.75]]
    """
    wanted, place = np.unique(_events(targets), return_inverse=True)
    has = np.zeros((len(wanted) + 1, targets.n), np.int16)  # which target has which note; in the last row, none
    _, _, column = np.nonzero(targets.notes.present)
    has[place.reshape(targets.notes.pitch.shape)[targets.notes.present], column] = 1
    here = _events(phrases)
    at = np.searchsorted(wanted, here)
    known = phrases.notes.present & (wanted.take(at, mode="clip") == here)
    shared = np.add.reduce(has[np.where(known, at, len(wanted))], axis=(0, 1), dtype=np.int64)  # [n, targets]
    own, theirs = (np.add.reduce(batch.notes.present, axis=(0, 1), dtype=np.int64) for batch in (phrases, targets))
    both = own[:, None] + theirs
    dice = np.where(both > 0, 2 * shared / np.maximum(both, 1), 1.0)  # silence is like silence
    most: Numbers = dice.max(axis=1)
    return most[None]


def _events(phrases: Phrases) -> NDArray[np.int64]:
    """A number for each note: its voice, onset, end and pitch."""
    notes = phrases.notes
    voice = np.arange(phrases.voices, dtype=np.int64).reshape(-1, 1, 1)
    return ((voice * 2**20 + notes.onset) * 2**20 + notes.end) * 2**7 + notes.pitch
