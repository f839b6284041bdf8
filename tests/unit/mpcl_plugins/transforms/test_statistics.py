"""Plain statistics against numpy, one row at a time."""

from itertools import pairwise

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms.statistics import Statistics
from support.feature_study import study

ALL = ("mean", "sd", "slope", "min", "max", "median", "speed")


def test_each_statistic_equals_its_definition() -> None:
    rng = np.random.default_rng(0)
    rows = [rng.normal(5, 2, (2, 41)) for _ in range(3)]
    out = Statistics(modality="t", features=ALL).transform(study(rows, 4.0, "t")).validate()
    t = np.arange(41) / 4.0
    for i, row in enumerate(rows):
        for c, x in enumerate(row.astype(np.float32).astype(np.float64)):
            trend = np.polyfit(t, x, 1)[0]
            speed = np.mean([abs(b - a) for a, b in pairwise(x)]) * 4.0
            expected = [x.mean(), x.std(), trend, x.min(), x.max(), np.median(x), speed]
            np.testing.assert_allclose(out.X["t"][i, c], expected, rtol=1e-5, atol=1e-6)


def test_a_single_sample_has_no_trend() -> None:
    out = Statistics(modality="t", features=("mean", "sd", "slope", "speed")).transform(study([np.ones(1)], 1.0, "t"))
    assert out.X["t"][0, 0].tolist() == [1, 0, 0, 0]


def test_the_table_replaces_the_signal_or_stands_beside_it() -> None:
    windows = study([np.ones(8)], 4.0, "t")
    assert Statistics(modality="t").outputs(windows.modalities) == (Modality("t", 1, 5),)
    beside = Statistics(modality="t", output="level", features=("mean",)).transform(windows)
    assert [m.name for m in beside.modalities] == ["t", "level"]
    assert beside.modalities[1] == Modality("level", 1, 1)


def test_an_absent_signal_gives_an_absent_table() -> None:
    windows = study([np.ones(8), np.ones(8)], 4.0, "t")
    windows.present["t"][0] = False
    out = Statistics(modality="t").transform(windows.with_signals(windows.X)).validate()
    assert out.present["t"].tolist() == [False, True]


def test_bad_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match=r"features is \[\]"):
        Statistics(modality="t", features=())
    with pytest.raises(ValueError, match=r"features is \[mean, mean\]"):
        Statistics(modality="t", features=("mean", "mean"))
    with pytest.raises(DataError, match="no such modality"):
        Statistics(modality="t").outputs((Modality("eeg", 1, 8, 4.0),))


def test_parts_of_a_window_are_measured_one_after_the_other() -> None:
    row = np.arange(9.0)
    whole = Statistics(modality="t", features=("mean", "max"), parts=2)
    assert whole.transform(study([row], 1.0, "t")).X["t"][0, 0].tolist() == [1.5, 3.0, 5.5, 7.0]
    with pytest.raises(DataError, match="cannot be cut into 5 parts"):
        Statistics(modality="t", parts=5).check((Modality("t", 1, 9, 1.0),))
