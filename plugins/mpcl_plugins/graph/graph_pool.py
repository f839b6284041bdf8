"""From emotions to valence to one token, by pooling a graph: H^l = Sᵀ gelu(Â H^{l-1} Θ + b),  A^l = Sᵀ A^{l-1} S.

    H^0_k = Σ_s Σ_m α^s_km M^s_km W_s           one token an emotion, from every memory s
    h = W_h LN[z_s of each stream, mean_k H^0, H^1, H^2 …]            logits = log D̄ + W₂ gelu(W₁ h + b₁) + b₂

A^0 is the normalised co-occurrence of the training rows, and Â = D^-½ (A + I) D^-½ at each level. The clusters S of the
first level are the valence sets, where the source states them; elsewhere S = softmax over clusters of Â H Θ' + b'.
Differentiable pooling (DiffPool: Ying et al., NeurIPS 2018, eq. 3 and 4; torch-geometric's ``DenseGCNConv`` and
``dense_diff_pool``). It stands in the place of `hsc`.

Differs from the paper: its losses of links and entropy are left out; a level of one token needs no assignment.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
from einops import einsum
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Fraction, Head, Needs, StreamInfo, StreamState, log_prior, start_near_zero
from mpcl_plugins.graph._co_occurrence import co_occurrence, unseen
from mpcl_plugins.graph._pool import Pool


class GraphPool(Head):
    """Pools the weighted prototypes level by level. A stream without a memory gives its z alone.

    Args:
        levels: sizes of the levels above the k emotions. Where the source states valence sets, the first is their
            number, and each of its tokens gathers the emotions of one set.
        dropout: share of the inputs and of the hidden units that are dropped in training.

    Raises:
        ValueError: ``levels`` is empty, or its first is not the number of valence sets.
    """

    name = "graph_pool"
    needs = Needs(memories=1)
    prior: Tensor
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
        _check(levels, valence)
        self.remembering = tuple(stream.name for stream in self.streams if stream.memory)
        self.project = nn.ModuleList(nn.Linear(dim, dim, bias=False) for _ in self.remembering)
        sizes = (n_outputs, *levels)
        self.pools = nn.ModuleList(
            Pool(below, size, dim, None if level else valence) for level, (below, size) in enumerate(pairwise(sizes))
        )
        width = dim * (len(self.streams) + 1 + sum(levels))
        self.join = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), nn.Linear(width, dim))
        self.classify = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Dropout(dropout))
        self.last = nn.Linear(dim, n_outputs)
        start_near_zero(self.last.weight, dim)
        nn.init.zeros_(self.last.bias)
        self.register_buffer("prior", torch.zeros(n_outputs))
        self.register_buffer("graph", unseen(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.prior.copy_(log_prior(D, weight))
        self.graph.copy_(co_occurrence(D, weight))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        z = [streams[stream.name].z for stream in self.streams]
        levels = [level.flatten(-2) for level in self.levels(streams)]
        h = self.join(torch.cat([*z, *levels], dim=-1))
        logits: Tensor = self.prior + self.last(self.classify(h))
        return logits, {}

    def levels(self, streams: Mapping[str, StreamState]) -> list[Float[Tensor, "b _ d"]]:
        """mean_k H^0, H^1, H^2 …"""
        parts = [_emotions(streams[name], W) for name, W in zip(self.remembering, self.project, strict=True)]
        H, A = torch.stack(parts).sum(0), self.graph.unsqueeze(0)
        found = [H.mean(-2, keepdim=True)]
        for pool in self.pools:
            H, A = pool(H, A)
            found.append(H)
        return found


def _emotions(stream: StreamState, project: nn.Module) -> Float[Tensor, "b k d"]:
    if stream.weights is None or stream.prototypes is None:
        raise ValueError("a stream that was announced with a memory came without")
    tokens: Tensor = einsum(stream.weights, project(stream.prototypes), "b k m, k m d -> b k d")
    return tokens


def _check(levels: tuple[int, ...], valence: tuple[tuple[int, ...], ...] | None) -> None:
    if not levels:
        raise ValueError("levels is empty; the head 'label_graph' pools nothing")
    if valence is not None and levels[0] != len(valence):
        raise ValueError(f"the first of levels is {levels[0]}, but the source states {len(valence)} valence sets")
