"""Features of melodic expectation: what a move lets a listener expect of the next, and how it surprises.

Counted over all voices, at each note with one before and one after it, or over all moves.
"""

from __future__ import annotations

import numpy as np

from fitness.entries import feature, mean_of, usual_band
from fitness.phrases import Phrases
from fitness.verbs import Array, Mask, opposite
from fitness.verdict import Numbers

# How often the moves of -12 to 12 semitones (larger ones in the outermost) leave each of the twelve semitones above
# the tonic, counted in 300 German-language folk songs of the Essen collection.
MOVES = np.array((
    (2, 0, 2, 0, 13, 1, 0, 118, 1, 86, 22, 288, 357, 1, 314, 14, 225, 29, 0, 68, 1, 28, 0, 1, 11),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 2, 1, 43, 0, 8, 1, 54, 529, 1, 294, 50, 341, 91, 1, 111, 0, 32, 1, 7, 2, 0, 1),
    (0, 0, 0, 0, 0, 0, 0, 3, 1, 19, 0, 71, 1, 20, 28, 0, 9, 1, 0, 2, 0, 0, 0, 0, 0),
    (0, 0, 0, 15, 0, 2, 3, 4, 167, 0, 554, 3, 346, 259, 3, 350, 2, 36, 0, 1, 21, 0, 0, 0, 2),
    (0, 0, 6, 0, 3, 1, 18, 2, 0, 142, 57, 472, 181, 0, 202, 4, 73, 1, 4, 6, 0, 5, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 15, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (6, 0, 0, 1, 10, 41, 0, 51, 16, 320, 520, 16, 622, 15, 204, 4, 44, 292, 0, 17, 4, 52, 23, 0, 10),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 23, 0, 2, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 1, 0, 0, 3, 0, 7, 25, 0, 445, 0, 139, 4, 70, 37, 0, 19, 0, 3, 3, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 1, 0, 1, 0, 4, 5, 5, 0, 10, 12, 0, 6, 4, 3, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 1, 2, 5, 0, 46, 3, 135, 1, 50, 212, 0, 91, 3, 6, 0, 0, 6, 0, 2, 0, 0),
))  # fmt: skip
SURPRISE = -np.log2((MOVES + 0.1) / (MOVES + 0.1).sum(axis=1, keepdims=True))  # a tenth of a case for what never came


@feature(**usual_band(0.261, 0.6, 0.106))
def registral_direction(phrases: Phrases) -> Numbers:
    """Share of the moves that go on after a small interval or turn after a large one; those after a tritone left out.

    Small is below six semitones, large above.  A repeat is a direction of its own: it goes on after a
    repeat, and is a turn after anything else.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.435; Essen collection; measured).
    Source: Narmour, The Analysis and Cognition of Basic Melodic Structures (1990), as coded by Krumhansl,
    "Music Psychology and Music Theory", Music Theory Spectrum 17 (1995).

    >>> from fitness.phrase import Phrase
    >>> registral_direction(Phrases.of(Phrase.parse("C4 D4 E4 C5 D5"))).round(3).tolist()
    [[0.667]]
    """
    before, after, there = _two_moves(phrases)
    large, small = abs(before) > 6, abs(before) < 6
    same = np.sign(before) == np.sign(after)
    return mean_of((small & same) | (large & ~same), there & (large | small))


@feature(**usual_band(0.656, 0.964, 0.098))
def intervallic_difference(phrases: Phrases) -> Numbers:
    """Share of the moves about as large as the small interval before them, or clearly smaller than the large one.

    About as large: within three semitones in the same direction, two in another; clearly smaller: by
    more than that.  Moves after a tritone, which implies nothing, are left out.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.813; Essen collection; measured).
    Source: Narmour (1990), as coded by Krumhansl, Music Theory Spectrum 17 (1995).

    >>> from fitness.phrase import Phrase
    >>> intervallic_difference(Phrases.of(Phrase.parse("C4 D4 E4 C5 D5"))).round(3).tolist()
    [[0.667]]
    """
    before, after, there = _two_moves(phrases)
    large, small = abs(before) > 6, abs(before) < 6
    within = 2 + (np.sign(before) == np.sign(after))
    shrinks = abs(before) - abs(after)
    return mean_of((small & (abs(shrinks) <= within)) | (large & (shrinks > within)), there & (large | small))


@feature(**usual_band(0.115, 0.913, 0.238))
def registral_return(phrases: Phrases) -> Numbers:
    """Mean of 3, 2 or 1 where the line turns back to within 0, 1 or 2 semitones of where it came from; else 0.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.495; Essen collection; measured).
    Source: Narmour (1990), as graded by Krumhansl, Music Theory Spectrum 17 (1995).

    >>> from fitness.phrase import Phrase
    >>> registral_return(Phrases.of(Phrase.parse("C4 G4 D4 E4"))).tolist()
    [[0.5]]
    """
    before, after, there = _two_moves(phrases)
    grade = np.maximum(3 - abs(before + after), 0) * opposite(before, after)
    return mean_of(grade, there)


