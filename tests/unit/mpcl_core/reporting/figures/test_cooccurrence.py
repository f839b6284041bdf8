"""Correlations of shares, against numpy."""

import numpy as np
import pytest

from mpcl_core.reporting.figures.cooccurrence import correlate, correlate_with_spread, mean_difference
from mpcl_core.runs.predictions import Predictions
from support.drawn_runs import UNIFORM, WEIGHT, D


def test_correlation_is_pearsons_and_nan_for_constant_shares() -> None:
    complete = np.array([1, 2, 3, 1, 1, 2, 1, 1, 4, 1, 1, 2])
    expected = np.corrcoef(np.repeat(D, complete, axis=0), rowvar=False)
    np.testing.assert_allclose(correlate(D, complete.astype(float)), expected, atol=1e-12)
    still = D.copy()
    still[:, 1] = 0.2
    found = correlate(still, WEIGHT)
    assert np.isnan(found[1]).all()
    assert np.isnan(found[:, 1]).all()
    other = np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1.0]])
    assert mean_difference(found, other) == pytest.approx(abs(found[0, 2]))
    assert np.isnan(mean_difference(correlate(UNIFORM, WEIGHT), other))


def test_spread_about_shrunken_predictions_restores_the_true_correlations() -> None:
    rng = np.random.default_rng(0)
    n = 4000
    felt = rng.multivariate_normal(np.zeros(3), [[1, 0.8, 0], [0.8, 1, 0], [0, 0, 1]], n)
    D = 0.25 + 0.05 * (felt + rng.standard_normal((n, 3)))
    D_pred = 0.25 + 0.05 * felt
    empty = np.full(n, "")
    found = Predictions(D, D_pred, np.ones(n), np.arange(n), empty, empty, np.where(np.arange(n) % 2, "a", "b"))
    true = correlate(D, found.weight)
    assert mean_difference(true, correlate(D_pred, found.weight)) > 0.1
    assert mean_difference(true, correlate_with_spread(found)) < 0.01


def test_spread_of_a_fold_is_that_of_the_other_folds() -> None:
    rng = np.random.default_rng(1)
    error, D_pred = 0.1 * rng.standard_normal((6, 2)), rng.random((6, 2))
    fold, weight, empty = np.array(list("aabbbb")), np.array([1.0, 2, 1, 1, 1, 3]), np.full(6, "")
    found = Predictions(D_pred + error, D_pred, weight, np.arange(6), empty, empty, fold)

    def second_moment(name: str) -> np.ndarray:
        own = fold == name
        return (error[own].T * weight[own]) @ error[own] / weight[own].sum()

    covariance = np.cov(D_pred, rowvar=False, aweights=weight, ddof=0)
    covariance = covariance + (second_moment("b") * 3 + second_moment("a") * 6) / 9
    deviation = np.sqrt(covariance.diagonal())
    np.testing.assert_allclose(correlate_with_spread(found), covariance / np.outer(deviation, deviation), atol=1e-12)
