"""One step of a modern Hopfield network, against the equation, with masks and with many patterns."""

import pytest
import torch
from torch.nn.functional import normalize

from mpcl_core.toolkit import hopfield
from mpcl_core.toolkit.hopfield import hopfield_attention, hopfield_retrieval


def draw() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    query, stored = torch.randn(2, 3, 4, generator=generator), torch.randn(2, 5, 4, generator=generator)
    return query, stored, torch.tensor([[True, True, False, True, False], [False] * 5])


def test_retrieval_is_the_equation() -> None:
    query, stored, _ = draw()
    share = (8.0 * normalize(query, dim=-1) @ normalize(stored, dim=-1).mT).softmax(-1)
    torch.testing.assert_close(hopfield_attention(query, stored, beta=8.0), share)
    expected = normalize(share @ normalize(stored, dim=-1), dim=-1)
    torch.testing.assert_close(hopfield_retrieval(query, stored, beta=8.0), expected)


def test_patterns_that_do_not_exist_have_no_influence() -> None:
    query, stored, mask = draw()
    read = hopfield_retrieval(query, stored, mask)
    torch.testing.assert_close(read[0], hopfield_retrieval(query[0], stored[0][mask[0]]))
    assert not read[1].any()
    assert not hopfield_attention(query, stored, mask)[1].any()


@pytest.mark.parametrize("is_masked", [True, False])
def test_many_patterns_are_read_alike(is_masked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    query, stored, mask = draw()
    few = hopfield_retrieval(query, stored, mask if is_masked else None)
    monkeypatch.setattr(hopfield, "LARGE", 1)
    torch.testing.assert_close(hopfield_retrieval(query, stored, mask if is_masked else None), few)
