"""Cantus firmi: Fux's six by name, any other in notation, and the mode of each."""

from __future__ import annotations

from itertools import pairwise

from fitness.catalogue import near_miss
from fitness.phrase import C_MAJOR, Phrase
from fitness.theory import SCALES, Key, key_of

# Fux, Gradus ad Parnassum (1725), book II; in the public domain.
CANTUS_FIRMI = {
    "fux_d": "D dorian: D4 F4 E4 D4 G4 F4 A4 G4 F4 E4 D4",
    "fux_e": "E phrygian: E4 C4 D4 C4 A3 A4 G4 E4 F4 E4",
    "fux_f": "F lydian: F3 G3 A3 F3 D3 E3 F3 C4 A3 F3 G3 F3",
    "fux_g": "G mixolydian: G3 C4 B3 G3 C4 E4 D4 G4 E4 C4 D4 B3 A3 G3",
    "fux_a": "A aeolian: A3 C4 B3 D4 C4 E4 F4 E4 D4 C4 B3 A3",
    "fux_c": "C ionian: C4 E4 F4 G4 E4 A4 G4 E4 F4 E4 D4 C4",
}
MODES = ("ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian")
LONGEST = 64  # notes; a cantus firmus has 8 to 16


def cantus_of(text: str) -> Phrase:
    """The cantus that a text names (`fux_d`) or writes in notation; ValueError where it does neither."""
    name = text.strip()
    if name in CANTUS_FIRMI:
        return Phrase.parse(CANTUS_FIRMI[name])
    if name.isidentifier() and "_" in name:
        raise ValueError(f"no cantus is called '{name[:40]}'; {near_miss(name, CANTUS_FIRMI)}")
    return Phrase.parse(text)


def pitches_of(cantus: Phrase) -> list[int]:
    """The notes of a cantus; ValueError where they cannot be one."""
    lines = [voice.notes for voice in cantus.voices if voice.notes]
    if len(lines) > 1:
        raise ValueError(f"cantus: must be one voice, got {len(lines)}; name one: {{file: x.mid, track: 2}}")
    notes = lines[0] if lines else ()
    if any(a.end < b.onset for a, b in pairwise(notes)):
        raise ValueError("cantus: must have no rest between its notes; write each as one bar")
    if not 3 <= len(notes) <= LONGEST:
        raise ValueError(f"cantus: must have 3 to {LONGEST} notes, got {len(notes)}")
    return [note.pitch for note in notes]


def mode_of(cantus: Phrase) -> Key:
    """The mode of a cantus: what it is written in, if that is a key on its last note; else found from its notes.

    Of the modes on the last note the one to which the fewest notes are foreign, and of equals the one with the fewest
    accidentals.

    >>> str(mode_of(Phrase.parse("G3 Bb3 A3 G3 C4 Bb3 D4 C4 Bb3 A3 G3")))
    'G dorian'
    """
    pitches = pitches_of(cantus)
    written, final = cantus.keys[0][1], pitches[-1] % 12
    if written.pitch_class == final and (written != C_MAJOR or set(pitches) <= set(C_MAJOR.pitches(0, 127))):
        return written
    keys = [key_of(final, mode) for mode in MODES]

    def strangeness(key: Key) -> tuple[int, int, int]:
        foreign = sum((pitch - key.pitch_class) % 12 not in SCALES[key.mode] for pitch in pitches)
        return foreign, abs(key.fifths), key.fifths

    return min(keys, key=strangeness)
