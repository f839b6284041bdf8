"""Compute the six metrics of label distribution learning (Geng, IEEE TKDE 28, 2016).

With d the true and p the predicted distribution of a window::

    chebyshev      max |d − p|                  lower is better
    clark          √ Σ ((d − p) / (d + p))²     lower; a term with d = p = 0 is 0
    canberra       Σ |d − p| / (d + p)          lower; a term with d = p = 0 is 0
    kl_divergence  Σ d ln(d / p)                lower; nats; a term with d = 0 is 0; p is floored at 1e-12
    cosine         Σ d p / (‖d‖ ‖p‖)            higher is better
    intersection   Σ min(d, p)                  higher is better

`window_scores` returns the scores of every window, `subject_scores` those of every subject; `mpcl_core.metrics` has a
function for each metric.

Every value is finite, also where distributions contain zeros. Nothing is divided by k, so values for different numbers
of emotions are not comparable. PyLDL's functions of the same names agree to 1e-12 except where p = 0 < d: PyLDL floors
p at 2.2e-16, so its KL divergence is higher by d · 8.4 nats there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Shaped

from mpcl_core.interfaces.data import check_distributions, check_weight
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.metric import HIGHER_IS_BETTER

METRICS = tuple(HIGHER_IS_BETTER)
"""The names of the six metrics, in the order of every table."""

KL = "kl_divergence"
"""The metric by which variants are ranked unless another is named."""

FLOOR = 1e-12
"""The smallest predicted share that the KL divergence is computed with."""

_BLOCK = 2048  # windows at a time: the temporaries stay in the processor's cache, which takes a third of the time


@dataclass(frozen=True)
class WindowScores:
    """Hold the scores of every window.

    Args:
        by_metric: metric name -> (N,) scores, in the order of `METRICS`.
        floored: the number of predicted shares below 1e-12 where the true share is above 0; the value of their
            KL divergence depends on the floor.
    """

    by_metric: dict[str, Float64[np.ndarray, "N"]]
    floored: int


@dataclass(frozen=True)
class SubjectScores:
    """Hold the scores of every subject.

    Args:
        subjects: (S,) their names, sorted.
        scores: metric name -> (S,) scores.
    """

    subjects: Shaped[np.ndarray, "S"]
    scores: dict[str, Float64[np.ndarray, "S"]]

    @property
    def are_subjects_known(self) -> bool:
        """Return whether windows have subjects; without, all count as one subject whose name is empty."""
        return bool(np.any(self.subjects != ""))


def window_scores(D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"]) -> WindowScores:
    """Return the six scores of every window, computed in float64.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.

    Returns:
        The scores, and how often the KL divergence was floored.

    Raises:
        DataError: the shapes differ, there are no windows, or a row is not a distribution (a negative share, a sum
            that is off 1 by more than 1e-4, NaN); names the array and its first such row.

    Example:
        >>> import numpy as np
        >>> window_scores(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])).by_metric["chebyshev"].tolist()
        [0.25]
    """
    if D.shape != D_pred.shape:
        raise DataError(f"shape {D_pred.shape}, but D has {D.shape}", field="D_pred")
    if not D.size:
        raise DataError("there are no windows to score", field="D")
    for name, values in (("D", D), ("D_pred", D_pred)):
        check_distributions(values, name)
    scores = np.empty((len(METRICS), len(D)))
    floored = 0
    for start in range(0, len(D), _BLOCK):
        block = slice(start, start + _BLOCK)
        d, p = (np.ascontiguousarray(values[block].T, dtype=np.float64) for values in (D, D_pred))
        scores[:, block] = _scores(d, p)
        floored += int(np.count_nonzero((p < FLOOR) & (d > 0)))
    return WindowScores(dict(zip(METRICS, scores, strict=True)), floored)


def _scores(d: Float64[np.ndarray, "k N"], p: Float64[np.ndarray, "k N"]) -> tuple[Float64[np.ndarray, "N"], ...]:
    gap, total = np.abs(d - p), d + p
    ratio = gap / np.where(total > 0, total, 1.0)
    information = d * np.log(np.where(d > 0, d, 1.0) / np.maximum(p, FLOOR))
    return (
        gap.max(0),
        np.sqrt(np.square(ratio).sum(0)),
        ratio.sum(0),
        information.sum(0),
        (d * p).sum(0) / np.sqrt(np.square(d).sum(0) * np.square(p).sum(0)),
        np.minimum(d, p).sum(0),
    )


def subject_scores(
    scores: Mapping[str, Float64[np.ndarray, "N"]],
    subject: Shaped[np.ndarray, "N"],
    weight: Float64[np.ndarray, "N"],
) -> SubjectScores:
    """Return the score of every subject: the weighted mean over its windows.

    Args:
        scores: metric name -> (N,) scores of the windows.
        subject: (N,) names of the subjects.
        weight: (N,) weights of the windows, from 0 on.

    Returns:
        The scores by subject, subjects sorted by name.

    Raises:
        DataError: a weight is negative or not finite, or a subject's weights are all 0.
    """
    check_weight(weight)
    names, number = np.unique(subject, return_inverse=True)
    total = np.bincount(number, weight)
    if not total.all():
        raise DataError(f"all windows of subject '{names[np.argmin(total)]}' have weight 0", field="weight")
    return SubjectScores(names, {name: np.bincount(number, weight * values) / total for name, values in scores.items()})


def micro_mean(scores: Mapping[str, Float64[np.ndarray, "N"]], weight: Float64[np.ndarray, "N"]) -> dict[str, float]:
    """Return the weighted mean over all windows, without regard to subjects.

    Args:
        scores: metric name -> (N,) scores of the windows.
        weight: (N,) weights of the windows, from 0 on.

    Returns:
        Metric name -> mean.

    Raises:
        DataError: a weight is negative or not finite, or all are 0.
    """
    check_weight(weight)
    if not weight.any():
        raise DataError("all windows have weight 0", field="weight")
    return {name: float(np.average(values, weights=weight)) for name, values in scores.items()}
