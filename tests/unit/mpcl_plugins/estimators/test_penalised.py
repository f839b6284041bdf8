"""Penalties are chosen on people left out: one for all parts is among the choices, and a single one is not chosen."""

from collections.abc import Sequence

import numpy as np
import pytest

from mpcl_plugins.estimators._penalised import LinearFit, PenalisedRidge, select_modalities
from support.ridge_study import study


class Halves(PenalisedRidge):
    """Give the first four features one penalty and the others another."""

    name = "halves"
    tried: list[tuple[float, ...]]

    def parts(self, windows: object) -> Sequence[np.ndarray]:
        self.tried = []
        return [np.arange(4), np.arange(4, 10)]

    def coefficients(self, fit: LinearFit, parts: Sequence[np.ndarray], penalties: Sequence[float]) -> np.ndarray:
        self.tried.append(tuple(penalties))
        penalty = np.zeros(len(fit.gram))
        for part, value in zip(parts, penalties, strict=True):
            penalty[part] = value
        solved: np.ndarray = np.linalg.solve(fit.gram + np.diag(penalty), fit.moment)
        return solved


def test_moments_of_a_fit_are_weighted_and_centred() -> None:
    windows = study(4, 4)
    fit = LinearFit(windows, Halves(alphas=(1.0,)).description(windows))
    w = windows.weight / windows.weight.sum()
    X, y = fit.description.features(windows), np.log(windows.D) - np.log(windows.D).mean(1, keepdims=True)
    np.testing.assert_allclose(fit.mean, w @ windows.D)
    np.testing.assert_allclose(fit.gram, sum(w[i] * np.outer(X[i], X[i]) for i in range(len(w))))
    np.testing.assert_allclose(fit.moment, sum(w[i] * np.outer(X[i], y[i] - w @ y) for i in range(len(w))))


def test_useless_features_have_the_larger_penalty() -> None:
    fitted = Halves(alphas=(0.01, 100.0)).fit(study(signal=1.0))
    assert fitted.penalties == (0.01, 100.0)  # the label moves with the first four


def test_one_penalty_for_all_is_tried_before_single_ones() -> None:
    estimator = Halves(alphas=(0.1, 1.0, 10.0))
    estimator.fit(study())
    tried = list(dict.fromkeys(estimator.tried))
    assert tried[:3] == [(0.1, 0.1), (1.0, 1.0), (10.0, 10.0)]


def test_single_penalty_is_used_without_a_choice() -> None:
    estimator = Halves(alphas=(2.0,))
    estimator.fit(study())
    assert estimator.tried == [(2.0, 2.0)]


def test_state_holds_penalties_and_prediction() -> None:
    windows = study()
    fitted, loaded = Halves(alphas=(0.1, 10.0)).fit(windows), Halves(alphas=(0.1, 10.0))
    loaded.load_state_dict(fitted.state_dict())
    assert loaded.penalties == fitted.penalties
    np.testing.assert_array_equal(loaded.predict(windows), fitted.predict(windows))


def test_modalities_that_are_not_named_are_left_out() -> None:
    assert [modality.name for modality in select_modalities(study(), ["b", "c"]).modalities] == ["b"]


@pytest.mark.parametrize("alphas", [(), (0.0,), (1.0, -1.0)])
def test_penalties_are_above_zero(alphas: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="alpha"):
        Halves(alphas=alphas)
