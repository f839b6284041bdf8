"""Compute bootstrap intervals of means over subjects: BCa (Efron, J. Am. Stat. Assoc. 82, 1987)."""

import warnings

import numpy as np
from jaxtyping import Float64

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
    from scipy.stats import bootstrap

    if len(per_subject) < 3:
        return np.nan, np.nan
    if np.ptp(per_subject) == 0:
        return float(per_subject[0]), float(per_subject[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a degenerate jackknife gives NaN, which is what is shown
        found = bootstrap((per_subject,), np.mean, n_resamples=10_000, method="BCa", rng=np.random.default_rng(0))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
