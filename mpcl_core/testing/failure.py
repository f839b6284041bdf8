"""Raise the error of a failing check, with the values that were found."""

from typing import Any

import numpy as np
import torch


class ContractError(AssertionError):
    """Report that a component does not keep the contract; the message states what was found."""


def demand(holds: Any, message: str) -> None:
    """Raise an error unless a condition holds.

    Args:
        holds: the condition.
        message: what was found if it does not hold.

    Raises:
        ContractError: with the message.
    """
    if not holds:
        raise ContractError(message)


def demand_equal(a: Any, b: Any, message: str, tolerance: float = 0.0) -> None:
    """Raise an error unless two tensors or arrays are equal.

    Args:
        a, b: the tensors or arrays.
        message: what was found if they differ.
        tolerance: absolute and relative.

    Raises:
        ContractError: with the message, and the two values where they differ most.
    """
    first, second = (torch.as_tensor(value).detach() for value in (a, b))
    demand(first.shape == second.shape, f"{message}: the shapes are {tuple(first.shape)} and {tuple(second.shape)}")
    wide = first.double(), second.double()
    if torch.allclose(*wide, rtol=tolerance, atol=tolerance, equal_nan=True):
        return
    distance = (wide[0] - wide[1]).abs().nan_to_num(float("inf"), float("inf"))
    index = tuple(int(i) for i in np.unravel_index(int(distance.argmax()), distance.shape))
    raise ContractError(f"{message}: {float(wide[0][index]):.6g} and {float(wide[1][index]):.6g} at {list(index)}")
