"""Affine maps compute in the precision of the offset and leave other modalities alone."""

import numpy as np
import torch

from mpcl_core.interfaces.components import AffineMap
from mpcl_core.toolkit.affine import AffineModule


def test_values_are_shifted_and_scaled_in_double_precision() -> None:
    x = torch.tensor([[[1e6 + 1.0, 1e6 + 2.0]]])
    module = AffineModule({"gsr": AffineMap(np.full((1, 1), 1e6 + 0.5), np.full((1, 1), 0.5))})
    found = module({"gsr": x, "eeg": x}, {})
    assert found["gsr"].tolist() == [[[1.0, 3.0]]]
    assert found["gsr"].dtype == torch.float32
    assert found["eeg"] is x
