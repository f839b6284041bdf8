"""Compute bootstrap intervals of means over subjects: BCa (Efron, J. Am. Stat. Assoc. 82, 1987)."""

import warnings

import numpy as np
from jaxtyping import Float64

COVERAGE = {3: 0.73, 4: 0.81, 5: 0.84, 6: 0.85, 7: 0.88, 10: 0.90, 15: 0.92, 20: 0.93, 40: 0.94}
"""Number of subjects -> how often the interval contains the true mean of normal scores, in 4,000 simulations each. The
nominal coverage is .95; with few subjects a bootstrap underestimates how much they differ."""


RESAMPLED = 2**18
"""Scores that are drawn at a time: 2 MB, which a processor's cache holds."""


def coverage(subjects: int) -> float:
    """Return how often an interval over subjects contains the true mean.

    Args:
        subjects: the number of subjects, three or more.

    Returns:
        The simulated coverage, at most 0.95.
    """
    return COVERAGE[max(n for n in COVERAGE if n <= subjects)]


def interval(per_subject: Float64[np.ndarray, "*m S"]) -> Float64[np.ndarray, "*m 2"]:
    """Return the 95 % BCa bootstrap interval of the mean over subjects (10,000 resamples, fixed seed).

    Subjects are resampled, not windows: windows of one person are no independent evidence. The interval of a paired
    difference is that of the subjects' differences. Many rows at once take a third of the time of one after the other.

    Args:
        per_subject: (*m, S) score of each subject, for each of some metrics or variants.

    Returns:
        (*m, 2) lower and upper bound; NaN below three subjects.
    """
    from scipy.stats import bootstrap

    if per_subject.shape[-1] < 3:
        return np.full((*per_subject.shape[:-1], 2), np.nan)
    batch = max(1, RESAMPLED // per_subject.size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a degenerate jackknife gives NaN, which is what is shown
        found = bootstrap(
            (per_subject,), _mean, n_resamples=10_000, batch=batch, axis=-1, method="BCa", rng=np.random.default_rng(0)
        ).confidence_interval
    is_constant = np.ptp(per_subject, axis=-1, keepdims=True) == 0
    return np.where(is_constant, per_subject[..., :1], np.stack([found.low, found.high], -1))


def _mean(scores: Float64[np.ndarray, "*m S"], axis: int) -> Float64[np.ndarray, "*m"]:
    """Average over subjects, whose scores are added in the same order for many rows as for one.

    Returns:
        The mean of each row.
    """
    return np.asarray(np.ascontiguousarray(scores).mean(axis))
