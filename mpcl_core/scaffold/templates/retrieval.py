"""r(q; S) = normalise(softmax(β q Sᵀ / √d) S): attention over the stored patterns."""

from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.interfaces.components import Component, Retrieval
from mpcl_core.interfaces.hooks import hookimpl
from mpcl_core.interfaces.parameter_types import Positive
from mpcl_core.toolkit.masking import masked_softmax, normalise


class Template(Retrieval):
    """Scaled dot-product attention.

    Args:
        beta: β; small averages the stored patterns, large returns the nearest.
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
        scores = self.beta * self.dim**-0.5 * query @ stored.mT
        return normalise(masked_softmax(scores, None if mask is None else mask.unsqueeze(-2)) @ stored)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
