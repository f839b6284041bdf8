"""r(q; S, β) = normalise(softmax(β q̂ Ŝᵀ) Ŝ) with rows q̂, Ŝ of unit length.

One step of a modern Hopfield network (Ramsauer et al., ICLR 2021, eq. 3) as CLOOB uses it (Fürst et al., NeurIPS
2022): small β averages the stored patterns, large β returns the nearest.
"""

from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from mpcl_core.plugin import Positive, Retrieval, masked_softmax, normalise

LARGE = 2**19
"""Scores, queries × patterns, above which torch's attention kernel reads, since it never holds all of them. Below it is
no faster, and it has no batching rule for ``torch.func.vmap``."""


class Hopfield(Retrieval):
    """Associative retrieval without parameters.

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
        patterns = normalise(stored)
        if query.shape[-2] * patterns.shape[-2] > LARGE:
            return normalise(self._read_large(query, patterns, mask))
        return normalise(self._attention(query, patterns, mask) @ patterns)

    def diagnostics(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> dict[str, Tensor]:
        """``attention`` (… q s) over the stored patterns."""
        return {"attention": self._attention(query, normalise(stored), mask)}

    def _attention(
        self,
        query: Float[Tensor, "*h q d"],
        patterns: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None,
    ) -> Float[Tensor, "*h q s"]:
        scores = self.beta * normalise(query) @ patterns.mT
        return masked_softmax(scores, None if mask is None else mask.unsqueeze(-2))

    def _read_large(
        self,
        query: Float[Tensor, "*h q d"],
        patterns: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None,
    ) -> Float[Tensor, "*h q d"]:
        """``_attention`` times the patterns. The kernel takes four axes, and is given a pattern to read in each."""
        asks = normalise(query).reshape(-1, 1, *query.shape[-2:])
        rows = patterns.reshape(-1, 1, *patterns.shape[-2:])
        if mask is None:
            return scaled_dot_product_attention(asks, rows, rows, scale=self.beta).reshape(query.shape)
        kept = mask.reshape(-1, 1, 1, mask.shape[-1])
        some = kept.any(-1, keepdim=True)
        read = scaled_dot_product_attention(asks, rows, rows, attn_mask=kept | ~some, scale=self.beta)
        return (read * some).reshape(query.shape)
