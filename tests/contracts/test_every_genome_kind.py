"""What every genome kind promises: held against each entry of the catalogue, with many options.

A new kind is tested with its defaults; options worth trying go into OPTIONS.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from evolve.cantus import cantus_of
from evolve.genomes.kind import Genes, GenomeKind, facts_of, genome_kind
from evolve.population import Population
from evolve.variation import exchanged, two_point, uniform, varied
from evolve.vocabulary import Vocabulary
from fitness.phrase import Phrase
from fitness.theory import Key, Metre
from fitness.verdict import Blame
from tests.melodies import GREENSLEEVES, TUNES

# Two of one length that differ in their phrases only, in minor and compound time, so that one frame is like the other.
SICILIANA = Phrase.parse(
    "D minor 6/8: D5*3/4 E5/4 D5/2 C5 Bb4/2 | A4*3/4 G4/4 A4/2 D4*3/2 ' | F4*3/4 G4/4 A4/2 G4 E4/2 | D4 C#4/2 D4*3/2"
)
SHORT_SICILIANA = replace(SICILIANA, ends=(36, 144, SICILIANA.length))
GROUND = Phrase.parse("C major: C3*4 | F3*4 | G3*4 | C3*4")


def _melody(key: str, metre: str, **options: Any) -> dict[str, Any]:
    return {"key": Key.parse(key), "metre": Metre.parse(metre), **options}


def _against(cantus: str, **options: Any) -> dict[str, Any]:
    return {"cantus": cantus_of(cantus), **options}


OPTIONS: dict[str, list[dict[str, Any]]] = {
    "counterpoint": [
        {},
        *(
            _against(cantus, species=species, position=position)
            for species, cantus in enumerate(("fux_e", "fux_f", "fux_g", "fux_a", "fux_d"), 1)
            for position in ("above", "below")
        ),
        _against("C3 E3 D3 C3", voices=2, low=40, high=70),
        _against("fux_c", voices=3, position="around"),
        _against("A4 B4 C5 B4 A4", species=5, low=60, high=62),
        {"cantus": cantus_of("F4 A4 G4 F4"), "key": Key.parse("F minor"), "species": 3, "low": 50, "high": 80},
    ],
    "melody": [
        {},
        {"bars": 1},
        _melody("G major", "3/4", bars=4, pickup=24, grid="1/4"),
        _melody("E minor", "6/8", bars=4, pickup=12, grid="1/16", low=52, high=76),
        _melody("D dorian", "2/2", bars=5, grid="1/4", triplets=True, pickup=48),
        _melody("Bb major", "7/8", bars=3, low=70, high=75),
        _melody("A minor", "4/4", bars=8, triplets=True, phrase_bars=2),
        _melody("F# harmonic_minor", "2/4", bars=7, grid="1/16", triplets=True, pickup=24),
        _melody("E phrygian", "3+2+2/8", bars=2, pickup=36, grid="1/32"),
        _melody("F lydian", "12/8", bars=2, pickup=12, low=36, high=96),
        _melody("C chromatic", "5/8", bars=9, phrase_bars=3),
        _melody("A minor_pentatonic", "3/2", bars=2, grid="1/2"),
        _melody("C major", "4/4", bars=4, over=GROUND),
        _melody("C major", "4/4", bars=4, over=GROUND, triplets=True, low=72, high=74),
        _melody("B locrian", "3/4", bars=2, pickup=48, low=0, high=127, triplets=True),
    ],
    "tune": [
        {"vocabulary": Vocabulary.of(TUNES.values())},
        {"vocabulary": Vocabulary.of([GREENSLEEVES, SICILIANA, SHORT_SICILIANA])},
    ],
}
ENTRIES = [entry for entry in genome_kind if entry.function.__module__.startswith("evolve.")]
CASES = [(entry.name, options) for entry in ENTRIES for options in OPTIONS.get(entry.name, [{}])]
each_kind = pytest.mark.parametrize(
    ("name", "options"), CASES,
    ids=["-".join([name, *(f"{k}={str(v)[:12]}" for k, v in options.items())]) for name, options in CASES],
)  # fmt: skip


def kind_of(name: str, options: dict[str, Any]) -> GenomeKind:
    kind: GenomeKind = genome_kind[name].function(**options)
    return kind


def evolved(kind: GenomeKind) -> list[int]:
    """The numbers of the voices that genes stand for: those that were added to a given one, or the first."""
    names = kind.decode(kind.sample(2, np.random.default_rng(0))).settings[0].names
    added = facts_of(kind).get("added")
    return [0] if added is None else [names.index(name) for name in added]


def within_bounds(kind: GenomeKind, genes: Genes) -> bool:
    low, high = kind.bounds
    return genes.dtype == np.int16 and bool(((low <= genes) & (genes <= high)).all())


def decoded(kind: GenomeKind, genes: Genes) -> list[Phrase]:
    """Every phrase as a value: the constructor refuses notes that overlap, lie outside or outlast the phrase."""
    batch = kind.decode(genes)
    return [batch[i] for i in range(len(batch))]


def mated(kind: GenomeKind, genes: Genes, seed: int) -> Genes:
    """Both children of neighbours."""
    a, b = genes[::2], genes[1::2]
    swap = kind.mate(a, b, np.random.default_rng(seed))
    assert swap.dtype == bool
    assert swap.shape == a.shape
    return np.concatenate([np.where(swap, b, a), np.where(swap, a, b)])


@each_kind
def test_the_same_stream_samples_the_same_genomes(name, options):
    """A run is repeated by its seed, and another seed is another run."""
    kind = kind_of(name, options)
    one, same, other = (kind.sample(20, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert one.shape == (20, len(kind.bounds[0])) == (20, len(kind.groups))
    assert len(np.unique(one, axis=0)) > 10


@each_kind
def test_sampled_mutated_and_mated_genomes_lie_within_bounds_and_decode(name, options):
    """However genomes come to be, each stands for a phrase."""
    kind = kind_of(name, options)
    genes = kind.sample(40, np.random.default_rng(3))
    for step in range(8):
        assert within_bounds(kind, genes)
        decoded(kind, genes)
        genes = mated(kind, kind.mutate(genes, np.random.default_rng(step)), step)


@each_kind
def test_every_array_of_genes_within_the_bounds_decodes(name, options):
    """An operator that knows only the bounds may put anything between them."""
    kind = kind_of(name, options)
    low, high = kind.bounds
    rng = np.random.default_rng(4)
    drawn = rng.integers(low, high + 1, (30, len(low))).astype(np.int16)
    for genes in (drawn, np.stack([low, high])):
        decoded(kind, genes)
        decoded(kind, kind.mutate(genes, rng))


@each_kind
def test_decoding_is_deterministic_and_gives_the_asked_length(name, options):
    """One genome is one phrase, alone and among others, as long as the experiment asks."""
    kind = kind_of(name, options)
    genes = kind.sample(10, np.random.default_rng(5))
    phrases = decoded(kind, genes)
    assert phrases == decoded(kind, genes)
    assert [decoded(kind, genes[i : i + 1])[0] for i in range(10)] == phrases
    for phrase in phrases:
        if "bars" in options or "metre" in options:
            metre = options.get("metre", Metre.parse("4/4"))
            assert phrase.length == options.get("pickup", 0) + options.get("bars", 8) * metre.bar
            assert phrase.metres == ((0, metre),)
            assert phrase.pickup == options.get("pickup", 0)
        assert phrase.ends[-1] == phrase.length


@each_kind
def test_decoded_notes_lie_in_the_asked_scale_and_register(name, options):
    """What the experiment says of key and compass holds for every note that evolves."""
    if not {"key", "low", "high"} <= set(genome_kind[name].options):
        return
    kind = kind_of(name, options)
    defaults = {option: default for option, (_, default) in genome_kind[name].options.items()}
    asked = {**defaults, **options}
    sampled = decoded(kind, kind.sample(30, np.random.default_rng(6)))
    key, low, high = asked["key"] or sampled[0].keys[0][1], asked["low"] or 0, asked["high"] or 127
    allowed = set(key.pitches(low, high))
    if name == "counterpoint":  # the notes of the cadence, and the soft degree
        allowed = {pitch for pitch in range(low, high + 1) if key.degrees[pitch % 12] or not key.is_foreign(pitch)}
        allowed |= {pitch for pitch in range(low, high + 1) if (pitch - key.pitch_class) % 12 in (4, 9, 11)}
    for phrase in sampled:
        for voice in evolved(kind):
            assert {note.pitch for note in phrase.voices[voice].notes} <= allowed


@each_kind
def test_the_operators_leave_their_inputs_unchanged(name, options):
    """Parents live on in the next generation, so nothing may change them."""
    kind = kind_of(name, options)
    genes = kind.sample(20, np.random.default_rng(7))
    where = np.random.default_rng(8).random(genes.shape) < 0.2
    kept, kept_where = genes.copy(), where.copy()
    genes.flags.writeable = where.flags.writeable = False
    kind.mutate(genes, np.random.default_rng(9), where)
    kind.mate(genes[:10], genes[10:], np.random.default_rng(9))
    kind.decode(genes)[0]
    assert np.array_equal(genes, kept)
    assert np.array_equal(where, kept_where)


@each_kind
def test_mutation_changes_most_genomes_and_repeats_with_its_stream(name, options):
    """A mutation that changes nothing is an evaluation lost; the same stream makes the same changes."""
    kind = kind_of(name, options)
    genes = kind.sample(200, np.random.default_rng(10))
    one, same = (kind.mutate(genes, np.random.default_rng(11)) for _ in range(2))
    assert np.array_equal(one, same)
    assert (one != genes).any(axis=1).mean() > 0.5


@each_kind
def test_mating_exchanges_genes_and_invents_none(name, options):
    """At each place the two children have what their parents have there, and some children are new."""
    kind = kind_of(name, options)
    genes = kind.sample(100, np.random.default_rng(12))
    children = mated(kind, genes, 13)
    first, second, a, b = children[:50], children[50:], genes[::2], genes[1::2]
    assert (((first == a) & (second == b)) | ((first == b) & (second == a))).all()
    assert ((first != a).any(axis=1) & (first != b).any(axis=1)).any() or len(set(kind.groups.tolist())) == 1


@each_kind
@pytest.mark.parametrize(("crossover", "mutation"), [(0.7, 0.5), (0.1, 0.9), (0.0, 0.0), (1.0, 1.0)])
def test_the_asked_crossover_and_mutation_rates_hold(name, options, crossover, mutation):
    """Over 40 generations of 50 pairs the numbers mated and mutated lie within 4.5 binomial deviations (p < 1e-5)."""
    kind = kind_of(name, options)
    genes = kind.sample(100, np.random.default_rng(14))
    population = replace(Population.unjudged(genes), valid=np.ones(100, bool))
    pairs = single = 0

    def mate(a: Genes, b: Genes, rng: np.random.Generator) -> tuple[Genes, Genes, np.ndarray]:
        nonlocal pairs
        pairs += len(a)
        return exchanged(a, b, rng, by=kind.mate)

    def mutate(genes: Genes, rng: np.random.Generator, where: np.ndarray | None) -> Genes:
        nonlocal single
        single += len(genes)
        return kind.mutate(genes, rng, where)

    for seed in range(40):
        streams = {"mating": np.random.default_rng((seed, 1)), "mutating": np.random.default_rng((seed, 2))}
        children = varied(population, mate=mate, mutate=mutate, crossover=crossover, mutation=mutation, **streams)
        unchanged = (children.genes == genes).all(axis=1)
        assert np.array_equal(children.valid, unchanged)
    for number, trials, rate in ((pairs, 40 * 50, crossover), (single, 40 * 100, mutation)):
        assert abs(number - trials * rate) <= 4.5 * math.sqrt(trials * rate * (1 - rate))


@each_kind
def test_the_uniform_mutation_redraws_the_asked_share_of_genes(name, options):
    """Each gene is redrawn with its chance, and then equals the old one once in as many times as it has values."""
    kind = kind_of(name, options)
    low, high = kind.bounds
    per_gene = 0.1
    genes = kind.sample(300, np.random.default_rng(15))
    changed = uniform(genes, np.random.default_rng(16), bounds=kind.bounds, per_gene=per_gene) != genes
    chance = np.broadcast_to(per_gene * (1 - 1 / (high - low + 1.0)), changed.shape)
    assert abs(changed.sum() - chance.sum()) <= 4.5 * math.sqrt((chance * (1 - chance)).sum())


@each_kind
def test_blame_crosses_over_along_with_the_genes(name, options):
    """A fault stands at notes, so it goes where they go; a child with its own parent's genes has that one's faults."""
    kind = kind_of(name, options)
    genes = kind.sample(60, np.random.default_rng(17))
    blame = np.random.default_rng(18).random(genes.shape) < 0.3
    population = replace(Population.unjudged(genes), blame=blame, valid=np.ones(60, bool))
    for mate in (kind.mate, two_point):
        children = varied(
            population, mate=partial(exchanged, by=mate), mutate=kind.mutate, crossover=1.0, mutation=0.0,
            mating=np.random.default_rng(19), mutating=np.random.default_rng(20),
        )  # fmt: skip
        swap = mate(genes[::2], genes[1::2], _after_the_choice(19, 30))
        same = (children.genes == genes).all(axis=1)
        assert np.array_equal(children.blame[same], blame[same])
        for old, new, fit in ((genes, children.genes, np.ones(60, bool)), (blame, children.blame, ~same)):
            assert np.array_equal(new[::2][fit[::2]], np.where(swap, old[1::2], old[::2])[fit[::2]])
            assert np.array_equal(new[1::2][fit[1::2]], np.where(swap, old[::2], old[1::2])[fit[1::2]])


def _after_the_choice(seed: int, pairs: int) -> np.random.Generator:
    """The stream as it stands once `varied` has drawn which pairs mate."""
    rng = np.random.default_rng(seed)
    rng.random(pairs)
    return rng


@each_kind
def test_guided_mutation_aims_at_the_marked_genes(name, options):
    """Of the genes it changes, many more are marked ones than without marks, and still not all are."""
    kind = kind_of(name, options)
    genes = kind.sample(1500, np.random.default_rng(21))
    bar = kind.groups[len(kind.groups) // 2]
    where = np.broadcast_to(kind.groups == bar, genes.shape)
    if where.all():
        where = np.broadcast_to(np.arange(genes.shape[1]) < 2, genes.shape)

    def aim(marks: np.ndarray | None) -> float:
        changed = kind.mutate(genes, np.random.default_rng(22), marks) != genes
        return float((changed & where).any(axis=1).sum() / changed.any(axis=1).sum())

    guided, unguided = aim(where), aim(None)
    assert guided > unguided + 0.25 * (1 - unguided)
    assert guided < 1.0


@each_kind
def test_the_genes_of_a_fault_are_those_that_can_mend_it(name, options):
    """Another value in a blamed gene changes the very note that was blamed."""
    kind = kind_of(name, options)
    genes = kind.sample(6, np.random.default_rng(23))
    low, high = kind.bounds
    for i, phrase in enumerate(decoded(kind, genes)):
        for voice, note in ((v, note) for v in evolved(kind) for note in phrase.voices[v].notes[::3]):
            marks = kind.genes_of(Blame(*(np.array([x]) for x in (i, voice, note.onset))), len(genes))
            assert marks.shape == genes.shape
            assert marks[i].any()
            assert not np.delete(marks, i, axis=0).any()
            for gene in np.flatnonzero(marks[i]):
                changed = genes[i : i + 1].copy()
                changed[0, gene] = low[gene] if changed[0, gene] == high[gene] else changed[0, gene] + 1
                assert note not in decoded(kind, changed)[0].voices[voice].notes


@each_kind
def test_no_fault_blames_no_gene(name, options):
    """A batch without a fault gives marks without one."""
    kind = kind_of(name, options)
    assert not kind.genes_of(Blame.join([]), 5).any()


@each_kind
def test_starting_from_a_phrase_of_its_own_gives_back_that_phrase(name, options):
    """What a kind can say, it understands: the same notes, at the same height, of the same length."""
    kind = kind_of(name, options)
    phrases = [phrase for phrase in decoded(kind, kind.sample(40, np.random.default_rng(24))) if phrase.voices[0].notes]
    genes = kind.start_from(phrases)
    assert within_bounds(kind, genes)
    again = decoded(kind, genes)
    for phrase, other in zip(phrases, again, strict=True):
        assert str(other) == str(phrase)


@each_kind
def test_starting_from_foreign_music_stays_within_bounds(name, options):
    """A tune in another key, metre and register becomes a phrase of this kind."""
    kind = kind_of(name, options)
    foreign = [
        Phrase.parse("F# minor 7/8: F#2 G#2/2 A2 C#6*3/2"),
        Phrase.parse("Ab major 3/4 pickup=24: Eb4 | Ab4*3/2 G4/2 Ab4/3 Bb4/3 C5/3 | Db5*3"),
        Phrase.parse("C4*100"),
        Phrase.parse("r*40 G9"),
    ]
    genes = kind.start_from(foreign)
    assert within_bounds(kind, genes)
    assert len(decoded(kind, genes)) == len(foreign)


@each_kind
def test_a_silent_phrase_to_start_from_is_refused(name, options):
    """There is nothing to go on from in silence."""
    with pytest.raises(ValueError, match="must have a note"):
        kind_of(name, options).start_from([Phrase(length=96)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metre": Metre.parse("3/8"), "grid": "1/4"}, "whole multiples of 1/4"),
        ({"pickup": 96}, "must be shorter than a bar"),
        ({"pickup": 5}, "whole multiples"),
        ({"metre": Metre.parse("6/8"), "triplets": True}, "triplets: need"),
        ({"low": 60, "high": 61}, "two notes"),
        ({"low": 80, "high": 60}, "two notes"),
        ({"over": Phrase.parse("C3*1/24 D3")}, "on the grid"),
    ],
)
def test_options_that_do_not_fit_together_are_refused_with_the_mend(options, message):
    """A grid that does not fill the bar, or a compass without two notes, is told before anything runs."""
    with pytest.raises(ValueError, match=message):
        kind_of("melody", options)
