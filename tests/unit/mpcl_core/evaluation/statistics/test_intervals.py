"""Compute intervals as scipy does."""

import warnings

import numpy as np
import pytest
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


@pytest.mark.parametrize("values", [[1.0, 1.0, 2.0], [0.0, 0.0, 0.0, 5.0], [1.0, np.nan, 2.0], [-3.0, 4.0, 4.0, 4.5]])
def test_interval_of_few_or_undefined_values_is_that_of_scipy(values: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = stats.bootstrap(
            (values,), np.mean, n_resamples=10_000, method="BCa", rng=np.random.default_rng(0)
        ).confidence_interval
    np.testing.assert_array_equal(interval(np.array(values)), (expected.low, expected.high))


def test_coverage_is_that_of_the_next_smaller_number_of_subjects() -> None:
    assert coverage(3) == COVERAGE[3]
    assert coverage(8) == COVERAGE[7]
    assert coverage(1000) == COVERAGE[40]
