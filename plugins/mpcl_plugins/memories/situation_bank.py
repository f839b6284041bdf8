"""α = softmax_c(cos(z − μ, M_c) / τ),  x = z + Σ_c α_c M_c,  weights α_c D̄_ck: prototypes of situations.

    μ    ← (1 − ν_t) μ + ν_t Σ_i w_i z_i / Σ_i w_i
    M_c  ← (1 − ν_t) M_c + ν_t Σ_{i in c} w_i (z_i − μ) / Σ_{i in c} w_i,    ν_t = (1 − decay) / (1 − decayᵗ)
    D̄_c  = (Σ_{i in c} D_i + s D̄) / (n_c + s)

Prototype c stands for a situation (a clip, the phase of a protocol) that repeats over people, and stores the mean
distribution that was rated in it. At test the situation is not known: its prototype is recalled by the embedding, and
Σ_c α_c D̄_c is what the recalled situations make of the window. The weights of `Recall` are α_c D̄_ck, so that their sum
over situations is that distribution (`recall_prior` and `episodic_mix` predict with it), and their sum over emotions is
how much each situation is used. `situation_posterior` is the classical form.

Differs from the paper (MPCL, arXiv 2602.20530): its prototypes belong to emotions. Independent addition, off unless a
recipe names it, since it needs situations that are named in training.
"""

from collections.abc import Mapping
from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Float, Int64
from torch import Tensor

from mpcl_core.plugin import (
    Count,
    DataError,
    Fraction,
    Memory,
    NonNegative,
    Positive,
    Recall,
    masked_softmax,
    normalise,
)
from mpcl_plugins.memories._running_mean import next_rate


class SituationBank(Memory):
    """Keep a prototype and the mean distribution of each situation of the training windows.

    A window of a training step is assigned to a situation by its distribution: to those of the training windows with
    the nearest one. Without situations, and before the first step, all of them weigh the same.

    Args:
        situation: the column that names the situations.
        capacity: the most situations.
        decay: the share of a mean that remains after a training step, once there have been many.
        tau: τ, the temperature of the recall.
        shrinkage: s, how many windows of the overall mean are added to each situation.

    Raises:
        DataError: windows without a situation, or more situations than the capacity.
    """

    name = "situation_bank"
    padded_buffers = ("rated", "member")  # one entry for each distinct distribution; `argmin` finds the first
    centres: Tensor
    mean: Tensor
    distributions: Tensor
    known: Tensor
    steps: Tensor
    rated: Tensor
    member: Tensor

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        situation: Literal["condition", "stimulus"] = "stimulus",
        capacity: Count = 32,
        decay: Fraction = 0.9,
        tau: Positive = 0.1,
        shrinkage: NonNegative = 0.5,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.situation, self.capacity, self.decay = situation, capacity, decay
        self.tau, self.shrinkage = tau, shrinkage
        self.register_buffer("centres", torch.zeros(capacity, dim))
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("distributions", torch.full((capacity, n_outputs), 1.0 / n_outputs))
        self.register_buffer("known", torch.ones(capacity, dtype=torch.bool))
        self.register_buffer("steps", torch.zeros(()))
        self.register_buffer("rated", torch.full((1, n_outputs), 1.0 / n_outputs), persistent=False)
        self.register_buffer("member", torch.full((1, capacity), 1.0 / capacity), persistent=False)

    @property
    def prototypes(self) -> Float[Tensor, "k m d"]:  # type: ignore[override]
        """Return the centres M_c of all situations, the same for each emotion."""
        return self.centres.expand(self.n_outputs, -1, -1)

    def observe_situations(self, D: Float[Tensor, "n k"], situations: Mapping[str, Int64[Tensor, "n"]]) -> None:
        """Store the situations of each training distribution, and the mean distribution of each situation.

        Args:
            D: emotion distributions of the training windows.
            situations: the name of a column -> the number of the situation of each window.

        Raises:
            DataError: windows without a situation, or more situations than the capacity.
        """
        if self.situation not in situations:
            raise DataError(f"'{self.name}' needs the {self.situation} of every training window", field=self.situation)
        number = situations[self.situation]
        n = int(number.max()) + 1
        if n > self.capacity:
            raise DataError(f"'{self.name}' has a capacity of {self.capacity}, but there are {n} situations")
        self.rated, which = torch.unique(D, dim=0, return_inverse=True)
        one_hot = torch.eye(self.capacity, dtype=D.dtype, device=D.device)[number]
        count = torch.zeros(len(self.rated), self.capacity, dtype=D.dtype, device=D.device).index_add(0, which, one_hot)
        self.member = count / count.sum(-1, keepdim=True)
        total = one_hot.sum(0).unsqueeze(-1)
        shares = (one_hot.mT @ D + self.shrinkage * D.mean(0)) / (total + self.shrinkage).clamp_min(1e-9)
        self.known.copy_(total.squeeze(-1) > 0)
        self.distributions.copy_(torch.where(self.known.unsqueeze(-1), shares, self.distributions))

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        alpha = self._recalled(z)
        return Recall(z + alpha @ self.centres, rearrange(alpha, "b c -> b 1 c") * self.distributions.mT)

    def updated(
        self, z: Float[Tensor, "b d"], D: Float[Tensor, "b k"], weight: Float[Tensor, "b"]
    ) -> dict[str, Tensor]:
        tiny = torch.finfo(z.dtype).tiny
        total = weight.sum()
        steps, rate = next_rate(self.steps, weight, self.decay)
        mean = torch.lerp(self.mean, weight @ z / total.clamp_min(tiny), rate * (total > 0))
        nearest = (rearrange(D, "b k -> b 1 k") - self.rated).abs().sum(-1).argmin(-1)
        share = self.member[nearest] * weight.unsqueeze(-1)
        counted = share.sum(0).unsqueeze(-1)
        found = share.mT @ (z - mean) / counted.clamp_min(tiny)
        return {"centres": torch.lerp(self.centres, found, rate * (counted > 0)), "mean": mean, "steps": steps}

    @torch.no_grad()
    def diagnostics(self, z: Float[Tensor, "b d"]) -> dict[str, Tensor]:
        """Return how much each situation is recalled.

        Args:
            z: the embeddings.

        Returns:
            ``situations`` (b c).
        """
        return {"situations": self._recalled(z)}

    def _recalled(self, z: Float[Tensor, "b d"]) -> Float[Tensor, "b c"]:
        cosine = normalise(z - self.mean) @ normalise(self.centres).mT
        return masked_softmax(cosine / self.tau, self.known)
