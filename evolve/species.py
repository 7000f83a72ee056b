"""What a bar of each species is: where notes may begin, hold and rest, which rhythms there are, which notes it has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evolve.changes import FIRST
from evolve.changes import HOLD as HOLD_CODE
from evolve.changes import REST as REST_CODE
from evolve.lines import drawn
from fitness.theory import QUARTER, SCALES, SOFTENED, Key

Genes = NDArray[np.int16]

BAR = 4 * QUARTER
# Where in a bar notes of each species may begin, in ticks.
SLOTS = {
    1: (0,), 2: (0, 2 * QUARTER), 3: (0, QUARTER, 2 * QUARTER, 3 * QUARTER), 4: (0, 2 * QUARTER),
    5: (0, QUARTER, QUARTER * 3 // 2, 2 * QUARTER, 3 * QUARTER, QUARTER * 7 // 2),
}  # fmt: skip
RESTS_FIRST = {1: 0.0, 2: 0.5, 3: 0.5, 4: 0.9}  # how often a line begins with a rest
TIED = 0.85  # how often the fourth species ties over a barline
# Rhythms of a florid bar, a sign a slot: x strikes, - holds; how often each is drawn.  One that begins with a hold can
# only follow a bar whose last note is the half on its third beat.
FLORID = {
    "x--x--": 3, "x--xx-": 3, "xx-x--": 2, "xx-xx-": 3, "x---x-": 1.5, "x--xxx": 0.7, "xx-xxx": 0.5, "xxxxx-": 0.5,
    "---x--": 3, "---xx-": 3, "-x-xx-": 3, "-x-x--": 2, "-xxx--": 1.5, "-xxxx-": 1, "---xxx": 0.5,
}  # fmt: skip
LIKELY = np.array([*FLORID.values()])
HELD_OVER = np.array([pattern[0] == "-" for pattern in FLORID])
LEADS_ON = np.array([pattern[3:] == "x--" for pattern in FLORID])
CADENCE = np.array([pattern == "---x--" for pattern in FLORID])  # a suspension and its resolution
BEGINNING = ("r--x--", "r--xx-", "x--x--", "x---x-")  # of the first florid bar; r rests
CODES = {"x": FIRST, "-": HOLD_CODE, "r": REST_CODE}


def starts(species: int, bars: int) -> list[int]:
    """The ticks at which notes may begin in so many bars, of which the last has one note."""
    return [bar * BAR + place for bar in range(bars - 1) for place in SLOTS[species]] + [(bars - 1) * BAR]


def lowest_code(species: int, tick: int, last: int) -> int:
    """Whether a slot must be struck (2), may rest (1) or may hold (0); `last` is the tick of the last bar."""
    if tick == last or species == 1:
        return FIRST
    if tick == 0:
        return REST_CODE
    ties = species == 5 or (species == 4 and tick % BAR == 0)
    return HOLD_CODE if ties else FIRST


def rhythms(species: int, n: int, bars: int, rng: np.random.Generator) -> Genes:
    """Where notes are struck (as the lowest note), held or rested in so many bars, `[n, slots]`."""
    codes = np.full((n, len(starts(species, bars))), FIRST, np.int16)
    if species == 5:
        return _florid(codes, bars, rng)
    codes[:, 0] = np.where(rng.random(n) < RESTS_FIRST[species], REST_CODE, FIRST)
    if species == 4:
        barlines = codes[:, 2:-1:2]
        barlines[rng.random(barlines.shape) < TIED] = HOLD_CODE
    return codes


def _florid(codes: Genes, bars: int, rng: np.random.Generator) -> Genes:
    signs, beginning = (np.array([[CODES[s] for s in bar] for bar in table], np.int16) for table in (FLORID, BEGINNING))
    drawn_bars = beginning[rng.integers(0, len(beginning), len(codes))]
    width = len(SLOTS[5])
    for bar in range(bars - 1):
        if bar:
            leads = (drawn_bars[:, 3:] == (FIRST, HOLD_CODE, HOLD_CODE)).all(axis=1)
            fits = np.where(leads[:, None], np.where(HELD_OVER, 2.0, 1.0), ~HELD_OVER) * LIKELY
            if bar == bars - 3:  # a half that can be suspended over the bar before the last
                fits = fits * np.where(LEADS_ON, 8.0, 1.0)
            if bar == bars - 2:
                fits = fits * np.where(CADENCE, 50.0, 1.0)
            drawn_bars = signs[drawn(fits.astype(np.float32), rng)]
        codes[:, bar * width : (bar + 1) * width] = drawn_bars
    return codes


def register(notes: list[int], away: int, low: int | None, high: int | None) -> tuple[int, int]:
    """The lowest and highest note of a voice so many places below the cantus (negative: above).

    Whatever the cantus, the octave of its last note and what leads there lie within.
    """
    if away < 0:
        usual = min(notes) + 5 * (-away - 1), max(max(notes) + 8, notes[-1] + 12) + 5 * (-away - 1)
    else:
        usual = min(min(notes) - 8, notes[-1] - 13) - 5 * (away - 1), max(notes) - 5 * (away - 1)
    return max(0, usual[0] if low is None else low), min(127, usual[1] if high is None else high)


def notes_of(mode: Key, low: int, high: int, bars_left: int, *, picardy: bool) -> tuple[int, ...]:
    """The notes that a mode has in a bar: its scale, the soft degree, before the final what leads to it."""
    classes = {*SCALES[mode.mode], *([SOFTENED[mode.mode]] if mode.mode in SOFTENED else [])}
    if bars_left == 1 and mode.mode != "phrygian":
        classes |= {11} | ({9} if 8 in SCALES[mode.mode] else set())
    if bars_left == 0 and picardy:
        classes |= {4}
    return tuple(pitch for pitch in range(low, high + 1) if (pitch - mode.pitch_class) % 12 in classes)
