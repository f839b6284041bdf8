"""Predictions are a table of windows or trials, written as CSV or JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.data.unused_recordings import UnusedRecording
from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.table import Predictions, join_predictions
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
    assert table["flags"] == ["gsr absent in 1 of 2 windows", ""]


def test_notes_state_one_prediction_a_trial_and_absent_modalities() -> None:
    made = predictions()
    assert made.notes(is_pooled=False) == ["Absent: gsr in 1 of 3 windows"]
    pooled, absent = made.notes(is_pooled=True)
    assert pooled.startswith("The model averages the windows of a trial (pool): the 3 windows of 2 trials have one")
    assert made.notes(is_pooled=True, trial_seconds=30.0)[0].endswith("(the trials of the training lasted 30 s)")
    assert absent == "Absent: gsr in 1 of 3 windows"
    made.windows.present["gsr"] = np.zeros(3, bool)
    assert made.notes(is_pooled=False) == ["Absent: gsr in all 3 windows"]
    assert made.by_trial()["flags"] == ["gsr absent", "gsr absent"]


def test_windows_without_anything_that_the_model_uses_are_refused() -> None:
    made = predictions()
    made.check_any_present()
    made.windows.present["gsr"] = np.zeros(3, bool)
    replace(made, used=frozenset()).check_any_present()
    with pytest.raises(DataError, match=r"no window has a modality on which the model depends \(gsr\)"):
        replace(made, used={"gsr"}).check_any_present()


def test_files_hold_the_table() -> None:
    columns = predictions().columns()
    assert format_table(columns, ".csv").decode().splitlines()[3] == "b,,1,0,,,0.5,0.5,true,"
    assert json.loads(format_table(columns, ".json"))[2]["t_start"] is None


def test_error_bars_flags_and_embeddings_have_columns() -> None:
    bars = ErrorBars(
        people=9,
        radius=0.3,
        half_widths=(0.25, 0.3),
        trial_radius=0.1,
        trial_half_widths=(0.1, 0.1),
        reason="",
    )
    found = replace(
        predictions(),
        error_bars=bars,
        outside={"gsr": np.array([False, False, True])},
        embeddings={"skin": np.arange(6, dtype=np.float32).reshape(3, 2)},
        unused=[UnusedRecording("c", "9", "gsr lasts 1 s, a window 4 s")],
    )
    table = found.columns()
    assert np.allclose(table["low_joy"][:3], [0.0, 0.15, 0.25])
    assert np.allclose(table["high_fear"][:3], [1.0, 0.9, 0.8])
    assert table["radius"] == [0.3] * 3 + [None]
    assert table["flags"][2:] == ["gsr outside the training range", "too short: gsr lasts 1 s, a window 4 s"]
    assert table["skin_1"] == [1.0, 3.0, 5.0, None]
    by_trial = found.by_trial()
    assert by_trial["radius"] == [0.1, 0.1, None]
    assert by_trial["flags"][:2] == ["gsr absent in 1 of 2 windows", "gsr outside the training range"]
    assert np.allclose(by_trial["low_joy"][:2], [0.2, 0.4])
    assert {len(column) for column in by_trial.values()} == {3}


def test_parts_are_joined() -> None:
    part = replace(predictions(), outside={"gsr": np.array([False, False, True])})
    joined = join_predictions([part, part])
    assert len(joined) == 6
    assert joined.flags == part.flags * 2
