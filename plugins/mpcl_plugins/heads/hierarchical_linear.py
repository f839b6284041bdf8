"""logits = log D̄ + P y + s (1 − P) y,  y = W LN[z_s; x_s]_s: the hierarchy of emotions as shrinkage.

P projects on the balances between the groups of emotions (pleasant against unpleasant), 1 − P on the contrasts within
each group, and s < 1 shrinks what is predicted of the contrasts. Where few people are rated, valence can be learnt and
the finer contrasts cannot. This is the idea of Hierarchical Semantic Compression (`hsc`), from emotions to valence, on
the side of the labels; `hierarchical_ridge` is its classical form. With ``split: random`` the groups are drawn, which
is the control: what a random hierarchy gains is not due to valence.

Differs from the paper (MPCL, arXiv 2602.20530): the paper abstracts bottom-up before it classifies. The projection, s
and the linear map are independent additions.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import (
    Fraction,
    Natural,
    PriorHead,
    StreamInfo,
    StreamState,
    feature_width,
    near_zero,
    stream_features,
)


class HierarchicalLinear(PriorHead):
    """Map all streams linearly to the deviation from the prior; shrink contrasts within each valence.

    Emotions of no group form a group of their own. Without a valence all emotions are one group, and s shrinks all.

    Args:
        dropout: share of the inputs that are dropped in training.
        within: s; 1 is the head `linear`.
        split: ``valence``, the groups that the source states; ``random``, groups of the same sizes that are drawn.
        seed: of the drawn groups.
    """

    name = "hierarchical_linear"
    balance: Tensor

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        dropout: Fraction = 0.0,
        within: Fraction = 0.5,
        split: Literal["valence", "random"] = "valence",
        seed: Natural = 0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        width = feature_width(self.streams, dim)
        last = near_zero(nn.Linear(width, n_outputs))
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), last)
        self.within = within
        order = torch.arange(n_outputs)
        if split == "random":
            order = torch.randperm(n_outputs, generator=torch.Generator().manual_seed(seed))
        self.register_buffer("balance", _balances(valence, order), persistent=False)

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        y = self.read(stream_features(streams))
        balance = y @ self.balance
        return self.prior + balance + self.within * (y - balance), {}


def _balances(valence: tuple[tuple[int, ...], ...] | None, order: Tensor) -> Float[Tensor, "k k"]:
    """Return P, which replaces each share by the mean of its group, less the mean of all.

    Args:
        valence: disjoint groups of label indices.
        order: which emotion stands at each index of a group.

    Returns:
        A symmetric projection; 0 without a valence.
    """
    k = len(order)
    if valence is None:
        return torch.zeros(k, k)
    group = torch.full((k,), len(valence))
    for number, members in enumerate(valence):
        group[order[list(members)]] = number
    same = (group.unsqueeze(-1) == group).float()
    return same / same.sum(-1, keepdim=True) - torch.full((k, k), 1.0 / k)
