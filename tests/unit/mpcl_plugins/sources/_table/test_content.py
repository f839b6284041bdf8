"""Rows have names, times, features and scores; rows that contradict one another are refused."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._table.columns import Columns
from mpcl_plugins.sources._table.content import TableContent, read_content
from mpcl_plugins.sources._table.opening import open_table

FEATURES = {"skin": ("gsr",)}


def read(path: Path, text: str) -> TableContent:
    path.write_text(text)
    file = open_table(path)
    columns = {name: name for name in file.names if name not in ("gsr", "happy", "sad")}
    return read_content(file, Columns(columns, FEATURES), ("happy", "sad"), (0.0, np.inf))


def test_times_are_seconds_or_iso_text(tmp_path: Path) -> None:
    rows = read(tmp_path / "t.csv", "subject,trial,start,stop,gsr,happy,sad\na,1,2.5,,1,1,1\na,1,,5,1,1,1\n")
    np.testing.assert_array_equal(rows.times["start"], [2.5, np.nan])
    np.testing.assert_array_equal(rows.times["stop"], [np.nan, 5])
    text = "subject,start,gsr,happy,sad\na,1970-01-01T00:01:00+00:00,1,1,1\na,{},1,1,1\n"
    assert read(tmp_path / "t.csv", text.format("1970-01-01T00:02:00+00:00")).times["start"].tolist() == [60, 120]
    with pytest.raises(DataError, match=r"t\.csv, start, line 3: 'noon' is not an ISO time"):
        read(tmp_path / "t.csv", text.format("noon"))


def test_names_of_trials_stay_apart(tmp_path: Path) -> None:
    text = "subject,session,trial,gsr,happy,sad\na,{},1,1,1\na,{},1,1,1\n"
    assert read(tmp_path / "t.csv", text.format("1,2", ",3")).names["trial"] == ["1-2", "3"]
    assert read(tmp_path / "t.csv", text.format("1-2,3", "1,2-3")).names["trial"] == ["1-2/3", "1/2-3"]


def test_a_time_that_is_stated_twice_is_refused(tmp_path: Path) -> None:
    text = "subject,trial,start,gsr,happy,sad\na,1,0,1,1,1\nb,1,0,1,1,1\na,1,0,2,1,1\n"
    message = r"t\.csv, start, line 4: subject 'a' trial '1' at 0 s is already on line 2"
    with pytest.raises(DataError, match=message):
        read(tmp_path / "t.csv", text)


def test_a_trial_has_one_stimulus(tmp_path: Path) -> None:
    text = "subject,trial,stimulus,gsr,happy,sad\na,1,film,1,1,1\nb,1,song,1,1,1\na,1,song,2,1,1\n"
    message = r"t\.csv, stimulus, line 4: 'song', but trial '1' of 'a' has 'film' on line 2"
    with pytest.raises(DataError, match=message):
        read(tmp_path / "t.csv", text)
