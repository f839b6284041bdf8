"""Bands of a window are checked; power without a signal has no logarithm."""

from itertools import pairwise

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms._bands import EEG, check_bands, log_power, require_bands

SIGNAL = Modality("eeg", 2, 256, 128.0)


def test_common_bands_are_adjacent_and_accepted() -> None:
    assert check_bands(EEG) is EEG
    assert all(high == low for (_, high), (low, _) in pairwise(EEG))
    require_bands(EEG, (SIGNAL,), "eeg")


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ((), "bands is empty"),
        (((4.0, 4.0),), r"holds \[4.0, 4.0\] Hz"),
        (((0.0, 4.0),), "above 0"),
        (((4.0, float("inf")),), "must rise"),
        (((4.0, float("nan")),), "must rise"),
    ],
)
def test_bands_that_do_not_rise_are_refused(bands: tuple[tuple[float, float], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_bands(bands)


@pytest.mark.parametrize(
    ("band", "message"),
    [
        ((1.0, 64.0), "128 Hz is too low a rate for a band up to 64 Hz"),
        ((0.4, 4.0), "does not hold one period of 0.4 Hz"),
    ],
)
def test_band_that_the_windows_cannot_hold_is_refused(band: tuple[float, float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        require_bands((band,), (SIGNAL,), "eeg")


def test_signal_that_never_varies_has_no_power() -> None:
    x = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 1.0]])
    found = log_power(np.array([[1e-30, 1.0], [np.e, 0.0]]), x)
    np.testing.assert_array_equal(np.isnan(found), [[True, True], [False, True]])
    assert found[1, 0] == 1.0
