"""Normalise adjacency matrices: D^-½ A D^-½ with D_ii = Σ_j |A_ij|."""

from jaxtyping import Float
from torch import Tensor


def normalised_adjacency(A: Float[Tensor, "c c"]) -> Float[Tensor, "c c"]:
    """Normalise a symmetric adjacency matrix by the degrees of its nodes.

    Args:
        A: weights of the edges, which may be negative.

    Returns:
        D^-½ A D^-½; 0 for a node without edges.
    """
    scale = A.abs().sum(-1).clamp_min(1e-6).rsqrt()
    return scale.unsqueeze(-1) * A * scale
