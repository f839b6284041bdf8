"""The log power of channels behind learned filters, against a loop."""

import pytest
import torch
from torch import nn

from mpcl_core.interfaces.data import Modality
from mpcl_core.toolkit.log_power import LogPower, make_channel_features


def test_log_power_is_that_of_a_loop() -> None:
    torch.manual_seed(0)
    module, x = LogPower(filters=2, kernel=8), torch.randn(2, 3, 20)
    w = module.convolve.weight[:, 0]
    for b in range(2):
        for c in range(3):
            steps = torch.stack([w @ x[b, c, at : at + 8] for at in range(0, 13, 2)])
            torch.testing.assert_close(module(x)[b, c], (steps.square().mean(0) + 1e-4).log())


def test_features_are_used_as_they_are_and_kernels_must_fit() -> None:
    module, width = make_channel_features(Modality("gsr", 1, 6), filters=4, kernel=0.5)
    assert isinstance(module, nn.Identity)
    assert width == 6
    made, width = make_channel_features(Modality("eeg", 2, 64, 128.0), filters=4, kernel=0.5)
    assert (width, made(torch.zeros(1, 2, 64)).shape) == (4, (1, 2, 4))
    with pytest.raises(ValueError, match=r"kernel 1 s is 128 samples, but a window has 64"):
        make_channel_features(Modality("eeg", 2, 64, 128.0), filters=4, kernel=1.0)
