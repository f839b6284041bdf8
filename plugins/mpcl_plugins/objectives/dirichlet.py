"""L = -Σ_i w_i log Dir(D_i'; α_i) / Σ_i w_i with α = exp(logits) and D' = (1 - ε) D + ε / k, in nats.

    log Dir(D; α) = log Γ(Σ α) - Σ_j log Γ(α_j) + Σ_j (α_j - 1) log D_j

The density of the truth, so that a network states how closely truths lie around its prediction α / Σ α (the head
``dirichlet``; with another head, Σ α is the sum of its exponentiated logits). ε keeps shares of 0 finite. α_j lies
from 1e-3, since log Γ has a pole at 0, to 1e5.
"""

from math import log

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Fraction, Objective, State, at_least_float32, weighted_mean

SMALLEST, LARGEST = log(1e-3), log(1e5)


class Dirichlet(Objective):
    """Compute the negative log-likelihood of the truth under the Dirichlet distribution of the logits.

    Args:
        floor: ε, the share of the uniform distribution that is mixed into the truth.
    """

    name = "dirichlet"

    def __init__(self, *, n_outputs: int, dim: int, floor: Fraction = 0.01) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.floor = floor

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        alpha = at_least_float32(state.logits).clamp(SMALLEST, LARGEST).exp()
        D = (1 - self.floor) * batch.D.to(alpha.dtype) + self.floor / batch.D.shape[-1]
        density = torch.lgamma(alpha.sum(-1)) - torch.lgamma(alpha).sum(-1) + torch.xlogy(alpha - 1, D).sum(-1)
        return weighted_mean(-density, batch.weight)
