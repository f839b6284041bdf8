"""Ratings of all fitting subjects but a few are hidden, and their windows are on no other side."""

import numpy as np
import pytest

from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.subject_kfold import SubjectKFold
from support.split_study import checked, grid

PROTOCOLS = [LOSO(rated_subjects=3), SubjectKFold(folds=3, rated_subjects=3)]


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=["loso", "subject_kfold"])
def test_few_subjects_are_rated_and_all_others_are_unrated(protocol: Protocol) -> None:
    windows = grid(subjects=9, trials=2)
    every = set(windows.subject)
    for fold in checked(protocol, windows):
        rated = set(windows.subject[np.concatenate([fold.train, fold.validation])])
        unrated, tested = set(windows.subject[fold.unrated]), set(windows.subject[fold.test])
        assert len(rated) == 3
        assert rated | unrated | tested == every
        assert len(rated) + len(unrated) + len(tested) == len(every)
        assert len(np.unique(fold.unrated)) == len(fold.unrated)


def test_number_of_rated_subjects_does_not_change_the_test_windows() -> None:
    windows = grid(subjects=9, trials=2)
    everybody, few = (list(SubjectKFold(folds=3, rated_subjects=n).split(windows)) for n in (None, 2))
    for fold, other in zip(everybody, few, strict=True):
        assert not len(fold.unrated)
        assert set(other.test) == set(fold.test) or len(other.test) == len(fold.test)
    assert set(everybody[0].test) == set(few[0].test)


@pytest.mark.parametrize("protocol", [LOSO, SubjectKFold])
def test_too_few_rated_subjects_are_refused(protocol: type[LOSO]) -> None:
    with pytest.raises(ValueError, match="rated_subjects is 1"):
        protocol(rated_subjects=1)
    with pytest.raises(DataError, match="rated_subjects is 9, but fold"):
        list(protocol(rated_subjects=9).split(grid(subjects=9, trials=2)))
