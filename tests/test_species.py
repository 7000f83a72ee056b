"""Species counterpoint: a faultless piece with one planted break fires the hard rule it breaks, and no other one.

Every hard rule of every style has a break in every species that it is for; and all moves of single notes of a
faultless line fire just what an obvious reading of the rules says, in plain Python that shares no code with them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import NamedTuple

import pytest

from evolve.styles import style_named
from fitness.criterion import Criterion
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.theory import pitch_of

SAMPLE = 400  # lines with several notes moved
STYLES = ("fux", "jeppesen", "salzer_schachter")
CANTUS = "D4*4 | F4*4 | E4*4 | D4*4 | G4*4 | F4*4 | E4*4 | D4*4"
FIRST = "D4*4 | A4*4 | C5*4 | F5*4 | E5*4 | D5*4 | C#5*4 | D5*4"
SECOND = "r*2 D4*2 | A4*2 B4*2 | C5*2 G4*2 | D5*2 F5*2 | E5*2 B4*2 | D5*2 A4*2 | B4*2 C#5*2 | D5*4"
THIRD = "r D4 F4 G4 | A4 B4 C5 D5 | E5 D5 C5 B4 | D5 E5 F5 D5 | B4 C5 D5 E5 | F5 E5 C5 D5 | G4 A4 B4 C#5 | D5*4"
FOURTH = "r*2 D4*4 A4*4 G4*2 | D5*2 F5*4 E5*4 D5*4 C#5*2 | D5*4"
FIFTH = "r*2 D4*2 | A4 B4 C5*3 B4/2 A4/2 G4*2 | D5 E5 F5*3 D5 E5*4 D5*4 C#5*2 | D5*4"
HIGHEST = "D5*4 | C5*4 | C5*4 | D5*4 | D5*4 | D5*4 | C#5*4 | D5*4"
MIDDLE = "A4*4 | A4*4 | G4*4 | B4*4 | B4*4 | A4*4 | G4*4 | A4*4"
LOW = "F4*4 | F4*4 | G4*4 | F4*4 | G4*4 | A4*4 | E4*4 | F#4*4"


class Piece(NamedTuple):
    """A faultless piece: its species, and the lines above the cantus, the highest first, or the one below it."""

    species: int
    lines: tuple[str, ...]
    below: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the added voices, as the genome kind gives them."""
        many = len(self.lines)
        return ("counterpoint",) if many == 1 else tuple(f"counterpoint {number}" for number in range(1, many + 1))

    @property
    def text(self) -> str:
        """The whole in the notation."""
        lines = [f"<{name}@0> {line}" for name, line in zip(self.names, self.lines, strict=True)]
        lines.insert(0 if self.below else len(lines), f"<cantus@0> {CANTUS}")
        return "D dorian 4/4: " + " ; ".join(lines)


PIECES = {
    "first": Piece(1, (FIRST,)), "second": Piece(2, (SECOND,)), "third": Piece(3, (THIRD,)),
    "fourth": Piece(4, (FOURTH,)), "fifth": Piece(5, (FIFTH,)),
    "three voices": Piece(1, (HIGHEST, MIDDLE)), "four voices": Piece(1, (HIGHEST, MIDDLE, LOW)),
}  # fmt: skip
UNDER = (  # in the first species, the second and so on, with the cantus above
    "D3*4 | D3*4 | A3*4 | B3*4 | E4*4 | D4*4 | C#4*4 | D4*4",
    "r*2 D3*2 | A3*2 B3*2 | C4*2 A3*2 | B3*2 A3*2 | G3*2 E4*2 | A3*2 D4*2 | E4*2 C#4*2 | D4*4",
    "r D3 E3 F3 | A3 G3 F3 D3 | A3 B3 C4 A3 | B3 C4 D4 B3 | E4 D4 C4 B3 | D4 E4 F4 D4 | C4 A3 B3 C#4 | D4*4",
    "r*2 D3*4 A3*4 C4*4 B3*4 E4*4 D4*4 C#4*2 | D4*4",
    "r*2 D3*2 | A3*2 D4*3 C4/2 B3/2 A3*2 | B3*3 A3 | G3*2 E4*4 D4*4 C#4*2 | D4*4",
)
BELOW = {f"species {number} below": Piece(number, (line,), below=True) for number, line in enumerate(UNDER, start=1)}
ALONE = {name: piece for name, piece in {**PIECES, **BELOW}.items() if len(piece.lines) == 1}


