"""Leave one subject out, with its first trials to learn from."""

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.loso_calibrated import LOSOCalibrated
from support.split_study import Trial, checked, grid, study


@pytest.mark.parametrize("trials", [1, 2, 4])
def test_the_first_trials_are_training_windows(trials: int) -> None:
    windows = grid(subjects=4, trials=5)
    for seed in range(5):
        for fold in checked(LOSOCalibrated(trials=trials, seed=seed), windows):
            mine = windows.subject == fold.label
            first = mine & np.isin(windows.trial, [f"t{t}" for t in range(1, trials + 1)])
            assert set(np.flatnonzero(first)) <= set(fold.train.tolist())
            assert set(np.flatnonzero(mine & ~first)) == set(fold.test.tolist())
            assert len(fold.validation) == round(0.2 * 15) * 4
            assert fold.label not in windows.subject[fold.validation]


def test_the_first_trials_are_those_that_appear_first() -> None:
    trials = [Trial("a", "z", 2), Trial("b", "t2", 2), Trial("a", "c", 2), Trial("b", "t1", 2)]
    folds = checked(LOSOCalibrated(), study(trials))
    assert [fold.test.tolist() for fold in folds] == [[4, 5], [6, 7]]


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="trials is 0"):
        LOSOCalibrated(trials=0)
    with pytest.raises(DataError, match="subject 'S1' has 3 trials, but 3 to calibrate and 1 to test"):
        list(LOSOCalibrated(trials=3).split(grid(subjects=2, trials=3)))
    with pytest.raises(DataError, match="at least 2 subjects"):
        list(LOSOCalibrated().split(grid(subjects=1, trials=3)))
    for trials, message in (
        ([Trial("a", "t"), Trial("b", "")], "needs a trial in every window"),
        ([Trial("a", "t"), Trial("", "t")], "needs a subject in every window"),
    ):
        with pytest.raises(DataError, match=message):
            list(LOSOCalibrated().split(study(trials)))
