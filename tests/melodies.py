"""Public-domain tunes that more than one test uses, in notation, each with its source."""

from __future__ import annotations

from fitness.phrase import Phrase

# Beethoven, Symphony no. 9 op. 125, finale (1824), the theme of "An die Freude": its first and second line.
ODE_TO_JOY = Phrase.parse(
    "D major 4/4: F#4 F#4 G4 A4 | A4 G4 F#4 E4 | D4 D4 E4 F#4 | F#4*3/2 E4/2 E4*2 ' | "
    "F#4 F#4 G4 A4 | A4 G4 F#4 E4 | D4 D4 E4 F#4 | E4*3/2 D4/2 D4*2"
)

# "Frère Jacques", French round, 18th century.
FRERE_JACQUES = Phrase.parse(
    "C major 4/4: C4 D4 E4 C4 | C4 D4 E4 C4 ' | E4 F4 G4*2 | E4 F4 G4*2 ' | "
    "G4/2 A4/2 G4/2 F4/2 E4 C4 | G4/2 A4/2 G4/2 F4/2 E4 C4 ' | C4 G3 C4*2 | C4 G3 C4*2"
)

# The same as a round: the second voice comes in two bars, the third four bars after the first.
FRERE_JACQUES_ROUND = Phrase.parse(
    "C major 4/4: C4 D4 E4 C4 | C4 D4 E4 C4 | E4 F4 G4*2 | E4 F4 G4*2 | G4/2 A4/2 G4/2 F4/2 E4 C4 | "
    "G4/2 A4/2 G4/2 F4/2 E4 C4 ; r*8 C4 D4 E4 C4 | C4 D4 E4 C4 | E4 F4 G4*2 | E4 F4 G4*2 ; "
    "r*16 C4 D4 E4 C4 | C4 D4 E4 C4"
)

# Fux, Gradus ad Parnassum (1725): the Dorian cantus firmus on D with which the exercises begin.
FUX_DORIAN_CANTUS = Phrase.parse("D dorian: D4*4 | F4*4 | E4*4 | D4*4 | G4*4 | F4*4 | A4*4 | G4*4 | F4*4 | E4*4 | D4*4")

# "Greensleeves", English, 16th century: its first four bars, in compound time with a pick-up.
GREENSLEEVES = Phrase.parse(
    "E minor 6/8 pickup=12: E4/2 | G4 A4/2 B4*3/4 C5/4 B4/2 | A4 F#4/2 D4*3/4 E4/4 F#4/2 | "
    "G4 E4/2 E4*3/4 D#4/4 E4/2 | F#4*3/2 B3"
)

TUNES = {
    "ode_to_joy": ODE_TO_JOY,
    "frere_jacques": FRERE_JACQUES,
    "frere_jacques_round": FRERE_JACQUES_ROUND,
    "fux_dorian_cantus": FUX_DORIAN_CANTUS,
    "greensleeves": GREENSLEEVES,
}
