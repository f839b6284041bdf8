"""Gather the batches of several networks as one, padded where a network has fewer windows than the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.training.trial_bags import Bags, average_bags
from mpcl_core.training.windows.affine_maps import AffineMaps
from mpcl_core.training.windows.device_windows import WindowTensors, gather_signals
from mpcl_core.training.windows.subject_maps import SubjectMaps


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
    """Hold where the windows of a stacked batch lie in the tensors.

    Args:
        positions: (M b) positions in the tensors, or numbers of trials; padding repeats some position.
        is_window: (M b) False for padding.
    """

    positions: Int64[Tensor, "M b"]
    is_window: Bool[Tensor, "M b"]


def padded_batches(indices: Sequence[Int64[Tensor, "_"] | None], size: int) -> list[PaddedPositions]:
    """Pad the positions of each network to the longest, and split them into batches.

    Args:
        indices: positions in the tensors for each network; None for a network that takes no part.
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


def stack_maps(maps: Sequence[AffineMaps | SubjectMaps]) -> AffineMaps | SubjectMaps:
    """Stack the maps of several networks of one variant.

    Args:
        maps: those of each network.

    Returns:
        The maps with a first axis for the networks, where they differ.
    """
    by_subject = [each for each in maps if isinstance(each, SubjectMaps)]
    return (
        SubjectMaps.stack(by_subject)
        if by_subject
        else AffineMaps.stack([m for m in maps if isinstance(m, AffineMaps)])
    )


def gather(tensors: WindowTensors, padded: PaddedPositions, maps: AffineMaps | SubjectMaps) -> StackedBatch:
    """Gather the windows of a stacked batch; padding has weight 0.

    Args:
        tensors: hold them.
        padded: where they lie.
        maps: what is done to the signals of each network.

    Returns:
        The batch.
    """
    positions = padded.positions

    def taken(values: Tensor) -> Tensor:
        return values.index_select(0, positions.flatten()).view(*positions.shape, *values.shape[1:])

    return StackedBatch(
        *gather_signals(tensors, positions, maps),
        taken(tensors.labels["D"]),
        taken(tensors.labels["weight"]) * padded.is_window,
    )


@dataclass(frozen=True)
class NetworkBags:
    """Hold the bags of one network: n trials, without padding.

    Args:
        bags: the drawn windows, as positions in the network's phase.
        index: (N,) the positions of the phase's windows in the tensors.
        D: (n k).
        weight: (n).
    """

    bags: Bags
    index: Int64[Tensor, "N"]
    D: Float[Tensor, "n k"]
    weight: Float[Tensor, "n"]


def gather_bags(
    tensors: WindowTensors, drawn: Sequence[NetworkBags], is_trial: Bool[Tensor, "M b"], maps: AffineMaps | SubjectMaps
) -> StackedBatch:
    """Average the bags of all networks as one stacked batch; padding has weight 0 and no modality.

    Args:
        tensors: hold the windows.
        drawn: the bags of each network.
        is_trial: False for padding.
        maps: what is done to the signals of each network.

    Returns:
        The batch.
    """
    shape = (*is_trial.shape, max(own.bags.windows.shape[1] for own in drawn))
    index = torch.zeros(shape, dtype=torch.int64, device=is_trial.device)
    is_drawn = torch.zeros(shape, dtype=torch.bool, device=is_trial.device)
    D = torch.full((*is_trial.shape, drawn[0].D.shape[1]), 1 / drawn[0].D.shape[1]).to(drawn[0].D)
    weight = torch.zeros(is_trial.shape).to(drawn[0].weight)
    for member, own in enumerate(drawn):
        n, longest = own.bags.windows.shape
        index[member, :n, :longest] = own.index[own.bags.windows]
        is_drawn[member, :n, :longest] = own.bags.is_drawn
        D[member, :n], weight[member, :n] = own.D, own.weight
    return StackedBatch(*average_bags(tensors, index, is_drawn, maps), D, weight)
