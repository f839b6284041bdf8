"""r(q; S, β) = normalise(softmax(β q̂ Ŝᵀ) Ŝ) with rows q̂, Ŝ of unit length.

One step of a modern Hopfield network (Ramsauer et al., ICLR 2021, eq. 3) as CLOOB uses it (Fürst et al., NeurIPS
2022): small β averages the stored patterns, large β returns the nearest.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.interfaces.components import Retrieval
from mpcl_core.interfaces.maths import masked_softmax, normalise
from mpcl_core.interfaces.values import Positive

CHUNK = 2**19
"""Scores at a time, about what stays in a processor's cache; more queries × patterns are read in parts."""


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
        size = max(1, CHUNK // patterns.shape[-2])
        if query.shape[-2] <= size:
            return normalise(self._attention(query, patterns, mask) @ patterns)
        parts = torch.split(query, size, dim=-2)
        return normalise(torch.cat([self._attention(part, patterns, mask) @ patterns for part in parts], dim=-2))

    def views(
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
