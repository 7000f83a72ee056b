"""Analyses of pieces in words, for a terminal of some hundred columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

from evolve.anatomy import Analysis, Section
from evolve.text import safe_text
from evolve.unusual import Standing
from fitness.letters import letter_of
from fitness.motifs import Motif, Place
from fitness.theory import QUARTER

WIDTH = 100
MOST_PHRASES, MOST_HARMONY, MOST_NUMBERS, MOST_FAR, MOST_PLACES = 24, 16, 12, 6, 12
NAMES = 32  # columns of the name of a number
FEW = 3  # numbers told of each of several pieces
LEVELS = "▁▂▃▄▅▆▇█"
STRIP = 21  # columns of the line on which a number stands, 5th to 95th percentile in its middle
EDGE = 5  # of them outside on each side
STEPS = ("a unison", "a second", "a third", "a fourth", "a fifth", "a sixth", "a seventh", "an octave")
MARGIN = "  "

Item = TypeVar("Item")


def report(analysis: Analysis) -> list[str]:
    """All that is known of one piece."""
    lines = [safe_text(analysis.name, 400), *(f"{MARGIN}note: {safe_text(text, 300)}" for text in analysis.remarks)]
    lines += ["", *_facts(analysis), "", *_phrases(analysis), "", *_harmony(analysis)]
    lines += ["", *_figures(analysis), "", *_tension(analysis), "", *_numbers(analysis)]
    return [line.rstrip() for line in lines]


def summary(analysis: Analysis) -> list[str]:
    """The same in a few lines, where there are several pieces."""
    form = analysis.form
    lines = [
        safe_text(analysis.name, 400),
        f"{MARGIN}{_key(analysis)}; {_metre(analysis)}; form {form if len(form) <= 60 else form[:57] + '...'}",
    ]
    for standing in analysis.standings[:FEW]:
        lines.append(f"{MARGIN}{_standing(standing)}")
    return [*(line.rstrip() for line in lines), ""]


def _facts(analysis: Analysis) -> list[str]:
    line = analysis.line
    key, pitches = line.keys[0][1], [note.pitch for note in analysis.notes]
    low, high = min(pitches), max(pitches)
    named = f"'{safe_text(line.voices[0].name, 40)}'" if line.voices[0].name else "the first with notes"
    voice = f"; the voice is {named} of {analysis.voices}" if analysis.voices > 1 else ""
    number = len(analysis.notes)
    return [
        f"{MARGIN}key       {_key(analysis, whole=True)}",
        f"{MARGIN}metre     {_metre(analysis)}",
        f"{MARGIN}line      {number} note{'s' * (number != 1)}, {key.name_of(low)} to {key.name_of(high)}"
        f" ({high - low} semitones){voice}",
    ]


def _key(analysis: Analysis, *, whole: bool = False) -> str:
    heard, used = analysis.key, analysis.line.keys[0][1]
    if used.number == heard.best.number or used.pitch_class == heard.best.pitch_class:
        said = f"{used}, certainty {_chance(heard.certainty)}"
        origin = "stated" if analysis.key_stated else "found"
        also = f"; {heard.best} fits best" if used.number != heard.best.number else ""
        return f"{said} ({origin}{also}; next {heard.next}, {_chance(heard.next_chance)})" if whole else said
    heard_as = f"{heard.best} is heard, certainty {_chance(heard.certainty)}"
    return f"{used} is stated; {heard_as}" + f" (next {heard.next}, {_chance(heard.next_chance)})" * whole


def _chance(chance: float) -> str:
    """A chance with two digits, never rounded to none or all.

    >>> _chance(0.9996), _chance(0.5), _chance(0.001)
    ('>.99', '.50', '<.01')
    """
    return ">.99" if chance > 0.99 else "<.01" if chance < 0.01 else f"{chance:.2f}"[1:]


def _metre(analysis: Analysis) -> str:
    line = analysis.line
    changes = len(line.metres) - 1
    others = f" ({changes} change{'s' * (changes != 1)})" if changes else ""
    pickup = f" after a pick-up of {_quarters(line.pickup)}" if line.pickup else ""
    return f"{line.metres[0][1]}{others}, {analysis.bars} bar{'s' * (analysis.bars != 1)}{pickup}"


def _quarters(ticks: int) -> str:
    whole, part = divmod(Fraction(ticks, QUARTER), 1)
    number = f"{whole} {part}" if whole and part else str(part or whole)
    return f"{number} quarter{'s' * (number not in ('1', str(part)))}"


def _phrases(analysis: Analysis) -> list[str]:
    how = "stated" if analysis.phrases_stated else "found" if len(analysis.sections) > 1 else "none is stated"
    lines = [f"Phrases ({how}): {safe_text(analysis.form, 80)}"]
    lines.append(f"{MARGIN}{'':4}  {'bars':9} notes  {'shape':18} degrees  {'cadence':10} longest note")
    for section in analysis.sections[:MOST_PHRASES]:
        lines.append(MARGIN + _section(section))
    lines += _more(len(analysis.sections) - MOST_PHRASES)
    rhythms = ["-" if number is None else letter_of(number).lower() for number in analysis.rhythms]
    return [*lines, *_wrapped(f"{MARGIN}rhythm of the bars: ", [" ".join(part) for part in _fours(rhythms)], "  ")]


def _section(section: Section) -> str:
    first, last = section.bars
    bars = f"{first}-{last}" if first != last else str(first)
    degrees = " to ".join(str(degree or "#") for degree in section.degrees)
    longest = f"{_quarters(section.longest.duration)}, bar {section.longest_bar}"
    return (
        f"{section.letter:4}  {bars:9} {section.notes:5}  {section.shape or '-':18} {degrees:7}"
        f"  {section.cadence or '-':10} {longest}"
    )


def _harmony(analysis: Analysis) -> list[str]:
    if not analysis.harmonic_rhythm:
        return ["Harmony implied: none"]
    lines = [f"Harmony implied; it changes every {analysis.harmonic_rhythm:.1f} bars in the mean"]
    bars: dict[int, list[str]] = {}
    for span in analysis.spans:
        bars.setdefault(span.bar, []).append(span.numeral or "-")
    rows = list(_fours(sorted(bars.items())))
    for row in rows[:MOST_HARMONY]:
        cells = [" ".join(numerals if len({*numerals}) > 1 else numerals[:1]) for _, numerals in row]
        lines.append(f"{MARGIN}{row[0][0]:4}  | " + " | ".join(f"{cell:10}" for cell in cells) + " |")
    return lines + _more(sum(map(len, rows[MOST_HARMONY:])), "bars")


def _figures(analysis: Analysis) -> list[str]:
    if not analysis.motifs:
        return ["Figures that return: none"]
    lines = ["Figures that return"]
    for motif in analysis.motifs:
        notes = analysis.notation(motif)
        lines.append(MARGIN + (notes if len(notes) < WIDTH - 2 else notes[: WIDTH - 6] + " ..."))
        lines += _wrapped(f"{MARGIN}    ", _places(analysis, motif), ", ")
    return lines


def _places(analysis: Analysis, motif: Motif) -> list[str]:
    told = [f"{motif.moves} moves; bar {_bar(analysis, motif.places[0])}"]
    told += [_bar(analysis, place) + _relation(place) for place in motif.places[1:MOST_PLACES]]
    told += [f"and {len(motif.places) - MOST_PLACES} more"] * (len(motif.places) > MOST_PLACES)
    rhythms = [_bar(analysis, place) for place in motif.rhythms[:MOST_PLACES]]
    if rhythms:
        told[-1] += f"; in rhythm only {rhythms[0]}"
        told += rhythms[1:] + [f"and {len(motif.rhythms) - MOST_PLACES} more"] * (len(motif.rhythms) > MOST_PLACES)
    return told


def _bar(analysis: Analysis, place: Place) -> str:
    bar, beat = analysis.where(place)
    whole, part = divmod(beat, 1)
    return str(bar) if beat == 1 else f"{bar} beat {whole}{f' {part}' if part else ''}"


def _relation(place: Place) -> str:
    octaves, steps = divmod(abs(place.steps), 7)
    far = (
        STEPS[abs(place.steps)] if abs(place.steps) < 8 else f"{STEPS[steps]} and {octaves} octave{'s' * (octaves > 1)}"
    )
    words = [f"{far} {'higher' if place.steps > 0 else 'lower'}"] if place.steps else []
    words += ["altered"] if place.relation == "transposed" and not place.steps else []
    if place.speed != 1:
        words.append(f"{place.speed} times as long" if place.speed > 1 else f"{1 / place.speed} times as fast")
    return f" ({', '.join(words)})" if words else ""


def _tension(analysis: Analysis) -> list[str]:
    low, high = min(analysis.tension), max(analysis.tension)
    level = [(value - low) / (high - low) if high > low else 0.0 for value in analysis.tension]
    curve = "".join(LEVELS[min(int(8 * each), 7)] for each in level)
    first, last = analysis.peak
    where = f"bar {first}" if first == last else f"bars {first}-{last}"
    return [f"Tension   {curve}   highest in {where} ({high:+.1f} deviations from folk song's mean)"]


def _numbers(analysis: Analysis) -> list[str]:
    style = safe_text(analysis.style, 60)
    if not analysis.standings:
        return [f"Beside {style}: too few notes to be measured"]
    outside = sum(standing.beyond > 0 for standing in analysis.standings)
    lines = [
        f"Beside {style}: {outside} of {len(analysis.standings)} numbers lie outside 90 % of its pieces",
        f"{MARGIN}{'':{NAMES}} {'value':>8}   {'5 %':>7} {'median':>7} {'95 %':>7}   {_strip(None)}",
    ]
    lines += [f"{MARGIN}{_standing(standing)}" for standing in analysis.standings[:MOST_NUMBERS]]
    for standing in analysis.standings[:FEW]:
        lines.append(safe_text(f"{MARGIN}{standing.label}: {standing.summary}", WIDTH + 60))
    if analysis.far:
        lines.append("Far from it besides (shares)")
        lines += [f"{MARGIN}{_standing(standing)}" for standing in analysis.far[:MOST_FAR]]
    return lines


def _standing(standing: Standing) -> str:
    low, _, middle, _, high = standing.quantiles
    figures = f"{standing.value:8.3g}   {low:7.3g} {middle:7.3g} {high:7.3g}"
    return f"{standing.label[:NAMES]:{NAMES}} {figures}   {_strip(standing)}"


def _strip(standing: Standing | None) -> str:
    """A line with the style's band between brackets and a mark where the number stands; or its legend."""
    if standing is None:
        return f"{'[':>{EDGE + 1}}{'90 %':^{STRIP - 2 * EDGE - 2}}]"
    columns = ["·"] * STRIP
    columns[EDGE], columns[STRIP - EDGE - 1] = "[", "]"
    inside = STRIP - 2 * EDGE - 3
    place = standing.place
    if standing.beyond > 0:
        out = min(EDGE - 1, round(standing.beyond * inside))
        column = EDGE - 1 - out if place < 0 else STRIP - EDGE + out
    else:
        column = EDGE + 1 + round(min(max(place, 0.0), 1.0) * inside)
    columns[column] = "●"
    return "".join(columns)


def _fours(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (items[start : start + 4] for start in range(0, len(items), 4))


def _more(number: int, what: str = "phrases") -> list[str]:
    return [f"{MARGIN}      ... and {number} more {what} (--json has all)"] if number > 0 else []


def _wrapped(head: str, words: Sequence[str], between: str) -> list[str]:
    """Words in lines, those after the first indented like it; at most eight lines."""
    lines, row = [], head
    for number, word in enumerate(words):
        piece = word + between * (number < len(words) - 1)
        if len(row) + len(piece.rstrip()) > WIDTH and row.strip():
            lines.append(row.rstrip())
            row = " " * len(head)
        row += piece
    lines.append(row.rstrip())
    return lines if len(lines) <= 8 else [*lines[:8], " " * len(head) + "... (--json has all)"]
