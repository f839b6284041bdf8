"""The first part of each trial is learned from, the rest tested."""

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.within_trial import WithinTrial
from support.split_study import Trial, checked, grid, keys, study


def test_the_last_fifth_of_every_trial_is_tested() -> None:
    windows = study(Trial(subject, f"t{t}", 10) for subject in ("S2", "S10") for t in range(3))
    folds = checked(WithinTrial(), windows)
    assert [fold.label for fold in folds] == ["S2", "S10"]
    for fold in folds:
        assert keys(windows, fold.test) == {(fold.label, f"t{t}", w) for t in range(3) for w in (8, 9)}
        assert keys(windows, np.concatenate([fold.train, fold.validation])) == {
            (fold.label, f"t{t}", w) for t in range(3) for w in range(8)
        }


def test_the_last_windows_are_found_by_number() -> None:
    windows = study([Trial("S1", "a", 5), Trial("S1", "b", 5)])
    moved = windows.take(np.random.default_rng(0).permutation(10))
    (fold,) = checked(WithinTrial(), moved)
    assert keys(moved, fold.test) == {("S1", "a", 4), ("S1", "b", 4)}


@pytest.mark.parametrize(("n", "share", "tested"), [(2, 0.01, 1), (2, 0.99, 1), (7, 0.2, 1), (8, 0.2, 2), (4, 0.5, 2)])
def test_the_held_out_number_of_windows(n: int, share: float, tested: int) -> None:
    (fold,) = checked(WithinTrial(test=share), study([Trial("S1", "a", n), Trial("S1", "b", n)]))
    assert len(fold.test) == 2 * tested


def test_a_single_window_is_learned_from() -> None:
    windows = study([Trial("S1", "a", 1), Trial("S1", "b", 4)])
    (fold,) = checked(WithinTrial(), windows)
    assert keys(windows, fold.test) == {("S1", "b", 3)}


def test_studies_that_cannot_be_split_are_refused() -> None:
    with pytest.raises(DataError, match="no trial of subject 'S1' has 2 windows"):
        list(WithinTrial().split(grid(subjects=1, trials=3, windows=1)))
    with pytest.raises(DataError, match="'within_trial' needs a trial in every window"):
        list(WithinTrial().split(study([Trial("S1", "", 4)])))
    with pytest.raises(ValueError, match=r"test is 1\.0"):
        WithinTrial(test=1.0)
