"""episodic_bank: what it stores, what it reads, and that a training window does not recall its own episode."""

from typing import Any

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_plugins.memories.episodic_bank import EpisodicBank
from support.gradients import gradcheck

K, D = 4, 6


def bank(**parameters: Any) -> EpisodicBank:
    return EpisodicBank(n_outputs=K, dim=D, **({"capacity": 8, "neighbours": 3} | parameters)).eval()


def rows(b: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    z, D_ = torch.randn(b, D, generator=generator), torch.randn(b, K, generator=generator).softmax(-1)
    return z, D_, torch.ones(b)


def write(memory: EpisodicBank, z: Tensor, D: Tensor, weight: Tensor) -> None:
    for name, value in memory.updated(z, D, weight).items():
        memory.get_buffer(name).copy_(value)


def test_an_empty_bank_recalls_uniform_weights() -> None:
    z = rows(3)[0]
    for parameters in ({}, {"read": "nearest"}, {"residual": False}):
        for memory in (bank(**parameters), bank(**parameters).train()):
            enriched, weights, _ = memory(z)
            assert torch.equal(enriched, z)
            assert torch.equal(weights, torch.full((3, K, 1), 1 / K))
            assert not memory.prototypes.any()


def test_the_ring_holds_the_newest_windows_of_positive_weight() -> None:
    memory = bank(capacity=5, neighbours=1)
    for seed, b in enumerate((3, 4, 7, 1)):
        z, distribution, weight = rows(b, seed)
        weight[0] = 0.0 if b > 1 else 1.0
        write(memory, z, distribution, weight)
    (first, second, third, last) = (rows(b, seed) for seed, b in enumerate((3, 4, 7, 1)))
    arrived = torch.cat([first[0][1:], second[0][1:], third[0][1:], last[0]])
    labels = torch.cat([first[1][1:], second[1][1:], third[1][1:], last[1]])
    newest = {tuple(row) for row in torch.cat([arrived, labels], -1)[-5:].tolist()}
    assert {tuple(row) for row in torch.cat([memory.episodes, memory.labels], -1).tolist()} == newest
    assert memory.written.item() == len(arrived)


def test_the_ring_is_no_longer_than_the_training_windows() -> None:
    memory = bank(capacity=8)
    memory.observe(rows(6)[1], torch.tensor([1.0, 1.0, 0.0, 1.0, 1.0, 1.0]))
    for seed in range(3):
        write(memory, *rows(3, seed))
    assert memory.size.item() == 5
    assert not memory.episodes[5:].any()
    newest = torch.cat([rows(3, seed)[0] for seed in range(3)])[-5:]
    assert {tuple(r) for r in memory.episodes[:5].tolist()} == {tuple(r) for r in newest.tolist()}


def test_softmax_reading_equals_the_equation_written_out() -> None:
    memory, (z, distribution, weight), query = bank(tau=0.2), rows(5), rows(3, seed=7)[0]
    write(memory, z, distribution, weight)
    enriched, weights, _ = memory(query)
    for i, q in enumerate(query):
        e = torch.stack([(torch.cosine_similarity(q, episode, dim=0) / 0.2).exp() for episode in z])
        alpha = e / e.sum()
        assert torch.allclose(weights[i, :, 0], sum(a * d for a, d in zip(alpha, distribution, strict=True)), atol=1e-5)
        assert torch.allclose(enriched[i], q + alpha @ z, atol=1e-4)


@pytest.mark.parametrize("stored", [2, 6])
def test_nearest_reading_is_k_nn(stored: int) -> None:
    memory, (z, distribution, weight), query = bank(read="nearest"), rows(stored), rows(3, seed=7)[0]
    write(memory, z, distribution, weight)
    enriched, weights, _ = memory(query)
    for i, q in enumerate(query):
        order = torch.stack([torch.cosine_similarity(q, episode, dim=0) for episode in z]).argsort(descending=True)[:3]
        assert torch.allclose(weights[i, :, 0], distribution[order].mean(0), atol=1e-6)
        assert torch.allclose(enriched[i], q + z[order].mean(0), atol=1e-5)


@pytest.mark.parametrize("read", ["softmax", "nearest"])
def test_weights_are_distributions_and_windows_do_not_mix(read: str) -> None:
    memory, query = bank(read=read), rows(4, seed=7)[0]
    write(memory, *rows(6))
    weights = memory(query).weights
    assert torch.allclose(weights.sum((1, 2)), torch.ones(4))
    order = torch.tensor([3, 1, 0, 2])
    assert torch.allclose(memory(query[order]).weights, weights[order], atol=1e-6)
    assert torch.allclose(torch.cat([memory(q[None]).weights for q in query]), weights, atol=1e-6)


def test_the_order_of_episodes_does_not_matter() -> None:
    one, two, (z, distribution, weight), query = bank(), bank(), rows(6), rows(4, seed=7)[0]
    write(one, z, distribution, weight)
    order = torch.randperm(6)
    write(two, z[order], distribution[order], weight)
    assert torch.allclose(one(query).enriched, two(query).enriched, atol=1e-5)
    assert torch.allclose(one.prototypes, two.prototypes, atol=1e-6)


@pytest.mark.parametrize("read", ["softmax", "nearest"])
def test_in_training_a_window_does_not_recall_its_own_episode(read: str) -> None:
    memory, (z, distribution, weight) = bank(read=read, tau=0.01, neighbours=1, exclude=1), rows(6)
    write(memory, z, distribution, weight)
    moved = z + 0.01 * torch.randn_like(z)  # the row as it is an epoch later
    assert torch.allclose(memory(moved).weights[..., 0], distribution, atol=1e-3), "at test it would"
    learnt = memory.train()(moved).weights[..., 0]
    for i in range(6):
        others = [j for j in range(6) if j != i]
        without = bank(read=read, tau=0.01, neighbours=1)
        write(without, z[others], distribution[others], weight[others])
        assert torch.allclose(learnt[i], without(moved[i : i + 1]).weights[0, :, 0], atol=1e-5)


def test_in_training_the_episodes_of_a_trial_can_be_excluded() -> None:
    trial, _, _ = rows(2)
    z = torch.cat([trial[:1] + 0.01 * torch.randn(3, D), trial[1:] + 0.01 * torch.randn(3, D)])
    distribution = torch.eye(K)[[0, 0, 0, 1, 1, 1]]
    memory = bank(exclude=3, tau=0.01).train()
    write(memory, z, distribution, torch.ones(6))
    assert torch.allclose(memory(z).weights[..., 0], torch.eye(K)[[1, 1, 1, 0, 0, 0]], atol=1e-5)


def test_fewer_episodes_than_excluded_recall_uniform_weights() -> None:
    memory = bank(exclude=5).train()
    write(memory, *rows(4))
    assert torch.equal(memory(rows(3)[0]).weights, torch.full((3, K, 1), 1 / K))


def test_prototypes_are_the_mean_episodes_of_an_emotion() -> None:
    memory, (z, distribution, weight) = bank(), rows(6)
    distribution[:, 2] = 0.1
    write(memory, z, distribution, weight)
    for k in range(K):
        e = (distribution[:, k] - 1 / K).clamp_min(0)
        expected = (e[:, None] * z).sum(0) / e.sum() if k != 2 else torch.zeros(D)
        assert torch.allclose(memory.prototypes[k, 0], expected, atol=1e-5)


def test_stacked_copies_are_updated() -> None:
    copies = [bank() for _ in range(3)]
    for i, copy in enumerate(copies):
        write(copy, *rows(3 + i, seed=i))
    z, distribution, weight = rows(4, seed=9)
    weight[1] = 0
    names = [name for name, _ in copies[0].named_buffers()]
    stacked = {f"bank.{name}": torch.stack([copy.get_buffer(name) for copy in copies]) for name in names}
    base = _Updating(bank())
    call = lambda inputs: torch.func.functional_call(base, inputs, (z, distribution, weight))  # noqa: E731
    joint = torch.func.vmap(call)(stacked)
    for i, copy in enumerate(copies):
        for name, value in copy.updated(z, distribution, weight).items():
            assert torch.allclose(joint[name][i].double(), value.double(), atol=1e-5)


class _Updating(torch.nn.Module):
    def __init__(self, bank: EpisodicBank) -> None:
        super().__init__()
        self.bank = bank

    def forward(self, z: Tensor, D: Tensor, weight: Tensor) -> dict[str, Tensor]:
        return self.bank.updated(z, D, weight)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("parameters", [{}, {"read": "nearest"}, {"residual": False}])
def test_gradients(parameters: dict[str, Any], training: bool) -> None:
    memory = bank(**parameters)
    write(memory, *rows(6))
    memory.train(training)
    assert gradcheck(memory, lambda m, z: m(z).enriched, rows(2, seed=7)[0])


def test_diagnostics_hold_the_attention() -> None:
    memory = bank()
    write(memory, *rows(6))
    attention = memory.diagnostics(rows(3, seed=7)[0])["attention"]
    assert attention.shape == (3, 8)
    assert torch.allclose(attention.sum(-1), torch.ones(3))
    assert not attention[:, 6:].any()


def test_a_capacity_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity 3 is less than neighbours 3 \\+ exclude 1"):
        bank(capacity=3)


@pytest.mark.parametrize("parameters", [{}, {"read": "nearest"}, {"residual": False, "exclude": 0}])
def test_it_keeps_the_contract(parameters: dict[str, Any]) -> None:
    assert testing.failures(EpisodicBank, **parameters) == {}
