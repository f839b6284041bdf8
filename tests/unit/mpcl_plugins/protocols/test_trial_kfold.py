"""Whole trials in k folds."""

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.trial_kfold import TrialKFold
from support.split_study import Trial, all_tested_once, checked, grid, keys, study


def test_folds_have_equal_numbers_of_trials() -> None:
    windows = grid(subjects=1, trials=22)
    folds = checked(TrialKFold(folds=5), windows)
    all_tested_once(folds, windows)
    tested = [{trial for _, trial, _ in keys(windows, fold.test)} for fold in folds]
    assert sorted(map(len, tested)) == [4, 4, 4, 5, 5]
    for fold, held in zip(folds, tested, strict=True):
        trained, validated = ({trial for _, trial, _ in keys(windows, rows)} for rows in (fold.train, fold.validation))
        assert not held & (trained | validated)
        assert not trained & validated
        assert len(validated) == round(0.2 * (22 - len(held)))


def test_a_trial_is_one_of_a_subject() -> None:
    windows = grid(subjects=3, trials=2, windows=2)
    folds = checked(TrialKFold(folds=6), windows)
    assert [len({(subject, trial) for subject, trial, _ in keys(windows, fold.test)}) for fold in folds] == [1] * 6


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="folds is 1"):
        TrialKFold(folds=1)
    with pytest.raises(DataError, match="2 trials cannot make 3 folds"):
        list(TrialKFold(folds=3).split(grid(subjects=1, trials=2)))
    with pytest.raises(DataError, match="needs a trial in every window"):
        list(TrialKFold(folds=2).split(study([Trial("a", "t"), Trial("a", ""), Trial("a", "u")])))
