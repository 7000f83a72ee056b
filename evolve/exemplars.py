"""What an experiment takes for its model: a style, and perhaps a corpus of pieces; and the judge that comes of them."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cached_property, partial
from math import ceil
from pathlib import Path
from typing import Any, Literal

import numpy as np

from evolve.copying import FIGURE, shared_runs
from evolve.document import Document
from evolve.formats.format import read_bytes
from evolve.inputs import Inputs, attempt
from evolve.melodies import melodies
from evolve.options import shown
from evolve.passing import Passing, Sampled
from evolve.problems import Problem
from evolve.styles import SUFFIX, style_named, style_of
from evolve.vocabulary import Vocabulary, on_grid
from fitness.corpus import Corpus
from fitness.criterion import Criterion
from fitness.phrase import Phrase
from fitness.phrases import Phrases
from fitness.style import Style

FEWEST = 20  # pieces of a corpus by which a set can be judged
BORROWED = 0.9  # the share of the pieces of a corpus that share no longer run with another than a new one may
WAYS: tuple[Literal["notes", "figures"], ...] = ("notes", "figures")
NO_CORPUS = (
    "no corpus is named: targets are drawn from the quantiles of the style, without classifiers that learn and without"
    " a guard of originality; name one with corpus: [folder/]"
)


@dataclass(frozen=True)
class Exemplars:
    """The style that an experiment names, and the melodies of its corpus."""

    style: Style | None = None
    corpus: tuple[Phrase, ...] = ()

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """Of the corpus, else of the style; ValueError where that of the style is none."""
        if self.corpus:
            return Vocabulary.of(self.corpus)
        if self.style is not None and self.style.vocabulary:
            return Vocabulary.from_plain(self.style.vocabulary)
        return None

    def judge(self, seed: int, constraints: tuple[Criterion, ...]) -> Passing | Sampled:
        """Before whom a set is to pass: for the corpus, else for the style; ValueError where that cannot be."""
        if not self.corpus:
            if self.style is None:
                raise ValueError("to sample, an experiment needs a corpus, or a measured style such as folk_melody")
            return Sampled.of(self.style, seed, constraints)
        if importlib.util.find_spec("sklearn") is None:
            raise ValueError("a corpus needs scikit-learn: pip install 'evophrase[learn]'")
        pieces = Phrases.of(*self.corpus)
        guards = [rule for by in WAYS for rule in _original(pieces, by)]
        return Passing.of(Corpus(pieces), (*guards, *constraints))


def _original(pieces: Phrases, by: Literal["notes", "figures"]) -> tuple[Criterion, Criterion]:
    """The rules that no run shared with the corpus is longer, and no larger share of figures is shared, than is usual.

    Usual is what nine in ten of its own pieces share with others.
    """
    shared = shared_runs(pieces, by="intervals" if by == "notes" else "figures")
    longest = max(1, ceil(np.quantile(shared.longest, BORROWED)))
    most = round(float(np.quantile(shared.share, BORROWED)), 3)
    options = {"longest": longest, "by": by}, {"size": FIGURE + 1, "most": most, "by": by}
    return (
        Criterion.of_rule("runs_original", options=options[0], targets=pieces, label=f"original in {by}"),
        Criterion.of_rule("figures_original", options=options[1], targets=pieces, label=f"little borrowed in {by}"),
    )


def read_exemplars(document: Document, inputs: Inputs, problems: list[Problem]) -> Exemplars:
    """The style and the corpus of a file; `problems` grows with what cannot be read."""
    style, corpus = _style(document, inputs, problems), list[Phrase]()
    if "corpus" in document.data:
        given = document.data["corpus"]
        before = len(problems)
        corpus = melodies(inputs.phrases(given if isinstance(given, list) else [given], ("corpus",)))
        if len(problems) == before and len(corpus) < FEWEST:
            what = f"must have {FEWEST} pieces with a melody or more, got {len(corpus)}"
            problems.append(Problem(("corpus",), what))
        off = sum(not on_grid(piece.voices[0].notes) for piece in corpus)
        if off:
            inputs.remarks.append(
                f"corpus: of {len(corpus)} pieces, {off} have notes off sixteenths, as triplets are; "
                "no rhythm is learned from these"
            )
    return Exemplars(style, tuple(corpus))


def chosen_style(name: str) -> Style:
    """The style of a name, or in a file; ValueError, which names the file, where there is none."""
    if not name.endswith(SUFFIX):
        return style_named(name)
    try:
        return style_of(read_bytes(Path(name)))
    except ValueError as error:
        raise ValueError(str(error) if name in str(error) else f"{name}: {error}") from None


def _style(document: Document, inputs: Inputs, problems: list[Problem]) -> Style | None:
    name: Any = document.data.get("style")
    if name is None:
        return None
    if not isinstance(name, str):
        problems.append(Problem(("style",), f"must be the name of a style or a file, got {shown(name)}"))
        return None
    if name.endswith(SUFFIX):
        found = inputs.read(name, ("style",))
        read = None if found is None else attempt(problems, ("style",), partial(style_of, found.data))
    else:
        read = attempt(problems, ("style",), partial(style_named, name))
    style: Style | None = read
    return style
