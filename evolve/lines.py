"""How well a note follows a line and meets the voices beside it: the weights by which a walk draws its notes.

They know of a style only what tables say: which intervals of a line and which between voices are good, and that a
dissonance is passed through or resolved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pitches = NDArray[np.int16]
Numbers = NDArray[np.float32]

# How gladly a line moves by so many semitones, up and down alike but for the sixth: shares of Palestrina's and Fux's
# lines, rounded; what is forbidden keeps a little, so that a walk never stands without a note.
MOVES = {0: 0.02, 1: 1.0, 2: 1.0, 3: 0.3, 4: 0.3, 5: 0.15, 7: 0.1, 12: 0.03}
MINOR_SIXTH_UP = 0.03
NEVER = np.float32(1e-4)
# How gladly two voices meet in so many semitones modulo 12, where both begin or a beat is strong.
MEETINGS = np.array((0.3, 0, 0, 1, 1, 0, 0, 0.5, 1, 1, 0, 0), np.float32)
UNISON = np.float32(0.1)
CROSSED = (np.float32(0.15), np.float32(0.01))  # with one other voice, and with more
DOUBLED = np.float32(0.2)
DISSONANT = (1, 2, 5, 6, 10, 11)
RECOVERED, UNRECOVERED = np.float32(3.0), np.float32(0.5)  # after a leap: a step back, and anything else
FULL_STEP, LEAP, REACH = 2, 5, 128


def _moves() -> Numbers:
    table = np.full(2 * REACH + 1, NEVER, np.float32)
    for size, gladly in MOVES.items():
        table[REACH + size] = table[REACH - size] = gladly
    table[REACH + 8] = MINOR_SIXTH_UP
    return table


def _by_size(classes: Any) -> NDArray[Any]:
    return np.array([classes[size % 12] for size in range(REACH)])


MOVE_TABLE = _moves()
MEETING_TABLE = np.maximum(_by_size(MEETINGS), NEVER)
MEETING_TABLE[0] = UNISON
DISSONANT_TABLE = _by_size([size in DISSONANT for size in range(12)])
HARSH_TABLE = _by_size([size in (1, 2, 10, 11) for size in range(12)])
PERFECT_TABLE = _by_size([size in (0, 7) for size in range(12)])


@dataclass(eq=False)
class Line:
    """Where a walk stands in each of its rows: what it struck last, how it came there, what is owed to a dissonance."""

    pitch: Pitches  # [rows]; -1 before the first note
    move: Pitches  # [rows]: semitones to it
    owes: NDArray[np.int8]  # [rows]: 0 nothing, 1 or -1 a step up or down to a consonance

    @classmethod
    def fresh(cls, rows: int) -> Line:
        """Before the first note."""
        return cls(np.full(rows, -1, np.int16), np.zeros(rows, np.int16), np.zeros(rows, np.int8))

    def weights(
        self, choices: Pitches, others: Pitches, others_before: Pitches, *, free: NDArray[np.bool_],
        side: NDArray[np.int8],
    ) -> Numbers:  # fmt: skip
        """How gladly each row strikes each of its `choices` `[rows, choices]` now, in the same shape.

        `others` int16 `[voices, rows]` sound now and `others_before` just before, -1 in silence; `free` `[rows]`: a
        dissonance that is passed through may be struck; `side` `[voices, rows]` is 1 where the line should lie above
        that voice, -1 below.
        """
        step = choices - self.pitch[:, None]
        weights = MOVE_TABLE.take(step + REACH, mode="clip")
        weights[self.pitch < 0] = 1.0
        size, begun = abs(step), (self.pitch >= 0)[:, None]
        by_step, up = (size > 0) & (size <= FULL_STEP), np.sign(step)
        bass = np.where(others < 0, np.int16(REACH - 1), others).min(axis=0, initial=REACH - 1)[:, None]
        harsh, doubled, several = np.zeros(step.shape, bool), np.zeros(step.shape, bool), len(others) > 2
        for other, before, above in zip(others[:, :, None], others_before[:, :, None], side[:, :, None], strict=True):
            there = other >= 0
            if not there.any():
                continue
            apart = choices - other
            far = np.minimum(abs(apart), REACH - 1)
            if several:  # a fourth is dissonant over the lowest voice only
                sour = np.where(np.minimum(choices, other) <= bass, DISSONANT_TABLE[far], HARSH_TABLE[far]) & there
                doubled |= (far % 12 == 0) & there
                meets = np.where(DISSONANT_TABLE[far], np.float32(0.6), MEETING_TABLE[far])
            else:
                sour, meets = DISSONANT_TABLE[far] & there, MEETING_TABLE[far]
            harsh |= sour
            weights *= np.where(there & ~sour, meets, np.float32(1.0))
            weights[(apart * above < 0) & there] *= CROSSED[several]
            moved = np.sign(other - before) * (there & (before >= 0))
            weights[(up == moved) & (moved != 0) & begun & PERFECT_TABLE[far]] *= NEVER
        weights[doubled] *= DOUBLED  # what no other has makes the chord fuller
        passing = np.where(by_step & free[:, None], np.float32(0.5), NEVER * NEVER)
        weights = np.where(harsh, weights * passing, weights)
        owed = np.sign(self.owes)[:, None]
        weights[(owed != 0) & ~(by_step & (up == owed) & ~harsh)] *= NEVER
        leapt = (abs(self.move) >= LEAP)[:, None]
        back = by_step & (up == -np.sign(self.move)[:, None])
        result: Numbers = weights * np.where(leapt, np.where(back, RECOVERED, UNRECOVERED), np.float32(1.0))
        return result

    def struck(self, pitch: Pitches, others: Pitches, rows: NDArray[np.bool_]) -> None:
        """Note that these `rows` have struck a pitch."""
        move = np.where(self.pitch < 0, np.int16(0), pitch - self.pitch)
        owes = np.where(self.sour(pitch, others), np.sign(move), 0).astype(np.int8)
        self.pitch = np.where(rows, pitch, self.pitch)
        self.move = np.where(rows, move, self.move).astype(np.int16)
        self.owes = np.where(rows, owes, self.owes)

    def held(self, others: Pitches, rows: NDArray[np.bool_]) -> None:
        """Note that these `rows` hold their note while the others strike."""
        self.owes = np.where(rows & self.sour(self.pitch, others), np.int8(-1), self.owes)

    @staticmethod
    def sour(pitch: Pitches, others: Pitches) -> NDArray[np.bool_]:
        """Whether a pitch is dissonant with one of the others, taken two by two."""
        far, there = np.minimum(abs(pitch[None] - others), REACH - 1), others >= 0
        bass = np.where(there, others, np.int16(REACH - 1)).min(axis=0, initial=REACH - 1)
        over_bass = np.minimum(pitch[None], others) <= bass  # a fourth is dissonant over the lowest voice only
        harsh = np.where(over_bass, DISSONANT_TABLE[far], HARSH_TABLE[far])
        found: NDArray[np.bool_] = np.logical_or.reduce(harsh & there, axis=0)
        return found


def onward(choices: Pitches, following: Pitches) -> Numbers:
    """How gladly each choice moves on to what follows in each row, `[rows, choices]`; 1 where that is open (-1)."""
    moves: Numbers = MOVE_TABLE.take(following[:, None] - choices + REACH, mode="clip")
    moves[following < 0] = 1.0
    return moves


def drawn(weights: Numbers, rng: np.random.Generator) -> NDArray[np.intp]:
    """One column a row, by weight."""
    running = np.cumsum(weights, axis=1)
    at = rng.random(len(weights), np.float32)[:, None] * running[:, -1:]
    found: NDArray[np.intp] = np.minimum(np.add.reduce(running < at, axis=1, dtype=np.intp), weights.shape[1] - 1)
    return found
