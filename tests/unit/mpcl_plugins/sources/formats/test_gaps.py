"""Lost samples are found in time stamps, however they jitter."""

import numpy as np
import pytest

from mpcl_plugins.sources.formats.gaps import cumulate_gaps, estimate_interval


def stamps(n: int, lost: dict[int, int], jitter: float = 0.0) -> np.ndarray:
    """Times of n samples a second apart, with samples lost before some rows."""
    steps = np.ones(n)
    for row, number in lost.items():
        steps[row] += number
    noise = np.random.default_rng(0).uniform(-jitter, jitter, n)
    return np.cumsum(steps) + noise


@pytest.mark.parametrize("jitter", [0.0, 0.05, 0.15])
@pytest.mark.parametrize("lost", [{}, {40: 1}, {40: 3, 120: 1}, {150: 200}])
def test_lost_samples_are_counted_before_their_row(lost: dict[int, int], jitter: float) -> None:
    found = cumulate_gaps(stamps(200, lost, jitter), 1.0)
    expected = np.zeros(200, np.int64)
    for row, number in lost.items():
        expected[row:] += number
    np.testing.assert_array_equal(found, expected)


def test_one_late_stamp_is_no_gap() -> None:
    times = stamps(100, {})
    times[50] += 0.9
    assert not cumulate_gaps(times, 1.0).any()


@pytest.mark.parametrize("n", [3, 200])
def test_interval_is_estimated_beside_gaps(n: int) -> None:
    assert estimate_interval(stamps(n, {n // 2: 1} if n > 100 else {}) * 0.25) == pytest.approx(0.25)
