"""Compute intervals as scipy does."""

import numpy as np
from scipy import stats

from mpcl_core.evaluation.statistics.intervals import COVERAGE, coverage, interval

RNG = np.random.default_rng(7)


def test_interval_is_the_bca_interval_of_scipy() -> None:
    values = RNG.exponential(size=15)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, method="BCa", rng=np.random.default_rng(0)
    ).confidence_interval
    assert interval(values) == (expected.low, expected.high)
    assert expected.high - values.mean() > values.mean() - expected.low, "skewed data have a skewed interval"


def test_coverage_is_that_of_the_next_smaller_number_of_subjects() -> None:
    assert coverage(3) == COVERAGE[3]
    assert coverage(8) == COVERAGE[7]
    assert coverage(1000) == COVERAGE[40]
