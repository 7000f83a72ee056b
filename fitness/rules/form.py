"""Rules of form: what returns, and where."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from fitness.catalogue import Matching
from fitness.entries import rule
from fitness.phrases import Phrases
from fitness.verdict import Verdict

Template = Annotated[str, Matching(r"[A-Z](?:[A-Z.]{0,63})", "capital letters, one a bar or section, such as AABA")]


@rule
def bars_follow(phrases: Phrases, *, template: Template, by: Literal["notes", "rhythm"] = "notes") -> Verdict:
    """Sections with the same letter of a template are alike, sections with different letters are not.

    Return and contrast are what makes a form audible.  `template` such as AABA is spread evenly over
    the bars (two bars a letter in eight bars); a dot leaves a section free.  `by` says what must
    return: the notes with their rhythm, or the rhythm alone.

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
