"""Correlate the labels of weighted windows."""

import torch
from jaxtyping import Float
from torch import Tensor


def weighted_correlation(x: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k k"]:
    """Compute Pearson's correlation of the columns over weighted rows.

    Args:
        x: one row for each window.
        weight: what each row counts.

    Returns:
        The symmetric matrix of correlations (k k), in [-1, 1]; 0 for a column that does not vary.

    Example:
        >>> x = torch.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, -1.0]])
        >>> weighted_correlation(x, torch.ones(3)).round(decimals=3)
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
    share = (weight / weight.sum().clamp_min(torch.finfo(x.dtype).tiny)).unsqueeze(-1)
    deviation = (x - (share * x).sum(0)) * share.sqrt()
    spread = deviation * torch.rsqrt(deviation.square().sum(0) + 1e-12)
    return spread.mT @ spread
