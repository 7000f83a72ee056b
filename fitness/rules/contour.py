"""Rules of the shape that a line draws: its turns, its summit, its runs."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fitness.catalogue import Between, Count, Semitones
from fitness.entries import rule
from fitness.heard import heard_move
from fitness.phrases import Phrases
from fitness.verbs import alike, earlier, is_step, one_of, run_length
from fitness.verdict import Verdict


@rule
def no_seventh_outline(phrases: Phrases) -> Verdict:
    """Two successive turning points of the line do not lie a seventh or a ninth apart.

    What is ugly as a leap is ugly, if less, as the frame of a run; the same holds as for the tritone.

    Masks on notes; tested at each turning point (and the last note) that has one (or the first note)
    before; broken at 10, 11, 13 and 14 semitones.
    Source: Jeppesen, Counterpoint (1939); Salzer and Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> no_seventh_outline(Phrases.of(Phrase.parse("C4 E4 G4 B4 G4 E4"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    tested = notes.turns & notes.has_previous
    return Verdict(broken=tested & one_of(abs(notes.outlined), (10, 11, 13, 14)), tested=tested, on=notes)


@rule
def climax_not_leading_tone(phrases: Phrases) -> Verdict:
    """The highest note is not the seventh degree, raised or not.

    A leading tone wants to go on; at the summit there is nowhere to go.

    Masks on notes; tested at each note of the highest pitch of a voice of more than one note.
    Source: Salzer and Schachter, Counterpoint in Composition (1969), ch. 1.

    >>> from fitness.phrase import Phrase
    >>> climax_not_leading_tone(Phrases.of(Phrase.parse("C major: G4 A4 B4 G4"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    top = notes.pitch.max(axis=1, keepdims=True)
    tested = notes.present & (notes.pitch == top) & (notes.count > 1)[:, None]
    return Verdict(broken=tested & (notes.degree == 7), tested=tested, on=notes)


@rule
def undulation_limited(phrases: Phrases, *, most: Count = 2) -> Verdict:
    """A line does not swing between two notes more than `most` times running: A B A B is two.

    Going back and forth is standing still.  A swing is a note that returns, over one other note, to the
    one before it.

    Masks on notes; tested at each note with two before it; broken at each swing beyond `most`; a repeated note
    ends the row.
    Source: Fux, Gradus ad Parnassum (1725), on monotony; Wafflard's thesis on FuxCP
    (UCLouvain, 2023), the cost of notes n and n+2 alike.

    >>> from fitness.phrase import Phrase
    >>> undulation_limited(Phrases.of(Phrase.parse("C4 D4 C4 D4 C4 E4"))).counts.tolist()
    [[1], [4]]
    """
    notes = phrases.notes
    tested = earlier(notes.has_previous) & notes.present
    swing = tested & (notes.approached_by != 0) & (notes.approached_by == -earlier(notes.approached_by))
    return Verdict(broken=run_length(swing) > most, tested=tested, on=notes)


@rule
def line_moves_on(phrases: Phrases, *, within: Annotated[int, Between(2, 64)] = 7, least: Semitones = 5) -> Verdict:
    """Any `within` notes in a row reach over at least `least` semitones (7 notes a fourth, 11 a fifth).

    A line that hovers has nothing to say.

    Masks on notes; tested at each note with that many before it, itself counted.
    Source: the rule base of Artinfuser (MGen), "stagnation": seven notes within less than a fourth, eleven
    within less than a fifth.

    >>> from fitness.phrase import Phrase
    >>> line_moves_on(Phrases.of(Phrase.parse("C4 D4 E4 D4 C4 D4 E4 G4"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    high, low = notes.pitch, np.where(notes.present, notes.pitch, np.int16(127))
    top, bottom = high, low
    whole = notes.present
    for _ in range(within - 1):
        high, low, whole = earlier(high, -1), earlier(low, 127), earlier(whole)
        top, bottom = np.maximum(top, high), np.minimum(bottom, low)
    tested = notes.present & whole
    return Verdict(broken=tested & (top - bottom < least), tested=tested, on=notes)


@rule
def step_runs_limited(phrases: Phrases, *, most: Count = 7, one_way: bool = True) -> Verdict:
    """No more than `most` steps follow each other in one direction (or, with `one_way: false`, in any).

    A scale is an exercise; a leap or a turn makes it a line.

    Masks on notes; tested at each note reached by a step; broken at each step beyond `most`; a
    repeated note ends the row.
    Source: the rule base of Artinfuser (MGen): seven steps one way, ten to fourteen in all.

    >>> from fitness.phrase import Phrase
    >>> step_runs_limited(Phrases.of(Phrase.parse("C4 D4 E4 F4 E4 D4")), most=2).counts.tolist()
    [[1], [5]]
    """
    notes = phrases.notes
    step = is_step(notes.approached_by)
    if not one_way:
        return Verdict(broken=run_length(step) > most, tested=step, on=notes)
    onward = step & alike(notes.approached_by, earlier(notes.approached_by)) & earlier(step)
    return Verdict(broken=run_length(onward) >= most, tested=step, on=notes)


@rule(heard=heard_move)
def compass_limited(phrases: Phrases, *, most: Semitones = 17) -> Verdict:
    """A voice stays within a compass of `most` semitones (17 = an eleventh).

    Beyond it no one voice can sing the line.

    Masks on notes; tested at each note; broken at each that lies more than `most` above the lowest of its voice.
    Source: Salzer and Schachter, Counterpoint in Composition (1969), ch. 1; 95 % of Palestrina's voices stay within 17
    semitones in a movement (measured).

    >>> from fitness.phrase import Phrase
    >>> compass_limited(Phrases.of(Phrase.parse("C4 G4 C5 G5 C5"))).counts.tolist()
    [[1], [5]]
    """
    notes = phrases.notes
    low = np.where(notes.present, notes.pitch, np.int16(127)).min(axis=1, keepdims=True, initial=127)
    return Verdict(broken=notes.present & (notes.pitch - low > most), tested=notes.present, on=notes)
