"""Changes of the process by a plugin are reported and undone."""

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.isolation.process_state import preserve_process_state


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: torch.set_default_dtype(torch.float64), "torch's default dtype went from torch.float32"),
        (lambda: torch.manual_seed(12345), "torch's seed"),
        (lambda: random.seed(1), r"random.seed\(\) was called"),
        (lambda: np.random.seed(1), r"numpy.random.seed\(\) was called"),  # noqa: NPY002
    ],
    ids=["dtype", "torch seed", "random seed", "numpy seed"],
)
def test_a_change_is_reported_and_undone(change: Callable[[], object], message: str) -> None:
    states = random.getstate(), torch.get_rng_state()
    with pytest.raises(PluginError, match=message), preserve_process_state("using 'bad'"):
        change()
    assert torch.get_default_dtype() == torch.float32
    assert random.getstate() == states[0]
    assert torch.equal(torch.get_rng_state(), states[1])


def test_random_numbers_may_be_drawn() -> None:
    with preserve_process_state("using 'good'"):
        torch.randn(3)
        random.random()
