"""Tables of music theory with their sources, and the two values made of them: Key and Metre.

Pitches are MIDI numbers (60 = C4), pitch classes 0-11 with C = 0, times are ticks, 24 to the quarter note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from fitness.catalogue import near_miss

QUARTER = 24  # divisible by 8 and by 3: thirty-seconds and sixteenth triplets lie on the grid
LETTERS = "CDEFGAB"
NATURAL = (0, 2, 4, 5, 7, 9, 11)  # pitch classes of the letters

# Pitch classes above the tonic.  The church modes after Glarean (Dodecachordon, 1547).
SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic_minor": (0, 2, 3, 5, 7, 8, 11),
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major_pentatonic": (0, 2, 4, 7, 9),
    "minor_pentatonic": (0, 3, 5, 7, 10),
    "whole_tone": (0, 2, 4, 6, 8, 10),
    "chromatic": tuple(range(12)),
}
# Fifths that the key signature of the mode lies from that of the major key on the same tonic.
SIGNATURE_SHIFT = {
    "minor": -3, "harmonic_minor": -3, "dorian": -2, "phrygian": -4, "lydian": 1, "mixolydian": -1,
    "aeolian": -3, "locrian": -5, "minor_pentatonic": -3,
}  # fmt: skip
# Raised degrees that belong to the minor key beside its natural ones (melodic minor).
RAISED = {"minor": {9: 6, 11: 7}, "aeolian": {11: 7}, "dorian": {11: 7}, "mixolydian": {11: 7}}
# The degree that a mode softens to avoid the tritone: B flat in the untransposed modes (musica ficta).
SOFTENED = {"dorian": 8, "lydian": 5}
# Where a scale has not seven notes: the degree each semitone above the tonic is heard as.
HEARD_AS = (1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 7, 7)

# Weights of the twelve pitch classes above the tonic, (major, minor).
KEY_PROFILES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    # Temperley, Music and Probability (2007), from the Kostka-Payne corpus
    "temperley_kostka_payne": (
        (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
        (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
    ),
    # Krumhansl and Kessler, Psychological Review 89 (1982)
    "krumhansl_kessler": (
        (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    ),
    # Bellman (2005) after Budge (1943)
    "bellman_budge": (
        (16.80, 0.86, 12.95, 1.41, 13.49, 11.93, 1.25, 20.28, 1.80, 8.04, 0.62, 10.57),
        (18.16, 0.69, 12.99, 13.34, 1.07, 11.15, 1.38, 21.07, 7.49, 1.53, 0.92, 10.21),
    ),
}

_NAME = re.compile(r"([A-Ga-g])(#{0,2}|b{0,2})(-?\d+)?\Z")
_METRE = re.compile(r"(\d{1,2}(?:\+\d{1,2})*)/(1|2|4|8|16)\Z")


def _letter_and_shift(name: str, wanted: str) -> tuple[int, int, str | None]:
    match = _NAME.match(name)
    if match is None or (match[3] is None) != (wanted == "tonic"):
        example = "a letter A-G with # or b, such as F#" if wanted == "tonic" else "such as F#4 or Bb3"
        raise ValueError(f"a {wanted} must be written {example}, got '{name[:40]}'")
    return LETTERS.index(match[1].upper()), match[2].count("#") - match[2].count("b"), match[3]


def pitch_of(name: str) -> int:
    """The MIDI number of a note name; ValueError for what is none or lies outside 0-127.

    >>> pitch_of("C4"), pitch_of("Bb3"), pitch_of("Cb4")
    (60, 58, 59)
    """
    letter, shift, octave = _letter_and_shift(name, "note")
    pitch = 12 * (int(octave or 0) + 1) + NATURAL[letter] + shift
    if not 0 <= pitch <= 127:
        raise ValueError(f"a note must lie between C-1 and G9, got '{name}'")
    return pitch


@dataclass(frozen=True)
class Key:
    """A tonic, spelled, and a mode of `SCALES`.

    >>> str(Key.parse("Bb minor")), Key.parse("F# major").pitch_class, Key("A", "minor").name_of(68)
    ('Bb minor', 6, 'G#4')
    """

    tonic: str
    mode: str = "major"

    def __post_init__(self) -> None:
        _letter_and_shift(self.tonic, "tonic")
        if self.tonic[0].islower():
            raise ValueError(f"a tonic must begin with a capital letter, got '{self.tonic}'")
        if self.mode not in SCALES:
            raise ValueError(f"no mode is called '{self.mode}'; {near_miss(self.mode, SCALES)}")

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read `G major`; the mode may be left out and is then major."""
        tonic, _, mode = text.strip().partition(" ")
        return cls(tonic[:1].upper() + tonic[1:], mode.strip() or "major")

    def __str__(self) -> str:
        return f"{self.tonic} {self.mode}"

    @cached_property
    def pitch_class(self) -> int:
        """The tonic as a pitch class."""
        letter, shift, _ = _letter_and_shift(self.tonic, "tonic")
        return (NATURAL[letter] + shift) % 12

    @cached_property
    def fifths(self) -> int:
        """Sharps (positive) or flats (negative) of the key signature."""
        letter, shift, _ = _letter_and_shift(self.tonic, "tonic")
        return (0, 2, 4, -1, 1, 3, 5)[letter] + 7 * shift + SIGNATURE_SHIFT.get(self.mode, 0)

    @cached_property
    def degrees(self) -> tuple[int, ...]:
        """The scale degree 1-7 of each pitch class, 0 where it is chromatic."""
        scale = SCALES[self.mode]
        table = {s: i + 1 for i, s in enumerate(scale)} if len(scale) == 7 else {s: HEARD_AS[s] for s in scale}
        table = {**RAISED.get(self.mode, {}), **table}
        return tuple(table.get((pc - self.pitch_class) % 12, 0) for pc in range(12))

    def is_foreign(self, pitch: int) -> bool:
        """Whether the mode has a pitch neither in its scale nor as its softened degree."""
        above = (pitch - self.pitch_class) % 12
        return above not in SCALES[self.mode] and above != SOFTENED.get(self.mode)

    @property
    def number(self) -> int:
        """Its place among the 24 keys, C major first, C minor twelfth; a mode counts as minor if its third can be."""
        thirds = {(pc - self.pitch_class) % 12 for pc in range(12) if self.degrees[pc] == 3}
        return self.pitch_class + 12 * (3 in thirds)

    @cached_property
    def _spelling(self) -> tuple[tuple[int, int], ...]:
        tonic_letter, _, _ = _letter_and_shift(self.tonic, "tonic")
        minor = SCALES[self.mode][2:3] == (3,)
        chromatic = (0, 1 if minor else 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)
        spelling = []
        for pc in range(12):
            above = (pc - self.pitch_class) % 12
            step = self.degrees[pc] - 1 if self.degrees[pc] else chromatic[above]
            letter = (tonic_letter + step) % 7
            shift = (pc - NATURAL[letter] + 6) % 12 - 6
            if abs(shift) > 2:
                letter, shift = next((i, pc - n) for i, n in enumerate(NATURAL) if 0 <= pc - n <= 1)
            spelling.append((letter, shift))
        return tuple(spelling)

    def staff(self, pitch: int) -> int:
        """The place on the staff of a MIDI number as this key spells it: letters from C-1 = 0, seven an octave."""
        letter, shift = self._spelling[pitch % 12]
        return 7 * ((pitch - shift - NATURAL[letter]) // 12) + letter

    def name_of(self, pitch: int) -> str:
        """The note name of a MIDI number as this key spells it."""
        shift = self._spelling[pitch % 12][1]
        octave, letter = divmod(self.staff(pitch), 7)
        return LETTERS[letter] + ("#" * shift if shift > 0 else "b" * -shift) + str(octave - 1)

    def pitches(self, low: int, high: int) -> list[int]:
        """The pitches of the scale from `low` to `high`, both included, upwards."""
        return [p for p in range(low, high + 1) if (p - self.pitch_class) % 12 in SCALES[self.mode]]


def key_of(pitch_class: int, mode: str) -> Key:
    """The key on a pitch class with the fewest accidentals; flats where there is a tie."""
    names = [letter + sign for letter in LETTERS for sign in ("b", "", "#")]
    keys = [Key(name, mode) for name in names if Key(name, mode).pitch_class == pitch_class]
    return min(keys, key=lambda key: (abs(key.fifths), key.fifths > 0))


def key_numbered(number: int) -> Key:
    """The key of a number from 0 to 23: C major first, C minor twelfth."""
    return key_of(number % 12, "minor" if number >= 12 else "major")


@dataclass(frozen=True)
class Metre:
    """A time signature; beats may be grouped unevenly, as in 2+2+3/8.

    >>> Metre.parse("6/8").beat, Metre.parse("7/8").groups, str(Metre.parse("3+2+2/8"))
    (36, (2, 2, 3), '3+2+2/8')
    """

    groups: tuple[int, ...]
    unit: int

    def __post_init__(self) -> None:
        if self.unit not in (1, 2, 4, 8, 16) or not 1 <= sum(self.groups) <= 64 or min(self.groups) < 1:
            raise ValueError(f"a metre must have 1-64 units of 1, 2, 4, 8 or 16, got {sum(self.groups)}/{self.unit}")
        if len(self.groups) == 1:  # one group is no grouping
            object.__setattr__(self, "groups", _usual_groups(self.groups[0], self.unit))

    @classmethod
    def parse(cls, text: str) -> Metre:
        """Read `3/4`, `6/8`, `7/8` (heard as 2+2+3) or an explicit `3+2+2/8`."""
        match = _METRE.match(text.strip())
        if match is None:
            raise ValueError(f"a metre must be written such as 3/4, 6/8 or 2+2+3/8, got '{text}'")
        numbers = tuple(int(number) for number in match[1].split("+"))
        return cls(numbers if len(numbers) > 1 else _usual_groups(numbers[0], int(match[2])), int(match[2]))

    def __str__(self) -> str:
        usual = _usual_groups(self.count, self.unit) == self.groups
        return (str(self.count) if usual else "+".join(map(str, self.groups))) + f"/{self.unit}"

    @property
    def count(self) -> int:
        """The upper number of the signature."""
        return sum(self.groups)

    @property
    def step(self) -> int:
        """Ticks of the unit that the lower number names."""
        return 4 * QUARTER // self.unit

    @property
    def bar(self) -> int:
        """Ticks of a bar."""
        return self.count * self.step

    @property
    def beat(self) -> int:
        """Ticks of the (first) beat: a group of units in compound and uneven metres of eighths, else one unit."""
        return self.step * self.groups[0] if self.unit >= 8 and min(self.groups) > 1 else self.step

    @cached_property
    def beats(self) -> tuple[int, ...]:
        """The ticks after the barline at which beats begin."""
        if self.beat == self.step:
            return tuple(range(0, self.bar, self.step))
        return tuple(sum(self.groups[:i]) * self.step for i in range(len(self.groups)))

    @cached_property
    def weights(self) -> NDArray[np.int8]:
        """Metrical weight of each tick of a bar: 0 the barline, each level below it one less.

        Source: Longuet-Higgins and Lee, "The Rhythmic Interpretation of Monophonic Music", Music
        Perception 1 (1984).
        """
        starts = np.cumsum((0, *self.groups[:-1])) * self.step
        levels: list[set[int]] = [{0}]
        if len(self.groups) % 2 == 0 and len(set(self.groups)) == 1 and len(self.groups) > 2:
            levels.append({*starts[:: len(self.groups) // 2].tolist()})
        levels.append({*starts.tolist()})
        levels.append({*range(0, self.bar, self.step)})
        step = self.step
        while step % 2 == 0 and step > QUARTER // 8:
            step //= 2
            levels.append({*range(0, self.bar, step)})
        distinct = [level for i, level in enumerate(levels) if i == 0 or level != levels[i - 1]]
        weights = np.full(self.bar, -len(distinct), np.int8)
        for depth, level in reversed(list(enumerate(distinct))):
            weights[sorted(level)] = -depth
        return weights


@lru_cache
def _usual_groups(count: int, unit: int) -> tuple[int, ...]:
    if unit >= 8 and count % 3 == 0 and count > 3:
        return (3,) * (count // 3)
    if unit >= 8 and count > 4:
        return (2,) * ((count - 3) // 2) + (3,) if count % 2 else (2,) * (count // 2)
    return (1,) * count
