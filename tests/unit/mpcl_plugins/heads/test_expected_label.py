"""expected_label against its equation, and its start at the training mean."""

import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.heads.expected_label import ExpectedLabel
from support.gradients import gradcheck
from support.states import D, K, distributions, state

STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", False))
LABELS = distributions(3)
TRUTH = LABELS[[0, 1, 1, 2, 0, 1]]
WEIGHT = torch.tensor([1.0, 2.0, 1.0, 0.0, 1.0, 3.0])


def head(capacity: int = 6, observed: bool = True) -> ExpectedLabel:
    torch.manual_seed(0)
    made = ExpectedLabel(streams=STREAMS, n_outputs=K, dim=D, valence=None, capacity=capacity, hidden=7).eval()
    if observed:
        made.observe(TRUTH, WEIGHT)
    return made


def streams(n: int = 3) -> dict[str, StreamState]:
    made = state(n).streams
    plain = made["behavioural"]
    return {**made, "behavioural": StreamState({}, plain.z, plain.present)}


def test_it_starts_at_the_weighted_training_mean() -> None:
    mean = (WEIGHT.unsqueeze(-1) * TRUTH).sum(0) / WEIGHT.sum()
    assert torch.allclose(head()(streams())[0].softmax(-1), mean.expand(3, K), atol=0.01)


def test_it_is_the_expectation_over_the_training_labels() -> None:
    made, inputs = head(), streams()
    with torch.no_grad():
        made.last.weight.normal_()
    logits, aux = made(inputs)
    enriched = inputs["physiological"].enriched
    assert enriched is not None
    h = made.join(torch.cat([inputs["physiological"].z, enriched, inputs["behavioural"].z], -1))
    free = made.last(torch.nn.functional.gelu(h))
    places = [made.labels.tolist().index(LABELS[j].tolist()) for j in (0, 1)]
    shares = torch.tensor([2.0, 6.0]) * free[:, places].exp()
    expected = shares / shares.sum(-1, keepdim=True) @ LABELS[:2]
    assert torch.allclose(logits.softmax(-1), expected, atol=1e-5)
    assert torch.allclose(logits.exp().sum(-1), torch.ones(3), atol=1e-5)
    assert aux["label_logits"].shape == (3, 6)


def test_a_window_of_weight_zero_gives_no_label() -> None:
    assert not any(torch.allclose(row, LABELS[2]) for row in head().labels)


def test_more_labels_than_the_capacity_are_refused() -> None:
    with pytest.raises(DataError, match="5 distinct training labels are more than the capacity of 'expected_label', 4"):
        head(4, observed=False).observe(distributions(5), torch.ones(5))


def test_gradients() -> None:
    inputs = streams(2)
    available = inputs["behavioural"].present

    def call(made: ExpectedLabel, z: Tensor, enriched: Tensor, other: Tensor) -> Tensor:
        first = StreamState({}, z, available, enriched=enriched)
        return made({"physiological": first, "behavioural": StreamState({}, other, available)})[0]  # type: ignore[no-any-return]

    enriched = inputs["physiological"].enriched
    assert enriched is not None
    assert gradcheck(head(), call, inputs["physiological"].z, enriched, inputs["behavioural"].z)
