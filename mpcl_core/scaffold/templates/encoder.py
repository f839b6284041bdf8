"""H_c = W [mean_t x_c; std_t x_c] + b, one token a channel."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.interfaces.components import Component, Encoder
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.hooks import hookimpl
from mpcl_core.interfaces.parameter_types import Fraction


class Template(Encoder):
    """Mean and spread of each channel.

    Args:
        dropout: share of the token that is dropped in training.
    """

    name = "template"

    def __init__(self, *, modality: Modality, dim: int, dropout: Fraction = 0.0) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens = modality.n_chans
        self.read = nn.Sequential(nn.Linear(2, dim), nn.Dropout(dropout))

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        spread = (x.var(-1, correction=0) + 1e-6).sqrt()
        tokens: Tensor = self.read(torch.stack([x.mean(-1), spread], dim=-1))
        return tokens


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
