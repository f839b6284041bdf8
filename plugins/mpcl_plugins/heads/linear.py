"""logits = log D̄ + W [z_s; x_s]_s with D̄ the mean training distribution.

The plain head: the embedding z and, where there is a memory, the enriched x of every stream. It starts near the
prior, so that a network that learns nothing predicts the training mean.
"""

from collections.abc import Mapping, Sequence

from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Fraction, PriorHead, StreamInfo, StreamState, feature_width, near_zero, stream_features


class Linear(PriorHead):
    """Map all streams linearly to the deviation from the prior.

    Args:
        dropout: share of the inputs that are dropped in training.
    """

    name = "linear"

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
        width = feature_width(self.streams, dim)
        last = near_zero(nn.Linear(width, n_outputs))
        self.read = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), last)

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        return self.prior + self.read(stream_features(streams)), {}
