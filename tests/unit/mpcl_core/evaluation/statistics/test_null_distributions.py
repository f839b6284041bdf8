"""Compute ranks and p-values as scipy does."""

import numpy as np
import pytest
from scipy import stats

from mpcl_core.evaluation.statistics.null_distributions import (
    friedman,
    mean_ranks,
    signed_rank_p,
    studentized_range_p,
    studentized_range_point,
)


@pytest.mark.parametrize("digits", [0, 1, 8])
@pytest.mark.parametrize("n", [6, 13, 14, 50, 51, 200])
def test_signed_rank_p_is_that_of_scipy_with_ties_and_without(n: int, digits: int) -> None:
    values = np.random.default_rng(n).normal(0.3, 2, n).round(digits)
    values = np.where(values == 0, 1.0, values)
    assert signed_rank_p(values) == stats.wilcoxon(values).pvalue
    assert signed_rank_p(-values) == signed_rank_p(values)


@pytest.mark.parametrize("digits", [0, 8])
def test_ranks_and_friedmans_test_are_those_of_scipy(digits: int) -> None:
    values = np.random.default_rng(0).normal(size=(5, 30)).round(digits)
    ranks = np.apply_along_axis(mean_ranks, 0, values)
    np.testing.assert_array_equal(ranks, stats.rankdata(values, axis=0))
    expected = stats.friedmanchisquare(*values)
    assert friedman(ranks) == (expected.statistic, expected.pvalue)


def test_scores_that_are_not_numbers_have_neither_ranks_nor_p() -> None:
    values = np.array([1.0, np.nan, 2, 3, 4, 5])
    assert np.isnan(mean_ranks(values)).all()
    assert np.isnan(signed_rank_p(values))


@pytest.mark.parametrize("k", [2, 3, 10, 200])
def test_studentized_range_is_that_of_scipy(k: int) -> None:
    q = np.array([[0.0, 0.1, 1.0], [2.0, 5.0, 9.0]])
    expected = stats.studentized_range.sf(q, k, np.inf)
    np.testing.assert_allclose(studentized_range_p(q, k), expected, rtol=0, atol=1e-13)
    assert studentized_range_p(np.array([studentized_range_point(0.05, k)]), k)[0] == pytest.approx(0.05, rel=1e-12)
