"""A penalty for each modality: the normal equations, the choice, and what it leaves out."""

import numpy as np
import pytest

from mpcl_plugins.estimators.modality_ridge import ModalityRidge
from mpcl_plugins.estimators.ridge import Ridge
from support.ridge_study import study


def test_equal_penalties_are_the_ridge_of_log_ratios() -> None:
    windows = study()
    expected = Ridge(alphas=(0.7,), space="log_ratio").fit(windows).predict(windows)
    assert ModalityRidge(alphas=(0.7,)).fit(windows).predict(windows) == pytest.approx(expected, abs=1e-9)


def test_modality_without_information_gets_the_larger_penalty() -> None:
    """Only modality ``a`` moves the labels."""
    model = ModalityRidge(alphas=(0.01, 1.0, 100.0)).fit(study(signal=0.8))
    assert model.penalties[0] == 0.01
    assert model.penalties[1] > 0.01


def test_absent_modality_enters_as_the_mean_window() -> None:
    windows = study()
    model = ModalityRidge(alphas=(0.1,)).fit(windows)
    test = windows.take(np.arange(4))
    for name in test.X:
        test.X[name][:] = 0
        test.present[name][:] = False
    mean = np.average(windows.D, axis=0, weights=windows.weight)
    assert model.predict(test) == pytest.approx(np.tile(mean, (4, 1)), abs=1e-9)


@pytest.mark.parametrize("alphas", [(), (0.0,), (np.inf,)])
def test_penalties_are_checked(alphas: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must hold numbers above 0"):
        ModalityRidge(alphas=alphas)


def test_modalities_that_are_not_named_are_not_used() -> None:
    windows = study(signal=0.8)
    other = study(signal=0.8)
    other.X["b"][:] = 7.0
    chosen, same = (ModalityRidge(modalities=("a",)).fit(each).predict(each) for each in (windows, other))
    assert np.array_equal(chosen, same)
    assert not np.array_equal(chosen, ModalityRidge().fit(windows).predict(windows))
    with pytest.raises(ValueError, match="must name at least one"):
        ModalityRidge(modalities=())
