"""Bootstrap intervals of means over subjects: BCa (Efron, J. Am. Stat. Assoc. 82, 1987)."""

import warnings

import numpy as np
from jaxtyping import Float64


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
