"""Hold windows as tensors on the device; a batch is an index into them."""

from collections.abc import Iterator, Mapping
from copy import copy

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.interfaces.data import Batch, WindowSet


class WindowTensors:
    """Hold the contents of windows: each window has one position, the same in every tensor.

    Args:
        device: where the tensors lie.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.X: dict[str, Tensor] = {}
        self.present: dict[str, Tensor] = {}
        self.labels: dict[str, Tensor] = {}

    def pairs(self, windows: WindowSet) -> list[tuple[dict[str, Tensor], Mapping[str, np.ndarray]]]:
        """Pair the tensors with the arrays of a window set that belong into them.

        Args:
            windows: the windows whose arrays are paired.

        Returns:
            For signals, presence and labels: the tensors by name, and the arrays of the same names.
        """
        labels = {"D": windows.D, "weight": windows.weight}
        return [(self.X, windows.X), (self.present, windows.present), (self.labels, labels)]


class DeviceWindows:
    """Hold a selection of windows on the device, in an order of its own.

    Args:
        tensors: the contents of these windows, and possibly of others.
        index: (N,) the positions of the windows in the tensors.
        trial: (W,) where these are trials: the trial of each window that they were pooled from; None for windows.
    """

    def __init__(
        self, tensors: WindowTensors, index: Int64[Tensor, "N"], trial: Int64[Tensor, "W"] | None = None
    ) -> None:
        self.tensors, self.index, self.trial = tensors, index, trial
        self._masks: dict[str, Tensor] = {}
        self._source: DeviceWindows | None = None

    def __len__(self) -> int:
        return len(self.index)

    @property
    def D(self) -> Float[Tensor, "N k"]:
        """Return the emotion distributions."""
        return self.tensors.labels["D"][self.index]

    @property
    def weight(self) -> Float[Tensor, "N"]:
        """Return the weight of each window."""
        return self.tensors.labels["weight"][self.index]

    @property
    def present(self) -> dict[str, Bool[Tensor, "N"]]:
        """Return, for each modality name, which windows have the modality."""
        return {name: self._masks.get(name, mask[self.index]) for name, mask in self.tensors.present.items()}

    def masked(self, present: Mapping[str, Bool[Tensor, "N"]]) -> "DeviceWindows":
        """Return the same windows with some modalities marked absent; the signals stay in place.

        Args:
            present: modality name -> (N,) the mask to apply beside the windows' own.

        Returns:
            Windows that share the tensors.
        """
        other = copy(self)
        other._source = self  # a window store frees windows with their object, so the copy keeps it alive
        other._masks = {name: mask & present.get(name, mask) for name, mask in self.present.items()}
        return other

    def batch(self, positions: Int64[Tensor, "b"]) -> Batch:
        """Gather some windows as a batch.

        Args:
            positions: (b,) positions among these windows.

        Returns:
            The batch, in the order of the positions.
        """
        index, tensors = self.index[positions], self.tensors
        present = {name: mask.index_select(0, index) for name, mask in tensors.present.items()}
        return Batch(
            {name: values.index_select(0, index) for name, values in tensors.X.items()},
            present | {name: mask.index_select(0, positions) for name, mask in self._masks.items()},
            tensors.labels["D"].index_select(0, index),
            tensors.labels["weight"].index_select(0, index),
        )

    def shuffled_positions(self, size: int, generator: torch.Generator) -> tuple[Int64[Tensor, "_"], ...]:
        """Shuffle the positions of all windows and split them into batches.

        Args:
            size: windows in a batch, at most.
            generator: draws the order.

        Returns:
            The positions of each batch.
        """
        return torch.split(torch.randperm(len(self), generator=generator).to(self.index.device), size)

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield all windows in their order.

        Args:
            size: windows in a batch, at most.

        Yields:
            The batches.
        """
        for positions in torch.split(torch.arange(len(self), device=self.index.device), size):
            yield self.batch(positions)


def to_device(windows: WindowSet, device: torch.device) -> DeviceWindows:
    """Copy windows to a device, into tensors of their own.

    Args:
        windows: the windows.
        device: where the tensors shall lie.

    Returns:
        All windows, in their order.
    """
    tensors = WindowTensors(device)
    for by_name, arrays in tensors.pairs(windows):
        for name, values in arrays.items():
            by_name[name] = torch.tensor(values, dtype=tensor_dtype(values), device=device)
    return DeviceWindows(tensors, torch.arange(len(windows), device=device))


def tensor_dtype(values: np.ndarray) -> torch.dtype:
    """Return the type in which tensors hold an array: bool, or torch's default type for numbers.

    Args:
        values: the array.

    Returns:
        The type.
    """
    return torch.bool if values.dtype == bool else torch.get_default_dtype()
