"""Prototype weights by emotion are weighted by the excess over uniform."""

import numpy as np

from mpcl_core.reporting.figures.assignment import by_emotion


def test_assignments_are_weighted_by_excess_over_uniform() -> None:
    D = np.array([[0.6, 0.2, 0.2], [0.4, 0.4, 0.2], [0.3, 0.4, 0.3]])
    weights = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    found = by_emotion(weights, D)
    a, b = 0.6 - 1 / 3, 0.4 - 1 / 3
    np.testing.assert_allclose(found[0], [a / (a + b), b / (a + b), 0])
    np.testing.assert_allclose(found[1], [0, 0.5, 0.5])
    assert np.isnan(found[2]).all()
