"""The mean of a batch, which is subtracted from its embeddings."""

import torch

from mpcl_plugins.objectives._centring import centred


def test_weighted_mean_of_a_batch_becomes_zero() -> None:
    z, weight = torch.tensor([[1.0, 4.0], [3.0, 0.0], [9.0, 9.0]]), torch.tensor([1.0, 3.0, 0.0])
    assert torch.allclose(weight @ centred(z, weight), torch.zeros(2))
    assert torch.allclose(centred(z, weight)[0], torch.tensor([-1.5, 3.0]))


def test_without_a_window_that_counts_nothing_is_subtracted() -> None:
    z = torch.tensor([[1.0, 4.0]])
    assert torch.equal(centred(z, torch.zeros(1)), z)