class Break(NamedTuple):
    """A rule, what to write instead of what in a piece to break it, and what fires if that is not the rule once."""

    rule: str
    old: str
    new: str
    fires: dict[str, int] | None = None


TWO_NOTES = {"note_values_of_species": 2}  # where one note has become two, or two have exchanged lengths
NO_CLOSE = {"ends_on_octave": 1, "cadence_by_step": 1}  # without an octave on the tonic there is no clausula either
CROSSED = {"voices_cross_briefly": 1, "voices_uncrossed": 3}  # of many voices each crossing is a fault by itself
MANY = (  # for three and for four voices
    Break("note_values_of_species", "A4*4 | A4*4", "A4*4 | A4*2 A4*2", TWO_NOTES),
    Break("no_parallel_perfects", "A4*4 | A4*4 | G4*4", "A4*4 | C5*4 | G4*4"),
    Break("legal_leaps", "D5*4 | C5*4 | C5*4 | D5*4", "D5*4 | C5*4 | B5*4 | D5*4"),
    Break("no_chromatic_steps", "B4*4 | B4*4", "B4*4 | Bb4*4"),
    Break("compass_limited", "C5*4 | C5*4 | D5*4 | D5*4", "C5*4 | G4*4 | D5*4 | D6*4"),
    Break("begins_on_tonic_chord", "A4*4 | A4*4", "B4*4 | A4*4"),
    Break("cadence_by_step", "C#5*4", "C5*4"),
    Break("voices_cross_briefly", "A4*4 | A4*4 | G4*4 | B4*4 | B4*4", "A4*4 | A5*4 | E5*4 | F5*4 | D5*4", CROSSED),
    Break("leading_tone_not_doubled", "A4*4 | G4*4 | A4*4", "A4*4 | C#5*4 | A4*4"),
    Break("voices_uncrossed", "A4*4 | G4*4 | B4*4", "A4*4 | E5*4 | B4*4"),
)  # fmt: skip
BREAKS: dict[str, tuple[Break, ...]] = {
    "first": (
        Break("note_values_of_species", "C5*4", "C5*2 C5*2", TWO_NOTES),
        Break("note_values_of_species", "A4*4 | C5*4", "A4*4 | r*4"),
        Break("dissonances_treated", "A4*4 | C5*4", "G4*4 | C5*4"),
        Break("no_parallel_perfects", "| A4*4 | C5*4", "| F4*4 | C5*4"),
        Break("no_parallel_perfects", "D4*4 | A4*4 | C5*4", "A4*4 | C5*4 | C5*4"),
        Break("no_direct_perfects", "F5*4 | E5*4", "F5*4 | G5*4"),
        Break("legal_leaps", "F5*4 | E5*4", "F5*4 | B4*4"),
        Break("no_chromatic_steps", "F5*4 | E5*4", "B4*4 | Bb4*4"),
        Break("compass_limited", "E5*4 | D5*4", "E5*4 | A5*4"),
        Break("begins_on_perfect", "D4*4 | A4*4", "F4*4 | A4*4"),
        Break("ends_on_octave", "C#5*4 | D5*4", "C#5*4 | B4*4", NO_CLOSE),
        Break("cadence_by_step", "C#5*4", "C5*4"),
        Break("voices_cross_briefly", "| A4*4 | C5*4 | F5*4 | E5*4", "| D4*4 | C4*4 | B3*4 | B4*4"),
    ),
    "second": (
        Break("note_values_of_species", "C5*2 G4*2", "C5*4"),
        Break("dissonances_treated", "A4*2 B4*2", "A4*2 G4*2"),
        Break("no_parallel_perfects", "D5*2 A4*2", "D5*2 C5*2"),
        Break("no_direct_perfects", "C5*2 G4*2", "C5*2 G5*2"),
        Break("legal_leaps", "C5*2 G4*2", "C5*2 E4*2"),
        Break("no_chromatic_steps", "E5*2 B4*2", "Bb4*2 B4*2"),
        Break("compass_limited", "D5*2 F5*2", "D5*2 A5*2"),
        Break("begins_on_perfect", "r*2 D4*2", "r*2 F4*2"),
        Break("ends_on_octave", "C#5*2 | D5*4", "C#5*2 | B4*4", NO_CLOSE),
        Break("cadence_by_step", "C#5*2", "C5*2"),
        Break(
            "voices_cross_briefly", "A4*2 B4*2 | C5*2 G4*2 | D5*2 F5*2 | E5*2 B4*2",
            "A3*2 D4*2 | C4*2 A3*2 | B3*2 D4*2 | B4*2 G4*2",
        ),
        Break("repeats_limited", "D5*2 F5*2", "D5*2 D5*2"),
    ),
    "third": (
        Break("note_values_of_species", "A4 B4 C5 D5", "A4*2 C5 D5"),
        Break("dissonances_treated", "F4 G4 | A4", "F4 E4 | A4"),
        Break("dissonances_treated", "F5 E5 C5 D5", "F5 E5 C5 A4"),
        Break("no_parallel_perfects", "C5 B4 | D5", "C5 E5 | D5"),
        Break("no_direct_perfects", "C5 B4 | D5", "C5 G5 | D5"),
        Break("legal_leaps", "C5 D5 | E5", "C5 F4 | E5"),
        Break("no_chromatic_steps", "A4 B4 C5 D5", "A4 C#5 C5 D5"),
        Break("compass_limited", "D5 E5 F5 D5", "D5 A5 F5 D5"),
        Break("begins_on_perfect", "r D4 F4 G4", "r F4 A4 B4"),
        Break("ends_on_octave", "C#5 | D5*4", "C#5 | B4*4", NO_CLOSE),
        Break("cadence_by_step", "C#5", "C5"),
        Break(
            "voices_cross_briefly", "r D4 F4 G4 | A4 B4 C5 D5 | E5 D5 C5 B4 | D5 E5 F5 D5 | B4 C5 D5 E5 | F5 E5 C5 D5",
            "r D4 F4 E4 | D4 A3 Bb3 D4 | C4 A3 C4 A3 | B3 D4 F4 A4 | B4 C5 D5 B4 | A4 B4 C5 D5",
        ),
        Break("repeats_limited", "F4 G4 | A4", "F4 F4 | A4"),
    ),
    "fourth": (
        Break("note_values_of_species", "D4*4 A4*4", "D4*5 A4*3", TWO_NOTES),
        Break("dissonances_treated", "A4*4 G4*2", "A4*4 B4*2"),
        Break("no_parallel_perfects", "D4*4 A4*4", "D4*2 | F4*2 A4*4"),
        Break("no_direct_perfects", "D4*4 A4*4", "A4*2 | F5*2 A4*4"),
        Break("legal_leaps", "D5*2 F5*4", "B4*2 F5*4"),
        Break("no_chromatic_steps", "D5*2 F5*4 E5*4", "B4*2 Bb4*4 D5*2 | A4*2"),
        Break("compass_limited", "F5*4 E5*4", "B5*4 E5*4"),
        Break("begins_on_perfect", "r*2 D4*4", "r*2 F4*4"),
        Break("ends_on_octave", "C#5*2 | D5*4", "C#5*2 | B4*4", NO_CLOSE),
        Break("cadence_by_step", "C#5*2", "C5*2"),
        Break("voices_cross_briefly", "A4*4 G4*2 | D5*2 F5*4 E5*4", "A3*4 C4*2 | B3*2 B4*4 D5*2 | A4*2"),
        Break("barlines_tied", "D4*4 A4*4 G4*2", "D4*2 | A4*2 C5*2 | G4*2 B4*2"),
        Break("cadence_suspended", "D5*4 C#5*2", "D5*2 | E5*2 C#5*2"),
        Break("suspensions_well_chosen", "D5*2 F5*4 E5*4", "D5*2 A4*4 G4*2 | A4*2"),
    ),
    "fifth": (
        Break("note_values_of_species", "A4 B4 C5*3", "A4 C5*2 D5 | C5"),
        Break("dissonances_treated", "A4 B4 C5*3", "A4 G4 C5*3"),
        Break("no_parallel_perfects", "A4 B4 C5*3", "F4 A4 C5*3"),
        Break("no_direct_perfects", "D4*2 | A4 B4", "A4*2 | F5 D5"),
        Break("legal_leaps", "A4 B4 C5*3", "A4 D4 C5*3"),
        Break("no_chromatic_steps", "A4 B4 C5*3", "A4 C#5 C5*3"),
        Break("compass_limited", "D5 E5 F5*3", "D5 A5 F5*3"),
        Break("begins_on_perfect", "r*2 D4*2", "r*2 F4*2"),
        Break("ends_on_octave", "C#5*2 | D5*4", "C#5*2 | B4*4", NO_CLOSE),
        Break("cadence_by_step", "C#5*2", "C5*2"),
        Break(
            "voices_cross_briefly", "A4 B4 C5*3 B4/2 A4/2 G4*2 | D5 E5 F5*3 D5 E5*4",
            "A3*2 D4*2 | C4*2 A3*2 | B3*2 B4*4 D5*2 | A4*2",
        ),
        Break("suspensions_well_chosen", "D5 E5 F5*3 D5 E5*4", "D5 B4 A4*4 G4*2 | A4*2"),
        Break("eighths_by_step", "B4/2 A4/2 G4*2", "G4/2 A4/2 G4*2"),
    ),
    "three voices": (
        *MANY,
        Break("dissonances_treated", "D5*4 | C5*4 | C5*4", "D5*4 | E5*4 | C5*4"),
        Break("ends_on_tonic_chord", "G4*4 | A4*4", "G4*4 | F4*4"),
    ),
    "four voices": (
        *MANY,
        Break("dissonances_treated", "D5*4 | D5*4 | D5*4", "A5*4 | D5*4 | D5*4"),
        Break("ends_on_tonic_chord", "F#4*4", "F4*4"),
    ),
}  # fmt: skip


