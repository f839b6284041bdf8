"""Neighbours against a sort of all distances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mpcl_core.toolkit import nearest_neighbours as module
from mpcl_core.toolkit.nearest_neighbours import nearest_neighbours

GRID = st.sampled_from([0.0, 1.0, 2.0])


def sorted_neighbours(known: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    distances = np.square(queries[:, None] - known[None]).sum(2)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


@settings(deadline=None)  # the first call imports scipy
@given(
    arrays(np.float64, st.tuples(st.integers(1, 9), st.just(2)), elements=GRID),
    arrays(np.float64, st.tuples(st.integers(0, 4), st.just(2)), elements=GRID),
    st.integers(1, 12),
)
def test_neighbours_are_the_first_of_all_sorted_by_distance_then_row(
    known: np.ndarray, queries: np.ndarray, k: int
) -> None:
    found = nearest_neighbours(known, queries, k)
    assert found.shape == (len(queries), min(k, len(known)))
    np.testing.assert_array_equal(found, sorted_neighbours(known, queries, k))


def test_blocks_do_not_change_the_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    known, queries = rng.normal(size=(30, 3)), rng.normal(size=(17, 3))
    at_once = nearest_neighbours(known, queries, 4)
    monkeypatch.setattr(module, "_DISTANCES", 100)
    np.testing.assert_array_equal(nearest_neighbours(known, queries, 4), at_once)
