"""Metrics of plugins return one finite score for each window, or are refused by name."""

from collections.abc import Callable

import numpy as np
import pytest

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.interfaces.metric import Metric

D = np.array([[0.5, 0.5], [0.25, 0.75]])


def test_scores_are_double_precision_numbers_of_each_window() -> None:
    scores = Metric("far", lambda D, D_pred: np.abs(D - D_pred).sum(1).astype(np.float32)).scores(D, D[::-1])
    assert scores.dtype == np.float64
    assert scores.tolist() == [0.5, 0.5]


def test_function_cannot_change_what_it_scores() -> None:
    def changing(D: np.ndarray, D_pred: np.ndarray) -> np.ndarray:
        D[0] = 0
        return D[:, 0]

    with pytest.raises(PluginError, match=r"the metric 'changing' failed: ValueError: .*read-only"):
        Metric("changing", changing).scores(D, D)
    assert D[0, 0] == 0.5


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda D, D_pred: 0.5, "returned a value of type float, not an array of real numbers"),
        (lambda D, D_pred: np.array(["a", "b"]), "not an array of real numbers"),
        (lambda D, D_pred: D, r"returned an array of float64 and shape \(2, 2\), not of shape \(2,\)"),
        (lambda D, D_pred: np.array([0.5, np.nan]), "is nan for window 1"),
    ],
)
def test_other_values_are_refused(function: Callable[..., np.ndarray], message: str) -> None:
    with pytest.raises(PluginError, match=f"the metric 'mine' {message}" if message[0] != "n" else message):
        Metric("mine", function).scores(D, D)
