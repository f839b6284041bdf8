"""The windows of a job: which side each is on, and what of it a component can read."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mpcl_core.jobs.job_windows import JobWindows
from support.trainers import FOLD, learnable

PARTLY_RATED = replace(FOLD, train=FOLD.train[:40], unrated=FOLD.train[40:])


@pytest.mark.parametrize("shares_fits", [True, False])
def test_sides_are_those_of_the_fold(shares_fits: bool) -> None:
    windows = learnable()
    own = JobWindows(windows, PARTLY_RATED, torch.device("cpu"), uses_signals=True, shares_fits=shares_fits)
    fitting = own.fitting.windows()
    for positions, side in zip(own.sides, (PARTLY_RATED.train, PARTLY_RATED.validation), strict=True):
        assert np.array_equal(fitting.X["face"][positions], windows.X["face"][side])
    assert np.array_equal(own.unrated.X["face"], windows.X["face"][PARTLY_RATED.unrated])
    assert np.isnan(own.unrated.D).all()
    assert np.array_equal(own.test.X["face"], windows.X["face"][FOLD.test])


def test_labels_of_test_windows_are_copied_before_anything_can_change_them() -> None:
    windows = learnable()
    own = JobWindows(windows, FOLD, torch.device("cpu"), uses_signals=True, shares_fits=True)
    before = windows.D[FOLD.test]
    windows.D[:] = 1 / windows.D.shape[1]
    assert np.array_equal(own.test.D, before)


def test_estimator_of_labels_gets_no_signals() -> None:
    windows = learnable()
    own = JobWindows(windows, FOLD, torch.device("cpu"), uses_signals=False, shares_fits=True)
    assert own.modalities == windows.modalities
    assert not any(part.X or part.modalities for part in (own.fitting.windows(), own.test, own.unrated))
