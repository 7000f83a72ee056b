"""One piece analysed: key, phrases, form, figures, harmony, tension, and its numbers beside those of a style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from evolve.anatomy import Analysis, KeyHeard, Section, Span
from evolve.exemplars import chosen_style
from evolve.formats.format import NO_KEY, read_phrase
from evolve.melodies import Track, as_meant, melody_of, voice_of
from evolve.unusual import far_shares, portraits, quantiles_of, standings
from fitness.features.contour import SHAPES, contour_profile
from fitness.features.harmony import CADENCES, cadences_heard
from fitness.features.tension import tension_curve
from fitness.implied import implied_triads
from fitness.keys import key_chances, key_correlations
from fitness.letters import form_of, phrases_of, rhythms_of
from fitness.motifs import motifs
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.phrasing import phrases_found
from fitness.setting import Setting
from fitness.theory import key_numbered
from fitness.verdict import Numbers

SHORT_BARS = 5  # a piece of so many bars that states no phrase ends is one phrase
LEAST_PARTS, MOST_PARTS = 8, 32  # of the curve of tension: a part a bar, but not fewer or more
NUMERALS = (("", "I", "ii", "iii", "IV", "V", "vi", "vii°"), ("", "i", "ii°", "III", "iv", "V", "VI", "VII"))


def analysed(paths: Sequence[Path], *, style: str = "folk_melody", track: Track = None) -> list[Analysis | ValueError]:
    """The analysis of each file, or why it cannot be read; ValueError where the style has no quantiles."""
    chosen = chosen_style(style)
    quantiles, name = quantiles_of(chosen), chosen.name or Path(style).stem
    found: list[Analysis | ValueError] = []
    for path in paths:
        remarks: list[str] = []
        try:
            phrase = read_phrase(path, remarks=remarks)
            line = line_of(phrase, track)
        except ValueError as error:
            what = str(error)
            found.append(ValueError(what if str(path) in what else f"{path}: {what}"))
            continue
        told = [remark.removeprefix(f"{path}: ") for remark in remarks]
        others = tuple(remark for remark in told if NO_KEY not in remark)
        one = analysis_of(line, name=str(path), style=name, voices=len(phrase.voices))
        found.append(replace(one, key_stated=len(told) == len(others), remarks=others))
    return with_numbers(found, quantiles)


def line_of(phrase: Phrase, track: Track = None) -> Phrase:
    """The piece with one voice, its melody; ValueError where there is none."""
    return as_meant(replace(phrase, voices=(voice_of(phrase, track),)))


def analysis_of(line: Phrase, *, name: str = "", style: str = "", voices: int = 1, key_stated: bool = True) -> Analysis:
    """A line of one voice with a note or more, analysed; without the numbers, for which `with_numbers` is."""
    rhythms = rhythms_of(line)
    stated = len(line.ends) > 1
    whole = replace(line, ends=phrases_found(line)) if not stated and len(rhythms) > SHORT_BARS else line
    batch = Phrases.of(whole)
    parts = min(max(len(rhythms), LEAST_PARTS), MOST_PARTS)
    return Analysis(
        name, whole, voices, _key_heard(batch), True, stated, _sections(whole, batch), rhythms, motifs(whole),
        _spans(whole, batch), tuple(tension_curve(batch, parts=parts)[:, 0].round(9).tolist()), style,
    )  # fmt: skip


def with_numbers(
    found: Sequence[Analysis | ValueError], quantiles: Mapping[str, tuple[float, ...]]
) -> list[Analysis | ValueError]:
    """The same with the portrait of each line of two notes or more beside a style's quantiles.

    Each is heard as the pieces of a style are: where no phrase ends are stated, a phrase ends every four bars.
    """
    heard: list[int] = []
    lines: list[Phrase] = []
    for i, one in enumerate(found):
        if isinstance(one, Analysis):
            ends = one.line.ends if one.phrases_stated else ()
            melody = melody_of(replace(one.line, ends=ends))
            if melody is not None:
                heard.append(i)
                lines.append(melody)
    numbers: Numbers = portraits(lines) if lines else np.empty((0, 0))
    whole = list(found)
    for column, i in enumerate(heard):
        one, values = found[i], numbers[:, column]
        assert isinstance(one, Analysis)
        whole[i] = replace(one, standings=standings(values, quantiles), far=far_shares(values, quantiles))
    return whole


def _key_heard(batch: Phrases) -> KeyHeard:
    correlations, chances = key_correlations(batch)[:, 0].round(9), key_chances(batch)[:, 0]
    tonics = chances[:12] + chances[12:]
    best = int(np.argmax(correlations))
    others = np.where(np.arange(24) % 12 == best % 12, -2.0, correlations)
    following = int(np.argmax(others))
    return KeyHeard(
        key_numbered(best), float(tonics[best % 12]), key_numbered(following), float(tonics[following % 12]),
        tuple(correlations.tolist()),
    )  # fmt: skip


def _sections(line: Phrase, batch: Phrases) -> tuple[Section, ...]:
    """The phrases that have notes."""
    parts = phrases_of(line)
    shapes = _shapes(parts)
    degrees, cadences = (x[0, :, 0].tolist() for x in (batch.notes.degree, cadences_heard(batch)))
    starts, bar = [0, *line.ends], Setting.of(line).bar
    sections, first = [], 0
    for part, shape, letter in zip(parts, shapes, form_of(line), strict=True):
        last = first + len(part) - 1
        number = int(np.searchsorted(line.ends, part[0].onset, side="right"))
        longest = max(part, key=lambda note: note.duration)
        sections.append(
            Section(
                str(letter), starts[number], starts[min(number + 1, len(starts) - 1)],
                (int(bar[part[0].onset]), int(bar[part[-1].onset])), len(part), shape,
                (degrees[first], degrees[last]), "" if cadences[last] < 0 else CADENCES[cadences[last]],
                longest, int(bar[longest.onset]),
            )
        )  # fmt: skip
        first = last + 1
    return tuple(sections)


def _shapes(parts: Sequence[tuple[Note, ...]]) -> list[str]:
    """The shape of each phrase by Huron's classes; of fewer than three notes none."""
    moved = [Voice(tuple(replace(note, onset=note.onset - part[0].onset) for note in part)) for part in parts]
    length = max((voice.notes[-1].end for voice in moved), default=1)
    told = contour_profile(Phrases.of(*(Phrase((voice,), length) for voice in moved)))
    return [SHAPES[int(np.argmax(column))] if column.any() else "" for column in told.T]


def _spans(line: Phrase, batch: Phrases) -> tuple[Span, ...]:
    setting = Setting.of(line)
    starts = np.flatnonzero(setting.opens_span[: line.length]).tolist()
    numerals = NUMERALS[line.keys[0][1].number >= 12]
    triads = implied_triads(batch)[:, 0].tolist()
    return tuple(
        Span(start, end, int(setting.bar[start]), numerals[triad])
        for (start, end), triad in zip(pairwise([*starts, line.length]), triads, strict=True)
    )
