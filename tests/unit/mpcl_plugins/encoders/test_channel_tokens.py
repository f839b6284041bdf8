"""channel_tokens against its equation."""

import pytest
import torch

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.encoders.channel_tokens import ChannelTokens
from support.gradients import gradcheck

FEATURES = Modality("eeg", 3, 5)
SIGNAL = Modality("eeg", 3, 40, 20.0)


def test_features_are_projected_channel_by_channel() -> None:
    encoder, x = ChannelTokens(modality=FEATURES, dim=4), torch.randn(2, 3, 5)
    H = encoder(x)
    for c in range(3):
        expected = x[:, c] @ encoder.project.weight.T + encoder.project.bias + encoder.channel[c]
        assert torch.allclose(H[:, c], expected, atol=1e-6)


def test_signals_give_the_log_power_behind_each_filter() -> None:
    encoder, x = ChannelTokens(modality=SIGNAL, dim=4, filters=2, kernel=0.4), torch.randn(2, 3, 40)
    filters = encoder.features.convolve.weight[:, 0]  # type: ignore[union-attr, index]
    assert filters.shape == (2, 8)
    for c in range(3):
        windows = x[:, c].unfold(-1, 8, 2)
        power = torch.log((windows @ filters.T).square().mean(1) + 1e-4)
        expected = power @ encoder.project.weight.T + encoder.project.bias + encoder.channel[c]
        assert torch.allclose(encoder(x)[:, c], expected, atol=1e-5)


@pytest.mark.parametrize("modality", [FEATURES, SIGNAL], ids=["features", "signal"])
def test_gradients(modality: Modality) -> None:
    encoder = ChannelTokens(modality=modality, dim=4, filters=2, kernel=0.4)
    assert gradcheck(encoder, lambda e, x: e(x), torch.randn(2, 3, modality.n_times or 1))


def test_permuting_the_batch_permutes_the_tokens() -> None:
    encoder, x, order = ChannelTokens(modality=SIGNAL, dim=4), torch.randn(4, 3, 40), torch.tensor([2, 0, 3, 1])
    assert torch.allclose(encoder(x[order]), encoder(x)[order], atol=1e-6)


def test_filters_longer_than_the_window_are_refused() -> None:
    with pytest.raises(ValueError, match="kernel 3 s is 60 samples, but a window has 40"):
        ChannelTokens(modality=SIGNAL, dim=4, kernel=3.0)
