"""mean against its equation."""

import torch

from mpcl_plugins.fusions.mean import Mean
from support.fusions import all_present, fusion_of, partly_present, tokens


def test_it_averages_the_mean_tokens_of_present_modalities() -> None:
    H = tokens()
    eeg, ppg, face = (h.mean(1) for h in H.values())
    z = fusion_of(Mean)(H, partly_present())
    expected = [(eeg[0] + ppg[0] + face[0]) / 3, (ppg[1] + face[1]) / 2, (eeg[2] + face[2]) / 2, (eeg[3] + ppg[3]) / 2]
    assert torch.allclose(z, torch.stack(expected), atol=1e-6)


def test_without_any_modality_it_is_zero() -> None:
    absent = {name: ~present for name, present in all_present().items()}
    assert not fusion_of(Mean)(tokens(), absent).any()
