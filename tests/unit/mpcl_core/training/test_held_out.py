"""People are held out for error bars where the folds separate them and enough of them exist."""

import numpy as np
import pytest

from mpcl_core.evaluation.error_bars import NOT_HELD_OUT
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.training.estimator_fit import EstimatorFit, estimator_fit
from mpcl_core.training.held_out import (
    NO_PEOPLE,
    HeldOut,
    calibrated,
    calibration_splits,
    held_out_from,
    join_held_out,
    predict_held_out,
)
from mpcl_core.training.inner_folds import InnerSplit
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.ridge import Ridge
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.transforms.zscore import ZScore
from support.ridge_study import study
from support.specs import block, variant_spec
from support.trainers import Unused


def split(windows: WindowSet, n_validation: int) -> InnerSplit:
    is_validation = np.isin(windows.subject, [f"s{n}" for n in range(n_validation)])
    return InnerSplit(np.flatnonzero(~is_validation), np.flatnonzero(is_validation))


@pytest.mark.parametrize(
    ("subjects", "validation", "folds", "sides"),
    [
        (8, 2, None, 0),  # too few in all
        (12, 3, None, 0),  # too few in the validation
        (12, 3, 5, 5),  # enough in all: each is held out once
        (12, 9, 1, 1),
        (12, 3, 1, 0),  # too few in the validation
        (30, 20, None, 1),
        (12, 3, 0, 0),
    ],
)
def test_sides_follow_from_the_number_of_people(subjects: int, validation: int, folds: int | None, sides: int) -> None:
    windows = study(subjects, 2)
    found = calibration_splits(windows, split(windows, validation), ErrorBarSettings(folds=folds), (0, 0))
    assert len(found) == sides
    held_out = np.concatenate([each.validation for each in found]) if sides > 1 else np.zeros(0)
    assert len(set(held_out)) == len(held_out) == (2 * subjects if sides > 1 else 0)


def test_each_person_is_predicted_by_an_estimator_that_did_not_learn_from_them() -> None:
    windows = study(12, 3)
    spec = variant_spec("mean", block(Mean), block(Unused), block(LOSO), [])
    splits = calibration_splits(windows, split(windows, 3), ErrorBarSettings(folds=5), (0, 0))
    (found,) = predict_held_out(estimator_fit(spec, windows.take(np.zeros(0, np.int64))), windows, splits)
    assert found.positions.tolist() == list(range(36))
    side = splits[1]
    expected = np.average(windows.D[side.train], axis=0, weights=windows.weight[side.train])
    assert np.allclose(found.D_pred[side.validation], expected)
    assert calibrated(windows, found, spec.error_bars, split(windows, 3)).people == 12


def test_estimators_share_one_fit_of_the_transforms_on_each_side(monkeypatch: pytest.MonkeyPatch) -> None:
    windows, fits = study(6, 3), []
    fit = ZScore.fit_transform
    monkeypatch.setattr(ZScore, "fit_transform", lambda self, fitting: fits.append(len(fitting)) or fit(self, fitting))
    side = split(windows, 2)
    mean, ridge, zscore = block(Mean), block(Ridge), block(ZScore, scope="train")
    both = predict_held_out(EstimatorFit([mean, ridge], [zscore], None, None), windows, [side])
    assert fits == [len(side.train)]
    for found, estimator in zip(both, (mean, ridge), strict=True):
        (alone,) = predict_held_out(EstimatorFit([estimator], [zscore], None, None), windows, [side])
        assert np.array_equal(found.D_pred, alone.D_pred)


def test_error_bars_are_missing_with_a_reason() -> None:
    windows = study(12, 2)
    settings = ErrorBarSettings()
    assert calibrated(windows, None, settings, split(windows, 3)).reason == NOT_HELD_OUT
    half = HeldOut(np.arange(0, 24, 2), windows.D[::2])  # every person on both sides
    assert calibrated(windows, half, settings, split(windows, 3)).reason == NO_PEOPLE
    some = study(6, 2)
    expected = "the training windows are of 6 people, but a coverage of 0.9 needs at least 9"
    assert calibrated(some, None, settings, split(some, 2)).reason == expected
    mixed = InnerSplit(np.arange(0, 24, 2), np.arange(1, 24, 2))
    assert calibrated(windows, None, settings, mixed).reason == NO_PEOPLE
    few = HeldOut(np.arange(4), windows.D[:4])
    assert calibrated(windows, few, settings, split(windows, 3)).reason.startswith("2 people were held out")


def test_windows_without_weight_do_not_calibrate() -> None:
    windows = study(10, 2)
    windows.weight[:2] = 0
    found = calibrated(windows, HeldOut(np.arange(20), windows.D), ErrorBarSettings(), split(windows, 3))
    assert (found.people, found.radius) == (9, 0)


def test_sides_are_joined_by_position_and_restored_from_a_checkpoint() -> None:
    joined = join_held_out(
        [HeldOut(np.array([3, 1]), np.array([[0.3], [0.1]])), HeldOut(np.array([2]), np.array([[0.2]]))]
    )
    assert joined.positions.tolist() == [1, 2, 3]
    restored = held_out_from(joined.state_dict())
    assert restored is not None
    assert restored.D_pred.tolist() == [[0.1], [0.2], [0.3]]
    assert held_out_from(None) is None
