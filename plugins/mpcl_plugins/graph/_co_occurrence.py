"""The graph of emotions that occur in the same windows: Â = D^-½ A D^-½ with D_jj = Σ_l A_jl.

For j ≠ l:

    A_jl = Σ_i w_i e_ij e_il / √(Σ_i w_i e_ij² Σ_i w_i e_il²),      e_ik = max(D_ik - 1/k, 0)

e is how much an emotion stands out in window i. Ratings have a floor, so that the D_ik themselves would join all
emotions to each other about equally. There are no self loops: every operator here has separate weights for an emotion
itself.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import excess_over_uniform
from mpcl_plugins.graph._adjacency import normalised_adjacency


def co_occurrence(D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k k"]:
    """Compute the normalised co-occurrence of emotions in the training windows.

    Args:
        D: emotion distributions.
        weight: what each of them counts.

    Returns:
        Â (k k), symmetric and not negative; an emotion that stands out beside no other has no edge.
    """
    excess = excess_over_uniform(D) * weight.sqrt().unsqueeze(-1)
    unit = excess * torch.rsqrt(excess.square().sum(0) + 1e-12)
    return normalised_adjacency((unit.mT @ unit).fill_diagonal_(0.0))


def even_co_occurrence(k: int) -> Float[Tensor, "k k"]:
    """Return Â for the time before there are labels: all pairs of emotions co-occur evenly.

    Args:
        k: the number of emotions.

    Returns:
        Â (k k).
    """
    return torch.full((k, k), 1.0 / max(1, k - 1)).fill_diagonal_(0.0)
