"""Predictions are a table of windows or trials, written as CSV or JSON."""

import json

import numpy as np

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.model.table import Predictions
from mpcl_core.toolkit.table_file import format_table


def predictions() -> Predictions:
    windows = WindowSet(
        (Modality("gsr", 1, 1),),
        {"gsr": np.zeros((3, 1, 1), np.float32)},
        {"gsr": np.array([True, False, True])},
        np.full((3, 2), 0.5),
        ("joy", "fear"),
        subject=np.array(["a", "a", "b"]),
        trial=np.array(["1", "1", "1"]),
        window=np.array([0, 1, 0]),
        t_start=np.array([0.0, 2.0, np.nan]),
        t_stop=np.array([4.0, 6.0, np.nan]),
    )
    return Predictions(windows, np.array([[0.2, 0.8], [0.4, 0.6], [0.5, 0.5]]), ("joy", "fear"))


def test_rows_state_the_window_its_distribution_and_what_is_absent() -> None:
    table = predictions().columns()
    assert table["joy"] == [0.2, 0.4, 0.5]
    assert table["present_gsr"] == [True, False, True]
    assert table["flags"] == ["", "gsr absent", ""]


def test_trials_average_their_windows() -> None:
    table = predictions().by_trial()
    assert (table["subject"], table["windows"], table["t_stop"][0]) == (["a", "b"], [2, 1], 6.0)
    assert np.allclose(table["joy"], [0.3, 0.5])
    assert table["present_gsr"] == [0.5, 1.0]


def test_files_hold_the_table() -> None:
    columns = predictions().columns()
    assert format_table(columns, ".csv").decode().splitlines()[3] == "b,,1,0,,,0.5,0.5,true,"
    assert json.loads(format_table(columns, ".json"))[2]["t_start"] is None
