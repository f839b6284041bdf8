"""Define the slot of retrievals, which read stored patterns with a query."""

from abc import abstractmethod
from typing import ClassVar

from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.interfaces.components.network_component import NetworkComponent


class Retrieval(NetworkComponent):
    """Read stored patterns with a query.

    Args:
        dim: d.

    Example:
        >>> import torch
        >>> from mpcl_core.plugin import Retrieval
        >>> class Average(Retrieval):
        ...     name = "average"
        ...
        ...     def forward(self, query, stored, mask=None):
        ...         weights = torch.ones(stored.shape[:-1]) if mask is None else mask.to(stored.dtype)
        ...         share = weights / weights.sum(-1, keepdim=True).clamp_min(1.0)
        ...         return (share.unsqueeze(-2) @ stored).expand_as(query)
        >>> Average(dim=8)(torch.zeros(4, 8), torch.zeros(6, 8)).shape
        torch.Size([4, 8])
    """

    slot: ClassVar[str] = "retrieval"

    def __init__(self, *, dim: int) -> None:
        super().__init__()
        self.dim = dim

    @abstractmethod
    def forward(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> Float[Tensor, "*h q d"]:
        """Retrieve stored patterns.

        Args:
            query: the queries.
            stored: the patterns.
            mask: which patterns exist; None for all.

        Returns:
            What each query retrieves (… q d); 0 where no pattern exists.
        """

    def diagnostics(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> dict[str, Tensor]:
        """Return what figures show of the retrieval, its attention for example. Called without gradient.

        Args:
            query: as in `forward`.
            stored: as in `forward`.
            mask: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}
