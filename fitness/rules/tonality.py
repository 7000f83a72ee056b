"""Rules of key: which degrees begin, end and fill a line."""

from __future__ import annotations

from fitness.entries import rule
from fitness.phrases import Phrases
from fitness.verbs import one_of
from fitness.verdict import Verdict, gate


@rule
def in_key(phrases: Phrases) -> Verdict:
    """Every note belongs to the key in force.

    A line that stays in its scale lets the ear find the tonic; in minor the raised sixth and seventh belong too.

    Masks on notes; tested at each note.
    Source: Temperley, Music and Probability (2007), ch. 4; the share in 500 folk songs is .972 (measured).

    >>> from fitness.phrase import Phrase
    >>> in_key(Phrases.of(Phrase.parse("G major: G4 F4 F#4"))).counts.tolist()
    [[1], [3]]
    """
    notes = phrases.notes
    return Verdict(broken=notes.present & (notes.degree == 0), tested=notes.present, on=notes)


@rule(usual=gate)
def ends_on_tonic(phrases: Phrases) -> Verdict:
    """The last note of each voice is the tonic.

    The tonic is where the ear comes to rest; a line that stops elsewhere sounds unfinished.

    Masks on notes; tested once, at the last note of each voice.
    Source: Fux, Gradus ad Parnassum (1725), book II; in 500 folk songs .838 (stepwise random walk .148; measured).

    >>> from fitness.phrase import Phrase
    >>> ends_on_tonic(Phrases.of(Phrase.parse("G major: G4 A4"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    return Verdict(broken=notes.is_last & (notes.degree != 1), tested=notes.is_last, on=notes)


@rule(usual=gate)
def starts_on_triad(phrases: Phrases) -> Verdict:
    """The first note of each voice is the first, third or fifth degree.

    The tonic triad tells the ear at once where home is.

    Masks on notes; tested once, at the first note of each voice.
    Source: measured on 2,904 folk-song phrases: they begin on 5 .376, 1 .239, 3 .137.

    >>> from fitness.phrase import Phrase
    >>> starts_on_triad(Phrases.of(Phrase.parse("G major: A4 G4"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    return Verdict(broken=notes.is_first & ~one_of(notes.degree, (1, 3, 5)), tested=notes.is_first, on=notes)


@rule
def phrases_end_on_triad(phrases: Phrases) -> Verdict:
    """Each phrase ends on the first, third or fifth degree.

    Phrase ends are where a listener hears what the key is.

    Masks on notes; tested at the last note of each phrase.
    Source: measured on 2,904 folk-song phrases: .755 (their notes shuffled .596, a stepwise random walk .438).

    >>> from fitness.phrase import Phrase
    >>> phrases_end_on_triad(Phrases.of(Phrase.parse("C4 D4 ' D4 E4 ' F4 C4"))).counts.tolist()
    [[1], [3]]
    """
    notes = phrases.notes
    return Verdict(broken=notes.ends_phrase & ~one_of(notes.degree, (1, 3, 5)), tested=notes.ends_phrase, on=notes)


@rule
def inner_phrases_end_open(phrases: Phrases) -> Verdict:
    """A phrase that is not the last does not end on the tonic.

    A question stays open so that the last phrase can answer it; closed at once, the second half is an encore.

    Masks on notes; tested at the last note of each phrase but the last of the voice.
    Source: Caplin, Classical Form (1998), ch. 4: the antecedent closes with a weaker cadence than the
    consequent.

    >>> from fitness.phrase import Phrase
    >>> inner_phrases_end_open(Phrases.of(Phrase.parse("C4 G4 ' E4 C4 ' D4 C4"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    tested = notes.ends_phrase & notes.has_next
    return Verdict(broken=tested & (notes.degree == 1), tested=tested, on=notes)
