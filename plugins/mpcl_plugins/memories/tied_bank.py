"""α = softmax_{k,m}(cos(z − μ, M) / τ_m),  x = z + Σ α M: prototypes that are tied to emotions.

    μ   ← (1 − ν_t) μ + ν_t Σ_i w_i z_i / Σ_i w_i
    M_k ← (1 − ν_t) M_k + ν_t Σ_i e_ik (z_i − μ) / Σ_i e_ik,   e_ik = w_i max(D_ik − D̄_k, 0)

ν_t = (1 − decay) / (1 − decayᵗ) at step t, so that the means have no trace of their start. Two things tie prototype k
to emotion k. *Excess* weights e: a prototype is the mean of the trials in which its emotion stands out from D̄, the
mean training distribution; every emotion stands out somewhere, however common it is. And μ, the running mean of z:
embeddings share a large constant part, so that without centring all have the same nearest prototype.

Differs from the paper (MPCL, arXiv 2602.20530): it states a bank of prototypes for each emotion and stream, and not
what ties a prototype to its emotion. The running means, the excess weights and the centring are independent additions.
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
    normalise,
    orthogonal_prototypes,
    read_prototypes,
)
from mpcl_plugins.memories._running_mean import next_rate


class TiedBank(Memory):
    """Keep prototypes as running means of the centred embeddings in which an emotion stands out.

    The prototypes of an emotion that stands out in no window of a batch stay as they are. With several prototypes of an
    emotion, a window counts for each by softmax_m(cos(z − μ, M_km) / τ_m).

    Args:
        per_emotion: m, prototypes of each emotion.
        decay: the share of a mean that remains after a training step, once there have been many.
        tau: τ_m, the temperature of the assignment.
        residual: return x = z + Σ α M; otherwise x = normalise(Σ α M).
    """

    name = "tied_bank"
    prototypes: Tensor
    mean: Tensor
    prior: Tensor
    steps: Tensor

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        per_emotion: Count = 1,
        decay: Fraction = 0.9,
        tau: Positive = 0.2,
        residual: bool = True,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.decay, self.tau, self.residual = decay, tau, residual
        self.register_buffer("prototypes", orthogonal_prototypes(n_outputs, per_emotion, dim))
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("prior", torch.full((n_outputs,), 1.0 / n_outputs))
        self.register_buffer("steps", torch.zeros(()))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        """Set D̄ to the mean distribution of the training windows.

        Args:
            D: emotion distributions of the training windows.
            weight: what each window counts.
        """
        self.prior.copy_((D * weight.unsqueeze(-1)).sum(0) / weight.sum())

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        recall = read_prototypes(z - self.mean, self.prototypes, self.tau, self.residual)
        return Recall(recall.enriched + self.mean if self.residual else recall.enriched, recall.weights)

    def updated(
        self, z: Float[Tensor, "b d"], D: Float[Tensor, "b k"], weight: Float[Tensor, "b"]
    ) -> dict[str, Tensor]:
        tiny = torch.finfo(z.dtype).tiny
        total = weight.sum()
        steps, rate = next_rate(self.steps, weight, self.decay)
        mean = self._moved(self.mean, weight @ z / total.clamp_min(tiny), rate, total > 0)
        excess = (D - self.prior).clamp_min(0.0) * weight.unsqueeze(-1)
        share = self._shares(z - mean) * rearrange(excess, "b k -> b k 1")
        counted = rearrange(share.sum(0), "k m -> k m 1")
        found = einsum(share, z - mean, "b k m, b d -> k m d") / counted.clamp_min(tiny)
        return {"prototypes": self._moved(self.prototypes, found, rate, counted > 0), "mean": mean, "steps": steps}

    def _shares(self, centred: Float[Tensor, "b d"]) -> Float[Tensor, "b k m"]:
        cosine = einsum(normalise(centred), normalise(self.prototypes), "b d, k m d -> b k m")
        return (cosine / self.tau).softmax(-1)

    @staticmethod
    def _moved(old: Tensor, new: Tensor, rate: Tensor, counted: Tensor) -> Tensor:
        return torch.where(counted, (1.0 - rate) * old + rate * new, old)
