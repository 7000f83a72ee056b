"""Rules on two voices at a time."""

from __future__ import annotations

from fitness.catalogue import Ticks
from fitness.entries import rule
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.verbs import alike, earlier, is_perfect, one_of
from fitness.verdict import Place, Verdict

# Names of intervals by semitones modulo 12, in tonal harmony's usual spelling.
INTERVALS = (
    "octave", "minor second", "major second", "minor third", "major third", "perfect fourth", "tritone",
    "perfect fifth", "minor sixth", "major sixth", "minor seventh", "major seventh",
)  # fmt: skip


def heard_interval(phrase: Phrase, place: Place) -> str:
    """The interval at a place and the one before it, in words."""
    now = _interval(phrase, place, place.onset)
    before = _interval(phrase, place, place.onset - 1)
    return f"{before} to {now}" if before and before != now else f"{now}"


def _interval(phrase: Phrase, place: Place, tick: int) -> str:
    pitches = [
        note.pitch for voice in place.voices for note in phrase.voices[voice].notes if note.onset <= tick < note.end
    ]
    if len(pitches) < 2:
        return ""
    size = abs(pitches[0] - pitches[1])
    return "unison" if size == 0 else INTERVALS[size % 12]


@rule(heard=heard_interval)
def no_parallel_perfects(phrases: Phrases, *, every: Ticks | None = None) -> Verdict:
    """Two voices do not move in the same direction from one perfect fifth, octave or unison to another of its kind.

    Parallel perfect consonances fuse two voices into one.  `every` compares states that many ticks
    apart (24: from quarter to quarter); none: at each change.

    Masks on pairs; tested where both voices move in the same direction.
    Source: Fux, Gradus ad Parnassum (1725), book I; per 1,000 steps with both moving, Bach has .52
    fifths and .19 octaves, his voices shifted against each other 24 and 27 (measured on 331 chorales).

    >>> no_parallel_perfects(Phrases.of(Phrase.parse("C major: G4 A4 G4 ; C4 D4 E4"))).counts.tolist()
    [[1], [1]]
    """
    pairs = phrases.slices.every(every).pairs
    tested = pairs.both_move & alike(pairs.upper_move, pairs.lower_move) & pairs.both_sounded_before
    same = pairs.interval_class == earlier(pairs.interval_class)
    return Verdict(broken=tested & same & is_perfect(pairs.interval_class), tested=tested, on=pairs)


@rule(heard=heard_interval)
def consonant_on_the_beat(phrases: Phrases) -> Verdict:
    """On each beat two voices sound a unison, third, fifth, sixth or octave.

    Beats carry the harmony; a dissonance there needs a preparation that this rule does not know.

    Masks on pairs; tested at each beat at which both sound and one of them strikes.  A fourth counts
    as a dissonance, so the rule is for two voices.
    Source: Fux, Gradus ad Parnassum (1725), book II, first species.

    >>> consonant_on_the_beat(Phrases.of(Phrase.parse("G4 F4/2 E4/2 F4 ; C4*3"))).counts.tolist()
    [[2], [3]]
    """
    pairs = phrases.slices.pairs
    tested = pairs.both_sound & pairs.changed & pairs.slices.on_beat
    consonant = one_of(pairs.interval_class, (0, 3, 4, 7, 8, 9))
    return Verdict(broken=tested & ~consonant, tested=tested, on=pairs)


@rule(heard=heard_interval)
def voices_uncrossed(phrases: Phrases) -> Verdict:
    """A lower voice does not sound above a higher one.

    Crossed voices exchange their places in the ear, and both lines are lost.

    Masks on pairs; tested at each change at which both sound.
    Source: Jeppesen, Counterpoint (1939); in 331 Bach chorales voices cross 2.1 % of the time, shifted
    against each other 16.9 % (measured).

    >>> voices_uncrossed(Phrases.of(Phrase.parse("G4 A4 E4 ; C4 D4 F4"))).counts.tolist()
    [[1], [3]]
    """
    pairs = phrases.slices.pairs
    tested = pairs.both_sound & pairs.changed
    return Verdict(broken=tested & (pairs.interval < 0), tested=tested, on=pairs)
