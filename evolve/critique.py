"""Critique of a student's counterpoint: every fault with its place, its reason and its source, and the nearest mend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from evolve.algorithms.algorithm import Task, algorithm
from evolve.cantus import mode_of, pitches_of
from evolve.criteria import objective_of
from evolve.exports import described
from evolve.formats.format import file_format, place_of, read_bytes, read_phrase
from evolve.genomes.counterpoint import BAR, Counterpoint, against
from evolve.genomes.kind import Genes
from evolve.mending import mended, pruned
from evolve.streams import Streams
from evolve.styles import SUFFIX, style_named, style_of
from fitness.criterion import Criterion
from fitness.objective import Objective
from fitness.phrase import Phrase, Voice
from fitness.phrases import Phrases
from fitness.score import in_words
from fitness.style import Style
from fitness.theory import QUARTER, Key
from fitness.verdict import Numbers, Place

FORBIDDEN, DISCOURAGED, BETTER_NOT = 3, 2, 1
SEVERITY = {FORBIDDEN: "forbidden", DISCOURAGED: "discouraged", BETTER_NOT: "better not"}
HEAVY = 2.0  # the weight from which on a soft criterion is discouraged, and not only better not
# Where to look, by the theme (the module) of the rule that is broken.
LOOK = {
    "counterpoint": "how do the two voices move, and where do they meet?",
    "dissonance": "how is the dissonance reached, and how is it left?",
    "species": "which note values belong to this species?",
    "cadence": "how should two voices begin, and come to rest?",
    "sonority": "what does the chord have, and what does it lack?",
    "tonality": "does this note belong to the mode?",
}
LOOK_AT_LINE = "sing the line alone: what is hard to sing, or goes nowhere?"
GENERATIONS, POPULATION, KEPT = 40, 100, 40  # of the search for a mend, and how many of its best are looked at
NEARNESS = 1000.0  # the weight of the student's own notes against all else


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

    @property
    def where(self) -> str:
        """`bar 3, beat 2`."""
        return f"bar {self.bar}, beat {self.beat}"

    def plain(self) -> dict[str, Any]:
        """For JSON and CSV."""
        return {
            "severity": SEVERITY[self.severity], "bar": self.bar, "beat": self.beat, "voices": list(self.voices),
            "rule": self.rule, "heard": self.heard, "rule_says": self.rule_says, "why": self.why, "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Exercise:
    """A student's phrase, its voices in order and named, with the kind and the style that it is judged by."""

    phrase: Phrase
    kind: Counterpoint
    objective: Objective
    style: str
    remarks: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path, *, style: str, species: int, cantus: int | str, key: Key | None = None) -> Exercise:
        """Read a file of music; ValueError in one line where it is no exercise of this species."""
        remarks: list[str] = []
        whole = read_phrase(path, remarks=remarks)
        try:
            phrase, kind = _arranged(whole, species, cantus, key)
            objective = objective_of(_style(style), kind)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        said = [remark for remark in remarks if "no key is stated" not in remark]  # the mode is that of the cantus
        return cls(phrase, kind, objective, style, tuple(said))

    def faults(self) -> list[Fault]:
        """All faults, the worst first, then in order of time."""
        hard = {id(criterion) for criterion in self.objective.constraints}
        found = []
        for part in self.objective.score(self.phrase).parts:
            if part.broken:
                severity = FORBIDDEN if id(part.criterion) in hard else _soft(part.criterion)
                found += [self._fault(part.criterion, place, severity) for place in part.places(self.phrase)]
        return sorted(found, key=lambda fault: (-fault.severity, fault.place.onset, fault.rule))

    def _fault(self, criterion: Criterion, place: Place, severity: int) -> Fault:
        bar, beat = self.phrase.place(place.onset)
        whole, part = divmod(beat, 1)
        entry = criterion.extension
        theme = entry.function.__module__.rpartition(".")[2]
        heard = in_words(self.phrase, place, criterion).partition("(")[2].rpartition(")")[0]
        voices = tuple(self.phrase.voices[voice].name for voice in place.voices)
        says, why = _with_options(entry.summary, criterion), _why(entry.function.__doc__ or "")
        return Fault(
            severity, bar, f"{whole}{f' {part}' if part else ''}", voices, entry.name, heard, says, why, entry.source,
            LOOK.get(theme, LOOK_AT_LINE), place,
        )  # fmt: skip

    def described(self) -> dict[str, Any]:
        """The phrase with its score, as a run records its best ones."""
        return described(self.objective.score(self.phrase), self.phrase)

    def repaired(self) -> tuple[Phrase, int]:
        """The nearest version that breaks no hard rule, and the number of hard faults left (0 where one was found).

        Tried are changes of single notes and pairs, and a population bred from the student's own version; then every
        changed note that can be is changed back, and the version that changes least is taken.
        """
        kind = _kind_with(self.phrase, self.kind)
        near = Criterion.of_feature(
            "notes_shared", usual=_as_it_is, targets=Phrases.of(self.phrase), weight=NEARNESS, label="nearness"
        )
        soft = [criterion for criteria in self.objective.axes.values() for criterion in criteria]
        judge = replace(self.objective, axes={"nearness": (near, *soft)}, blames=True)
        own = kind.start_from([self.phrase])
        found = [mended(kind, judge, own[0])[0], *_bred(kind, judge, own)]
        nearest = [pruned(kind, judge, genes, own[0]) for genes in found]
        faults = judge(kind.decode(np.array(nearest))).faults
        moved = [
            np.where(genes == own[0], 0, abs(kind.cells(genes[None]) - kind.cells(own))[:, 0]) for genes in nearest
        ]
        best = min(range(len(nearest)), key=lambda i: (faults[i], np.count_nonzero(moved[i]), int(moved[i].sum())))
        return kind.decode(nearest[best][None])[0], int(faults[best])

    def changes(self, other: Phrase) -> list[str]:
        """What another version has changed, in words, in order of time."""
        told = []
        for mine, theirs in zip(self.phrase.voices, other.voices, strict=True):
            here, there = (dict.fromkeys((n.onset, n.duration, n.pitch) for n in v.notes) for v in (mine, theirs))
            for onset in sorted({event[0] for event in here.keys() ^ there.keys()}):
                bar, beat = self.phrase.place(onset)
                was, now = (next((event for event in events if event[0] == onset), None) for events in (here, there))
                with_length = not (was and now and was[1] == now[1])
                new, old = (self._told(event, with_length) for event in (now, was))
                told.append((onset, f"bar {bar}, beat {beat}, {mine.name}: {new} instead of {old}"))
        return [text for _, text in sorted(told)]

    def _told(self, event: tuple[int, int, int] | None, with_length: bool) -> str:
        if event is None:
            return "no new note"
        tick, ticks, pitch = event
        beats = Fraction(ticks, QUARTER)
        length = f" of {beats} beat{'s' * (beats != 1)}" if with_length else ""
        return f"{self.phrase.key_at(tick).name_of(pitch)}{length}"


