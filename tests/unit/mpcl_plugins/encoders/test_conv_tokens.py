"""conv_tokens against its equation."""

import pytest
import torch
from torch.nn.functional import gelu

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.encoders.conv_tokens import ConvTokens
from support.gradients import gradcheck

SIGNAL = Modality("ppg", 2, 40, 20.0)


def test_each_token_is_the_mean_of_a_segment() -> None:
    encoder, x = ConvTokens(modality=SIGNAL, dim=4, tokens=3, kernel=0.4), torch.randn(2, 2, 40)
    windows = x.unfold(-1, 8, 2)  # b c steps samples
    filters = encoder.convolve
    assert filters.bias is not None
    activity = gelu(torch.einsum("bcsw,dcw->bsd", windows, filters.weight) + filters.bias)
    length = activity.shape[1] // 3
    for j in range(3):
        pooled = activity[:, j * length : (j + 1) * length].mean(1)
        expected = pooled @ encoder.project.weight.T + encoder.project.bias + encoder.segment[j]
        assert torch.allclose(encoder(x)[:, j], expected, atol=1e-5)


def test_gradients() -> None:
    encoder = ConvTokens(modality=SIGNAL, dim=4, tokens=3, kernel=0.4)
    assert gradcheck(encoder, lambda e, x: e(x), torch.randn(2, 2, 40))


def test_permuting_the_batch_permutes_the_tokens() -> None:
    encoder, x, order = ConvTokens(modality=SIGNAL, dim=4), torch.randn(4, 2, 40), torch.tensor([2, 0, 3, 1])
    assert torch.allclose(encoder(x[order]), encoder(x)[order], atol=1e-6)


def test_modalities_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="'face' has no sampling rate; use 'linear_tokens' for features"):
        ConvTokens(modality=Modality("face", 2, 6), dim=4)
    with pytest.raises(ValueError, match="too few for 30 tokens"):
        ConvTokens(modality=SIGNAL, dim=4, tokens=30)
