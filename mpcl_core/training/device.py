"""Where a network computes, and in which precision."""

from dataclasses import dataclass
from typing import Literal

import torch


@dataclass(frozen=True)
class Device:
    """A processor or a GPU.

    Args:
        name: ``cpu``, ``cuda`` …, as torch names it.
        precision: ``32``: float32 throughout. ``bf16``: weights in float32, products in bfloat16.
    """

    name: str
    precision: Literal["32", "bf16"]

    @property
    def place(self) -> torch.device:
        """Where tensors go."""
        return torch.device(self.name)

    def autocast(self) -> torch.autocast:
        """Inside, a network computes in the precision."""
        return torch.autocast(self.place.type, torch.bfloat16, enabled=self.precision == "bf16")
