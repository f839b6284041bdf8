"""Rows as vectors: weighted means and deviations, and what must say nothing."""

from dataclasses import replace

import numpy as np

from mpcl_core.toolkit.standardise import Standard
from support.ldl_study import study


def test_fitting_windows_have_weighted_mean_0_and_deviation_1() -> None:
    windows = study()
    x = Standard.of(windows).features(windows)
    w = windows.weight / windows.weight.sum()
    assert x.shape == (60, 5 + 4)
    np.testing.assert_allclose(w @ x, 0, atol=1e-10)
    np.testing.assert_allclose(np.sqrt(w @ x**2), [1, 1, 1, 1, 0, 1, 1, 1, 1], atol=1e-10)


def test_a_signal_is_its_mean_and_deviation() -> None:
    windows = study()
    x, pulse = Standard.of(windows).features(windows), windows.X["pulse"].astype(np.float64)
    for column, expected in enumerate([*pulse.mean(2).T, *pulse.std(2).T], start=5):
        assert np.corrcoef(x[:, column], expected)[0, 1] > 1 - 1e-9


def test_an_absent_modality_is_neither_fitted_nor_used() -> None:
    windows = study()
    available = np.arange(60) % 3 > 0
    absent = replace(windows, present={**windows.present, "table": available}).with_signals(windows.X)
    x = Standard.of(absent).features(absent)
    assert not x[~available, :5].any()
    known = Standard.of(windows.take(np.flatnonzero(available))).centre[:5]
    np.testing.assert_allclose(Standard.of(absent).centre[:5], known)


def test_modality_that_is_never_present_is_zero() -> None:
    windows = study()
    never = replace(windows, present={**windows.present, "pulse": np.zeros(60, bool)}).with_signals(windows.X)
    x = Standard.of(never).features(windows)
    assert np.isfinite(x).all()
    assert not x[:, 5:].any()
