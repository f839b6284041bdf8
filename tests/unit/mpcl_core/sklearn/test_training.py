"""Windows that choose the number of epochs are those of other subjects, and have weights."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.recipe.load import load
from mpcl_core.sklearn.table import from_array
from mpcl_core.sklearn.training import predict_windows, train_variant
from support.paths import ROOT

SPEC = variant_specs(load(ROOT / "tests" / "support" / "features.yaml"))["main"]


class StopError(Exception):
    """Stop before the network is trained."""


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> list[tuple[WindowSet, WindowSet]]:
    seen: list[tuple[WindowSet, WindowSet]] = []

    def fit(self: object, windows: WindowSet, train: np.ndarray, validation: np.ndarray) -> None:
        assert len(train) + len(validation) == len(windows)
        seen.append((windows.take(train), windows.take(validation)))
        raise StopError

    monkeypatch.setattr("mpcl_core.training.trainer.Trainer.fit", fit)
    return seen


def windows_of(groups: Any, weight: np.ndarray | None = None) -> WindowSet:
    rng = np.random.default_rng(0)
    n = len(groups)
    x, D = rng.normal(size=(n, 6)).astype(np.float32), rng.dirichlet(np.ones(3), n)
    weight = np.ones(n) if weight is None else weight
    return from_array(x, D, [Modality("eeg", 1, 6)], np.asarray(groups).astype(str), weight, ("a", "b", "c"))


def split(windows: WindowSet, seed: int = 0) -> None:
    with pytest.raises(StopError):
        train_variant(SPEC, windows, seed, "cpu")


def test_validation_does_not_divide_subjects(sides: list[tuple[WindowSet, WindowSet]]) -> None:
    split(windows_of(np.repeat(range(5), 4)))
    ((train, validation),) = sides
    assert (len(set(train.subject)), len(set(validation.subject))) == (4, 1)
    assert not set(train.subject) & set(validation.subject)


def test_windows_of_one_subject_are_divided(sides: list[tuple[WindowSet, WindowSet]]) -> None:
    split(windows_of([""] * 10))
    assert [len(side) for side in sides[0]] == [8, 2]


def test_subjects_without_weight_are_not_held_out(sides: list[tuple[WindowSet, WindowSet]]) -> None:
    groups = np.repeat(range(5), 4)
    windows = windows_of(groups, np.where(groups < 3, 0.0, 1.0))
    for seed in range(8):
        split(windows, seed)
    assert all(train.weight.any() for train, _ in sides)
    assert {name for _, validation in sides for name in validation.subject} == {"3", "4"}


def test_one_weighted_window_cannot_be_divided() -> None:
    with pytest.raises(ValueError, match="only one window has a weight"):
        train_variant(SPEC, windows_of(range(4), np.r_[1.0, np.zeros(3)]), 0, "cpu")


def test_estimator_of_a_recipe_is_fitted_and_predicts() -> None:
    recipe = {"extends": "described", "variants": {"mean": {"estimator": {"use": "mean"}}}}
    spec = replace(variant_specs(load(recipe))["mean"], transforms=())
    windows = windows_of(np.repeat(range(5), 4))
    trained, transforms = train_variant(spec, windows, 0, "cpu")
    D_pred = predict_windows(trained, transforms, windows.take(np.arange(2)))
    np.testing.assert_allclose(D_pred, np.tile(windows.D.mean(axis=0), (2, 1)))
