"""Sum a loss over all unordered pairs of streams with a memory."""

from collections.abc import Callable
from functools import reduce
from itertools import combinations

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import RememberedStream, State, remembered_streams


def sum_over_pairs(
    state: State, loss: Callable[[RememberedStream, RememberedStream], Float[Tensor, ""]]
) -> Float[Tensor, ""]:
    """Return the sum of a loss over all pairs of streams with a memory.

    Args:
        state: of the network, with at least two such streams.
        loss: of two streams, a scalar.

    Returns:
        The sum, a scalar.
    """
    pairs = combinations(remembered_streams(state.streams), 2)
    return reduce(torch.add, (loss(first, second) for first, second in pairs))
