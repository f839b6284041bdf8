"""The streams of a state that have a memory, one by one and in pairs."""

from dataclasses import dataclass
from itertools import combinations

from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.plugin import State


@dataclass(frozen=True)
class Remembered:
    """What a stream with a memory knows: z, whether it is there, prototype weights, x, and the prototypes."""

    name: str
    z: Float[Tensor, "b d"]
    present: Bool[Tensor, "b"]
    weights: Float[Tensor, "b k m"]
    enriched: Float[Tensor, "b d"]
    prototypes: Float[Tensor, "k m d"]


def remembered(state: State) -> list[Remembered]:
    """The streams with a memory, in recipe order."""
    return [
        Remembered(name, stream.z, stream.present, stream.weights, stream.enriched, stream.prototypes)
        for name, stream in state.streams.items()
        if stream.weights is not None and stream.enriched is not None and stream.prototypes is not None
    ]


def pairs(state: State) -> list[tuple[Remembered, Remembered]]:
    """All unordered pairs of them, the earlier of the recipe first."""
    return list(combinations(remembered(state), 2))
