"""Describe a network: its streams, head, objectives and training settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mpcl_core.spec.block import Block
from mpcl_core.spec.training import TrainSettings

MIXED_NETWORK = "network"
"""The name of the network among the models that ``mix`` mixes."""


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
        mix: name -> estimator whose predictions are mixed with those of the network.
    """

    dim: int
    streams: Mapping[str, StreamSpec]
    head: Block
    objectives: Mapping[str, tuple[Block, float]]
    train: TrainSettings
    mix: Mapping[str, Block] = field(default_factory=dict)

    def part_keys(self) -> tuple[str, ...]:
        """Return the keys of the blocks that make up the network, which are the names of its modules too.

        Returns:
            ``streams.<stream>.encoders.<modality>``, ``streams.<stream>.fusion``, ``streams.<stream>.memory`` …,
            ``head``.
        """
        keys = []
        for name, stream in self.streams.items():
            parts = [f"encoders.{modality}" for modality in stream.encoders]
            parts += ["fusion", *(["memory"] if stream.memory else [])]
            keys += [f"streams.{name}.{part}" for part in parts]
        return (*keys, "head")

    def block(self, key: str) -> Block:
        """Return a block of the network.

        Args:
            key: one of `part_keys`.

        Returns:
            The block.
        """
        if key == "head":
            return self.head
        _, name, part, *modality = key.split(".")
        found = self.streams[name].encoders[modality[0]] if modality else getattr(self.streams[name], part)
        assert isinstance(found, Block)
        return found


def select_parts(parts: Sequence[str], keys: Sequence[str] | None) -> tuple[str, ...]:
    """Select the parts of a network that keys of a recipe name.

    Args:
        parts: all parts, as `NetworkSpec.part_keys` returns them.
        keys: the keys of parts, or of blocks that hold parts; None for all parts.

    Returns:
        The selected parts.

    Example:
        >>> parts = ("streams.a.encoders.eeg", "streams.a.fusion", "head")
        >>> select_parts(parts, ["streams.a.encoders", "head"])
        ('streams.a.encoders.eeg', 'head')
    """
    if keys is None:
        return tuple(parts)
    return tuple(part for part in parts if any(f"{part}.".startswith(f"{key}.") for key in keys))
