"""A row of the table is a person's day: measures, what a 0 means, whether the watch was worn, and moods."""

import csv
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._lifesnaps.table import COLUMNS, MEASURES, MOODS, read_days

DAY = {"id": "p1", "date": "2021-05-24", **dict.fromkeys(COLUMNS, "5"), **dict.fromkeys(MOODS.values(), "0")}


def table(folder: Path, *days: dict[str, str]) -> Path:
    with (folder / "daily.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, DAY)
        writer.writeheader()
        writer.writerows({**DAY, **day} for day in days)
    return folder / "daily.csv"


def test_measures_stand_under_their_modality_and_moods_in_order(tmp_path: Path) -> None:
    (day,) = read_days(table(tmp_path, {"bpm": "62.5", "resting_hr": "", "SAD": "1"}))
    assert (day.subject, day.date) == ("p1", "2021-05-24")
    assert list(day.values) == list(MEASURES)
    np.testing.assert_array_equal(day.values["heart_rate"], [62.5, np.nan])
    assert day.moods == [float(name == "sad") for name in MOODS]
    assert (day.zeros, day.is_unworn) == ((), False)


def test_zero_of_some_measures_means_that_nothing_was_measured(tmp_path: Path) -> None:
    (day,) = read_days(table(tmp_path, {"rmssd": "0", "stress_score": "0", "steps": "0"}))
    assert day.zeros == ("stress_score", "rmssd")
    assert np.isnan(day.values["hrv"][1])
    assert day.values["steps"][0] == 0


def test_watch_that_did_not_move_all_day_was_not_worn(tmp_path: Path) -> None:
    (day,) = read_days(table(tmp_path, {"sedentary_minutes": "1440"}))
    assert day.is_unworn
    assert np.isnan(day.values["activity"][MEASURES["activity"].index("sedentary_minutes")])


@pytest.mark.parametrize("answer", ["0", ""])
def test_day_without_an_answered_mood_has_none(answer: str, tmp_path: Path) -> None:
    (day,) = read_days(table(tmp_path, dict.fromkeys(MOODS.values(), answer)))
    assert day.moods is None


FAULTS: dict[str, tuple[dict[str, str], str, str]] = {
    "no person": ({"id": " "}, "no person is named", "id"),
    "no date": ({"date": "24.05.2021"}, "'24.05.2021' is not a date such as 2021-05-24", "date"),
    "half a mood": ({"SAD": "0.5"}, "0.5 is neither 0 nor 1", "SAD"),
    "a part of the moods": ({"SAD": "1", "HAPPY": ""}, "empty, but other moods of the day are stated", "HAPPY"),
    "no number": ({"bpm": "fast"}, "fast", "bpm"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_stated_with_its_line_and_column(fault: str, tmp_path: Path) -> None:
    changes, message, column = FAULTS[fault]
    with pytest.raises(DataError, match=message) as error:
        read_days(table(tmp_path, {"date": "2021-05-23"}, changes))
    assert (error.value.field, error.value.line) == (column, 3)


def test_day_that_appears_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="p1 on 2021-05-24 is already on line 2"):
        read_days(table(tmp_path, {}, {}))


def test_missing_column_is_named(tmp_path: Path) -> None:
    path = table(tmp_path, {})
    path.write_text(path.read_text().replace("rmssd", "rmsd"))
    with pytest.raises(DataError, match="rmssd"):
        read_days(path)