@feature(**usual_band(3.19, 4.5, 0.439))
def narmour_proximity(phrases: Phrases) -> Numbers:
    """Mean of six less the size of the second of two intervals, at least 0.

    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    3.91; Essen collection; measured).
    Source: Narmour (1990), as coded by Krumhansl, Music Theory Spectrum 17 (1995).

    >>> from fitness.phrase import Phrase
    >>> narmour_proximity(Phrases.of(Phrase.parse("C4 D4 E4 C5"))).tolist()
    [[2.0]]
    """
    _, after, there = _two_moves(phrases)
    return mean_of(np.maximum(6 - abs(after), 0), there)


@feature(**usual_band(0.5, 0.972, 0.142))
def closure(phrases: Phrases) -> Numbers:
    """Mean over two intervals of 1 for a change of direction and 1 for a second that is clearly smaller.

    Clearly smaller: by more than three semitones in the same direction, by more than two in another.  A
    repeat is a direction of its own.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.725; Essen collection; measured).
    Source: Narmour (1990), as coded by Krumhansl, Music Theory Spectrum 17 (1995).

    >>> from fitness.phrase import Phrase
    >>> closure(Phrases.of(Phrase.parse("C4 C5 B4 A4"))).tolist()
    [[1.0]]
    """
    before, after, there = _two_moves(phrases)
    same = np.sign(before) == np.sign(after)
    smaller = abs(before) - abs(after) > 2 + same
    return mean_of(~same * 1 + smaller, there)


@feature(**usual_band(0.146, 0.648, 0.157))
def pitch_reversal(phrases: Phrases) -> Numbers:
    """Mean over two intervals of 1 for a turn after a large one, -1 for none, and 1.5 for a return.

    Large is above six semitones; a return turns back to within two semitones of where the first began.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.385; Essen collection; measured).
    Source: Schellenberg, "Simplifying the Implication-Realization Model of Melodic Expectancy", Music
    Perception 14 (1997), who needs no more than this and proximity.

    >>> from fitness.phrase import Phrase
    >>> pitch_reversal(Phrases.of(Phrase.parse("C4 C5 B4 C5"))).tolist()
    [[1.25]]
    """
    before, after, there = _two_moves(phrases)
    turns = np.where(np.sign(before) == np.sign(after), -1.0, 1.0) * (abs(before) > 6)
    returns = opposite(before, after) & (abs(before + after) <= 2)
    return mean_of(turns + 1.5 * returns, there)


@feature(**usual_band(2.18, 3.33, 0.359))
def bigram_surprise(phrases: Phrases) -> Numbers:
    """Mean surprise of the moves in bits: how rare each is, in folk song, from its place in the key; 0 without a move.

    Neither high nor low is good: a dull walk up and down the scale surprises less than any song.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    2.67; Essen collection; measured).
    Source: Pearce, The Construction and Evaluation of Statistical Models of Melodic Structure (2005), with
    one model of order one; the table was counted in 300 folk songs (measured).

    >>> from fitness.phrase import Phrase
    >>> tune, stranger = Phrase.parse("C4 D4 E4 D4 C4"), Phrase.parse("C4 F#4 C4 F#4 C4")
    >>> bigram_surprise(Phrases.of(tune, stranger)).round(2).tolist()
    [[1.95, 10.91]]
    """
    bits, moves = _surprise(phrases)
    return mean_of(bits, moves)


@feature(**usual_band(-0.686, 1.8, 1.04))
def surprise_falls(phrases: Phrases) -> Numbers:
    """Mean surprise in bits of all moves less that of the last move of each phrase: ends are foreseen.

    0 where no phrase has a move that leads to its last note.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (mean
    0.827; Essen collection; measured).
    Source: Pearce, Müllensiefen and Wiggins, "The Role of Expectation and Probabilistic Learning in Auditory
    Boundary Perception", Perception 39 (2010).

    >>> from fitness.phrase import Phrase
    >>> surprise_falls(Phrases.of(Phrase.parse("C4 F4 D4 A4 B3 C4"))).round(2).tolist()
    [[3.64]]
    """
    notes = phrases.notes
    bits, moves = _surprise(phrases)
    last = moves.copy()
    last[:, :-1] &= (notes.ends_phrase & ~notes.starts_phrase)[:, 1:]
    return np.where(last.any(axis=(0, 1)), mean_of(bits, moves) - mean_of(bits, last), 0.0)


def _two_moves(phrases: Phrases) -> tuple[Array, Array, Mask]:
    """The move to each note, the move from it, and where there are both."""
    notes = phrases.notes
    return notes.approached_by, notes.left_by, notes.has_previous & notes.has_next


def _surprise(phrases: Phrases) -> tuple[Numbers, Mask]:
    """The surprise of the move from each note in bits, and where there is one."""
    notes = phrases.notes
    tonic = phrases.settings.at("tonality", notes.onset) % 12
    return SURPRISE[(notes.pitch - tonic) % 12, np.clip(notes.left_by, -12, 12) + 12], notes.has_next
