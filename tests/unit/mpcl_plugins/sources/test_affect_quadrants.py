"""Quadrants of valence and arousal."""

import numpy as np

from mpcl_plugins.sources._affect_quadrants import QUADRANTS, VALENCE, quadrants


def test_quadrants_are_products_of_the_two_scales() -> None:
    D = quadrants(np.array([9.0, 5.0, 3.0]), np.array([9.0, 5.0, 7.0]), 1.0, 9.0)
    np.testing.assert_allclose(D, [[1, 0, 0, 0], [0.25] * 4, [3 / 16, 1 / 16, 9 / 16, 3 / 16]])
    assert (*VALENCE.positive, *VALENCE.negative) == QUADRANTS
