"""α = softmax_{k,m}(cos(z, M) / τ_m),  x = z + Σ α M   (MPCL, arXiv 2602.20530: emotion-specific prototype memory).

Stated in the paper: a bank of prototypes for each emotion and stream, and a semantics-enriched representation that
is a weighted combination of them. Reconstruction: the cosine, τ_m, the orthogonal start, and the residual.

Differs from the paper: the residual is on by default, because a pure combination confines x to the span of the
prototypes and loses the sample.
"""

import torch
from einops import einsum, rearrange
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.interfaces.components import Memory
from mpcl_core.interfaces.data import Recall
from mpcl_core.interfaces.maths import normalise
from mpcl_core.interfaces.values import Count, Positive


class PrototypeBank(Memory):
    """Learnable prototypes.

    Args:
        per_emotion: m, prototypes of each emotion.
        tau: τ_m, the temperature of the assignment.
        residual: add the embedding z to what is recalled; without it x = normalise(Σ α M).
    """

    name = "prototype_bank"

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        per_emotion: Count = 1,
        tau: Positive = 0.1,
        residual: bool = True,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.tau, self.residual = tau, residual
        start = nn.init.orthogonal_(torch.empty(n_outputs * per_emotion, dim))
        self.prototypes = nn.Parameter(rearrange(start, "(k m) d -> k m d", k=n_outputs))

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        M = rearrange(self.prototypes, "k m d -> (k m) d")
        alpha = (normalise(z) @ normalise(M).T / self.tau).softmax(-1)
        recalled = einsum(alpha, M, "b p, p d -> b d")
        enriched = z + recalled if self.residual else normalise(recalled)
        return Recall(enriched, rearrange(alpha, "b (k m) -> b k m", k=self.n_outputs))
