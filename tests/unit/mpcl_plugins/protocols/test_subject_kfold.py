"""Whole subjects in k folds."""

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.subject_kfold import SubjectKFold
from support.split_study import Trial, all_tested_once, checked, grid, study


def test_folds_have_equal_numbers_of_subjects() -> None:
    windows = grid(subjects=11, trials=2)
    folds = checked(SubjectKFold(folds=4), windows)
    all_tested_once(folds, windows)
    subjects = [set(windows.subject[fold.test]) for fold in folds]
    assert sorted(map(len, subjects)) == [2, 3, 3, 3]
    for fold, tested in zip(folds, subjects, strict=True):
        trained, validated = set(windows.subject[fold.train]), set(windows.subject[fold.validation])
        assert not tested & (trained | validated)
        assert not trained & validated
        assert len(validated) == 2


def test_as_many_folds_as_subjects() -> None:
    folds = checked(SubjectKFold(folds=3), grid(subjects=3, trials=2))
    assert [len(fold.test) for fold in folds] == [8, 8, 8]


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="folds is 0"):
        SubjectKFold(folds=0)
    with pytest.raises(DataError, match="2 subjects cannot make 3 folds"):
        list(SubjectKFold(folds=3).split(grid(subjects=2, trials=2)))
    with pytest.raises(DataError, match="needs a subject in every window"):
        list(SubjectKFold(folds=2).split(study([Trial("a", "t"), Trial("", "t"), Trial("b", "t")])))
