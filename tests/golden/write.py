"""Write the golden files: `python tests/golden/write.py`; read the diff before you commit it."""

from pathlib import Path

from evolve.experiment import Experiment
from evolve.formats.json import json as as_json
from evolve.formats.midi import to_bytes
from evolve.resolved import resolved_yaml
from fitness.phrase import Phrase

HERE = Path(__file__).parent
EXPERIMENTS = HERE.parents[1] / "experiments"
TUNE = (
    "D dorian 3/4 pickup=24: <flute@73> A3 | D4*2 E4!96 | F4/3 E4/3 D4/3 C4*2 ' | D4*3 ;"
    " <bass@32> r | D3*3 | A2*3 | D3*3"
)
FAULTY = (
    "G major 3/4: B4 C5/2 F5/2 B4 | F5*2 B4 | G4*3/2 D5/2 G5 | C5*2 A4 |"
    " B4 C5/2 F5/2 B4 | A4*2 A4 | G4/2 G5*5/2 | F#4*3"
)


def golden() -> dict[str, str]:
    """Name of each golden file -> its text."""
    hexed = to_bytes(Phrase.parse(TUNE), tempo_bpm=100).hex(" ")
    first = Experiment.load(EXPERIMENTS / "first_phrase.yaml")
    own = Experiment.load(EXPERIMENTS / "own_rule.yaml")
    return {
        "tune.mid.hex": "\n".join(hexed[i : i + 96].strip() for i in range(0, len(hexed), 96)) + "\n",
        "tune.json": as_json(Phrase.parse(TUNE), tempo_bpm=100).decode(),
        "explanation.txt": first.objective.score(Phrase.parse(FAULTY)).explain() + "\n",
        "own_rule.resolved.yaml": resolved_yaml(own),
    }


if __name__ == "__main__":
    for name, text in golden().items():
        (HERE / name).write_text(text, encoding="utf-8")
