"""Rules of dissonance: by which figures it may come, and which suspensions are good."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fitness.catalogue import Count
from fitness.entries import rule
from fitness.figures import NAMES, SUSPENSION
from fitness.heard import heard_at_ends, heard_interval, heard_struck
from fitness.phrases import Phrases
from fitness.verbs import alike, earlier, latest, one_of, run_length, soonest
from fitness.verdict import Verdict

# Which kind of dissonance an interval class is: second, fourth (or tritone), seventh; the last is for a rest.
KIND = np.array((0, 1, 1, 0, 0, 2, 2, 0, 0, 0, 3, 3, 0), np.int8)

Figure = Literal["suspension", "passing", "neighbour", "cambiata"]


@rule(heard=heard_struck)
def dissonances_treated(phrases: Phrases, *, figures: list[Figure] | None = None, accented: bool = False) -> Verdict:
    """Each dissonance of two voices is one of these figures: `figures`.

    A dissonance is heard as motion from one consonance to the next, or not at all as music of this style.
    `figures` are of suspension, passing, neighbour, cambiata (`fitness.figures`), or none; on a barline only a
    suspension may stand, unless with `accented` the others may too.  Seconds and sevenths are dissonant, fourths and
    tritones over the lowest voice.

    Masks on pairs; tested wherever one of two sounding voices strikes.
    Source: Fux, Gradus ad Parnassum (1725), book II, all species; Jeppesen, Counterpoint (1939).

    >>> from fitness.phrase import Phrase
    >>> dissonances_treated(Phrases.of(Phrase.parse("G4 F4 E4 F4 ; C4*4")), figures=["passing"]).counts.tolist()
    [[1], [4]]
    """
    if not figures:
        pairs = phrases.slices.pairs
        return Verdict(broken=pairs.heard & pairs.dissonant, tested=pairs.heard, on=pairs)
    found = phrases.figures
    pairs = found.pairs
    allowed = [NAMES.index(figure) for figure in figures]
    explained = found.is_a(*allowed)
    if not accented:
        explained &= ~pairs.slices.on_barline | found.is_a(*{SUSPENSION} & {*allowed})
    return Verdict(broken=found.anew & ~explained, tested=pairs.heard, on=pairs)


@rule(heard=heard_interval)
def suspensions_well_chosen(phrases: Phrases) -> Verdict:
    """A suspension does not resolve into the bare interval it hides: above not 2-1, below not 7-8.

    Sevenths and fourths above, seconds and fourths below resolve to something fuller than a unison or octave.

    Masks on pairs; tested at each suspension.
    Source: Fux, Gradus ad Parnassum (1725), book II, fourth species.

    >>> from fitness.phrase import Phrase
    >>> suspensions_well_chosen(Phrases.of(Phrase.parse("r*2 E4*4 D4*2 ; C4*4 | D4*4"))).counts.tolist()
    [[1], [1]]
    """
    found = phrases.figures
    pairs = found.pairs
    tested = found.is_a(SUSPENSION)
    lies_above = np.where(pairs.interval > 0, found.upper_suspended, found.lower_suspended)
    above = lies_above & (abs(pairs.interval) <= 2) & (found.resolved == 0)
    below = ~lies_above & one_of(pairs.interval_class, (10, 11)) & (found.resolved % 12 == 0)
    return Verdict(broken=tested & (above | below), tested=tested, on=pairs)


@rule(heard=heard_at_ends)
def suspensions_hide_no_octaves(phrases: Phrases, *, fifths: bool = False) -> Verdict:
    """Octaves do not follow each other from bar to bar where ties only put off the second.

    Take the delay away and 9-8 9-8 is a row of octaves; with `fifths` a row of fifths is a fault as well.

    Masks on pairs; tested at each barline at which one voice is held and the other strikes, and a barline follows, both
    sounding just before each; broken where the two move the same way from the end of one bar to that of the next.
    Source: Fux, Gradus ad Parnassum (1725), book II, fourth species.

    >>> from fitness.phrase import Phrase
    >>> tied = Phrase.parse("r*2 E4*4 D4*4 C4*4 B3*2 ; E3*4 | D3*4 | C3*4 | B2*4")
    >>> suspensions_hide_no_octaves(Phrases.of(tied)).counts.tolist()
    [[2], [2]]
    """
    pairs = phrases.slices.pairs
    barline = np.broadcast_to(pairs.slices.on_barline, pairs.heard.shape)
    upper, lower, both = earlier(pairs.upper), earlier(pairs.lower), pairs.both_sounded_before
    upper_end, lower_end = soonest(upper, barline), soonest(lower, barline)  # how this bar will end
    follows = soonest(both, barline)
    tested = barline & both & follows & pairs.both_sound & (pairs.upper_strikes != pairs.lower_strikes)
    interval = abs(upper - lower) % 12
    perfect = (interval == 0) | (interval == 7) if fifths else interval == 0
    same = abs(upper_end - lower_end) % 12 == interval
    broken = tested & perfect & same & alike(upper_end - upper, lower_end - lower)
    return Verdict(broken=broken, tested=tested, on=pairs)


@rule(heard=heard_interval)
def suspensions_vary(phrases: Phrases, *, most: Count = 3) -> Verdict:
    """The same suspension does not come at more than `most` barlines running.

    A chain of sevenths drives a line on for a while, then it runs by itself.

    Masks on pairs; tested at each suspension on a barline; broken at each beyond `most` that is a
    second, fourth (or tritone) or seventh as the one before.
    Source: Jeppesen, Counterpoint (1939); Salzer and Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> tied = Phrase.parse("r*2 C5*4 B4*4 A4*4 G4*2 ; E4*4 | D4*4 | C4*4 | B3*4")
    >>> suspensions_vary(Phrases.of(tied), most=1).counts.tolist()
    [[2], [3]]
    """
    found = phrases.figures
    pairs = found.pairs
    barline = np.broadcast_to(pairs.slices.on_barline, pairs.heard.shape)
    tested = found.is_a(SUSPENSION) & barline
    kind = KIND.take(pairs.interval_class) * tested
    same = tested & (kind == earlier(latest(kind, barline)))
    return Verdict(broken=tested & (run_length(same, barline) >= most), tested=tested, on=pairs)
