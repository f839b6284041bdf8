"""r(q; S) = normalise(softmax(β q Sᵀ / √d) S): attention over the stored patterns."""

from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.plugin import Component, Positive, Retrieval, hookimpl, masked_softmax, normalise


class Template(Retrieval):
    """Retrieve patterns by scaled dot-product attention.

    Args:
        beta: β; a small value averages the stored patterns, a large value returns the nearest.
    """

    name = "template"

    def __init__(self, *, dim: int, beta: Positive = 1.0) -> None:
        super().__init__(dim=dim)
        self.beta = beta

    def forward(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> Float[Tensor, "*h q d"]:
        """Retrieve a pattern for each query.

        Args:
            query: the queries.
            stored: the stored patterns.
            mask: whether a stored pattern exists.

        Returns:
            The retrieved patterns; 0 where all patterns are masked.
        """
        scores = self.beta * self.dim**-0.5 * query @ stored.mT
        return normalise(masked_softmax(scores, None if mask is None else mask.unsqueeze(-2)) @ stored)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
