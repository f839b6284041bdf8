"""Prototypes that know those of the emotions that are felt together: M = B W₀ + Â B W₁, read as a prototype bank.

    Â the normalised co-occurrence of the training rows         α = softmax_{k,m}(cos(z, M) / τ_m)         x = z + Σ α M

A graph convolution (Morris et al., AAAI 2019; torch-geometric's ``DenseGraphConv``) over a bank B of learnable
prototypes, so that what one emotion learns reaches those that come with it. It stands in the place of
`prototype_bank`, which is M = B; W₀ starts as the identity.
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Memory, Positive, Recall, normalise
from mpcl_plugins.graph._co_occurrence import co_occurrence, unseen
from mpcl_plugins.graph._convolution import convolved


class PrototypeGraph(Memory):
    """Learnable prototypes, refined over the graph of emotions. Before it has seen labels, all go together.

    Args:
        per_emotion: m, prototypes of each emotion; the first of one emotion knows the first of another, and so on.
        tau: τ_m, the temperature of the assignment.
        residual: add the embedding z to what is recalled; without it x = normalise(Σ α M).
    """

    name = "prototype_graph"
    graph: Tensor

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        per_emotion: Count = 1,
        tau: Positive = 0.1,
        residual: bool = True,
    ) -> None:
        from torch_geometric.nn import DenseGraphConv

        super().__init__(n_outputs=n_outputs, dim=dim)
        self.tau, self.residual = tau, residual
        start = nn.init.orthogonal_(torch.empty(n_outputs * per_emotion, dim))
        self.bank = nn.Parameter(rearrange(start, "(k m) d -> k m d", k=n_outputs))
        self.refine = DenseGraphConv(dim, dim, bias=False)
        nn.init.eye_(self.refine.lin_root.weight)
        self.register_buffer("graph", unseen(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.graph.copy_(co_occurrence(D, weight))

    @property
    def prototypes(self) -> Float[Tensor, "k m d"]:  # type: ignore[override]  # made of the bank, not stored
        """M."""
        return convolved(self.refine, self.bank, self.graph)

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        M = self.prototypes.flatten(0, 1)
        alpha = (normalise(z) @ normalise(M).mT / self.tau).softmax(-1)
        recalled = alpha @ M
        enriched = z + recalled if self.residual else normalise(recalled)
        return Recall(enriched, rearrange(alpha, "b (k m) -> b k m", k=self.n_outputs))
