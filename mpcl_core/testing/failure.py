"""How a check fails: with the numbers that it saw."""

from typing import Any

import numpy as np
import torch


class ContractError(AssertionError):
    """A component does not keep the contract. Says what was demanded and what was seen."""


def demand(holds: Any, message: str) -> None:
    """Do nothing where it holds.

    Raises:
        ContractError: with the message.
    """
    if not holds:
        raise ContractError(message)


def demand_equal(one: Any, other: Any, message: str, tolerance: float = 0.0) -> None:
    """Do nothing where two tensors or arrays are equal (within ``tolerance``, absolute and relative).

    Raises:
        ContractError: with the message, and the place and the size of the largest difference.
    """
    first, second = (torch.as_tensor(value).detach() for value in (one, other))
    demand(first.shape == second.shape, f"{message}: the shapes are {tuple(first.shape)} and {tuple(second.shape)}")
    wide = first.double(), second.double()
    if torch.allclose(*wide, rtol=tolerance, atol=tolerance, equal_nan=True):
        return
    apart = (wide[0] - wide[1]).abs().nan_to_num(float("inf"), float("inf"))
    place = tuple(int(i) for i in np.unravel_index(int(apart.argmax()), apart.shape))
    raise ContractError(f"{message}: {float(wide[0][place]):.6g} and {float(wide[1][place]):.6g} at {list(place)}")
