"""Prototypes mixed with those of co-occurring emotions: M = B W₀ + Â B W₁, read as a prototype bank.

    Â the normalised co-occurrence of the training windows      α = softmax_{k,m}(cos(z, M) / τ_m)         x = z + Σ α M

A graph convolution (Morris et al., AAAI 2019; torch-geometric's ``DenseGraphConv``) over a bank B of learnable
prototypes, so that what one emotion learns reaches those that co-occur with it. It replaces `prototype_bank`, which is
M = B; W₀ starts as the identity.
"""

from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Memory, Positive, Recall, orthogonal_prototypes, read_prototypes
from mpcl_plugins.graph._co_occurrence import co_occurrence, even_co_occurrence
from mpcl_plugins.graph._convolution import convolve


class PrototypeGraph(Memory):
    """Keep learnable prototypes, refined over the graph of emotions.

    Before it has observed labels, all pairs of emotions co-occur evenly.

    Args:
        per_emotion: m, prototypes of each emotion; the first of one emotion is mixed with the first of another,
            and so on.
        tau: τ_m, the temperature of the assignment.
        residual: return x = z + Σ α M; otherwise x = normalise(Σ α M).
    """

    name = "prototype_graph"
    libraries = ("mpcl_plugins.graph._torch_geometric",)
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
        from mpcl_plugins.graph._torch_geometric import DenseGraphConv

        super().__init__(n_outputs=n_outputs, dim=dim)
        self.tau, self.residual = tau, residual
        self.bank = nn.Parameter(orthogonal_prototypes(n_outputs, per_emotion, dim))
        self.refine = DenseGraphConv(dim, dim, bias=False)
        nn.init.eye_(self.refine.lin_root.weight)
        self.register_buffer("graph", even_co_occurrence(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.graph.copy_(co_occurrence(D, weight))

    @property
    def prototypes(self) -> Float[Tensor, "k m d"]:  # type: ignore[override]  # made of the bank, not stored
        """Return M, made of the bank."""
        return convolve(self.refine, self.bank, self.graph)

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        return read_prototypes(z, self.prototypes, self.tau, self.residual)
