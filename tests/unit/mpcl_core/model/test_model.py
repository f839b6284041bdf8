"""A model averages its members, adds the prior of a person, and states what it lacks."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.description import Calibration
from mpcl_core.model.member import Member
from mpcl_core.model.model import Model
from mpcl_core.training.network import Network
from mpcl_plugins.estimators.mean import Mean
from support.small_models import new_person, small_model


@pytest.fixture(scope="module")
def network() -> Model:
    return small_model()


@pytest.fixture(scope="module")
def estimator(network: Model) -> Model:
    return replace(network, trained=Mean().fit(new_person()))


def test_prediction_has_a_distribution_for_each_window(network: Model) -> None:
    windows = new_person()
    predictions = network.predict(windows)
    assert predictions.D_pred.shape == (12, len(network.labels))
    np.testing.assert_allclose(predictions.D_pred.sum(1), 1, atol=1e-6)
    assert predictions.labels == network.labels


def test_ensemble_predicts_the_mean_of_its_members(network: Model, estimator: Model) -> None:
    windows = new_person()
    both = replace(network, others=[Member((), estimator.trained)])
    assert len(both.members) == 2
    expected = (network.distributions(windows) + estimator.distributions(windows)) / 2
    np.testing.assert_allclose(both.distributions(windows), expected)


def test_prior_of_a_person_changes_predictions_but_not_the_model(network: Model) -> None:
    windows, k = new_person(), len(network.labels)
    offset = (1.0, *([0.0] * (k - 1)))
    calibration = Calibration(subject="p", trials=1, windows=1, offset=offset)
    own = replace(network, description=network.description.model_copy(update={"calibration": calibration}))
    before, after = network.distributions(windows), own.distributions(windows)
    assert (after[:, 0] > before[:, 0]).all()
    np.testing.assert_array_equal(own.uncalibrated(windows), before)
    np.testing.assert_allclose(after[:, 1] / after[:, 2], before[:, 1] / before[:, 2])


def test_network_has_embeddings_and_an_estimator_has_none(network: Model, estimator: Model) -> None:
    windows = new_person()
    assert isinstance(network.network, Network)
    assert {z.shape for z in network.embed(windows).values()} == {(12, 8)}
    for use in (lambda: estimator.network, lambda: estimator.embed(windows)):
        with pytest.raises(DataError, match="'small' is an estimator and has no network"):
            use()


def test_windows_of_another_form_are_refused(network: Model) -> None:
    with pytest.raises(DataError, match="eeg"):
        network.predict({"eeg": np.zeros((2, 1, 3), np.float32)})
