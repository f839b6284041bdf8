"""Random states of jobs, and settings of the process."""

import os
import random
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from mpcl_core.training.randomness import RandomState, deterministic


def draw() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(()))  # noqa: NPY002


def test_state_continues_where_it_was_left_whatever_is_drawn_in_between() -> None:
    with RandomState(3, 1):
        expected = [draw(), draw()]
    state, actual = RandomState(3, 1), []
    for _ in range(2):
        with state:
            actual.append(draw())
        draw()
    assert actual == expected


def test_global_generators_are_restored() -> None:
    torch.manual_seed(0)
    before = random.getstate(), torch.get_rng_state()
    with RandomState(0):
        draw()
    assert random.getstate() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])


def test_state_survives_a_checkpoint() -> None:
    state, other = RandomState(0), RandomState(1)
    with state:
        draw()
    other.load_state_dict(state.state_dict())
    with state:
        expected = draw()
    with other:
        assert draw() == expected


def test_settings_that_a_job_changes_are_restored(tmp_path: Path) -> None:
    before = torch.get_num_threads(), torch.get_default_dtype(), Path.cwd()
    with deterministic(1):
        assert torch.get_num_threads() == 1
        assert torch.get_deterministic_debug_mode() == 1
        torch.set_default_dtype(torch.float64)
        os.chdir(tmp_path)
    assert (torch.get_num_threads(), torch.get_default_dtype(), Path.cwd()) == before


def numpy_threads() -> set[int]:
    """Return the numbers of threads of the libraries that compute products for numpy."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_numpy_uses_as_many_threads_as_the_job_states() -> None:
    with threadpool_limits(2, "blas"):
        before = numpy_threads()
        with deterministic(1):
            assert numpy_threads() == {1}
        assert numpy_threads() == before
