"""early_fusion against its equation, and what it refuses."""

import pytest
import torch

from mpcl_plugins.fusions.early_fusion import EarlyFusion
from support.fusions import all_present, fusion_of, tokens


def test_it_maps_all_tokens_through_one_hidden_layer() -> None:
    fusion, H = fusion_of(EarlyFusion), tokens()
    expected = fusion.join(torch.cat([h.flatten(1) for h in H.values()], 1))
    assert torch.allclose(fusion(H, all_present()), expected)


def test_a_dropout_of_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"dropout is 1.0, but must be from 0 and below 1"):
        fusion_of(EarlyFusion, dropout=1.0)
