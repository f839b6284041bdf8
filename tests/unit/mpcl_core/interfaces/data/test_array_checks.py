"""Arrays of distributions and weights: the first fault is named with its row."""

import numpy as np
import pytest

from mpcl_core.interfaces.data.array_checks import check_distributions, check_finite, check_weight, scale_weight
from mpcl_core.interfaces.errors import DataError

GOOD = np.array([[0.4, 0.6], [1.0, 0.0]])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([np.nan, 1.0], "D, row 1: holds NaN or an infinite value"),
        ([-0.5, 1.5], "D, row 1: -0.5 is negative"),
        ([0.5, 0.6], "D, row 1: sums to 1.1, but a distribution sums to 1"),
    ],
)
def test_a_row_that_is_no_distribution_is_named(row: list[float], message: str) -> None:
    check_distributions(GOOD, "D")
    with pytest.raises(DataError) as caught:
        check_distributions(np.array([GOOD[0], row, row]), "D")
    assert str(caught.value) == message


def test_a_sum_may_be_off_by_the_tolerance() -> None:
    check_distributions(GOOD + 1e-5, "D")
    with pytest.raises(DataError, match="row 0"):
        check_distributions(GOOD + 1e-5, "D", tolerance=1e-6)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_a_weight_is_finite_and_not_negative(bad: float) -> None:
    with pytest.raises(DataError, match=r"weight, row 1: .* is not a weight"):
        check_weight(np.array([0.0, bad]))


def test_weights_are_scaled_to_mean_1_and_not_all_zero() -> None:
    np.testing.assert_allclose(scale_weight(np.array([0.0, 1.0, 3.0])), [0.0, 0.75, 2.25])
    with pytest.raises(DataError, match="all windows have weight 0"):
        scale_weight(np.zeros(3))


def test_the_first_row_that_is_not_finite_is_named() -> None:
    values = np.zeros((3, 2, 2), np.float32)
    check_finite(values, "eeg", None)
    values[1:, 1, 0] = np.inf
    with pytest.raises(DataError, match=r"f\.npz, eeg, row 1: holds NaN or an infinite value"):
        check_finite(values, "eeg", "f.npz")
