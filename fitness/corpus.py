"""What a set of pieces teaches: small models of its lines, and how they are surprised by another line.

Six views of a line, each with a model that mixes contexts of two, one and no elements: pitch with length, pitch,
interval, length by its place in the bar, pitch by bar and place, and the rhythm of whole bars.  A piece of the set
itself is heard with its own counts left out, else it would seem far more familiar than any new one can be.

Source: Pearce, The Construction and Evaluation of Statistical Models of Melodic Structure (2005), for multiple
viewpoints; MacKay and Peto, "A Hierarchical Dirichlet Language Model", Natural Language Engineering 1 (1995), for
the mixing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fitness.entries import mean_of
from fitness.phrases import Phrases
from fitness.verbs import Array, Mask, chained, earlier, mixed, whole_runs
from fitness.verdict import Numbers

BITS = 19  # events are counted by so many bits of their hash: of 5,000 different ones fifty share a place
MIXED = 2.0  # how many cases the shorter context counts as
RUNS = ((3, False), (5, False), (8, False), (2, True), (4, True), (7, True))  # moves; with their rhythm
ORDERS = 3  # contexts of none, one and two elements
DECIMALS = 9  # of the numbers: sums of one piece are added in another order than those of many

Hashes = NDArray[np.uint64]


def _pitch(phrases: Phrases) -> tuple[Hashes, Hashes]:
    """Semitones above the tonic, at their height; without a place."""
    notes = phrases.notes
    tonic = phrases.settings.at("tonality", notes.onset).astype(np.int64) % 12
    octave = np.floor((_centre(phrases) - tonic + 6) / 12).astype(np.int64)  # an even one would be rounded otherwise
    height = notes.pitch - tonic - 12 * octave
    return _hash(height + 128), np.zeros(1, np.uint64)


def _pitch_and_length(phrases: Phrases) -> tuple[Hashes, Hashes]:
    return _pitch(phrases)[0] + mixed(_hash(phrases.notes.duration)), np.zeros(1, np.uint64)


def _interval(phrases: Phrases) -> tuple[Hashes, Hashes]:
    notes = phrases.notes
    return _hash(np.where(notes.has_previous, notes.approached_by.astype(np.int64) + 128, 0)), np.zeros(1, np.uint64)


def _length_by_place(phrases: Phrases) -> tuple[Hashes, Hashes]:
    notes = phrases.notes
    whole = phrases.settings.at("bar_length", notes.onset).astype(np.int64)
    return _hash(notes.duration), _hash(whole * 4096 + notes.place)


def _pitch_by_bar(phrases: Phrases) -> tuple[Hashes, Hashes]:
    notes = phrases.notes
    last = phrases.bars.number - notes.bar
    ends = np.minimum(last, 2)  # the last bars are places of their own
    strong = np.minimum(-notes.weight.astype(np.int64), 2)
    return _pitch(phrases)[0], _hash((notes.bar % 4) * 16 + ends * 4 + strong)


def _centre(phrases: Phrases) -> Numbers:
    """The mean pitch of each phrase."""
    return mean_of(phrases.notes.pitch, phrases.notes.present)


def _hash(number: Array) -> Hashes:
    return mixed(number.astype(np.uint64) + np.uint64(1))


def _bar_rhythms(phrases: Phrases) -> tuple[Hashes, Hashes, Mask]:
    """The rhythm of each bar, the place of the bar in four, and whether it has a note; `[1, bars, n]`."""
    bars = phrases.bars
    number = np.arange(bars.onset.shape[1])[:, None]
    whole = phrases.settings.at("bar_length", bars.onset).astype(np.int64)
    ends = np.minimum(bars.number - 1 - number, 1)
    place = np.where(bars.present[:1], whole * 64 + (number % 4) * 8 + ends + 1, 0)
    return mixed(bars.rhythm[:1].astype(np.uint64)), _hash(place), bars.present[:1] & (bars.count[:1] > 0)


View = Callable[[Phrases], tuple[Hashes, Hashes]]
VIEWS: dict[str, View] = {
    "pitch and length": _pitch_and_length, "pitch": _pitch, "interval": _interval,
    "length by place": _length_by_place, "pitch by bar": _pitch_by_bar,
}  # fmt: skip
RHYTHMS = "bar rhythm"
NAMES = (*VIEWS, RHYTHMS)


def _events(phrases: Phrases, name: str) -> tuple[Hashes, Hashes, Mask]:
    """Elements, places and whether there is one, of one view of the first voice."""
    if name == RHYTHMS:
        return _bar_rhythms(phrases)
    element, place = VIEWS[name](phrases)
    return element[:1], place[:1] if place.ndim > 1 else place, phrases.notes.present[:1]


@dataclass(frozen=True, eq=False)
class Counts:
    """How often contexts, and elements after them, came: tables by hash."""

    contexts: tuple[NDArray[np.uint16], ...]
    whole: tuple[NDArray[np.uint16], ...]
    elements: int


@dataclass(frozen=True, eq=False)
class Corpus:
    """The models of some pieces, made of the first voice of each.

    >>> from fitness.phrase import Phrase
    >>> tunes = Phrases.of(*[Phrase.parse("C4 D4 E4 C4 | C4 D4 E4 C4")] * 3)
    >>> corpus = Corpus(tunes)
    >>> strange = Phrases.of(Phrase.parse("C4 F#4 B4 Eb4 | A4 D4 Ab4 C4"))
    >>> (corpus.numbers(tunes) < corpus.numbers(strange))[:6:3].ravel().tolist()
    [True, True, True, True, True, True]
    """

    pieces: Phrases

    @cached_property
    def _models(self) -> dict[str, Counts]:
        return {name: _counted(self.pieces, name) for name in NAMES}

    @cached_property
    def _runs(self) -> dict[tuple[int, bool], tuple[Hashes, NDArray[np.int64]]]:
        """The different runs of moves, sorted, and in how many pieces each is."""
        found = {}
        for size, rhythm in RUNS:
            runs, there = _moves(self.pieces, size, rhythm)
            each = np.unique(np.stack([runs[there], np.nonzero(there)[2].astype(np.uint64)]), axis=1)
            found[size, rhythm] = np.unique(each[0], return_counts=True)
        return found

    def names(self) -> list[str]:
        """What each row of `numbers` is."""
        told = [f"surprise by {name}: {what}" for name in NAMES for what in ("mean", "deviation", "change")]
        return told + [f"shared {'figures' if rhythm else 'intervals'} of {size}" for size, rhythm in RUNS]

    def numbers(self, phrases: Phrases, *, own: bool = False) -> Numbers:
        """For each view the mean surprise in bits, its deviation, and second half less first; shares of runs of moves.

        `[rows, n]`.  With `own`, each phrase is one of the pieces itself, and is left out.
        """
        rows = []
        for name in NAMES:
            bits, there = self._surprise(phrases, name, own)
            mean = mean_of(bits, there)
            deviation = np.sqrt(mean_of((bits - mean) ** 2, there))
            half = np.cumsum(there, axis=1) * 2 > np.add.reduce(there, axis=1, dtype=np.int64)[:, None]
            change = mean_of(bits, there & half) - mean_of(bits, there & ~half)
            rows += [mean, deviation, change]
        rows += [self._share(phrases, size, rhythm, own) for size, rhythm in RUNS]
        return np.concatenate(rows).round(DECIMALS)

    def _share(self, phrases: Phrases, size: int, rhythm: bool, own: bool) -> Numbers:
        """Share of the runs of so many moves that another piece has, `[1, n]`."""
        known, pieces = self._runs[size, rhythm]
        runs, there = _moves(phrases, size, rhythm)
        if not known.size:
            return np.zeros((1, phrases.n))
        place = np.minimum(np.searchsorted(known, runs), known.size - 1)
        return mean_of((known[place] == runs) & (pieces[place] > int(own)), there)

    def _surprise(self, phrases: Phrases, name: str, own: bool) -> tuple[Numbers, Mask]:
        """The surprise of each element in bits, and where there is one."""
        model = self._models[name]
        element, place, there = _events(phrases, name)
        chance: Numbers = np.full(there.shape, 1.0 / (model.elements + 1))
        for order, (context, whole) in enumerate(_contexts(element, place)):
            counts = []
            for table, index in ((model.contexts[order], context), (model.whole[order], whole)):
                at = np.broadcast_to(_index(index), there.shape)
                count = table.take(at).astype(np.int64)
                counts.append(count - _own(at, there) if own else count)
            seen = np.minimum(counts[1], counts[0])  # two that share a place came no more often than their contexts
            chance = (seen + MIXED * chance) / (counts[0] + MIXED)
        return -np.log2(chance) * there, there


def _moves(phrases: Phrases, size: int, rhythm: bool) -> tuple[Hashes, Mask]:
    notes = phrases.notes
    return chained((notes.event if rhythm else notes.move)[:1], size), whole_runs(notes.has_next[:1], size)


def _contexts(element: Hashes, place: Hashes) -> Iterator[tuple[Hashes, Hashes]]:
    """For each order the context at each position, and the context with the element."""
    context = mixed(np.zeros_like(element) + place)
    before = element
    for _ in range(ORDERS):
        yield context, mixed(context + mixed(element))
        before = earlier(before)
        context = mixed(context * np.uint64(3) + mixed(before))


def _index(hashes: Hashes) -> NDArray[np.int64]:
    return (hashes >> np.uint64(64 - BITS)).astype(np.int64)


def _counted(phrases: Phrases, name: str) -> Counts:
    element, place, there = _events(phrases, name)
    contexts: list[NDArray[np.uint16]] = []
    whole: list[NDArray[np.uint16]] = []
    for context, both in _contexts(element, place):
        for tables, hashes in ((contexts, context), (whole, both)):
            at = np.broadcast_to(_index(hashes), there.shape)[there]
            tables.append(np.minimum(np.bincount(at, minlength=2**BITS), 65_535).astype(np.uint16))
    return Counts(tuple(contexts), tuple(whole), len(np.unique(element[there])))


def _own(at: NDArray[np.int64], there: Mask) -> NDArray[np.int64]:
    """How often each phrase itself has what stands at each of its positions."""
    keys = at * at.shape[-1] + np.arange(at.shape[-1])
    _, number, counts = np.unique(keys[there], return_inverse=True, return_counts=True)
    found = np.zeros(at.shape, np.int64)
    found[there] = counts[number]
    return found
