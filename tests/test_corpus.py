"""What a corpus teaches against a slow reference that only counts; portraits and tokens."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fitness.corpus import MIXED, NAMES, ORDERS, RUNS, Corpus
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.portrait import names, portrait
from fitness.theory import Key
from fitness.tokens import BINS, tokens
from tests.melodies import FRERE_JACQUES, GREENSLEEVES, ODE_TO_JOY, TUNES
from tests.strategies import phrases as any_phrases

ONE_LINE = [tune for tune in TUNES.values() if len(tune.voices) == 1]


def moved(tune: Phrase, by: int) -> Phrase:
    """The tune in another key, so many semitones higher."""
    keys = tuple((tick, _key(key, by)) for tick, key in tune.keys)
    voices = tuple(
        replace(voice, notes=tuple(replace(note, pitch=note.pitch + by) for note in voice.notes))
        for voice in tune.voices
    )
    return replace(tune, voices=voices, keys=keys)


def _key(key: Key, by: int) -> Key:
    names = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    return Key(names[(key.pitch_class + by) % 12], key.mode)


def turned(tune: Phrase, seed: int) -> Phrase:
    """Another tune of the same notes: neighbours change their places here and there."""
    rng = np.random.default_rng(seed)
    notes = list(tune.voices[0].notes)
    for i in rng.choice(len(notes) - 1, 3, replace=False).tolist():
        a, b = notes[i], notes[i + 1]
        notes[i : i + 2] = [replace(a, pitch=b.pitch), replace(b, pitch=a.pitch)]
    return replace(tune, voices=(replace(tune.voices[0], notes=tuple(notes)),))


CORPUS = [*ONE_LINE, *(turned(tune, seed) for seed, tune in enumerate(ONE_LINE * 3))]
STRANGE = Phrase.parse("C minor 3/4 pickup=24: F#4 | B4/2 Eb4 A4 D4/2 | r*3 | Ab4*3/2 C4*3/2 | B3*3")


# The slow reference: events of each view, tables of tuples.


def _events(phrase: Phrase, view: str) -> list[tuple[object, object]]:
    """Element and place of each event of the first voice, as the view hears them; None: nothing there."""
    notes = phrase.voices[0].notes
    lines = [*phrase.barlines()]

    def whole(tick: int) -> int:
        return next((metre.bar for start, metre in reversed(lines) if start <= tick), phrase.metres[0][1].bar)

    def bar(tick: int) -> int:
        return sum(start <= tick for start, _ in lines)

    def place(tick: int) -> int:
        return tick - lines[bar(tick) - 1][0] if bar(tick) else tick + phrase.metres[0][1].bar - phrase.pickup

    if view == "bar rhythm":
        found: list[tuple[object, object]] = []
        for number, (start, metre) in enumerate(lines):
            inside = [note for note in notes if start <= note.onset < start + metre.bar]
            rhythm = tuple((note.onset - start, note.duration) for note in inside)
            found.append((rhythm or None, (metre.bar, number % 4, number == len(lines) - 1)))
        return found
    centre = sum(note.pitch for note in notes) / max(len(notes), 1)
    found = []
    for before, note in zip((None, *notes), notes, strict=False):
        tonic = phrase.key_at(note.onset).pitch_class
        height = note.pitch - tonic - 12 * math.floor((centre - tonic) / 12 + 0.5)
        strength = min(-int(phrase_metre(phrase, note.onset).weights[place(note.onset)]), 2)
        element: object = {
            "pitch and length": (height, note.duration), "pitch": height,
            "interval": "first" if before is None else note.pitch - before.pitch, "length by place": note.duration,
            "pitch by bar": height,
        }[view]  # fmt: skip
        where: object = {
            "length by place": (whole(note.onset), place(note.onset)),
            "pitch by bar": (bar(note.onset) % 4, min(len(lines) - bar(note.onset), 2), strength),
        }.get(view)
        found.append((element, where))
    return found


def phrase_metre(phrase: Phrase, tick: int):
    return next((metre for start, metre in reversed([*phrase.barlines()]) if start <= tick), phrase.metres[0][1])


def _contexts(events: list[tuple[object, object]], at: int) -> list[tuple[object, ...]]:
    """Place, then with the element before, then with the two before."""
    before = [events[at - back][0] if at >= back else None for back in range(1, ORDERS)]
    return [(order, events[at][1], *before[:order]) for order in range(ORDERS)]


def _tables(pieces: list[Phrase], view: str) -> tuple[Counter, Counter, int]:
    contexts, wholes, alphabet = Counter(), Counter(), set()
    for piece in pieces:
        events = _events(piece, view)
        for at, (element, _) in enumerate(events):
            if element is not None:
                alphabet.add(element)
                for context in _contexts(events, at):
                    contexts[context] += 1
                    wholes[context, element] += 1
    return contexts, wholes, len(alphabet)


def _surprise(phrase: Phrase, pieces: list[Phrase], view: str, alphabet: int | None = None) -> list[float]:
    contexts, wholes, size = _tables(pieces, view)
    events, bits = _events(phrase, view), []
    for at, (element, _) in enumerate(events):
        if element is None:
            continue
        chance = 1 / ((alphabet or size) + 1)
        for context in _contexts(events, at):
            chance = (wholes[context, element] + MIXED * chance) / (contexts[context] + MIXED)
        bits.append(-math.log2(chance))
    return bits


def _runs(phrase: Phrase, size: int, rhythm: bool) -> list[tuple[object, ...]]:
    notes = phrase.voices[0].notes
    moves = [(b.pitch - a.pitch, b.duration / a.duration if rhythm else 0) for a, b in pairwise(notes)]
    return [tuple(moves[at : at + size]) for at in range(len(moves) - size + 1)]


def slow_numbers(phrase: Phrase, pieces: list[Phrase], alphabets: dict[str, int] | None = None) -> list[float]:
    """What `Corpus.numbers` promises, by counting."""
    rows = []
    for view in NAMES:
        bits = np.array(_surprise(phrase, pieces, view, alphabets and alphabets[view]))
        half = np.arange(1, len(bits) + 1) * 2 > len(bits)
        rows += [bits.mean() if bits.size else 0, bits.std() if bits.size else 0]
        rows.append((bits[half].mean() if half.any() else 0) - (bits[~half].mean() if (~half).any() else 0))
    for size, rhythm in RUNS:
        known = {run for piece in pieces for run in _runs(piece, size, rhythm)}
        own = _runs(phrase, size, rhythm)
        rows.append(sum(run in known for run in own) / max(len(own), 1))
    return rows


@pytest.mark.parametrize("view", range(len(NAMES)), ids=NAMES)
def test_the_surprise_is_that_of_plain_counting(view):
    """Each context of two, one and no elements is mixed with the shorter one; pick-ups, rests and empty bars too."""
    phrases = [STRANGE, ODE_TO_JOY, turned(FRERE_JACQUES, 9), moved(GREENSLEEVES, 3)]
    found = Corpus(Phrases.of(*CORPUS)).numbers(Phrases.of(*phrases))
    for i, phrase in enumerate(phrases):
        assert found[3 * view : 3 * view + 3, i] == pytest.approx(slow_numbers(phrase, CORPUS)[3 * view : 3 * view + 3])


def test_the_shares_are_those_of_plain_counting():
    """Of runs of three, five and eight intervals, and of two, four and seven moves with their rhythm."""
    phrases = [STRANGE, ODE_TO_JOY, turned(FRERE_JACQUES, 9), moved(GREENSLEEVES, 3)]
    found = Corpus(Phrases.of(*CORPUS)).numbers(Phrases.of(*phrases))[-len(RUNS) :]
    for i, phrase in enumerate(phrases):
        assert found[:, i] == pytest.approx(slow_numbers(phrase, CORPUS)[-len(RUNS) :])
    assert 0 < found.min(axis=0)[1] <= found.max() <= 1


def test_a_piece_left_out_is_heard_as_by_a_corpus_without_it():
    """But for the size of the alphabet, which is told to the one without it; the same pieces twice are two pieces."""
    pieces = [*CORPUS, CORPUS[0]]
    alphabets = {view: _tables(pieces, view)[2] for view in NAMES}
    corpus = Corpus(Phrases.of(*pieces))
    found = corpus.numbers(corpus.pieces, own=True)
    for i in range(0, len(pieces), 3):
        others = Corpus(Phrases.of(*pieces[:i], *pieces[i + 1 :]))
        others.__dict__["_models"] = {
            name: replace(model, elements=alphabets[name]) for name, model in others._models.items()
        }
        assert np.array_equal(others.numbers(Phrases.of(pieces[i]))[:, 0], found[:, i])
        assert found[:, i] == pytest.approx(slow_numbers(pieces[i], pieces[:i] + pieces[i + 1 :], alphabets))


def test_a_piece_seems_less_familiar_once_it_is_left_out():
    """Else the pieces of a corpus would be a goal that no new piece can reach."""
    corpus = Corpus(Phrases.of(*CORPUS))
    inside, outside = (corpus.numbers(corpus.pieces, own=own) for own in (False, True))
    means = slice(0, 3 * len(NAMES), 3)
    assert (inside[means] < outside[means]).all()
    assert (inside[-len(RUNS) :] == 1).all()
    assert (outside[-len(RUNS) :] <= 1).all()


def test_no_surprise_is_below_zero_where_many_events_share_a_place(monkeypatch):
    """In a table far too small for its corpus counts run into each other, and nothing is more than certain."""
    monkeypatch.setattr("fitness.corpus.BITS", 5)
    corpus = Corpus(Phrases.of(*CORPUS))
    for own in (False, True):
        assert all((corpus._surprise(corpus.pieces, view, own)[0] >= 0).all() for view in NAMES)


def test_pieces_without_notes_moves_or_bars_have_finite_numbers():
    """Silence surprises nobody, and a piece too short for a run shares none, as one of the corpus too."""
    short = [Phrase(length=96), Phrase.parse("C4"), Phrase.parse("4/4 pickup=24: C4 ' | D4 E4 r*2"), Phrase()]
    corpus = Corpus(Phrases.of(*short))
    for pieces in (corpus.pieces, Phrases.of(FRERE_JACQUES)):
        assert np.isfinite(corpus.numbers(pieces)).all()
    assert np.isfinite(corpus.numbers(corpus.pieces, own=True)).all()
    assert (Corpus(Phrases.of(*CORPUS)).numbers(Phrases.of(*short))[:, 0] == 0).all()


def test_every_row_has_a_name_of_its_own():
    """By which a figure or a table can call it."""
    corpus = Corpus(Phrases.of(*CORPUS))
    assert len({*corpus.names()}) == len(corpus.names()) == len(corpus.numbers(Phrases.of(STRANGE)))
    assert len({*names()}) == len(names()) == len(portrait(Phrases.of(STRANGE)))
    told = dict(zip(names(), portrait(Phrases.of(Phrase.parse("C4 D4 E4*2")))[:, 0].tolist(), strict=True))
    assert (told["ambitus"], told["step_share"]) == (4, 1)


def heard_by(name: str, phrases: Phrases) -> np.ndarray:
    corpus = Corpus(Phrases.of(*CORPUS))
    return {"portrait": portrait, "tokens": tokens, "corpus": corpus.numbers}[name](phrases)


each_hearing = pytest.mark.parametrize("name", ["portrait", "tokens", "corpus"])


@each_hearing
def test_a_piece_is_heard_alike_alone_and_in_any_company(name):
    """Bit for bit, a piece of one bar beside one of sixteen, whatever the order in memory."""
    pieces = [*ONE_LINE, STRANGE, Phrase(length=96), Phrase.parse("C4 D4 E4 C4"), Phrase.parse("C4 E4 ' C4 G4 | C4*4")]
    whole = heard_by(name, Phrases.of(*pieces))
    assert np.array_equal(heard_by(name, Phrases.of(*pieces)), whole)
    assert np.array_equal(heard_by(name, Phrases.of(*reversed(pieces)))[:, ::-1], whole)
    taken = Phrases.of(*pieces).take(np.array([4, 0, 0]))
    assert np.array_equal(heard_by(name, taken), whole[:, [4, 0, 0]])
    for i, piece in enumerate(pieces):
        assert np.array_equal(heard_by(name, Phrases.of(piece))[:, 0], whole[:, i])


@given(st.lists(any_phrases(most_voices=2), min_size=2, max_size=4))
@settings(max_examples=25, deadline=None, derandomize=True)
@example([Phrase(), Phrase.parse("C4 C4 C4 C4 r/2 C4*2 C4/12 C4/2 C4/24")])  # its surprise is the same all along
def test_any_music_is_heard_alike_alone_and_in_company(pieces):
    """Several voices, changes of key and metre, upbeats, silence; as one of the corpus too, and all is finite."""
    together = Phrases.of(*pieces)
    corpus = Corpus(together)
    for hear in (corpus.numbers, tokens, portrait):
        whole = hear(together)
        assert np.isfinite(whole).all()
        for i, piece in enumerate(pieces):
            assert np.array_equal(hear(Phrases.of(piece))[:, 0], whole[:, i])
    assert np.isfinite(corpus.numbers(together, own=True)).all()


@each_hearing
def test_no_key_and_no_register_is_preferred(name):
    """A tune is the same a fifth or an octave higher, though its mean lie midway between two tonics."""
    midway = Phrase.parse("C major 4/4: F#4*2 C4 C5 | F#4*4")  # its mean is F#4: as far from C4 as from C5
    for tune in (*ONE_LINE, midway):
        versions = [moved(tune, by) for by in (0, -12, 12, 7, -5, 3)]
        found = heard_by(name, Phrases.of(*versions))
        assert found == pytest.approx(np.repeat(found[:, :1], len(versions), axis=1), abs=1e-9)


def test_tokens_count_what_is_there():
    """Two runs of one interval are two of its token: more notes, more tokens, and each kind in other bins."""
    few, more = (Phrases.of(Phrase.parse(" ".join(["C4"] * n))) for n in (2, 4))
    a, b = (np.expm1(tokens(phrases)[:, 0]) for phrases in (few, more))
    assert a.sum() < b.sum()
    assert (b.round(9) == b.round()).all()
    assert tokens(few).shape == (BINS, 1)
    assert tokens(few, bins=16).shape == (16, 1)
    assert not tokens(Phrases.of(Phrase(length=96))).any()
