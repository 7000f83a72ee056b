"""Rules of rhythm and metre."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Factor
from fitness.entries import rule
from fitness.phrases import Phrases
from fitness.verbs import later, latest
from fitness.verdict import Verdict


@rule
def no_syncopation(phrases: Phrases) -> Verdict:
    """No note that begins on a weak place sounds on over a stronger one.

    A held or silent strong place after a weak attack contradicts the metre.

    Masks on notes; tested at each note.  Only the note's own length counts: a rest that covers the
    strong place is not heard as a syncopation here.
    Source: Longuet-Higgins and Lee, "The Rhythmic Interpretation of Monophonic Music", Music
    Perception 1 (1984); in 500 folk songs 1 % of the notes are syncopated (measured).

    >>> from fitness.phrase import Phrase
    >>> no_syncopation(Phrases.of(Phrase.parse("C4/2 D4 E4/2 F4*2"))).counts.tolist()
    [[1], [4]]
    """
    notes = phrases.notes
    return Verdict(broken=notes.present & (notes.end > notes.stronger), tested=notes.present, on=notes)


@rule
def rests_at_phrase_ends(phrases: Phrases) -> Verdict:
    """Silence stands between phrases, not inside them.

    A rest is a breath; inside a phrase it tears the line.

    Masks on notes; tested at each note with a following one in the same phrase; broken where a rest
    comes between them.
    Source: Temperley, The Cognition of Basic Musical Structures (2001), ch. 3 (gap rule of phrase
    structure).

    >>> from fitness.phrase import Phrase
    >>> rests_at_phrase_ends(Phrases.of(Phrase.parse("C4 r D4 E4 ' r F4 G4 A4"))).counts.tolist()
    [[1], [4]]
    """
    notes = phrases.notes
    tested = notes.present & ~notes.ends_phrase
    return Verdict(broken=tested & (later(notes.onset) > notes.end), tested=tested, on=notes)


@rule
def phrase_ends_lengthened(phrases: Phrases, *, times: Factor = 1.0) -> Verdict:
    """The last note of a phrase lasts at least `times` as long as the phrase's other notes on average.

    Lengthening tells the ear that a phrase is over.  The average is the time from the first onset of
    the phrase to its last one, by the number of notes between: rests count with the note before them.

    Masks on notes; tested at the last note of each phrase, where one of the same phrase comes before it.
    Source: Temperley, The Cognition of Basic Musical Structures (2001), ch. 3; at 2,904 folk-song
    phrase ends the last note is at least the mean of the others in 90 %, 1.57 times it in half (measured).

    >>> from fitness.phrase import Phrase
    >>> phrase_ends_lengthened(Phrases.of(Phrase.parse("C4 D4*2 E4 F4 G4*3 ' A4 B4/2"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    number = np.arange(notes.pitch.shape[1], dtype=np.int32)[:, None]
    starts = notes.starts_phrase
    before = number - latest(np.broadcast_to(number, starts.shape), starts)
    span = notes.onset - latest(notes.onset, starts)
    tested = notes.ends_phrase & (before > 0)
    return Verdict(broken=tested & (notes.duration * before < times * span), tested=tested, on=notes)


@rule
def notes_end_with_phrase(phrases: Phrases) -> Verdict:
    """No note sounds on when its phrase is over.

    A note that is held into the next phrase hides that one has ended and the other begun.

    Masks on notes; tested at the last note of each phrase.
    Source: Lerdahl and Jackendoff, A Generative Theory of Tonal Music (1983), ch. 3: groups do not overlap but
    by elision.

    >>> from fitness.phrase import Phrase
    >>> notes_end_with_phrase(Phrases.of(Phrase.parse("C4 D4*2 '@48 E4 F4"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    broken = notes.ends_phrase & (notes.end > phrases.settings.at("phrase_end", notes.onset))
    return Verdict(broken=broken, tested=notes.ends_phrase, on=notes)
