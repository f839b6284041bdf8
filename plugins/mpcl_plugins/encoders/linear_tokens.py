"""H = reshape(W x + b), n tokens of width d that each see every value of the modality.

For precomputed features: several tokens give an associative memory something to choose from, where a single
stored token would be returned whatever the query is. In training normal noise is added, x + σ ε, before values are
dropped: both keep a network from memorising windows.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Encoder, Fraction, Modality, NonNegative


class LinearTokens(Encoder):
    """Encode all channels and features as linear tokens.

    Args:
        tokens: n, how many tokens.
        dropout: share of input values that are dropped in training.
        noise: σ, in units of the input (after ``zscore``: in standard deviations).
    """

    name = "linear_tokens"

    def __init__(
        self,
        *,
        modality: Modality,
        dim: int,
        tokens: Count = 8,
        dropout: Fraction = 0.0,
        noise: NonNegative = 0.0,
    ) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens, self.noise = tokens, noise
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        self.project = nn.Linear(modality.n_chans * (modality.n_times or 1), tokens * dim)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        noisy = x + self.noise * torch.randn_like(x) if self.training and self.noise else x
        tokens: Tensor = self.project(self.dropout(noisy.flatten(1)))
        return tokens.view(x.shape[0], self.n_tokens, self.dim)
