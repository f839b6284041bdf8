"""Check that windows are selected as by plain indices, whichever way is quicker."""

import numpy as np
import pytest

from mpcl_core.interfaces.data.selection import select_windows

VALUES = [
    np.arange(200.0),
    np.arange(1000.0).reshape(200, 5),
    np.arange(1000.0).reshape(5, 200).T,
    np.arange(200).astype(str),
]
INDICES = {
    "two runs": np.r_[40:200, 0:30],
    "scattered": np.arange(0, 200, 2),
    "repeated": np.r_[0:100, 0:100],
    "from the end": np.r_[-50:50],
    "none": np.arange(0),
}


@pytest.mark.parametrize("name", INDICES)
def test_select_windows_copies_what_indices_select(name: str) -> None:
    select = select_windows(INDICES[name])
    for values in VALUES:
        selected, expected = select(values), values[INDICES[name]]
        np.testing.assert_array_equal(selected, expected)
        assert selected.dtype == expected.dtype
        assert selected.strides == expected.strides
        assert not np.shares_memory(selected, values)


def test_select_windows_refuses_indices_beyond_the_last_window() -> None:
    with pytest.raises(IndexError):
        select_windows(np.arange(201))(VALUES[0])
