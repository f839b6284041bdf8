"""The recursive filters: chunks give what the recording gives, no later sample counts, dropouts, gains."""

import numpy as np
import pytest

from mpcl_core.interfaces.components import RecordingTransform
from mpcl_core.interfaces.data import Modality, Signal
from mpcl_core.testing.contract import failures
from mpcl_plugins.transforms.bandpass import Bandpass
from mpcl_plugins.transforms.notch import Notch
from support.feature_study import recording, tone

SFREQ = 128.0
FILTERS = [Bandpass(modality="eeg", low=1.0, high=30.0, causal=True), Notch(modality="eeg", causal=True)]


def filtered(transform: RecordingTransform, x: np.ndarray) -> np.ndarray:
    made = recording(eeg=Signal(np.atleast_2d(x).astype(np.float32), SFREQ))
    return transform.transform(made).signals["eeg"].values[0]


@pytest.mark.parametrize("transform", FILTERS, ids=lambda each: each.name)
def test_causal_filters_keep_the_contract(transform: RecordingTransform) -> None:
    bands = {"low": 1.0, "high": 40.0} if isinstance(transform, Bandpass) else {}
    assert failures(type(transform), modality="eeg", causal=True, **bands) == {}


@pytest.mark.parametrize("transform", FILTERS, ids=lambda each: each.name)
def test_later_samples_change_nothing(transform: RecordingTransform) -> None:
    x = np.random.default_rng(0).standard_normal(600).cumsum()
    other = np.where(np.arange(600) < 300, x, -5 * x)
    np.testing.assert_array_equal(filtered(transform, x)[:300], filtered(transform, other)[:300])
    assert transform.is_causal
    assert not Bandpass(modality="eeg", low=1.0, high=30.0).is_causal


def test_gains_of_the_band_and_of_the_hum() -> None:
    bandpass, notch = FILTERS
    for transform, frequency, low, high in (
        (bandpass, 10.0, 0.98, 1.0),
        (bandpass, 0.1, 0.0, 0.02),
        (notch, 50.0, 0.0, 1e-3),
        (notch, 10.0, 0.99, 1.01),
    ):
        assert low <= np.abs(filtered(transform, tone(frequency, SFREQ, 20))[1280:]).max() <= high


def test_level_causes_no_response_at_the_start() -> None:
    bandpass, notch = FILTERS
    np.testing.assert_allclose(filtered(bandpass, np.full(400, 1e4)), 0, atol=1e-2)
    np.testing.assert_allclose(filtered(notch, np.full(400, 1e4)), 1e4)


def test_short_dropout_is_held_and_long_one_restarts() -> None:
    x = np.full(2000, 7.0, np.float32)
    x[:10] = x[500:520] = x[900:1300] = np.nan
    for transform in FILTERS:
        y = filtered(transform, x)
        np.testing.assert_array_equal(np.isnan(y), np.isnan(x))
        np.testing.assert_allclose(y[~np.isnan(x)], 0.0 if transform.name == "bandpass" else 7.0, atol=1e-4)
    x[1300:] = 9.0
    np.testing.assert_allclose(filtered(FILTERS[0], x)[1300:], 0, atol=1e-4)


def test_empty_chunk_and_other_modality_pass() -> None:
    chunk = Signal(np.zeros((2, 0), np.float32), SFREQ)
    made, state = FILTERS[0].transform_chunk("eeg", chunk, None)
    assert made.values.shape == (2, 0)
    passed, state = FILTERS[0].transform_chunk("ppg", chunk, state)
    assert passed is chunk
    assert state is None
    assert FILTERS[0].outputs((Modality("eeg", 2, sfreq=SFREQ),))
