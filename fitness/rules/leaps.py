"""Rules of what stands around leaps, and of intervals that only the spelling of the key tells apart."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Count, Leap
from fitness.entries import rule
from fitness.heard import heard_move, heard_turn
from fitness.phrases import Phrases
from fitness.verbs import alike, earlier, later, opposite, run_length
from fitness.verdict import Verdict
from fitness.views import Mask, Notes

OCTAVE = 12
# Semitones between the notes of a triad from the lowest up, by inversion: major and minor.
TRIADS = ((4, 3), (3, 4), (3, 5), (4, 5), (5, 4), (5, 3))


@rule(heard=heard_turn)
def leap_pairs_outline_triads(phrases: Phrases, *, leap: Leap = 3) -> Verdict:
    """Two leaps in the same direction outline a major or minor triad, or together an octave.

    Such a pair is heard as one broken chord; any other leaves the ear without a foothold.  `leap` is the
    smallest interval that counts as one (3 = a minor third).

    Masks on notes; tested at each note between two leaps in the same direction.
    Source: Jeppesen, Counterpoint (1939); Salzer and Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> leap_pairs_outline_triads(Phrases.of(Phrase.parse("C4 E4 G4 D4 A3 C4"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    first, second = abs(notes.approached_by), abs(notes.left_by)
    tested = (first >= leap) & (second >= leap) & alike(notes.approached_by, notes.left_by)
    rising = notes.left_by > 0
    lower, upper = np.where(rising, first, second), np.where(rising, second, first)
    kept = first + second == OCTAVE
    for low, high in TRIADS:
        kept |= (lower == low) & (upper == high)
    return Verdict(broken=tested & ~kept, tested=tested, on=notes)


@rule(heard=heard_turn)
def leap_runs_limited(phrases: Phrases, *, most: Count = 2, leap: Leap = 3) -> Verdict:
    """No more than `most` leaps of at least `leap` semitones follow each other.

    A line of leaps falls apart into the chords that they spell.

    Masks on notes; tested at each note reached by a leap; broken at each leap beyond `most`; a repeated note
    ends the row.
    Source: Salzer and Schachter, Counterpoint in Composition (1969), ch. 1.

    >>> from fitness.phrase import Phrase
    >>> leap_runs_limited(Phrases.of(Phrase.parse("C4 E4 C4 G4 F4 C4"))).counts.tolist()
    [[1], [4]]
    """
    notes = phrases.notes
    tested = abs(notes.approached_by) >= leap
    return Verdict(broken=tested & (run_length(tested) > most), tested=tested, on=notes)


@rule(heard=heard_turn)
def octave_leaps_framed(phrases: Phrases) -> Verdict:
    """A leap of an octave is entered and left by motion in the other direction.

    The largest leap of the style needs room on both sides to stay within the voice.

    Masks on notes; tested at each note reached by an octave; broken where the interval before it or the one
    after it, if there is one, does not go the other way (a repeated note does not).
    Source: Jeppesen, Counterpoint (1939); Fux, Gradus ad Parnassum (1725).

    >>> from fitness.phrase import Phrase
    >>> octave_leaps_framed(Phrases.of(Phrase.parse("D4 C4 C5 B4 C5 C4 A3"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    tested = abs(notes.approached_by) == OCTAVE
    before = earlier(notes.approached_by)
    entered = opposite(before, notes.approached_by) | ~earlier(notes.has_previous)
    left = opposite(notes.left_by, notes.approached_by) | ~notes.has_next
    return Verdict(broken=tested & ~(entered & left), tested=tested, on=notes)


@rule
def no_augmented_seconds(phrases: Phrases) -> Verdict:
    """No step of the staff spans three semitones: the sixth and the raised seventh of a minor key are not neighbours.

    The augmented second is hard to sing and sounds foreign in the style.  Notes are spelled as the key
    in force spells them.

    Masks on notes; tested at each note reached by a move.
    Source: Fux, Gradus ad Parnassum (1725); Aldwell and Schachter, Harmony and Voice Leading, on minor.

    >>> from fitness.phrase import Phrase
    >>> no_augmented_seconds(Phrases.of(Phrase.parse("A minor: E4 F4 G#4 A4 C5"))).counts.tolist()
    [[1], [4]]
    """
    notes = phrases.notes
    tested = notes.has_previous & (notes.approached_by != 0)
    broken = tested & (abs(notes.approached_by) == 3) & (abs(notes.staff - earlier(notes.staff)) == 1)
    return Verdict(broken=broken, tested=tested, on=notes)


@rule(heard=heard_move)
def no_chromatic_steps(phrases: Phrases, *, but_cadence: bool = False) -> Verdict:
    """A semitone leads to the next place of the staff, not to another form of the same note.

    Chromatic steps blur which note of the scale is meant.  Notes are spelled as the key in force spells
    them: in A minor G to G sharp is chromatic, G sharp to A is not.  With `but_cadence` the last note but one, the
    leading tone, may be reached so.

    Masks on notes; tested at each note reached by a semitone.
    Source: Fux, Gradus ad Parnassum (1725), book II; Jeppesen, Counterpoint (1939).

    >>> from fitness.phrase import Phrase
    >>> no_chromatic_steps(Phrases.of(Phrase.parse("A minor: G4 G#4 A4 B4 C5"))).counts.tolist()
    [[1], [3]]
    """
    notes = phrases.notes
    tested = abs(notes.approached_by) == 1
    broken = tested & (notes.staff == earlier(notes.staff))
    if but_cadence:
        broken &= ~(later(notes.is_last) & _stands(notes, 1))
    return Verdict(broken=broken, tested=tested, on=notes)


@rule(heard=heard_move)
def no_cross_relations(phrases: Phrases, *, within: Count = 3) -> Verdict:
    """Two forms of one note, as B and B flat, do not come within `within` notes of each other in one line.

    The ear still holds the one when it hears the other.  Notes are spelled as the key in force spells them; octaves
    count as other notes.

    Masks on notes; tested at each note with two before it, but for a leading tone that rises to the tonic and for the
    major third on which a voice ends; broken where a note from two to `within` places before it stands on the same
    place of the staff and is another.
    Source: Jeppesen, Counterpoint (1939), on musica ficta; Wafflard's thesis on FuxCP (UCLouvain, 2023), no
    chromaticism within three notes.

    >>> from fitness.phrase import Phrase
    >>> no_cross_relations(Phrases.of(Phrase.parse("D dorian: Bb4 A4 B4 C5"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    leads = _stands(notes, 1) & (notes.left_by == 1)
    tested = earlier(notes.has_previous) & notes.present & ~leads & ~(notes.is_last & _stands(notes, -4))
    staff, pitch, broken = earlier(notes.staff), earlier(notes.pitch, -1), np.zeros(tested.shape, bool)
    for _ in range(within - 1):
        staff, pitch = earlier(staff), earlier(pitch, -1)
        broken |= (staff == notes.staff) & (pitch != notes.pitch) & (pitch >= 0)
    return Verdict(broken=broken & tested, tested=tested, on=notes)


def _stands(notes: Notes, semitones: int) -> Mask:
    """Whether the note so many semitones above each is the tonic."""
    found: Mask = notes.settings.of_pitch("degrees", notes.onset, (notes.pitch + semitones) % 12) == 1
    return found
