"""(x − centre) / scale for each modality: the form of an affine transform in an exported model."""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.interfaces.components import TransformModule

Map = tuple[Float[np.ndarray, "1 c _"], Float[np.ndarray, "1 c _"]]
"""Centre and scale, each (1, c, 1) or (1, c, t)."""


class AffineModule(TransformModule):
    """Shift and scale modalities; those without a map are unchanged.

    It computes in the precision of the centre, and returns the precision of the values.

    Args:
        maps: modality name -> centre and scale.

    Example:
        >>> module = AffineModule({"gsr": (np.full((1, 1, 1), 2.0), np.full((1, 1, 1), 4.0))})
        >>> module({"gsr": torch.tensor([[[10.0]]])}, {"gsr": torch.tensor([True])})
        {'gsr': tensor([[[2.]]])}
    """

    def __init__(self, maps: Mapping[str, Map]) -> None:
        super().__init__()
        self.names = tuple(maps)
        for number, (centre, scale) in enumerate(maps.values()):
            self.register_buffer(f"centre{number}", torch.tensor(centre))
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
                centre, scale = self.get_buffer(f"centre{number}"), self.get_buffer(f"scale{number}")
                changed[name] = ((X[name].to(centre.dtype) - centre) / scale).to(X[name].dtype)
        return changed
