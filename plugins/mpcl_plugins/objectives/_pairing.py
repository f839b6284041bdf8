"""Pair each window with another one of its batch, the control of objectives that contrast the streams of a window."""

from typing import Literal

from jaxtyping import Bool, Int64
from torch import Tensor

Pairing = Literal["own", "other"]
"""Whether the streams of one window belong together, or each is paired with another window, as a control."""


def next_counted(counted: Bool[Tensor, "b"]) -> Int64[Tensor, "b"]:
    """Return for each counted window the next one that counts, and the first for the last.

    Args:
        counted: which windows count.

    Returns:
        (b,) positions; those of windows that do not count have no meaning.
    """
    order = (~counted).long().argsort(stable=True)
    n = counted.sum().clamp(min=1)
    return order[(order.argsort() + 1) % n]
