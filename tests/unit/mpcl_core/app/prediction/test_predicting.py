"""An input is predicted with or without its ratings, by the chosen people, or refused with the reason."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.app.model_folders.loading import load_model
from mpcl_core.app.prediction.model_input import ModelInput, open_input
from mpcl_core.app.prediction.predicting import cut_trials, join_trials, predict, rated_windows, without_signals
from mpcl_core.interfaces.data import Recording, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.model import Model
from support.fitted_study import SETS
from support.small_models import new_person

FIRST = ModelInput("described", ["s01"], SETS)


@pytest.fixture(scope="module")
def model(fitted: Path) -> Model:
    return load_model(fitted / "model")


def test_only_the_chosen_people_are_predicted_and_signals_are_not_kept(model: Model) -> None:
    found = predict(model, ModelInput("described", ["s02", "s01"], SETS))
    assert set(found.windows.subject.tolist()) == {"s01", "s02"}
    assert found.D_pred.shape == (len(found.windows), len(model.labels))
    assert all(values.size == 0 for values in found.windows.X.values())
    assert list(found.unused) == []


def test_recordings_in_memory_are_predicted_as_those_of_a_source(model: Model) -> None:
    expected = predict(model, FIRST)
    with open_input(FIRST, model.description) as source:
        recordings = [each for each in source.load() if isinstance(each, Recording) and each.subject == "s01"]
    found = model.predict(recordings)
    np.testing.assert_allclose(found.D_pred, expected.D_pred, atol=1e-9)
    assert found.windows.trial.tolist() == expected.windows.trial.tolist()
    assert len(model.predict(recordings[0])) < len(found)


def test_rated_windows_have_the_ratings_of_the_input(model: Model) -> None:
    rated = rated_windows(model, FIRST)
    assert len(np.unique(rated.D, axis=0)) > 1
    unrated = predict(model, FIRST).windows
    assert np.allclose(unrated.D, 1 / len(model.labels))
    assert rated.trial.tolist() == unrated.trial.tolist()


def test_input_that_is_too_short_for_a_window_is_refused_with_the_reason(model: Model) -> None:
    with pytest.raises(DataError, match=r"no window in 20 recordings: .*lasts 1 s, a window 4 s"):
        predict(model, ModelInput("described", sets=[*SETS, "source.seconds=1"]))


def test_estimator_has_no_embeddings(model: Model) -> None:
    with pytest.raises(DataError, match="is an estimator and has no network"):
        predict(model, FIRST, embeddings=True)


def test_each_stretch_of_a_trial_is_a_trial_whose_name_states_its_start() -> None:
    times = np.array([0.5, 10.5, 20.5, 0.0, 25.0])
    windows = WindowSet((), {}, {}, np.full((5, 2), 0.5), ("a", "b"), trial=np.array(list("fffgg")), t_start=times)
    found = cut_trials(windows, 10.0)
    assert found.trial.tolist() == ["f@0.5", "f@10.5", "f@20.5", "g@0", "g@20"]
    assert join_trials(found).trial.tolist() == windows.trial.tolist()
    with pytest.raises(DataError, match="windows without times"):
        cut_trials(replace(windows, t_start=np.full(5, np.nan)), 10.0)


def test_windows_without_signals_keep_everything_else() -> None:
    windows = new_person()
    found = without_signals(windows)
    assert found.modalities == windows.modalities
    assert {values.shape for values in found.X.values()} == {(12, 0, 0)}
    assert np.array_equal(found.D, windows.D)
