"""How labels correlate in the training rows."""

import torch
from jaxtyping import Float
from torch import Tensor


def weighted_correlation(x: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k k"]:
    """Pearson's, of the columns over weighted rows; 0 where a column does not vary."""
    share = (weight / weight.sum().clamp_min(torch.finfo(x.dtype).tiny)).unsqueeze(-1)
    deviation = (x - (share * x).sum(0)) * share.sqrt()
    spread = deviation * torch.rsqrt(deviation.square().sum(0) + 1e-12)
    return spread.mT @ spread
