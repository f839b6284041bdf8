"""Gather the batches of several networks as one, padded where a network has fewer windows than the others."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.training.device_windows import WindowTensors


class StackedBatch(NamedTuple):
    """Hold one batch of each network.

    Args:
        X: modality name -> (M b c t).
        present: modality name -> (M b).
        D: (M b k).
        weight: (M b); 0 for padding.
    """

    X: dict[str, Tensor]
    present: dict[str, Tensor]
    D: Float[Tensor, "M b k"]
    weight: Float[Tensor, "M b"]


class PaddedPositions(NamedTuple):
    """Hold where the windows of a stacked batch lie in the window store.

    Args:
        positions: (M b) positions in the store; padding repeats the position of some window.
        is_window: (M b) False for padding.
    """

    positions: Int64[Tensor, "M b"]
    is_window: Bool[Tensor, "M b"]


def padded_batches(indices: Sequence[Int64[Tensor, "_"] | None], size: int) -> list[PaddedPositions]:
    """Pad the positions of each network to the longest, and split them into batches.

    Args:
        indices: positions in the store for each network; None for a network that takes no part.
        size: windows in a batch, at most.

    Returns:
        The batches; a network whose windows are used up has only padding.
    """
    padded = _pad(indices)
    return [PaddedPositions(*parts) for parts in zip(*(torch.split(each, size, 1) for each in padded), strict=True)]


def _pad(indices: Sequence[Int64[Tensor, "_"] | None]) -> PaddedPositions:
    participating = [index for index in indices if index is not None]
    longest = max(len(index) for index in participating)
    padded = participating[0][:1].repeat(len(indices), longest)
    is_window = torch.zeros_like(padded, dtype=torch.bool)
    for member, index in enumerate(indices):
        if index is not None:
            padded[member, : len(index)] = index
            is_window[member, : len(index)] = True
    return PaddedPositions(padded, is_window)


def gather(tensors: WindowTensors, padded: PaddedPositions) -> StackedBatch:
    """Gather the windows of a stacked batch; padding has weight 0.

    Args:
        tensors: the store that holds them.
        padded: where they lie.

    Returns:
        The batch.
    """
    positions = padded.positions

    def taken(values: Tensor) -> Tensor:
        return values.index_select(0, positions.flatten()).view(*positions.shape, *values.shape[1:])

    return StackedBatch(
        {name: taken(values) for name, values in tensors.X.items()},
        {name: taken(mask) for name, mask in tensors.present.items()},
        taken(tensors.labels["D"]),
        taken(tensors.labels["weight"]) * padded.is_window,
    )
