"""Rules of how two voices move: parallels, direct and contrary motion, and where they are consonant."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Count, Leap, Ticks
from fitness.entries import rule
from fitness.heard import heard_from_barline, heard_interval, heard_motion
from fitness.phrases import Phrases
from fitness.verbs import alike, earlier, is_perfect, is_step, latest, one_of, opposite, run_length
from fitness.verdict import Verdict
from fitness.views import Mask, Pitches


@rule(heard=heard_motion)
def no_parallel_perfects(phrases: Phrases, *, every: Ticks | None = None) -> Verdict:
    """Two voices do not move in the same direction from one perfect fifth, octave or unison to another of its kind.

    Parallel perfect consonances fuse two voices into one.  `every` compares states that many ticks
    apart (24: from quarter to quarter); none: at each change.

    Masks on pairs; tested where both voices move in the same direction.
    Source: Fux, Gradus ad Parnassum (1725), book I; per 1,000 steps with both moving, Bach has .52
    fifths and .19 octaves, his voices shifted against each other 24 and 27 (measured on 331 chorales).

    >>> from fitness.phrase import Phrase
    >>> no_parallel_perfects(Phrases.of(Phrase.parse("C major: G4 A4 G4 ; C4 D4 E4"))).counts.tolist()
    [[1], [1]]
    """
    pairs = phrases.slices.every(every).pairs
    tested = pairs.both_move & alike(pairs.upper_move, pairs.lower_move) & pairs.both_sounded_before
    same = pairs.interval_class == earlier(pairs.interval_class)
    return Verdict(broken=tested & same & is_perfect(pairs.interval_class), tested=tested, on=pairs)


@rule(heard=heard_motion)
def no_direct_perfects(phrases: Phrases, *, outer: bool = False, step: bool = False) -> Verdict:
    """Two voices do not come to a perfect fifth, octave or unison from another interval by moving the same way.

    Direct motion into a perfect consonance lets the ear supply the parallel one that an ornament would
    make.  With `outer` only the highest and the lowest voice are asked; with `step` the upper voice
    may come by step.

    Masks on pairs; tested where both voices move in the same direction.
    Source: Fux, Gradus ad Parnassum (1725), book I, the first and third rules of motion; of 1,000 steps with both
    moving Palestrina has 8.5 between outer voices, 51 between others (measured).

    >>> from fitness.phrase import Phrase
    >>> no_direct_perfects(Phrases.of(Phrase.parse("E4 A4 B4 ; C4 D4 E4"))).counts.tolist()
    [[1], [2]]
    """
    pairs = phrases.slices.pairs
    tested = pairs.both_move & alike(pairs.upper_move, pairs.lower_move) & pairs.both_sounded_before
    if outer:
        tested &= pairs.outer
    broken = tested & is_perfect(pairs.interval_class) & (pairs.interval_class != earlier(pairs.interval_class))
    return Verdict(broken=broken & ~is_step(pairs.upper_move) if step else broken, tested=tested, on=pairs)


@rule(heard=heard_motion)
def no_antiparallel_perfects(phrases: Phrases) -> Verdict:
    """Two voices do not move in opposite directions from one fifth, octave or unison to another of its kind.

    From an octave out to two octaves the ear still hears the same hollow interval twice.

    Masks on pairs; tested where both voices move in opposite directions.
    Source: Salzer and Schachter, Counterpoint in Composition (1969), ch. 1; Palestrina, in many voices, has 4.9
    of 1,000 steps with both moving (measured).

    >>> from fitness.phrase import Phrase
    >>> no_antiparallel_perfects(Phrases.of(Phrase.parse("G4 D5 C5 ; C4 G3 A3"))).counts.tolist()
    [[1], [2]]
    """
    pairs = phrases.slices.pairs
    tested = pairs.both_move & opposite(pairs.upper_move, pairs.lower_move) & pairs.both_sounded_before
    same = pairs.interval_class == earlier(pairs.interval_class)
    return Verdict(broken=tested & same & is_perfect(pairs.interval_class), tested=tested, on=pairs)


@rule(heard=heard_motion)
def no_battuta(phrases: Phrases, *, leap: Leap = 5) -> Verdict:
    """The lower voice rising and the upper one leaping down do not meet in an octave on a barline.

    The octave struck by contraction, ottava battuta, sounds empty where weight is expected.  `leap` is
    the smallest fall of the upper voice, in semitones, that counts.

    Masks on pairs; tested where on a barline the lower voice rises and the upper one falls.
    Source: Fux, Gradus ad Parnassum (1725), book II, who is lenient; Bach has 12 in 331 chorales (measured).

    >>> from fitness.phrase import Phrase
    >>> no_battuta(Phrases.of(Phrase.parse("A4*4 | E4*4 | D4*4 ; D3*4 | E3*4 | F3*4"))).counts.tolist()
    [[1], [2]]
    """
    pairs = phrases.slices.pairs
    contracts = (pairs.upper_move < 0) & (pairs.lower_move > 0)
    tested = contracts & pairs.slices.on_barline & pairs.both_sounded_before
    octave = (pairs.interval_class == 0) & (pairs.interval != 0)
    broken = tested & octave & (pairs.upper_move <= -leap)
    return Verdict(broken=broken, tested=tested, on=pairs)


@rule(heard=heard_interval)
def perfects_not_chained(phrases: Phrases, *, most: Count = 2) -> Verdict:
    """On the barlines no more than `most` perfect intervals of two voices follow each other.

    Fifths and octaves are stable and bare; a row of them stands still, however the voices move.

    Masks on pairs; tested at each barline at which both sound; broken at each perfect interval beyond `most`; a
    barline at which one of them rests ends the row.
    Source: Salzer and Schachter, Counterpoint in Composition (1969), ch. 1.

    >>> from fitness.phrase import Phrase
    >>> perfects_not_chained(Phrases.of(Phrase.parse("G4*4 | A4*4 | C5*4 ; C4*4 | A3*4 | F3*4"))).counts.tolist()
    [[1], [3]]
    """
    pairs = phrases.slices.pairs
    tested = pairs.both_sound & pairs.slices.on_barline
    run = run_length(tested & is_perfect(pairs.interval_class), pairs.slices.on_barline)
    return Verdict(broken=tested & (run > most), tested=tested, on=pairs)


@rule(heard=heard_from_barline)
def downbeats_not_parallel(phrases: Phrases, *, saved_by: Leap = 5) -> Verdict:
    """Two voices are not in parallel fifths or octaves from one barline to the next when a note between is taken away.

    A short note between does not hide what the strong places say.  A leap of at least `saved_by`
    semitones within the bar does: a fourth saves, a third does not.

    Masks on pairs; tested at each barline at which both strike, and where since the last one, at which both
    sounded too, one of them has struck and both have moved in the same direction.
    Source: Fux, Gradus ad Parnassum (1725), book II, second species; Bach's voices have .90 fifths and .37
    octaves a chorale from beat to beat (measured).

    >>> from fitness.phrase import Phrase
    >>> downbeats_not_parallel(Phrases.of(Phrase.parse("G4*2 E4*2 | A4*4 ; C4*4 | D4*4"))).counts.tolist()
    [[1], [1]]
    """
    pairs = phrases.slices.pairs
    barline = pairs.slices.on_barline
    upper, lower = (_since(barline, voice) for voice in (pairs.upper, pairs.lower))
    inside = np.broadcast_to(~barline, pairs.heard.shape)
    struck = _reached(barline, pairs.changed & inside)
    leapt = (abs(pairs.upper_move) >= saved_by) | (abs(pairs.lower_move) >= saved_by)
    saved = _reached(barline, leapt & inside)
    there = (upper >= 0) & (lower >= 0) & pairs.both_sound & pairs.upper_strikes & pairs.lower_strikes & barline
    tested = there & struck & alike(pairs.upper - upper, pairs.lower - lower)
    before = abs(upper - lower) % 12
    broken = tested & is_perfect(pairs.interval_class) & (before == pairs.interval_class) & ~saved
    return Verdict(broken=broken, tested=tested, on=pairs)


def _since(barline: Mask, sounding: Pitches) -> Pitches:
    """At each slice what sounded at the last barline before it; -1 for silence and where none was."""
    return earlier(latest(sounding, np.broadcast_to(barline, sounding.shape), -1), -1)


def _reached(barline: Mask, event: Mask) -> Mask:
    """At each slice whether the event has happened since the last barline before it."""
    return earlier(run_length(event, event | barline)) > 0


@rule(heard=heard_interval)
def parallel_imperfects_limited(phrases: Phrases, *, most: Count = 3) -> Verdict:
    """No more than `most` thirds, or sixths, follow each other in parallel.

    A long row of them makes one voice the shadow of the other.

    Masks on pairs; tested wherever one of two sounding voices strikes; broken at each third (or tenth)
    or sixth beyond `most` that both voices move to in the same direction from one of its kind.
    Source: Salzer and Schachter, Counterpoint in Composition (1969), ch. 1; Palestrina's rows are of two in 70 %,
    three in 18 %, more than five in 2.8 % (measured).

    >>> from fitness.phrase import Phrase
    >>> parallel_imperfects_limited(Phrases.of(Phrase.parse("E4 F4 G4 A4 ; C4 D4 E4 F4"))).counts.tolist()
    [[1], [4]]
    """
    pairs = phrases.slices.pairs
    moved = pairs.both_move & alike(pairs.upper_move, pairs.lower_move)
    kind = one_of(pairs.interval_class, (3, 4)) + 2 * one_of(pairs.interval_class, (8, 9)).view(np.int8)
    parallel = pairs.heard & moved & (kind > 0) & (kind == earlier(kind))
    return Verdict(broken=parallel & (run_length(parallel, pairs.heard) >= most), tested=pairs.heard, on=pairs)


@rule(heard=heard_interval)
def consonant_on_the_beat(phrases: Phrases) -> Verdict:
    """On each beat two voices sound a unison, third, fifth, sixth or octave.

    Beats carry the harmony; a dissonance there needs a preparation that this rule does not know.

    Masks on pairs; tested at each beat at which both sound and one of them strikes.  A fourth counts
    as a dissonance, so the rule is for two voices.
    Source: Fux, Gradus ad Parnassum (1725), book II, first species.

    >>> from fitness.phrase import Phrase
    >>> consonant_on_the_beat(Phrases.of(Phrase.parse("G4 F4/2 E4/2 F4 ; C4*3"))).counts.tolist()
    [[2], [3]]
    """
    pairs = phrases.slices.pairs
    tested = pairs.heard & pairs.slices.on_beat
    consonant = one_of(pairs.interval_class, (0, 3, 4, 7, 8, 9))
    return Verdict(broken=tested & ~consonant, tested=tested, on=pairs)
