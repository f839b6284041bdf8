"""Measuring how long networks take to train."""

import pytest

from mpcl_core.jobs.throughput import measure
from support.cohorts import folds
from support.specs import network
from support.trainers import learnable, opened


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 3])
def test_time_is_measured_for_one_network_and_for_a_cohort(n: int) -> None:
    model, train = network(), [fold.train for fold in folds()]
    found = measure(lambda: opened(model), "net", learnable(), train[:n], [(0, i) for i in range(n)], "cpu")
    assert found.seconds > 0
    assert found.mib >= 0
