"""Rules of three and more voices together: full chords, how they begin and close, doubling, motion of all."""

from __future__ import annotations

import numpy as np

from fitness.catalogue import Count
from fitness.entries import rule
from fitness.heard import interval_name, sounding
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.verbs import one_of, run_length
from fitness.verdict import Place, Verdict, gate


def heard_chord(phrase: Phrase, place: Place) -> str:
    """The notes of a place from the lowest up, and their intervals above the lowest."""
    key = phrase.key_at(place.onset)
    pitches = sorted(note.pitch for note in sounding(phrase, place, place.onset))
    above = ", ".join(dict.fromkeys(interval_name(pitch - pitches[0]) for pitch in pitches[1:]))
    return f"{' '.join(key.name_of(pitch) for pitch in pitches)}: {above}"


@rule(heard=heard_chord)
def chords_complete(phrases: Phrases) -> Verdict:
    """A chord of all voices has a third, and a fifth or sixth, above its lowest note.

    Three and more voices are there for full harmony; an open fifth or a bare third sounds like two.

    Masks on slices; tested wherever one of the voices, which all sound, strikes, the first and last chord left out.
    Source: Fux, Gradus ad Parnassum (1725), book II, three voices.

    >>> from fitness.phrase import Phrase
    >>> three = Phrase.parse("C5 D5 A4 C5 ; E4 F4 F4 E4 ; C4 D4 D4 C4")
    >>> chords_complete(Phrases.of(three)).counts.tolist()
    [[1], [2]]
    """
    chords = phrases.chords
    tested = chords.heard & ~chords.is_first & ~chords.is_last
    complete = chords.has(3, 4) & chords.has(7, 8, 9)
    return Verdict(broken=tested & ~complete, tested=tested, on=chords)


@rule(usual=gate, heard=heard_chord)
def begins_on_tonic_chord(phrases: Phrases) -> Verdict:
    """The first chord stands on the tonic and has nothing but its octave, fifth and third.

    The first chord says where home is.

    Masks on slices; tested once, at the first chord of all voices.
    Source: Fux, Gradus ad Parnassum (1725), book II, three voices.

    >>> from fitness.phrase import Phrase
    >>> begins_on_tonic_chord(Phrases.of(Phrase.parse("C major: A4 ; E4 ; C4"))).counts.tolist()
    [[1], [1]]
    """
    chords = phrases.chords
    good = (chords.bass_degree == 1) & chords.all_have(0, 3, 4, 7)
    return Verdict(broken=chords.is_first & ~good, tested=chords.is_first, on=chords)


@rule(usual=gate, heard=heard_chord)
def ends_on_tonic_chord(phrases: Phrases) -> Verdict:
    """The last chord stands on the tonic and has nothing but its octave, fifth and major third.

    A minor third is too weak to close on: it is raised, or left out.

    Masks on slices; tested once, at the last chord of all voices.
    Source: Fux, Gradus ad Parnassum (1725), book II, three voices.

    >>> from fitness.phrase import Phrase
    >>> ends_on_tonic_chord(Phrases.of(Phrase.parse("D dorian: A4 ; F4 ; D4"))).counts.tolist()
    [[1], [1]]
    """
    chords = phrases.chords
    good = (chords.bass_degree == 1) & chords.all_have(0, 4, 7)
    return Verdict(broken=chords.is_last & ~good, tested=chords.is_last, on=chords)


@rule(heard=heard_chord)
def voices_not_all_alike(phrases: Phrases) -> Verdict:
    """The voices do not all move in the same direction at once.

    When all go one way none is heard on its own.

    Masks on slices; tested where all voices move at once.
    Source: Jeppesen, Counterpoint (1939), three voices.

    >>> from fitness.phrase import Phrase
    >>> voices_not_all_alike(Phrases.of(Phrase.parse("G4 A4 G4 ; E4 F4 E4 ; C4 D4 E4"))).counts.tolist()
    [[1], [2]]
    """
    chords = phrases.chords
    move, absent = chords.slices.move, chords.absent
    tested, up, down = (
        np.logical_and.reduce(way | absent, axis=0, keepdims=True) & chords.all_sound
        for way in (move != 0, move > 0, move < 0)
    )
    return Verdict(broken=up | down, tested=tested, on=chords)


@rule(heard=heard_chord)
def sixth_chords_limited(phrases: Phrases, *, most: Count = 3) -> Verdict:
    """No more than `most` chords of third and sixth follow each other.

    A row of them is one voice in three copies: fauxbourdon.

    Masks on slices; tested wherever one of the voices, which all sound, strikes; broken at each sixth chord beyond
    `most`.
    Source: Fux, Gradus ad Parnassum (1725), book II, three voices; the limit as for parallel thirds in Salzer and
    Schachter, Counterpoint in Composition (1969).

    >>> from fitness.phrase import Phrase
    >>> three = Phrase.parse("C5 D5 E5 F5 ; G4 A4 B4 C5 ; E4 F4 G4 A4")
    >>> sixth_chords_limited(Phrases.of(three)).counts.tolist()
    [[1], [4]]
    """
    chords = phrases.chords
    sixth = chords.heard & chords.has(3, 4) & chords.has(8, 9) & chords.all_have(0, 3, 4, 8, 9)
    return Verdict(broken=sixth & (run_length(sixth, chords.heard) > most), tested=chords.heard, on=chords)


@rule(heard=heard_chord)
def leading_tone_not_doubled(phrases: Phrases) -> Verdict:
    """No two voices sound the leading tone, a semitone below the tonic, at once.

    Both want to go the same way, and make octaves.

    Masks on slices; tested wherever one of the voices, which all sound, strikes and one has the leading tone.
    Source: Fux, Gradus ad Parnassum (1725), book II; Aldwell and Schachter, Harmony and Voice Leading, on doubling.

    >>> from fitness.phrase import Phrase
    >>> leading_tone_not_doubled(Phrases.of(Phrase.parse("C major: B4 C5 ; D4 E4 ; B3 C4"))).counts.tolist()
    [[1], [1]]
    """
    chords = phrases.chords
    slices = chords.slices
    above = (slices.sounding + 1) % 12
    leads = (slices.settings.of_pitch("degrees", slices.onset, above) == 1) & (slices.sounding >= 0)
    number = np.add.reduce(leads, axis=0, keepdims=True, dtype=np.int8)
    tested = chords.heard & (number > 0)
    return Verdict(broken=tested & (number > 1), tested=tested, on=chords)


@rule(heard=heard_chord)
def thirds_not_doubled(phrases: Phrases) -> Verdict:
    """In a complete chord with a fifth the third above the lowest note is not doubled.

    The root bears doubling best, the fifth next; two thirds make a chord top-heavy.

    Masks on slices; tested wherever one of at least four voices, which all sound, strikes a chord of third and fifth.
    Source: Fux, Gradus ad Parnassum (1725), book II, four voices; in Bach's chorales 8.5 % of such major chords
    double it (measured).

    >>> from fitness.phrase import Phrase
    >>> thirds_not_doubled(Phrases.of(Phrase.parse("E5 C5 ; G4 G4 ; E4 E4 ; C4 C4"))).counts.tolist()
    [[1], [2]]
    """
    chords = phrases.chords
    thirds = np.add.reduce(one_of(chords.above_bass, (3, 4)), axis=0, keepdims=True, dtype=np.int8)
    four = chords.slices.voices_each >= 4
    tested = chords.heard & (thirds > 0) & chords.has(7) & four
    return Verdict(broken=tested & (thirds > 1), tested=tested, on=chords)
