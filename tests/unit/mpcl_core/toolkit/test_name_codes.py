"""Numbers of names: equal to numpy's, in any order of the windows."""

import numpy as np
import pytest

from mpcl_core.toolkit.name_codes import distinct_names, number_names


@pytest.mark.parametrize("n", [0, 1, 2, 200])
@pytest.mark.parametrize("sort", [True, False], ids=["runs", "mixed"])
@pytest.mark.parametrize("dtype", ["U3", "int64"])
def test_numbers_equal_those_of_numpy(n: int, sort: bool, dtype: str) -> None:
    names = np.random.default_rng(0).integers(0, 7, n).astype(dtype)
    names = np.sort(names) if sort else names
    expected, number = np.unique(names, return_inverse=True)
    found = number_names(names)
    np.testing.assert_array_equal(found[0], expected)
    np.testing.assert_array_equal(found[1], number)
    np.testing.assert_array_equal(distinct_names(names), expected)
