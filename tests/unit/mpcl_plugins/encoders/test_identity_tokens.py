"""identity_tokens: values padded to the width of a token."""

import pytest
import torch

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.encoders.identity_tokens import IdentityTokens


def test_channels_become_tokens_without_parameters() -> None:
    encoder = IdentityTokens(modality=Modality("table", 2, 3), dim=5)
    x = torch.randn(4, 2, 3)
    tokens = encoder(x)
    assert encoder.n_tokens == 2
    assert torch.equal(tokens[..., :3], x)
    assert torch.equal(tokens[..., 3:], torch.zeros(4, 2, 2))
    assert not list(encoder.parameters())


def test_values_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="'table' has 6 values a channel, but a token is 5 wide"):
        IdentityTokens(modality=Modality("table", 2, 6), dim=5)
