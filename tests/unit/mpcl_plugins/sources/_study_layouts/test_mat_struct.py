"""Test structs and cells of MATLAB files."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._study_layouts.mat_struct import (
    get_field,
    list_cells,
    read_channels,
    read_scores,
    read_struct,
)

FILE = Path("x.mat")


def test_struct_is_a_dictionary_and_cells_a_list(tmp_path: Path) -> None:
    values = np.empty(2, object)
    values[:] = [np.ones((3, 2)), np.zeros(0)]
    savemat(tmp_path / "x.mat", {"s": {"a": values, "b": 1}})
    struct = read_struct(tmp_path / "x.mat", "s", 2**20)
    first, second = list_cells(get_field(struct, "a", FILE, "s"))
    assert (first.shape, second.size) == ((3, 2), 0)
    with pytest.raises(DataError, match="there is no field 'c'"):
        get_field(struct, "c", FILE, "s")


def test_missing_variables_and_damaged_files_are_refused(tmp_path: Path) -> None:
    savemat(tmp_path / "x.mat", {"s": 1})
    with pytest.raises(DataError, match=r"x\.mat, t: there is no such variable"):
        read_struct(tmp_path / "x.mat", "t", 2**20)
    (tmp_path / "y.mat").write_bytes(b"no")
    with pytest.raises(DataError, match=r"y\.mat"):
        read_struct(tmp_path / "y.mat", "t", 2**20)
    with pytest.raises(DataError, match="no such file"):
        read_struct(tmp_path / "z.mat", "t", 2**20)


def test_channels_are_found_on_either_axis() -> None:
    values = np.arange(6).reshape(3, 2)
    for either in (values, values.T):
        found = read_channels(either, 2, FILE, "a")
        assert found is not None
        np.testing.assert_array_equal(found, values.T)
    assert read_channels(np.zeros((0, 0)), 2, FILE, "a") is None
    with pytest.raises(DataError, match=r"shape \(3, 2\), but 5 channels are expected"):
        read_channels(values, 5, FILE, "a")
    with pytest.raises(DataError, match="there are no numbers"):
        read_channels(np.array(["a"]), 1, FILE, "a")


def test_scores_off_the_scale_are_refused() -> None:
    assert read_scores([[1], [5]], 2, 1, 5, (FILE, "v")) == [1, 5]
    with pytest.raises(DataError, match="v, row 1: a rating of 6 is not from 1 to 5"):
        read_scores([1, 6], 2, 1, 5, (FILE, "v"))
