"""Masked mathematics that several components share. Finite, with finite gradients, also where a mask is empty.

All functions work under ``torch.func.vmap``: no branch on a value, no boolean indexing.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def normalise(x: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
    """Rows of unit length, x · rsqrt(Σx² + 1e-8); a row of zeros stays zero."""
    return x * torch.rsqrt(x.square().sum(-1, keepdim=True) + 1e-8)


def masked_softmax(scores: Float[Tensor, "... s"], mask: Bool[Tensor, "... s"] | None) -> Float[Tensor, "... s"]:
    """Softmax over the last axis where ``mask`` is true and 0 elsewhere; all 0 where nothing is."""
    if mask is None:
        return scores.softmax(-1)
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights * mask


def masked_mean(x: Float[Tensor, "b n d"], mask: Bool[Tensor, "b n"]) -> Float[Tensor, "b d"]:
    """The mean of the rows of ``x`` where ``mask`` is true; 0 where nothing is."""
    kept = mask.unsqueeze(-1).to(x.dtype)
    return (x * kept).sum(-2) / kept.sum(-2).clamp_min(1.0)


def weighted_mean(values: Float[Tensor, "b"], weight: Float[Tensor, "b"]) -> Float[Tensor, ""]:
    """Σ w v / Σ w, and 0 where all weights are."""
    total = weight.sum()
    return (values * weight).sum() / total.clamp_min(torch.finfo(values.dtype).tiny)


def masked_cat(parts: list[tuple[Tensor, Tensor]]) -> tuple[Float[Tensor, "b n d"], Bool[Tensor, "b n"]]:
    """The tokens of several modalities in one row, 0 where a modality is absent, and which are there.

    Args:
        parts: tokens (b n d) and presence (b) of each modality.
    """
    tokens = torch.cat([x * there[:, None, None] for x, there in parts], dim=-2)
    return tokens, torch.cat([there[:, None].expand(-1, x.shape[-2]) for x, there in parts], dim=-1)
