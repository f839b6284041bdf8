"""Windows far outside the range of the training are found, channel by channel."""

import numpy as np

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.model.ranges import merge_ranges, outside_ranges, training_ranges


def windows(values: np.ndarray, present: np.ndarray | None = None) -> WindowSet:
    n = len(values)
    mask = np.ones(n, bool) if present is None else present
    modality = Modality("gsr", values.shape[1], values.shape[2], 4.0)
    X = {"gsr": np.where(mask[:, None, None], values, 0).astype(np.float32)}
    return WindowSet((modality,), X, {"gsr": mask}, np.full((n, 2), 0.5), ("joy", "fear"))


def test_other_unit_and_flat_signal_are_outside_and_training_windows_inside() -> None:
    signal = np.random.default_rng(0).normal(5, 1, (40, 2, 16))
    ranges = training_ranges(windows(signal))
    assert not outside_ranges(windows(signal), ranges)["gsr"].any()
    flat = np.full((1, 2, 16), 5.0)
    other = np.concatenate([signal[:1] * 1000, flat, signal[:1]])
    assert outside_ranges(windows(other), ranges)["gsr"].tolist() == [True, True, False]


def test_absent_windows_have_no_range_and_no_flag() -> None:
    signal = np.random.default_rng(0).normal(5, 1, (4, 1, 16))
    present = np.array([True, True, True, False])
    ranges = training_ranges(windows(signal, present))
    assert ranges["gsr"].mean[0][0] > 0
    assert outside_ranges(windows(signal, np.zeros(4, bool)), ranges)["gsr"].tolist() == [False] * 4
    assert training_ranges(windows(signal, np.zeros(4, bool))) == {}


def test_tables_of_features_have_no_spread_in_a_window() -> None:
    assert training_ranges(windows(np.ones((3, 2, 1))))["gsr"].sd == ()


def test_ranges_of_parts_merge_into_those_of_all_windows() -> None:
    values = windows(np.random.default_rng(0).normal(size=(9, 2, 5)))
    parts = [training_ranges(values.take(np.arange(first, first + 3))) for first in (0, 3, 6)]
    assert merge_ranges(parts) == training_ranges(values)
    assert merge_ranges([{}]) == {}


def test_each_entry_of_a_table_has_a_range_of_its_own() -> None:
    table = windows(np.array([[[1.0, 1000.0]], [[2.0, 3000.0]]]))
    table.modalities = (Modality("gsr", 1, 2),)
    ranges = training_ranges(table)
    assert ranges["gsr"].mean == ((1.0, 2.0), (1000.0, 3000.0))
    table.X["gsr"][:, 0, 0] = 500.0
    assert outside_ranges(table, ranges)["gsr"].all()
