"""Rules and features in plain Python, one phrase at a time: slower, and as correct.

    @rule(per_phrase=True)
    def no_third_a(phrase: Phrase) -> Iterator[tuple[int, Note, bool]]:
        for number, voice in enumerate(phrase.voices):
            for note in voice.notes:
                yield number, note, note.pitch % 12 != 9

A rule yields, for each note it tests, the number of the voice, the note, and whether the rule was kept there;
a feature returns a number or a list of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from fitness.catalogue import Extension
from fitness.phrase import Note
from fitness.phrases import Phrases
from fitness.verdict import Numbers, Verdict


def batched(entry: Extension[Any], *, is_rule: bool) -> Callable[..., Any]:
    """The function of a rule or feature as one of batches, however it was written."""
    function: Callable[..., Any] = entry.function
    if not entry.traits.get("per_phrase"):
        return function
    return partial(_verdict if is_rule else _numbers, function, entry.name)


def _verdict(function: Callable[..., Any], name: str, phrases: Phrases, /, **options: Any) -> Verdict:
    notes = phrases.notes
    broken, tested = np.zeros((2, *notes.pitch.shape), bool)
    for i, phrase in enumerate(phrases.each):
        place = {(v, note): k for v, voice in enumerate(phrase.voices) for k, note in enumerate(voice.notes)}
        answer = function(phrase, **options)
        for told in answer if isinstance(answer, Iterable) else (answer,):
            match told:
                case (int() as voice, Note() as note, bool() | np.bool_() as kept) if (voice, note) in place:
                    tested[voice, place[voice, note], i] = True
                    broken[voice, place[voice, note], i] |= not kept
                case _:
                    wanted = "(number of a voice, one of its notes, whether kept)"
                    raise ValueError(f"{name}: must yield {wanted}, got {told}")
    return Verdict(broken=broken, tested=tested, on=notes)


def _numbers(function: Callable[..., Any], name: str, phrases: Phrases, /, **options: Any) -> Numbers:
    rows = [np.atleast_1d(np.asarray(function(phrase, **options), np.float64)) for phrase in phrases.each]
    if len({row.shape for row in rows}) > 1 or any(row.ndim != 1 for row in rows):
        raise ValueError(f"{name}: must return one number, or as many for every phrase")
    return np.stack(rows, axis=1) if rows else np.zeros((1, 0))
