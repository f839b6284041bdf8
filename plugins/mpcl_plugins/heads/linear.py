"""logits = log D̄ + W [z_s; x_s]_s with D̄ the mean training distribution.

The plain head: the embedding z and, where there is a memory, the enriched x of every stream. It starts near the
prior, so that a network that learns nothing predicts the training mean.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Fraction, Head, StreamInfo, StreamState, log_prior, near_zero


class Linear(Head):
    """A linear map of all streams onto the deviation from the prior.

    Args:
        dropout: share of the inputs that are dropped in training.
    """

    name = "linear"
    prior: Tensor

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        width = dim * sum(1 + stream.memory for stream in self.streams)
        last = near_zero(nn.Linear(width, n_outputs))
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), last)
        self.register_buffer("prior", torch.zeros(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.prior.copy_(log_prior(D, weight))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        parts = [part for state in streams.values() for part in (state.z, state.enriched) if part is not None]
        return self.prior + self.read(torch.cat(parts, dim=-1)), {}
