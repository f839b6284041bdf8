"""Heads start at the mean training distribution."""

import pytest
import torch

from mpcl_core.toolkit.prior_head import log_prior, near_zero, prior_classifier, start_near_zero


def test_prior_is_the_weighted_mean_distribution() -> None:
    D = torch.tensor([[0.9, 0.1], [0.5, 0.5]])
    assert torch.allclose(log_prior(D, torch.tensor([1.0, 3.0])).exp(), torch.tensor([0.6, 0.4]))


def test_prior_of_an_absent_emotion_is_finite() -> None:
    assert log_prior(torch.tensor([[1.0, 0.0]]), torch.ones(1)).isfinite().all()


def test_weights_near_zero_still_pass_gradients() -> None:
    weight = torch.empty(50, 400)
    start_near_zero(weight, width=400)
    assert 0 < weight.std() < 0.001
    layer = near_zero(torch.nn.Linear(4, 2))
    x = torch.randn(3, 4, requires_grad=True)
    layer(x).sum().backward()
    assert x.grad is not None
    assert x.grad.abs().min() > 0


def test_classifier_starts_near_zero_and_is_the_stated_map() -> None:
    torch.manual_seed(0)
    classify = prior_classifier(width=12, dim=8, n_outputs=3, dropout=0.5).eval()
    x = torch.randn(5, 12)
    norm, _, join, hidden, _, _, last = classify
    h = join(norm(x))
    torch.testing.assert_close(classify(x), last(torch.nn.functional.gelu(hidden(h))))
    assert classify(x).abs().max() < 0.1


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_classifier_drops_in_training_only(dropout: float) -> None:
    torch.manual_seed(0)
    classify = prior_classifier(width=12, dim=8, n_outputs=3, dropout=dropout)
    x = torch.randn(5, 12)
    assert torch.equal(classify(x), classify(x)) == (dropout == 0.0)
    classify.eval()
    assert torch.equal(classify(x), classify(x))