def hard_rules(style: str, piece: Piece) -> list[Criterion]:
    """The constraints that a style sets a piece."""
    facts = {"species": piece.species, "count": len(piece.lines) + 1, "added": piece.names}
    made = []
    for given in style_named(style).criteria_for(facts)[1]:
        options = {key: value for key, value in given.items() if key not in ("rule", "voices")}
        heard = tuple(piece.names.index(name) + piece.below for name in given["voices"]) if "voices" in given else None
        made.append(Criterion.of_rule(given["rule"], options=options, voices=heard))
    return made


def fired(style: str, piece: Piece, phrases: Sequence[Phrase]) -> list[dict[str, int]]:
    """How often each hard rule of a style is broken in each phrase, those left out that are kept."""
    batch, found = Phrases.of(*phrases), [dict[str, int]() for _ in phrases]
    for criterion in hard_rules(style, piece):
        for counts, faults in zip(found, criterion.said(criterion.view(batch)).counts[0].tolist(), strict=True):
            if faults:
                counts[criterion.name] = counts.get(criterion.name, 0) + faults
    return found


@pytest.mark.parametrize("name", {**PIECES, **BELOW})
def test_a_faultless_piece_breaks_no_hard_rule(name: str) -> None:
    piece = {**PIECES, **BELOW}[name]
    for style in STYLES:
        assert fired(style, piece, [Phrase.parse(piece.text)]) == [{}], style


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        pytest.param(name, planted, id=f"{name} {planted.rule}: {planted.new}")
        for name, rows in BREAKS.items() for planted in rows
    ],
)  # fmt: skip
def test_a_planted_break_fires_its_rule_and_no_other(name: str, planted: Break) -> None:
    """Two breaks are never alone: that of the last interval of two voices, and a long crossing of many."""
    piece = PIECES[name]
    assert piece.text.count(planted.old) == 1
    broken = Phrase.parse(piece.text.replace(planted.old, planted.new))
    for style in STYLES:
        assert fired(style, piece, [broken]) == [planted.fires or {planted.rule: 1}], style