def read_exercises(
    paths: Iterable[Path], *, style: str, species: int, cantus: int | str, key: Key | None = None
) -> list[tuple[Path, Exercise | str]]:
    """The exercises in some files and folders, with their files; of one that is none, why.

    ValueError where there is only one file and it is none, or where a folder has no file of music.
    """
    files = [file for path in paths for file in _files(path)]
    found: list[tuple[Path, Exercise | str]] = []
    for file in files:
        try:
            found.append((file, Exercise.read(file, style=style, species=species, cantus=cantus, key=key)))
        except ValueError as error:
            if len(files) == 1:
                raise
            found.append((file, str(error)))
    return found


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    known = {suffix for entry in file_format for suffix in entry.traits["suffixes"]}
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in known and file.name[0] != ".")
    if not files:
        raise ValueError(f"{path}: has no file of music in it ({', '.join(sorted(known))}); name another folder")
    return files


def _arranged(whole: Phrase, species: int, cantus: int | str, key: Key | None) -> tuple[Phrase, Counterpoint]:
    """The phrase with its voices from the top and named, and the kind of exercise that it is."""
    voices = [voice for voice in whole.voices if voice.notes]
    if not 2 <= len(voices) <= 4:
        raise ValueError(f"an exercise must have 2 to 4 voices with notes, got {len(voices)}")
    given = voices.pop(place_of(cantus, [voice.name for voice in voices], "track"))
    for number, note in enumerate(given.notes):
        if note.onset != number * BAR or note.duration > BAR:
            bar, beat = whole.place(note.onset)
            raise ValueError(
                f"the cantus must have one note a bar of four quarters, got one at bar {bar}, beat {beat}; "
                "name its track with --cantus"
            )
    below = [voice for voice in voices if _height(voice) < _height(given)]
    above = [voice for voice in voices if voice not in below]
    line = Phrase((given,), whole.length)
    line = replace(line, keys=((0, key or mode_of(line)),))
    if len(voices) > 1 and species > 1:
        raise ValueError(f"more than one voice is added in the first species only, got {len(voices)}")
    kind = against(pitches_of(line), line.keys[0][1], species=species, above=len(above), below=len(below))
    ordered = [*sorted(above, key=_height, reverse=True), given, *sorted(below, key=_height, reverse=True)]
    named = tuple(replace(voice, name=name) for voice, name in zip(ordered, kind.setting.names, strict=True))
    length = max(whole.length, kind.setting.length)
    return Phrase(named, length, kind.setting.keys, whole.metres, whole.pickup), kind


