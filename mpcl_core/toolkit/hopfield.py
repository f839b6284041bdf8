"""r(q; S, β) = normalise(softmax(β q̂ Ŝᵀ) Ŝ) with vectors q̂, Ŝ of unit length.

One step of a modern Hopfield network (Ramsauer et al., ICLR 2021, eq. 3) as CLOOB uses it (Fürst et al., NeurIPS
2022): small β averages the stored patterns, large β returns the nearest.
"""

from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from mpcl_core.toolkit.masking import masked_softmax, normalise

LARGE = 2**19
"""Number of scores, queries × patterns, above which torch's attention kernel reads, since it never holds all of them.
Below it is no faster, and it has no batching rule for ``torch.func.vmap``."""


def hopfield_retrieval(
    query: Float[Tensor, "*h q d"],
    stored: Float[Tensor, "*h s d"],
    mask: Bool[Tensor, "*h s"] | None = None,
    *,
    beta: float = 8.0,
) -> Float[Tensor, "*h q d"]:
    """Retrieve stored patterns with queries in one step of a modern Hopfield network.

    Args:
        query: q.
        stored: S.
        mask: which patterns exist; None for all.
        beta: β, the inverse temperature.

    Returns:
        What each query retrieves, of unit length; 0 where no pattern exists.

    Example:
        >>> import torch
        >>> stored = torch.eye(3)
        >>> hopfield_retrieval(torch.tensor([[2.0, 0.1, 0.0]]), stored, beta=20.0).round(decimals=4)
        tensor([[1., 0., 0.]])
    """
    patterns = normalise(stored)
    if query.shape[-2] * patterns.shape[-2] > LARGE:
        return normalise(_read_large(query, patterns, mask, beta))
    return normalise(_attention(query, patterns, mask, beta) @ patterns)


def hopfield_attention(
    query: Float[Tensor, "*h q d"],
    stored: Float[Tensor, "*h s d"],
    mask: Bool[Tensor, "*h s"] | None = None,
    *,
    beta: float = 8.0,
) -> Float[Tensor, "*h q s"]:
    """Compute the weights of the stored patterns in a Hopfield retrieval.

    Args:
        query: q.
        stored: S.
        mask: which patterns exist; None for all.
        beta: β, the inverse temperature.

    Returns:
        softmax(β q̂ Ŝᵀ) over the patterns; 0 where no pattern exists.

    Example:
        >>> import torch
        >>> hopfield_attention(torch.tensor([[1.0, 0.0]]), torch.eye(2), beta=1.0)
        tensor([[0.7311, 0.2689]])
    """
    return _attention(query, normalise(stored), mask, beta)


def _attention(
    query: Float[Tensor, "*h q d"],
    patterns: Float[Tensor, "*h s d"],
    mask: Bool[Tensor, "*h s"] | None,
    beta: float,
) -> Float[Tensor, "*h q s"]:
    scores = beta * normalise(query) @ patterns.mT
    return masked_softmax(scores, None if mask is None else mask.unsqueeze(-2))


def _read_large(
    query: Float[Tensor, "*h q d"],
    patterns: Float[Tensor, "*h s d"],
    mask: Bool[Tensor, "*h s"] | None,
    beta: float,
) -> Float[Tensor, "*h q d"]:
    """Read many patterns by torch's attention kernel.

    The kernel takes four axes and needs at least one visible pattern for each query.

    Returns:
        What each query reads; 0 where no pattern exists.
    """
    queries = normalise(query).reshape(-1, 1, *query.shape[-2:])
    keys = patterns.reshape(-1, 1, *patterns.shape[-2:])
    if mask is None:
        return scaled_dot_product_attention(queries, keys, keys, scale=beta).reshape(query.shape)
    visible = mask.reshape(-1, 1, 1, mask.shape[-1])
    any_visible = visible.any(-1, keepdim=True)
    read = scaled_dot_product_attention(queries, keys, keys, attn_mask=visible | ~any_visible, scale=beta)
    return (read * any_visible).reshape(query.shape)
