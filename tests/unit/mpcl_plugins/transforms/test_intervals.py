"""Measures of beat intervals equal those computed by hand."""

import numpy as np
import pytest

from mpcl_plugins.transforms._intervals import measure_intervals


def measured(*windows: list[float], seconds: float = 10.0, fewest: int = 1) -> dict[str, np.ndarray]:
    row = np.concatenate([np.full(len(times), number) for number, times in enumerate(windows)]).astype(np.int64)
    return {
        str(name): values
        for name, values in measure_intervals(row, np.concatenate(windows), len(windows), seconds, fewest).items()
    }


def test_intervals_by_hand() -> None:
    times = np.cumsum([0.0, 0.8, 0.9, 0.8, 0.83])
    found = measured(list(times))
    RR = np.diff(times)
    delta = np.abs(np.diff(RR))
    assert found["rate"][0] == pytest.approx(60 / RR.mean())
    assert found["sdnn"][0] == pytest.approx(1e3 * RR.std(ddof=1))
    assert found["rmssd"][0] == pytest.approx(1e3 * np.sqrt(np.square(delta).mean()))
    assert found["pnn50"][0] == pytest.approx(2 / 3)
    assert found["pnn20"][0] == pytest.approx(1.0)
    assert found["quality"][0] == pytest.approx(RR.sum() / 10)


def test_interval_far_from_the_median_does_not_count() -> None:
    regular = [0.0, 0.8, 1.6, 2.4, 3.2]
    found = measured([*regular, 4.8, 5.6, 6.4])
    assert found["rate"][0] == pytest.approx(75.0)
    assert found["sdnn"][0] == pytest.approx(0.0, abs=1e-6)
    assert found["quality"][0] == pytest.approx(0.48)


def test_intervals_do_not_reach_over_windows() -> None:
    found = measured([0.0, 1.0, 2.0, 3.0], [0.5, 1.1, 1.7, 2.3])
    np.testing.assert_allclose(found["rate"], [60.0, 100.0])


def test_window_with_too_few_differences_has_no_value() -> None:
    found = measured([0.0, 1.0, 2.0, 3.0], [0.5, 1.1], [0.2], fewest=2)
    for values in found.values():
        np.testing.assert_array_equal(np.isnan(values), [False, True, True])


def test_impossible_intervals_give_nothing() -> None:
    assert all(np.isnan(values).all() for values in measured([0.0, 0.1, 0.2, 5.0]).values())
