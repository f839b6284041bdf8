"""The hum goes, and nothing else."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, Signal
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms.notch import Notch
from support.feature_study import recording, tone

SFREQ, SECONDS = 256.0, 30.0
INNER = slice(1000, -1000)


def without_hum(x: np.ndarray, frequency: float = 50.0, harmonics: int = 1, width: float = 2.0) -> np.ndarray:
    made = recording(eeg=Signal(np.atleast_2d(x).astype(np.float32), SFREQ, 1.5))
    transform = Notch(modality="eeg", frequency=frequency, harmonics=harmonics, width=width)
    out = transform.transform(made).signals["eeg"]
    assert (out.sfreq, out.start, out.values.dtype) == (SFREQ, 1.5, np.float32)
    return out.values


def mains(frequency: float = 50.0, height: float = 20.0) -> np.ndarray:
    return tone(frequency, SFREQ, SECONDS, height)


def test_hum_is_removed_and_the_signal_remains() -> None:
    x = tone(10.0, SFREQ, SECONDS) + tone(47.0, SFREQ, SECONDS) + tone(53.0, SFREQ, SECONDS)
    y = without_hum(x + mains())[0, INNER]
    np.testing.assert_allclose(y, x[INNER], atol=0.01)


@pytest.mark.parametrize("off", [-0.5, 0.2, 0.5])
def test_hum_near_the_nominal_frequency_is_removed(off: float) -> None:
    assert np.abs(without_hum(mains(50.0 + off, 1.0))[0, INNER]).max() < 0.005


def test_the_gain_is_half_at_the_edges_of_the_band() -> None:
    for frequency in (49.0, 51.0):
        y = without_hum(mains(frequency, 1.0))[0, INNER]
        assert np.abs(y).max() == pytest.approx(0.5, abs=0.01)


def test_only_the_requested_number_of_harmonics_is_removed() -> None:
    x = mains(30.0, 1.0) + mains(60.0, 1.0) + mains(90.0, 1.0)
    np.testing.assert_allclose(without_hum(x, 30.0, 2)[0, INNER], mains(90.0, 1.0)[INNER], atol=0.01)
    assert np.abs(without_hum(x, 30.0, 3)[0, INNER]).max() < 0.01


def test_a_constant_and_a_drift_remain() -> None:
    x = np.stack([np.full(3000, 1e4), np.linspace(0, 500, 3000)])
    np.testing.assert_allclose(without_hum(x), x, rtol=1e-6, atol=0.01)


def test_it_equals_a_band_stop_filter() -> None:
    from scipy.signal import firwin

    x = np.random.default_rng(0).standard_normal(4000)
    taps = int(np.ceil(3.3 * SFREQ)) | 1
    expected = np.convolve(x, firwin(taps, (49.0, 51.0), pass_zero=True, fs=SFREQ), "same")
    np.testing.assert_allclose(without_hum(x)[0, INNER], expected[INNER], atol=5e-3)


def test_a_dropout_remains() -> None:
    x = mains()
    x[3000:3010] = np.nan
    y = without_hum(x)[0]
    np.testing.assert_array_equal(np.isnan(y), np.isnan(x))
    assert np.abs(y[5000:-1000]).max() < 0.01


def test_a_recording_without_the_signal_is_unchanged() -> None:
    made = recording(gsr=Signal(np.ones((1, 40), np.float32), 4.0))
    assert Notch(modality="eeg").transform(made) is made


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"frequency": 0.0}, r"frequency is 0\.0 Hz"),
        ({"width": float("nan")}, "width is nan Hz"),
        ({"harmonics": 0}, "harmonics is 0"),
        ({"frequency": 2.0, "width": 2.0}, r"width is 2\.0 Hz, but must be below frequency, 2\.0 Hz"),
    ],
)
def test_bad_parameters_are_refused_with_their_value(parameters: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Notch(modality="eeg", **parameters)  # type: ignore[arg-type]


def test_a_rate_too_low_for_the_highest_band_is_refused() -> None:
    slow = (Modality("eeg", 1, sfreq=200.0),)
    assert Notch(modality="eeg").outputs(slow) == slow
    with pytest.raises(DataError, match="eeg: 200 Hz is too low a rate for a band up to 101 Hz"):
        Notch(modality="eeg", harmonics=2).outputs(slow)
    with pytest.raises(DataError, match="100 Hz is too low a rate for a band up to 51 Hz"):
        Notch(modality="eeg").transform(recording(eeg=Signal(np.ones((1, 500), np.float32), 100.0)))
