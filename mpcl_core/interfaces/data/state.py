"""Hold a batch of windows and what the network computes for it, as tensors."""

from dataclasses import dataclass, field
from typing import NamedTuple

from jaxtyping import Bool, Float
from torch import Tensor


@dataclass
class Batch:
    """Hold some windows of a study as tensors. A window of weight 0 is padding.

    Args:
        X: modality name -> (b c t).
        present: modality name -> (b).
        D: (b k).
        weight: (b).
    """

    X: dict[str, Float[Tensor, "b _ _"]]
    present: dict[str, Bool[Tensor, "b"]]
    D: Float[Tensor, "b k"]
    weight: Float[Tensor, "b"]


class Recall(NamedTuple):
    """Hold what a memory returns: the semantics-enriched representation and the weights of its prototypes.

    A memory that compares z itself with its prototypes may add the cosines, which spares objectives computing them.
    """

    enriched: Float[Tensor, "b d"]
    weights: Float[Tensor, "b k m"]
    cosines: Float[Tensor, "b k m"] | None = None


@dataclass
class StreamState:
    """Hold what the network computed of one stream for a batch of windows.

    Args:
        tokens: modality name -> (b n d).
        z: (b d) the fused embedding; 0 where the stream is absent.
        present: (b) whether any modality of the stream is present.
        weights: (b k m), enriched: (b d), prototypes: (k m d): None where the stream has no memory.
        cosines: (b k m) of z and the prototypes; None where the memory does not state them.
    """

    tokens: dict[str, Float[Tensor, "b _ d"]]
    z: Float[Tensor, "b d"]
    present: Bool[Tensor, "b"]
    weights: Float[Tensor, "b k m"] | None = None
    enriched: Float[Tensor, "b d"] | None = None
    prototypes: Float[Tensor, "k m d"] | None = None
    cosines: Float[Tensor, "b k m"] | None = None


@dataclass
class State:
    """Hold the results of a forward pass.

    Args:
        streams: stream name -> its state, in recipe order.
        logits: (b k); their softmax is the prediction.
        aux: what the head returns for objectives, by name.
    """

    streams: dict[str, StreamState]
    logits: Float[Tensor, "b k"]
    aux: dict[str, Tensor] = field(default_factory=dict)
