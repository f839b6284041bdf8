"""The losses as functions equal the objectives that call them, and keep their guards."""

import pytest
import torch

from mpcl_core.losses import kl, pcl, prd
from mpcl_core.toolkit.losses import relation_divergence, without_diagonal
from mpcl_plugins.objectives.kl import KL
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.objectives.prd import PRD
from mpcl_plugins.retrievals.hopfield import Hopfield
from support.states import D, K, batch, state


def test_kl_equals_the_objective() -> None:
    windows, found = batch(4), state(4)
    assert torch.equal(kl(windows.D, found.logits, windows.weight), KL(n_outputs=K, dim=D)(found, windows))


def test_kl_is_zero_for_a_perfect_prediction() -> None:
    windows = batch(4)
    assert kl(windows.D, windows.D.log()).item() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("relation", ["sample", "prototype"])
def test_prd_equals_the_objective(relation: str) -> None:
    windows, found = batch(4), state(4)
    first, second = found.streams.values()
    assert first.prototypes is not None
    assert second.prototypes is not None
    objective = PRD(n_outputs=K, dim=D, relation=relation)  # type: ignore[arg-type]
    weight = windows.weight * first.present * second.present
    loss = prd(first.z, second.z, first.prototypes, second.prototypes, relation=relation, weight=weight)  # type: ignore[arg-type]
    assert torch.equal(loss, objective(found, windows))


def test_relation_of_banks_with_different_numbers_of_prototypes_sums_over_them() -> None:
    first, second = torch.randn(4, K, 1), torch.randn(4, K, 3, requires_grad=True)
    loss = relation_divergence(first, second, teacher="first")
    target, student = (first.squeeze(-1) / 0.1).log_softmax(-1), (second / 0.2).exp().sum(-1).log().log_softmax(-1)
    torch.testing.assert_close(loss, (target.exp() * (target - student)).sum(-1).mean())
    assert all(torch.isfinite(each).all() for each in torch.autograd.grad(loss, second))


def test_pcl_equals_the_objective() -> None:
    windows, found = batch(4), state(4)
    first, second = found.streams.values()
    assert first.enriched is not None
    assert second.enriched is not None
    objective = PCL(n_outputs=K, dim=D, retrieval=Hopfield(dim=D, beta=4.0))
    weight = windows.weight * first.present * second.present
    assert torch.equal(pcl(first.enriched, second.enriched, beta=4.0, weight=weight), objective(found, windows))


@pytest.mark.parametrize("n", [1, 2])
def test_losses_are_finite_for_few_windows(n: int) -> None:
    x, M = torch.randn(n, 8, requires_grad=True), torch.randn(3, 1, 8)
    loss = pcl(x, x.flip(0)) + prd(x, x.flip(0), M, M) + kl(torch.full((n, 8), 1 / 8), x)
    (gradient,) = torch.autograd.grad(loss, x)
    assert loss.isfinite()
    assert gradient.isfinite().all()


def test_pcl_without_negatives_is_zero() -> None:
    assert pcl(torch.randn(1, 8), torch.randn(1, 8)).item() == 0.0


def test_without_diagonal_keeps_the_order() -> None:
    square = torch.arange(9.0).reshape(3, 3)
    assert without_diagonal(square).tolist() == [[1, 2], [3, 5], [6, 7]]
