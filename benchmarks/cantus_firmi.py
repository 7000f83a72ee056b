"""Cantus firmi to prove the counterpoint on: Fux's six, and others of 8 to 14 notes in all modes, high and low.

The others are Fux's, transposed, and ones that were made for the purpose of this benchmark.
"""

from __future__ import annotations

from evolve.cantus import CANTUS_FIRMI, cantus_of
from fitness.phrase import Phrase
from fitness.theory import key_of

FUX = tuple(CANTUS_FIRMI)
# name of one of Fux's six -> semitones by which it is moved
MOVED = (
    ("fux_d", 5),
    ("fux_d", -7),
    ("fux_e", 3),
    ("fux_e", -5),
    ("fux_f", 7),
    ("fux_g", -4),
    ("fux_a", 8),
    ("fux_c", -10),
)
MADE = (
    "D dorian: D4 A4 G4 F4 E4 D4 F4 E4 D4",
    "D dorian: D3 E3 F3 A3 G3 F3 E3 D3",
    "E phrygian: E4 G4 A4 B4 C5 B4 A4 G4 F4 E4",
    "E phrygian: E3 F3 G3 C3 D3 E3 F3 E3",
    "F lydian: F4 A4 G4 C5 B4 C5 A4 G4 F4 A4 G4 F4",
    "F lydian: F3 E3 F3 A3 C4 A3 G3 F3",
    "G mixolydian: G4 A4 B4 D5 C5 A4 B4 C5 A4 G4",
    "G mixolydian: G3 B3 C4 E4 D4 B3 C4 A3 B3 A3 G3",
    "A aeolian: A4 C5 B4 E5 D5 C5 D5 B4 A4",
    "A aeolian: A3 B3 C4 E4 D4 F4 E4 C4 D4 E4 C4 B3 A3",
    "C ionian: C5 D5 F5 E5 A5 G5 E5 F5 D5 C5",
    "C ionian: C4 D4 E4 C4 A3 B3 G3 A3 C4 E4 D4 C4",
    "C ionian: C4 E4 D4 F4 E4 A3 C4 B3 C4",
    "Bb ionian: Bb3 D4 Eb4 F4 D4 G4 F4 D4 Eb4 C4 Bb3",
    "C# dorian: C#4 E4 F#4 G#4 E4 F#4 D#4 E4 D#4 C#4",
)


def others() -> dict[str, Phrase]:
    """Name -> cantus: those moved and those made."""
    found = {f"{name}{by:+d}": moved(cantus_of(name), by) for name, by in MOVED}
    for text in MADE:
        cantus = cantus_of(text)
        number = sum(name.startswith(str(cantus.keys[0][1])) for name in found) + 1
        found[f"{cantus.keys[0][1]} {number}"] = cantus
    return found


def moved(cantus: Phrase, by: int) -> Phrase:
    """The same cantus so many semitones higher, in the key that has the fewest accidentals."""
    key = cantus.keys[0][1]
    there = key_of((key.pitch_class + by) % 12, key.mode)
    names = " ".join(there.name_of(note.pitch + by) for note in cantus.voices[0].notes)
    return Phrase.parse(f"{there}: {names}")
