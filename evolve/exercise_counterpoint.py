"""An exercise in counterpoint, read from a file of music: who sings the cantus, who was added where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evolve.cantus import mode_of, pitches_of
from evolve.criteria import objective_of
from evolve.exercise import Exercise
from evolve.formats.format import NO_KEY, place_of, read_with_tempo
from evolve.genomes.counterpoint import Counterpoint, against
from evolve.species import BAR
from fitness.phrase import Note, Phrase, Voice
from fitness.phrases import Phrases
from fitness.rules.species import note_values_of_species
from fitness.style import Style
from fitness.theory import Key

SLACK = 8  # a note may be an eighth of its length short, or too long, and is meant to reach the next


def read_counterpoint(path: Path, style: Style, *, species: int, cantus: int | str, key: Key | None = None) -> Exercise:
    """Read one file; ValueError in one line where it is no exercise of this species."""
    remarks: list[str] = []
    whole, tempo = read_with_tempo(path, remarks=remarks)
    try:
        voices, left_out = _voices(whole)
        given = voices.pop(place_of(cantus, [voice.name for voice in voices], "track"))
        _check_cantus(given, whole)
        below = [voice for voice in voices if _height(voice) < _height(given)]
        above = [voice for voice in voices if voice not in below]
        if len(voices) > 1 and species > 1:
            raise ValueError(f"more than one voice is added in the first species only, got {len(voices)}")
        stated = whole.keys[:1] if not any(NO_KEY in remark for remark in remarks) else Phrase().keys
        line = Phrase((replace(given, name="cantus"),), given.notes[-1].end, stated)
        mode = key or mode_of(line)
        kind = against(pitches_of(line), mode, species=species, above=len(above), below=len(below))
        _check_length(voices, kind)
        ordered = [*sorted(above, key=_height, reverse=True), given, *sorted(below, key=_height, reverse=True)]
        named = tuple(replace(voice, name=name) for voice, name in zip(ordered, kind.setting.names, strict=True))
        phrase = Phrase(named, kind.setting.length, ((0, mode),), whole.metres)
        objective = objective_of(style, kind)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    names = tuple(voice.name or name for voice, name in zip(ordered, kind.setting.names, strict=True))
    if len(set(names)) < len(names):
        names = kind.setting.names
    said = [remark for remark in remarks if NO_KEY not in remark and "moved to the grid" not in remark]
    told = (*said, *left_out, *_wrong_species(phrase, kind))
    return Exercise(phrase, names, kind, objective, style.name, tempo, told, species)


def _voices(whole: Phrase) -> tuple[list[Voice], list[str]]:
    """The voices with notes as they are meant: from bar 1 on, each note as long as it is written; and what was done."""
    if any(metre.bar != BAR for _, metre in whole.metres):
        raise ValueError(f"an exercise must have bars of four quarters (4/4 or 2/2), got {whole.metres[0][1]}")
    voices = [voice for voice in whole.voices if voice.notes]
    if not 2 <= len(voices) <= 4:
        raise ValueError(f"an exercise must have 2 to 4 voices with notes, one a track, got {len(voices)}")
    empty = min(voice.notes[0].onset for voice in voices) // BAR
    told = [f"empty bars before the music were left out: {empty}; bar 1 is where it begins"] if empty else []
    return [replace(voice, notes=_as_meant(voice.notes, empty * BAR)) for voice in voices], told


def _as_meant(notes: tuple[Note, ...], late: int) -> tuple[Note, ...]:
    """Notes so many ticks earlier, each reaching the next, or the end of its bar, where it nearly does."""
    meant = []
    for note, following in zip(notes, (*notes[1:], None), strict=True):
        end, last = note.end, (note.end + BAR // 2) // BAR * BAR
        wanted = following.onset if following else last
        if note.onset < wanted and abs(wanted - end) * SLACK <= wanted - note.onset:
            end = wanted
        meant.append(replace(note, onset=note.onset - late, duration=end - note.onset))
    return tuple(meant)


def _check_cantus(given: Voice, whole: Phrase) -> None:
    for number, note in enumerate(given.notes):
        if note.onset != number * BAR or note.duration > BAR:
            bar, beat = whole.place(note.onset)
            name = f"track '{given.name}'" if given.name else "its track"
            raise ValueError(
                f"the cantus must have one note a bar of four quarters, but {name} has another at bar {bar},"
                f" beat {beat}; name the cantus with --cantus"
            )


def _check_length(voices: list[Voice], kind: Counterpoint) -> None:
    bars = kind.setting.length // BAR
    for voice in voices:
        own = -(-voice.notes[-1].end // BAR)
        if own != bars:
            raise ValueError(f"all voices must have as many bars as the cantus, {bars}, got {own}")


def _wrong_species(phrase: Phrase, kind: Counterpoint) -> list[str]:
    """A word where most note values are those of another species."""
    if len(kind.added) > 1:
        return []
    line = Phrases.of(phrase).only(kind.added)
    broken = {species: int(note_values_of_species(line, species=species).counts[0, 0]) for species in range(1, 6)}
    likely = min(broken, key=lambda species: (broken[species], species != kind.species))
    if 2 * broken[kind.species] > len(phrase.voices[kind.added[0]].notes) and broken[likely] < broken[kind.species] / 2:
        return [f"most notes are not those of species {kind.species}: is it in species {likely}?"]
    return []


def _height(voice: Voice) -> float:
    """The mean pitch of a voice by how long its notes last."""
    return sum(note.pitch * note.duration for note in voice.notes) / sum(note.duration for note in voice.notes)
