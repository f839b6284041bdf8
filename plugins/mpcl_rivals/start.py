"""Where a head starts, near the mean distribution D̄ of the training rows, and how labels correlate in them."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def log_mean(D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k"]:
    """log D̄."""
    mean = (weight / weight.sum()) @ D
    return mean.clamp_min(1e-6).log()


def small(width: int, size: int) -> nn.Linear:
    """A linear layer that adds next to nothing at first, yet lets gradients through."""
    layer = nn.Linear(width, size)
    nn.init.normal_(layer.weight, std=0.01 * width**-0.5)
    nn.init.zeros_(layer.bias)
    return layer


def correlation(x: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k k"]:
    """Pearson's, of the columns over weighted rows; 0 where a column does not vary."""
    share = (weight / weight.sum().clamp_min(torch.finfo(x.dtype).tiny)).unsqueeze(-1)
    deviation = (x - (share * x).sum(0)) * share.sqrt()
    spread = deviation * torch.rsqrt(deviation.square().sum(0) + 1e-12)
    return spread.mT @ spread
