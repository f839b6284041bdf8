"""A row of a merged file is a second; the columns of each modality follow each other, and rest is left out."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from mpcl_core.interfaces.data import Valence
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._dmer.clips import CLIPS
from mpcl_plugins.sources._dmer.merged import COLUMNS, MODALITIES, read

LABELS = tuple("abcdefghi")
VALENCE = Valence(positive=("a",), negative=("b",))


def viewer(folder: Path, feas: np.ndarray, vids: list[int]) -> Path:
    D = np.full((CLIPS, 9), 1 / 9)
    savemat(folder / "7.mat", {"feas": feas, "vids": np.array(vids, float)[:, None], "dis_label": D})
    return folder / "7.mat"


def test_columns_cover_every_feature_once() -> None:
    assert [COLUMNS[modality.name].start for modality in MODALITIES[1:]] == [
        COLUMNS[modality.name].stop for modality in MODALITIES[:-1]
    ]
    for modality in MODALITIES:
        columns = COLUMNS[modality.name]
        assert columns.stop - columns.start == modality.n_chans * (modality.n_times or 1)


def test_rows_of_rest_are_left_out_whatever_they_hold(tmp_path: Path) -> None:
    feas = np.arange(4 * 913.0).reshape(4, 913)
    feas[1] = np.nan
    windows = read(viewer(tmp_path, feas, [3, CLIPS, 3, 20]), LABELS, VALENCE)
    assert windows.trial.tolist() == ["3", "3", "20"]
    assert windows.t_start.tolist() == [0.0, 1.0, 0.0]
    np.testing.assert_array_equal(windows.X["eeg"][0].ravel(), feas[0, :90])
    np.testing.assert_array_equal(windows.X["face"][2].ravel(), feas[3, 145:])


def test_value_that_is_no_number_is_named_with_its_row(tmp_path: Path) -> None:
    feas = np.zeros((2, 913))
    feas[1, 100] = np.inf
    with pytest.raises(DataError, match="holds NaN or an infinite value") as error:
        read(viewer(tmp_path, feas, [0, 1]), LABELS, VALENCE)
    assert (error.value.field, error.value.row) == ("feas", 1)
