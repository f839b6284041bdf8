"""Describe folds by the names of their windows."""

from dataclasses import replace

import numpy as np

from mpcl_core.data.splits import describe_splits, hash_folds, name_folds
from mpcl_core.interfaces.data import Fold
from mpcl_plugins.protocols.loso import LOSO
from support.audit_study import fold, with_folds
from support.split_study import grid, table

WINDOWS = grid(2, 2)


def test_ranges_of_windows_have_their_side() -> None:
    (named,) = name_folds(WINDOWS, [fold(range(8, 14), range(8), validation=[14])])["folds"]
    assert named["label"] == "f"
    assert named["rows"]["S1"] == {"t1": {"0-3": "test"}, "t2": {"0-3": "test"}}
    assert named["rows"]["S2"]["t2"] == {"0-1": "train", "2": "validation", "3": "unused"}


def test_window_on_two_sides_has_both() -> None:
    (named,) = name_folds(WINDOWS, [fold([0, 1], [1, 2])])["folds"]
    assert named["rows"]["S1"]["t1"] == {"0": "train", "1": "train+test", "2": "test", "3": "unused"}


def test_windows_without_distinct_names_are_numbered_by_their_index() -> None:
    windows = table(2, 3)
    windows.window[:] = 0
    named = name_folds(windows, [fold([0, 1, 2], [3, 4, 5])])
    assert named["numbered_by"] == "row"
    assert named["folds"][0]["rows"] == {"S1": {"": {"0-2": "train"}}, "S2": {"": {"3-5": "test"}}}


def test_order_of_windows_does_not_change_the_hash() -> None:
    order = np.random.default_rng(0).permutation(len(WINDOWS))
    place = np.argsort(order)
    folds = list(LOSO().split(WINDOWS))
    moved = [Fold(place[f.train], place[f.validation], place[f.test], f.label) for f in folds]
    expected = hash_folds(name_folds(WINDOWS, folds))
    assert hash_folds(name_folds(WINDOWS.take(order), moved)) == expected
    assert hash_folds(name_folds(WINDOWS, folds[:1])) != expected


def test_splits_hold_each_study_with_its_hash() -> None:
    study = with_folds(WINDOWS, list(LOSO().split(WINDOWS)))
    (found,) = describe_splits([study])["studies"]
    assert found["variants"] == ["main"]
    assert found["split_hash"] == hash_folds(found)
    assert [one["label"] for one in found["folds"]] == [one.label for one in study.folds]


def test_unrated_windows_have_a_side_of_their_own() -> None:
    (named,) = name_folds(WINDOWS, [replace(fold(range(8, 12), range(8)), unrated=np.arange(12, 16))])["folds"]
    assert named["rows"]["S2"] == {"t1": {"0-3": "train"}, "t2": {"0-3": "unrated"}}
