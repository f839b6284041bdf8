"""transformer: the order of tokens, and what it refuses."""

import pytest
import torch

from mpcl_plugins.fusions.transformer import Transformer
from support.fusions import all_present, fusion_of, tokens


def test_tokens_differ_by_their_embedding_only() -> None:
    fusion, H = fusion_of(Transformer, layers=2), tokens()
    flipped = H | {"eeg": H["eeg"].flip(1)}
    assert not torch.allclose(fusion(flipped, all_present()), fusion(H, all_present()), atol=1e-6)
    with torch.no_grad():
        fusion.place.zero_()
    assert torch.allclose(fusion(flipped, all_present()), fusion(H, all_present()), atol=1e-6)


def test_no_layers_are_refused() -> None:
    with pytest.raises(ValueError, match="layers is 0, but at least 1 is needed"):
        fusion_of(Transformer, layers=0)
