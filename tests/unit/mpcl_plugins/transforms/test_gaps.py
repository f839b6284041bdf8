"""Dropouts become straight lines, level at the ends."""

import numpy as np
import pytest

from mpcl_plugins.transforms._gaps import bridge_gaps

NAN = np.nan


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([1, NAN, NAN, 4], [1, 2, 3, 4]),
        ([NAN, NAN, 4, 5], [4, 4, 4, 5]),
        ([1, 2, NAN, NAN], [1, 2, 2, 2]),
        ([NAN, 1, NAN, 3, NAN], [1, 1, 2, 3, 3]),
        ([NAN, NAN], [0, 0]),
        ([NAN, 7, NAN], [7, 7, 7]),
        ([0, NAN, 2, NAN, NAN, -4], [0, 1, 2, 0, -2, -4]),
    ],
)
def test_gap_becomes_a_line(x: list[float], expected: list[float]) -> None:
    values = np.array([x], np.float32)
    filled, missing = bridge_gaps(values)
    np.testing.assert_allclose(filled, [expected], atol=1e-6)
    np.testing.assert_array_equal(missing, np.isnan(values))
    assert np.isnan(values).any(), "the input is left as it is"


def test_channels_are_bridged_one_by_one() -> None:
    filled, _ = bridge_gaps(np.array([[1, NAN, 3], [NAN, NAN, NAN], [4, 5, 6]], np.float32))
    np.testing.assert_array_equal(filled, [[1, 2, 3], [0, 0, 0], [4, 5, 6]])


def test_values_without_a_gap_are_returned_themselves() -> None:
    values = np.ones((2, 3), np.float32)
    filled, missing = bridge_gaps(values)
    assert filled is values
    assert not missing.any()
