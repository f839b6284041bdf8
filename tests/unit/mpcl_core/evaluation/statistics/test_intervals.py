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
    assert interval(values).tolist() == [expected.low, expected.high]
    assert expected.high - values.mean() > values.mean() - expected.low, "skewed data have a skewed interval"


def test_intervals_of_rows_are_those_of_each_row() -> None:
    rows = np.stack([RNG.exponential(size=12), RNG.normal(size=12), np.full(12, 0.25), [np.nan, *range(11)]])
    found = interval(rows)
    np.testing.assert_array_equal(found, np.stack([interval(row) for row in rows]))
    assert found[2].tolist() == [0.25, 0.25], "scores that do not differ have no width"
    assert np.isnan(found[3]).all()


def test_interval_needs_three_subjects() -> None:
    assert np.isnan(interval(np.ones((4, 2)))).all()
    assert interval(np.ones((4, 2))).shape == (4, 2)


def test_coverage_is_that_of_the_next_smaller_number_of_subjects() -> None:
    assert coverage(3) == COVERAGE[3]
    assert coverage(8) == COVERAGE[7]
    assert coverage(1000) == COVERAGE[40]
