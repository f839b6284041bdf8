"""logits = log α = log softmax(log D̄ + W f) + s(f): the parameters of a Dirichlet distribution over distributions.

f are the streams' features, and exp(s) is the concentration Σ α: how closely truths are expected around the prediction
α / Σ α, which is the softmax of the logits. It starts at the prior with a concentration of ``start``. The concentration
is learned by the objective ``dirichlet`` only; other objectives see the prediction.
"""

from collections.abc import Mapping, Sequence
from math import log

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import (
    Fraction,
    Positive,
    PriorHead,
    StreamInfo,
    StreamState,
    feature_width,
    near_zero,
    stream_features,
)


class Dirichlet(PriorHead):
    """Map all streams linearly to the deviation from the prior and to the concentration.

    Args:
        dropout: share of the inputs that are dropped in training.
        start: the concentration before the training.
    """

    name = "dirichlet"

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        dropout: Fraction = 0.0,
        start: Positive = 20.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        width = feature_width(self.streams, dim)
        self.normalise = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout))
        self.deviation = near_zero(nn.Linear(width, n_outputs))
        self.concentration = near_zero(nn.Linear(width, 1))
        with torch.no_grad():
            self.concentration.bias.add_(log(start))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        features = self.normalise(stream_features(streams))
        shares = (self.prior + self.deviation(features)).log_softmax(-1)
        return shares + self.concentration(features), {}
