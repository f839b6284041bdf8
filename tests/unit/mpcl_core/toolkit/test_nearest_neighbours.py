"""Neighbours against a sort of all distances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from mpcl_core.toolkit.nearest_neighbours import nearest_neighbours

GRID = st.sampled_from([0.0, 1.0, 2.0])


def sorted_neighbours(known: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    distances = np.square(queries[:, None] - known[None]).sum(2)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


def by_cdist(known: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    return np.argsort(cdist(queries, known, "sqeuclidean"), axis=1, kind="stable")[:, :k]


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


@pytest.mark.slow
def test_neighbours_do_not_depend_on_how_many_are_searched_at_once() -> None:
    rng = np.random.default_rng(0)
    known, queries = rng.integers(0, 9, size=(9_000, 2)).astype(float), rng.normal(4, 2, size=(1_100, 2))
    np.testing.assert_array_equal(nearest_neighbours(known, queries, 4), by_cdist(known, queries, 4))


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e9])
def test_neighbours_of_features_far_from_zero_are_exact(offset: float) -> None:
    rng = np.random.default_rng(1)
    known = rng.normal(size=(200, 40)) * 1e-3 + offset
    known[7] = 1e12  # an outlier makes every product uncertain
    queries = known[20:40] + rng.normal(size=(20, 40)) * 1e-6
    np.testing.assert_array_equal(nearest_neighbours(known, queries, 5), by_cdist(known, queries, 5))


@pytest.mark.parametrize("scale", [1e-170, 1e150])
def test_neighbours_of_extreme_features_are_exact(scale: float) -> None:
    rng = np.random.default_rng(2)
    known, queries = rng.normal(size=(50, 3)) * scale, rng.normal(size=(4, 3)) * scale
    np.testing.assert_array_equal(nearest_neighbours(known, queries, 3), by_cdist(known, queries, 3))
