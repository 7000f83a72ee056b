"""A melody to be criticised, read from a file of music, with the rules that a style keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from evolve.criteria import objective_of
from evolve.exercise import BETTER_NOT, DISCOURAGED, Exercise
from evolve.formats.format import NO_KEY, read_with_tempo
from evolve.genomes.tune import Tune
from evolve.melodies import melody_of
from evolve.unusual import Standing, portraits, quantiles_of, standings
from evolve.vocabulary import GRID, MODES, Frame, Vocabulary
from fitness.catalogue import near_miss
from fitness.criterion import Criterion
from fitness.entries import rule
from fitness.objective import Objective
from fitness.phrase import Phrase
from fitness.style import AXIS, Style
from fitness.theory import Key
from fitness.verdict import gate

KEEP = 0.9  # the share of a style's pieces that keep a rule wholly, from which on breaking it is discouraged
# Breaking it is better not, if its pieces break it at so small a share of the places, and so many keep it wholly; of a
# rule that asks once a piece, if so many keep it.
RARE, OFTEN, MOSTLY = 0.1, 0.7, 0.75
OF_KEYS = ("key_heard", "keys_follow_plan")  # rules that know no modes but major and minor
OF_ENDS = ("phrases_symmetrical",)  # and that mean nothing where phrases were cut by us
THIRD = 8  # ticks of an eighth of a triplet
PLAYED = 0.25  # the share of notes off sixteenths and triplets from which on a file was played, not written
SLIGHT = 0.01  # the weight of a rule that the style keeps, but no more than nonsense does


def read_melody(path: Path, style: Style, *, track: int | str | None = None, key: Key | None = None) -> Exercise:
    """Read one file; ValueError in one line where it has no melody, or the style is not for one."""
    remarks: list[str] = []
    whole, tempo = read_with_tempo(path, track=track, remarks=remarks)
    try:
        melody = melody_of(whole)
        if melody is None:
            raise ValueError("there must be a voice with two notes or more, got none")
        phrase = replace(melody, keys=((0, key),)) if key else melody
        unasked = (*(() if phrase.keys[0][1].mode in MODES else OF_KEYS), *(() if len(whole.ends) > 1 else OF_ENDS))
        objective, kept = _objective(style, unasked)
        measured = quantiles_of(style) if style.measured.get("quantiles") else {}
        kind = kind_of(phrase, style)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    severities = {
        criterion.name: DISCOURAGED if kept[criterion.extension.name] >= KEEP else BETTER_NOT
        for criterion in objective.criteria
        if criterion.extension.name in kept
    }
    said = tuple(remark for remark in remarks if not (key and NO_KEY in remark))
    name = phrase.voices[0].name or "melody"
    told = [*said]
    if others := sum(bool(voice.notes) for voice in whole.voices) - 1:
        told.append(f"only the voice '{name}' is heard, others left out: {others}; choose with --track")
    off = sum(note.onset % GRID != 0 and note.onset % THIRD != 0 for note in phrase.voices[0].notes)
    if off >= PLAYED * len(phrase.voices[0].notes):
        told.append("many notes begin off the beat, as they were played: quantise the file, and read it again")
    return Exercise(phrase, (name,), kind, objective, style.name, tempo, tuple(told), None, severities, kept, measured)


def _objective(style: Style, unasked: tuple[str, ...]) -> tuple[Objective, dict[str, float]]:
    """The rules that the style's pieces keep, with its numbers in their bands; of a style not measured, its criteria.

    And how many of the pieces keep each rule wholly.  Some rules are not asked.
    """
    measured = style.measured.get("rules", {})
    whole = objective_of(style, None)
    if not measured:
        return whole, {}
    try:
        kept = {str(name): float(figures["kept"]) for name, figures in measured.items()}
        rates = {name: float(measured[name]["rate"]) for name in kept}
    except (AttributeError, LookupError, TypeError, ValueError):
        raise ValueError("measured.rules must say of each rule 'kept' and 'rate', as calibrate does") from None
    if unknown := [name for name in kept if name not in rule]:
        raise ValueError(
            f"measured.rules: no rule is called '{unknown[0]}'; {near_miss(unknown[0], [e.name for e in rule])}"
        )
    told = {c.extension.name: c for criteria in whole.axes.values() for c in criteria if c.is_rule}
    rules = [
        told.get(name) or Criterion.of_rule(name, weight=SLIGHT)
        for name in measured
        if name not in unasked
        and kept[name] >= (MOSTLY if rule[name].traits.get("usual") is gate else OFTEN)
        and (rates[name] <= RARE or rule[name].traits.get("usual") is gate)
    ]
    numbers = [c for criteria in whole.axes.values() for c in criteria if not c.is_rule]
    return Objective({AXIS: (*rules, *numbers)}, whole.constraints), kept


def kind_of(phrase: Phrase, style: Style) -> Tune | None:
    """The kind of tunes in the frame of a phrase, with the tones of the style and its own; None off sixteenths.

    Only a piece in one metre and one key is of such a kind, of a bar at least and of 256 bars of 4/4 at most.
    """
    ticks = {tick for voice in phrase.voices for note in voice.notes for tick in (note.onset, note.end)}
    if any(tick % GRID for tick in (*ticks, phrase.length, phrase.pickup)) or len(phrase.metres) + len(phrase.keys) > 2:
        return None
    try:
        own = Vocabulary.of([phrase])
    except ValueError:  # too short or too long to have a frame
        return None
    frame = Frame(own.frames[0][0].metre, phrase.pickup // GRID, phrase.length // GRID, own.frames[0][0].mode,
                  own.frames[0][0].ends)  # fmt: skip
    moves: dict[str, Any] = {mode: {t: dict(after) for t, after in own.moves[mode].items()} for mode in own.moves}
    if style.vocabulary:
        shared = Vocabulary.from_plain(style.vocabulary)
        for mode, table in shared.moves.items():
            for tone, after in table.items():
                moves[mode].setdefault(tone, {})
                for other, count in after.items():
                    moves[mode][tone][other] = moves[mode][tone].get(other, 0) + count
        known = {**shared.rhythms, **own.rhythms}
    else:
        known = dict(own.rhythms)
    kind = Tune(replace(own, frames=((frame, 1),), moves=moves, rhythms=known))
    again = kind.decode(kind.start_from([phrase]))[0]
    same = [(n.onset, n.end, n.pitch) for n in again.voices[0].notes]
    return kind if same == [(n.onset, n.end, n.pitch) for n in phrase.voices[0].notes] else None


def unusual(exercise: Exercise) -> list[Standing]:
    """The numbers of a melody that lie outside those of nine in ten pieces of its style, the farthest first."""
    if not exercise.quantiles:
        return []
    return [one for one in standings(portraits([exercise.phrase])[:, 0], exercise.quantiles) if one.beyond > 0]
