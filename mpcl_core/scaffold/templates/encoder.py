"""H_c = W [mean_t x_c; std_t x_c] + b: one token for each channel."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Component, Encoder, Fraction, Modality, hookimpl


class Template(Encoder):
    """Map the mean and the standard deviation of each channel to a token.

    Args:
        dropout: share of the values of a token that is dropped in training.
    """

    name = "template"

    def __init__(self, *, modality: Modality, dim: int, dropout: Fraction = 0.0) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens = modality.n_chans
        self.read = nn.Sequential(nn.Linear(2, dim), nn.Dropout(dropout))

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        """Encode windows.

        Returns:
            One token for each channel.
        """
        spread = (x.var(-1, correction=0) + 1e-6).sqrt()
        tokens: Tensor = self.read(torch.stack([x.mean(-1), spread], dim=-1))
        return tokens


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
