"""α = softmax_{k,m}(cos(z, M) / τ_m), x = z + Σ α M: read a bank of prototypes, and fill one."""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.interfaces.data import Recall
from mpcl_core.toolkit.masking import normalise
from mpcl_core.toolkit.precision import at_least_float32, full_precision


def read_prototypes(
    z: Float[Tensor, "b d"], prototypes: Float[Tensor, "k m d"], tau: float, residual: bool = True
) -> Recall:
    """Read a bank of prototypes with embeddings.

    Args:
        z: the embeddings.
        prototypes: M, m of each emotion.
        tau: τ_m, the temperature of the assignment.
        residual: return x = z + Σ α M; otherwise x = normalise(Σ α M).

    Returns:
        The enriched embeddings x (b d), the weights α (b k m), which sum to 1, and the cosines (b k m).

    Example:
        >>> prototypes = torch.eye(3).reshape(3, 1, 3)
        >>> recall = read_prototypes(torch.tensor([[0.0, 2.0, 0.0]]), prototypes, tau=0.05)
        >>> recall.weights.squeeze(-1).round(decimals=4)
        tensor([[0., 1., 0.]])
        >>> recall.enriched.round(decimals=4)
        tensor([[0., 3., 0.]])
    """
    cosines = prototype_cosines(z, prototypes)
    alpha = (cosines.flatten(1) / tau).softmax(-1)
    recalled = alpha @ prototypes.flatten(0, 1)
    enriched = z + recalled if residual else normalise(recalled)
    return Recall(enriched, alpha.view(cosines.shape), cosines)


def prototype_cosines(z: Float[Tensor, "b d"], prototypes: Float[Tensor, "k m d"]) -> Float[Tensor, "b k m"]:
    """Compute the cosines of embeddings and prototypes, at least in float32.

    Args:
        z: the embeddings.
        prototypes: M, m of each emotion.

    Returns:
        cos(z, M); 0 for an embedding of zeros.

    Example:
        >>> prototype_cosines(torch.tensor([[0.0, 2.0]]), torch.eye(2).reshape(2, 1, 2)).flatten()
        tensor([0., 1.])
    """
    with full_precision(z):
        M = at_least_float32(prototypes)
        cosines = normalise(at_least_float32(z)) @ normalise(M.flatten(0, 1)).mT
    return cosines.view(z.shape[0], *M.shape[:2])


def orthogonal_prototypes(n_outputs: int, per_emotion: int, dim: int) -> Float[Tensor, "k m d"]:
    """Draw prototypes of unit length that are orthogonal to each other, as far as d allows.

    Args:
        n_outputs: k.
        per_emotion: m, prototypes of each emotion.
        dim: d.

    Returns:
        Prototypes (k m d).

    Example:
        >>> M = orthogonal_prototypes(n_outputs=3, per_emotion=2, dim=8).flatten(0, 1)
        >>> torch.allclose(M @ M.mT, torch.eye(6), atol=1e-5)
        True
    """
    start = nn.init.orthogonal_(torch.empty(n_outputs * per_emotion, dim))
    return rearrange(start, "(k m) d -> k m d", k=n_outputs)


def excess_over_uniform(D: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    """Compute e = max(D - 1/k, 0), how much an emotion stands out.

    Ratings have a floor: every share of every window is well above 0, so that the shares themselves would weigh all
    emotions about equally.

    Args:
        D: emotion distributions.

    Returns:
        e (n k), not negative.

    Example:
        >>> excess_over_uniform(torch.tensor([[0.7, 0.2, 0.05, 0.05]])).round(decimals=2)
        tensor([[0.4500, 0.0000, 0.0000, 0.0000]])
    """
    return (D - 1.0 / D.shape[-1]).clamp_min(0.0)
