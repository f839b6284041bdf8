"""α = softmax_k(z · M_k / √d),  x = z + Σ α_k M_k: one learned prototype M_k for each emotion."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Component, Memory, Recall, hookimpl


class Template(Memory):
    """Learn one prototype for each emotion and read it by dot product."""

    name = "template"

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.prototypes = nn.Parameter(torch.randn(n_outputs, 1, dim) * dim**-0.5)

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        """Read the prototypes.

        Args:
            z: embeddings of the windows.

        Returns:
            The enriched embeddings and the weights of the prototypes.
        """
        M = self.prototypes.squeeze(1)
        alpha = (z @ M.T * self.dim**-0.5).softmax(-1)
        return Recall(enriched=z + alpha @ M, weights=alpha.unsqueeze(-1))


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
