"""R = Σ_a g_a Σ_s ω_s softmax(β_s q̂ k̂_aᵀ) H_a W_v: reading several groups of stored tokens at several scales.

Under the weighted merge the sum over scales is taken before the product with the values, Σ_s ω_s softmax(β_s S) V =
(Σ_s ω_s softmax(β_s S)) V, so that one QKᵀ and one PV serve all scales and groups. The queries are the last axis of the
maps, so that torch vectorises a softmax over few stored tokens, and groups of one size share it without a copy.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import expand_per_token


class Scales(nn.Module):
    """Hold β_1 < β_2 < …, fixed, or learned as β_s = Σ_{r ≤ s} exp(p_r): positive and in order.

    Args:
        betas: the values, or the initial ones.
        learnable: whether they are learned.

    Raises:
        ValueError: there are none, or they are not positive and increasing.
    """

    fixed: Tensor

    def __init__(self, betas: Sequence[float], learnable: bool) -> None:
        super().__init__()
        steps = [beta - below for below, beta in pairwise((0.0, *betas))]
        if not steps or min(steps) <= 0:
            raise ValueError(f"betas must be positive and increasing, not {list(betas)}")
        self.register_buffer("fixed", torch.tensor(list(betas)), persistent=False)
        self.log_steps = nn.Parameter(torch.tensor(steps).log()) if learnable else None

    def forward(self) -> Float[Tensor, "s"]:
        """Return β.

        Returns:
            One number for each scale (s).
        """
        return self.fixed if self.log_steps is None else self.log_steps.exp().cumsum(0)


class MultiScaleRetrieval(nn.Module):
    """Read groups of stored tokens at several scales.

    Args:
        groups: the number of tokens of each group.
        dim: d.
        scales: β.
        joint: all groups compete in one softmax; otherwise each has its own.
        concat: the scales are concatenated and projected; otherwise they are summed with weights ω.
        projections: learned W_q and W_k before the similarity.
        gate: the initial g_a.
    """

    def __init__(
        self,
        *,
        groups: Sequence[int],
        dim: int,
        scales: Scales,
        joint: bool = False,
        concat: bool = False,
        projections: bool = False,
        gate: float = 1.0,
    ) -> None:
        super().__init__()
        self.groups, self.scales, self.joint = list(groups), scales, joint
        n_scales = len(scales.fixed)
        self.query = nn.Linear(dim, dim, bias=False) if projections else nn.Identity()
        self.key = nn.Linear(dim, dim, bias=False) if projections else nn.Identity()
        self.value = nn.Linear(dim, dim, bias=False)
        self.gates = nn.Parameter(torch.full((len(self.groups),), gate))
        self.concat = nn.Linear(n_scales * dim, dim, bias=False) if concat else None
        self.omega = nn.Parameter(torch.zeros(n_scales)) if n_scales > 1 and not concat else None

    def forward(
        self, query: Float[Tensor, "b c d"], stored: Float[Tensor, "b n d"], present: Bool[Tensor, "b g"]
    ) -> Float[Tensor, "b c d"]:
        """Retrieve stored tokens with the query tokens.

        Args:
            query: H^e.
            stored: the tokens of all groups, group after group.
            present: which groups a window has; an absent one contributes nothing.

        Returns:
            R (b c d).
        """
        maps = self._maps(query, stored, present)
        share = expand_per_token(present * self.gates, self.groups).unsqueeze(-1)
        values: Tensor = self.value(stored)
        if self.concat is None:
            return (self._merged(maps) * share).mT @ values
        read = (maps * share).permute(1, 0, 3, 2).flatten(1, 2) @ values
        retrieved: Tensor = self.concat(rearrange(read, "b (s c) d -> b c (s d)", s=maps.shape[0]))
        return retrieved

    def attention(
        self, query: Float[Tensor, "b c d"], stored: Float[Tensor, "b n d"], present: Bool[Tensor, "b g"]
    ) -> Float[Tensor, "s b c n"]:
        """Compute softmax(β_s q̂ k̂ᵀ) of each scale.

        Args:
            query: H^e.
            stored: the tokens of all groups, group after group.
            present: which groups a window has.

        Returns:
            Attention maps (s b c n).
        """
        return self._maps(query, stored, present).mT

    def _maps(
        self, query: Float[Tensor, "b c d"], stored: Float[Tensor, "b n d"], present: Bool[Tensor, "b g"]
    ) -> Float[Tensor, "s b n c"]:
        scores = self.scales()[:, None, None, None] * _cosines(self.key(stored), self.query(query))
        if self.joint:
            absent = ~expand_per_token(present, self.groups).unsqueeze(-1)
            scores = scores.masked_fill(absent, torch.finfo(scores.dtype).min)
        groups = [sum(self.groups)] if self.joint else self.groups
        if len(set(groups)) == 1:
            by_group: Tensor = scores.view(*scores.shape[:2], len(groups), groups[0], scores.shape[-1]).softmax(-2)
            return by_group.view(scores.shape)
        return torch.cat([part.softmax(-2) for part in torch.split(scores, self.groups, dim=-2)], dim=-2)

    def _merged(self, maps: Float[Tensor, "s b n c"]) -> Float[Tensor, "b n c"]:
        """Sum the maps over the scales with the weights ω.

        Returns:
            Σ_s ω_s maps_s (b n c).
        """
        if self.omega is None:
            return maps[0]
        return (self.omega.softmax(0) @ maps.flatten(1)).view_as(maps[0])


def _cosines(stored: Float[Tensor, "b n d"], query: Float[Tensor, "b c d"]) -> Float[Tensor, "b n c"]:
    """Compute the cosines of all pairs of tokens. Scaling the products is cheaper than scaling the tokens.

    Returns:
        Cosines (b n c).
    """
    return stored @ query.mT * _inverse_length(stored) * _inverse_length(query).mT


def _inverse_length(x: Float[Tensor, "b n d"]) -> Float[Tensor, "b n 1"]:
    return torch.rsqrt(x.square().sum(-1, keepdim=True) + 1e-8)
