"""Calculations on distributions: zero shares, and the capacity for distinct labels."""

import pytest
import torch

from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.distributions import distinct_distributions, kl_divergence, log_shares


def test_a_zero_share_has_a_finite_logarithm_and_no_divergence() -> None:
    D = torch.tensor([[1.0, 0.0]])
    assert log_shares(D).isfinite().all()
    assert kl_divergence(D, log_shares(D)).item() == pytest.approx(0.0)


def test_windows_of_weight_zero_give_no_distinct_distribution() -> None:
    D = torch.tensor([[0.5, 0.5], [0.2, 0.8], [0.5, 0.5]])
    labels, index = distinct_distributions(D, torch.tensor([1.0, 0.0, 2.0]), capacity=1, component="label_ce")
    assert labels.tolist() == [[0.5, 0.5]]
    assert index.tolist() == [0, 0]


def test_more_distinct_distributions_than_the_capacity_are_refused() -> None:
    with pytest.raises(DataError, match="3 distinct training labels are more than the capacity of 'label_ce', 2"):
        distinct_distributions(torch.eye(3), torch.ones(3), capacity=2, component="label_ce")
