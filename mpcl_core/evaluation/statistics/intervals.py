"""Bootstrap intervals of means over subjects: BCa (Efron, J. Am. Stat. Assoc. 82, 1987)."""

import warnings

import numpy as np
from jaxtyping import Float64

COVERED = {3: 0.73, 4: 0.81, 5: 0.84, 6: 0.85, 7: 0.88, 10: 0.90, 15: 0.92, 20: 0.93, 40: 0.94}
"""Subjects -> how often the interval holds the mean that normal scores were drawn around, 4,000 times each. It is meant
to be .95; a bootstrap of few draws from a few people who resemble each other by chance."""


def covered(subjects: int) -> float:
    """How often the interval of so many subjects, three or more, holds the true mean."""
    return COVERED[max(n for n in COVERED if n <= subjects)]


def interval(per_subject: Float64[np.ndarray, "S"]) -> tuple[float, float]:
    """95 % BCa bootstrap interval of the mean over subjects (10,000 resamples, fixed seed); NaN below three subjects.

    Subjects are resampled, not rows: windows of one person are no independent evidence. The interval of a paired
    difference is that of the subjects' differences.
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
