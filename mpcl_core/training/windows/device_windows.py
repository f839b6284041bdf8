"""Hold windows as tensors on the device; a batch is an index into them."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.interfaces.data import Batch, WindowSet
from mpcl_core.training.windows.affine_maps import IDENTITY, AffineMaps
from mpcl_core.training.windows.subject_maps import SubjectMaps


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
        maps: what is still to be done to the signals when they are gathered.

    ``source_windows`` are the windows themselves, where a mixture needs them beside the network; else None.
    """

    def __init__(
        self,
        tensors: WindowTensors,
        index: Int64[Tensor, "N"],
        trial: Int64[Tensor, "W"] | None = None,
        maps: AffineMaps | SubjectMaps = IDENTITY,
    ) -> None:
        self.tensors, self.index, self.trial, self.maps = tensors, index, trial, maps
        self.source_windows: WindowSet | None = None
        self._masks: dict[str, Tensor] = {}
        self._source: DeviceWindows | None = None

    def __len__(self) -> int:
        return len(self.index)

    @property
    def D(self) -> Float[Tensor, "N k"]:
        """Return the emotion distributions."""
        return self.tensors.labels["D"].index_select(0, self.index)

    @property
    def weight(self) -> Float[Tensor, "N"]:
        """Return the weight of each window."""
        return self.tensors.labels["weight"].index_select(0, self.index)

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
        index, tensors = self.index.index_select(0, positions), self.tensors
        X, present = gather_signals(tensors, index, self.maps)
        return Batch(
            X,
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


def gather_signals(
    tensors: WindowTensors, index: Int64[Tensor, "*n"], maps: AffineMaps | SubjectMaps
) -> tuple[dict[str, Float[Tensor, "*n _ _"]], dict[str, Bool[Tensor, "*n"]]]:
    """Gather the signals of windows, and map them.

    Args:
        tensors: hold the windows.
        index: their positions in the tensors.
        maps: what is done to the signals.

    Returns:
        Modality name -> values, and modality name -> which windows have it.
    """
    flat = index.reshape(-1)
    present = {name: mask.index_select(0, flat).view(index.shape) for name, mask in tensors.present.items()}
    X = {
        name: maps.apply(name, values.index_select(0, flat).view(*index.shape, *values.shape[1:]), present[name], index)
        for name, values in tensors.X.items()
    }
    return X, present


def to_device(windows: WindowSet, device: torch.device, names: Sequence[str] | None = None) -> DeviceWindows:
    """Copy windows to a device, into tensors of their own.

    Args:
        windows: the windows.
        device: where the tensors shall lie.
        names: the modalities to copy; None for all.

    Returns:
        All windows, in their order.
    """
    tensors = WindowTensors(device)
    for by_name, arrays in tensors.pairs(windows if names is None else with_modalities(windows, names)):
        for name, values in arrays.items():
            by_name[name] = torch.tensor(values, dtype=tensor_dtype(values), device=device)
    return DeviceWindows(tensors, torch.arange(len(windows), device=device))


def with_modalities(windows: WindowSet, names: Sequence[str]) -> WindowSet:
    """Return windows with some of their modalities.

    Args:
        windows: the windows.
        names: the modalities.

    Returns:
        The same windows without the others.
    """
    return replace(
        windows,
        modalities=tuple(modality for modality in windows.modalities if modality.name in names),
        X={name: windows.X[name] for name in names},
        present={name: windows.present[name] for name in names},
    )


def shared_tensor(values: np.ndarray, device: torch.device) -> Tensor:
    """Return an array as a tensor that shares its memory where device and type allow it.

    Nothing may write into the tensor.

    Args:
        values: the array.
        device: where the tensor shall lie.

    Returns:
        The tensor.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.as_tensor(values).to(device, tensor_dtype(values))


def tensor_dtype(values: np.ndarray) -> torch.dtype:
    """Return the type in which tensors hold an array: bool, or torch's default type for numbers.

    Args:
        values: the array.

    Returns:
        The type.
    """
    return torch.bool if values.dtype == bool else torch.get_default_dtype()
