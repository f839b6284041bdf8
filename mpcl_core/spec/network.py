"""Describe a network: its streams, head, objectives and training settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from mpcl_core.spec.block import Block
from mpcl_core.spec.training import TrainSettings


@dataclass(frozen=True)
class StreamSpec:
    """Hold the components of one stream: modality name -> encoder, the fusion, and a memory or none."""

    encoders: Mapping[str, Block]
    fusion: Block
    memory: Block | None


@dataclass(frozen=True)
class NetworkSpec:
    """Describe a network and its loss.

    Args:
        dim: d, the size of the embedding space.
        streams: stream name -> its components, in recipe order.
        head: the head.
        objectives: name -> (component, weight in the loss).
        train: the training settings.
    """

    dim: int
    streams: Mapping[str, StreamSpec]
    head: Block
    objectives: Mapping[str, tuple[Block, float]]
    train: TrainSettings
