"""prototype_bank against its equation."""

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_plugins.memories.prototype_bank import PrototypeBank
from support.gradients import gradcheck

K, D = 4, 9


def bank(**parameters: object) -> PrototypeBank:
    torch.manual_seed(0)
    return PrototypeBank(n_outputs=K, dim=D, **parameters)  # type: ignore[arg-type]


def embeddings(b: int = 5) -> Tensor:
    return torch.randn(b, D, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("residual", [True, False])
@pytest.mark.parametrize("per_emotion", [1, 2])
def test_it_equals_the_equation_written_out(per_emotion: int, residual: bool) -> None:
    memory, z = bank(per_emotion=per_emotion, residual=residual, tau=0.2), embeddings()
    enriched, weights, _ = memory(z)
    for i in range(len(z)):
        e = torch.stack(
            [
                torch.stack([(torch.cosine_similarity(z[i], M, dim=0) / 0.2).exp() for M in emotion])
                for emotion in memory.prototypes
            ]
        )
        alpha = e / e.sum()
        assert torch.allclose(weights[i], alpha, atol=1e-5)
        parts = [alpha[k, m] * memory.prototypes[k, m] for k in range(K) for m in range(per_emotion)]
        recalled = torch.stack(parts).sum(0)
        expected = z[i] + recalled if residual else recalled / recalled.norm()
        assert torch.allclose(enriched[i], expected, atol=1e-4)


def test_weights_sum_to_one_and_windows_do_not_mix() -> None:
    memory, z = bank(per_emotion=2), embeddings()
    enriched, weights, _ = memory(z)
    assert torch.allclose(weights.sum((1, 2)), torch.ones(5))
    order = torch.tensor([4, 2, 0, 1, 3])
    assert torch.allclose(memory(z[order]).enriched, enriched[order], atol=1e-6)
    assert torch.allclose(torch.cat([memory(z[i : i + 1]).weights for i in range(5)]), weights, atol=1e-6)


def test_prototypes_start_orthogonal() -> None:
    M = bank(per_emotion=2).prototypes.flatten(0, 1)
    assert torch.allclose(M @ M.T, torch.eye(2 * K), atol=1e-5)


@pytest.mark.parametrize("residual", [True, False])
def test_gradients(residual: bool) -> None:
    assert gradcheck(bank(residual=residual), lambda m, z: m(z).enriched, embeddings(2))
    assert gradcheck(bank(residual=residual), lambda m, z: m(z).weights, embeddings(2))


def test_it_has_no_updates() -> None:
    assert bank().updated(embeddings(), torch.full((5, K), 1 / K), torch.ones(5)) == {}


def test_it_keeps_the_contract() -> None:
    assert testing.failures(PrototypeBank, per_emotion=3, residual=False) == {}
