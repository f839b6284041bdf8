"""The losses for plain torch are those of the components."""

import torch

from mpcl_core import losses
from mpcl_core.toolkit import losses as toolkit


def test_losses_are_those_of_the_toolkit() -> None:
    assert {name: getattr(losses, name) for name in losses.__all__} == {
        "kl": toolkit.kl,
        "pcl": toolkit.pcl,
        "prd": toolkit.prd,
    }


def test_divergence_of_equal_distributions_is_zero_and_has_a_gradient() -> None:
    D = torch.tensor([[0.2, 0.3, 0.5]])
    torch.testing.assert_close(losses.kl(D, D.log()), torch.tensor(0.0))
    logits = torch.zeros(1, 3, requires_grad=True)
    losses.kl(D, logits).backward()
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad, torch.full((1, 3), 1 / 3) - D)
