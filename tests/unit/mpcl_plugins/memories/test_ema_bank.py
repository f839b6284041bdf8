"""ema_bank: its update against the formula written out, and its reading against the learnable bank's."""

from typing import Any

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_plugins.memories.ema_bank import EmaBank
from mpcl_plugins.memories.prototype_bank import PrototypeBank
from support.gradients import gradcheck

K, D = 4, 9


def bank(**parameters: object) -> EmaBank:
    torch.manual_seed(0)
    return EmaBank(n_outputs=K, dim=D, **parameters)  # type: ignore[arg-type]


def rows(b: int = 6) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    z, D_ = torch.randn(b, D, generator=generator), torch.randn(b, K, generator=generator).softmax(-1)
    return z, D_, torch.rand(b, generator=generator) + 0.5


def test_the_update_equals_the_formula_written_out() -> None:
    memory, (z, distribution, weight) = bank(decay=0.8), rows()
    before = memory.prototypes.clone()
    new = memory.updated(z, distribution, weight)
    assert set(new) == {"prototypes"}
    for k in range(K):
        top, bottom = torch.zeros(D), 0.0
        for i in range(len(z)):
            e = float(weight[i]) * max(float(distribution[i, k]) - 1 / K, 0.0)
            top, bottom = top + e * z[i], bottom + e
        expected = 0.8 * before[k, 0] + 0.2 * top / bottom
        assert torch.allclose(new["prototypes"][k, 0], expected, atol=1e-5)
    assert torch.equal(memory.prototypes, before), "the engine writes, not the memory"


def test_a_window_counts_for_several_prototypes_by_similarity() -> None:
    memory, (z, distribution, weight) = bank(per_emotion=2, decay=0.8, tau=0.3), rows()
    new = memory.updated(z, distribution, weight)["prototypes"]
    for k in range(K):
        M = memory.prototypes[k]
        top, bottom = torch.zeros(2, D), torch.zeros(2, 1)
        for i in range(len(z)):
            near = torch.stack([torch.cosine_similarity(z[i], M[m], dim=0) / 0.3 for m in range(2)]).softmax(0)
            e = weight[i] * (distribution[i, k] - 1 / K).clamp_min(0) * near
            top, bottom = top + e[:, None] * z[i], bottom + e[:, None]
        assert torch.allclose(new[k], 0.8 * M + 0.2 * top / bottom, atol=1e-5)


def test_the_prototype_of_an_emotion_without_excess_does_not_change() -> None:
    memory, (z, _, weight) = bank(), rows(2)
    distribution = torch.tensor([[0.25, 0.25, 0.4, 0.1], [0.25, 0.25, 0.3, 0.2]])
    new = memory.updated(z, distribution, weight)["prototypes"]
    assert torch.equal(new[[0, 1, 3]], memory.prototypes[[0, 1, 3]])
    assert not torch.allclose(new[2], memory.prototypes[2])


def test_windows_of_weight_zero_have_no_influence() -> None:
    memory, (z, distribution, weight) = bank(per_emotion=2), rows()
    weight[[1, 4]] = 0
    remaining = [0, 2, 3, 5]
    with_padding = memory.updated(z, distribution, weight)["prototypes"]
    without = memory.updated(z[remaining], distribution[remaining], weight[remaining])["prototypes"]
    assert torch.allclose(with_padding, without, atol=1e-6)
    nothing = memory.updated(z, distribution, torch.zeros(6))["prototypes"]
    assert torch.equal(nothing, memory.prototypes)


def test_it_follows_the_mean_of_an_emotion() -> None:
    memory, z = bank(decay=0.9), torch.randn(K, D) * 5
    distribution = 0.6 * torch.eye(K) + 0.1
    for _ in range(200):
        memory.prototypes.copy_(memory.updated(z, distribution, torch.ones(K))["prototypes"])
    assert torch.allclose(memory.prototypes[:, 0], z, atol=1e-4)
    assert torch.equal(memory(z).weights.sum(-1).argmax(-1), torch.arange(K))


def test_it_reads_as_a_prototype_bank() -> None:
    memory, (z, _, _) = bank(per_emotion=2, residual=False), rows()
    learnable = PrototypeBank(n_outputs=K, dim=D, per_emotion=2, residual=False)
    learnable.load_state_dict(memory.state_dict())
    assert torch.equal(memory(z).enriched, learnable(z).enriched)
    assert torch.equal(memory(z).weights, learnable(z).weights)
    assert list(memory.parameters()) == []


def test_stacked_copies_are_updated() -> None:
    copies, (z, distribution, weight) = [bank(per_emotion=2) for _ in range(3)], rows()
    for i, copy in enumerate(copies):
        copy.prototypes.mul_(i + 1).add_(torch.randn(K, 2, D))
    updating, stacked = _Updating(bank(per_emotion=2)), torch.stack([copy.prototypes for copy in copies])

    def update(prototypes: Tensor) -> Any:
        return torch.func.functional_call(updating, {"bank.prototypes": prototypes}, (z, distribution, weight))

    joint = torch.func.vmap(update)(stacked)
    for copy, new in zip(copies, joint, strict=True):
        assert torch.allclose(copy.updated(z, distribution, weight)["prototypes"], new, atol=1e-5)


class _Updating(torch.nn.Module):
    def __init__(self, bank: EmaBank) -> None:
        super().__init__()
        self.bank = bank

    def forward(self, z: Tensor, D: Tensor, weight: Tensor) -> Tensor:
        return self.bank.updated(z, D, weight)["prototypes"]


@pytest.mark.parametrize("residual", [True, False])
def test_gradients(residual: bool) -> None:
    assert gradcheck(bank(residual=residual), lambda m, z: m(z).enriched, rows(2)[0])


def test_it_keeps_the_contract() -> None:
    assert testing.failures(EmaBank, per_emotion=2, residual=False) == {}
