"""ν_t = (1 − decay) / (1 − decayᵗ): the rate of a running mean that has no trace of its start."""

import torch
from jaxtyping import Float
from torch import Tensor


def next_rate(
    steps: Float[Tensor, ""], weight: Float[Tensor, "b"], decay: float
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Count a training step, and return the rate ν_t at which its mean enters a running mean.

    Args:
        steps: the steps so far that had a window.
        weight: what each window of the batch counts; a batch that counts nothing is no step.
        decay: the share of a mean that remains after a step, once there have been many.

    Returns:
        The steps with this one, and ν_t.
    """
    steps = steps + (weight.sum() > 0)
    least = torch.finfo(weight.dtype).tiny
    return steps, (1.0 - decay) / (1.0 - decay ** steps.clamp_min(1.0)).clamp_min(least)
