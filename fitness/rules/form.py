"""Rules of form: what returns, and where."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from fitness.catalogue import Between, Count, Template, Ticks
from fitness.entries import rule
from fitness.phrases import Phrases
from fitness.verdict import Verdict

Interval = Annotated[int, Between(-48, 48)]


@rule
def bars_follow(phrases: Phrases, *, template: Template, by: Literal["notes", "rhythm"] = "notes") -> Verdict:
    """Sections with the same letter of a template are alike, sections with different letters are not.

    Return and contrast are what makes a form audible.  `template` such as AABA is spread evenly over
    the bars (two bars a letter in eight bars); a dot leaves a section free.  `by` says what must
    return: the notes with their rhythm, or the rhythm alone.  Of eight bars a period is ABCDABEF; a
    sentence, by rhythm, ABABCCDE: an idea, the idea again, shorter units, a cadence.

    Masks on bars; tested at each bar of a section whose letter came before (broken where it differs
    from the same bar of the first such section) and at each first bar of a section with a new letter
    (broken where it equals the first bar of an earlier section).  The pick-up is left out.
    Source: Caplin, Classical Form (1998), ch. 1 and 3; of 2,404 folk-song phrases .206 repeat an
    earlier one exactly, .355 in rhythm (measured).

    >>> from fitness.phrase import Phrase
    >>> tune = Phrase.parse("C4*4 | C4*4 | E4*4 | D4*4")
    >>> bars_follow(Phrases.of(tune), template="AABA").counts.tolist()
    [[1], [3]]
    """
    bars = phrases.bars
    content = bars.content if by == "notes" else bars.rhythm
    broken = np.zeros(content.shape, bool)
    tested = np.zeros(content.shape, bool)
    whole = np.broadcast_to(bars.number, content.shape[-1:])
    for length in np.unique(whole[whole > 0]).tolist():
        here = bars.present & (whole == length)
        section = [bar * len(template) // length for bar in range(length)]
        homes: dict[str, int] = {}  # letter -> the first bar of its first section
        for bar, number in enumerate(section):
            letter, first = template[number], section.index(number)
            if letter == ".":
                continue
            if homes.setdefault(letter, first) != first:
                like = homes[letter] + bar - first
                if section[like] == section[homes[letter]]:
                    tested[:, bar] |= here[:, bar]
                    broken[:, bar] |= here[:, bar] & (content[:, bar] != content[:, like])
            elif bar == first:
                for other in {section.index(n) for n in section[:bar] if template[n] != "."}:
                    tested[:, bar] |= here[:, bar]
                    broken[:, bar] |= here[:, bar] & (content[:, bar] == content[:, other])
    return Verdict(broken=broken, tested=tested, on=bars)


@rule
def phrases_symmetrical(phrases: Phrases, *, bars: Count = 2) -> Verdict:
    """Each phrase lasts a whole number of times `bars` bars (of the metre in which it ends).

    Phrases of two and four bars let the ear expect the cadence.  A phrase may be longer by the pick-up, as
    the first is, or shorter by it, as the last; nothing but a pick-up is none too long.

    Masks on notes; tested at the last note of each phrase.
    Source: Lerdahl and Jackendoff, A Generative Theory of Tonal Music (1983), on symmetry; of 2,025 phrases
    of Bach's chorales 60 % last eight quarters (measured).

    >>> from fitness.phrase import Phrase
    >>> phrases_symmetrical(Phrases.of(Phrase.parse("C4*8 ' D4*4 ' E4*4")), bars=2).counts.tolist()
    [[2], [3]]
    """
    notes = phrases.notes
    lasts = phrases.settings.at("lasts", notes.onset)
    unit = phrases.settings.at("bar_length", phrases.settings.at("phrase_end", notes.onset) - 1) * bars
    pickup = phrases.settings.numbers("pickup")
    whole = (lasts % unit == 0) | ((lasts - pickup) % unit == 0) | ((lasts + pickup) % unit == 0)
    return Verdict(broken=notes.ends_phrase & ~whole, tested=notes.ends_phrase, on=notes)


@rule
def canon_kept(phrases: Phrases, *, after: Ticks, by: Interval = 0) -> Verdict:
    """Each voice is answered by the next one below: the same note `after` ticks later, `by` semitones higher.

    A canon is heard as one voice following another.  The length of the notes must be the same too.

    Masks on notes; tested at each note of a voice that has one below it, if its answer would end within the
    phrase; broken where the answer does not come.
    Source: Fux, Gradus ad Parnassum (1725), book II, on imitation and fugue.

    >>> from fitness.phrase import Phrase
    >>> canon_kept(Phrases.of(Phrase.parse("C5 D5 E5 r ; r C4 D4 F4")), after=24, by=-12).counts.tolist()
    [[1], [3]]
    """
    notes = phrases.notes
    broken = np.zeros(notes.pitch.shape, bool)
    length = phrases.settings.numbers("length")
    below = np.arange(1, phrases.voices + 1)[:, None, None] < phrases.voices_each
    tested = notes.present & below & (notes.end + after <= length)
    for voice in range(phrases.voices - 1):
        answered = np.zeros(notes.pitch.shape[1:], bool)
        for k in range(notes.pitch.shape[1]):
            answer = [x[voice + 1, k] for x in (notes.onset, notes.duration, notes.pitch)]
            answered |= (
                (notes.onset[voice] + after == answer[0])
                & (notes.duration[voice] == answer[1])
                & (notes.pitch[voice] + by == answer[2])
            )
        broken[voice] = tested[voice] & ~answered
    return Verdict(broken=broken, tested=tested, on=notes)
