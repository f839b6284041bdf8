"""Define the slot of memories, which hold prototypes and recall them for an embedding."""

from abc import abstractmethod
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from mpcl_core.interfaces.components.network_component import NetworkComponent
from mpcl_core.interfaces.data import Recall


class Memory(NetworkComponent):
    """Keep prototypes of each emotion, and recall them for an embedding.

    ``prototypes`` (k m d) is a parameter or a buffer registered under that name, or a property made from such.

    Args:
        n_outputs: k.
        dim: d.

    Example:
        >>> import torch
        >>> from torch import nn
        >>> from mpcl_core.plugin import Memory, Recall
        >>> class NearestPrototype(Memory):
        ...     name = "nearest_prototype"
        ...
        ...     def __init__(self, *, n_outputs: int, dim: int) -> None:
        ...         super().__init__(n_outputs=n_outputs, dim=dim)
        ...         self.prototypes = nn.Parameter(torch.randn(n_outputs, 1, dim))
        ...
        ...     def forward(self, z):
        ...         weights = (z @ self.prototypes.squeeze(1).mT).softmax(-1)
        ...         return Recall(z + weights @ self.prototypes.squeeze(1), weights.unsqueeze(-1))
        >>> recall = NearestPrototype(n_outputs=10, dim=8)(torch.zeros(2, 8))
        >>> recall.enriched.shape, recall.weights.shape
        (torch.Size([2, 8]), torch.Size([2, 10, 1]))
    """

    slot: ClassVar[str] = "memory"
    prototypes: Tensor

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__()
        self.n_outputs, self.dim = n_outputs, dim

    @abstractmethod
    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        """Read the prototypes with a batch of embeddings.

        Args:
            z: the embeddings of a stream.

        Returns:
            The semantics-enriched representation (b d) and the prototype weights (b k m), which sum to 1.
        """

    def updated(
        self, z: Float[Tensor, "b d"], D: Float[Tensor, "b k"], weight: Float[Tensor, "b"]
    ) -> dict[str, Tensor]:
        """Compute the values of the buffers after a training step; the engine writes them.

        Called after each training step without gradient, never with a test window.

        Args:
            z: the embeddings of the training windows.
            D: their emotion distributions.
            weight: what each of them counts; windows of weight 0 must have no influence.

        Returns:
            Buffer name -> new value; empty where the memory stores nothing.
        """
        return {}

    def diagnostics(self, z: Float[Tensor, "b d"]) -> dict[str, Tensor]:
        """Return what figures show of the memory, attention over episodes for example.

        Called without gradient.

        Args:
            z: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}
