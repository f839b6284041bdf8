"""Read the states of streams: features for a head, and the streams that have a memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_core.toolkit.prototypes import prototype_cosines


def feature_width(streams: Sequence[StreamInfo], dim: int) -> int:
    """Return the width of `stream_features`.

    Args:
        streams: the streams of the network.
        dim: d.

    Returns:
        d for each stream, and d again for each memory.

    Example:
        >>> feature_width([StreamInfo("physiological", memory=True), StreamInfo("behavioural", memory=False)], 32)
        96
    """
    return dim * sum(1 + stream.memory for stream in streams)


def stream_features(streams: Mapping[str, StreamState]) -> Float[Tensor, "b width"]:
    """Concatenate z and, where there is a memory, the enriched x of every stream.

    Args:
        streams: the states of the streams.

    Returns:
        Features (b width), stream after stream.

    Example:
        >>> state = StreamState(tokens={}, z=torch.zeros(4, 8), present=torch.ones(4, dtype=torch.bool))
        >>> stream_features({"physiological": state}).shape
        torch.Size([4, 8])
    """
    parts = [part for state in streams.values() for part in (state.z, state.enriched) if part is not None]
    return torch.cat(parts, dim=-1)


@dataclass(frozen=True)
class RememberedStream:
    """Hold the state of a stream that has a memory.

    Args:
        name: of the stream.
        z: the embeddings.
        present: whether any modality of the stream is present.
        weights: of the prototypes; they sum to 1 over k and m.
        enriched: x, the semantics-enriched embeddings.
        prototypes: M.
        stated_cosines: of z and the prototypes; None where the memory does not state them.
    """

    name: str
    z: Float[Tensor, "b d"]
    present: Bool[Tensor, "b"]
    weights: Float[Tensor, "b k m"]
    enriched: Float[Tensor, "b d"]
    prototypes: Float[Tensor, "k m d"]
    stated_cosines: Float[Tensor, "b k m"] | None = None

    @property
    def cosines(self) -> Float[Tensor, "b k m"]:
        """Return cos(z, M), from the memory where it states them."""
        return prototype_cosines(self.z, self.prototypes) if self.stated_cosines is None else self.stated_cosines


def remembered_streams(streams: Mapping[str, StreamState]) -> list[RememberedStream]:
    """List the streams that have a memory, in recipe order.

    Args:
        streams: the states of the streams.

    Returns:
        One entry for each stream with a memory.

    Example:
        >>> state = StreamState(tokens={}, z=torch.zeros(4, 8), present=torch.ones(4, dtype=torch.bool))
        >>> remembered_streams({"physiological": state})
        []
    """
    return [
        RememberedStream(name, s.z, s.present, s.weights, s.enriched, s.prototypes, s.cosines)
        for name, s in streams.items()
        if s.weights is not None and s.enriched is not None and s.prototypes is not None
    ]
