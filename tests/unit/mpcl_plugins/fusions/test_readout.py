"""Tokens become one embedding in three kinds."""

import pytest
import torch

from mpcl_plugins.fusions._readout import FlattenReadout, Kind, make_readout

TOKENS = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("kind", ["attention", "flatten", "mean"])
def test_every_kind_gives_one_embedding_a_window(kind: Kind) -> None:
    assert make_readout(kind, 3, 4)(TOKENS).shape == (2, 4)


def test_mean_averages_tokens() -> None:
    torch.testing.assert_close(make_readout("mean", 3, 4)(TOKENS), TOKENS.mean(1))


def test_flatten_is_one_linear_map_of_all_tokens() -> None:
    readout = make_readout("flatten", 3, 4)
    assert isinstance(readout, FlattenReadout)
    expected = torch.stack([readout.project(torch.cat(list(tokens))) for tokens in TOKENS])
    torch.testing.assert_close(readout(TOKENS), expected)


def test_order_of_tokens_matters_for_flatten_only() -> None:
    for kind in ("attention", "mean"):
        readout = make_readout(kind, 3, 4)  # type: ignore[arg-type]
        torch.testing.assert_close(readout(TOKENS), readout(TOKENS.flip(1)))
    readout = make_readout("flatten", 3, 4)
    assert not torch.allclose(readout(TOKENS), readout(TOKENS.flip(1)))
