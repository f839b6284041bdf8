"""The six metrics of label distribution learning (Geng, IEEE TKDE 28, 2016), a score for every row.

With d the true and p the predicted distribution of a row::

    chebyshev      max |d − p|                  lower is better
    clark          √ Σ ((d − p) / (d + p))²     lower; a term with d = p = 0 is 0
    canberra       Σ |d − p| / (d + p)          lower; a term with d = p = 0 is 0
    kl_divergence  Σ d ln(d / p)                lower; nats; a term with d = 0 is 0; p is floored at 1e-12
    cosine         Σ d p / (‖d‖ ‖p‖)            higher is better
    intersection   Σ min(d, p)                  higher is better

Every value is finite, whatever is 0. Nothing is divided by k, so values for different numbers of emotions are not
comparable. PyLDL's functions of these names say the same to 1e-12 but where p = 0 < d: they floor at 2.2e-16, and their
KL is higher by d · 8.4 nats there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Shaped

from mpcl_core.interfaces.data import check_distributions
from mpcl_core.interfaces.errors import DataError

HIGHER_IS_BETTER = {
    "chebyshev": False,
    "clark": False,
    "canberra": False,
    "kl_divergence": False,
    "cosine": True,
    "intersection": True,
}
"""Metric name -> whether a larger value is better; in the order of every table."""

METRICS = tuple(HIGHER_IS_BETTER)
"""The names of the metrics, in the order of every table."""

FLOOR = 1e-12
"""The smallest predicted share that the KL divergence is computed with."""

_BLOCK = 2048  # rows at a time: the temporaries stay in the processor's cache, a third of the time


@dataclass(frozen=True)
class WindowScores:
    """The scores of some predictions.

    Args:
        rows: metric name -> (N,), in the order of ``METRICS``.
        floored: how many predicted shares below 1e-12 stood against a true share above 0, so that their
            KL divergence is the floor's doing.
    """

    rows: dict[str, Float64[np.ndarray, "N"]]
    floored: int


@dataclass(frozen=True)
class SubjectScores:
    """What each subject scored.

    Args:
        subjects: (S,) their names, sorted.
        scores: metric name -> (S,).
    """

    subjects: Shaped[np.ndarray, "S"]
    scores: dict[str, Float64[np.ndarray, "S"]]

    @property
    def known(self) -> bool:
        """Whether the rows say whose they are; if not, all of them pass for one subject without a name."""
        return bool(np.any(self.subjects != ""))


def window_scores(D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"]) -> WindowScores:
    """The six scores of every row, computed in float64.

    Args:
        D: (N, k) the true distributions.
        D_pred: (N, k) the predicted ones.

    Raises:
        DataError: the shapes differ, there are no rows, or a row is no distribution (a negative share, a sum that
            is off 1 by more than 1e-4, NaN); names the array and its first such row.
    """
    if D.shape != D_pred.shape:
        raise DataError(f"shape {D_pred.shape}, but D has {D.shape}", field="D_pred")
    if not D.size:
        raise DataError("there are no rows to score", field="D")
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
    rows: Mapping[str, Float64[np.ndarray, "N"]],
    subject: Shaped[np.ndarray, "N"],
    weight: Float64[np.ndarray, "N"],
) -> SubjectScores:
    """Each subject's score: the mean over its rows, weighted by ``weight``.

    Args:
        rows: metric name -> (N,) row scores.
        subject: (N,) whose row it is.
        weight: (N,) what a row counts, from 0 on.

    Raises:
        DataError: a weight is negative or not finite, or a subject's weights are all 0.
    """
    _check_weight(weight)
    names, number = np.unique(subject, return_inverse=True)
    total = np.bincount(number, weight)
    if not total.all():
        raise DataError(f"all rows of subject '{names[np.argmin(total)]}' have weight 0", field="weight")
    return SubjectScores(names, {name: np.bincount(number, weight * values) / total for name, values in rows.items()})


def micro_mean(rows: Mapping[str, Float64[np.ndarray, "N"]], weight: Float64[np.ndarray, "N"]) -> dict[str, float]:
    """The weighted mean over all rows, whoever's they are.

    Raises:
        DataError: a weight is negative or not finite, or all are 0.
    """
    _check_weight(weight)
    if not weight.any():
        raise DataError("all rows have weight 0", field="weight")
    return {name: float(np.average(values, weights=weight)) for name, values in rows.items()}


def _check_weight(weight: Float64[np.ndarray, "N"]) -> None:
    wrong = ~(np.isfinite(weight) & (weight >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"{weight[row]:g} is no weight; it must be finite and not negative", field="weight", row=row)
