"""Null models of a piece: what is left of it when one thing is destroyed.

A rule or a feature that says something of music hears a difference between pieces and these.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fitness.phrase import Note, Phrase

NULLS = ("shuffled", "uniform", "walk", "rhythm")


def null(piece: Phrase, model: str, rng: np.random.Generator) -> Phrase:
    """The piece with other pitches on its own rhythm, or its durations in another order, in each voice.

    `shuffled`: its pitches in any order; `uniform`: notes of the scale of its key within its range; `walk`: a step of
    the scale up or down from note to note, there; `rhythm`: its durations, each with the rest after it, in any order.
    """
    voices = []
    for voice in piece.voices:
        if not voice.notes:
            voices.append(voice)
            continue
        onsets, lasts, pitches = np.array([(note.onset, note.duration, note.pitch) for note in voice.notes]).T
        scale = np.array(piece.keys[0][1].pitches(int(pitches.min()), int(pitches.max())) or pitches[:1])
        if model == "shuffled":
            pitches = rng.permutation(pitches)
        elif model == "uniform":
            pitches = rng.choice(scale, len(pitches))
        elif model == "walk":  # it turns back at both ends
            span = len(scale) - 1
            places = rng.integers(span + 1) + np.cumsum(rng.choice((-1, 1), len(pitches)))
            pitches = scale[span - abs(places % max(2 * span, 1) - span)]
        else:
            order = rng.permutation(len(pitches))
            spans = np.diff(onsets, append=voice.notes[-1].end)[order]
            onsets, lasts = onsets[0] + np.cumsum(spans) - spans, lasts[order]
        voices.append(replace(voice, notes=tuple(map(Note, onsets.tolist(), lasts.tolist(), pitches.tolist()))))
    return replace(piece, voices=tuple(voices))
