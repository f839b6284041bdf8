"""The entropic Gromov-Wasserstein plan between two sets of tokens.

    T = argmin Σ_{ii'jj'} (C_ii' − C'_jj')² T_ij T_i'j' − ε H(T),   rows of T sum to 1/n, columns to 1/m

C and C' are the distances within each set, so that no distance between the two spaces is needed (Peyré, Cuturi &
Solomon, ICML 2016). Each outer step solves the linear problem at the last plan with a few Sinkhorn iterations on
logarithms; all steps are unrolled, and gradients go through them.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import normalise


def transport_plan(
    x: Float[Tensor, "b n d"], y: Float[Tensor, "b m d"], epsilon: float, outer: int, inner: int
) -> Float[Tensor, "b n m"]:
    """Compute the transport plan T of each window.

    Args:
        x, y: the two sets of tokens.
        epsilon: ε; large spreads the plan evenly.
        outer: number of linearisations of the problem.
        inner: Sinkhorn iterations for each of them.

    Returns:
        T (b n m); its columns sum to 1/m exactly, its rows to 1/n approximately.
    """
    C, other = distances(x), distances(y)
    n, m = C.shape[-1], other.shape[-1]
    constant = C.square().mean(-1, keepdim=True) + other.square().mean(-1).unsqueeze(-2)
    T = torch.full_like(constant, 1.0 / (n * m))
    for _ in range(outer):
        T = _sinkhorn((2.0 * C @ T @ other - constant) / epsilon, inner)
    return T


def distances(x: Float[Tensor, "b n d"]) -> Float[Tensor, "b n n"]:
    """Compute 1 − cosine of all pairs of tokens.

    Args:
        x: tokens.

    Returns:
        Distances (b n n) from 0 to 2, whatever the lengths of the tokens.
    """
    unit = normalise(x)
    return 1.0 - unit @ unit.mT


def _sinkhorn(scores: Float[Tensor, "b n m"], steps: int) -> Float[Tensor, "b n m"]:
    """Scale the rows and columns of exp(scores) in turn, the columns last.

    Returns:
        The scaled matrix.
    """
    n, m = scores.shape[-2:]
    for _ in range(steps):
        scores = scores - scores.logsumexp(-1, keepdim=True) - math.log(n)
        scores = scores - scores.logsumexp(-2, keepdim=True) - math.log(m)
    return scores.exp()
