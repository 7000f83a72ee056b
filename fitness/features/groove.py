"""Features of emptiness and groove as MusPy defines its metrics: see `texture`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fitness.entries import feature, usual_band
from fitness.phrases import Phrases
from fitness.setting import Settings
from fitness.theory import QUARTER
from fitness.verbs import tally
from fitness.verdict import Numbers
from fitness.views import Mask, Ticks


@feature(**usual_band(0.0, 0.125, 0.04))
def empty_beat_share(phrases: Phrases, *, muspy_compat: bool = False) -> Numbers:
    """Share of the beats in which no voice sounds.

    Beats are those of the metre in force (three eighths in 6/8); what lies before the first of them in a
    pick-up is one too.  With `muspy_compat` they are quarter notes from tick 0, the beat in which a note
    ends counts as played even if the note ends as it begins, and the last beat is the one at the end of
    the last note.
    Default band: 95th percentile of 300 German-language folk songs of about eight bars (Essen collection;
    mean .07; measured); their 5th, .03, is lowered to 0, for it is the rest that fills the last bar
    after a pick-up.
    Source: Dong et al., MusPy, ISMIR (2020), empty_beat_rate.

    >>> from fitness.phrase import Phrase
    >>> empty_beat_share(Phrases.of(Phrase.parse("C4 r*2 D4"))).tolist()
    [[0.5]]
    >>> empty_beat_share(Phrases.of(Phrase.parse("C4 r*2 D4")), muspy_compat=True).round(3).tolist()
    [[0.2]]
    """
    if muspy_compat:
        return _empty_share_of_muspy(phrases, np.array([QUARTER]))
    return _empty_share_of(phrases, _beat)


@feature(**usual_band(0.0, 0.05, 0.05))
def empty_bar_share(phrases: Phrases, *, muspy_compat: bool = False) -> Numbers:
    """Share of the bars in which no voice sounds; a pick-up is one too.

    With `muspy_compat` bars have the length of the first metre's and are counted from tick 0, the bar in
    which a note ends counts as played even if the note ends as it begins, and the last bar is the one at
    the end of the last note.
    Default band: 0, for none of 300 German-language folk songs of about eight bars (Essen collection;
    measured) has an empty bar; the width .05 and the deviation .05 are conventions of this project.
    Source: Dong et al., MusPy, ISMIR (2020), empty_measure_rate.

    >>> from fitness.phrase import Phrase
    >>> empty_bar_share(Phrases.of(Phrase.parse("C4*4 | r*4"))).tolist()
    [[0.5]]
    >>> empty_bar_share(Phrases.of(Phrase.parse("C4*4 | r*4")), muspy_compat=True).tolist()
    [[0.0]]
    """
    if muspy_compat:
        return _empty_share_of_muspy(phrases, _first_bar(phrases.settings))
    return _empty_share_of(phrases, _bar)


@feature(**usual_band(0.955, 0.992, 0.011))
def groove_consistency(phrases: Phrases, *, muspy_compat: bool = False) -> Numbers:
    """How alike the rhythm of each bar is to the next: the share of ticks at which both strike a note or neither.

    All voices together are one rhythm; a pick-up is no bar.  Two bars of unequal length are compared as far as the
    shorter goes.  Most ticks are silent in all music: even a bar of quarters and a bar of eighths are
    96 % alike.  0 where there are no two bars.  With `muspy_compat` bars have the length of the first
    metre's and are counted from tick 0, the last being the one at the end of the last note, though it be
    empty.
    Default band: 5th to 95th percentile of 300 German-language folk songs of about eight bars (Essen
    collection; measured).
    Source: Dong et al., MusPy, ISMIR (2020), groove_consistency; Wu and Yang, "The Jazz Transformer on the
    Front Line", ISMIR (2020), GS.

    >>> from fitness.phrase import Phrase
    >>> groove_consistency(Phrases.of(Phrase.parse("4/4: C4 D4 E4 F4 | G4/2 F4/2 E4*3"))).tolist()
    [[0.96875]]
    >>> groove_consistency(Phrases.of(Phrase.parse("4/4: C4 D4 E4 F4 | G4*4")), muspy_compat=True).tolist()
    [[0.9791666666666666]]
    """
    settings = phrases.settings
    onset, struck = _strokes(phrases)
    if muspy_compat:
        step = _first_bar(settings)
        bar, place = onset // step + 1, onset % step
        number = _last_end(phrases) // step + 1
        lengths = np.where(np.arange(number.max(initial=0))[:, None] < number, step, 0)
    else:
        bar, place = settings.at("bar", onset), settings.at("place", onset)
        lengths = (phrases.bars.end - phrases.bars.onset)[0]
        struck &= bar > 0
    lengths = np.pad(lengths, ((1, 1), (0, 0)))  # before the first bar and after the last there is none
    column = np.arange(phrases.n) % lengths.shape[1]
    here, before, after = (lengths[which, column] for which in (bar, bar - 1, bar + 1))
    with_before, with_after = struck & (place < before), struck & (place < after)
    moved = np.where(with_after, onset + here, -1)  # each stroke, where it would lie in the next bar
    both = np.concatenate([np.where(with_before, onset, -1), moved])
    both.sort(axis=0)
    alike = (both[1:] == both[:-1]) & (both[1:] >= 0)
    strokes = np.add.reduce(np.concatenate([with_before, with_after]), axis=0, dtype=np.int64)
    pairs = np.add.reduce(alike, axis=0, dtype=np.int64)
    ticks = np.add.reduce(np.minimum(lengths[1:], lengths[:-1]), axis=0, dtype=np.int64)
    consistency: Numbers = 1.0 - (strokes - 2 * pairs) / np.maximum(ticks, 1)
    consistency *= ticks > 0
    return consistency[None]


def _strokes(phrases: Phrases) -> tuple[Ticks, Mask]:
    """The onsets of all voices, and whether each is the first at its tick, both `[positions, n]`."""
    notes = phrases.notes
    onset = np.concatenate(np.where(notes.present, notes.onset, -1))
    onset.sort(axis=0)
    struck = onset >= 0
    struck[1:] &= onset[1:] != onset[:-1]
    return np.maximum(onset, 0), struck


def _beat(settings: Settings, tick: Ticks) -> Ticks:
    """The beat in which each tick lies, the first, whole or cut short, being 0."""
    tables = [np.cumsum(setting.on_beat, dtype=np.int32) - setting.on_beat[0] for setting in settings.each]
    starts = np.cumsum([0, *map(len, tables[:-1])])
    beat: Ticks = np.concatenate(tables).take(tick if settings.index is None else tick + starts[settings.index])
    return beat


def _bar(settings: Settings, tick: Ticks) -> Ticks:
    """The bar in which each tick lies, the first, whole or a pick-up, being 0."""
    bar: Ticks = settings.at("bar", tick) - settings.at("bar", np.zeros(1, np.int32))
    return bar


def _first_bar(settings: Settings) -> Ticks:
    """Ticks of a bar of each phrase's first metre, `[1 or n]`."""
    return settings.at("bar_length", np.zeros(1, np.int32))


