"""The same share for every emotion."""

import numpy as np

from mpcl_core.interfaces.data import WindowSet
from mpcl_plugins.estimators.uniform import Uniform


def test_every_window_is_uniform() -> None:
    D = np.array([[1.0, 0.0, 0.0, 0.0], [0.1, 0.2, 0.3, 0.4]])
    windows = WindowSet((), {}, {}, D, ("a", "b", "c", "d"))
    np.testing.assert_array_equal(Uniform().fit(windows).predict(windows), np.full((2, 4), 0.25))
