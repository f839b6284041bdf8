"""A classifier whose labels are a graph: logits_k = log D̄_k + h · W_k,  W = H Θ₂ + Â H Θ₃.

    H = leaky_relu(E Θ₀ + Â E Θ₁ + b)    Â the normalised co-occurrence of the training windows    h = LN[z_s; x_s]_s

The rows W_k of the classifier are made from learned embeddings E_k of the emotions by two graph convolutions, so that
emotions that occur together have similar classifiers (ML-GCN: Chen et al., CVPR 2019; torch-geometric's
``DenseGraphConv``). It replaces `linear`, whose W is free.

Differs from the paper: E is learned, instead of the embedding of a word; an emotion itself has separate weights,
instead of a self loop in a binary graph; the head starts near the mean training distribution D̄.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from mpcl_core.plugin import (
    Fraction,
    PriorHead,
    StreamInfo,
    StreamState,
    feature_width,
    start_near_zero,
    stream_features,
)
from mpcl_plugins.graph._co_occurrence import co_occurrence, even_co_occurrence
from mpcl_plugins.graph._convolution import convolve


class LabelGraph(PriorHead):
    """Map all streams linearly by a classifier that a graph of the labels makes.

    Before it has observed labels, all pairs of them co-occur evenly.

    Args:
        dropout: share of the inputs that are dropped in training.
    """

    name = "label_graph"
    libraries = ("mpcl_plugins.graph._torch_geometric",)
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
        from mpcl_plugins.graph._torch_geometric import DenseGraphConv

        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        width = feature_width(self.streams, dim)
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout))
        self.labels = nn.Parameter(torch.randn(n_outputs, dim) * dim**-0.5)
        self.first = DenseGraphConv(dim, dim)
        self.second = DenseGraphConv(dim, width, bias=False)
        start_near_zero(self.second.lin_rel.weight, width)
        start_near_zero(self.second.lin_root.weight, width)
        self.register_buffer("graph", even_co_occurrence(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        super().observe(D, weight)
        self.graph.copy_(co_occurrence(D, weight))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        return self.prior + self.read(stream_features(streams)) @ self._classifier().mT, {}

    def _classifier(self) -> Float[Tensor, "k width"]:
        hidden = leaky_relu(convolve(self.first, self.labels, self.graph), 0.2)
        return convolve(self.second, hidden, self.graph)
