"""Predictions are explained by occlusion; what is absent or constant changes nothing."""

from dataclasses import replace

import numpy as np

from mpcl_core.model.explain import explain
from mpcl_core.model.stream_values import stream_values
from mpcl_core.model.training_trials import TrainingTrials
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.transforms.zscore import ZScore
from support.small_models import new_person, small_model


def test_modality_that_is_absent_changes_nothing() -> None:
    model, windows = small_model([ZScore()]), new_person()
    explained = explain(model, windows, parts=4, trials=3)
    for name, change in explained.by_modality.items():
        is_present = windows.present[name]
        assert not change[~is_present].any()
        assert (np.abs(change[is_present]).sum(1) > 0).all()
    assert explained.by_time.shape == (12, 4, 5)
    assert {name: weights.shape for name, weights in explained.prototypes.items()} == {
        "physiological": (12, 5, 1),
        "behavioural": (12, 5, 1),
    }
    assert explained.nearest is None


def test_constant_part_of_a_signal_changes_nothing() -> None:
    model, windows = small_model(), new_person()
    windows.X["eeg"][:, :, :16] = windows.X["eeg"][:, :, 16:].mean(2, keepdims=True)
    windows.X["gsr"][:, :, :4] = windows.X["gsr"][:, :, 4:].mean(2, keepdims=True)
    by_time = explain(model, windows, parts=4, trials=3).by_time
    assert np.abs(by_time[:, 0]).max() < 1e-6 < np.abs(by_time[:, 1:]).max()


def test_nearest_trial_of_a_training_window_is_its_own() -> None:
    model, windows = small_model(), new_person(10)
    z = stream_values(model.trained, windows, lambda stream: stream.z)  # type: ignore[arg-type]
    windows.trial = np.arange(10).astype(str)
    named = replace(model, trials=TrainingTrials.of(windows, z))
    nearest = explain(named, windows, parts=1, trials=1).nearest
    assert nearest is not None
    assert all(trials[0].similarity > 0.999 for trials in nearest)


def test_estimator_is_explained_by_occlusion_alone() -> None:
    windows = new_person()
    model = replace(small_model(), trained=Mean().fit(windows))
    explained = explain(model, windows, parts=2, trials=3)
    assert not explained.prototypes
    assert not any(change.any() for change in explained.by_modality.values())
