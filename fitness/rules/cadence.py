"""Rules of how two voices begin, close, and come to the close."""

from __future__ import annotations

import numpy as np

from fitness.entries import rule
from fitness.figures import SUSPENSION
from fitness.heard import heard_interval, heard_motion, heard_move
from fitness.phrases import Phrases
from fitness.slices import CLASS_OF, Pairs
from fitness.verbs import earlier, is_perfect, is_step, later, one_of, opposite, run_length
from fitness.verdict import Verdict, gate
from fitness.views import Mask, Pitches


@rule(usual=gate, heard=heard_interval)
def begins_on_perfect(phrases: Phrases) -> Verdict:
    """The first interval of two voices is a unison, fifth or octave over the first or fifth degree.

    A perfect interval sets the mode; a fifth below the final would set another.

    Masks on pairs; tested once, at the first interval of each two voices.
    Source: Fux, Gradus ad Parnassum (1725), book II, first species.

    >>> from fitness.phrase import Phrase
    >>> begins_on_perfect(Phrases.of(Phrase.parse("D dorian: D4 E4 ; G3 C4"))).counts.tolist()
    [[1], [1]]
    """
    pairs = phrases.slices.pairs
    good = is_perfect(pairs.interval_class) & one_of(_lower_degree(pairs), (1, 5))
    return Verdict(broken=pairs.is_first & ~good, tested=pairs.is_first, on=pairs)


@rule(usual=gate, heard=heard_interval)
def ends_on_octave(phrases: Phrases) -> Verdict:
    """The last interval of two voices is a unison or octave on the tonic.

    Only there do two voices come to rest as one.

    Masks on pairs; tested once, at the last interval of each two voices.
    Source: Fux, Gradus ad Parnassum (1725), book II, first species.

    >>> from fitness.phrase import Phrase
    >>> ends_on_octave(Phrases.of(Phrase.parse("D dorian: E4 A4 ; C4 D4"))).counts.tolist()
    [[1], [1]]
    """
    pairs = phrases.slices.pairs
    good = (pairs.interval_class == 0) & (_lower_degree(pairs) == 1)
    return Verdict(broken=pairs.is_last & ~good, tested=pairs.is_last, on=pairs)


def _lower_degree(pairs: Pairs) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    """Scale degree of the lower of the two notes that sound; 0 = chromatic, or a rest."""
    return pairs.slices.settings.of_pitch("degrees", pairs.onset, np.minimum(pairs.upper, pairs.lower))


@rule(usual=gate, heard=heard_motion)
def cadence_by_step(phrases: Phrases) -> Verdict:
    """Two voices close on the tonic by contrary steps, from a major sixth to the octave or a minor third to the unison.

    The second degree falls and the leading tone, raised where the mode has none, rises: the clausula.

    Masks on pairs; tested once, at the last interval of the first two voices that have one; kept if any two do it.
    Source: Fux, Gradus ad Parnassum (1725), book II, first species; Salzer and Schachter, Counterpoint in
    Composition (1969), ch. 1.

    >>> from fitness.phrase import Phrase
    >>> cadence_by_step(Phrases.of(Phrase.parse("D dorian: C5 D5 ; E4 D4"))).counts.tolist()
    [[1], [1]]
    """
    pairs = phrases.slices.pairs
    steps = is_step(pairs.upper_move) & is_step(pairs.lower_move) & opposite(pairs.upper_move, pairs.lower_move)
    closes = pairs.is_last & steps & (pairs.interval_class == 0) & (_lower_degree(pairs) == 1)
    closes &= one_of(earlier(pairs.interval_class), (3, 9))
    there = pairs.is_last.any(axis=1)
    first = there & (np.add.accumulate(there, axis=0, dtype=np.int16) == 1)
    tested = pairs.is_last & first[:, None]
    return Verdict(broken=tested & ~closes.any(axis=(0, 1)), tested=tested, on=pairs)


