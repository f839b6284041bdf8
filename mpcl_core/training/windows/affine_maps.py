"""Apply what fitted transforms do to every window to the windows of a training step, on the device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.interfaces.components import AffineMap


@dataclass(frozen=True)
class AffineMaps:
    """Hold the map (x − offset) / scale of each modality; a modality without one stays as it is.

    Computed in float64 where the device has it, as transforms compute on arrays, so that both give the same values.

    Args:
        offset: modality name -> (c, 1) or (c, t), with a first axis for the networks in a stack of M.
        scale: of the same shapes.
    """

    offset: Mapping[str, Tensor] = field(default_factory=dict)
    scale: Mapping[str, Tensor] = field(default_factory=dict)

    @classmethod
    def of(cls, maps: Mapping[str, AffineMap], device: torch.device) -> "AffineMaps":
        """Copy the maps of a fitted transform to a device.

        Args:
            maps: modality name -> its map.
            device: where windows are mapped.

        Returns:
            The maps as tensors.
        """

        def tensor(values: np.ndarray) -> Tensor:
            return torch.tensor(values, dtype=torch.float32 if device.type == "mps" else torch.float64, device=device)

        return cls(
            {name: tensor(each.offset) for name, each in maps.items()},
            {name: tensor(each.scale) for name, each in maps.items()},
        )

    @classmethod
    def stack(cls, maps: Sequence["AffineMaps"]) -> "AffineMaps":
        """Stack the maps of several networks.

        Args:
            maps: those of each network.

        Returns:
            The maps with a first axis for the networks; where a network has no map, its values stay as they are.
        """
        known = {name: each.offset[name] for each in maps for name in each.offset}
        return cls(
            {name: torch.stack([m.offset.get(name, torch.zeros_like(t)) for m in maps]) for name, t in known.items()},
            {name: torch.stack([m.scale.get(name, torch.ones_like(t)) for m in maps]) for name, t in known.items()},
        )

    def apply(
        self,
        name: str,
        values: Float[Tensor, "*n c t"],
        present: Bool[Tensor, "*n"],
        index: Int64[Tensor, "*n"],
    ) -> Float[Tensor, "*n c t"]:
        """Map the values of a modality.

        Args:
            name: the modality.
            values: its values; in a stack the first axis is that of the networks.
            present: which windows have it.
            index: their positions in the study, on which these maps do not depend.

        Returns:
            The mapped values, 0 where the modality is absent.
        """
        if name not in self.offset:
            return values
        offset, scale = (_aligned(each[name], values.ndim) for each in (self.offset, self.scale))
        return map_present(values, present, offset, scale)


def map_present(
    values: Float[Tensor, "*n c t"], present: Bool[Tensor, "*n"], offset: Tensor, scale: Tensor
) -> Float[Tensor, "*n c t"]:
    """Map values in the precision of the map.

    Args:
        values: the values of a modality.
        present: which windows have it.
        offset: what is subtracted; its shape fits that of the values.
        scale: what is divided by, of the same shape.

    Returns:
        (x − offset) / scale, 0 where the modality is absent.
    """
    mapped = ((values.to(offset.dtype) - offset) / scale).to(values.dtype)
    return mapped.masked_fill_(~present[..., None, None], 0)


def _aligned(values: Tensor, ndim: int) -> Tensor:
    """Return maps with as many axes as what they are applied to.

    Returns:
        (c, t) as it is; (M, c, t) with axes of length 1 after the first.
    """
    return values if values.ndim == 2 else values.view(len(values), *[1] * (ndim - 3), *values.shape[1:])


IDENTITY = AffineMaps()
"""Leaves every modality as it is."""
