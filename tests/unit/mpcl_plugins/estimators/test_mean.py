"""The weighted mean of the fitting rows."""

from dataclasses import replace

import numpy as np

from mpcl_core.interfaces.data import WindowSet
from mpcl_plugins.estimators.mean import Mean


def test_the_mean_is_weighted() -> None:
    D = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    fitting = WindowSet((), {}, {}, D, ("a", "b"), weight=np.array([2.0, 1.0, 1.0]))
    test = WindowSet((), {}, {}, D[:2], ("a", "b"))
    np.testing.assert_allclose(Mean().fit(fitting).predict(test), [[0.625, 0.375]] * 2)


def test_a_recording_counts_alike_however_many_windows_it_has() -> None:
    """Three windows of one recording and one of another, each recording with weight 1 in all."""
    D = np.array([[0.9, 0.1]] * 3 + [[0.1, 0.9]])
    windows = WindowSet((), {}, {}, D, ("a", "b"), weight=np.array([1 / 3] * 3 + [1.0]))
    np.testing.assert_allclose(Mean().fit(windows).predict(windows), [[0.5, 0.5]] * 4)


def test_only_fitting_windows_count() -> None:
    D = np.random.default_rng(0).dirichlet(np.ones(5), 20)
    windows = WindowSet((), {}, {}, D, tuple("abcde"))
    model = Mean().fit(windows)
    other = replace(windows, D=D[::-1].copy())
    np.testing.assert_array_equal(model.predict(other), model.predict(windows))
    np.testing.assert_allclose(model.predict(other), np.tile(D.mean(0), (20, 1)))


def test_the_mean_equals_that_of_numpy_to_the_last_bit() -> None:
    rng = np.random.default_rng(1)
    for n, k in ((1, 2), (7, 3), (500, 5), (4000, 9)):
        D, weight = rng.dirichlet(np.ones(k), n), rng.random(n) + 0.1
        windows = WindowSet((), {}, {}, D, tuple("abcdefghi"[:k]), weight=weight)
        np.testing.assert_array_equal(Mean().fit(windows).predict(windows)[0], np.average(D, axis=0, weights=weight))