def _height(voice: Voice) -> float:
    """The mean pitch of a voice by how long its notes last."""
    return sum(note.pitch * note.duration for note in voice.notes) / sum(note.duration for note in voice.notes)


def _kind_with(phrase: Phrase, kind: Counterpoint) -> Counterpoint:
    """The kind with what the student wrote among the notes that each slot may have."""
    pitches = list(kind.pitches)
    for number, voice in enumerate(kind.added):
        for slot, tick in enumerate(kind.ticks.tolist()):
            until = [*kind.ticks.tolist(), kind.setting.length][slot + 1]
            mine = {note.pitch for note in phrase.voices[voice].notes if note.onset < until and note.end > tick}
            gene = number * kind.slots + slot
            pitches[gene] = tuple(sorted({*pitches[gene], *mine}))
    return replace(kind, pitches=tuple(pitches))


def _bred(kind: Counterpoint, judge: Objective, own: Genes) -> list[Genes]:
    """The best of a population that began with the student's version."""
    task = Task(kind, judge, Streams(0), own)
    for generation in algorithm["generational"].function(task, population=POPULATION):
        if generation.number >= GENERATIONS:
            return [np.array(individual, np.int16) for individual in generation.hall][:KEPT]
    return []


def _style(name: str) -> Style:
    return style_of(read_bytes(Path(name))) if name.endswith(SUFFIX) else style_named(name)


def _soft(criterion: Criterion) -> int:
    return DISCOURAGED if criterion.weight >= HEAVY else BETTER_NOT


def _why(docstring: str) -> str:
    """The second paragraph of a rule's docstring, which says why a listener cares: its first sentence."""
    paragraphs = [" ".join(text.split()) for text in docstring.split("\n\n")]
    return re.split(r"(?<=[.])\s", paragraphs[1])[0] if len(paragraphs) > 1 else paragraphs[0]


def _with_options(text: str, criterion: Criterion) -> str:
    """A rule's sentence with the values of its options in place of their names."""
    given = getattr(criterion.judge, "keywords", {})
    for name, (_, default) in criterion.extension.options.items():
        value = given.get(name, default)
        shown = ", ".join(value) if isinstance(value, list) else "none" if value is None else str(value)
        text = text.replace(f"`{name}`", shown)
    return text


def _as_it_is(value: Numbers) -> Numbers:
    return value
