"""The graph of emotions that are felt together: Â = D^-½ A D^-½, D_jj = Σ_l A_jl, and for j ≠ l

    A_jl = Σ_i w_i e_ij e_il / √(Σ_i w_i e_ij² Σ_i w_i e_il²),      e_ik = max(D_ik - 1/k, 0)

e says how much an emotion stands out in row i. Ratings have a floor, so that the D_ik themselves would join all
emotions to each other about equally. There are no self loops: an emotion has a path of its own in every operator here.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def co_occurrence(D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k k"]:
    """Â, symmetric and not negative; an emotion that stands out beside no other has no edge."""
    excess = (D - 1.0 / D.shape[-1]).clamp_min(0.0) * weight.sqrt().unsqueeze(-1)
    unit = excess * torch.rsqrt(excess.square().sum(0) + 1e-12)
    A = (unit.mT @ unit).fill_diagonal_(0.0)
    scale = A.sum(-1).clamp_min(1e-6).rsqrt()
    return scale.unsqueeze(-1) * A * scale


def unseen(k: int) -> Float[Tensor, "k k"]:
    """Â before there are labels: all emotions go together evenly."""
    return torch.full((k, k), 1.0 / max(1, k - 1)).fill_diagonal_(0.0)
