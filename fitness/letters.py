"""The form of a line in letters: which of its phrases are alike, and which of its bars have the same rhythm."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from fitness.phrase import Note, Phrase
from fitness.setting import Setting
from fitness.theory import Key

# From this share of common notes, or of notes that lie on one line of transposition, a phrase is a variant of another.
# Of pairs of phrases, as found, of different folk songs in one mode and metre and moved to one tonic, fewer than 1 in
# 100 reach one of them, of pairs in one song 12 (300 German-language songs, Essen collection; measured).
NOTES_ALIKE, SHAPE_ALIKE = 0.5, 0.6


class Letter(NamedTuple):
    """What a phrase is called: letters are numbered from 0 in their order, `variant` 0 is the first of its letter."""

    letter: int
    variant: int

    def __str__(self) -> str:
        return letter_of(self.letter) + ("'" * self.variant if self.variant < 4 else f"'{self.variant}")


class _Sung(NamedTuple):
    """The notes of a phrase by their ticks from its barline."""

    length: dict[int, int]
    pitch: dict[int, int]
    staff: dict[int, int]


def letter_of(number: int) -> str:
    """A, B, ... Z, AA, AB, ...

    >>> letter_of(1), letter_of(25), letter_of(26)
    ('B', 'Z', 'AA')
    """
    text = ""
    number += 1
    while number:
        number, left = divmod(number - 1, 26)
        text = chr(ord("A") + left) + text
    return text


def form_of(phrase: Phrase) -> tuple[Letter, ...]:
    """A letter for each phrase of the first voice with notes, as the ends cut it; a phrase without notes has none.

    A phrase has the letter of an earlier one if half of the notes of both are the same (onset from the barline, and
    pitch), or if three fifths are, with their lengths, when it is moved on the staff.  It is that one again if all
    notes and lengths are the same, else a variant.  It is compared with the first phrase of each letter, and takes the
    letter of the most alike.
    Source: letters for sections are the usage of Caplin, Classical Form (1998), and of textbooks; the measure is
    that of Dice (Ecology 26, 1945) over notes, the thresholds are measured, see above.

    >>> [str(one) for one in form_of(Phrase.parse("C4 D4 E4*2 ' | D4 E4 F4*2 ' | G4/2 A4/2 G4 C5*2 ' | C4 D4 E4*2"))]
    ['A', "A'", 'B', 'A']
    """
    found: list[Letter] = []
    models: list[_Sung] = []
    known: dict[tuple[tuple[int, int, int], ...], Letter] = {}
    variants = Counter[int]()
    setting = Setting.of(phrase)
    for notes in phrases_of(phrase):
        sung = _sung(phrase, setting, notes)
        content = tuple((at, sung.length[at], sung.pitch[at]) for at in sung.pitch)
        if content not in known:
            likeness = [_alike(sung, model) for model in models]
            most = max(likeness, default=0.0)
            if most >= 1.0:
                letter = likeness.index(most)
                variants[letter] += 1
            else:
                letter = len(models)
                models.append(sung)
            known[content] = Letter(letter, variants[letter])
        found.append(known[content])
    return tuple(found)


def phrases_of(phrase: Phrase) -> list[tuple[Note, ...]]:
    """The notes of each phrase of the first voice with notes, as the ends cut it; those without notes left out."""
    line = phrase.melody
    parts: list[list[Note]] = [[]]
    ends = iter(phrase.ends)
    end = next(ends, phrase.length)
    for note in line.notes:
        while note.onset >= end < phrase.length:
            end = next(ends, phrase.length)
            parts.append([])
        parts[-1].append(note)
    return [tuple(part) for part in parts if part]


def _sung(phrase: Phrase, setting: Setting, notes: tuple[Note, ...]) -> _Sung:
    """From the barline that is nearest to where the phrase begins."""
    place, whole = (int(table[notes[0].onset]) for table in (setting.place, setting.bar_length))
    barline = notes[0].onset - place + (whole if 2 * place > whole else 0)
    keys: list[Key] = [phrase.key_at(note.onset) for note in notes]
    at = [note.onset - barline for note in notes]
    return _Sung(
        dict(zip(at, (note.duration for note in notes), strict=True)),
        dict(zip(at, (note.pitch for note in notes), strict=True)),
        dict(zip(at, (key.staff(note.pitch) for key, note in zip(keys, notes, strict=True)), strict=True)),
    )


def likeness(one: _Sung, other: _Sung) -> tuple[float, float]:
    """The shares of common notes, and of those as long that are common when one is moved on the staff as most are."""
    both = one.pitch.keys() & other.pitch.keys()
    whole = len(one.pitch) + len(other.pitch)
    moved = Counter(one.staff[at] - other.staff[at] for at in both if one.length[at] == other.length[at])
    same = sum(one.pitch[at] == other.pitch[at] for at in both)
    return 2 * same / whole, 2 * max(moved.values(), default=0) / whole


def _alike(one: _Sung, other: _Sung) -> float:
    """How alike two phrases are; from 1 on one is a variant of the other."""
    notes, shape = likeness(one, other)
    return max(notes / NOTES_ALIKE, shape / SHAPE_ALIKE)


def rhythms_of(phrase: Phrase) -> tuple[int | None, ...]:
    """For each full bar the number of its rhythm, from 0 in the order of their coming; None where no note begins.

    Bars have one rhythm if the same notes begin at the same places with the same lengths, in the first voice with
    notes.

    >>> rhythms_of(Phrase.parse("C4*4 | C4 D4*3 | E4*4 | r*4"))
    (0, 1, 0, None)
    """
    line = phrase.melody
    bars = list(phrase.barlines())
    held: list[list[tuple[int, int]]] = [[] for _ in range(len(bars) + 1)]
    bar = 0
    for note in line.notes:
        while bar < len(bars) and bars[bar][0] <= note.onset:
            bar += 1
        held[bar].append((note.onset - (bars[bar - 1][0] if bar else 0), note.duration))
    numbers: dict[tuple[tuple[int, int], ...], int] = {}
    return tuple(numbers.setdefault(tuple(rhythm), len(numbers)) if rhythm else None for rhythm in held[1:])