def _last_end(phrases: Phrases) -> Ticks:
    """The tick at which the last note of all voices ends, `[n]`; 0 where there is none."""
    last: Ticks = phrases.notes.end.max(axis=(0, 1), initial=0)
    return last


def _empty_share_of(phrases: Phrases, part: Callable[[Settings, Ticks], Ticks]) -> Numbers:
    """Share of the parts of the phrase in which no note sounds; `part` says in which a tick lies."""
    notes, settings = phrases.notes, phrases.settings
    length = settings.numbers("length")
    last = part(settings, notes.end - notes.present)  # the last tick of the note
    return _empty_share(notes.present, part(settings, notes.onset), last, (part(settings, length) + 1) * (length > 0))


def _empty_share_of_muspy(phrases: Phrases, step: NDArray[np.integer]) -> Numbers:
    """Share of the parts of `step` ticks each that no note reaches, ends counted in."""
    notes, end = phrases.notes, _last_end(phrases)
    return _empty_share(notes.present, notes.onset // step, notes.end // step, (end // step + 1) * (end > 0))


def _empty_share(sounds: Mask, first: Ticks, last: Ticks, number: NDArray[np.integer]) -> Numbers:
    """Share of `number` parts that no note reaches, each lasting from part `first` to part `last`, `[1, n]`."""
    most = int(number.max(initial=0))
    begun, ended = tally(first, sounds, most + 1), tally(last + 1, sounds, most + 1)
    reached = np.cumsum(begun - ended, axis=0)[:most] > 0
    empty: Numbers = (number - np.add.reduce(reached, axis=0, dtype=np.int64)) / np.maximum(number, 1)
    return empty[None]
