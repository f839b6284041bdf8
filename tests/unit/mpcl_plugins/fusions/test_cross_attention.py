"""cross_attention: an absent primary, and what it refuses."""

from typing import Any

import pytest
import torch

from mpcl_plugins.fusions.cross_attention import CrossAttention
from support.fusions import all_present, fusion_of, tokens


def test_an_absent_primary_is_the_mean_token_of_the_auxiliaries() -> None:
    fusion, H = fusion_of(CrossAttention, primary="eeg"), tokens()
    present = all_present() | {"eeg": torch.zeros(4, dtype=torch.bool)}
    substitute = torch.cat([H["ppg"], H["face"]], 1).mean(1, keepdim=True).expand(-1, 3, -1)
    assert torch.allclose(fusion(H, present), fusion(H | {"eeg": substitute}, all_present()), atol=1e-6)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"primary": "ecg"}, "'ecg' is no modality of the stream, which has eeg, ppg, face"),
        ({"primary": "eeg", "heads": 3}, "heads is 3, but must divide dim, which is 8"),
    ],
)
def test_bad_parameters_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fusion_of(CrossAttention, **parameters)
