"""mix: shares are chosen on people whom no model learned from, and a stored mixture predicts the same."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.training.mixture import choose_shares, load_mixture
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.trainer import Trainer
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.ridge import Ridge
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network
from support.trainers import learnable

MIX = {"ridge": block(Ridge, space="log_ratio"), "mean": block(Mean)}
WINDOWS = learnable()
FITTING, TEST = WINDOWS.take(np.arange(200)), WINDOWS.take(np.arange(200, 240))
SIDES = np.arange(160), np.arange(160, 200)  # whole people


def train(**error_bars: float) -> TrainedNetwork:
    return Trainer(
        replace(network(epochs=2, choose="last"), mix=MIX),
        [block(ZScore, scope="train")],
        (0, 0),
        "cpu",
        error_bars=ErrorBarSettings(**error_bars),  # type: ignore[arg-type]
    ).fit(FITTING, *SIDES)


@pytest.fixture(scope="module")
def mixed() -> TrainedNetwork:
    return train(folds=2, coverage=0.5)


def test_shares_minimise_the_divergence_of_the_mixture() -> None:
    rng = np.random.default_rng(0)
    predicted, weight = rng.dirichlet(np.ones(4), (2, 30)), rng.random(30)
    D = 0.3 * predicted[0] + 0.7 * predicted[1]
    assert choose_shares(D, predicted, weight) == pytest.approx([0.3, 0.7], abs=0.01)


def test_useless_model_gets_no_share_and_equal_models_share_alike() -> None:
    D = np.random.default_rng(1).dirichlet(np.ones(3), 20)
    assert choose_shares(D, np.stack([D, D[::-1]]), np.ones(20)) == pytest.approx([1.0, 0.0], abs=1e-3)
    assert choose_shares(D, np.stack([D, D]), np.ones(20)) == pytest.approx([0.5, 0.5])


def test_windows_of_weight_zero_do_not_choose() -> None:
    D = np.random.default_rng(1).dirichlet(np.ones(3), 20)
    predicted, weight = np.stack([D, D[::-1]]), np.r_[np.ones(10), np.zeros(10)]
    expected = choose_shares(D[:10], predicted[:, :10], np.ones(10))
    assert choose_shares(D, predicted, weight) == pytest.approx(expected)


def test_prediction_is_the_weighted_mean_of_the_models(mixed: TrainedNetwork) -> None:
    assert mixed.mixture is not None
    assert mixed.mixture.shares.sum() == pytest.approx(1.0)
    assert set(mixed.mixture.named_shares()) == {"network", "ridge", "mean"}
    prepared = mixed.prepare(TEST)
    rows = prepared.source_windows
    assert rows is not None
    by_model = [
        replace(mixed, mixture=None).predict(mixed.prepare(TEST)),
        *(estimator.predict(rows) for estimator in mixed.mixture.estimators.values()),
    ]
    expected = np.tensordot(mixed.mixture.shares, np.stack(by_model), 1)
    np.testing.assert_allclose(mixed.predict(prepared), expected, atol=1e-12)


def test_strong_partner_of_a_weak_network_gets_the_larger_share(mixed: TrainedNetwork) -> None:
    assert mixed.mixture is not None
    assert mixed.mixture.named_shares()["ridge"] > 0.5


def test_stored_mixture_predicts_the_same(mixed: TrainedNetwork) -> None:
    assert mixed.mixture is not None
    loaded = replace(mixed, mixture=load_mixture(MIX, mixed.mixture.encoded()))
    assert np.array_equal(loaded.predict(loaded.prepare(TEST)), mixed.predict(mixed.prepare(TEST)))


def test_modality_that_is_masked_is_absent_for_the_estimators_too(mixed: TrainedNetwork) -> None:
    absent = replace(TEST, present={**TEST.present, "face": np.zeros(len(TEST), bool)}).with_signals(TEST.X)
    prepared = mixed.prepare(TEST)
    masked = prepared.masked({"face": prepared.present["face"] & False})
    np.testing.assert_allclose(mixed.predict(masked), mixed.predict(mixed.prepare(absent)), atol=1e-6)


def test_without_people_to_hold_out_all_models_count_alike() -> None:
    mixture = train(folds=2, coverage=0.99).mixture
    assert mixture is not None
    assert mixture.shares.tolist() == [1 / 3] * 3