@rule(usual=gate, heard=heard_move)
def cadence_rises(phrases: Phrases) -> Verdict:
    """The last note but one is reached from below, as the third of four quarters lies below the last.

    A line that rises to its leading tone carries on to the final; one that falls to it has to turn.

    Masks on notes; tested once, at the last note but one of each voice that has a note before it and is left upwards.
    Source: Fux, Gradus ad Parnassum (1725), book II, third species.

    >>> from fitness.phrase import Phrase
    >>> cadence_rises(Phrases.of(Phrase.parse("D dorian: A4 D5 C#5 D5"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    tested = later(notes.is_last) & notes.has_previous & (notes.left_by > 0)
    return Verdict(broken=tested & (notes.approached_by <= 0), tested=tested, on=notes)


@rule(usual=gate, heard=heard_interval)
def cadence_from_fifth(phrases: Phrases) -> Verdict:
    """The bar before the last begins on a fifth.

    So the second species comes to its cadence, from where it moves on to what closes: 5-6-8 above, 5-3-1 below.

    Masks on pairs; tested once, at the last barline but one of each two voices at which both sound.
    Source: Fux, Gradus ad Parnassum (1725), book II, second species.

    >>> from fitness.phrase import Phrase
    >>> two = Phrase.parse("D dorian: A4*2 C#5*2 | D5*4 ; E4*4 | D4*4")
    >>> cadence_from_fifth(Phrases.of(two)).counts.tolist()
    [[1], [1]]
    """
    pairs = phrases.slices.pairs
    tested = _penultimate_bar(pairs)
    return Verdict(broken=tested & (pairs.interval_class != 7), tested=tested, on=pairs)


@rule(usual=gate, heard=heard_interval)
def cadence_suspended(phrases: Phrases) -> Verdict:
    """The bar before the last begins with a suspension, such as 7-6-8 above or 2-3-1 below.

    The held dissonance makes the close the goal of the line.

    Masks on pairs; tested once, at the last barline but one of each two voices at which both sound; not tested where
    nothing can be prepared: where one of the two alone strikes within that bar, and its last note would have been
    dissonant with what the other has just before.
    Source: Fux, Gradus ad Parnassum (1725), book II, fourth species.

    >>> from fitness.phrase import Phrase
    >>> tied = Phrase.parse("D dorian: r*2 D5*4 C#5*2 | D5*4 ; F4*4 | E4*4 | D4*4")
    >>> cadence_suspended(Phrases.of(tied)).counts.tolist()
    [[0], [1]]
    """
    found = phrases.figures
    pairs = found.pairs
    inside = _penultimate_bar(pairs) & pairs.both_sounded_before
    barline = pairs.slices.on_barline & pairs.both_sound
    upper, lower = (later(_struck_before(barline, strikes)) for strikes in (pairs.upper_strikes, pairs.lower_strikes))
    no_upper = inside & upper & ~lower & _sour(_last(pairs, pairs.upper) - earlier(pairs.lower))
    no_lower = inside & lower & ~upper & _sour(_last(pairs, pairs.lower) - earlier(pairs.upper))
    tested = _penultimate_bar(pairs) & ~no_upper & ~no_lower
    return Verdict(broken=tested & ~found.is_a(SUSPENSION), tested=tested, on=found.pairs)


def _struck_before(barline: Mask, strikes: Mask) -> Mask:
    """At each slice whether a voice strikes there or later, before the next barline at which both sound."""
    run = run_length((strikes & ~barline)[:, ::-1], (strikes | barline)[:, ::-1])[:, ::-1]
    return run > 0


def _last(pairs: Pairs, sounding: Pitches) -> Pitches:
    """What each of the upper or the lower voices sounds in the last interval of the two, `[pairs, 1, n]`."""
    return np.add.reduce(sounding * pairs.is_last, axis=1, keepdims=True, dtype=np.int16)


def _sour(interval: Pitches) -> Mask:
    """Whether an interval of two voices is dissonant."""
    return one_of(CLASS_OF.take(abs(interval), mode="wrap"), (1, 2, 5, 6, 10, 11))


def _penultimate_bar(pairs: Pairs) -> Mask:
    """The last barline at which both sound but one."""
    barline = pairs.slices.on_barline & pairs.both_sound
    number = np.add.accumulate(barline[:, ::-1], axis=1, dtype=np.int16)[:, ::-1]
    last_but_one: Mask = barline & (number == 2)
    return last_but_one
