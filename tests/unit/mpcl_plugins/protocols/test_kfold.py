"""Rows in k folds."""

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.kfold import KFold
from support.split_study import Trial, all_tested_once, checked, study, table


@pytest.mark.parametrize("folds", [2, 3, 7])
def test_folds_of_equal_size(folds: int) -> None:
    windows = table(subjects=2, rows=25)
    found = checked(KFold(folds=folds), windows)
    all_tested_once(found, windows)
    assert [fold.label for fold in found] == [f"fold-{i + 1}" for i in range(folds)]
    sizes = [len(fold.test) for fold in found]
    assert max(sizes) - min(sizes) <= 1
    for fold in found:
        assert len(fold.validation) == round(0.2 * (50 - len(fold.test)))


def test_windows_are_shuffled() -> None:
    first = next(KFold(folds=5).split(table(subjects=1, rows=100)))
    assert len(first.test) == 20
    assert first.test.max() > 50


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="folds is 1"):
        KFold(folds=1)
    with pytest.raises(DataError, match="4 windows cannot make 5 folds"):
        list(KFold(folds=5).split(study([Trial("S1", "", 4)])))
    with pytest.raises(DataError, match="'fold-1' has 1 windows"):
        list(KFold(folds=2).split(study([Trial("S1", "", 2)])))
