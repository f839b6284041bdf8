"""Filter and resample long signals in blocks, with the values that they have at once."""

import numpy as np
import pytest

from mpcl_core.interfaces.components import RecordingTransform
from mpcl_core.interfaces.data import Recording, Signal
from mpcl_core.toolkit import long_signals
from mpcl_plugins.transforms import _fir, resample
from mpcl_plugins.transforms._gaps import bridge_gaps
from mpcl_plugins.transforms.bandpass import Bandpass
from mpcl_plugins.transforms.notch import Notch
from mpcl_plugins.transforms.resample import Resample

RNG = np.random.default_rng(0)


def signal(gaps: bool) -> Signal:
    values = (RNG.normal(size=(3, 6000)) + np.linspace(0, 50, 6000)).astype(np.float32)
    if gaps:
        values[0, :100] = values[1, 2990:3030] = values[2] = np.nan
        values[1, -7:] = np.nan
    return Signal(values, 128.0)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize(
    "transform",
    [
        Bandpass(modality="eeg", low=4.0, high=40.0),
        Notch(modality="eeg"),
        Resample(modality="eeg", sfreq=100.0),
        Resample(modality="eeg", sfreq=500.0),
    ],
    ids=lambda transform: transform.name,
)
def test_blocks_do_not_change_values(
    transform: RecordingTransform, gaps: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = Recording({"eeg": signal(gaps)}, np.array([0.5, 0.5]), "s1", "t1")
    at_once = transform.transform(recording).signals["eeg"].values
    monkeypatch.setattr(long_signals, "AT_ONCE", 100)
    monkeypatch.setattr(_fir, "_LONGEST", 100)
    monkeypatch.setattr(_fir, "_BLOCK", 500)
    monkeypatch.setattr(resample, "_BLOCK", 500)
    in_blocks = transform.transform(recording).signals["eeg"].values
    np.testing.assert_array_equal(np.isnan(in_blocks), np.isnan(at_once))
    np.testing.assert_allclose(in_blocks, at_once, atol=2e-5)


def test_lines_across_gaps_are_those_of_interpolation() -> None:
    values = signal(gaps=True).values
    t = np.arange(values.shape[1])
    filled, missing = bridge_gaps(values)
    for channel in (0, 1):
        known = ~missing[channel]
        expected = np.interp(t, t[known], values[channel, known]).astype(np.float32)
        np.testing.assert_array_equal(filled[channel], expected)
    assert not filled[2].any()


def test_the_subtracted_line_is_that_of_numpy() -> None:
    x = np.concatenate([signal(gaps=False).values, np.ones((1, 6000), np.float32)])
    expected = np.linspace(x[:, 0], x[:, -1], x.shape[1], axis=1, dtype=np.float32)
    np.testing.assert_array_equal(resample._line(x, 0, x.shape[1]), expected)
    expected = np.linspace(x[:3, 0], x[:3, -1], x.shape[1], axis=1, dtype=np.float32)
    np.testing.assert_array_equal(resample._line(x[:3], 1000, 1500), expected[:, 1000:1500])
