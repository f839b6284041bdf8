"""logits = W [z_s]_s + b over the embeddings z_s of all streams."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Component, Fraction, Head, StreamInfo, StreamState, hookimpl


class Template(Head):
    """Map the embeddings of all streams linearly to logits.

    Args:
        dropout: share of the embeddings that is dropped in training.
    """

    name = "template"

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
        self.read = nn.Sequential(nn.Dropout(dropout), nn.Linear(dim * len(self.streams), n_outputs))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        """Map the streams to logits.

        Args:
            streams: stream -> its state.

        Returns:
            The logits of each window, and no diagnostics.
        """
        z = [streams[stream.name].z for stream in self.streams]
        return self.read(torch.cat(z, dim=-1)), {}


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
