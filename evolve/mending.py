"""Local search: the fewest faults that changes of single genes, and then of pairs, can bring a genome to.

It looks only where the faults are, at the genes to blame (`genes_of`) and their neighbours, of any genome kind.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from evolve.genomes.kind import Genes, GenomeKind
from fitness.objective import Judge, Objective, Scores
from fitness.phrases import Phrases
from fitness.verdict import Blame, Verdict

REACH = 3  # genes on each side of one to blame that are tried as well: a held note is struck some slots before
APART = 2  # how far the two genes of a pair may lie apart, if not both are to blame
MOST_BLAMED = 12  # genes to blame that one turn looks at
MOST_CHANGED = 12  # changed genes of which pairs are changed back
BLOCK = 20_000  # genomes that are judged at once


def mended(kind: GenomeKind, judge: Judge, genes: Genes) -> tuple[Genes, int, int]:
    """The genome `[length]` with as few faults as the search finds, the faults it had less, and the evaluations.

    Each turn takes the change that leaves the fewest faults, and of those the best by the axes; it ends where no
    change leaves fewer.
    """
    judge = replace(judge, blames=False) if isinstance(judge, Objective) else judge
    best, evaluations = judge(kind.decode(genes[None])), 1
    before = int(best.faults[0])
    while best.faults[0] > 0:
        blamed = np.flatnonzero(kind.genes_of(_blame(judge, kind.decode(genes[None]), best), 1)[0])
        found: tuple[Genes, Scores] | None = None
        for changed in (_singles, _pairs):
            candidates = changed(kind, genes, blamed[:MOST_BLAMED])
            if len(candidates):
                evaluations += len(candidates)
                found = _best(kind, judge, candidates, int(best.faults[0]))
            if found:
                break
        if not found:
            break
        genes, best = found
    return genes, before - int(best.faults[0]), evaluations


def _blame(judge: Judge, phrases: Phrases, scores: Scores) -> Blame:
    """Where the constraints are broken; what soft rules blame can wait.  Of another judge, whatever it blames."""
    if not isinstance(judge, Objective):
        return scores.blame or Blame.join([])
    said = ((criterion, criterion.said(criterion.view(phrases))) for criterion in judge.constraints)
    return Blame.join([verdict.blame(c.voices) for c, verdict in said if isinstance(verdict, Verdict)])


def _near(blamed: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    around = (blamed[:, None] + np.arange(-REACH, REACH + 1)).ravel()
    return np.unique(around[(around >= 0) & (around < length)])


def _values(kind: GenomeKind, gene: int) -> NDArray[np.int16]:
    low, high = kind.bounds
    return np.arange(low[gene], high[gene] + 1, dtype=np.int16)


def _singles(kind: GenomeKind, genes: Genes, blamed: NDArray[np.intp]) -> Genes:
    """Every genome that differs at one of these genes or their neighbours."""
    found = [np.empty((0, len(genes)), np.int16)]
    for gene in _near(blamed, len(genes)):
        values = _values(kind, int(gene))
        changed = np.repeat(genes[None], len(values), axis=0)
        changed[:, gene] = values
        found.append(changed[values != genes[gene]])
    return np.concatenate(found)


def _pairs(kind: GenomeKind, genes: Genes, blamed: NDArray[np.intp]) -> Genes:
    """Every genome that differs at one of these genes and at another near it, or also one of them."""
    found = [np.empty((0, len(genes)), np.int16)]
    done: set[tuple[int, int]] = set()
    for one in blamed.tolist():
        for other in {*range(one - APART, one + APART + 1), *blamed.tolist()}:
            pair = (min(one, other), max(one, other))
            if one == other or pair in done or not 0 <= other < len(genes):
                continue
            done.add(pair)
            a, b = np.meshgrid(*(_values(kind, gene) for gene in pair), indexing="ij")
            changed = np.repeat(genes[None], a.size, axis=0)
            changed[:, pair[0]], changed[:, pair[1]] = a.ravel(), b.ravel()
            found.append(changed[(a.ravel() != genes[pair[0]]) & (b.ravel() != genes[pair[1]])])
    return np.concatenate(found)


def _best(kind: GenomeKind, judge: Judge, candidates: Genes, fewer_than: int) -> tuple[Genes, Scores] | None:
    """The candidate with the fewest faults, the best of equals, if they are fewer than that."""
    found: list[tuple[tuple[float, ...], int]] = []
    for start in range(0, len(candidates), BLOCK):
        scores = judge(kind.decode(candidates[start : start + BLOCK]))
        weighted = np.concatenate([scores.faults[None], -scores.axes])
        first = int(np.lexsort(weighted[::-1])[0])
        found.append((tuple(weighted[:, first].tolist()), start + first))
    values, place = min(found)
    if values[0] >= fewer_than:
        return None
    genes = candidates[place]
    return genes, judge(kind.decode(genes[None]))


def pruned(kind: GenomeKind, judge: Judge, genes: Genes, model: Genes) -> Genes:
    """The genome with every gene, and of few every two, that can be as in the model without a fault more."""
    faults = int(judge(kind.decode(genes[None])).faults[0])
    for size in (1, 2):
        good: NDArray[np.intp] | None = None
        while good is None or good.size:
            changed = np.flatnonzero(genes != model).tolist()
            tries = [*combinations(changed, size)] if size == 1 or len(changed) <= MOST_CHANGED else []
            if not tries:
                break
            candidates = np.repeat(genes[None], len(tries), axis=0)
            for row, back in enumerate(tries):
                candidates[row, list(back)] = model[list(back)]
            found = judge(kind.decode(candidates)).faults
            good = np.flatnonzero(found <= faults)
            if good.size:
                genes, faults = candidates[good[0]], int(found[good[0]])
    return genes
