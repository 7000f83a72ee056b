"""Genome kind `tune`: whole tunes in the frames of a style or a corpus, each in its own metre, mode and length.

The first two genes say in which frame and on which tonic the tune stands, and stay as they are; then comes one gene a
sixteenth: 0 hold, 1 rest, 2 and up the tones of a range in semitones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from evolve.draft import FIRST, HOLD, REST, Drawn, Line
from evolve.genomes.kind import Genes, Learned, Where, genome_kind
from evolve.variants import MUSICAL, Change, begin, vary
from evolve.vocabulary import GRID, MODES, Frame, Vocabulary, scale_of
from fitness import grid
from fitness.catalogue import Written
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.setting import Setting, Settings
from fitness.theory import Key, key_of
from fitness.verdict import Blame
from fitness.views import Notes

HEAD = 2  # genes before the slots: frame and tonic
DRAWS = 256  # random numbers for one tune to begin with; and for one change:
FEW = 64
UPBEATS = 0.6  # share of the exchanges that begin with an upbeat
RARE = 0.3  # of a count for each tone of the scale that was never seen after another


@dataclass(frozen=True, eq=False)
class Tune:
    """Tunes of one voice in several frames."""

    vocabulary: Vocabulary
    changes: Drawn[Change] = MUSICAL
    settings: dict[tuple[int, int], Setting] = field(default_factory=dict)

    @cached_property
    def frames(self) -> list[Frame]:
        """The frames, the most frequent first."""
        return [frame for frame, _ in self.vocabulary.frames]

    @cached_property
    def slots(self) -> int:
        """Slots of the longest frame."""
        return max(frame.length for frame in self.frames)

    @cached_property
    def low(self) -> int:
        """The tone of the lowest code, in semitones above the tonic."""
        return self.vocabulary.tones[0]

    @cached_property
    def groups(self) -> NDArray[np.int16]:
        """The bar of each gene, as the longest bars would cut them."""
        slots = np.arange(self.slots) // max(frame.bar for frame in self.frames)
        return np.concatenate([np.zeros(HEAD), slots]).astype(np.int16)

    @cached_property
    def bounds(self) -> tuple[Genes, Genes]:
        """The lowest and highest code of each gene."""
        top = self.vocabulary.tones[1] - self.low + FIRST
        high = np.full(HEAD + self.slots, top, np.int16)
        high[:HEAD] = len(self.frames) - 1, 11
        return np.zeros_like(high), high

    def decode(self, genes: Genes) -> Phrases:
        """The tunes that genes stand for; what lies outside a frame is not heard."""
        frame, tonic = genes[:, 0].astype(np.intp), genes[:, 1].astype(np.int64)
        length = np.array([frame.length for frame in self.frames])[frame]
        cells = np.full((1, self.slots + 1, len(genes)), grid.REST, np.int16)
        codes = genes[:, HEAD:].T
        home = tonic + 12 * np.rint((self.vocabulary.centre - tonic) / 12).astype(np.int64) + self.low - FIRST
        sung = np.where(codes >= FIRST, np.clip(codes + home, 0, 127), np.where(codes == HOLD, grid.HOLD, grid.REST))
        cells[0, :-1] = np.where(np.arange(self.slots)[:, None] < length, sung, grid.REST)
        settings = self._settings(frame, tonic)
        return Phrases(settings, notes=Notes(*grid.notes(cells, self._ticks), settings))

    @cached_property
    def _ticks(self) -> NDArray[np.int32]:
        return (np.arange(self.slots + 2) * GRID).astype(np.int32)

    def _settings(self, frame: NDArray[np.intp], tonic: NDArray[np.int64]) -> Settings:
        pairs, index = np.unique(frame * 12 + tonic, return_inverse=True)
        each = tuple(self._setting(*divmod(int(pair), 12)) for pair in pairs)
        return Settings(each, index.ravel())

    def _setting(self, number: int, tonic: int) -> Setting:
        if (number, tonic) not in self.settings:
            frame = self.frames[number]
            key = key_of(tonic, frame.mode)
            self.settings[number, tonic] = Setting(
                frame.length * GRID, ((0, key),), ((0, frame.metre),), frame.pickup * GRID,
                tuple(end * GRID for end in frame.ends), ("melody",), (0,),
            )  # fmt: skip
        return self.settings[number, tonic]

    @cached_property
    def _after(self) -> dict[str, dict[int, Drawn[int]]]:
        """For each mode what to draw after each code, and after nothing (0)."""
        found = {}
        low, high = self.vocabulary.tones
        for mode in MODES:
            scale = {tone for tone in range(low, high + 1) if tone % 12 in scale_of(mode)}
            moves = self.vocabulary.moves[mode]
            whole: dict[int, float] = {tone - low + FIRST: RARE for tone in scale}
            table = {}
            for tone in range(low, high + 1):
                weights: dict[int, float] = {}
                if tone in moves:
                    near = {other for other in scale if abs(other - tone) <= 4}
                    weights = {other - low + FIRST: RARE for other in near}
                for other, count in moves.get(tone, {}).items():
                    code = other - low + FIRST
                    weights[code] = weights.get(code, 0.0) + count
                    whole[code] = whole.get(code, 0.0) + count
                if weights:
                    table[tone - low + FIRST] = Drawn.of(weights)
            table[0] = Drawn.of(whole)
            found[mode] = table
        return found

    @cached_property
    def _rhythms(self) -> dict[str, tuple[Drawn[str], ...]]:
        """For each metre the bars to draw at each of the five places."""
        found = {}
        for metre, known in self.vocabulary.rhythms.items():
            places = []
            for place in range(5):
                own = {bar: float(counts[place]) for bar, counts in known.items()}
                everywhere = {bar: float(sum(counts)) for bar, counts in known.items()}
                places.append(Drawn.of(dict(own if any(own.values()) else everywhere)))
            found[metre] = tuple(places)
        return found

    @cached_property
    def _scales(self) -> dict[str, tuple[int, ...]]:
        low, high = self.vocabulary.tones
        return {
            mode: tuple(tone - low + FIRST for tone in range(low, high + 1) if tone % 12 in scale_of(mode))
            for mode in MODES
        }

    def _line(self, cells: list[int], number: int, marked: frozenset[int] = frozenset()) -> Line:
        frame = self.frames[number]
        return Line(
            cells, frame.length, frame.pickup, frame.bar, self._scales[frame.mode], self._after[frame.mode],
            self._rhythms[str(frame.metre)], marked,
        )  # fmt: skip

    def sample(self, n: int, rng: np.random.Generator) -> Genes:
        """Tunes in frames as frequent as those of the vocabulary, with its rhythms and its steps."""
        genes = np.zeros((n, HEAD + self.slots), np.int16)
        shares = np.array([count for _, count in self.vocabulary.frames], float)
        genes[:, 0] = rng.choice(len(shares), size=n, p=shares / shares.sum())
        draws = rng.random((n, DRAWS + 1))
        for i, row in enumerate(draws.tolist()):
            number = int(genes[i, 0])
            tonics = self.vocabulary.tonics[self.frames[number].mode]
            genes[i, 1] = Drawn.of(dict(enumerate(tonics))).at(row[0])
            line = self._line([HOLD] * self.slots, number)
            begin(line, _dice(row[1:]))
            genes[i, HEAD:] = line.cells
        return genes

    def mutate(self, genes: Genes, rng: np.random.Generator, where: Where | None = None) -> Genes:
        """One musical change each, sometimes two: see `evolve.variants`."""
        result = genes.copy()
        draws = rng.random((len(genes), FEW)).tolist()
        for i, row in enumerate(draws):
            number = int(genes[i, 0])
            marked = frozenset(np.flatnonzero(where[i, HEAD:]).tolist()) if where is not None else frozenset()
            line = self._line(genes[i, HEAD:].tolist(), number, marked)
            vary(line, _dice(row), self.changes)
            result[i, HEAD:] = line.cells
        return result

    def mate(self, a: Genes, b: Genes, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Two tunes in one metre, with equal pick-ups, exchange half a bar to four bars, some with the upbeat."""
        draws = rng.random((len(a), 3)).tolist()
        swap = np.zeros(a.shape, bool)
        for i, (wide, where, early) in enumerate(draws):
            one, other = (self.frames[int(genes[i, 0])] for genes in (a, b))
            if (one.metre, one.pickup) != (other.metre, other.pickup):
                continue
            bar, last = one.bar, min(one.length, other.length)
            width = (max(bar // 2, 1), bar, 2 * bar, 2 * bar, 4 * bar)[int(wide * 5)]
            begin_at = one.pickup if early > UPBEATS else 0
            starts = range(begin_at, max(last - width // 2, begin_at + 1), min(width, bar))
            start = starts[int(where * len(starts))]
            swap[i, HEAD + start : HEAD + min(start + width, last)] = True
        return swap

    def start_from(self, phrases: list[Phrase]) -> Genes:
        """The first voice with notes of each phrase, in the frame most like its own."""
        genes = np.zeros((len(phrases), HEAD + self.slots), np.int16)
        low, high = self.vocabulary.tones
        for row, phrase in zip(genes, phrases, strict=True):
            notes = phrase.melody.notes
            if not notes:
                raise ValueError("a phrase to start from must have a note, got none")
            key, metre = phrase.keys[0][1], phrase.metres[0][1]
            number = min(range(len(self.frames)), key=lambda i: _unlike(self.frames[i], phrase, metre, key))
            frame, tonic = self.frames[number], key.pitch_class
            home = tonic + 12 * round((self.vocabulary.centre - tonic) / 12)
            tones = [note.pitch - home for note in notes]
            octaves = [12 * octave for octave in range(-9, 10)]
            shift = min(octaves, key=lambda by: (sum(not low <= t + by <= high for t in tones), abs(by)))
            row[:HEAD] = number, tonic
            row[HEAD:] = REST
            late = frame.pickup - round(phrase.pickup / GRID)
            for note, tone in zip(notes, tones, strict=True):
                slot, after = late + round(note.onset / GRID), late + round(note.end / GRID)
                if 0 <= slot < frame.length:
                    row[HEAD + slot] = min(max(tone + shift, low), high) - low + FIRST
                    row[HEAD + slot + 1 : HEAD + min(max(after, slot + 1), frame.length)] = HOLD
                    if slot + 1 <= after < frame.length:
                        row[HEAD + after] = REST
        return genes

    def genes_of(self, blame: Blame, n: int) -> Where:
        """The slot at each fault."""
        marks = np.zeros((n, HEAD + self.slots), bool)
        marks[blame.phrase, HEAD + blame.tick // GRID] = True
        return marks


def _unlike(frame: Frame, phrase: Phrase, metre: object, key: Key) -> tuple[bool, bool, int, int, int]:
    minor = key.number >= 12
    ends = {round(end / GRID) for end in phrase.ends}
    return (
        frame.metre != metre, (frame.mode == "minor") != minor,
        abs(frame.length * GRID - phrase.length), abs(frame.pickup * GRID - phrase.pickup),
        len(ends.symmetric_difference(frame.ends)),
    )  # fmt: skip


def _dice(numbers: list[float]) -> Iterator[float]:
    """The numbers, and where more are needed, others that follow from the last of them."""
    yield from numbers
    rng = np.random.default_rng(int(numbers[-1] * 2**53))
    while True:
        yield rng.random()


@genome_kind
def tune(*, vocabulary: Annotated[Vocabulary, Written(Vocabulary.parse), Learned()]) -> Tune:
    """One voice in the metres, modes, lengths and rhythms of a style or a corpus, on a grid of sixteenths.

    The `vocabulary` comes from the experiment's corpus, else from its style.
    """
    return Tune(vocabulary)
