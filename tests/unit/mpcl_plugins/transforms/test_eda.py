"""Tonic level and responses of skin conductance against what was put in."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms.eda import EDA
from support.feature_study import bumps, study

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


def test_rates_do_not_depend_on_the_duration() -> None:
    once = bumps(RESPONSES, SFREQ, SECONDS, 1.2, 0.5)
    short = EDA().transform(study([once], SFREQ, "gsr")).X["gsr"][0, 0]
    long = EDA().transform(study([np.tile(once, 3)], SFREQ, "gsr")).X["gsr"][0, 0]
    np.testing.assert_allclose(short[[0, 2, 3, 4]], long[[0, 2, 3, 4]], rtol=0.03)


def test_a_window_depends_on_itself_alone() -> None:
    rng = np.random.default_rng(0)
    rows = [level + np.cumsum(0.05 * rng.standard_normal(len(T))) for level in (1.0, 30.0, 4.0)]
    joint = measured(*rows)
    assert (joint[:, 2] > 0).all()
    for i, row in enumerate(rows):
        np.testing.assert_allclose(measured(row)[0], joint[i], rtol=1e-5)
    np.testing.assert_allclose(measured(*rows[::-1])[::-1], joint, rtol=1e-5)


def test_an_absent_signal_gives_an_absent_table() -> None:
    windows = study([np.ones_like(T), np.ones_like(T)], SFREQ, "gsr")
    windows.present["gsr"][1] = False
    windows = windows.with_signals(windows.X)
    out = EDA(output="skin").transform(windows).validate()
    assert out.present["skin"].tolist() == [True, False]
    assert out.modalities == EDA(output="skin").outputs(windows.modalities)


def test_measures_follow_the_order_of_the_features() -> None:
    x = 4 + bumps(RESPONSES, SFREQ, SECONDS, 1.2, 0.5)
    complete = measured(x)[0]
    phasic, total, level = measured(x, features=("phasic", "sum", "level"))[0]  # type: ignore[arg-type]
    assert (total, level) == (complete[4], complete[0])
    assert 0.05 < phasic < 0.2
    assert measured(np.full_like(T, 2.0), features=("phasic",))[0, 0] < 1e-6  # type: ignore[arg-type]
    for features in ((), ("sum", "sum")):
        with pytest.raises(ValueError, match="features is"):
            EDA(features=features)  # type: ignore[arg-type]


def test_on_real_wrists_it_is_what_neurokit_finds(data_dir: Path) -> None:
    """NeuroKit2 0.2.13: eda_phasic, then its peaks of the phasic part with height and prominence of at least 0.05."""
    from mpcl_plugins.sources.emopair import EmoPair

    found: dict[str, np.ndarray] = {}
    for recording in EmoPair(path=data_dir / "emopaircompete").load():
        if recording.signals["ppg"].values.shape[1] >= 300 * 64 and len(found) < 6:
            found.setdefault(recording.subject, recording.signals["gsr"].values[0, :1200])
    values = measured(*found.values())
    np.testing.assert_allclose(values[:, 0], [0.2289, 0.7633, 0.5448, 0.3756, 3.8450, 0.3931], atol=2e-4)
    assert (values[:, 2] * 5).round(3).tolist() == [0, 0, 3, 0, 28, 0]


def test_the_tonic_part_is_that_of_a_filter_with_other_edges(data_dir: Path) -> None:
    """A period of the cutoff away from the ends, NeuroKit2's own filter, with scipy's usual edges, finds the same."""
    from scipy.signal import butter, sosfiltfilt

    from mpcl_plugins.sources.emopair import EmoPair

    sections = butter(2, 0.05, fs=4.0, output="sos")
    for recording in islice(EmoPair(path=data_dir / "emopaircompete").load(), 40):
        x = recording.signals["gsr"].values.astype(np.float64)
        off = EDA()._tonic(x, 4.0) - sosfiltfilt(sections, x)
        assert np.abs(off[:, 80:-80]).max() < 0.02 * x.std() + 1e-9


@pytest.mark.parametrize(
    ("modality", "message"),
    [
        (Modality("gsr", 1, 40, 4.0), "a window of 10 s does not hold one period of 0.05 Hz"),
        (Modality("gsr", 1, 100, 0.1), "0.1 Hz is too low a rate for a cutoff of 0.05 Hz"),
        (Modality("gsr", 28, 1), "no windows of samples"),
    ],
)
def test_unmeasurable_signals_are_refused(modality: Modality, message: str) -> None:
    with pytest.raises(DataError, match=message):
        EDA().outputs((modality,))


@pytest.mark.parametrize(("key", "value"), [("cutoff", 0.0), ("threshold", -0.1), ("cutoff", float("nan"))])
def test_bad_parameters_are_refused_with_their_value(key: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{key} is {value}"):
        EDA(**{key: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(("unit", "factor"), [("nS", 1e3), ("mS", 1e-3), ("S", 1e-6), ("uS", 1.0), ("", 1.0)])
def test_measures_are_in_microsiemens_whatever_the_declared_unit(unit: str, factor: float) -> None:
    x = 4 + bumps(RESPONSES, SFREQ, SECONDS, 1.2, 0.5)
    out = EDA().transform(study([factor * x], SFREQ, "gsr", unit)).X["gsr"][0, 0]
    np.testing.assert_allclose(out, measured(x)[0], rtol=1e-4)


def test_resistance_is_refused() -> None:
    modality = Modality("gsr", 1, 480, 4.0, (), "kOhm")
    with pytest.raises(DataError, match="the unit is kOhm, a resistance"):
        EDA().outputs((modality,))
