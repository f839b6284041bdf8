"""The check of predictions: what is refused, and that a copy is returned."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.jobs.prediction_check import checked_prediction

HALVES = np.full((3, 2), 0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda D: D + 0j, "predicted values of type complex128, not an array of real numbers"),
        (lambda D: D.astype(object), "predicted values of type object"),
        (lambda D: None, "predicted a value of type NoneType, not an array of real numbers of shape (3, 2)"),
        (lambda D: torch.tensor(D, requires_grad=True), "predicted a value of type Tensor"),
        (lambda D: D[:-1], "predicted an array of shape (2, 2), not an array of real numbers of shape (3, 2)"),
        (lambda D: D * 2, "predicted values that are no distributions: D_pred, row 0: sums to 2"),
        (lambda D: D - 1, "predicted values that are no distributions"),
    ],
)
def test_a_prediction_that_is_no_distribution_is_refused(change: Callable[[np.ndarray], object], message: str) -> None:
    with pytest.raises(PluginError, match=re.escape(f"estimator 'x' {message}")):
        checked_prediction(change(HALVES), (3, 2), "estimator 'x'")


def test_a_later_change_of_the_array_does_not_reach_the_returned_predictions() -> None:
    predicted = HALVES.copy()
    D_pred = checked_prediction(predicted, (3, 2), "estimator 'x'")
    predicted[:] = 0
    assert np.array_equal(D_pred, HALVES)
