"""anchor against its definition."""

import math

import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.data import State, StreamState
from mpcl_plugins.objectives.anchor import Anchor
from support.gradients import gradcheck
from support.states import batch, state, stream, taken


def anchor() -> Anchor:
    return Anchor(n_outputs=5, dim=8)


def test_it_equals_the_divergence_written_out() -> None:
    inputs, rows = state(3, per_emotion=2), batch(3, [1.0, 0.0, 3.0])
    inputs.streams["behavioural"].present = torch.tensor([True, True, False])
    expected = 0.0
    for name, weights in (("physiological", [0.25, 0.0, 0.75]), ("behavioural", [1.0, 0.0, 0.0])):
        alpha = inputs.streams[name].weights
        assert alpha is not None
        for i, weight in enumerate(weights):
            pairs = zip(rows.D[i].tolist(), alpha[i].sum(-1).tolist(), strict=True)
            expected += weight * sum(d * math.log(d / a) for d, a in pairs)
    assert anchor()(inputs, rows).item() == pytest.approx(expected, abs=1e-5)


def test_it_is_zero_exactly_where_the_weights_are_the_labels() -> None:
    inputs, rows = state(3, names=("only",)), batch(3)
    assert anchor()(inputs, rows).item() > 0.01
    inputs.streams["only"].weights = rows.D.unsqueeze(-1)
    assert anchor()(inputs, rows).item() == pytest.approx(0, abs=1e-6)


def test_streams_without_a_memory_are_skipped() -> None:
    inputs, rows = state(3), batch(3)
    plain = StreamState({}, torch.zeros(3, 8), torch.ones(3, dtype=torch.bool))
    more = State({**inputs.streams, "plain": plain}, inputs.logits)
    assert torch.equal(anchor()(inputs, rows), anchor()(more, rows))


def test_weights_of_zero_are_finite() -> None:
    inputs, rows = state(2, names=("only",)), batch(2)
    weights = torch.zeros(2, 5, 1).requires_grad_()
    inputs.streams["only"].weights = weights
    loss = anchor()(inputs, rows)
    loss.backward()
    assert loss.isfinite()
    assert weights.grad is not None
    assert weights.grad.isfinite().all()


def test_the_order_of_windows_does_not_matter() -> None:
    inputs, rows = state(3), batch(3)
    mixed = taken(inputs, [2, 0, 1])
    rows_mixed = batch(3)
    rows_mixed.D = rows.D[[2, 0, 1]]
    assert torch.allclose(anchor()(inputs, rows), anchor()(mixed, rows_mixed))


def test_gradients() -> None:
    rows = batch(3, [1.0, 0.5, 0.0])
    rows.D, rows.weight = rows.D.double(), rows.weight.double()

    def call(objective: Anchor, scores: Tensor) -> Tensor:
        made = stream(3, seed=0)
        made.weights = scores.softmax(-1).unsqueeze(-1)
        return objective(State({"only": made}, scores), rows)  # type: ignore[no-any-return]

    assert gradcheck(anchor(), call, torch.randn(3, 5))
