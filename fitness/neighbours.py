"""How near melodies are in style: by what can be counted in each, whatever tune it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitness.features.counts import inter_onset
from fitness.features.melody import ambitus, interval_entropy, leap_share, repeat_share, step_share
from fitness.features.metre import strong_onset_share
from fitness.features.moves import direction_changes, pitch_autocorrelation, rising_moves_share
from fitness.features.patterns import repeated_interval_patterns
from fitness.features.rhythm import duration_entropy, npvi, repeated_duration_share
from fitness.features.texture import pitch_class_entropy, scale_consistency
from fitness.phrases import Phrases
from fitness.verdict import Numbers

# Of register, intervals, direction, scale, rhythm, metre and repetition; each has a value for any melody, and needs
# neither an option nor a key.
MEASURES = (
    ambitus, step_share, leap_share, repeat_share, interval_entropy, direction_changes, rising_moves_share,
    pitch_autocorrelation, pitch_class_entropy, scale_consistency, inter_onset, duration_entropy, npvi,
    repeated_duration_share, strong_onset_share, repeated_interval_patterns,
)  # fmt: skip
NAMES = tuple(measure.__name__ for measure in MEASURES)
FARTHEST = 3.0  # standard deviations: one odd number does not make a stranger
VARIES = 1e-9  # a deviation above this is one


def measured(phrases: Phrases) -> Numbers:
    """The numbers of `n` melodies, `[measures, n]`."""
    return np.concatenate([measure(phrases) for measure in MEASURES])


def differences(numbers: Numbers, query: Numbers) -> Numbers:
    """By how many standard deviations, at most three, each of `n` melodies has more than the query, `[measures, n]`.

    The deviation of a measure is that of the melodies and the query together.
    """
    whole = np.concatenate([numbers, query[:, None]], axis=1)
    deviation = whole.std(axis=1, keepdims=True)
    apart = (numbers - query[:, None]) / np.where(deviation > VARIES, deviation, 1.0)
    clipped: Numbers = np.clip(apart, -FARTHEST, FARTHEST).round(9)
    return clipped


def style_distance(numbers: Numbers, query: Numbers) -> Numbers:
    """Mahalanobis distance of the numbers of `n` melodies from those of a query, `[n]`: about 1.3 for any two.

    What varies together in the melodies is not counted twice: differences are weighed by the inverse of their
    covariance, which is drawn towards no correlation the more, the fewer the melodies are; the mean over the measures
    is taken, and its root.
    Source: Mahalanobis, "On the Generalized Distance in Statistics", Proceedings of the National Institute of
    Sciences of India 2 (1936); Ledoit and Wolf, "A Well-Conditioned Estimator for Large-Dimensional Covariance
    Matrices", Journal of Multivariate Analysis 88 (2004).

    >>> style_distance(np.array([[1.0, 2.0, 4.0]]), np.array([1.0])).round(3).tolist()  # by 1.22, their deviation
    [0.0, 0.816, 2.449]
    """
    apart = differences(numbers, query)
    weights = np.linalg.inv(_covariance(np.concatenate([apart, np.zeros((len(query), 1))], axis=1)))
    square = np.einsum("in,ij,jn->n", apart, weights, apart) / len(query)
    distance: Numbers = np.sqrt(np.maximum(square, 0.0)).round(9)
    return distance


def _covariance(x: Numbers) -> NDArray[np.float64]:
    """Ledoit and Wolf's estimate of the covariance of columns `[measures, n]`: the sample's, drawn to equal ones."""
    size, n = x.shape
    centred = x - x.mean(axis=1, keepdims=True)
    sample = centred @ centred.T / n
    level = max(float(np.trace(sample)) / size, VARIES)
    target = level * np.eye(size)
    spread = float(((sample - target) ** 2).sum())
    error = float(((centred**2).sum(axis=0) ** 2).sum() / n - (sample**2).sum()) / n
    share = min(max(error, 0.0) / spread, 1.0) if spread > VARIES else 1.0
    estimate: NDArray[np.float64] = share * target + (1.0 - share) * sample
    return estimate
