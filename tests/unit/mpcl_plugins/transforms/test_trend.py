"""The slope is that of the least-squares line."""

import numpy as np
import pytest

from mpcl_plugins.transforms._trend import slope


def test_slope_of_a_line_is_its_rise_in_a_second() -> None:
    t = np.arange(50) / 10
    np.testing.assert_allclose(slope(np.stack([3 * t + 1, -t, 0 * t]), 10.0), [3.0, -1.0, 0.0], atol=1e-12)


def test_slope_equals_a_fitted_polynomial() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 40))
    expected = [[np.polyfit(np.arange(40) / 8, row, 1)[0] for row in rows] for rows in x]
    np.testing.assert_allclose(slope(x, 8.0), expected)


@pytest.mark.parametrize("n", [1, 2])
def test_shortest_rows(n: int) -> None:
    assert slope(np.arange(n, dtype=np.float64)[None], 1.0) == pytest.approx(float(n == 2))
