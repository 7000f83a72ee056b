"""Cells on a shared time grid, turned into notes and sounding pitches.

A cell is a MIDI pitch where a note is struck, `HOLD` where the last event goes on, `REST` where silence
begins.  Cells are int16 `[voices, slots, n]`; `ticks` are the onsets of the slots and the end, `[slots + 1]`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitness.verbs import running

HOLD, REST = -2, -1

Cells = NDArray[np.int16]
Ticks = NDArray[np.int32]


def sounding(cells: Cells) -> Cells:
    """The pitch heard in each slot, -1 in silence: holds filled from the event before."""
    slots = cells.shape[1]
    wide = np.int32 if slots >= 127 else np.int16
    latest = (np.arange(1, slots + 1, dtype=wide)[:, None] << wide(8)) + cells + wide(1)
    latest *= cells != HOLD
    running(np.maximum, latest)  # events are in the order of slots: the latest is the largest
    latest &= wide(255)
    latest -= wide(1)
    return latest.astype(np.int16, copy=False)


def notes(cells: Cells, ticks: Ticks) -> tuple[Cells, Ticks, Ticks]:
    """Pitch, onset and end of the notes, packed to the front, `[voices, notes, n]`; absent: -1, 0, 0.

    Each attack becomes one integer of slot, end slot and pitch; sorting brings them to the front in order.
    """
    slots = cells.shape[1]
    narrow = np.int16 if slots < 2**14 else np.int32
    following = np.empty((cells.shape[0], slots + 1, cells.shape[2]), narrow)  # at each slot the next event from it on
    following[:, slots] = slots
    np.multiply(cells == HOLD, narrow(2**14 if narrow is np.int16 else 2**24), out=following[:, :slots])
    following[:, :slots] += np.arange(slots, dtype=narrow)[:, None]
    running(np.minimum, following[:, ::-1])
    signed, unsigned, bits = (np.int32, np.uint32, 12) if slots < 2**12 else (np.int64, np.uint64, 28)
    packed: NDArray[Any] = following[:, 1:].astype(signed)
    packed <<= 7
    packed |= (np.arange(slots, dtype=np.int64) << (7 + bits)).astype(signed)[:, None]
    packed |= cells.astype(signed)  # holds and rests are negative: unsigned, they sort to the end
    rows = np.ascontiguousarray(packed.transpose(0, 2, 1))  # sorting runs of adjacent numbers is many times faster
    rows.view(unsigned).sort(axis=-1)
    most = max(1, int(np.add.reduce(cells >= 0, axis=1, dtype=np.int32).max(initial=0)))
    table = np.ascontiguousarray(rows[..., :most].transpose(0, 2, 1))
    absent = table < 0
    pitch = (table & 127).astype(np.int16)
    np.copyto(pitch, -1, where=absent)
    onset, end = (ticks.take((table >> shift) & (2**bits - 1), mode="clip") for shift in (7 + bits, 7))
    np.copyto(onset, 0, where=absent)
    np.copyto(end, 0, where=absent)
    return pitch, onset, end
