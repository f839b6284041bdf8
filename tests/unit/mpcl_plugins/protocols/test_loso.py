"""Leave one subject out."""

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.loso import LOSO
from support.split_study import Trial, all_tested_once, checked, grid, study


def test_each_subject_is_tested_once_in_natural_order() -> None:
    windows = grid(subjects=11, trials=2)
    folds = checked(LOSO(), windows)
    all_tested_once(folds, windows)
    assert [fold.label for fold in folds] == [f"S{s}" for s in range(1, 12)]
    for fold in folds:
        assert set(windows.subject[fold.test]) == {fold.label}
        assert len(set(windows.subject[fold.validation])) == 2
        assert not set(windows.subject[fold.validation]) & set(windows.subject[fold.train])


def test_two_subjects() -> None:
    windows = grid(subjects=2, trials=5)
    for fold in checked(LOSO(), windows):
        assert len(set(windows.trial[fold.validation])) == 1
        assert len(fold.validation) == 4


def test_labels_of_troublesome_names() -> None:
    folds = checked(LOSO(), study(Trial(name, "t") for name in ("a/b", "a b", "..")))
    assert [fold.label for fold in folds] == ["unnamed", "a-b", "a-b-2"]


def test_too_few_subjects() -> None:
    with pytest.raises(DataError, match="'loso' needs at least 2 subjects, but the study has 1"):
        list(LOSO().split(grid(subjects=1, trials=4)))
    with pytest.raises(DataError, match="'loso' needs a subject in every window; 4 of 8"):
        list(LOSO().split(study([Trial("S1", "t"), Trial("", "t")])))
