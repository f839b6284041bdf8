"""What the prototype banks share: α = softmax_{k,m}(cos(z, M) / τ_m), x = z + Σ α M, and where M starts."""

import torch
from einops import einsum, rearrange
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Recall, normalise


def read(z: Float[Tensor, "b d"], prototypes: Float[Tensor, "k m d"], tau: float, residual: bool) -> Recall:
    """What the embeddings recall.

    Args:
        z: the embeddings.
        prototypes: M.
        tau: τ_m.
        residual: x = z + Σ α M; otherwise x = normalise(Σ α M).
    """
    M = rearrange(prototypes, "k m d -> (k m) d")
    alpha = (normalise(z) @ normalise(M).T / tau).softmax(-1)
    recalled = einsum(alpha, M, "b p, p d -> b d")
    enriched = z + recalled if residual else normalise(recalled)
    return Recall(enriched, rearrange(alpha, "b (k m) -> b k m", k=len(prototypes)))


def orthogonal_start(n_outputs: int, per_emotion: int, dim: int) -> Float[Tensor, "k m d"]:
    """Prototypes at right angles to each other (as far as d allows), of unit length."""
    start = nn.init.orthogonal_(torch.empty(n_outputs * per_emotion, dim))
    return rearrange(start, "(k m) d -> k m d", k=n_outputs)


def excess(D: Float[Tensor, "b k"]) -> Float[Tensor, "b k"]:
    """e = max(D - 1/k, 0): how much an emotion stands out. Raw ratings all have a floor and tell emotions little
    apart.
    """
    return (D - 1.0 / D.shape[-1]).clamp_min(0.0)
