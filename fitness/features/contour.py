"""Features of the shape of a line: its summit, its spread, its arches."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Count
from fitness.entries import feature, mean_of, per, shares, usual_band
from fitness.phrases import Phrases
from fitness.verbs import Mask
from fitness.verdict import Numbers

CONVEX = 6  # the place of up-and-down among the nine classes of `contour_profile`
SHAPES = (
    "falls", "falls, then level", "bowl", "level, then falls", "level", "level, then rises", "arch",
    "rises, then level", "rises",
)  # fmt: skip


@feature(**usual_band(0.2, 1.0, 0.321))
def climax_strength(phrases: Phrases) -> Numbers:
    """One over how often the highest pitch of all voices is struck; 0 for silence.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.661; Essen collection; measured).
    Source: Towsey et al., Educational Technology and Society 4 (2001), feature 10.

    >>> from fitness.phrase import Phrase
    >>> climax_strength(Phrases.of(Phrase.parse("C4 G4 E4 G4"))).tolist()
    [[0.5]]
    """
    times = np.add.reduce(_summit(phrases), axis=(0, 1), dtype=np.int64)
    return per((times > 0), times)


@feature(**usual_band(0.114, 0.814, 0.237))
def climax_position(phrases: Phrases) -> Numbers:
    """Where, as a share of the time, the highest pitch of all voices is first struck; 0 for silence.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.479; Essen collection; measured).
    Source: Salzer and Schachter, Counterpoint in Composition (1969), put it behind the middle; in 500
    folk songs it lies at .41 on average (measured).

    >>> from fitness.phrase import Phrase
    >>> climax_position(Phrases.of(Phrase.parse("C4 G4 E4 G4"))).tolist()
    [[0.25]]
    """
    never = np.iinfo(np.int32).max
    first = np.where(_summit(phrases), phrases.notes.onset, never).min(axis=(0, 1), initial=never)
    length = np.maximum(phrases.settings.numbers("length"), 1)
    return np.where(first < never, first / length, 0.0)[None]


def _summit(phrases: Phrases) -> Mask:
    notes = phrases.notes
    top: Mask = notes.present & (notes.pitch == notes.pitch.max(axis=(0, 1), initial=-1))
    return top


@feature(**usual_band(2.31, 4.21, 0.589))
def pitch_deviation(phrases: Phrases) -> Numbers:
    """Standard deviation of the pitches of the notes in semitones: how wide the tessitura is.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    3.18; Essen collection; measured).
    Source: von Hippel, "Redefining Pitch Proximity: Tessitura and Mobility", Music Perception 17 (2000).

    >>> from fitness.phrase import Phrase
    >>> pitch_deviation(Phrases.of(Phrase.parse("C4 E4 C4 E4"))).tolist()
    [[2.0]]
    """
    notes = phrases.notes
    apart = notes.pitch - mean_of(notes.pitch, notes.present)
    return np.sqrt(mean_of(apart * apart, notes.present))


@feature(profile=True)
def contour_profile(phrases: Phrases) -> Numbers:
    """Shares of the nine shapes of phrases: first note, mean of the notes between, last note.

    The place is 3 a + b, with a = 0, 1, 2 where the way from the first note to the middle falls, stays or
    rises, and b likewise for the way from the middle to the last: 0 descends, 6 is an arch, 2 a bowl, 8
    ascends.  The mean is rounded to semitones (half to even).  Phrases of fewer than three notes are left out.
    Source: Huron, "The Melodic Arch in Western Folksongs", Computing in Musicology 10 (1996); of 2,904
    folk-song phrases .398 are arches, .280 descend, .192 ascend, .097 are bowls (measured).

    >>> from fitness.phrase import Phrase
    >>> contour_profile(Phrases.of(Phrase.parse("C4 G4 C4 ' E4 D4 C4")))[[0, 6], 0].tolist()
    [0.5, 0.5]
    """
    notes = phrases.notes
    counts = np.zeros((9, phrases.n))
    for segment in range(int(notes.segment.max(initial=0)) + 1):
        here = notes.present & (notes.segment == segment)
        number = np.add.reduce(here, axis=1, dtype=np.int64)
        total, first, last = (
            np.add.reduce(notes.pitch * mask, axis=1, dtype=np.int64)
            for mask in (here, here & notes.starts_phrase, here & notes.ends_phrase)
        )
        middle = np.rint((total - first - last) / np.maximum(number - 2, 1)).astype(np.int64)
        shape = 3 * (np.sign(middle - first) + 1) + np.sign(last - middle) + 1
        for kind in range(9):
            counts[kind] += np.add.reduce((shape == kind) & (number >= 3), axis=0)
    return shares(counts)


@feature(**usual_band(0.3, 0.8, 0.25))
def arch_share(phrases: Phrases) -> Numbers:
    """Share of the phrases, of those of three notes and more, that rise to their middle and fall to their end.

    Default band: a convention around the .398 of 2,904 folk-song phrases (measured): in two phrases, one.
    Source: Huron, "The Melodic Arch in Western Folksongs", Computing in Musicology 10 (1996).

    >>> from fitness.phrase import Phrase
    >>> arch_share(Phrases.of(Phrase.parse("C4 G4 C4 ' E4 D4 C4"))).tolist()
    [[0.5]]
    """
    return contour_profile(phrases)[CONVEX : CONVEX + 1]


@feature(vector=True, scale=6.0)
def contour_curve(phrases: Phrases, *, points: Count = 16) -> Numbers:
    """The pitch of the first voice at `points` moments, each in the middle of its part of the time, less their mean.

    Rests hold the note before; before the first note its pitch is taken.  All 0 for silence.
    Source: the 64-point contour of Schmuckler, "Testing Models of Melodic Contour Similarity", Music
    Perception 16 (1999), with fewer points.

    >>> from fitness.phrase import Phrase
    >>> contour_curve(Phrases.of(Phrase.parse("C4 E4 r C4")), points=4).ravel().tolist()
    [-2.0, 2.0, 2.0, -2.0]
    """
    notes = phrases.notes
    length = phrases.settings.numbers("length").astype(np.int64)
    curve = np.zeros((points, phrases.n))
    if phrases.voices == 0:
        return curve
    onset = np.where(notes.present[0], notes.onset[0], np.iinfo(np.int32).max)
    for k in range(points):
        moment = (2 * k + 1) * length // (2 * points)
        latest = np.maximum(np.add.reduce(onset <= moment, axis=0, dtype=np.int64) - 1, 0)
        curve[k] = np.take_along_axis(notes.pitch[0], latest[None], 0)[0]
    curve -= np.add.reduce(curve, axis=0) / points
    return curve
