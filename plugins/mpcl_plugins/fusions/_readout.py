"""Reduce tokens to one embedding: by attention, by a linear map of all of them, or by their mean."""

from typing import Literal

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import AttentionReadout

Kind = Literal["attention", "flatten", "mean"]


class MeanReadout(nn.Module):
    """Average the tokens: z = mean_j F_j."""

    def forward(self, tokens: Float[Tensor, "b n d"]) -> Float[Tensor, "b d"]:
        return tokens.mean(-2)


class FlattenReadout(nn.Module):
    """Map all tokens linearly: z = W [F_1; …; F_n] + b.

    Args:
        n_tokens: n.
        dim: d.
    """

    def __init__(self, n_tokens: int, dim: int) -> None:
        super().__init__()
        self.project = nn.Linear(n_tokens * dim, dim)

    def forward(self, tokens: Float[Tensor, "b n d"]) -> Float[Tensor, "b d"]:
        z: Tensor = self.project(rearrange(tokens, "b n d -> b (n d)"))
        return z


def make_readout(kind: Kind, n_tokens: int, dim: int) -> nn.Module:
    """Make the readout of a kind.

    Args:
        kind: ``attention``, ``flatten`` or ``mean``.
        n_tokens: n.
        dim: d.

    Returns:
        A module (b n d) -> (b d).
    """
    if kind == "attention":
        return AttentionReadout(dim)
    return FlattenReadout(n_tokens, dim) if kind == "flatten" else MeanReadout()
