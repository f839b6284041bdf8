"""Name the device on which a network computes, and the precision of its products."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch


@dataclass(frozen=True)
class Device:
    """Hold a processor or a GPU and the precision used on it.

    Args:
        name: ``cpu``, ``cuda`` …, as torch names it.
        precision: ``32``: float32 throughout. ``bf16``: weights in float32, products in bfloat16.
    """

    name: str
    precision: Literal["32", "bf16"]

    @property
    def torch_device(self) -> torch.device:
        """Return the torch device that tensors are moved to."""
        return torch.device(self.name)

    def autocast(self) -> AbstractContextManager[object]:
        """Return a context in which a network computes in the precision.

        Returns:
            torch's autocast context for ``bf16``; for ``32`` one that does nothing, which costs a step less.
        """
        if self.precision == "32":
            return nullcontext()
        return torch.autocast(self.torch_device.type, torch.bfloat16)
