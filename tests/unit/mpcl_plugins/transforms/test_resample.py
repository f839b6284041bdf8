"""Another rate: the same signal at the same times, nothing that the rate cannot hold, and no longer than before."""

import math
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, Signal
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms.resample import Resample
from mpcl_plugins.transforms.window import Window
from support.feature_study import recording, tone

RATES = [(100.0, 64.0), (64.0, 100.0), (512.0, 128.0), (4.0, 32.0), (7.3, 4.0), (300.0, 128.0)]


def resampled(x: np.ndarray, before: float, after: float, start: float = 0.0) -> Signal:
    made = recording(eeg=Signal(np.atleast_2d(x).astype(np.float32), before, start))
    out = Resample(modality="eeg", sfreq=after).transform(made).signals["eeg"]
    assert (out.sfreq, out.start, out.values.dtype) == (after, start, np.float32)
    return out


@pytest.mark.parametrize(("before", "after"), RATES)
def test_a_slow_tone_is_the_same_at_its_new_times(before: float, after: float) -> None:
    frequency, seconds = 0.1 * min(before, after), 3000 / min(before, after)
    y = resampled(tone(frequency, before, seconds), before, after).values[0]
    expected = tone(frequency, after, seconds)[: len(y)]
    inner = slice(len(y) // 10, -(len(y) // 10))
    np.testing.assert_allclose(y[inner], expected[inner], atol=3e-3)


def test_frequencies_above_half_the_new_rate_are_removed() -> None:
    assert np.abs(resampled(tone(40.0, 128.0, 20), 128.0, 64.0).values[0, 100:-100]).max() < 0.01


@pytest.mark.parametrize(("before", "after"), RATES)
def test_constants_and_drifts_have_no_ripple(before: float, after: float) -> None:
    t = np.arange(2000) / before
    y = resampled(np.stack([np.full(2000, 36.5), 5 + 2 * t]), before, after).values
    expected = 5 + 2 * np.arange(y.shape[1]) / after
    np.testing.assert_allclose(y, np.stack([np.full(y.shape[1], 36.5), expected]), rtol=1e-6)


@pytest.mark.parametrize(("before", "after"), RATES)
@pytest.mark.parametrize("samples", [0, 1, 2, 3, 129, 1000])
def test_output_has_as_many_samples_as_fit(before: float, after: float, samples: int) -> None:
    y = resampled(np.ones((2, samples)), before, after).values
    assert y.shape == (2, math.floor(samples * after / before + 1e-9))
    assert np.isfinite(y).all()


def test_windows_hold_the_same_seconds_as_before() -> None:
    """The signal holds its own time; its start and rate are odd."""
    modalities = (Modality("eeg", 1, sfreq=100.0), Modality("gsr", 1, sfreq=4.0))
    t = 0.37 + np.arange(1999) / 100
    made = recording(eeg=Signal(t[None].astype(np.float32), 100.0, 0.37), gsr=Signal(np.ones((1, 90), np.float32), 4.0))
    resample, window = Resample(modality="eeg", sfreq=64.0), Window(length=2.0, hop=0.5)
    out = window.transform(resample.transform(made), resample.outputs(modalities), ("a", "b"), None).validate()
    assert len(out) == len(window.transform(made, modalities, ("a", "b"), None)) == 36
    assert out.X["eeg"].shape[2] == 128
    assert np.abs(out.X["eeg"][:, 0, 0] - out.t_start).max() <= 0.5 / 64 + 1e-5


def test_dropouts_reach_as_far_as_their_samples() -> None:
    x = np.ones((2, 640))
    x[0, [0, 100, 101]] = np.nan
    up, down = (resampled(x, 64.0, after).values for after in (128.0, 4.0))
    assert np.flatnonzero(np.isnan(up[0])).tolist() == [0, 1, 199, 200, 201, 202, 203]
    assert np.flatnonzero(np.isnan(down[0])).tolist() == [0, 6]  # samples 88 to 104 are next to the sixth
    assert not np.isnan(up[1]).any()
    np.testing.assert_allclose(up[0][~np.isnan(up[0])], 1, atol=1e-6)
    assert np.isnan(resampled(np.full(64, np.nan), 64.0, 4.0).values).all()


def test_a_real_pulse_comes_back(data_dir: Path) -> None:
    path = data_dir / "neurokit" / "bio_resting_5min_100hz.csv"
    x = np.loadtxt(path, delimiter=",", skiprows=1)[:, 1].astype(np.float32)
    available = resampled(x, 100.0, 64.0)
    assert available.values.shape == (1, 19200)
    back = resampled(available.values, 64.0, 100.0).values[0]
    assert np.abs(back - x).max() < 0.02 * np.ptp(x)


def test_the_input_recording_is_unchanged() -> None:
    gsr = Signal(np.arange(40, dtype=np.float32)[None], 4.0)
    made = recording(eeg=Signal(np.ones((1, 100), np.float32), 100.0), gsr=gsr)
    out = Resample(modality="eeg", sfreq=50.0).transform(made)
    assert made.signals["eeg"].sfreq == 100.0
    assert out.signals["gsr"] is gsr
    assert Resample(modality="face", sfreq=50.0).transform(made) is made


def test_modalities_take_the_new_rate() -> None:
    modalities = (Modality("eeg", 3, sfreq=512.0, ch_names=("a", "b", "c"), unit="uV"), Modality("gsr", 1, sfreq=4.0))
    changed = Resample(modality="eeg", sfreq=128.0).outputs(modalities)
    assert changed == (Modality("eeg", 3, sfreq=128.0, ch_names=("a", "b", "c"), unit="uV"), modalities[1])


def test_signals_that_cannot_be_resampled_are_refused() -> None:
    with pytest.raises(ValueError, match=r"sfreq is 0\.0 Hz"):
        Resample(modality="eeg", sfreq=0.0)
    with pytest.raises(DataError, match=r"no such modality\. There are: gsr"):
        Resample(modality="eeg", sfreq=1.0).outputs((Modality("gsr", 1, sfreq=4.0),))
    with pytest.raises(DataError, match=r"eeg: 100 Hz and 31\.4159 Hz are not in a ratio of whole numbers"):
        Resample(modality="eeg", sfreq=31.41592653589793).outputs((Modality("eeg", 1, sfreq=100.0),))
