"""Checks of an estimator."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.testing.common import leaves_alone
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.immutability import demand_untouched
from mpcl_core.testing.sample_data import study


def distributions(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """A prediction is a distribution for each row: (N, k), nothing below 0, each row sums to 1."""
    fitting, test = _sides()
    D_pred = cls(**parameters).fit(fitting).predict(test)
    demand(D_pred.shape == test.D.shape, f"it predicts shape {D_pred.shape}, not {test.D.shape}")
    demand(np.isfinite(D_pred).all(), "a prediction holds NaN or an infinite value")
    demand((D_pred >= 0).all(), f"a prediction holds {D_pred.min():.3g}, below 0")
    demand_equal(D_pred.sum(1), np.ones(len(test)), "a prediction does not sum to 1", 1e-6)


def rows_do_not_mix(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """What is predicted for a row is the same alone and among others; else it depends on who is tested with it."""
    fitting, test = _sides()
    estimator = cls(**parameters).fit(fitting)
    D_pred = estimator.predict(test)
    for start in (0, 7):
        some = np.arange(start, start + 3)
        demand_equal(estimator.predict(test.take(some)), D_pred[some], "a prediction depends on the other rows", 1e-6)


def repeatable(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """Fitted again on the same rows it predicts the same: an estimator runs once, with a seed of its own if any."""
    fitting, test = _sides()
    first, second = (cls(**parameters).fit(fitting).predict(test) for _ in range(2))
    demand_equal(first, second, "two fits on the same rows predict differently", 1e-9)


def labels_unseen(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """``predict`` does not look at the labels of the rows it is given; they are what it is tested by."""
    fitting, test = _sides()
    estimator = cls(**parameters).fit(fitting)
    D_pred = estimator.predict(test)
    other = test.take(np.arange(len(test)))
    other.D = other.D[::-1].copy()
    demand_equal(D_pred, estimator.predict(other), "other labels of the test rows change their prediction")


def input_unchanged(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """``fit`` and ``predict`` leave the rows as they are; other variants of the run use the same."""
    fitting, test = _sides()
    with demand_untouched(fitting, "fit"), demand_untouched(test, "predict"):
        cls(**parameters).fit(fitting).predict(test)


def leaves_the_process_alone(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    """Using it changes no setting of torch or numpy and seeds nothing: other components would notice."""
    fitting, test = _sides()
    leaves_alone(lambda: cls(**parameters).fit(fitting).predict(test))


def _sides() -> tuple[WindowSet, WindowSet]:
    windows = study(subjects=3, trials=6, windows=4)
    return windows.take(np.arange(0, len(windows), 2)), windows.take(np.arange(1, len(windows), 2))


ESTIMATOR = (distributions, rows_do_not_mix, repeatable, labels_unseen, input_unchanged, leaves_the_process_alone)
