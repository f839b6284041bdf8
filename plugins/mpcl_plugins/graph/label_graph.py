"""A classifier whose labels are a graph: logits_k = log D̄_k + h · W_k,  W = H Θ₂ + Â H Θ₃.

    H = leaky_relu(E Θ₀ + Â E Θ₁ + b)    Â the normalised co-occurrence of the training rows    h = LN[z_s; x_s]_s

The rows W_k of the classifier are made from learned embeddings E_k of the emotions by two graph convolutions, so that
emotions that are felt together have classifiers that look alike (ML-GCN: Chen et al., CVPR 2019; torch-geometric's
``DenseGraphConv``). It stands in the place of `linear`, whose W is free.

Differs from the paper: E is learned, instead of the embedding of a word; an emotion has maps of its own beside those of
its neighbours, instead of a share of a binary graph; the head starts near the mean training distribution D̄.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from mpcl_core.plugin import Fraction, Head, StreamInfo, StreamState, log_prior, start_near_zero
from mpcl_plugins.graph._co_occurrence import co_occurrence, unseen
from mpcl_plugins.graph._convolution import convolved


class LabelGraph(Head):
    """A linear map of all streams, made by a graph of the labels. Before it has seen any, all go together.

    Args:
        dropout: share of the inputs that are dropped in training.
    """

    name = "label_graph"
    prior: Tensor
    graph: Tensor

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        dropout: Fraction = 0.0,
    ) -> None:
        from torch_geometric.nn import DenseGraphConv

        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        width = dim * sum(1 + stream.memory for stream in self.streams)
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout))
        self.labels = nn.Parameter(torch.randn(n_outputs, dim) * dim**-0.5)
        self.first = DenseGraphConv(dim, dim)
        self.second = DenseGraphConv(dim, width, bias=False)
        start_near_zero(self.second.lin_rel.weight, width)
        start_near_zero(self.second.lin_root.weight, width)
        self.register_buffer("prior", torch.zeros(n_outputs))
        self.register_buffer("graph", unseen(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.prior.copy_(log_prior(D, weight))
        self.graph.copy_(co_occurrence(D, weight))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        parts = [part for state in streams.values() for part in (state.z, state.enriched) if part is not None]
        return self.prior + self.read(torch.cat(parts, dim=-1)) @ self._classifier().mT, {}

    def _classifier(self) -> Float[Tensor, "k width"]:
        """W."""
        hidden = leaky_relu(convolved(self.first, self.labels, self.graph), 0.2)
        return convolved(self.second, hidden, self.graph)
