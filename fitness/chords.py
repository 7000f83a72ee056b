"""How a rule looks at all voices together: the chords that they make, slice by slice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fitness.slices import CLASS_OF, Slices
from fitness.verbs import first_of, last_of, one_of
from fitness.views import Mask, Ticks


@dataclass(frozen=True, eq=False)
class Chords:
    """All voices together over the slices, `[1, slices, n]`."""

    slices: Slices

    @property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """One row: all voices."""
        return (tuple(range(self.slices.sounding.shape[0])),)

    @property
    def onset(self) -> Ticks:
        """Onset of the slices."""
        return self.slices.onset

    @property
    def end(self) -> Ticks:
        """End of the slices."""
        return self.slices.end

    @cached_property
    def all_sound(self) -> Mask:
        """Whether no voice of the phrase rests."""
        sound: Mask = np.logical_and.reduce((self.slices.sounding >= 0) | self.absent, axis=0, keepdims=True)
        return sound & (self.slices.duration > 0) & (self.slices.voices_each > 0)

    @cached_property
    def absent(self) -> Mask:
        """Which rows are no voice of the phrase, `[voices, 1, 1 or n]`."""
        rows = np.arange(len(self.slices.sounding), dtype=np.int32).reshape(-1, 1, 1)
        absent: Mask = rows >= self.slices.voices_each
        return absent

    def all_have(self, *classes: int) -> Mask:
        """Whether each voice of the phrase sounds one of these intervals (semitones modulo 12) above the bass."""
        return np.logical_and.reduce(one_of(self.above_bass, classes) | self.absent, axis=0, keepdims=True)

    @cached_property
    def heard(self) -> Mask:
        """Whether all sound and one of them strikes: where a chord is heard anew."""
        return self.all_sound & np.logical_or.reduce(self.slices.attack, axis=0, keepdims=True)

    @cached_property
    def is_first(self) -> Mask:
        """The first chord of all voices."""
        return first_of(self.heard)

    @cached_property
    def is_last(self) -> Mask:
        """The last chord of all voices."""
        return last_of(self.heard)

    @cached_property
    def above_bass(self) -> NDArray[np.int8]:
        """Semitones modulo 12 of each voice above the lowest note, `[voices, slices, n]`; -1 in silence."""
        size = self.slices.sounding - self.slices.bass
        np.copyto(size, -1, where=self.slices.sounding < 0)
        return CLASS_OF.take(size, mode="wrap")

    def has(self, *classes: int) -> Mask:
        """Whether a voice sounds one of these intervals (semitones modulo 12) above the bass."""
        return np.logical_or.reduce(one_of(self.above_bass, classes), axis=0, keepdims=True)

    @cached_property
    def bass_degree(self) -> NDArray[np.int8]:
        """Scale degree 1-7 of the lowest note; 0 = chromatic."""
        return self.slices.settings.of_pitch("degrees", self.slices.onset, self.slices.bass)
