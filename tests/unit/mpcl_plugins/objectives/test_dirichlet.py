"""dirichlet against the density of torch, and its least value at the right concentration."""

from dataclasses import replace

import torch
from torch.distributions import Dirichlet as Reference

from mpcl_plugins.objectives.dirichlet import Dirichlet
from support.states import D, K, batch, state, taken


def objective(floor: float = 0.01) -> Dirichlet:
    return Dirichlet(n_outputs=K, dim=D, floor=floor)


def test_it_is_the_negative_log_density() -> None:
    found, windows = state(5), batch(5)
    truth = 0.99 * windows.D.float() + 0.01 / K
    expected = -Reference(found.logits.exp()).log_prob(truth).mean()
    assert torch.allclose(objective()(found, windows), expected.to(found.logits.dtype), atol=1e-4)


def test_the_right_concentration_has_the_least_loss() -> None:
    torch.manual_seed(0)
    alpha = torch.tensor([6.0, 3.0, 2.0, *[1.5] * (K - 3)])
    truth = Reference(alpha).sample((400,))
    windows = replace(batch(400), D=truth.to(batch(1).D.dtype))
    losses = [
        float(objective(0.0)(replace(state(400), logits=(alpha * scale).log().expand(400, K)), windows))
        for scale in (0.3, 1.0, 3.0)
    ]
    assert losses[1] == min(losses)


def test_windows_of_weight_zero_have_no_influence_and_shares_of_zero_are_finite() -> None:
    weighted = batch(6, [1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    some = replace(batch(4), D=weighted.D[:4])
    assert torch.allclose(objective()(taken(state(6), range(4)), some), objective()(state(6), weighted), atol=1e-5)
    certain = torch.zeros_like(weighted.D)
    certain[:, 0] = 1
    assert objective()(state(6), replace(weighted, D=certain)).isfinite()
