"""The gradients that L-BFGS is given are those of finite differences, and where it ends there is none left."""

from functools import partial

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from mpcl_core.toolkit.standardise import Standard
from mpcl_plugins.estimators._linear_scores import LinearScores, Loss, divergence, objective, with_one
from mpcl_plugins.estimators.ldl_lrr import loss as ranked
from support.ldl_study import study

D = study().D
LOSSES = {"divergence": partial(divergence, D), "ranked": partial(ranked, D, ranking=0.7)}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_the_gradient_is_that_of_finite_differences(loss: Loss) -> None:
    windows = study()
    x = with_one(Standard.of(windows).features(windows))
    at = np.random.default_rng(0).normal(size=x.shape[1] * 4)
    _, gradient = objective(at, x, windows.weight, loss, 0.3)

    def value(flat: np.ndarray) -> float:
        return objective(flat, x, windows.weight, loss, 0.3)[0]

    numeric = approx_fprime(at, value, 1e-6)
    np.testing.assert_allclose(gradient, numeric, atol=2e-5)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_the_fit_ends_at_the_minimum(loss: Loss) -> None:
    windows = study()
    model = LinearScores.fit(windows, loss, 0.1, 500)
    x = with_one(model.standard.features(windows))
    _, gradient = objective(model.coefficients.ravel(), x, windows.weight, loss, 0.1)
    assert np.abs(gradient).max() < 1e-3


def test_the_intercept_is_not_penalised() -> None:
    """Else all predictions would be uniform, 0.06 from the mean."""
    windows = study()
    model = LinearScores.fit(windows, partial(divergence, windows.D), 1e3, 500)
    mean = np.average(windows.D, axis=0, weights=windows.weight)
    np.testing.assert_allclose(model.predict(windows), np.tile(mean, (60, 1)), atol=5e-3)


def test_weights_count_as_repeated_windows() -> None:
    windows = study()
    windows.weight[:] = 1 + np.arange(60) % 2
    twice = windows.take(np.repeat(np.arange(60), windows.weight.astype(int)))
    twice.weight[:] = 1
    one, two = (LinearScores.fit(w, partial(divergence, w.D), 0.1, 500).predict(windows) for w in (windows, twice))
    np.testing.assert_allclose(one, two, atol=1e-3)


def test_few_steps_stop_early() -> None:
    windows = study()
    short, long = (LinearScores.fit(windows, partial(divergence, windows.D), 0.0, steps) for steps in (1, 300))
    kl = [divergence(windows.D, np.log(model.predict(windows)))[0].mean() for model in (short, long)]
    assert kl[0] > 1.5 * kl[1]
