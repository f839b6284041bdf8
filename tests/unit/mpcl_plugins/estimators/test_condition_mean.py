"""The mean of the fitting rows with the same condition."""

import numpy as np

from mpcl_core.interfaces.data import WindowSet
from mpcl_plugins.estimators.condition_mean import ConditionMean

D = np.array([[0.8, 0.2], [0.6, 0.4], [0.1, 0.9], [0.3, 0.7]])
FITTING = WindowSet(
    (), {}, {}, D, ("x", "y"), condition=np.array(["a", "a", "b", ""]), weight=np.array([3.0, 1.0, 1.0, 1.0])
)


def test_each_condition_has_its_weighted_mean() -> None:
    test = WindowSet((), {}, {}, D[:2], ("x", "y"), condition=np.array(["b", "a"]))
    np.testing.assert_allclose(ConditionMean().fit(FITTING).predict(test), [[0.1, 0.9], [0.75, 0.25]])


def test_an_unknown_condition_gets_the_mean_of_all() -> None:
    test = WindowSet((), {}, {}, D[:2], ("x", "y"), condition=np.array(["", "new"]))
    everyone = (3 * D[0] + D[1] + D[2] + D[3]) / 6
    np.testing.assert_allclose(ConditionMean().fit(FITTING).predict(test), [everyone, everyone])
