"""Resampling with earlier samples alone: chunks give what the recording gives, delay, level, dropouts."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Signal
from mpcl_core.testing.contract import failures
from mpcl_plugins.transforms._polyphase import HALF_LENGTH
from mpcl_plugins.transforms.resample import Resample
from support.feature_study import recording, tone

RATES = [(512.0, 128.0), (100.0, 128.0), (64.0, 48.0), (700.0, 128.0), (50.0, 200.0), (128.0, 128.0)]


def made(x: np.ndarray, sfreq: float, to: float) -> np.ndarray:
    study = recording(ppg=Signal(np.atleast_2d(x).astype(np.float32), sfreq, start=3.0))
    found = Resample(modality="ppg", sfreq=to, causal=True).transform(study).signals["ppg"]
    assert (found.sfreq, found.start) == (to, 3.0)
    return found.values


def noise(n: int, n_chans: int = 2) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((n_chans, n)).cumsum(1).astype(np.float32)


def test_contract_is_kept() -> None:
    assert failures(Resample, modality="eeg", sfreq=50.0, causal=True) == {}


@pytest.mark.parametrize(("sfreq", "to"), RATES)
def test_chunks_of_any_size_give_what_the_recording_gives_with_their_times(sfreq: float, to: float) -> None:
    x = noise(3000)
    x[0, :5] = x[0, 700:720] = x[1, 900:1500] = np.nan
    transform, state, first, parts = Resample(modality="ppg", sfreq=to, causal=True), None, 0, []
    for n in [1, 0, 2, 3, 40, 7, 800, 1, 1, 2145]:
        chunk = Signal(x[:, first : first + n], sfreq, 3.0 + first / sfreq)
        found, state = transform.transform_chunk("ppg", chunk, state)
        assert found.start == pytest.approx(3.0 + sum(part.shape[1] for part in parts) / to)
        parts.append(found.values)
        first += n
    np.testing.assert_allclose(np.concatenate(parts, axis=1), made(x, sfreq, to), atol=1e-4)


@pytest.mark.parametrize(("sfreq", "to"), RATES)
def test_later_samples_change_nothing(sfreq: float, to: float) -> None:
    x = noise(1200)
    other = np.where(np.arange(1200) < 600, x, -5 * x)
    n = int(600 * to / sfreq)
    np.testing.assert_array_equal(made(x, sfreq, to)[:, :n], made(other, sfreq, to)[:, :n])


@pytest.mark.parametrize(("sfreq", "to"), RATES[:-1])
def test_tone_is_delayed_by_ten_samples_of_the_lower_rate(sfreq: float, to: float) -> None:
    delay = HALF_LENGTH / min(sfreq, to)
    y = made(tone(3.0, sfreq, 10), sfreq, to)[0]
    time = np.arange(len(y)) / to
    x = np.interp(time - delay, np.arange(len(tone(3.0, sfreq, 10))) / sfreq, tone(3.0, sfreq, 10))
    settled = time > 2 * delay
    assert np.abs(y - x)[settled].max() < 0.02


def test_frequencies_above_half_of_the_new_rate_are_removed_and_a_level_stays() -> None:
    assert np.abs(made(tone(100.0, 512.0, 5), 512.0, 128.0)[0, 64:]).max() < 0.01
    for sfreq, to in RATES:
        np.testing.assert_allclose(made(np.full(500, 1e4), sfreq, to), 1e4, rtol=1e-6)


def test_dropouts_remain_and_a_long_one_starts_the_signal_anew() -> None:
    x = np.full(2000, 7.0, np.float32)
    x[:8] = x[400:408] = x[800:1200] = np.nan
    x[1200:] = 100.0
    y = made(x, 512.0, 128.0)[0]
    assert np.flatnonzero(np.isnan(y)).tolist() == [*range(3), *range(100, 103), *range(200, 301)]
    known = ~np.isnan(y)
    assert np.allclose(y[known & (np.arange(500) < 300)], 7.0)
    assert np.allclose(y[known & (np.arange(500) > 300)], 100.0)
