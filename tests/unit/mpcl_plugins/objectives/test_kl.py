"""kl against its definition."""

import math

import pytest
import torch

from mpcl_core.interfaces.data import Batch, State
from mpcl_plugins.objectives.kl import KL
from support.gradients import gradcheck
from support.states import batch, logits, state


def kl() -> KL:
    return KL(n_outputs=5, dim=8)


def test_it_equals_the_weighted_mean_written_out() -> None:
    rows = batch(4, [1.0, 2.0, 0.0, 0.5])
    predicted = logits(4).softmax(-1)
    total = 0.0
    for i, weight in enumerate(rows.weight.tolist()):
        pairs = zip(rows.D[i].tolist(), predicted[i].tolist(), strict=True)
        total += weight * sum(d * math.log(d / p) for d, p in pairs)
    assert kl()(State({}, logits(4)), rows).item() == pytest.approx(total / 3.5, abs=1e-6)


def test_without_weight_it_is_zero_and_zeros_in_the_truth_are_finite() -> None:
    inputs = logits(2).requires_grad_()
    one_hot = Batch({}, {}, torch.eye(5)[:2], torch.ones(2))
    loss = kl()(State({}, inputs), one_hot)
    loss.backward()
    assert loss.item() == pytest.approx(-inputs.log_softmax(-1)[[0, 1], [0, 1]].mean().item(), abs=1e-6)
    assert inputs.grad is not None
    assert inputs.grad.isfinite().all()
    assert kl()(state(2), batch(2, [0.0, 0.0])).item() == 0


def test_gradients() -> None:
    rows = batch(3)
    rows.D = rows.D.double()
    assert gradcheck(kl(), lambda objective, x: objective(State({}, x), rows), logits(3))
