"""Hypothesis strategies: any phrase that the notation, MIDI and JSON can all write."""

from __future__ import annotations

from hypothesis import strategies as st

from fitness.phrase import Note, Phrase, Voice
from fitness.theory import SCALES, Key, Metre

TONICS = [letter + sign for letter in "CDEFGAB" for sign in ("", "#", "b")]
METRES = ["4/4", "3/4", "2/4", "2/2", "6/8", "9/8", "12/8", "7/8", "3+2+2/8", "5/8", "3+2/8", "3/8", "2+3/4", "1/16"]
MUSICAL_LENGTHS = [24, 12, 48, 36, 6, 8, 16, 72, 96, 3, 4]

# Printable, and without what the notation uses: < > @ ; | [ ] ' :
names = st.text(
    st.characters(categories=("L", "N", "P", "S", "M", "Zs"), exclude_characters="<>@;|[]':", max_codepoint=0x1FFFF),
    max_size=20,
)
keys = st.builds(Key, st.sampled_from(TONICS), st.sampled_from(sorted(SCALES)))
metres = st.sampled_from(METRES).map(Metre.parse)
lengths = st.sampled_from(MUSICAL_LENGTHS) | st.integers(1, 100)


@st.composite
def voices(draw: st.DrawFn, most: int = 12) -> Voice:
    """A line of at most `most` notes, with rests between them."""
    notes, end = [], 0
    for _ in range(draw(st.integers(0, most))):
        onset = end + draw(st.just(0) | lengths)
        note = Note(onset, draw(lengths), draw(st.integers(0, 127)), draw(st.just(80) | st.integers(1, 127)))
        notes.append(note)
        end = note.end
    return Voice(tuple(notes), draw(names), draw(st.just(0) | st.integers(0, 127)))


@st.composite
def phrases(draw: st.DrawFn, most_voices: int = 4) -> Phrase:
    """A phrase of one to four voices with changes of key and metre, a pick-up and phrase ends.

    Metres change on barlines of the metre before, keys anywhere inside, phrases end anywhere.
    """
    lines = draw(st.lists(voices(), min_size=1, max_size=most_voices))
    length = max((line.notes[-1].end for line in lines if line.notes), default=0) + draw(st.just(0) | lengths)
    inside = st.sets(st.integers(1, length - 1), max_size=3) if length > 1 else st.just(set[int]())
    metre = draw(metres)
    pickup = draw(st.just(0) | st.integers(0, metre.bar - 1))
    turns = [(0, metre)]
    barline = pickup
    for bars in draw(st.lists(st.integers(0, 2), max_size=3)):
        barline += bars * metre.bar
        if turns[-1][0] < barline < length:
            metre = draw(metres)
            turns.append((barline, metre))
    modulations = [(tick, draw(keys)) for tick in (0, *sorted(draw(inside)))]
    return Phrase(tuple(lines), length, tuple(modulations), tuple(turns), pickup, tuple(draw(inside)))
