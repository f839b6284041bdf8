"""part_tokens against its equation."""

import pytest
import torch

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.encoders.part_tokens import PartTokens

PARTS = Modality("face", 2, 6)


def test_every_part_is_mapped_by_the_same_weights() -> None:
    encoder, x = PartTokens(modality=PARTS, dim=4, parts=3), torch.randn(5, 2, 6)
    W, b = encoder.project.weight, encoder.project.bias
    for part in range(3):
        expected = x[:, :, 2 * part : 2 * part + 2].flatten(1) @ W.T + b
        assert torch.allclose(encoder(x)[:, part], expected, atol=1e-6)


def test_features_that_are_not_of_equal_parts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"'face' has 6 values a channel, which are not of 4 equal parts"):
        PartTokens(modality=PARTS, dim=4, parts=4)
