"""Rules of the single line."""

from __future__ import annotations

from typing import Literal

from fitness.catalogue import Count, Leap
from fitness.entries import rule
from fitness.heard import heard_move, heard_turn
from fitness.phrases import Phrases
from fitness.verbs import alike, earlier, ever, is_spelled, is_step, one_of, opposite, run_length
from fitness.verdict import Verdict

# The sixths that are sung, in semitones, upwards positive.
SIXTHS = {"all": (8, 9, -8, -9), "up": (8, 9), "minor_up": (8,)}


@rule(heard=heard_move)
def legal_leaps(phrases: Phrases, *, sixths: Literal["all", "up", "minor_up"] = "up", spelled: bool = False) -> Verdict:
    """Melodic intervals are singable: seconds, thirds, fourths, fifths, octaves, and of the sixths those allowed.

    Tritones, sevenths and leaps beyond the octave are hard to sing and to hear as one line.  `sixths` are all, those
    upwards, or only the minor one upwards.  With `spelled` no leap is augmented or diminished as the key in force
    spells its notes: F up to C sharp is no minor sixth.

    Masks on notes; tested at each note reached from another by a move.
    Source: Fux, Gradus ad Parnassum (1725), book II, who allows the minor sixth upwards; the major is added for
    tonal melody.  In Palestrina the forbidden leaps have a share below .0001 (measured).

    >>> from fitness.phrase import Phrase
    >>> legal_leaps(Phrases.of(Phrase.parse("F4 B4 C5 C4 A4"))).counts.tolist()
    [[1], [4]]
    """
    notes = phrases.notes
    tested = notes.has_previous & (notes.approached_by != 0)
    illegal = one_of(abs(notes.approached_by), (6, 10, 11, *range(13, 128)))
    for sixth in set(SIXTHS["all"]) - set(SIXTHS[sixths]):
        illegal |= notes.approached_by == sixth
    if spelled:
        illegal |= ~is_spelled(notes.approached_by, notes.staff - earlier(notes.staff))
    return Verdict(broken=tested & illegal, tested=tested, on=notes)


@rule(heard=heard_turn)
def leaps_recovered(phrases: Phrases, *, leap: Leap = 5) -> Verdict:
    """A leap is answered by a step in the other direction.

    A leap opens a gap that the ear expects to be filled.  `leap` is the smallest interval,
    in semitones, that counts as one (5 = a perfect fourth).

    Masks on notes; tested at each note reached by a leap that has a following note.
    Source: Fux, Gradus ad Parnassum (1725), book II; for folk song the effect is small:
    von Hippel and Huron, "Why Do Skips Precede Reversals?", Music Perception 18 (2000).

    >>> from fitness.phrase import Phrase
    >>> leaps_recovered(Phrases.of(Phrase.parse("C4 A4 G4 C5 D5"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    tested = (abs(notes.approached_by) >= leap) & notes.has_next
    kept = opposite(notes.approached_by, notes.left_by) & is_step(notes.left_by)
    return Verdict(broken=tested & ~kept, tested=tested, on=notes)


@rule
def single_climax(phrases: Phrases) -> Verdict:
    """The highest note is reached once, and neither at the beginning nor at the end.

    One summit gives a line its direction.  Struck again at once it is still one summit.

    Masks on notes; tested at each arrival on the highest pitch of a voice of more than one note.
    Register matters not, but real folk songs return to their climax (2.4 times on average, measured
    on 500 songs): a rule for species counterpoint.
    Source: Jeppesen, Counterpoint (1939); Salzer and Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> single_climax(Phrases.of(Phrase.parse("C4 G4 G4 E4 G4 C4"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    top = notes.pitch.max(axis=1, keepdims=True)
    arrival = notes.present & (notes.pitch == top) & ((notes.approached_by != 0) | notes.is_first)
    tested = arrival & (notes.count > 1)[:, None]
    before = earlier(ever(arrival))
    moves_on = ever((notes.left_by != 0)[:, ::-1])[:, ::-1]
    at_edge = notes.is_first | ~moves_on
    return Verdict(broken=tested & (before | at_edge), tested=tested, on=notes)


@rule
def no_tritone_outline(phrases: Phrases) -> Verdict:
    """Two successive turning points of the line do not lie a tritone apart.

    The ear joins the notes at which a line turns; F up to B and back outlines the diminished fifth.
    Going on by step in the same direction would have moved the turning point and resolves it.

    Masks on notes; tested at each turning point (and the last note) that has one (or the first note) before.
    Source: Jeppesen, Counterpoint (1939); Salzer and Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> no_tritone_outline(Phrases.of(Phrase.parse("F4 G4 A4 B4 A4 F4"))).counts.tolist()
    [[2], [2]]
    """
    notes = phrases.notes
    tested = notes.turns & notes.has_previous
    return Verdict(broken=tested & (abs(notes.outlined) == 6), tested=tested, on=notes)


@rule(heard=heard_turn)
def leaps_not_chained(phrases: Phrases, *, leap: Leap = 5) -> Verdict:
    """Two large leaps do not follow each other in the same direction.

    A second leap onwards leaves the register before the ear has filled the first.

    Masks on notes; tested at each note between two moves of which the first is a leap of at least
    `leap` semitones.
    Source: Jeppesen, Counterpoint (1939); Salzer and Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> leaps_not_chained(Phrases.of(Phrase.parse("C4 G4 C5 F4 G4"))).counts.tolist()
    [[1], [3]]
    """
    notes = phrases.notes
    tested = (abs(notes.approached_by) >= leap) & (notes.left_by != 0)
    broken = tested & (abs(notes.left_by) >= leap) & alike(notes.approached_by, notes.left_by)
    return Verdict(broken=broken, tested=tested, on=notes)


@rule(heard=heard_move)
def repeats_limited(phrases: Phrases, *, most: Count = 3) -> Verdict:
    """No note is struck more than `most` times running.

    A line stands still on a repeated note.  Songs are full of such speech-like notes; without end, or where a line
    should move, they are none.

    Masks on notes; tested at each note; broken at each strike beyond `most`.
    Source: Towsey et al., "Towards Melodic Extension Using Genetic Algorithms", Educational Technology
    and Society 4 (2001), feature 16; Fux, Gradus ad Parnassum (1725), book II, for species (`most: 1`); the usual
    limit is a convention of this project.

    >>> from fitness.phrase import Phrase
    >>> repeats_limited(Phrases.of(Phrase.parse("C4 C4 C4 C4 C4 D4"))).counts.tolist()
    [[2], [6]]
    """
    notes = phrases.notes
    repeated = notes.has_previous & (notes.approached_by == 0)
    return Verdict(broken=run_length(repeated) >= most, tested=notes.present, on=notes)


@rule
def phrase_ends_reached_by_step(phrases: Phrases) -> Verdict:
    """The last note of a phrase is reached by step, or repeats the note before.

    A phrase that glides into its last note sounds as if it meant to stop there.

    Masks on notes; tested at the last note of each phrase that has a note before it.
    Source: Fux, Gradus ad Parnassum (1725), book II, for the final; measured on 2,904 folk-song phrase
    ends: a step in 64 %, the same note in 14 %.

    >>> from fitness.phrase import Phrase
    >>> phrase_ends_reached_by_step(Phrases.of(Phrase.parse("C4 D4 ' E4 C4"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    tested = notes.ends_phrase & notes.has_previous
    return Verdict(broken=tested & (abs(notes.approached_by) > 2), tested=tested, on=notes)
