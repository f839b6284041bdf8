"""A part of each subject's windows."""

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.random_windows import RandomWindows
from support.split_study import Trial, checked, grid, study


def test_a_fold_holds_one_subject() -> None:
    windows = grid(subjects=3, trials=5, windows=10)
    folds = checked(RandomWindows(), windows)
    assert [fold.label for fold in folds] == ["S1", "S2", "S3"]
    for fold in folds:
        rows = np.concatenate([fold.train, fold.validation, fold.test])
        assert set(windows.subject[rows]) == {fold.label}
        assert (len(fold.train), len(fold.validation), len(fold.test)) == (32, 8, 10)


def test_one_subject_without_a_name() -> None:
    (fold,) = checked(RandomWindows(test=0.5), study([Trial("", "t", 10)]))
    assert fold.label == "unnamed"
    assert len(fold.test) == 5


def test_bad_values() -> None:
    for test in (0.0, 1.0, -0.2):
        with pytest.raises(ValueError, match=f"test is {test}"):
            RandomWindows(test=test)
    with pytest.raises(DataError, match="subject 'b' has 2 windows, 1 of them to test"):
        list(RandomWindows().split(study([Trial("a", "t", 9), Trial("b", "t", 2)])))
