"""Rules of where voices lie: unisons, distance, crossing, overlap."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Count, Semitones
from fitness.entries import rule
from fitness.heard import heard_interval, heard_motion
from fitness.phrases import Phrases
from fitness.verbs import earlier, latest
from fitness.verdict import Verdict


@rule(heard=heard_interval)
def unisons_at_the_ends(phrases: Phrases, *, off_barlines: bool = False) -> Verdict:
    """Two voices meet in a unison only in their first and last interval.

    In a unison one of two voices is gone.  With `off_barlines` they may meet off the barlines too, as from
    the second species on.

    Masks on pairs; tested wherever one of two sounding voices strikes, the first and last interval left out.
    Source: Fux, Gradus ad Parnassum (1725), book II, first and second species.

    >>> from fitness.phrase import Phrase
    >>> unisons_at_the_ends(Phrases.of(Phrase.parse("C4 D4 D4 ; C4 D4 G3"))).counts.tolist()
    [[1], [1]]
    """
    pairs = phrases.slices.pairs
    tested = pairs.heard & ~pairs.is_first & ~pairs.is_last
    broken = tested & (pairs.interval == 0)
    return Verdict(broken=broken & pairs.slices.on_barline if off_barlines else broken, tested=tested, on=pairs)


@rule(heard=heard_interval)
def voices_near(phrases: Phrases, *, most: Semitones = 16, but_bass: bool = False) -> Verdict:
    """Neighbouring voices are no more than `most` semitones apart (16 = a tenth).

    Voices far apart are heard as two things at once and no longer as parts of one.  With `but_bass`
    the lowest voice is not asked.

    Masks on pairs; tested wherever one of two neighbouring voices strikes and both sound.
    Source: Fux, Gradus ad Parnassum (1725), book II; for upper voices an octave: Jeppesen, Counterpoint (1939).

    >>> from fitness.phrase import Phrase
    >>> voices_near(Phrases.of(Phrase.parse("G4 A4 ; C4 C3"))).counts.tolist()
    [[1], [2]]
    """
    pairs = phrases.slices.pairs
    tested = pairs.heard & pairs.adjacent
    if but_bass:
        lower = np.array([pair[1] for pair in pairs.members], np.int32).reshape(-1, 1, 1)
        tested &= lower != pairs.slices.voices_each - 1
    return Verdict(broken=tested & (abs(pairs.interval) > most), tested=tested, on=pairs)


@rule(heard=heard_interval)
def voices_uncrossed(phrases: Phrases) -> Verdict:
    """A lower voice does not sound above a higher one.

    Crossed voices exchange their places in the ear, and both lines are lost.

    Masks on pairs; tested at each change at which both sound.
    Source: Jeppesen, Counterpoint (1939); in 331 Bach chorales voices cross 2.1 % of the time, shifted
    against each other 16.9 % (measured).

    >>> from fitness.phrase import Phrase
    >>> voices_uncrossed(Phrases.of(Phrase.parse("G4 A4 E4 ; C4 D4 F4"))).counts.tolist()
    [[1], [3]]
    """
    pairs = phrases.slices.pairs
    return Verdict(broken=pairs.heard & (pairs.interval < 0), tested=pairs.heard, on=pairs)


@rule(heard=heard_interval)
def voices_cross_briefly(phrases: Phrases, *, bars: Count = 2) -> Verdict:
    """Where voices cross they are back in their places within `bars` bars.

    A short crossing is a gesture; a long one is another setting.

    Masks on pairs; tested wherever one of two sounding voices strikes; broken where they are crossed and have been for
    `bars` bars without a break.
    Source: Jeppesen, Counterpoint (1939); Fux, Gradus ad Parnassum (1725), crosses for single bars.

    >>> from fitness.phrase import Phrase
    >>> voices_cross_briefly(Phrases.of(Phrase.parse("C4*4 | C4*4 ; D4*4 | E4*4")), bars=1).counts.tolist()
    [[1], [2]]
    """
    pairs = phrases.slices.pairs
    crossed = pairs.interval < 0
    began = latest(np.broadcast_to(pairs.onset, crossed.shape), crossed & ~earlier(crossed))
    lasted = pairs.onset - began >= bars * pairs.slices.settings.at("bar_length", pairs.onset)
    return Verdict(broken=pairs.heard & crossed & lasted, tested=pairs.heard, on=pairs)


@rule(heard=heard_motion)
def voices_not_overlapping(phrases: Phrases) -> Verdict:
    """No voice moves beyond where its neighbour has just been.

    A lower voice that rises above the upper one's last note is taken for its continuation.

    Masks on pairs; tested where one of two neighbouring voices moves that both sounded before; broken where the one
    that moves goes beyond.
    Source: Salzer and Schachter, Counterpoint in Composition (1969), ch. 1; in Bach's chorales 2.2 % of the
    steps of neighbouring voices (measured).

    >>> from fitness.phrase import Phrase
    >>> voices_not_overlapping(Phrases.of(Phrase.parse("E4 A4 G4 ; C4 F4 E4"))).counts.tolist()
    [[1], [2]]
    """
    pairs = phrases.slices.pairs
    upper, lower = pairs.upper_move != 0, pairs.lower_move != 0
    tested = (upper | lower) & pairs.both_sounded_before & pairs.adjacent
    beyond = (lower & (pairs.lower > earlier(pairs.upper))) | (upper & (pairs.upper < earlier(pairs.lower)))
    return Verdict(broken=tested & beyond, tested=tested, on=pairs)
