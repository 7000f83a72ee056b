"""Features of two and more voices: how they move against each other, and in which intervals they meet."""

from __future__ import annotations

from fitness.entries import feature, share, usual_band
from fitness.phrases import Phrases
from fitness.verbs import is_perfect, opposite
from fitness.verdict import Numbers


@feature(**usual_band(0.45, 0.75, 0.1))
def contrary_motion_share(phrases: Phrases) -> Numbers:
    """Share of contrary motion where two voices move at once; 0 where they never do.

    Default band: around what was measured, .566 in Palestrina and .587 between Bach's outer voices.
    Source: Fux, Gradus ad Parnassum (1725), book I; Salzer and Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> contrary_motion_share(Phrases.of(Phrase.parse("E4 D4 E4 ; C4 G3 A3"))).tolist()
    [[0.0]]
    """
    pairs = phrases.slices.pairs
    return share(pairs.both_move & opposite(pairs.upper_move, pairs.lower_move), pairs.both_move)


@feature(**usual_band(0.15, 0.45, 0.1))
def perfect_interval_share(phrases: Phrases) -> Numbers:
    """Share of unisons, fifths and octaves among the consonances of two voices; 0 where there are none.

    Default band: the catalogue of Fux's first species, who prefers the imperfect ones.
    Source: Fux, Gradus ad Parnassum (1725), book II, first species; Wafflard's thesis on FuxCP (UCLouvain, 2023).

    >>> from fitness.phrase import Phrase
    >>> perfect_interval_share(Phrases.of(Phrase.parse("E4 G4 A4 C5 ; C4 C4 C4 C4"))).tolist()
    [[0.5]]
    """
    pairs = phrases.slices.pairs
    heard = pairs.heard & pairs.consonant
    return share(heard & is_perfect(pairs.interval_class), heard)
