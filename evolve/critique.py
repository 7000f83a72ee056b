"""Critique of an exercise: every fault with its place, its reason, its source and a mend; and what is good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np

from evolve.exercise import SEVERITY, Exercise, beat_in_words
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.phrasing import phrases_found
from fitness.score import Part, in_words
from fitness.theory import QUARTER
from fitness.verdict import Place
from fitness.views import Notes

# Where to look, by the theme (the module) of the rule that is broken.
LOOK = {
    "counterpoint": "how do the two voices move?",
    "spacing": "where do the voices meet, and how far apart are they?",
    "dissonance": "how is the dissonance reached, and how is it left?",
    "species": "which note values belong to this species?",
    "cadence": "how should two voices begin, and come to rest?",
    "sonority": "what does the chord have, and what does it lack?",
    "tonality": "does this note belong to the mode?",
    "leaps": "can this be sung: how large is the leap, and what comes before and after it?",
    "contour": "where does the line go: how high, how low, how often back?",
    "rhythm": "clap it to the beat: where does the metre get lost?",
    "form": "which bars belong together, and do they sound as if they did?",
}
LOOK_OF_RULE = {
    "starts_on_triad": "does the beginning say where home is?",
    "ends_on_tonic": "does the tune come home?",
    "phrases_end_on_triad": "does the phrase come to rest?",
}
LOOK_AT_LINE = "sing the line alone: what is hard to sing, or goes nowhere?"
# What to do, by theme, where no other pitch mends it.
ADVICE = {
    "rhythm": "try another length: let the note begin on the stronger beat, or end there",
    "form": "let bars come again, or cut the phrases where the others are cut",
    "tonality": "try notes of the key, and let phrases end on its tonic triad",
    "leaps": "fill the leap with a step between, or come back after it",
    "contour": "give the line another goal: a higher or a lower turning point",
}
ADVICE_FOR_ALL = "write the bar anew: no single other note mends it"
OF_INTERVALS = ("melody", "leaps")  # themes whose rules compare a note with those before it
MENDED = 24  # of the worst faults it is tried which other note mends them
REACH = 7  # semitones up and down that are tried
GOOD, LEAST_TESTED = 5, 2  # things told that are good; places at which a rule must have applied to be one of them


@dataclass(frozen=True)
class Fault:
    """One place where one criterion is broken; `voices` are names, `severity` 3 (forbidden) to 1."""

    severity: int
    bar: int
    beat: str
    voices: tuple[str, ...]
    rule: str
    heard: str
    rule_says: str
    why: str
    source: str
    look: str
    place: Place
    theme: str
    mend: str = ""

    @property
    def where(self) -> str:
        """`bar 3, beat 2`."""
        return f"bar {self.bar}, beat {self.beat}"

    def plain(self) -> dict[str, Any]:
        """For JSON and CSV."""
        return {
            "severity": SEVERITY[self.severity], "bar": self.bar, "beat": self.beat, "voices": list(self.voices),
            "rule": self.rule, "heard": self.heard, "rule_says": self.rule_says, "why": self.why, "source": self.source,
            "mend": self.mend,
        }  # fmt: skip


def faults_of(exercise: Exercise) -> list[Fault]:
    """All faults, the worst first, then in order of time; what a hard rule says of a place its soft form need not."""
    found: dict[tuple[str, Place], tuple[Fault, Criterion]] = {}
    for part in exercise.objective.score(exercise.phrase).parts:
        tolerated = not exercise.kept and part.worth == 1.0  # by the normaliser of a style that was not measured
        if not part.broken or tolerated:
            continue
        criterion = part.criterion
        for place in part.places(exercise.phrase):
            if _between_phrases(exercise, criterion, place):
                continue
            fault, same = _fault(exercise, criterion, place), (criterion.extension.name, place)
            if same not in found or found[same][0].severity < fault.severity:
                found[same] = fault, criterion
    ordered = sorted(found.values(), key=lambda f: (-f[0].severity, f[0].place.onset, f[0].rule))
    mends = _mends(exercise, ordered[:MENDED])
    return [replace(fault, mend=mends[i] if i < MENDED else _advice(fault)) for i, (fault, _) in enumerate(ordered)]


def _between_phrases(exercise: Exercise, criterion: Criterion, place: Place) -> bool:
    """Whether a rule of intervals is broken from the end of one phrase of a melody to the beginning of the next.

    Silence of a quarter or more cuts a line as well.
    """
    theme = criterion.extension.function.__module__.rpartition(".")[2]
    if exercise.species is not None or theme not in OF_INTERVALS or len(place.voices) != 1:
        return False
    notes = exercise.phrase.voices[place.voices[0]].notes
    number = next((i for i, note in enumerate(notes) if note.onset == place.onset), 0)
    before, note = notes[number - 1], notes[number]
    cut = any(before.onset < end <= note.onset for end in (*exercise.phrase.ends, *_found(exercise.phrase)))
    return number > 0 and (cut or note.onset - before.end >= QUARTER)


@lru_cache(maxsize=8)
def _found(phrase: Phrase) -> tuple[int, ...]:
    """Where phrases end that nobody has marked."""
    return tuple(phrases_found(phrase))


def _advice(fault: Fault) -> str:
    return ADVICE.get(fault.theme, ADVICE_FOR_ALL)


def _mends(exercise: Exercise, faults: list[tuple[Fault, Criterion]]) -> list[str]:
    """For each fault the one other note that mends it, brings no worse fault and moves least; else advice."""
    tries = [(number, *change) for number, (fault, _) in enumerate(faults) for change in _changes(exercise, fault)]
    mends = [_advice(fault) for fault, _ in faults]
    if not tries:
        return mends
    rules = [criterion for criterion in exercise.objective.criteria if criterion.is_rule]
    objective = Objective({"rules": tuple(rules)})
    broken = objective(_changed(exercise, [change[1:] for change in tries])).broken.astype(np.int64)
    before = objective(Phrases.of(exercise.phrase)).broken[:, 0].astype(np.int64)
    weights = np.array([exercise.severity(criterion) for criterion in rules])
    worse = np.add.reduce((broken - before[:, None]) * weights[:, None], axis=0)
    for number, group in groupby(range(len(tries)), key=lambda i: tries[i][0]):
        row = rules.index(faults[number][1])
        good = [i for i in group if broken[row, i] < before[row] and worse[i] < 0]
        if good:
            best = min(good, key=lambda i: (abs(tries[i][4] - tries[i][3]), worse[i], tries[i][2]))
            mends[number] = _as_mend(exercise, *tries[best][1:])
    return mends


def _changes(exercise: Exercise, fault: Fault) -> Iterator[tuple[int, int, int, int]]:
    """Voice, number, pitch and other pitch of the notes at a fault and beside it; a given voice stays as it is."""
    key, place = exercise.phrase.key_at(fault.place.onset), fault.place
    given = getattr(exercise.kind, "added", None)
    for voice in place.voices:
        if given is not None and voice not in given:
            continue
        notes, until = exercise.phrase.voices[voice].notes, max(place.end, place.onset + 1)
        here = [i for i, note in enumerate(notes) if note.onset < until and note.end > place.onset]
        near = {j for i in here[:3] for j in (i - 1, i, i + 1) if 0 <= j < len(notes)}
        for number in sorted(near):
            pitch = notes[number].pitch
            for other in range(max(pitch - REACH, 0), min(pitch + REACH, 127) + 1):
                if other != pitch and not key.is_foreign(other):
                    yield voice, number, pitch, other


def _changed(exercise: Exercise, changes: list[tuple[int, int, int, int]]) -> Phrases:
    """The phrase as often as there are changes, each with one note changed."""
    own = Phrases.of(exercise.phrase)
    pitch, onset, end = (
        np.repeat(own.notes.pitch, len(changes), axis=2), np.repeat(own.notes.onset, len(changes), axis=2),
        np.repeat(own.notes.end, len(changes), axis=2),
    )  # fmt: skip
    voices, numbers, _, others = np.array(changes).T
    pitch[voices, numbers, np.arange(len(changes))] = others
    return Phrases(own.settings, notes=Notes(pitch, onset, end, own.settings))


def _as_mend(exercise: Exercise, voice: int, number: int, pitch: int, other: int) -> str:
    note = exercise.phrase.voices[voice].notes[number]
    key, (bar, beat) = exercise.phrase.key_at(note.onset), exercise.phrase.place(note.onset)
    return f"bar {bar}, beat {beat_in_words(beat)}: {key.name_of(other)} instead of {key.name_of(pitch)}"


def good_of(exercise: Exercise) -> list[str]:
    """What is good: the rules kept at every place where they applied, those that say most first."""
    parts = exercise.objective.score(exercise.phrase).parts
    kept = [p for p in parts if p.criterion.is_rule and p.tested >= LEAST_TESTED and not p.broken]
    kept.sort(key=lambda p: -p.criterion.weight * np.log1p(p.tested))
    return list(dict.fromkeys(_kept(part) for part in kept))[:GOOD]


def _kept(part: Part) -> str:
    summary = _with_options(part.criterion.extension.summary, part.criterion)
    return f"{summary} ({part.tested} of {part.tested} places)"


def _fault(exercise: Exercise, criterion: Criterion, place: Place) -> Fault:
    bar, beat = exercise.phrase.place(place.onset)
    entry = criterion.extension
    theme = entry.function.__module__.rpartition(".")[2]
    heard = in_words(exercise.phrase, place, criterion).partition("(")[2].rpartition(")")[0]
    voices = tuple(exercise.names[voice] for voice in place.voices)
    says, why = _with_options(entry.summary, criterion), _why(entry.function.__doc__ or "")
    share = exercise.kept.get(entry.name)
    if share is not None:
        why += f" Of the pieces of {exercise.style}, {share:.0%} keep it throughout."
    return Fault(
        exercise.severity(criterion), bar, beat_in_words(beat), voices, entry.name, heard, says, why, entry.source,
        LOOK_OF_RULE.get(entry.name, LOOK.get(theme, LOOK_AT_LINE)), place, theme,
    )  # fmt: skip


def _why(docstring: str) -> str:
    """The second paragraph of a rule's docstring, which says why a listener cares: its first sentence."""
    paragraphs = [" ".join(text.split()) for text in docstring.split("\n\n")]
    return re.split(r"(?<=[.])\s", paragraphs[1])[0] if len(paragraphs) > 1 else paragraphs[0]


def _with_options(text: str, criterion: Criterion) -> str:
    """A rule's sentence with the values of its options in place of their names."""
    given = getattr(criterion.judge, "keywords", {})
    for name, (_, default) in criterion.extension.options.items():
        value = given.get(name, default)
        shown = ", ".join(value) if isinstance(value, list) else "none in this species" if value is None else str(value)
        text = text.replace(f"`{name}`", shown)
    return text.replace("more than 1 times", "twice")
