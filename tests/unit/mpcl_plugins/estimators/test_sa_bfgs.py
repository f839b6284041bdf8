"""The maximum entropy model fits what features explain, and a penalty keeps it near the same distribution for all."""

import numpy as np
import pytest

from mpcl_plugins.estimators.sa_bfgs import SABFGS
from support.ridge_study import study


def divergence(D: np.ndarray, D_pred: np.ndarray) -> float:
    return float((D * np.log(D / D_pred)).sum(1).mean())


def test_model_learns_what_the_features_explain() -> None:
    windows, other = study(signal=1.0), study(signal=1.0, seed=1)
    fitted = SABFGS(l2=0.001).fit(windows)
    mean = np.tile(windows.D.mean(0), (len(other), 1))
    assert divergence(other.D, fitted.predict(other)) < 0.5 * divergence(other.D, mean)


def test_without_a_penalty_no_change_of_the_weights_is_better() -> None:
    windows = study(4, 4)
    fitted = SABFGS(l2=0.0, steps=2000).fit(windows)
    weight = windows.weight / windows.weight.sum()
    residual = fitted.predict(windows) - windows.D
    np.testing.assert_allclose(weight @ residual, 0, atol=1e-4)  # the gradient by b
    feature = windows.X["a"][:, 0, 0]
    np.testing.assert_allclose((weight * (feature - feature.mean())) @ residual, 0, atol=2e-3)  # by a row of W


def test_large_penalty_leaves_the_mean_of_the_ratings() -> None:
    windows = study(4, 4)
    predicted = SABFGS(l2=1e6).fit(windows).predict(windows)
    np.testing.assert_allclose(predicted, np.tile(np.average(windows.D, 0, windows.weight), (16, 1)), atol=1e-3)


def test_state_holds_the_prediction() -> None:
    windows = study(4, 4)
    fitted, loaded = SABFGS().fit(windows), SABFGS()
    loaded.load_state_dict(fitted.state_dict())
    np.testing.assert_array_equal(loaded.predict(windows), fitted.predict(windows))


@pytest.mark.parametrize("parameters", [{"l2": -0.1}, {"steps": 0}])
def test_parameters_out_of_range_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(parameters))):
        SABFGS(**parameters)  # type: ignore[arg-type]
