"""label_ce against its definition."""

import math

import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.data import Batch, State
from mpcl_core.interfaces.errors import DataError, PluginError
from mpcl_plugins.objectives.label_ce import LabelCE
from support.gradients import gradcheck
from support.states import K, batch, distributions, logits, state, taken

LABELS = distributions(4)


def rows_of(*labels: int, weight: list[float] | None = None) -> Batch:
    made = batch(len(labels), weight)
    made.D = LABELS[list(labels)]
    return made


def label_ce(tau: float = 0.1, capacity: int = 7) -> LabelCE:
    made = LabelCE(n_outputs=K, dim=8, tau=tau, capacity=capacity)
    made.observe(torch.cat([LABELS, LABELS[:2]]), torch.ones(6))
    return made


def test_it_equals_the_cross_entropy_written_out() -> None:
    rows, inputs = rows_of(0, 1, 2, weight=[1.0, 0.0, 3.0]), State({}, logits(3))
    expected = 0.0
    for i, weight in ((0, 0.25), (2, 0.75)):
        p = inputs.logits[i].softmax(-1).tolist()
        scores = [-sum(d * math.log(d / q) for d, q in zip(label, p, strict=True)) / 0.1 for label in LABELS.tolist()]
        expected -= weight * (scores[i] - math.log(sum(map(math.exp, scores))))
    assert label_ce()(inputs, rows).item() == pytest.approx(expected, rel=1e-4)


def test_the_true_distribution_has_the_lowest_loss_and_a_small_tau_sharpens_it() -> None:
    rows = rows_of(0, 1, 2, 3)
    right, wrong = State({}, LABELS.log()), State({}, LABELS.flip(0).log())
    assert label_ce(0.001)(right, rows).item() < 1e-3
    assert label_ce()(right, rows) < label_ce()(wrong, rows)


def test_of_head_uses_the_classifier_of_the_head() -> None:
    scores = torch.randn(4, 4)
    inputs = State({}, logits(4), {"label_logits": scores, "labels": LABELS})
    made = LabelCE(n_outputs=K, dim=8, of="head")
    expected = torch.nn.functional.cross_entropy(scores, torch.arange(4))
    assert torch.allclose(made(inputs, rows_of(0, 1, 2, 3)), expected)


def test_a_head_without_a_classifier_is_refused() -> None:
    with pytest.raises(PluginError, match="needs label_logits, labels, which this head does not return"):
        LabelCE(n_outputs=K, dim=8, of="head")(state(2), batch(2))


def test_windows_of_weight_zero_give_no_labels() -> None:
    made = LabelCE(n_outputs=K, dim=8, capacity=3)
    made.observe(LABELS, torch.tensor([1.0, 0.0, 1.0, 1.0]))
    assert made.known.all()
    assert not any(torch.allclose(row, LABELS[1]) for row in made.labels)


def test_more_labels_than_the_capacity_are_refused() -> None:
    with pytest.raises(DataError, match="4 distinct training labels are more than the capacity of 'label_ce', 3"):
        label_ce(capacity=3)


def test_the_order_of_windows_does_not_matter() -> None:
    inputs, rows, mixed = state(3), rows_of(0, 1, 2), rows_of(2, 0, 1)
    assert torch.allclose(label_ce()(inputs, rows), label_ce()(taken(inputs, [2, 0, 1]), mixed))


def test_an_unknown_label_counts_as_the_nearest_known_one() -> None:
    rows = rows_of(0, 1, 2)
    rows.D = torch.full((3, K), 1.0 / K)
    assert label_ce()(State({}, logits(3)), rows) < 1e4


def test_gradients() -> None:
    rows = rows_of(0, 1, 2, weight=[1.0, 0.5, 0.0])
    rows.D, rows.weight = rows.D.double(), rows.weight.double()

    def call(objective: LabelCE, scores: Tensor) -> Tensor:
        return objective(State({}, scores), rows)  # type: ignore[no-any-return]

    assert gradcheck(label_ce(), call, logits(3))
