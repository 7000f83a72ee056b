"""Where a line falls into phrases when nobody has said so: local boundaries, and lengths that phrases like to have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.theory import QUARTER
from fitness.verbs import earlier, later
from fitness.verdict import Numbers

# Conventions of this project, chosen on the chorales told of below; with any one halved or doubled, precision and
# recall there stay above .72.
GAP = 1.0  # the weight of a gap between onsets that is four times the mean; longer ones weigh no more
LONGEST_GAP = 4.0
COST = 0.1  # of a boundary: what it must be worth, at least
LENGTH = 1.0  # of a phrase that is twice or half as long as it would like to be
LIKED_BARS = (2.0, 4.0)
ELSEWHERE = 0.5  # of two phrases that begin at different places of their bars
MOST_NOTES = 96  # of a phrase


def boundary_strength(phrases: Phrases) -> Numbers:
    """How strongly the gap after each note is heard as a boundary, 0 to 1, `[voices, notes, n]`; 0 after the last.

    A quarter for pitch, a half for onsets and a quarter for rests, each of these the interval times how much it
    differs from its neighbours, over the voice's largest.
    Source: Cambouropoulos, "The Local Boundary Detection Model (LBDM) and its Application in the Study of
    Expressive Timing", ICMC (2001).

    >>> boundary_strength(Phrases.of(Phrase.parse("C4 D4 E4*3 A4 G4 F4"))).ravel().round(2).tolist()
    [0.0, 0.13, 0.75, 0.13, 0.0, 0.0]
    """
    notes = phrases.notes
    gap = notes.has_next
    sizes = (
        (0.25, abs(notes.left_by).astype(np.int64)),
        (0.5, (later(notes.onset) - notes.onset) * gap),
        (0.25, (later(notes.onset) - notes.end) * gap),
    )
    strength: Numbers = np.add.reduce([weight * _boundaries(size.astype(np.int64), gap) for weight, size in sizes])
    return strength


def _boundaries(size: NDArray[np.int64], gap: NDArray[np.bool_]) -> Numbers:
    """Each interval times the sum of its degrees of change from its neighbours, over the largest of the voice."""
    both = gap & later(gap)
    total = size + later(size)
    change = both * abs(later(size) - size) / np.where(total > 0, total, 1)
    strength: Numbers = size * (change + earlier(change))
    most = strength.max(axis=1, keepdims=True, initial=0.0)
    return strength / np.where(most > 0, most, 1.0)


def phrases_found(phrase: Phrase) -> tuple[int, ...]:
    """The ticks at which the phrases of the first voice with notes end, for `Phrase.ends`: where the next begins.

    Of all ways to cut the line the one worth most.  A boundary is worth its strength (`boundary_strength`) and the
    length of its gap from onset to onset; a phrase loses as its length is far, in octaves of time, from two bars or
    from four, and where the next begins at another place of the bar than it does.  Of equal ways that with the longer
    last phrases.  Of the ends of phrases inside ten chorale sopranos (39 fermatas) 34 are found, and 4 that are none:
    precision .89, recall .87 (measured; .86 and .82 where the weights are chosen on the other nine; a cut every two
    bars, which these chorales like and other music does not, has .95 and .92).
    Source: the Grouper of Temperley, The Cognition of Basic Musical Structures (2001), ch. 3: gaps, phrase lengths,
    metrical parallelism; LBDM for the strength.  The weights are conventions of this project.

    >>> tune = Phrase.parse("C4 D4 E4 F4 | G4*3 r | G4 F4 E4 D4 | C4*3 r")
    >>> phrases_found(tune)
    (192, 384)
    """
    line = phrase.melody
    if not line.notes:
        return phrase.ends
    alone = Phrases.of(Phrase((line,), phrase.length, phrase.keys, phrase.metres, phrase.pickup))
    notes, settings = alone.notes, alone.settings
    onset, place = (x[0, :, 0].astype(np.int64) for x in (notes.onset, notes.place))
    tick = np.append(onset, phrase.length)[None, :, None]
    where, whole = (settings.at(what, tick)[0, :, 0] for what in ("place", "bar_length"))
    bars = settings.at("bar", tick)[0, :, 0] + where / whole  # from the start of the pick-up's bar on
    gaps = np.diff(onset) / max(float(np.diff(onset).mean()) if len(onset) > 1 else QUARTER, 1.0)
    worth = boundary_strength(alone)[0, :-1, 0] + GAP * np.minimum(gaps, LONGEST_GAP) / LONGEST_GAP - COST
    return (*(int(onset[first]) for first in _best_cuts(worth, bars, place)), phrase.length)


def _best_cuts(worth: Numbers, bars: Numbers, place: NDArray[np.int64]) -> list[int]:
    """The notes before which to cut: `worth` of the gap before each note but the first; `bars` until each, and the end.

    Dynamic programming over the notes; each boundary knows the one before it.
    """
    number = len(place)
    liked = np.log2(LIKED_BARS)[:, None]
    best, came = np.zeros(number + 1), np.zeros(number + 1, np.intp)
    for end in range(1, number + 1):
        begin = np.arange(max(0, end - MOST_NOTES), end)
        octaves = np.log2(np.maximum(bars[end] - bars[begin], 1e-6))
        value = best[begin] - LENGTH * abs(octaves - liked).min(axis=0)
        if end < number:
            value += worth[end - 1] - ELSEWHERE * (place[begin] != place[end])
        chosen = int(np.argmax(value.round(9)))
        best[end], came[end] = value[chosen], begin[chosen]
    cuts = []
    while number:
        number = int(came[number])
        cuts.append(number)
    return cuts[-2::-1]
