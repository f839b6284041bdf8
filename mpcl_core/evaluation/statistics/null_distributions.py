"""Compute ranks and the p-values of tests on them, with ``scipy.special`` alone.

``scipy.stats`` has the same functions, but importing it takes 0.7 s, more than all tests of a small run.
"""

import numpy as np
from jaxtyping import Float64

MOST_EXACT, MOST_EXACT_TIED = 50, 13
"""The numbers of differences up to which Wilcoxon's p is exact: without ties, and with them (scipy's choice)."""

_NODES = np.arange(-9.0, 9.0, 0.03125)
"""Nodes of the trapezoidal rule, which for a smooth integrand that vanishes at both ends is exact to rounding."""


def mean_ranks(values: Float64[np.ndarray, "n"]) -> Float64[np.ndarray, "n"]:
    """Return the ranks of some values, 1 for the smallest; ties share their mean.

    Args:
        values: (n,) the values.

    Returns:
        (n,) their ranks; NaN throughout where a value is NaN.

    Example:
        >>> mean_ranks(np.array([3.0, 1.0, 3.0])).tolist()
        [2.5, 1.0, 2.5]
    """
    if np.isnan(values).any():
        return np.full(len(values), np.nan)
    _, rank, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Float64[np.ndarray, n] = (np.cumsum(count) - (count - 1) / 2)[rank]
    return ranks


def signed_rank_p(differences: Float64[np.ndarray, "n"]) -> float:
    """Return Wilcoxon's two-sided p of some differences.

    It is exact up to 50 differences of distinct sizes and up to 13 with ties; otherwise it is that of the normal
    approximation, corrected for ties.

    Args:
        differences: (n,) the differences, none of them 0.

    Returns:
        The p-value; NaN where a difference is NaN.
    """
    ranks, n = mean_ranks(np.abs(differences)), len(differences)
    if np.isnan(ranks).any():
        return np.nan
    positive, counts = ranks[differences > 0].sum(), np.unique(ranks, return_counts=True)[1]
    if n <= (MOST_EXACT if len(counts) == n else MOST_EXACT_TIED):
        return _exact_p(ranks, positive)
    from scipy.special import ndtr

    error = np.sqrt((n * (n + 1.0) * (2.0 * n + 1.0) - (counts**3 - counts).sum() / 2) / 24)
    z = (positive - n * (n + 1.0) * 0.25) / error
    return float(2 * ndtr(-np.abs(z)))


def _exact_p(ranks: Float64[np.ndarray, "n"], positive: float) -> float:
    """Return twice the smaller tail of the sum of ranks over all assignments of signs.

    Returns:
        The p-value.
    """
    doubled = np.rint(2 * ranks).astype(int)  # a tied rank is a half
    share = np.ones(1)
    for rank in doubled:
        share = np.pad(share * 0.5, (0, rank)) + np.pad(share * 0.5, (rank, 0))
    at = round(2 * positive)
    return float(min(2 * min(share[: at + 1].sum(), share[at:].sum()), 1.0))


def friedman(ranks: Float64[np.ndarray, "V S"]) -> tuple[float, float]:
    """Test whether the ranks of some variants differ over subjects.

    Args:
        ranks: (V, S) the ranks of the variants within each subject, not all tied.

    Returns:
        Friedman's χ², corrected for ties, and its p by the χ² distribution.
    """
    from scipy.special import chdtrc

    k, n = ranks.shape
    tied = np.concatenate([np.unique(column, return_counts=True)[1] for column in ranks.T])
    correction = 1 - (tied * (tied * tied - 1)).sum() / (k * (k * k - 1) * n)
    statistic = (12.0 / (k * n * (k + 1)) * (ranks.sum(1) ** 2).sum() - 3 * n * (k + 1)) / correction
    return float(statistic), float(chdtrc(k - 1, statistic))


def studentized_range_p(q: Float64[np.ndarray, "*n"], k: int) -> Float64[np.ndarray, "*n"]:
    """Return the probability that the range of k standard normal values exceeds q.

    It is 1 − k ∫ φ(z) (Φ(z) − Φ(z − q))^(k − 1) dz: the studentized range with infinite degrees of freedom.

    Args:
        q: the ranges.
        k: the number of values, at least 2.

    Returns:
        The probabilities.
    """
    from scipy.special import ndtr

    density = np.exp(-(_NODES**2) / 2) / np.sqrt(2 * np.pi)
    inside = ndtr(_NODES) - ndtr(_NODES - np.asarray(q)[..., None])
    below = k * (density * inside ** (k - 1)).sum(-1) * (_NODES[1] - _NODES[0])
    p: Float64[np.ndarray, "*n"] = np.clip(1 - below, 0.0, 1.0)
    return p


def studentized_range_point(alpha: float, k: int) -> float:
    """Return the range that k standard normal values exceed with a probability, by bisection.

    Args:
        alpha: the probability.
        k: the number of values, at least 2.

    Returns:
        The range, to rounding.
    """
    low, high = 0.0, 20.0
    while low < (middle := (low + high) / 2) < high:
        is_above = studentized_range_p(np.array([middle]), k)[0] > alpha
        low, high = (middle, high) if is_above else (low, middle)
    return middle
