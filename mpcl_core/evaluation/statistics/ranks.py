"""Rank several variants: Friedman's test over subjects, Nemenyi's post hoc (Demšar, J. Mach. Learn. Res. 7, 2006).

With R_i the average rank of variant i of k over n subjects (1 is best, ties share their mean)::

    Friedman   χ² = 12 n / (k (k + 1)) (Σ R_i² − k (k + 1)² / 4), corrected for ties; k − 1 degrees of freedom
    Nemenyi    i and j differ where |R_i − R_j| ≥ q √(k (k + 1) / (6 n)),  q the studentized range's 95 % point / √2
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.statistics.pairs import SCORE_DIGITS

MIN_VARIANTS, MIN_SUBJECTS = 3, 5
"""The numbers below which variants are not ranked."""

ALPHA = 0.05
"""The level of significance."""


@dataclass(frozen=True)
class Ranks:
    """Hold the average ranks of some variants by one metric.

    Args:
        variants: their names, the best first.
        average: (V,) their ranks, averaged over subjects; 1 is best.
        n_subjects: the number of subjects.
        statistic, p: Friedman's χ², and its p: whether there is any difference at all.
        critical: the critical difference: two average ranks closer than this do not differ at .05 (Nemenyi).
    """

    variants: tuple[str, ...]
    average: Float64[np.ndarray, "V"]
    n_subjects: int
    statistic: float
    p: float
    critical: float


def average_ranks(scores: Mapping[str, Float64[np.ndarray, "S"]], higher_is_better: bool) -> Ranks | None:
    """Rank the variants within each subject; None with fewer than three variants or five subjects.

    Args:
        scores: variant -> (S,) its score for each subject, the same subjects in the same order.
        higher_is_better: the metric's direction.

    Returns:
        The ranks, the best variant first.
    """
    from scipy.stats import rankdata

    k, n = len(scores), len(next(iter(scores.values()), ()))
    if k < MIN_VARIANTS or n < MIN_SUBJECTS:
        return None
    values = np.round(np.stack(list(scores.values())), SCORE_DIGITS)
    ranks = rankdata(-values if higher_is_better else values, axis=0)
    average = ranks.mean(1)
    order = np.argsort(average, kind="stable")
    statistic, p = _friedman(ranks)
    return Ranks(
        variants=tuple(np.array(list(scores))[order].tolist()),
        average=average[order],
        n_subjects=n,
        statistic=statistic,
        p=p,
        critical=float(_quantile(k) / np.sqrt(2) * np.sqrt(k * (k + 1) / (6 * n))),
    )


@cache
def _quantile(k: int) -> float:
    from scipy.stats import studentized_range

    return float(studentized_range.ppf(1 - ALPHA, k, np.inf))


def _friedman(ranks: Float64[np.ndarray, "V S"]) -> tuple[float, float]:
    from scipy.stats import friedmanchisquare

    if not np.ptp(ranks, axis=0).any():
        return 0.0, 1.0
    found = friedmanchisquare(*ranks)
    return float(found.statistic), float(found.pvalue)


def undistinguished(ranks: Ranks) -> list[tuple[str, ...]]:
    """Return the largest sets of variants that the tests do not distinguish.

    Args:
        ranks: the average ranks.

    Returns:
        Sets of at least two variants, the best first; one set of all variants where Friedman's p is ≥ .05.
    """
    if ranks.p >= ALPHA:
        return [ranks.variants]
    found: list[tuple[str, ...]] = []
    reached = 0
    for first, rank in enumerate(ranks.average):
        end = int((ranks.average - rank < ranks.critical).sum())
        if end > reached and end - first > 1:
            found.append(ranks.variants[first:end])
        reached = max(reached, end)
    return found
