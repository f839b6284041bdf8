"""Directions that two tables share equal the canonical correlations of statistics."""

import numpy as np
import pytest

from mpcl_core.testing.sample_data import study
from mpcl_plugins.estimators._canonical import CanonicalDirections, StreamDirections

RNG = np.random.default_rng(0)


def shared(n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    common = RNG.normal(size=(n, 1))
    return (
        np.hstack([common + 0.3 * RNG.normal(size=(n, 1)), RNG.normal(size=(n, 2))]),
        np.hstack([RNG.normal(size=(n, 1)), 2 * common + 0.6 * RNG.normal(size=(n, 1))]),
    )


def test_correlations_are_those_of_scikit_learn_without_shrinkage() -> None:
    from sklearn.cross_decomposition import CCA

    x, y = shared()
    found = CanonicalDirections.of(x, y, 1e-9)
    one, other = CCA(2).fit_transform(x, y)
    expected = [abs(np.corrcoef(one[:, i], other[:, i])[0, 1]) for i in range(2)]
    np.testing.assert_allclose(found.correlations, expected, atol=0.01)
    assert (np.diff(found.correlations) <= 0).all()


def test_features_of_both_tables_agree_along_the_shared_direction() -> None:
    x, y = shared()
    features = CanonicalDirections.of(x, y, 0.1).features(x, y)
    assert features.shape == (400, 4)
    assert np.corrcoef(features[:, 0], features[:, 2])[0, 1] > 0.85


def test_absent_table_contributes_zeros() -> None:
    x, y = shared(50)
    features = CanonicalDirections.of(x, y, 0.1).features(x, np.zeros_like(y))
    assert not features[:, 2:].any()


def test_stronger_shrinkage_gives_smaller_correlations() -> None:
    x, y = shared(30)
    weak, strong = (CanonicalDirections.of(x, y, a).correlations[0] for a in (0.01, 10.0))
    assert strong < weak <= 1 + 1e-9


def test_constant_column_does_no_harm() -> None:
    x, y = shared(30)
    found = CanonicalDirections.of(np.hstack([x, np.ones((30, 1))]), y, 0.1)
    assert np.isfinite(found.first).all()


def test_state_restores_the_features() -> None:
    windows = study(4, 3, 2)
    for drawn in (None, np.random.default_rng(1)):
        learned = StreamDirections.of(windows, ["eeg"], ["face"], 0.1, drawn)
        again = StreamDirections.from_state(learned.state_dict(), ["eeg"], ["face"])
        np.testing.assert_array_equal(again.features(windows), learned.features(windows))


def test_windows_paired_at_random_share_less() -> None:
    windows = study(4, 3, 2)
    windows.X["face"][:, :1, :] = windows.X["eeg"][:, :1, :1]
    own = StreamDirections.of(windows, ["eeg"], ["face"], 10.0, None)
    other = StreamDirections.of(windows, ["eeg"], ["face"], 10.0, np.random.default_rng(0))
    assert own.directions.correlations[0] != pytest.approx(other.directions.correlations[0])
