"""Cells on a shared time grid, turned into notes and sounding pitches.

A cell is a MIDI pitch where a note is struck, `HOLD` where the last event goes on, `REST` where silence
begins.  Cells are int16 `[voices, slots, n]`; `ticks` are the onsets of the slots and the end, `[slots + 1]`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HOLD, REST = -2, -1

Cells = NDArray[np.int16]
Ticks = NDArray[np.int32]


def sounding(cells: Cells) -> Cells:
    """The pitch heard in each slot, -1 in silence: holds filled from the event before."""
    out = np.empty_like(cells)
    held = np.full((cells.shape[0], cells.shape[2]), REST, cells.dtype)
    event = cells != HOLD
    for slot in range(cells.shape[1]):
        np.copyto(held, cells[:, slot], where=event[:, slot])
        out[:, slot] = held
    return out


def notes(cells: Cells, ticks: Ticks) -> tuple[Cells, Ticks, Ticks]:
    """Pitch, onset and end of the notes, packed to the front, `[voices, notes, n]`; absent: -1, 0, 0.

    Each event is packed into one integer (end slot, slot, pitch), and a cursor per column that moves on
    only at attacks writes it: what is no attack is overwritten by the next.
    """
    voices, slots, n = cells.shape
    wide = slots >= 2047
    packed_type, slot_at, end_at = (np.int64, 8, 32) if wide else (np.int32, 8, 20)
    attack, event = cells >= 0, cells != HOLD
    packed = np.empty((slots, voices, n), packed_type)
    following = np.full((voices, n), slots << end_at, packed_type)
    for slot in range(slots - 1, -1, -1):
        np.add(following, cells[:, slot], out=packed[slot])
        packed[slot] += slot << slot_at
        np.copyto(following, slot << end_at, where=event[:, slot])
    count = np.add.reduce(attack, axis=1, dtype=np.int32)
    most = max(1, int(count.max(initial=0)))
    out = np.full((most + 1) * voices * n, -1, packed_type)
    first = np.arange(voices * n)
    cursor = first.copy()
    for slot in range(slots):
        out[cursor] = packed[slot].ravel()
        cursor += attack[:, slot].ravel() * np.int64(voices * n)
    out[first + count.ravel() * np.int64(voices * n)] = -1
    table = out[: most * voices * n].reshape(most, voices, n).transpose(1, 0, 2)
    pitch = table.astype(np.int8).astype(np.int16)
    time = np.zeros(1 << (end_at - slot_at) if not wide else slots + 2, np.int32)
    time[: slots + 1] = ticks
    slot_mask = (1 << (end_at - slot_at)) - 1
    onset = time.take((table >> slot_at) & slot_mask, mode="clip")
    end = time.take(table >> end_at, mode="wrap")
    return pitch, onset, end
