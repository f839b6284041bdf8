"""Tokens -> one embedding, in three ways."""

from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

Kind = Literal["attention", "flatten", "mean"]


class Mean(nn.Module):
    """z = mean_j F_j."""

    def forward(self, tokens: Float[Tensor, "b n d"]) -> Float[Tensor, "b d"]:
        return tokens.mean(-2)


class Flatten(nn.Module):
    """z = W [F_1; …; F_n] + b."""

    def __init__(self, n_tokens: int, dim: int) -> None:
        super().__init__()
        self.project = nn.Linear(n_tokens * dim, dim)

    def forward(self, tokens: Float[Tensor, "b n d"]) -> Float[Tensor, "b d"]:
        z: Tensor = self.project(rearrange(tokens, "b n d -> b (n d)"))
        return z


class Attention(nn.Module):
    """z = Σ_j softmax_j(F_j u) F_j with a learned u, which starts at 0: as the mean."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.u = nn.Parameter(torch.zeros(dim))

    def forward(self, tokens: Float[Tensor, "b n d"]) -> Float[Tensor, "b d"]:
        return (self.weights(tokens).unsqueeze(-2) @ tokens).squeeze(-2)

    def weights(self, tokens: Float[Tensor, "b n d"]) -> Float[Tensor, "b n"]:
        """What each token counts; they sum to 1."""
        return (tokens @ self.u).softmax(-1)


def make_readout(kind: Kind, n_tokens: int, dim: int) -> nn.Module:
    """The readout of that kind."""
    if kind == "attention":
        return Attention(dim)
    return Flatten(n_tokens, dim) if kind == "flatten" else Mean()
