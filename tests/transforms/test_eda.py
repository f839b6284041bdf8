"""Tonic level and responses of skin conductance against what was put in."""

import numpy as np
import pytest
from feature_study import bumps, study

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_transforms.eda import EDA

SFREQ, SECONDS = 4.0, 120.0
T = np.arange(round(SECONDS * SFREQ)) / SFREQ
RESPONSES = np.array([15.0, 40.0, 60.0, 85.0, 104.0])


def measured(*rows: np.ndarray, **parameters: float) -> np.ndarray:
    out = EDA(**parameters).transform(study(list(rows), SFREQ, "gsr", "uS")).validate()  # type: ignore[arg-type]
    return out.X["gsr"][:, 0]


def test_level_and_slope_of_a_drift() -> None:
    values = measured(3 + 0.6 * T / 60, np.full_like(T, 2.0))
    np.testing.assert_allclose(values[:, 0], [3.6, 2.0], atol=0.02)
    np.testing.assert_allclose(values[:, 1], [0.6, 0.0], atol=0.02)  # uS a minute
    assert not values[:, 2:].any()


def test_responses_are_counted_and_measured() -> None:
    level, rate, amplitude, total = measured(4 + bumps(RESPONSES, SFREQ, SECONDS, 1.2, 0.5))[0, [0, 2, 3, 4]]
    assert level == pytest.approx(4.06, abs=0.03)
    assert rate == len(RESPONSES) / 2
    assert amplitude == pytest.approx(0.5, rel=0.15)
    assert total == pytest.approx(rate * amplitude, rel=1e-5)


def test_responses_below_the_threshold_do_not_count() -> None:
    x = 4 + bumps(RESPONSES, SFREQ, SECONDS, 1.2, 0.2)
    assert measured(x, threshold=0.1)[0, 2] == len(RESPONSES) / 2
    assert not measured(x, threshold=0.4)[0, 2:].any()


def test_rates_do_not_see_the_duration() -> None:
    once = bumps(RESPONSES, SFREQ, SECONDS, 1.2, 0.5)
    short = EDA().transform(study([once], SFREQ, "gsr")).X["gsr"][0, 0]
    long = EDA().transform(study([np.tile(once, 3)], SFREQ, "gsr")).X["gsr"][0, 0]
    np.testing.assert_allclose(short[[0, 2, 3, 4]], long[[0, 2, 3, 4]], rtol=0.03)


def test_a_row_depends_on_that_row_alone() -> None:
    rng = np.random.default_rng(0)
    rows = [level + np.cumsum(0.05 * rng.standard_normal(len(T))) for level in (1.0, 30.0, 4.0)]
    together = measured(*rows)
    assert (together[:, 2] > 0).all()
    for i, row in enumerate(rows):
        np.testing.assert_allclose(measured(row)[0], together[i], rtol=1e-5)
    np.testing.assert_allclose(measured(*rows[::-1])[::-1], together, rtol=1e-5)


def test_an_absent_row_stays_absent() -> None:
    windows = study([np.ones_like(T), np.ones_like(T)], SFREQ, "gsr")
    windows.present["gsr"][1] = False
    windows = windows.with_signals(windows.X)
    out = EDA(output="skin").transform(windows).validate()
    assert out.present["skin"].tolist() == [True, False]
    assert out.modalities == EDA(output="skin").outputs(windows.modalities)


@pytest.mark.parametrize(
    ("modality", "message"),
    [
        (Modality("gsr", 1, 40, 4.0), "a window of 10 s holds no period of 0.05 Hz"),
        (Modality("gsr", 1, 100, 0.1), "0.1 Hz is too slow for a cutoff of 0.05 Hz"),
        (Modality("gsr", 28, 1), "no sampled windows"),
    ],
)
def test_what_cannot_be_measured_is_said(modality: Modality, message: str) -> None:
    with pytest.raises(DataError, match=message):
        EDA().outputs((modality,))


@pytest.mark.parametrize(("key", "value"), [("cutoff", 0.0), ("threshold", -0.1), ("cutoff", float("nan"))])
def test_bad_parameters_are_refused_with_their_value(key: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{key} is {value}"):
        EDA(**{key: value})  # type: ignore[arg-type]
