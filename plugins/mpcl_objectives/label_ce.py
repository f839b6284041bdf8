"""Which of the distinct training distributions a row has: L = mean_i -log softmax_j(s_ij) at the row's own j.

    of: prediction    s_ij = -KL(D_j ‖ D_pred_i) / τ
    of: streams       s_ij = cos(x_i, E_j) / τ, x each stream's z and E learned, shared by the streams; their mean
"""

from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from mpcl_core.interfaces.components import Objective
from mpcl_core.interfaces.data import Batch, State
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.maths import normalise, weighted_mean
from mpcl_core.interfaces.values import Count, Positive
from mpcl_objectives.precision import at_least_float32


class LabelCE(Objective):
    name = "label_ce"
    labels: Tensor
    known: Tensor

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        of: Literal["prediction", "streams"] = "streams",
        tau: Positive = 0.1,
        capacity: Count = 64,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.of, self.tau, self.capacity = of, tau, capacity
        self.register_buffer("labels", torch.zeros(capacity, n_outputs))
        self.register_buffer("known", torch.zeros(capacity, dtype=torch.bool))
        self.embedding = nn.Parameter(torch.randn(capacity, dim) * dim**-0.5) if of == "streams" else None

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        distinct = D[weight > 0].unique(dim=0)
        if len(distinct) > self.capacity:
            raise DataError(f"{len(distinct)} distinct labels, but 'label_ce' has a capacity of {self.capacity}")
        self.labels[: len(distinct)] = distinct
        self.known[: len(distinct)] = True

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        target = self._which(batch.D)
        if self.embedding is None:
            log_p = at_least_float32(state.logits).log_softmax(-1)
            entropy = torch.xlogy(self.labels, self.labels).sum(-1)
            return weighted_mean(self._ce((log_p @ self.labels.T - entropy) / self.tau, target), batch.weight)
        losses = []
        for s in state.streams.values():
            scores = normalise(at_least_float32(s.z)) @ normalise(self.embedding).T / self.tau
            losses.append(weighted_mean(self._ce(scores, target), batch.weight * s.present))
        return torch.stack(losses).mean()

    def _ce(self, scores: Float[Tensor, "b j"], target: Int64[Tensor, "b"]) -> Float[Tensor, "b"]:
        lowest = torch.finfo(scores.dtype).min
        masked = torch.where(self.known | ~self.known.any(), scores, lowest)
        return masked.logsumexp(-1) - scores.gather(-1, target.unsqueeze(-1)).squeeze(-1)

    def _which(self, D: Float[Tensor, "b k"]) -> Int64[Tensor, "b"]:
        return (D.unsqueeze(-2) - self.labels).abs().sum(-1).argmin(-1)
