"""Windows become a table and back."""

from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.sklearn.table import flatten_windows, from_array, to_array, width
from mpcl_core.testing.sample_data import study

WINDOWS = study(2, 2, 2)


def test_width_is_channels_times_values() -> None:
    assert width(Modality("eeg", 4, 64, 32.0)) == 256
    assert width(Modality("hr", 3)) == 3


def test_windows_survive_the_table() -> None:
    X = to_array(WINDOWS)
    assert X.shape == (8, sum(map(width, WINDOWS.modalities)))
    again = from_array(X, WINDOWS.D, WINDOWS.modalities, WINDOWS.subject, WINDOWS.weight, WINDOWS.labels)
    for name, values in WINDOWS.X.items():
        np.testing.assert_array_equal(again.X[name], values)
        np.testing.assert_array_equal(again.present[name], WINDOWS.present[name])
    assert again.labels == WINDOWS.labels


def test_absent_modality_is_nan_throughout() -> None:
    windows = study(2, 4, 2)
    absent = ~windows.present["gsr"]
    columns = slice(4 * 64, 4 * 64 + 16)
    assert absent.any()
    assert np.isnan(to_array(windows)[absent, columns]).all()
    assert np.isfinite(to_array(windows)[~absent]).all()


def test_weights_have_mean_one() -> None:
    weight = np.arange(8.0)
    found = from_array(to_array(WINDOWS), WINDOWS.D, WINDOWS.modalities, WINDOWS.subject, weight, WINDOWS.labels)
    np.testing.assert_allclose(found.weight, weight / weight.mean())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, D, w: (X, D * 2, w), "y"),
        (lambda X, D, w: (X, D, -w), "weight"),
        (lambda X, D, w: (X, D, 0 * w), "weight"),
        (lambda X, D, w: (np.where(np.arange(X.shape[1]) == 0, np.inf, X), D, w), "X"),
    ],
)
def test_invalid_rows_are_refused(change: Any, message: str) -> None:
    X, D, weight = change(to_array(WINDOWS), WINDOWS.D, np.ones(8))
    with pytest.raises(ValueError, match=message):
        from_array(X.astype(np.float32), D, WINDOWS.modalities, WINDOWS.subject, weight, WINDOWS.labels)


def test_windows_of_one_modality_are_flattened_and_rows_left() -> None:
    rows, modality = flatten_windows(np.arange(24.0).reshape(2, 3, 4))
    assert rows.shape == (2, 12)
    assert modality == Modality("x", 3, 4)
    table = [[1.0, 2.0]]
    assert flatten_windows(table) == (table, None)
