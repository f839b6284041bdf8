"""The rate of a running mean over training steps."""

import pytest
import torch

from mpcl_plugins.memories._running_mean import next_rate


def test_first_step_takes_the_mean_of_its_batch_and_later_ones_average() -> None:
    mean, steps, values = torch.zeros(()), torch.zeros(()), [1.0, 2.0, 4.0]
    for value in values:
        steps, rate = next_rate(steps, torch.ones(2), 0.5)
        mean = torch.lerp(mean, torch.tensor(value), rate)
    assert mean.item() == pytest.approx((0.25 * 1.0 + 0.5 * 2.0 + 4.0) / 1.75)
    assert steps == 3


def test_batch_that_counts_nothing_is_no_step() -> None:
    assert next_rate(torch.tensor(4.0), torch.zeros(2), 0.9)[0] == 4
