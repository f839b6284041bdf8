"""(x − offset) / scale for each modality: the form of an affine transform in an exported model."""

from collections.abc import Mapping

import torch
from torch import Tensor

from mpcl_core.interfaces.components import AffineMap, TransformModule


class AffineModule(TransformModule):
    """Shift and scale modalities; those without a map are unchanged.

    It computes in the precision of the offset, and returns the precision of the values.

    Args:
        maps: modality name -> its map, as `MergeableTransform.affine_maps` states it.

    Example:
        >>> import numpy as np
        >>> module = AffineModule({"gsr": AffineMap(offset=np.full((1, 1), 2.0), scale=np.full((1, 1), 4.0))})
        >>> module({"gsr": torch.tensor([[[10.0]]])}, {"gsr": torch.tensor([True])})
        {'gsr': tensor([[[2.]]])}
    """

    def __init__(self, maps: Mapping[str, AffineMap]) -> None:
        super().__init__()
        self.names = tuple(maps)
        for number, (offset, scale) in enumerate(maps.values()):
            self.register_buffer(f"offset{number}", torch.tensor(offset))
            self.register_buffer(f"scale{number}", torch.tensor(scale))

    def forward(self, X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the shifted and scaled values.

        Args:
            X: modality name -> (b c t).
            present: not used.

        Returns:
            Modality name -> (b c t).
        """
        changed = dict(X)
        for number, name in enumerate(self.names):
            if name in X:
                offset, scale = self.get_buffer(f"offset{number}"), self.get_buffer(f"scale{number}")
                changed[name] = ((X[name].to(offset.dtype) - offset) / scale).to(X[name].dtype)
        return changed
