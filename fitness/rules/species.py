"""Rules of the five species: which note values a line has, how it is tied, how its rhythm varies."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import Between, Count, Share
from fitness.entries import rule
from fitness.heard import heard_length
from fitness.phrases import Phrases
from fitness.theory import QUARTER
from fitness.verbs import earlier, is_step, run_length
from fitness.verdict import Verdict, gate
from fitness.views import Mask, Notes

Species = Annotated[int, Between(1, 5)]
WHOLE, DOTTED, HALF, EIGHTH = 4 * QUARTER, 3 * QUARTER, 2 * QUARTER, QUARTER // 2
# Onset in the bar and length of the notes of each species, in ticks; the last note fills its bar in each.
VALUES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((0, WHOLE),),
    2: ((0, HALF), (HALF, HALF)),
    3: ((0, QUARTER), (QUARTER, QUARTER), (HALF, QUARTER), (DOTTED, QUARTER)),
    4: ((0, HALF), (HALF, HALF), (HALF, WHOLE)),
    5: (
        (0, DOTTED), (0, HALF), (0, QUARTER), (QUARTER, QUARTER), (QUARTER, EIGHTH), (QUARTER + EIGHTH, EIGHTH),
        (HALF, WHOLE), (HALF, DOTTED), (HALF, HALF), (HALF, QUARTER),
        (DOTTED, QUARTER), (DOTTED, EIGHTH), (DOTTED + EIGHTH, EIGHTH),
    ),
}  # fmt: skip


@rule(guards=("density",), heard=heard_length)
def note_values_of_species(phrases: Phrases, *, species: Species) -> Verdict:
    """The line has the note values of its species: wholes, halves, quarters, tied halves, or the florid mixture.

    Each species trains one relation of moving to standing notes.  Bars have four quarters; the line may
    begin with a rest, and then goes on without one; the last note fills its bar.  In the fifth species quarters,
    halves and pairs of eighths on the second and fourth quarter mix, a half may be dotted on the barline and tied over
    the next to a half or a quarter, and no shorter note is tied.

    Masks on notes; tested at each note; broken where onset in the bar and length are not those of the species,
    or a rest stands before a note that is not the first.
    Source: Fux, Gradus ad Parnassum (1725), book II; Salzer and Schachter, Counterpoint in Composition (1969), ch. 5.

    >>> from fitness.phrase import Phrase
    >>> note_values_of_species(Phrases.of(Phrase.parse("r*2 A4*2 | G4*3 F4 | E4*4")), species=2).counts.tolist()
    [[2], [4]]
    """
    notes = phrases.notes
    fits = np.zeros(notes.pitch.shape, bool)
    for place, length in VALUES[species]:
        fits |= (notes.place == place) & (notes.duration == length)
    fills = (notes.place == 0) & (notes.duration == WHOLE)
    fits = np.where(notes.is_last, fills, fits)
    rested = notes.has_previous & (notes.onset != earlier(notes.end))
    return Verdict(broken=notes.present & (~fits | rested), tested=notes.present, on=notes)


@rule(usual=gate)
def barlines_tied(phrases: Phrases, *, least: Share = 0.5) -> Verdict:
    """At least this share of the barlines within the line is tied over.

    Syncopation is what the fourth species is about; broken too often it is the second.

    Masks on notes; tested once, at the last note of each voice whose notes begin in more than one bar.
    Source: Fux, Gradus ad Parnassum (1725), book II, fourth species: his three examples tie .80 and more; the
    limit is a convention of this project.

    >>> from fitness.phrase import Phrase
    >>> barlines_tied(Phrases.of(Phrase.parse("r*2 A4*4 G4*2 | F4*2 E4*2 | F4*4"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    tied = np.add.reduce(_bars_tied(notes), axis=1, keepdims=True, dtype=np.int32)
    first = np.add.reduce(notes.bar * notes.is_first, axis=1, keepdims=True)
    barlines = notes.bar + _bars_tied(notes) - first
    tested = notes.is_last & (notes.bar > first)
    return Verdict(broken=tested & (tied < least * barlines), tested=tested, on=notes)


def _bars_tied(notes: Notes) -> NDArray[np.int32]:
    """Over how many barlines each note is held."""
    over: NDArray[np.int32] = (notes.settings.at("bar", np.maximum(notes.end - 1, 0)) - notes.bar) * notes.present
    return over


@rule
def eighths_by_step(phrases: Phrases) -> Verdict:
    """Eighth notes are reached and left by step.

    What passes this quickly must lie under the voice.

    Masks on notes; tested at each eighth note or shorter; broken where a move to or from it, if there is one, is no
    step.
    Source: Fux, Gradus ad Parnassum (1725), book II, fifth species.

    >>> from fitness.phrase import Phrase
    >>> eighths_by_step(Phrases.of(Phrase.parse("C5 B4/2 A4/2 B4 C5 | C5 A4/2 B4/2 C5 r"))).counts.tolist()
    [[1], [4]]
    """
    notes = phrases.notes
    tested = notes.present & (notes.duration <= EIGHTH)
    came, goes = ~notes.has_previous | is_step(notes.approached_by), ~notes.has_next | is_step(notes.left_by)
    return Verdict(broken=tested & ~(came & goes), tested=tested, on=notes)


@rule
def halves_after_quarters_tied(phrases: Phrases) -> Verdict:
    """After two quarters in the first half of a bar, a half in its second half is tied over.

    Quarter, quarter, half drags: the movement stops where it should lead on.

    Masks on notes; tested at each note of a half or longer in the second half of a bar of four quarters that two
    quarters precede in it.
    Source: Salzer and Schachter, Counterpoint in Composition (1969), ch. 5.

    >>> from fitness.phrase import Phrase
    >>> halves_after_quarters_tied(Phrases.of(Phrase.parse("C4 D4 E4*2 | F4*4"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    quarter = notes.present & (notes.duration == QUARTER)
    led = earlier(quarter) & earlier(earlier(quarter)) & (earlier(notes.place) == QUARTER)
    whole = notes.settings.at("bar_length", notes.onset) == WHOLE
    tested = notes.present & whole & (notes.place == HALF) & (notes.duration >= HALF) & led & _adjoins(notes)
    return Verdict(broken=tested & (_bars_tied(notes) == 0), tested=tested, on=notes)


def _adjoins(notes: Notes) -> Mask:
    """Whether the note and the two before it follow each other without a rest."""
    joined: Mask = notes.has_previous & (notes.onset == earlier(notes.end))
    return joined & earlier(joined)


@rule
def bars_vary_in_rhythm(phrases: Phrases, *, most: Count = 2) -> Verdict:
    """No more than `most` bars running have the same rhythm.

    Florid counterpoint mixes what the other species practised; a pattern that returns and returns is one of them.

    Masks on bars; tested at each bar in which a note begins; broken where it and so many bars before it have one
    rhythm.
    Source: Fux, Gradus ad Parnassum (1725), book II, fifth species; Wafflard's thesis on FuxCP (UCLouvain, 2023).

    >>> from fitness.phrase import Phrase
    >>> bars_vary_in_rhythm(Phrases.of(Phrase.parse("C4*4 | D4*4 | E4*4 | F4*2 G4*2"))).counts.tolist()
    [[1], [4]]
    """
    bars = phrases.bars
    tested = bars.count > 0
    same = tested & (bars.rhythm == earlier(bars.rhythm))
    return Verdict(broken=tested & (run_length(same) >= most), tested=tested, on=bars)
