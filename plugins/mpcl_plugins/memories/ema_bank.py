"""M_k ← μ M_k + (1 - μ) Σ_i e_ik z_i / Σ_i e_ik,  e_ik = w_i max(D_ik - 1/k, 0);  read as a prototype bank.

A bank that is not learned but follows the embeddings of the training windows: the prototype of an emotion is a running
mean of the windows in which it stands out (MPCL, arXiv 2602.20530: emotion-specific prototype memory).

Stated in the paper: a bank of prototypes for each emotion and stream. Independent reconstruction: everything else.
The *excess* weights e are there because ratings have a floor (each D_ik may be 0.07 and more), so that raw weights
would make all prototypes nearly equal. With several prototypes an emotion, window i counts for prototype m of emotion k
by softmax_m(cos(z_i, M_km) / τ_m).
"""

import torch
from einops import einsum, rearrange
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import (
    Count,
    Fraction,
    Memory,
    Positive,
    Recall,
    excess_over_uniform,
    normalise,
    orthogonal_prototypes,
    read_prototypes,
)


class EmaBank(Memory):
    """Keep prototypes as running means of training embeddings.

    The prototype of an emotion that stands out in no window of a batch stays as it is.

    Args:
        per_emotion: m, prototypes of each emotion.
        decay: μ, the share of a prototype that remains after each training step.
        tau: τ_m, the temperature of the assignment.
        residual: return x = z + Σ α M; otherwise x = normalise(Σ α M).
    """

    name = "ema_bank"

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        per_emotion: Count = 1,
        decay: Fraction = 0.95,
        tau: Positive = 0.1,
        residual: bool = True,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.decay, self.tau, self.residual = decay, tau, residual
        self.register_buffer("prototypes", orthogonal_prototypes(n_outputs, per_emotion, dim))

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        return read_prototypes(z, self.prototypes, self.tau, self.residual)

    def updated(
        self, z: Float[Tensor, "b d"], D: Float[Tensor, "b k"], weight: Float[Tensor, "b"]
    ) -> dict[str, Tensor]:
        share = self._shares(z) * rearrange(excess_over_uniform(D) * weight.unsqueeze(-1), "b k -> b k 1")
        total = rearrange(share.sum(0), "k m -> k m 1")
        mean = einsum(share, z, "b k m, b d -> k m d") / total.clamp_min(torch.finfo(z.dtype).tiny)
        moved = self.decay * self.prototypes + (1.0 - self.decay) * mean
        return {"prototypes": torch.where(total > 0, moved, self.prototypes)}

    def _shares(self, z: Float[Tensor, "b d"]) -> Float[Tensor, "b k m"]:
        cosine = einsum(normalise(z), normalise(self.prototypes), "b d, k m d -> b k m")
        return (cosine / self.tau).softmax(-1)
