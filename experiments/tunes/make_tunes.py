"""Write the tunes that the experiments and the README name: public-domain melodies in notation, as MIDI files.

    python experiments/tunes/make_tunes.py

Each was written down in notation here and checked against a published transcription, named beside it.
"""

from pathlib import Path

from evolve.formats.midi import to_bytes
from fitness.phrase import Phrase

TUNES = {
    # Beethoven, Symphony no. 9 op. 125, finale (1824), the theme of "An die Freude".  Checked against an ABC
    # transcription in G (four lines, the third with its eighths), transposed here to D as in the symphony.
    "ode_to_joy": """D major 4/4:
        F#4 F#4 G4 A4 | A4 G4 F#4 E4 | D4 D4 E4 F#4 | F#4*3/2 E4/2 E4*2 ' |
        F#4 F#4 G4 A4 | A4 G4 F#4 E4 | D4 D4 E4 F#4 | E4*3/2 D4/2 D4*2 ' |
        E4 E4 F#4 D4 | E4 F#4/2 G4/2 F#4 D4 | E4 F#4/2 G4/2 F#4 E4 | D4 E4 A3*2 ' |
        F#4 F#4 G4 A4 | A4 G4 F#4 E4 | D4 D4 E4 F#4 | E4*3/2 D4/2 D4*2""",
    # "Frère Jacques", French round, 18th century.  Checked against an ABC transcription in C.
    "frere_jacques": """C major 4/4:
        C4 D4 E4 C4 | C4 D4 E4 C4 ' | E4 F4 G4*2 | E4 F4 G4*2 ' |
        G4/2 A4/2 G4/2 F4/2 E4 C4 | G4/2 A4/2 G4/2 F4/2 E4 C4 ' | C4 G3 C4*2 | C4 G3 C4*2""",
    # "Ah! vous dirai-je, Maman", French air (1761); the theme of Mozart's variations K. 265.  Checked against
    # an ABC transcription in C.
    "ah_vous_dirai_je": """C major 4/4:
        C4 C4 G4 G4 | A4 A4 G4*2 | F4 F4 E4 E4 | D4 D4 C4*2 ' |
        G4 G4 F4 F4 | E4 E4 D4*2 | G4 G4 F4 F4 | E4 E4 D4*2 ' |
        C4 C4 G4 G4 | A4 A4 G4*2 | F4 F4 E4 E4 | D4 D4 C4*2""",
    # "Greensleeves", English, 16th century; the first strain as sung to "What Child Is This".  Checked against
    # an ABC transcription after the Cyber Hymnal, in E minor.
    "greensleeves": """E minor 6/8 pickup=12:
        E4/2 | G4 A4/2 B4*3/4 C5/4 B4/2 | A4 F#4/2 D4*3/4 E4/4 F#4/2 |
        G4 E4/2 E4*3/4 D#4/4 E4/2 | F#4*3/2 B3 ' E4/2 |
        G4 A4/2 B4*3/4 C5/4 B4/2 | A4 F#4/2 D4*3/4 E4/4 F#4/2 |
        G4*3/4 F#4/4 E4/2 D#4*3/4 C#4/4 D#4/2 | E4*3/2 E4 r/2""",
    # Not a tune: four bars of our own, for experiments/from_my_idea.yaml to go on from.
    "my_idea": """G major 4/4: G4 B4/2 D5/2 E5 D5 | C5 B4/2 A4/2 B4*2 | G4 B4/2 D5/2 E5 D5 | C5/2 B4/2 A4 G4*2""",
    # The first two lines of "An die Freude" with five faults of our own, for `critique`.
    "stumbling": """D major 4/4:
        G4 F#4 G4 A4 | A4 G#4 F#4 E4 | D4 D4 C#5 D5 | F#4*3/2 E4/2 E4*2 ' |
        F#4 F#4 G4 A4 | A4 G4/2 F#4*3/2 E4 | D4 D4 E4 F#4 | E4*3/2 D4/2 E4*2""",
    # An exercise of our own, with faults, over a cantus firmus of Fux (Gradus ad Parnassum, 1725): for `critique`.
    "exercise": """D dorian 4/4:
        <counterpoint@0> r*2 A4*2 | C5*2 A4*2 | G4*2 C5*2 | B4*2 D5*2 | D5*2 E5*2 | F5*2 D5*2 | C5*2 F5*2 |
        E5*2 C5*2 | D5*2 A4*2 | B4*2 C#5*2 | D5*4 ;
        <cantus@0> D4*4 | F4*4 | E4*4 | D4*4 | G4*4 | F4*4 | A4*4 | G4*4 | F4*4 | E4*4 | D4*4""",
}


def main() -> None:
    """Write every tune beside this script."""
    for name, notation in TUNES.items():
        Path(__file__).with_name(f"{name}.mid").write_bytes(to_bytes(Phrase.parse(notation), tempo_bpm=100.0))


if __name__ == "__main__":
    main()
