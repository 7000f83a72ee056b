"""The spiral array: notes on a helix of fifths, chords and keys as centres of their notes.

Source: Chew, Towards a Mathematical Model of Tonality (2000): radius 1, rise sqrt(2/15) a fifth.
"""

from __future__ import annotations

import numpy as np

from fitness.verdict import Numbers


def _note(fifths: int) -> Numbers:
    """A note of the spiral array, so many fifths from the tonic."""
    return np.array([np.sin(fifths * np.pi / 2), np.cos(fifths * np.pi / 2), fifths * np.sqrt(2 / 15)])


def _triad(root: int, third: int) -> Numbers:
    centre: Numbers = WEIGHTS[0] * _note(root) + WEIGHTS[1] * _note(root + 1) + WEIGHTS[2] * _note(root + third)
    return centre


WEIGHTS = (0.516, 0.315, 0.168)  # Chew (2000): of root, fifth and third in a chord, and of I, V, IV in a key
MAJOR, MINOR, MIXED = 4, -3, 0.75  # fifths from root to third; the share of major V and of minor IV in a minor key
HELIX = np.array([_note((7 * pc + 5) % 12 - 5) for pc in range(12)])
MAJOR_CENTRE = sum(w * _triad(root, MAJOR) for w, root in zip(WEIGHTS, (0, 1, -1), strict=True))
MINOR_CENTRE = (
    WEIGHTS[0] * _triad(0, MINOR)
    + WEIGHTS[1] * (MIXED * _triad(1, MAJOR) + (1 - MIXED) * _triad(1, MINOR))
    + WEIGHTS[2] * (MIXED * _triad(-1, MINOR) + (1 - MIXED) * _triad(-1, MAJOR))
)