@pytest.mark.parametrize("name", PIECES)
@pytest.mark.parametrize("style", STYLES)
def test_every_hard_rule_has_a_planted_break_in_every_piece_it_is_for(style: str, name: str) -> None:
    """A new hard rule needs a row."""
    assert {criterion.name for criterion in hard_rules(style, PIECES[name])} == {row.rule for row in BREAKS[name]}


@pytest.mark.parametrize("style", STYLES)
def test_every_hard_rule_is_for_one_of_the_pieces(style: str) -> None:
    hard = {item["rule"] for item in style_named(style).criteria if item.get("hard")}
    assert hard == {criterion.name for piece in PIECES.values() for criterion in hard_rules(style, piece)}


LETTER = {pitch_of(f"{name}{octave}"): name[0] for octave in (2, 3, 4, 5) for name in "C C# D E F G A Bb B".split()}
FIGURES = {
    1: (), 2: ("passing",), 3: ("passing", "cambiata"), 4: ("suspension", "passing"),
    5: ("suspension", "passing", "neighbour", "cambiata"),
}  # fmt: skip
NEIGHBOURS = {"jeppesen", "salzer_schachter"}  # have them in the second and third species, where Fux has none
RHYTHM = {"note_values_of_species", "barlines_tied"}  # what no move of a note can break
BAR = 96  # ticks


