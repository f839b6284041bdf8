"""The rows of a window set as tensors that lie on the device once; a batch is an index into them."""

from collections.abc import Iterator, Mapping
from copy import copy

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from mpcl_core.interfaces.data import Batch, WindowSet


class Rows:
    """Tensors of a window set.

    Args:
        windows: the rows.
        device: where the tensors lie.
    """

    def __init__(self, windows: WindowSet, device: torch.device) -> None:
        self._X = {name: torch.as_tensor(values, device=device) for name, values in windows.X.items()}
        self._present = {name: torch.as_tensor(mask, device=device) for name, mask in windows.present.items()}
        self.D = torch.as_tensor(windows.D, dtype=torch.float32, device=device)
        self.weight = torch.as_tensor(windows.weight, dtype=torch.float32, device=device)

    def __len__(self) -> int:
        return len(self.D)

    def masked(self, present: Mapping[str, Bool[Tensor, "N"]]) -> "Rows":
        """The same rows, of which some modalities are not there; their values stay where they are."""
        other = copy(self)
        other._present = {name: mask & present.get(name, mask) for name, mask in self._present.items()}
        return other

    @property
    def present(self) -> dict[str, Bool[Tensor, "N"]]:
        """Modality name -> (N,) whether the row has it."""
        return self._present

    def batch(self, index: Int64[Tensor, "b"]) -> Batch:
        """The rows with these indices."""
        return Batch(
            {name: values.index_select(0, index) for name, values in self._X.items()},
            {name: mask.index_select(0, index) for name, mask in self._present.items()},
            self.D.index_select(0, index),
            self.weight.index_select(0, index),
        )

    def shuffled(self, size: int, generator: torch.Generator) -> Iterator[Batch]:
        """Each row once, in a random order, in batches of at most ``size``."""
        order = torch.randperm(len(self), generator=generator).to(self.D.device)
        for index in torch.split(order, size):
            yield self.batch(index)

    def in_order(self, size: int) -> Iterator[Batch]:
        """Each row once, in their order, in batches of at most ``size``."""
        for index in torch.split(torch.arange(len(self), device=self.D.device), size):
            yield self.batch(index)
