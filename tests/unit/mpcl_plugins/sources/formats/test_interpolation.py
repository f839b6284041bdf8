"""Rows between the samples of a grid are resampled; gaps stay gaps."""

import numpy as np
import pytest

from mpcl_plugins.sources.formats.interpolation import interpolate


def at(values: np.ndarray, position: np.ndarray, samples: np.ndarray, place: np.ndarray | None = None) -> np.ndarray:
    place = np.arange(len(values)) if place is None else place
    return interpolate(values, position, place.astype(np.int64), samples.astype(np.int64))


def test_rows_on_the_grid_are_kept_to_the_bit() -> None:
    values = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_array_equal(at(values, np.arange(20.0), np.arange(20)), values)


def test_cubic_is_followed_exactly() -> None:
    position = np.arange(20) + 0.3
    cubic = np.stack([position**3 - 4 * position**2, 2 * position], 1)
    samples = np.arange(3, 17)
    found = at(cubic, position, samples)
    np.testing.assert_allclose(found, np.stack([samples**3.0 - 4 * samples**2, 2.0 * samples], 1), rtol=1e-9)


def test_lost_rows_are_a_gap_whose_edges_are_the_nearest_rows() -> None:
    place = np.array([0, 1, 2, 6, 7, 8])
    found = at(np.arange(6.0)[:, None] * 10, place + 0.2, np.arange(9), place)
    assert np.isnan(found[3:6]).all()
    assert np.isfinite(found[[1, 2, 6, 7, 8]]).all()


def test_samples_outside_of_the_rows_are_missing() -> None:
    found = at(np.ones((3, 1)), np.arange(3.0), np.array([-2, 0, 2, 4]))
    np.testing.assert_array_equal(np.isnan(found[:, 0]), [True, False, False, True])


@pytest.mark.parametrize("n", [0, 1])
def test_few_rows(n: int) -> None:
    found = at(np.full((n, 2), 5), np.zeros(n), np.arange(3))
    assert found.shape == (3, 2)
    assert np.isfinite(found).sum() == 2 * n