class Moment(NamedTuple):
    """When one of two voices strikes, and what both sound: the added line and the cantus."""

    tick: int
    line: Note
    cantus: Note

    @property
    def interval(self) -> int:
        return abs(self.line.pitch - self.cantus.pitch) % 12

    @property
    def consonant(self) -> bool:
        return self.interval in (0, 3, 4, 7, 8, 9)

    @property
    def lower(self) -> str:
        return LETTER[min(self.line.pitch, self.cantus.pitch)]


def moments(*voices: Sequence[Note]) -> list[Moment]:
    """All of them from where the first voice enters."""
    ticks = sorted({note.onset for notes in voices for note in notes if note.onset >= voices[0][0].onset})
    return [Moment(tick, *(next(n for n in notes if n.onset <= tick < n.end) for notes in voices)) for tick in ticks]


def strength(tick: int) -> int:
    """Barlines are stronger than half bars, those than quarters, those than the rest."""
    return next(power for power, size in ((3, 96), (2, 48), (1, 24), (0, 1)) if tick % size == 0)


def staff(pitch: int) -> int:
    """The place of a note on the staff: letters, seven an octave."""
    return 7 * (pitch // 12) + "CDEFGAB".index(LETTER[pitch])


def figure(two: list[Moment], at: int) -> str:
    """What explains a dissonance, by the line that was added; nothing where it is wrong."""
    before, now, *after = *two[at - 1 : at + 1], *(m for m in two[at + 1 :] if m.line.onset == m.tick)
    if at == 0 or not before.consonant or not after or not after[0].consonant:
        return ""
    came, goes = now.line.pitch - before.line.pitch, after[0].line.pitch - now.line.pitch
    then = after[1].line.pitch - after[0].line.pitch if len(after) > 1 else 0
    if now.tick % BAR == 0:  # only what is held over from the bar before may be dissonant there
        in_bar = len(after) > 1 and after[1].tick < now.tick + BAR
        by_leap = abs(goes) > 2 and goes + then in (-1, -2) and in_bar and after[1].consonant
        return "suspension" if now.line.onset < now.tick and (goes in (-1, -2) or by_leap) else ""
    if any(strength(tick) > strength(now.tick) for tick in range(now.tick + 1, now.line.end)):
        return ""
    if abs(came) in (1, 2) and abs(goes) in (1, 2):
        return "passing" if came * goes > 0 else "neighbour" if came == -goes else ""
    return "cambiata" if came in (-1, -2) and goes in (-3, -4) and then in (1, 2) else ""


def motions(two: list[Moment], below: bool) -> set[str]:
    """What is wrong about how two voices move: fifths and octaves reached in one direction, two bars of crossing."""
    found = set()
    for before, now in pairwise(two):
        same_way = (now.line.pitch - before.line.pitch) * (now.cantus.pitch - before.cantus.pitch) > 0
        if same_way and now.interval in (0, 7):
            found.add("no_parallel_perfects" if now.interval == before.interval else "no_direct_perfects")
    side = -1 if below else 1
    for crossed, run in groupby(two, key=lambda m: side * (m.line.pitch - m.cantus.pitch) < 0):
        ticks = [moment.tick for moment in run]
        if crossed and ticks[-1] - ticks[0] >= 2 * BAR:
            found.add("voices_cross_briefly")
    return found


def expected(piece: Piece, figures: Sequence[str], line: Sequence[Note], cantus: Sequence[Note]) -> set[str]:
    """The hard rules that a line breaks, in the words of the books."""
    two, species = moments(line, cantus), piece.species
    leaps = [after.pitch - before.pitch for before, after in pairwise(line)]
    chromatic = [abs(b.pitch - a.pitch) == 1 and LETTER[a.pitch] == LETTER[b.pitch] for a, b in pairwise(line)]
    first, (before, last) = two[0], two[-2:]
    home = last.interval == 0 and last.lower == "D"
    closing = {last.line.pitch - before.line.pitch, last.cantus.pitch - before.cantus.pitch}
    explained = {m.tick: figure(two, at) for at, m in enumerate(two) if not m.consonant}
    bare = [  # 2-1 above, 7-8 below
        m.tick for m in two
        if (m.line.pitch - m.cantus.pitch in (1, 2) if m.line.pitch > m.cantus.pitch else m.interval in (10, 11))
    ]  # fmt: skip
    places = {3: 2, 4: 2, 5: 3, 7: 4, 8: 5, 9: 5, 12: 7}  # what a leap of so many semitones spans on the staff
    moves = any(6 * BAR < note.onset < 7 * BAR for note in line)  # in the bar before the last
    prepared = not moves or abs(line[-1].pitch - cantus[5].pitch) % 12 in (0, 3, 4, 7, 8, 9)
    odd = [abs(staff(b.pitch) - staff(a.pitch)) != places.get(abs(b.pitch - a.pitch)) for a, b in pairwise(line)]
    eighths = [leaps[max(0, at - 1) : at + 1] for at, note in enumerate(line) if note.duration == 12]
    broken = {
        "dissonances_treated": any(name not in figures for name in explained.values()),
        "legal_leaps": any(abs(leap) > 2 and wrong for leap, wrong in zip(leaps, odd, strict=True)),
        "no_chromatic_steps": any((*chromatic[:-2], chromatic[-1], chromatic[-2] and line[-2].pitch % 12 != 1)),  # C#
        "compass_limited": max(n.pitch for n in line) - min(n.pitch for n in line) > 17,
        "begins_on_perfect": first.interval not in (0, 7) or first.lower not in "DA",
        "ends_on_octave": not home,
        "cadence_by_step": not home or before.interval not in (3, 9) or closing not in ({1, -2}, {2, -1}),
        "repeats_limited": species in (2, 3) and 0 in leaps,
        "cadence_suspended": species == 4 and explained.get(6 * BAR) != "suspension" and prepared,
        "suspensions_well_chosen": species > 3 and any(explained.get(tick) == "suspension" for tick in bare),
        "eighths_by_step": any(abs(leap) not in (1, 2) for beside in eighths for leap in beside),
    }  # fmt: skip
    return motions(two, piece.below) | {rule for rule, is_broken in broken.items() if is_broken}


def moved(line: Sequence[Note], rng: random.Random) -> list[tuple[Note, ...]]:
    """A line with each note at each pitch of the mode near it, and some with a stretch at random places near by."""
    low, high = min(note.pitch for note in line) - 7, max(note.pitch for note in line) + 7
    register = [pitch for pitch in LETTER if low <= pitch <= high]
    lines = [(*line[:at], replace(line[at], pitch=to), *line[at + 1 :]) for at in range(len(line)) for to in register]
    for _ in range(SAMPLE):
        start, stop = sorted(rng.sample(range(len(line) + 1), 2))
        by, notes = rng.randint(-9, 9), [*line]
        for at in range(start, stop):
            place = register.index(notes[at].pitch) + by + rng.choice((-1, 0, 0, 0, 1))
            notes[at] = replace(notes[at], pitch=register[max(0, min(place, len(register) - 1))])
        lines.append(tuple(notes))
    return lines


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ALONE)
def test_moving_notes_fires_just_the_rules_that_they_break(name: str, style: str) -> None:
    """Each note of a faultless line goes to each pitch of the mode in its register; then several go at once."""
    piece = ALONE[name]
    whole = Phrase.parse(piece.text)
    voices = [voice.notes for voice in whole.voices]
    cantus, line = voices if piece.below else reversed(voices)
    figures = (*FIGURES[piece.species], *(["neighbour"] if style in NEIGHBOURS and piece.species in (2, 3) else []))
    lines = moved(line, random.Random(1))
    pairs = [(Voice(cantus), Voice(notes)) if piece.below else (Voice(notes), Voice(cantus)) for notes in lines]
    phrases = [replace(whole, voices=pair) for pair in pairs]
    found = [set(faults) for faults in fired(style, piece, phrases)]
    for notes, phrase, faults in zip(lines, phrases, found, strict=True):
        assert faults == expected(piece, figures, notes, cantus), str(phrase)
    assert set[str]().union(*found) == {criterion.name for criterion in hard_rules(style, piece)} - RHYTHM
