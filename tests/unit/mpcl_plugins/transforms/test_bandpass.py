"""The band-pass against a sum over its coefficients, tones, and what a recording brings along."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, Signal
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms._fir import bandpass_taps
from mpcl_plugins.transforms.bandpass import Bandpass
from support.feature_study import recording, tone

SFREQ = 128.0


def band(x: np.ndarray, low: float = 1.0, high: float = 30.0, sfreq: float = SFREQ) -> np.ndarray:
    made = recording(eeg=Signal(np.atleast_2d(x).astype(np.float32), sfreq, 0.25))
    out = Bandpass(modality="eeg", low=low, high=high).transform(made).signals["eeg"]
    assert (out.sfreq, out.start, out.values.dtype) == (sfreq, 0.25, np.float32)
    return out.values


def reflected(x: np.ndarray, t: int) -> float:
    """x at any index: past an end it is its own reflection about the end's value."""
    if t < 0:
        return 2 * x[0] - reflected(x, -t)
    if t >= len(x):
        return 2 * x[-1] - reflected(x, 2 * (len(x) - 1) - t)
    return float(x[t])


@pytest.mark.parametrize("samples", [700, 90])
def test_it_is_the_sum_over_its_coefficients(samples: int) -> None:
    """Also where the filter, of 423 samples, is longer than the recording."""
    x = np.random.default_rng(0).standard_normal(samples).cumsum().astype(np.float32)
    h = bandpass_taps(1.0, 30.0, 1.0, SFREQ)
    reach = len(h) // 2
    assert len(h) == 423
    np.testing.assert_allclose(h, h[::-1], atol=1e-15)
    centred = x.astype(np.float64) - x.mean(dtype=np.float64)
    expected = [sum(h[j] * reflected(centred, t + reach - j) for j in range(len(h))) for t in range(samples)]
    np.testing.assert_allclose(band(x)[0], expected, atol=2e-5 * np.abs(x).max())


def test_a_tone_in_the_band_passes_without_delay() -> None:
    for frequency in (3.0, 10.0, 20.0):
        x = tone(frequency, SFREQ, 20)
        np.testing.assert_allclose(band(x)[0, 500:-500], x[500:-500], atol=0.004)


@pytest.mark.parametrize("frequency", [0.1, 0.3, 38.5, 50.0])
def test_a_tone_outside_the_band_is_removed(frequency: float) -> None:
    x = tone(frequency, SFREQ, 40)
    assert np.abs(band(x, 1.0, 37.5)[0, 700:-700]).max() < 0.004


def test_the_gain_is_half_at_the_edges() -> None:
    for frequency in (1.0, 30.0):
        y = band(tone(frequency, SFREQ, 40))[0, 1000:-1000]
        assert np.abs(y).max() == pytest.approx(0.5, abs=0.01)


def test_a_large_constant_is_removed() -> None:
    x = tone(10.0, SFREQ, 20)
    np.testing.assert_allclose(band(np.stack([x + 1e4, 0 * x + 3e5])), band(np.stack([x, 0 * x])), atol=2e-3)


def test_a_dropout_remains_and_disturbs_only_the_reach_of_the_filter() -> None:
    x = np.random.default_rng(0).standard_normal((2, 4000)).astype(np.float32)
    complete, torn = band(x), x.copy()
    torn[0, 2000:2020], torn[0, 0] = np.nan, np.nan
    y = band(torn)
    np.testing.assert_array_equal(np.isnan(y), np.isnan(torn))
    np.testing.assert_allclose(y[1], complete[1], atol=1e-5)
    far = np.r_[500:1700, 2300:4000]
    np.testing.assert_allclose(y[0, far], complete[0, far], atol=2e-3)  # the channel's mean moves a little
    assert np.isnan(band(np.full((1, 500), np.nan))).all()


def test_other_signals_and_columns_are_unchanged() -> None:
    gsr = Signal(np.ones((1, 40), np.float32), 4.0)
    made = recording(eeg=Signal(tone(10.0, SFREQ, 10)[None].astype(np.float32), SFREQ), gsr=gsr)
    before = made.signals["eeg"].values.copy()
    out = Bandpass(modality="eeg", low=1.0, high=30.0).transform(made)
    np.testing.assert_array_equal(made.signals["eeg"].values, before)
    assert out.signals["gsr"] is gsr
    assert (out.subject, out.trial, out.stimulus) == ("S1", "t1", "clip-7")
    only = recording(gsr=gsr)
    assert Bandpass(modality="eeg", low=1.0, high=30.0).transform(only) is only


@pytest.mark.parametrize("samples", [0, 1, 2])
def test_very_short_recordings_are_filtered(samples: int) -> None:
    assert band(np.ones((2, samples))).shape == (2, samples)


def test_on_a_real_pulse_it_is_what_a_zero_phase_butterworth_lets_through(data_dir: Path) -> None:
    from scipy.signal import butter, sosfiltfilt

    path = data_dir / "neurokit" / "bio_resting_5min_100hz.csv"
    x = np.loadtxt(path, delimiter=",", skiprows=1)[:, 1]
    expected = sosfiltfilt(butter(3, (0.5, 8.0), "bandpass", fs=100.0, output="sos"), x)
    y = band(x, 0.5, 8.0, 100.0)[0]
    assert np.corrcoef(y, expected)[0, 1] > 0.99
    lag = np.correlate(y, expected, "same")[len(x) // 2 - 5 : len(x) // 2 + 6]
    assert lag.argmax() == 5


def test_bad_parameters_are_refused_with_their_value() -> None:
    with pytest.raises(ValueError, match=r"low is 30\.0 Hz, but must be below high, 30\.0 Hz"):
        Bandpass(modality="eeg", low=30.0, high=30.0)
    for value in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"high is {value} Hz"):
            Bandpass(modality="eeg", low=1.0, high=value)


@pytest.mark.parametrize(
    ("modality", "message"),
    [
        (Modality("ppg", 1, sfreq=64.0), "no such modality. There are: ppg"),
        (Modality("eeg", 1, 5), "has no sampling rate"),
        (Modality("eeg", 1, sfreq=60.0), "60 Hz is too low a rate for a band up to 30 Hz"),
    ],
)
def test_signals_that_cannot_be_filtered_are_refused(modality: Modality, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Bandpass(modality="eeg", low=1.0, high=30.0).outputs((modality,))


def test_modalities_are_unchanged() -> None:
    modalities = (Modality("eeg", 3, sfreq=128.0), Modality("gsr", 1, sfreq=4.0))
    assert Bandpass(modality="eeg", low=1.0, high=30.0).outputs(modalities) == modalities
    with pytest.raises(DataError, match="50 Hz is too low a rate for a band up to 30 Hz"):
        band(np.ones((1, 500)), sfreq=50.0)
