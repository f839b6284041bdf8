"""Correlations of shares, against numpy."""

import numpy as np
import pytest

from mpcl_core.reporting.figures.cooccurrence import correlate, mean_difference
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
