"""Compute bootstrap intervals of means over subjects: BCa (Efron, J. Am. Stat. Assoc. 82, 1987)."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float64, Int64

NOMINAL, RESAMPLES = 0.95, 10_000
"""The stated coverage of an interval, and the number of its resamples."""

COVERAGE = {3: 0.73, 4: 0.81, 5: 0.84, 6: 0.85, 7: 0.88, 10: 0.90, 15: 0.92, 20: 0.93, 40: 0.94}
"""Number of subjects -> how often the interval contains the true mean of normal scores, in 4,000 simulations each. The
nominal coverage is .95; with few subjects a bootstrap underestimates how much they differ."""


def coverage(subjects: int) -> float:
    """Return how often an interval over subjects contains the true mean.

    Args:
        subjects: the number of subjects, three or more.

    Returns:
        The simulated coverage, at most 0.95.
    """
    return COVERAGE[max(n for n in COVERAGE if n <= subjects)]


def interval(per_subject: Float64[np.ndarray, "S"]) -> tuple[float, float]:
    """Return the 95 % BCa bootstrap interval of the mean over subjects (10,000 resamples, fixed seed).

    Subjects are resampled, not windows: windows of one person are no independent evidence. The interval of a paired
    difference is that of the subjects' differences.

    Args:
        per_subject: (S,) score of each subject.

    Returns:
        Lower and upper bound; NaN below three subjects.
    """
    if len(per_subject) < 3:
        return np.nan, np.nan
    if np.ptp(per_subject) == 0:
        return float(per_subject[0]), float(per_subject[0])
    means = per_subject[_resamples(len(per_subject))].mean(-1)
    low, high = (_quantile(means, share) for share in _shares(per_subject, means))
    return low, high


@lru_cache(maxsize=1)
def _resamples(n: int) -> Int64[np.ndarray, "R n"]:
    return np.random.default_rng(0).integers(0, n, (RESAMPLES, n))


def _shares(values: Float64[np.ndarray, "S"], means: Float64[np.ndarray, "R"]) -> Float64[np.ndarray, "2"]:
    """Correct the nominal shares for the bias of the means and for the skew of the values.

    Returns:
        (2,) the shares of the means below the interval's bounds; NaN where the leave-one-out means do not differ.
    """
    from scipy.special import ndtr, ndtri

    mean, n = values.mean(), len(values)
    bias = ndtri(((means < mean).sum() + (means <= mean).sum()) / (2 * len(means)))
    others = np.array([np.delete(values, one).mean() for one in range(n)])
    influence = (n - 1) * (others.mean() - others)
    z = bias + np.array([1, -1]) * ndtri((1 - NOMINAL) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = 1 / 6 * ((influence**3).sum() / n**3) / ((influence**2).sum() / n**2) ** (3 / 2)
        shares: Float64[np.ndarray, 2] = ndtr(bias + z / (1 - skew * z))
    return shares


def _quantile(values: Float64[np.ndarray, "R"], share: float) -> float:
    """Interpolate linearly between the two values nearest to a share.

    Returns:
        The quantile; NaN where the share is NaN.
    """
    if np.isnan(share):
        return np.nan
    place = share * len(values) + (1 - share)
    after = int(min(place // 1, len(values) - 1))
    before, part = max(int(place // 1) - 1, 0), place % 1
    near = np.partition(values, [before, after])
    return float((1 - part) * near[before] + part * near[after])
