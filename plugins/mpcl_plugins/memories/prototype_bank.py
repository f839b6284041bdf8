"""α = softmax_{k,m}(cos(z, M) / τ_m),  x = z + Σ α M   (MPCL, arXiv 2602.20530: emotion-specific prototype memory).

Stated in the paper: a bank of prototypes for each emotion and stream, and a semantics-enriched representation that
is a weighted combination of them. Independent reconstruction: the cosine, τ_m, the orthogonal start, and the residual.

Differs from the paper: the residual is on by default, because a pure combination confines x to the span of the
prototypes and loses the sample.
"""

from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Memory, Positive, Recall, orthogonal_prototypes, read_prototypes


class PrototypeBank(Memory):
    """Keep learnable prototypes of each emotion.

    Args:
        per_emotion: m, prototypes of each emotion.
        tau: τ_m, the temperature of the assignment.
        residual: return x = z + Σ α M; otherwise x = normalise(Σ α M).
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
        self.prototypes = nn.Parameter(orthogonal_prototypes(n_outputs, per_emotion, dim))

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        return read_prototypes(z, self.prototypes, self.tau, self.residual)
