"""Rows as numbers: natural order, unknown names, and independence of the rows' order."""

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.window_keys import natural_order, require_column, window_keys
from support.split_study import Trial, grid, study


def test_names_with_numbers_sort_as_people_do() -> None:
    names = ["S10", "S2", "S1", "10", "9", "a1b10", "a1b9", "S02", "", "s1"]
    assert sorted(names, key=natural_order) == ["", "9", "10", "S1", "S02", "S2", "S10", "a1b9", "a1b10", "s1"]


def test_subjects_and_trials_are_numbered_in_natural_order() -> None:
    keys = window_keys(study([Trial("S10", "t1", 1), Trial("S2", "t10", 1), Trial("S2", "t9", 2)]))
    assert keys.subjects == ("S2", "S10")
    assert keys.subject.tolist() == [1, 0, 0, 0]
    assert np.argsort(keys.trial, kind="stable").tolist() == [2, 3, 1, 0]
    assert len(set(keys.trial.tolist())) == 3
    assert keys.window.tolist() == [3, 2, 0, 1]


def test_unknown_names_have_no_number() -> None:
    keys = window_keys(study([Trial("", "t1", 1), Trial("b", "", 1), Trial("a", "t1", 1)]))
    assert keys.subjects == ("a", "b")
    assert keys.subject.tolist() == [-1, 1, 0]
    assert (keys.trial == -1).tolist() == [False, True, False]
    assert keys.trial[0] != keys.trial[2]
    assert [(name, rows.tolist()) for name, rows in keys.by_subject()] == [("", [0]), ("a", [2]), ("b", [1])]


def test_windows_keep_their_place_when_they_are_moved() -> None:
    windows = grid(subjects=3, trials=4, windows=3)
    order = np.random.default_rng(0).permutation(len(windows))
    np.testing.assert_array_equal(window_keys(windows.take(order)).window, window_keys(windows).window[order])
    assert sorted(window_keys(windows).window.tolist()) == list(range(len(windows)))


def test_windows_with_equal_names_keep_their_order() -> None:
    assert window_keys(study([Trial("a", "", 1)] * 5)).window.tolist() == [0, 1, 2, 3, 4]


def test_others_and_in_order() -> None:
    keys = window_keys(study([Trial("b", "t", 2), Trial("a", "t", 2)]))
    assert keys.others(np.array([1, 3])).tolist() == [0, 2]
    assert keys.in_order(np.array([0, 1, 3])).tolist() == [3, 0, 1]


def test_a_missing_name_is_an_error_with_its_place() -> None:
    windows = study([Trial("a", "t", 3), Trial("", "t", 2)])
    require_column(windows, "trial", "loso")
    with pytest.raises(DataError, match="'loso' needs a subject in every window; 2 of 5 windows have none") as error:
        require_column(windows, "subject", "loso")
    assert (error.value.field, error.value.row) == ("subject", 3)


@pytest.mark.slow
def test_a_hundred_thousand_windows() -> None:
    windows = grid(subjects=50, trials=20, windows=100)
    keys = window_keys(windows)
    assert len(keys.subjects) == 50
    assert len(np.unique(keys.trial)) == 1000
    np.testing.assert_array_equal(keys.window[:100], np.arange(100))
