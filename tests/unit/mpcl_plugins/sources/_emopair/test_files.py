"""The ratings and the signals of the compact form are read with errors that name file, array and row."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._emopair.files import ITEMS, Rate, read_rates, read_segments, read_track

ROW = {"subject": "P1", "round": "1", "phase": "2", **dict.fromkeys(ITEMS, "3")}
ARRAYS: dict[str, Any] = {
    "scale_of": np.array(["gsr", "ppg"]),
    "scale": np.array([100.0, 10.0]),
    "fs": np.array([4.0, 64.0]),
    "gsr": np.arange(7, dtype=np.int32),
    "gsr_n": np.array([3, 4]),
}


def responses(folder: Path, *rows: dict[str, str]) -> Path:
    with (folder / "responses.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ROW)
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    return folder / "responses.csv"


def signals(folder: Path, **changes: Any) -> Path:
    np.savez(folder / "signals.npz", **{**ARRAYS, **changes})
    return folder / "signals.npz"


def test_segment_has_scores_and_its_trial_round_and_phase(tmp_path: Path) -> None:
    first, second = read_segments(responses(tmp_path, {"upset": "5"}, {"phase": "3", "alert": ""}))
    assert (first.row, first.subject, first.trial, first.ratings[0]) == (0, "P1", "r1p2", 5.0)
    assert second.trial == "r1p3"
    assert np.isnan(second.ratings[ITEMS.index("alert")])


ROWS: dict[str, tuple[dict[str, str], str, str]] = {
    "no subject": ({"subject": " ", "phase": "1"}, "no subject is named", "subject"),
    "half a round": ({"round": "1.5"}, "'1.5' is not a whole number", "round"),
    "no phase": ({"phase": ""}, "'' is not a whole number", "phase"),
    "score beyond the scale": ({"upset": "6", "phase": "1"}, "6", "upset"),
}


@pytest.mark.parametrize("fault", ROWS)
def test_fault_of_a_cell_names_line_and_column(fault: str, tmp_path: Path) -> None:
    row, message, column = ROWS[fault]
    with pytest.raises(DataError, match=message) as error:
        read_segments(responses(tmp_path, {}, row))
    assert (error.value.field, error.value.line) == (column, 3)


def test_segment_that_appears_twice_and_empty_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="P1 r1p2 is already on line 2"):
        read_segments(responses(tmp_path, {}, {}))
    with pytest.raises(DataError, match="there are no rows"):
        read_segments(responses(tmp_path))


def test_integers_are_divided_by_the_scale_of_their_signal(tmp_path: Path) -> None:
    path = signals(tmp_path)
    rate = read_rates(path, ["gsr"])["gsr"]
    assert rate == Rate(100.0, 4.0)
    signal = read_track(path, "gsr", 2, rate).segment(1)
    np.testing.assert_allclose(signal.values, [[0.03, 0.04, 0.05, 0.06]])
    assert signal.sfreq == 4.0


RATES: dict[str, tuple[dict[str, Any], str, str]] = {
    "names in numbers": ({"scale_of": np.arange(2)}, "does not hold the names", "scale_of"),
    "too few scales": ({"scale": np.array([1.0])}, "not one number for each of gsr, ppg", "scale"),
    "rates in words": ({"fs": np.array(["4", "64"])}, "not one number for each of gsr, ppg", "fs"),
    "a rate of 0": ({"fs": np.array([4.0, 0.0])}, r"0\.0 is not above 0", "fs"),
    "another signal": (
        {"scale_of": np.array(["eda", "ppg"])},
        "no scale is stated for gsr. There are: eda, ppg",
        "scale_of",
    ),
}


@pytest.mark.parametrize("fault", RATES)
def test_scales_and_rates_are_one_number_above_0_for_each_signal(fault: str, tmp_path: Path) -> None:
    changes, message, field = RATES[fault]
    with pytest.raises(DataError, match=message) as error:
        read_rates(signals(tmp_path, **changes), ["gsr"])
    assert error.value.field == field


TRACKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "fractions": ({"gsr": np.zeros(7)}, r"float64 of shape \(7,\), but one row of integers", "gsr"),
    "two axes": ({"gsr_n": np.array([[3, 4]])}, "one row of integers", "gsr_n"),
    "too few counts": ({"gsr_n": np.array([7])}, "1 counts for 2 rows of responses.csv", "gsr_n"),
    "an empty segment": ({"gsr_n": np.array([0, 7])}, "0 samples", "gsr_n"),
    "counts that do not add up": ({"gsr_n": np.array([3, 3])}, "the counts add up to 6, but gsr has 7", "gsr_n"),
}


@pytest.mark.parametrize("fault", TRACKS)
def test_counts_of_samples_fit_the_segments(fault: str, tmp_path: Path) -> None:
    changes, message, field = TRACKS[fault]
    with pytest.raises(DataError, match=message) as error:
        read_track(signals(tmp_path, **changes), "gsr", 2, Rate(1.0, 4.0))
    assert error.value.field == field
