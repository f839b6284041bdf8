"""linear_tokens against its equation."""

import torch

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.encoders.linear_tokens import LinearTokens
from support.gradients import gradcheck

FEATURES = Modality("face", 2, 6)


def test_every_token_sees_every_value() -> None:
    encoder, x = LinearTokens(modality=FEATURES, dim=4, tokens=3), torch.randn(5, 2, 6)
    W, b = encoder.project.weight, encoder.project.bias
    for j in range(3):
        rows = slice(4 * j, 4 * (j + 1))
        assert torch.allclose(encoder(x)[:, j], x.flatten(1) @ W[rows].T + b[rows], atol=1e-6)


def test_gradients() -> None:
    encoder = LinearTokens(modality=FEATURES, dim=4, tokens=3)
    assert gradcheck(encoder, lambda e, x: e(x), torch.randn(2, 2, 6))


def test_dropout_acts_in_training_only() -> None:
    encoder, x = LinearTokens(modality=FEATURES, dim=4, dropout=0.5), torch.randn(5, 2, 6)
    assert not torch.equal(encoder(x), encoder(x))
    encoder.eval()
    assert torch.equal(encoder(x), encoder(x))


def test_permuting_the_batch_permutes_the_tokens() -> None:
    encoder, x, order = LinearTokens(modality=FEATURES, dim=4), torch.randn(4, 2, 6), torch.tensor([2, 0, 3, 1])
    assert torch.allclose(encoder(x[order]), encoder(x)[order], atol=1e-6)


def test_noise_acts_in_training_only_and_has_its_size() -> None:
    torch.manual_seed(0)
    encoder, x = LinearTokens(modality=FEATURES, dim=4, noise=0.3), torch.zeros(4000, 2, 6)
    blurred = encoder(x) - encoder.project.bias.reshape(8, 4)
    expected = 0.3 * encoder.project.weight.norm(dim=1).reshape(8, 4)
    assert torch.allclose(blurred.std(0), expected, rtol=0.06)
    encoder.eval()
    assert torch.equal(encoder(x[:1])[0], encoder.project.bias.reshape(8, 4))
