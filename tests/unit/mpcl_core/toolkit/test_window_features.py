"""Windows as vectors: tables as they are, signals by channel means and deviations."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.window_features import known_features, window_features
from support.ldl_study import study


def test_a_table_enters_as_it_is() -> None:
    windows = study()
    np.testing.assert_array_equal(window_features(windows, ["table"]), windows.X["table"].reshape(60, -1))


def test_a_signal_enters_as_the_means_and_deviations_of_its_channels() -> None:
    windows = study()
    pulse = windows.X["pulse"].astype(np.float64)
    np.testing.assert_array_equal(
        window_features(windows, ["pulse"]), np.concatenate([pulse.mean(2), pulse.std(2)], axis=1)
    )


def test_columns_follow_the_order_of_the_names() -> None:
    windows = study()
    parts = {name: window_features(windows, [name]) for name in ("table", "pulse")}
    np.testing.assert_array_equal(
        window_features(windows, ["pulse", "table"]), np.hstack([parts["pulse"], parts["table"]])
    )
    np.testing.assert_array_equal(window_features(windows), np.hstack([parts["table"], parts["pulse"]]))


def test_features_of_an_absent_modality_are_unknown() -> None:
    windows = study()
    is_present = np.arange(60) % 3 > 0
    absent = replace(windows, present={**windows.present, "table": is_present})
    known = known_features(absent)
    assert known.shape == window_features(absent).shape
    np.testing.assert_array_equal(known[:, :5], np.repeat(is_present[:, None], 5, axis=1))
    assert known[:, 5:].all()


def test_a_modality_that_the_study_lacks_is_an_error() -> None:
    with pytest.raises(DataError, match=r"there is no modality face, ecg\. There are: table, pulse"):
        window_features(study(), ["pulse", "face", "ecg"])
