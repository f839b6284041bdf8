"""Check an estimator."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import Estimator
from mpcl_core.testing.common import demand_process_state_unchanged
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.fitted_state import state_round_trip
from mpcl_core.testing.immutability import demand_unchanged
from mpcl_core.testing.sample_data import fitting_and_test


def distributions(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """Require predictions of shape (N, k) on the simplex: nothing below 0, and a sum of 1 for each window."""
    fitting, test = fitting_and_test()
    D_pred = cls(**parameters).fit(fitting).predict(test)
    demand(D_pred.shape == test.D.shape, f"the predictions have shape {D_pred.shape}, not {test.D.shape}")
    demand(np.isfinite(D_pred).all(), "a prediction contains NaN or an infinite value")
    demand((D_pred >= 0).all(), f"a prediction contains {D_pred.min():.3g}, which is below 0")
    demand_equal(D_pred.sum(1), np.ones(len(test)), "a prediction does not sum to 1", 1e-6)


def windows_do_not_mix(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """Require the same prediction for a window whichever other windows are predicted with it."""
    fitting, test = fitting_and_test()
    estimator = cls(**parameters).fit(fitting)
    D_pred = estimator.predict(test)
    for start in (0, 7):
        part = np.arange(start, start + 3)
        message = "a prediction depends on the other windows"
        demand_equal(estimator.predict(test.take(part)), D_pred[part], message, 1e-6)


def repeatable(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """Require equal predictions of two fits on the same windows.

    An estimator is fitted once per fold; if it draws random numbers, it has a seed of its own.
    """
    fitting, test = fitting_and_test()
    first, second = (cls(**parameters).fit(fitting).predict(test) for _ in range(2))
    demand_equal(first, second, "two fits on the same windows give different predictions", 1e-9)


def labels_not_used(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """Require that ``predict`` does not use the labels of its windows, by which it is tested."""
    fitting, test = fitting_and_test()
    estimator = cls(**parameters).fit(fitting)
    D_pred = estimator.predict(test)
    other = test.take(np.arange(len(test)))
    other.D = other.D[::-1].copy()
    demand_equal(D_pred, estimator.predict(other), "changing the labels of the test windows changes the predictions")


def input_unchanged(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """Require that ``fit`` and ``predict`` do not change the windows, which other variants of the run use."""
    fitting, test = fitting_and_test()
    with demand_unchanged(fitting, "fit"), demand_unchanged(test, "predict"):
        cls(**parameters).fit(fitting).predict(test)


def process_state_unchanged(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """Require that using the estimator changes no setting of torch or numpy and seeds nothing.

    Such changes would affect other components.
    """
    fitting, test = fitting_and_test()
    demand_process_state_unchanged(lambda: cls(**parameters).fit(fitting).predict(test))


ESTIMATOR = (
    distributions,
    windows_do_not_mix,
    repeatable,
    labels_not_used,
    input_unchanged,
    state_round_trip,
    process_state_unchanged,
)
