"""From emotions to valence to one token, by pooling a graph: H^l = Sᵀ gelu(Â H^{l-1} Θ + b),  A^l = Sᵀ A^{l-1} S.

    H^0_k = Σ_s Σ_m α^s_km M^s_km W_s           one token an emotion, from every memory s
    h = W_h LN[z_s of each stream, mean_k H^0, H^1, H^2 …]            logits = log D̄ + W₂ gelu(W₁ h + b₁) + b₂

A^0 is the normalised co-occurrence of the training windows, and Â = D^-½ (A + I) D^-½ at each level. The clusters S of
the first level are the valence sets where the source states them; otherwise S = softmax over clusters of Â H Θ' + b'.
Differentiable pooling (DiffPool: Ying et al., NeurIPS 2018, eq. 3 and 4; torch-geometric's ``DenseGCNConv`` and
``dense_diff_pool``). It replaces `hsc`.

Differs from the paper: its losses of links and entropy are left out; a level of one token needs no assignment.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
from einops import einsum
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import (
    Count,
    Fraction,
    Needs,
    PriorHead,
    StreamInfo,
    StreamState,
    check_levels,
    prior_classifier,
    remembered_streams,
)
from mpcl_plugins.graph._co_occurrence import co_occurrence, even_co_occurrence
from mpcl_plugins.graph._pool import Pool


class GraphPool(PriorHead):
    """Pool the weighted prototypes level by level. A stream without a memory contributes its z alone.

    Args:
        levels: sizes of the levels above the k emotions. Where the source states valence sets, the first is their
            number, and each of its tokens pools the emotions of one set.
        dropout: share of the inputs and of the hidden units that are dropped in training.

    Raises:
        ValueError: ``levels`` is empty, or its first is not the number of valence sets.
    """

    name = "graph_pool"
    libraries = ("mpcl_plugins.graph._torch_geometric",)
    needs = Needs(memories=1)
    graph: Tensor

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        levels: tuple[Count, ...] = (2, 1),
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        check_levels(levels, valence, flat="label_graph")
        self.remembering = tuple(stream.name for stream in self.streams if stream.memory)
        self.project = nn.ModuleList(nn.Linear(dim, dim, bias=False) for _ in self.remembering)
        sizes = (n_outputs, *levels)
        self.pools = nn.ModuleList(
            Pool(below, size, dim, None if level else valence) for level, (below, size) in enumerate(pairwise(sizes))
        )
        width = dim * (len(self.streams) + 1 + sum(levels))
        self.classify = prior_classifier(width, dim, n_outputs, dropout)
        self.register_buffer("graph", even_co_occurrence(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        super().observe(D, weight)
        self.graph.copy_(co_occurrence(D, weight))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        z = [streams[stream.name].z for stream in self.streams]
        levels = [level.flatten(-2) for level in self.levels(streams)]
        logits: Tensor = self.prior + self.classify(torch.cat([*z, *levels], dim=-1))
        return logits, {}

    def levels(self, streams: Mapping[str, StreamState]) -> list[Float[Tensor, "b _ d"]]:
        """Compute the tokens of all levels.

        Args:
            streams: the states of the streams.

        Returns:
            mean_k H^0 (b 1 d), H^1, H^2 …
        """
        remembered = remembered_streams({name: streams[name] for name in self.remembering})
        parts = [
            einsum(stream.weights, project(stream.prototypes), "b k m, k m d -> b k d")
            for stream, project in zip(remembered, self.project, strict=True)
        ]
        H, A = torch.stack(parts).sum(0), self.graph.unsqueeze(0)
        tokens = [H.mean(-2, keepdim=True)]
        for pool in self.pools:
            H, A = pool(H, A)
            tokens.append(H)
        return tokens
