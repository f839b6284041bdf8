"""One level of pooling: H' = Sᵀ gelu(Â H Θ + b),  A' = Sᵀ A S, as in `graph_pool`."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu


class Pool(nn.Module):
    """Pool n nodes to g clusters.

    Args:
        below, size: the numbers n of nodes and g of clusters.
        dim: d.
        sets: the nodes of each cluster; a node of none counts evenly for all. With None, S is learned where g > 1.
    """

    clusters: Tensor

    def __init__(self, below: int, size: int, dim: int, sets: tuple[tuple[int, ...], ...] | None) -> None:
        from mpcl_plugins.graph._torch_geometric import DenseGCNConv, dense_diff_pool

        super().__init__()
        self.pool: Callable[..., tuple[Tensor, ...]] = dense_diff_pool
        self.embed = DenseGCNConv(dim, dim)
        self.assign = DenseGCNConv(dim, size) if sets is None and size > 1 else None
        logits = torch.zeros(below, size)
        for g, members in enumerate(sets or ()):
            logits[list(members)] = -1e4
            logits[list(members), g] = 0.0
        self.register_buffer("clusters", logits, persistent=False)

    def forward(
        self, H: Float[Tensor, "b n d"], A: Float[Tensor, "_ n n"]
    ) -> tuple[Float[Tensor, "b g d"], Float[Tensor, "_ g g"]]:
        scores = self.clusters if self.assign is None else self.assign(H, A)
        pooled, edges, *_ = self.pool(gelu(self.embed(H, A)), A, scores)
        return pooled, edges
