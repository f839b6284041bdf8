"""Folds whose weights leave nothing to score are rejected before anything is trained."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.data.fold_weights import check_fold_weights, check_unrated
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.sources.simulated import Simulated
from support.split_study import Trial, study

SUBJECTS = [Trial(f"S{s}", f"t{t}", 2) for s in range(6) for t in range(2)]


def without_weight(*indices: int) -> WindowSet:
    windows = study(SUBJECTS)
    weight = np.ones(len(windows))
    weight[list(indices)] = 0
    return replace(windows, weight=weight)


def fold(train: range, validation: range, test: range) -> Fold:
    return Fold(*(np.array(side) for side in (train, validation, test)), "one")


def test_fold_that_tests_a_subject_without_weight_is_rejected_with_its_name() -> None:
    windows = without_weight(0, 1, 2, 3)
    with pytest.raises(DataError, match="weight: all windows of subject 'S0' have weight 0, so fold 'one' cannot be"):
        check_fold_weights(windows, fold(range(8, 24), range(4, 8), range(4)))
    check_fold_weights(windows, fold(range(8), range(8, 12), range(12, 24)))


def test_subject_whose_test_windows_alone_have_no_weight_is_rejected() -> None:
    with pytest.raises(DataError, match="all test windows of subject 'S0' have weight 0"):
        check_fold_weights(without_weight(0, 1), fold(range(2, 12), range(12, 24), range(2)))


@pytest.mark.parametrize(("side", "windows"), [("training", range(4)), ("validation", range(4, 8))])
def test_side_without_weight_is_rejected(side: str, windows: range) -> None:
    with pytest.raises(DataError, match=f"all {side} windows of fold 'one' have weight 0"):
        check_fold_weights(without_weight(*windows), fold(range(4), range(4, 8), range(8, 24)))


def test_folds_of_a_protocol_validate_on_windows_with_a_weight() -> None:
    windows = without_weight(*range(12))
    for seed in range(10):
        for each in LOSO(seed=seed).split(windows):
            assert windows.weight[each.validation].all()
            assert windows.weight[each.train].any()


class Weighted(Simulated):
    """Simulate recordings of one weight."""

    name = "weighted"
    value = 1.0

    def load(self):  # noqa: ANN201
        return (replace(recording, weight=self.value) for recording in super().load())


@pytest.mark.parametrize(
    ("value", "message"), [(-1.0, "weight, row 0: -0.5 is not a weight"), (0.0, "weight: all windows have weight 0")]
)
def test_weights_of_a_source_are_checked_before_they_are_scaled(
    value: float, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mpcl_plugins.transforms.window import Window

    monkeypatch.setattr(Weighted, "value", value)
    with pytest.raises(DataError, match=message):
        prepare(Weighted(subjects=2, trials=1, seconds=8.0), [Window(length=4.0, hop=4.0)])


def test_unrated_windows_that_are_on_another_side_too_are_rejected() -> None:
    good = replace(fold(range(4), range(4, 8), range(8, 12)), unrated=np.arange(12, 20))
    check_unrated(good)
    with pytest.raises(DataError, match="2 windows of fold 'one' are unrated and on another side too"):
        check_unrated(replace(good, unrated=np.arange(10, 20)))
