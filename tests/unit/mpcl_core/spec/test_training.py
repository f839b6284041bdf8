"""The block ``train`` of a recipe."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from mpcl_core.spec.training import PretrainSettings, TrainSettings

COMPLETE: dict[str, Any] = {
    **{"epochs": 10, "patience": 3, "choose": "best", "inner_folds": 1, "refit": True, "batch_size": 8, "lr": 1e-3},
    **{"schedule": "constant", "weight_decay": 0.0, "clip": 1.0, "modality_dropout": 0.0, "threads": 1},
    "precision": "32",
}


def test_complete_settings_are_taken_as_they_are() -> None:
    settings = TrainSettings(**COMPLETE)
    assert {name: getattr(settings, name) for name in COMPLETE} == COMPLETE
    assert settings.pretrain is None


@pytest.mark.parametrize("name", COMPLETE)
def test_every_setting_has_to_be_stated(name: str) -> None:
    with pytest.raises(ValidationError, match="Field required"):
        TrainSettings(**{key: value for key, value in COMPLETE.items() if key != name})


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 0},
        {"lr": 0.0},
        {"lr": float("inf")},
        {"modality_dropout": 1.0},
        {"choose": "first"},
        {"precision": 32},
        {"epochs": "10"},
        {"epochs": True},
        {"speed": 1},
        {"accumulate": 0},
        {"warm_up": 1.0},
        {"min_delta": -0.1},
        {"schedule": "cosin"},
        {"loss_weights": {}},
        {"loss_weights": {"joy": 0.0}},
        {"optimizer": "SGD"},
    ],
)
def test_values_out_of_bounds_or_of_another_type_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TrainSettings(**{**COMPLETE, **change})


@pytest.mark.parametrize("change", [{"choose": "last"}, {"refit": False}])
def test_inner_folds_need_a_number_of_epochs_to_choose(change: dict[str, Any]) -> None:
    TrainSettings(**{**COMPLETE, "inner_folds": 3, "choose": "one_se"})
    with pytest.raises(ValidationError, match="inner_folds choose a number of epochs"):
        TrainSettings(**{**COMPLETE, "inner_folds": 3, **change})


def test_training_without_labels_needs_an_objective() -> None:
    assert PretrainSettings(epochs=1, lr=1e-3, objectives={"pcl": 0.0}).objectives == {"pcl": 0.0}
    with pytest.raises(ValidationError, match="at least 1 item"):
        PretrainSettings(epochs=1, lr=1e-3, objectives={})


def test_parts_and_freezing_need_a_model_to_start_from() -> None:
    start = TrainSettings(**{**COMPLETE, "from": Path("m"), "from_parts": ("head",), "freeze": ("head",)})
    assert (start.from_model, start.from_parts, start.freeze) == (Path("m"), ("head",), ("head",))
    for change in ({"from_parts": ("head",)}, {"freeze": ("head",)}, {"from_other_people": True}):
        with pytest.raises(ValidationError, match=r"need a model: state train\.from"):
            TrainSettings(**{**COMPLETE, **change})


def test_weight_decay_needs_an_optimizer_that_has_it() -> None:
    assert TrainSettings(**{**COMPLETE, "optimizer": {"use": "Rprop"}}).optimizer is not None
    with pytest.raises(ValidationError, match=r"Rprop has no weight decay: set train\.weight_decay to 0"):
        TrainSettings(**{**COMPLETE, "optimizer": {"use": "Rprop"}, "weight_decay": 0.1})


def test_one_cycle_takes_no_warm_up() -> None:
    assert TrainSettings(**{**COMPLETE, "warm_up": 0.1}).warm_up == 0.1
    with pytest.raises(ValidationError, match="one_cycle has a rise of its own: leave warm_up out"):
        TrainSettings(**{**COMPLETE, "warm_up": 0.1, "schedule": "one_cycle"})
