"""Rows of three files of a viewer are matched from the end of each clip, since one file begins later."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._dmer.clips import CLIPS
from mpcl_plugins.sources._dmer.features import EEG, FACE, PERIPHERAL, File, _matched


def files(eeg: list[int], peripheral: list[int], face: list[int]) -> dict[str, File]:
    clips = {EEG: eeg, PERIPHERAL: peripheral, FACE: face}
    return {name: File(Path(name), {}, np.array(clip, dtype=np.int64)) for name, clip in clips.items()}


def test_rows_of_a_clip_are_matched_from_its_end() -> None:
    found = files([0] * 6 + [1] * 5, [0] * 2 + [1], [0] * 6 + [1] * 5)
    rows, start = _matched(found, 0)
    assert {name: each.tolist() for name, each in rows.items()} == {EEG: [4, 5], PERIPHERAL: [0, 1], FACE: [4, 5]}
    assert start.tolist() == [4.0, 5.0]
    rows, start = _matched(found, 1)
    assert (rows[EEG].tolist(), rows[PERIPHERAL].tolist(), start.tolist()) == ([10], [2], [4.0])


def test_clip_that_one_file_lacks_in_part_is_refused() -> None:
    with pytest.raises(DataError, match=f"1 rows of clip 0, but 6 in {EEG}"):
        _matched(files([0] * 6, [0], [0] * 6), 0)


def test_clip_that_no_file_has_has_no_rows() -> None:
    rows, start = _matched(files([0], [0], [0]), 5)
    assert all(len(each) == 0 for each in rows.values())
    assert len(start) == 0


def test_bands_become_times_and_rest_is_not_checked() -> None:
    values = np.arange(24.0).reshape(2, 4, 3)  # (row, band, channel)
    values[1] = np.nan
    file = File(Path("a.mat"), {"feas": values}, np.array([0, CLIPS]))
    found = file.rows(Modality("eeg", 3, 4), "feas", np.array([0]))
    np.testing.assert_array_equal(found[0], values[0].T)
    with pytest.raises(DataError, match="NaN"):
        File(Path("a.mat"), {"feas": values}, np.array([0, 1])).rows(Modality("eeg", 3, 4), "feas", np.array([0]))
