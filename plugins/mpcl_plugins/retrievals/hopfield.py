"""r(q; S, β) = normalise(softmax(β q̂ Ŝᵀ) Ŝ) with vectors q̂, Ŝ of unit length.

One step of a modern Hopfield network (Ramsauer et al., ICLR 2021, eq. 3) as CLOOB uses it (Fürst et al., NeurIPS
2022): small β averages the stored patterns, large β returns the nearest.
"""

from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.plugin import Positive, Retrieval, hopfield_attention, hopfield_retrieval


class Hopfield(Retrieval):
    """Retrieve stored patterns by association, without parameters.

    Args:
        beta: β, the inverse temperature.
    """

    name = "hopfield"

    def __init__(self, *, dim: int, beta: Positive = 8.0) -> None:
        super().__init__(dim=dim)
        self.beta = beta

    def forward(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> Float[Tensor, "*h q d"]:
        return hopfield_retrieval(query, stored, mask, beta=self.beta)

    def diagnostics(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> dict[str, Tensor]:
        """Return the attention of the queries.

        Args:
            query: the queries.
            stored: the patterns.
            mask: which patterns exist; None for all.

        Returns:
            ``attention`` (… q s) over the stored patterns.
        """
        return {"attention": hopfield_attention(query, stored, mask, beta=self.beta)}
