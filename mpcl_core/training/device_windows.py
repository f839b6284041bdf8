"""Rows as tensors that lie on the device once, whoever uses them; a batch is an index into them."""

from collections.abc import Iterator, Mapping
from copy import copy

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.interfaces.data import Batch, WindowSet


class Tensors:
    """What rows hold, each row at one place of every tensor.

    Args:
        device: where the tensors lie.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.X: dict[str, Tensor] = {}
        self.present: dict[str, Tensor] = {}
        self.labels: dict[str, Tensor] = {}

    def beside(self, windows: WindowSet) -> list[tuple[dict[str, Tensor], Mapping[str, np.ndarray]]]:
        """The tensors by name, and beside them the arrays of the same names that they are to hold rows of."""
        labels = {"D": windows.D, "weight": windows.weight}
        return [(self.X, windows.X), (self.present, windows.present), (self.labels, labels)]


class DeviceWindows:
    """Some rows, in an order of their own.

    Args:
        held: the tensors that hold them, and others perhaps.
        index: where they are in these.
    """

    def __init__(self, held: Tensors, index: Int64[Tensor, "N"]) -> None:
        self.held, self.index = held, index
        self._masks: dict[str, Tensor] = {}
        self._unmasked: DeviceWindows | None = None

    def __len__(self) -> int:
        return len(self.index)

    @property
    def D(self) -> Float[Tensor, "N k"]:
        """The distributions."""
        return self.held.labels["D"][self.index]

    @property
    def weight(self) -> Float[Tensor, "N"]:
        """What each row counts."""
        return self.held.labels["weight"][self.index]

    @property
    def present(self) -> dict[str, Bool[Tensor, "N"]]:
        """Modality name -> (N,) whether the row has it."""
        return {name: self._masks.get(name, mask[self.index]) for name, mask in self.held.present.items()}

    def masked(self, present: Mapping[str, Bool[Tensor, "N"]]) -> "DeviceWindows":
        """The same rows, of which some modalities are not there; their values stay where they are."""
        other = copy(self)
        other._unmasked = self  # the rows are needed for as long as this view of them
        other._masks = {name: mask & present.get(name, mask) for name, mask in self.present.items()}
        return other

    def batch(self, rows: Int64[Tensor, "b"]) -> Batch:
        """The rows with these numbers."""
        index, held = self.index[rows], self.held
        present = {name: mask.index_select(0, index) for name, mask in held.present.items()}
        return Batch(
            {name: values.index_select(0, index) for name, values in held.X.items()},
            present | {name: mask.index_select(0, rows) for name, mask in self._masks.items()},
            held.labels["D"].index_select(0, index),
            held.labels["weight"].index_select(0, index),
        )

    def shuffled(self, size: int, generator: torch.Generator) -> tuple[Int64[Tensor, "_"], ...]:
        """The number of each row once, in a random order, in parts of at most ``size``."""
        return torch.split(torch.randperm(len(self), generator=generator).to(self.index.device), size)

    def in_order(self, size: int) -> Iterator[Batch]:
        """Each row once, in their order, in batches of at most ``size``."""
        for rows in torch.split(torch.arange(len(self), device=self.index.device), size):
            yield self.batch(rows)


def placed(windows: WindowSet, device: torch.device) -> DeviceWindows:
    """All of them, in tensors of their own."""
    held = Tensors(device)
    for tensors, columns in held.beside(windows):
        for name, values in columns.items():
            tensors[name] = torch.tensor(values, dtype=dtype_of(values), device=device)
    return DeviceWindows(held, torch.arange(len(windows), device=device))


def dtype_of(values: np.ndarray) -> torch.dtype:
    """How tensors hold them."""
    return torch.bool if values.dtype == bool else torch.get_default_dtype()
