"""hopfield against its equation written out, and its two limits."""

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_core.toolkit import hopfield
from mpcl_core.toolkit.masking import normalise
from mpcl_plugins.retrievals.hopfield import Hopfield
from support.gradients import gradcheck

D = 6


def patterns(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, D, generator=torch.Generator().manual_seed(seed))


def written_out(query: Tensor, stored: Tensor, beta: float) -> Tensor:
    """Retrieve with one query, one stored pattern at a time.

    Returns:
        What the query retrieves (d).
    """
    read = []
    for q in query:
        share = torch.tensor([(beta * torch.cosine_similarity(q, s, dim=0)).exp() for s in stored])
        mixed = sum(a * s / s.norm() for a, s in zip(share / share.sum(), stored, strict=True))
        read.append(mixed / mixed.norm())
    return torch.stack(read)


@pytest.mark.parametrize("beta", [0.5, 4.0, 8.0, 30.0])
def test_it_equals_the_equation_written_out(beta: float) -> None:
    query, stored = patterns(3), patterns(7, seed=1)
    assert torch.allclose(Hopfield(dim=D, beta=beta)(query, stored), written_out(query, stored, beta), atol=1e-6)


def test_leading_axes_are_separate_memories() -> None:
    query, stored, retrieval = patterns(2, 3, 4), patterns(2, 3, 5, seed=1), Hopfield(dim=D)
    read = retrieval(query, stored)
    for i in range(2):
        for j in range(3):
            assert torch.allclose(read[i, j], retrieval(query[i, j], stored[i, j]), atol=1e-6)


def test_small_beta_averages_and_large_beta_finds_the_nearest() -> None:
    query, stored = patterns(5), patterns(9, seed=1)
    unit = normalise(stored)
    averaged = Hopfield(dim=D, beta=1e-6)(query, stored)
    assert torch.allclose(averaged, normalise(unit.mean(0)).expand(5, D), atol=1e-4)
    nearest = unit[(normalise(query) @ unit.T).argmax(-1)]
    assert torch.allclose(Hopfield(dim=D, beta=1e4)(query, stored), nearest, atol=1e-4)


def test_order_and_length_of_patterns_do_not_matter() -> None:
    query, stored, retrieval = patterns(5), patterns(9, seed=1), Hopfield(dim=D)
    read = retrieval(query, stored)
    assert torch.allclose(retrieval(query, stored[torch.randperm(9)]), read, atol=1e-6)
    assert torch.allclose(retrieval(3 * query, 7 * stored), read, atol=1e-5)
    order = torch.tensor([4, 2, 0, 1, 3])
    assert torch.allclose(retrieval(query[order], stored), read[order], atol=1e-6)


def test_masked_patterns_do_not_exist() -> None:
    query, stored, retrieval = patterns(5), patterns(4, seed=1), Hopfield(dim=D)
    mask = torch.tensor([True, False, True, False])
    spoilt = torch.where(mask[:, None], stored, 1e6)
    assert torch.allclose(retrieval(query, spoilt, mask), retrieval(query, stored[mask]), atol=1e-6)


def test_without_patterns_it_retrieves_zero() -> None:
    query, stored = patterns(5).requires_grad_(), patterns(4, seed=1).requires_grad_()
    read = Hopfield(dim=D)(query, stored, torch.zeros(4, dtype=torch.bool))
    assert not read.any()
    read.sum().backward()
    assert query.grad is not None
    assert stored.grad is not None
    assert query.grad.isfinite().all()
    assert stored.grad.isfinite().all()


@pytest.fixture
def all_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hopfield, "LARGE", 0)


MASKS = [None, torch.tensor([[True] * 9, [True] * 4 + [False] * 5, [False] * 9])]


@pytest.mark.parametrize("mask", MASKS, ids=["all", "masked"])
def test_the_kernel_for_many_patterns_gives_the_same_result(
    mask: Tensor | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, stored = patterns(3, 5).requires_grad_(), patterns(3, 9, seed=1).requires_grad_()
    read, gradients = {}, {}
    for large in (0, 10_000):
        monkeypatch.setattr(hopfield, "LARGE", large)
        read[large] = Hopfield(dim=D)(query, stored, mask)
        gradients[large] = torch.autograd.grad(read[large][..., 0].sum(), (query, stored))
    assert torch.allclose(read[0], read[10_000], atol=1e-6)
    for one, other in zip(gradients[0], gradients[10_000], strict=True):
        assert torch.allclose(one, other, atol=1e-5)


@pytest.mark.usefixtures("all_is_large")
def test_the_kernel_reads_a_single_memory_and_many() -> None:
    query, stored, retrieval = patterns(2, 3, 4), patterns(2, 3, 5, seed=1), Hopfield(dim=D)
    read = retrieval(query, stored)
    assert torch.allclose(read[1, 2], written_out(query[1, 2], stored[1, 2], 8.0), atol=1e-6)
    assert torch.allclose(retrieval(query[1, 2], stored[1, 2]), read[1, 2], atol=1e-6)


@pytest.mark.usefixtures("all_is_large")
@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_copies_with_many_patterns_can_be_stacked() -> None:
    query, stored, retrieval = patterns(3, 4), patterns(3, 5, seed=1), Hopfield(dim=D)
    stacked = torch.func.vmap(lambda q, s: retrieval(q, s))(query, stored)
    assert torch.allclose(stacked, retrieval(query, stored), atol=1e-6)


@pytest.mark.parametrize("masked", [False, True])
def test_gradients(masked: bool) -> None:
    mask = torch.tensor([True, False, True, True]) if masked else None
    assert gradcheck(Hopfield(dim=D), lambda r, q, s: r(q, s, mask), patterns(3), patterns(4, seed=1))


def test_copies_can_be_stacked() -> None:
    query, stored, retrieval = patterns(3, 4), patterns(3, 5, seed=1), Hopfield(dim=D)
    stacked = torch.func.vmap(lambda q, s: retrieval(q, s))(query, stored)
    assert torch.allclose(stacked, retrieval(query, stored), atol=1e-6)


def test_diagnostics_hold_the_attention() -> None:
    attention = Hopfield(dim=D).diagnostics(patterns(3), patterns(4, seed=1))["attention"]
    assert torch.allclose(attention.sum(-1), torch.ones(3))


def test_it_keeps_the_contract() -> None:
    assert testing.failures(Hopfield, beta=2.0) == {}
