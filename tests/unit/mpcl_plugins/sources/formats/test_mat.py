"""Arrays of MATLAB files are read with errors that name the file, the array and the row."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.mat import (
    array_shapes,
    check_file,
    check_shapes,
    feature_windows,
    read_arrays,
    real_part,
)

HERE = Path("a.mat")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    content = {"X": np.zeros((4, 3)), "n": np.arange(4, dtype=np.int16)[None], "text": "words", "c": {"a": 1.0}}
    savemat(tmp_path / "a.mat", content, do_compression=True)
    return tmp_path / "a.mat"


def test_shapes_are_those_of_arrays_of_numbers(file: Path) -> None:
    assert array_shapes(file) == {"X": (4, 3), "n": (1, 4)}
    with pytest.raises(DataError, match="no such file"):
        array_shapes(file.with_name("b.mat"))


def test_arrays_are_read_in_their_own_type(file: Path) -> None:
    found = read_arrays(file, ["n"])
    assert (list(found), found["n"].dtype, found["n"].tolist()) == (["n"], np.int16, [[0, 1, 2, 3]])


@pytest.mark.parametrize("name", ["absent", "text", "c"])
def test_what_is_no_array_of_numbers_is_refused_by_name(name: str, file: Path) -> None:
    with pytest.raises(DataError, match="there is no such array of numbers") as error:
        read_arrays(file, [name])
    assert error.value.field == name


def test_letters_stand_for_one_length_wherever_they_are(file: Path) -> None:
    check_file(file, {"X": ("n", 3), "n": (1, "n")})
    check_shapes({"X": (4, 3), "Y": (4,)}, {"X": ("n", "m"), "Y": ("n",)}, HERE)


SHAPES: dict[str, tuple[dict[str, tuple[int, ...]], str]] = {
    "lacking": ({"X": (4, 3)}, r"there is no such array of numbers\. The file has: X"),
    "another length": ({"X": (4, 3), "Y": (5,)}, r"shape \(5\), but \(4\) is expected"),
    "another number of axes": ({"X": (4, 3), "Y": (4, 1)}, r"shape \(4, 1\), but \(4\) is expected"),
    "another width": ({"X": (4, 2), "Y": (4,)}, r"shape \(4, 2\), but \(n, 3\) is expected"),
    "no rows": ({"X": (0, 3), "Y": (0,)}, "there are no rows"),
}


@pytest.mark.parametrize("case", SHAPES)
def test_array_of_another_shape_is_refused(case: str) -> None:
    found, message = SHAPES[case]
    with pytest.raises(DataError, match=message):
        check_shapes(found, {"X": ("n", 3), "Y": ("n",)}, HERE)


def test_real_part_is_a_copy_in_double_precision() -> None:
    values = np.array([1 + 2j, 3])
    assert real_part(values).tolist() == [1.0, 3.0]
    whole = np.array([1, 2], np.int16)
    assert real_part(whole).dtype == np.float64


def test_rows_become_windows_of_channels() -> None:
    windows = feature_windows(np.arange(12.0).reshape(2, 6), 2, HERE, "X")
    assert windows.shape == (2, 2, 3)
    assert windows[1, 1].tolist() == [9, 10, 11]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_first_row_with_a_number_that_cannot_be_used_is_named(bad: float) -> None:
    values = np.zeros((3, 4))
    values[1:, 2] = bad
    with pytest.raises(DataError, match="holds NaN or an infinite value") as error:
        feature_windows(values, 1, HERE, "X")
    assert (error.value.field, error.value.row) == ("X", 1)
