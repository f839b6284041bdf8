"""Provide masked mathematics, finite and with finite gradients also where a mask is empty.

All functions work under ``torch.func.vmap``: no branch on a value, no boolean indexing.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor


def normalise(x: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
    """Scale vectors to unit length: x · rsqrt(Σx² + 1e-8).

    Args:
        x: vectors along the last axis.

    Returns:
        Vectors of unit length; a zero vector stays zero.

    Example:
        >>> normalise(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
        tensor([[0.6000, 0.8000],
                [0.0000, 0.0000]])
    """
    return x * torch.rsqrt(x.square().sum(-1, keepdim=True) + 1e-8)


def masked_softmax(scores: Float[Tensor, "... s"], mask: Bool[Tensor, "... s"] | None) -> Float[Tensor, "... s"]:
    """Compute the softmax over the entries of the last axis where the mask is true.

    Args:
        scores: any real numbers.
        mask: which entries exist; None for all.

    Returns:
        Weights that sum to 1 over the last axis, 0 outside the mask; all 0 where the mask is empty.

    Example:
        >>> masked_softmax(torch.zeros(3), torch.tensor([True, True, False]))
        tensor([0.5000, 0.5000, 0.0000])
    """
    if mask is None:
        return scores.softmax(-1)
    return masked_scores(scores, mask).softmax(-1) * mask


def masked_scores(scores: Float[Tensor, "*s"], mask: Bool[Tensor, "*m"]) -> Float[Tensor, "*s"]:
    """Lower scores so far that a softmax or a logsumexp gives no weight to those where the mask is false.

    Half of the lowest number is added, which has the same results as filling it in, and a gradient without cost; half,
    so that no score reaches infinity.

    Args:
        scores: any real numbers.
        mask: which of them count; broadcast to their shape.

    Returns:
        The scores where the mask is true, else numbers far below them.

    Example:
        >>> masked_scores(torch.zeros(3), torch.tensor([True, True, False])).softmax(-1)
        tensor([0.5000, 0.5000, 0.0000])
    """
    return torch.add(scores, (~mask).to(scores.dtype), alpha=torch.finfo(scores.dtype).min / 2)


def masked_mean(x: Float[Tensor, "b n d"], mask: Bool[Tensor, "b n"]) -> Float[Tensor, "b d"]:
    """Average the vectors of ``x`` where the mask is true.

    Args:
        x: n vectors for each of b entries.
        mask: which vectors count.

    Returns:
        Means (b d); 0 where the mask is empty.

    Example:
        >>> masked_mean(torch.tensor([[[1.0], [3.0], [8.0]]]), torch.tensor([[True, True, False]]))
        tensor([[2.]])
    """
    counted = mask.unsqueeze(-1).to(x.dtype)
    return (x * counted).sum(-2) / counted.sum(-2).clamp_min(1.0)


def weighted_mean(values: Float[Tensor, "b"], weight: Float[Tensor, "b"]) -> Float[Tensor, ""]:
    """Compute Σ w v / Σ w.

    Args:
        values: v.
        weight: w, not negative.

    Returns:
        The mean, a scalar; 0 where all weights are 0.

    Example:
        >>> weighted_mean(torch.tensor([1.0, 5.0]), torch.tensor([3.0, 1.0]))
        tensor(2.)
    """
    total = weight.sum()
    return (values * weight).sum() / total.clamp_min(torch.finfo(values.dtype).tiny)


def expand_per_token(values: Shaped[Tensor, "b g"], counts: Sequence[int]) -> Shaped[Tensor, "b n"]:
    """Repeat the value of each group for each of its tokens.

    Args:
        values: one value for each group of tokens, a presence or a gate, say.
        counts: the number of tokens of each group.

    Returns:
        One value for each token (b n), group after group.

    Example:
        >>> expand_per_token(torch.tensor([[True, False]]), [1, 2])
        tensor([[ True, False, False]])
    """
    if len(set(counts)) == 1:
        return values.unsqueeze(-1).expand(*values.shape, counts[0]).flatten(-2)
    columns = zip(torch.split(values, 1, dim=-1), counts, strict=True)
    return torch.cat([column.expand(-1, n) for column, n in columns], dim=-1)


def masked_cat(parts: list[tuple[Tensor, Tensor]]) -> tuple[Float[Tensor, "b n d"], Bool[Tensor, "b n"]]:
    """Concatenate the tokens of several modalities, with zeros where a modality is absent.

    Args:
        parts: tokens (b n d) and presence (b) of each modality.

    Returns:
        The tokens (b n d) in the order of the parts, and the mask (b n) of those that are present.

    Example:
        >>> one, two = torch.ones(1, 1, 2), torch.ones(1, 2, 2)
        >>> tokens, mask = masked_cat([(one, torch.tensor([True])), (two, torch.tensor([False]))])
        >>> mask
        tensor([[ True, False, False]])
    """
    tokens = torch.cat([x * present[:, None, None] for x, present in parts], dim=-2)
    presence = torch.stack([present for _, present in parts], dim=-1)
    return tokens, expand_per_token(presence, [x.shape[-2] for x, _ in parts])
