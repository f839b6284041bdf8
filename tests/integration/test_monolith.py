"""Compare the complete model, built by the engine, with the same equations written as one module by hand."""

import pytest
import torch

from monolith import Monolith, complete_model


@pytest.mark.slow
@pytest.mark.parametrize("dim", [16, 32])
def test_loss_and_gradients_equal_the_monolith(dim: int) -> None:
    learner, batch = complete_model(dim)
    monolith = Monolith(learner)
    loss = learner(batch)[1]["loss"]
    other = monolith(batch)
    assert torch.allclose(loss, other, atol=1e-5)
    loss.backward()
    other.backward()
    for name, parameter in learner.named_parameters():
        gradient = monolith.get_parameter(monolith.names[name]).grad
        assert parameter.grad is not None, name
        assert torch.allclose(parameter.grad, gradient, atol=1e-5), name
        assert parameter.grad.any(), f"no gradient reaches {name}"
