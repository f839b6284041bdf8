"""A failing check states the values that it found, and where they differ most."""

import numpy as np
import pytest
import torch

from mpcl_core.testing.failure import ContractError, demand, demand_equal


def test_demand_raises_its_message_only_where_the_condition_fails() -> None:
    demand(True, "never")
    demand(torch.tensor(True), "never")
    with pytest.raises(ContractError, match="two of them"):
        demand(0, "two of them")


@pytest.mark.parametrize(
    ("a", "b", "tolerance"),
    [
        (np.arange(3), torch.arange(3), 0.0),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), 0.0),
        (np.array([1.0]), np.array([1.0 + 1e-6]), 1e-5),
        (np.array([np.inf]), np.array([np.inf]), 0.0),
        (np.array([True, False]), np.array([1.0, 0.0]), 0.0),
    ],
)
def test_equal_values_pass(a: object, b: object, tolerance: float) -> None:
    demand_equal(a, b, "never", tolerance)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([[1.0, 2.0]], [[1.0, 2.5]], r"x: 2 and 2\.5 at \[0, 1\]"),
        ([1.0, 0.0, 0.0], [1.1, 3.0, 0.0], r"x: 0 and 3 at \[1\]"),
        ([0.0, 1.0], [np.nan, 1.0], r"x: 0 and nan at \[0\]"),
        ([0.0], [1e-12], r"x: 0 and 1e-12 at \[0\]"),
        ([[0.0]], [0.0], r"x: the shapes are \(1, 1\) and \(1,\)"),
    ],
)
def test_largest_difference_is_named_with_its_place(a: list[float], b: list[float], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        demand_equal(np.array(a), np.array(b), "x")
