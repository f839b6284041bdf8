"""The Gromov-Wasserstein plan: its marginals, what it finds, and its gradient."""

import torch
from torch import Tensor

from mpcl_plugins.fusions._transport import distances, transport_plan


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def loss(T: Tensor, x: Tensor, y: Tensor) -> float:
    """Compute Σ (C_ii' − C'_jj')² T_ij T_i'j' of the first window, written out.

    Returns:
        The cost of the plan.
    """
    C, other = distances(x)[0], distances(y)[0]
    n, m = len(C), len(other)
    total = 0.0
    for i in range(n):
        for j in range(m):
            total += float(T[0, i, j] * ((C[i][:, None] - other[j][None]) ** 2 * T[0]).sum())
    return total


def test_rows_and_columns_of_the_plan_have_equal_sums() -> None:
    T = transport_plan(normal(3, 5, 4), normal(3, 7, 4, seed=1), 0.5, 5, 50)
    assert (T >= 0).all()
    assert torch.allclose(T.sum(-2), torch.full((3, 7), 1 / 7, dtype=torch.float64), atol=1e-12)
    assert torch.allclose(T.sum(-1), torch.full((3, 5), 1 / 5, dtype=torch.float64), atol=1e-3)


def test_its_cost_is_below_that_of_the_even_plan() -> None:
    x, y = normal(1, 5, 4), normal(1, 7, 4, seed=1)
    assert loss(transport_plan(x, y, 0.05, 10, 50), x, y) < 0.95 * loss(torch.full((1, 5, 7), 1 / 35), x, y)


def test_it_matches_permuted_and_rotated_tokens() -> None:
    """Check that a rotation changes nothing and a permutation is found: only distances within a set enter."""
    x, order = normal(1, 5, 4, seed=4), torch.tensor([3, 0, 4, 2, 1])
    rotation, _ = torch.linalg.qr(normal(4, 4, seed=2))
    T = transport_plan(x, x[:, order] @ rotation, 0.01, 30, 30)
    assert loss(T, x, x[:, order]) < 0.02
    assert (T[0].argmax(0) == order).all()


def test_high_entropy_gives_an_even_plan() -> None:
    T = transport_plan(normal(2, 5, 4), normal(2, 3, 4, seed=1), 1e4, 3, 5)
    assert torch.allclose(T, torch.full_like(T, 1 / 15), atol=1e-5)


def test_permuting_tokens_permutes_the_plan() -> None:
    x, y, order = normal(2, 5, 4), normal(2, 3, 4, seed=1), torch.tensor([4, 2, 0, 1, 3])
    assert torch.allclose(transport_plan(x[:, order], y, 0.1, 3, 5), transport_plan(x, y, 0.1, 3, 5)[:, order])


def test_gradients_go_through_all_iterations() -> None:
    x, y = normal(1, 4, 2).requires_grad_(), normal(1, 3, 2, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: transport_plan(a, b, 0.2, 2, 4), (x, y))


def test_tokens_of_zero_give_a_finite_plan() -> None:
    x, y = torch.zeros(2, 4, 3, requires_grad=True), normal(2, 3, 3).float()
    T = transport_plan(x, y, 0.1, 3, 5)
    (gradient,) = torch.autograd.grad(T.square().sum(), x)
    assert T.isfinite().all()
    assert gradient.isfinite().all()
