"""A table of features takes the place of a signal, or stands beside it."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_core.testing.sample_data import signal_windows
from mpcl_plugins.transforms._table import (
    add_table,
    check_positive,
    declare_table,
    require_distinct,
    windowed_modality,
)

MODALITIES = (Modality("eeg", 2, 256, 128.0, ("F3", "F4")), Modality("face", 3, 17))


def test_table_replaces_the_signal_or_comes_last() -> None:
    replaced = declare_table(MODALITIES, "eeg", "eeg", 5)
    assert replaced == (Modality("eeg", 2, 5, None, ("F3", "F4")), MODALITIES[1])
    assert declare_table(MODALITIES, "eeg", "bands", 5) == (*MODALITIES, Modality("bands", 2, 5, None, ("F3", "F4")))


@pytest.mark.parametrize(
    ("name", "output", "message"),
    [
        ("face", "face", "holds no windows of samples"),
        ("ecg", "ecg", "There are: eeg, face"),
        ("eeg", "face", "there is already a modality of that name"),
    ],
)
def test_wrong_names_are_refused(name: str, output: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        declare_table(MODALITIES, name, output, 5)


def test_signal_comes_with_rate_and_length() -> None:
    assert windowed_modality(MODALITIES, "eeg") == (MODALITIES[0], 128.0, 256)


def test_feature_that_cannot_be_measured_makes_the_table_absent() -> None:
    windows = signal_windows(3, 2.0)
    values = np.ones((3, 1, 2))
    values[2, 0, 1] = np.nan
    found = add_table(windows, "gsr", "skin", values)
    assert found.present["skin"].tolist() == [True, False, False]
    assert found.X["skin"][:, 0].tolist() == [[1, 1], [0, 0], [0, 0]]
    assert found.X["gsr"] is windows.X["gsr"] or np.array_equal(found.X["gsr"], windows.X["gsr"])
    assert list(found.X) == ["eeg", "ppg", "gsr", "skin"]


def test_names_of_features_are_distinct() -> None:
    require_distinct(("mean", "sd"))
    for names in ((), ("mean", "mean")):
        with pytest.raises(ValueError, match="must name at least one, and none twice"):
            require_distinct(names)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_parameter_above_zero(value: float) -> None:
    assert check_positive("length", 2.0, "s") == 2.0
    with pytest.raises(ValueError, match=r"length is .* s, but must be above 0"):
        check_positive("length", value, "s")
