"""The score of one phrase, which explains itself in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fitness.criterion import Criterion
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.verdict import Place, Verdict


@dataclass(frozen=True, eq=False)
class Part:
    """One criterion's share in a score; `worth` is None where the rule applied nowhere."""

    criterion: Criterion
    worth: float | None
    broken: int
    tested: int

    def value(self, phrase: Phrase) -> float | None:
        """What a feature that is a single number measures; None for a rule or a profile."""
        if self.criterion.is_rule:
            return None
        said = self.criterion.said(self.criterion.view(Phrases.of(phrase, phrase)))
        return None if isinstance(said, Verdict) or len(said) != 1 else float(said[0, 0])

    def places(self, phrase: Phrase) -> list[Place]:
        """Where the phrase breaks this rule, in the phrase's own voices; empty for a feature."""
        batch = Phrases.of(phrase)
        said = self.criterion.said(self.criterion.view(batch))
        if not isinstance(said, Verdict):
            return []
        voices = self.criterion.voices or tuple(range(batch.voices))
        return [Place(p.onset, p.end, tuple(voices[v] for v in p.voices)) for p in said.places(0)]

    def explain(self, phrase: Phrase | None = None) -> str:
        """One line in words: how often the rule was kept, and where it was not."""
        name = self.criterion.name
        if not self.criterion.is_rule:
            value = None if phrase is None else self.value(phrase)
            return f"{name}: {self.worth:.3f}" + (f" (measured {value:.3g})" if value is not None else "")
        if not self.tested:
            return f"{name}: did not apply"
        text = f"{name}: kept at {self.tested - self.broken} of {self.tested}"
        if not self.broken or phrase is None:
            return text
        faults = [in_words(phrase, place, self.criterion) for place in self.places(phrase)]
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        return f"{text}; broken in {'; '.join(faults[:5])}{more}"


@dataclass(frozen=True, eq=False)
class Score:
    """What a judge says of one phrase: never a bare number."""

    axes: Mapping[str, float]
    faults: int
    parts: tuple[Part, ...]
    constraints: int = 0
    phrase: Phrase | None = None

    def explain(self) -> str:
        """The score in words, a line a criterion, the weakest first; where faults lie if the phrase is known."""
        head = ", ".join(f"{name} {value:.3f}" for name, value in self.axes.items())
        rules = f"{self.faults} fault{'s' * (self.faults != 1)} against the constraints; " if self.constraints else ""
        ordered = sorted(self.parts, key=lambda part: 2.0 if part.worth is None else part.worth)
        return "\n".join([f"{rules}{head}", *("  " + part.explain(self.phrase) for part in ordered)])


def in_words(phrase: Phrase, place: Place, criterion: Criterion) -> str:
    """A place as `bar 3, beat 2 (D5)` or with what the rule says is heard there."""
    bar, beat = phrase.place(place.onset)
    whole, part = divmod(beat, 1)
    said = criterion.extension.traits.get("heard", _names)(phrase, place)
    voices = [phrase.voices[v].name or f"voice {v + 1}" for v in place.voices] if len(phrase.voices) > 1 else []
    where = f"bar {bar}, beat {whole}{f' {part}' if part else ''}"
    return f"{where}{', ' + ' and '.join(voices) if voices else ''} ({said})"


def _names(phrase: Phrase, place: Place) -> str:
    notes = [
        phrase.key_at(place.onset).name_of(note.pitch)
        for voice in place.voices
        for note in phrase.voices[voice].notes
        if place.onset <= note.onset < place.end or note.onset <= place.onset < note.end
    ]
    return " ".join(notes[:8])
