"""tied_bank: its running means against the formula written out, its centring and its ties to emotions."""

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_plugins.memories.tied_bank import TiedBank
from support.gradients import gradcheck

K, D = 4, 9


def bank(**parameters: object) -> TiedBank:
    torch.manual_seed(0)
    return TiedBank(n_outputs=K, dim=D, **parameters)  # type: ignore[arg-type]


def rows(b: int = 6) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    z, distribution = torch.randn(b, D, generator=generator), torch.randn(b, K, generator=generator).softmax(-1)
    return z + 5.0, distribution, torch.rand(b, generator=generator) + 0.5


def step(memory: TiedBank, *inputs: Tensor) -> None:
    for name, value in memory.updated(*inputs).items():
        getattr(memory, name).copy_(value)


def test_the_first_update_replaces_the_start_by_the_means() -> None:
    memory, (z, distribution, weight) = bank(), rows()
    memory.observe(distribution, weight)
    step(memory, z, distribution, weight)
    mean = sum(w * each for w, each in zip(weight, z, strict=True)) / weight.sum()
    assert torch.allclose(memory.mean, mean, atol=1e-5)
    prior = sum(w * each for w, each in zip(weight, distribution, strict=True)) / weight.sum()
    for k in range(K):
        excess = [float(w) * max(float(d[k] - prior[k]), 0.0) for w, d in zip(weight, distribution, strict=True)]
        expected = sum(e * (each - mean) for e, each in zip(excess, z, strict=True)) / sum(excess)
        assert torch.allclose(memory.prototypes[k, 0], expected, atol=1e-4)


def test_later_updates_are_means_whose_weights_decay() -> None:
    memory, (z, distribution, weight) = bank(decay=0.5), rows()
    step(memory, z, distribution, weight)
    first = memory.mean.clone()
    step(memory, z + 1.0, distribution, weight)
    assert torch.allclose(memory.mean, first + 0.5 / 0.75, atol=1e-5)


def test_a_constant_part_of_the_embeddings_does_not_change_the_assignment() -> None:
    memory, shifted, (z, distribution, weight) = bank(), bank(), rows()
    step(memory, z, distribution, weight)
    step(shifted, z + 100.0, distribution, weight)
    assert torch.allclose(memory(z).weights, shifted(z + 100.0).weights, atol=1e-3)


def test_windows_find_the_prototype_of_the_emotion_that_stands_out() -> None:
    memory, z = bank(), torch.randn(K, D) + 50.0
    distribution = 0.6 * torch.eye(K) + 0.1
    memory.observe(distribution, torch.ones(K))
    step(memory, z, distribution, torch.ones(K))
    assert torch.equal(memory(z).weights.sum(-1).argmax(-1), torch.arange(K))


def test_a_batch_without_weight_changes_nothing() -> None:
    memory, (z, distribution, weight) = bank(per_emotion=2), rows()
    for name, value in memory.updated(z, distribution, 0.0 * weight).items():
        assert torch.equal(value, getattr(memory, name))


@pytest.mark.parametrize("residual", [True, False])
def test_gradients(residual: bool) -> None:
    assert gradcheck(bank(residual=residual), lambda m, z: m(z).enriched, rows(2)[0])


def test_it_keeps_the_contract() -> None:
    assert testing.failures(TiedBank, per_emotion=2, residual=False) == {}
