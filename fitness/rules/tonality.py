"""Rules of key: which degrees begin, end and fill a line."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fitness.catalogue import Between
from fitness.entries import rule
from fitness.heard import heard_move
from fitness.keys import Profile, key_correlations, keys_by_bar, keys_set
from fitness.phrases import Phrases
from fitness.verbs import earlier, later, one_of
from fitness.verdict import Verdict, gate

Chance = Annotated[float, Between(0.05, 0.999)]


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


@rule(heard=heard_move)
def accidentals_excused(phrases: Phrases) -> Verdict:
    """A foreign note is a leading tone that rises to the tonic, the sixth before it, a soft B, or the last major third.

    Musica ficta serves the cadence and avoids the tritone, and is no colour of its own.  The soft B is the fourth of
    the lydian and the sixth of the dorian mode, lowered; the tonic that of the key in force where the next note stands.

    Masks on notes; tested at each note.
    Source: Fux, Gradus ad Parnassum (1725), book II; Jeppesen, Counterpoint (1939), on musica ficta.

    >>> from fitness.phrase import Phrase
    >>> accidentals_excused(Phrases.of(Phrase.parse("D dorian: Bb4 A4 C#5 A4 C#5 D5"))).counts.tolist()
    [[1], [6]]
    """
    notes = phrases.notes
    rises = (notes.left_by == 1) & (later(notes.degree) == 1)
    leads = rises | ((notes.left_by == 2) & later(rises))
    foreign = notes.settings.of_pitch("foreign", notes.onset, notes.pitch) > 0
    foreign &= ~(notes.is_last & (notes.settings.of_pitch("degrees", notes.onset, (notes.pitch - 4) % 12) == 1))
    return Verdict(broken=notes.present & foreign & ~leads, tested=notes.present, on=notes)


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


@rule(usual=gate)
def starts_on_tonic(phrases: Phrases) -> Verdict:
    """The first note of each voice is the tonic, as a cantus firmus begins on its final.

    Beginning and ending on one note frames a line.

    Masks on notes; tested once, at the first note of each voice.
    Source: Fux, Gradus ad Parnassum (1725), book II; folk-song phrases begin on 1 in .239, on 5 in .376
    (measured): a rule for the cantus firmus.

    >>> from fitness.phrase import Phrase
    >>> starts_on_tonic(Phrases.of(Phrase.parse("D dorian: A4 D4"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    return Verdict(broken=notes.is_first & (notes.degree != 1), tested=notes.is_first, on=notes)


@rule(usual=gate)
def ends_from_neighbour(phrases: Phrases) -> Verdict:
    """The note before the last is the second or the seventh degree, as a cantus firmus comes to its final.

    A step home from above or below is the melodic form of the cadence.

    Masks on notes; tested once, at the last note of each voice of more than one note.
    Source: Fux, Gradus ad Parnassum (1725), book II; Salzer and Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> ends_from_neighbour(Phrases.of(Phrase.parse("D dorian: D4 F4 D4"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    tested = notes.is_last & notes.has_previous
    return Verdict(broken=tested & ~one_of(earlier(notes.degree), (2, 7)), tested=tested, on=notes)


@rule
def inner_phrases_end_on_dominant(phrases: Phrases) -> Verdict:
    """A phrase that is not the last ends on the second, fifth or seventh degree: a half cadence.

    Those are the notes of the dominant, which ask for the tonic; the first phrase of a period does so.

    Masks on notes; tested at the last note of each phrase but the last of the voice.
    Source: Caplin, Classical Form (1998), ch. 4.

    >>> from fitness.phrase import Phrase
    >>> inner_phrases_end_on_dominant(Phrases.of(Phrase.parse("C4 D4 ' F4 E4 ' D4 C4"))).counts.tolist()
    [[1], [2]]
    """
    notes = phrases.notes
    tested = notes.ends_phrase & notes.has_next
    return Verdict(broken=tested & ~one_of(notes.degree, (2, 5, 7)), tested=tested, on=notes)


@rule(usual=gate)
def key_heard(phrases: Phrases, *, profile: Profile = "temperley_kostka_payne") -> Verdict:
    """No key, major or minor, fits the notes of all voices better than the (first) one that the phrase is set in.

    Staying in the scale is not enough: C major and A minor share theirs, and the ear goes by what lasts.
    A mode counts as major or minor by its third; a tie keeps the rule.

    Masks on notes; tested once, at the last note of the first voice that has notes.
    Source: Krumhansl and Schmuckler, in Krumhansl, Cognitive Foundations of Musical Pitch (1990), ch. 4;
    kept by 96 % of 300 folk songs (measured with the default profile).

    >>> from fitness.phrase import Phrase
    >>> key_heard(Phrases.of(Phrase.parse("C major: A4*4 C5 B4 A4 E4 A4*4"))).counts.tolist()
    [[1], [1]]
    """
    notes = phrases.notes
    fit = key_correlations(phrases, profile=profile).round(9)
    own = keys_set(phrases)
    first = np.argmax(notes.count > 0, axis=0)
    tested = notes.is_last & (np.arange(phrases.voices)[:, None, None] == first)
    return Verdict(broken=tested & (fit[own, np.arange(phrases.n)] < fit.max(axis=0)), tested=tested, on=notes)


@rule
def keys_follow_plan(phrases: Phrases, *, stay: Chance = 0.85) -> Verdict:
    """In each bar the key that is heard is the one in force there.

    A modulation has happened when the ear believes it.  `stay` is the chance that a bar has the key of
    the bar before: nearer to 1, it takes more to change the key.

    Masks on bars, the first voice's; tested at each bar, but the pick-up, in which a note of any voice
    begins; the key in force is that at the barline.
    Source: Temperley, Music and Probability (2007), ch. 6: the most likely path through the keys.

    >>> from fitness.phrase import Phrase
    >>> keys_follow_plan(Phrases.of(Phrase.parse("C major: C4 E4 G4 C5 | F#4 C#4 A#4 F#4"))).counts.tolist()
    [[1], [2]]
    """
    bars, notes = phrases.bars, phrases.notes
    heard = keys_by_bar(phrases, stay=stay)
    planned = np.broadcast_to(phrases.settings.at("tonality", bars.onset)[0], heard.shape)
    struck = np.array([(notes.present & (notes.bar == bar + 1)).any(axis=(0, 1)) for bar in range(len(heard))], bool)
    tested = np.zeros((phrases.voices, *heard.shape), bool)
    broken = tested.copy()
    if tested.size:
        tested[0] = struck
        broken[0] = struck & (heard != planned)
    return Verdict(broken=broken, tested=tested, on=bars)
