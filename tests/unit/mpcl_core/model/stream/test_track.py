"""A track filters what can be released and finds the samples of a window."""

from dataclasses import replace

import numpy as np

from mpcl_core.model.stream.track import Track
from mpcl_plugins.transforms.bandpass import Bandpass
from mpcl_plugins.transforms.resample import Resample
from support.live_models import INPUTS, recording

EEG = INPUTS[0]


def test_filter_state_lives_across_chunks() -> None:
    bandpass = Bandpass(modality="eeg", low=2.0, high=20.0, causal=True)
    made = recording(4.0)
    track, values = Track(EEG, EEG, [bandpass], 4.0), made.signals["eeg"].values
    for first in range(0, 256, 10):
        times = 7.0 + np.arange(first, min(first + 10, 256)) / 64
        track.add(values[:, first : first + 10], times, track.newest)
        track.advance(-np.inf)
    expected = bandpass.transform(made).signals["eeg"].values
    np.testing.assert_array_equal(track.cut(7.0, 256), expected)
    np.testing.assert_array_equal(track.cut(8.0, 64), expected[:, 64:128])
    assert track.cut(7.1, 256) is None
    assert np.isnan(track.partial(7.1, 256)).any(0).sum() == 6


def test_last_window_may_lack_a_sample_by_rounding() -> None:
    track = Track(EEG, EEG, [], 4.0)
    assert track.cut(0.0, 4) is None
    assert np.isnan(track.partial(0.0, 4)).all()
    track.add(np.ones((2, 64), np.float32), np.arange(64) / 64, -np.inf)
    track.advance(np.inf)
    begin = 0.5 + 0.5 / 64
    assert track.cut(begin + 1e-9, 32) is None
    last = track.cut(begin + 1e-9, 32, is_last=True)
    assert last is not None
    assert not np.isnan(last).any()


def test_resampled_signal_keeps_its_times_after_a_gap_that_starts_it_anew() -> None:
    resample = Resample(modality="eeg", sfreq=16.0, causal=True)
    track = Track(EEG, replace(EEG, sfreq=16.0), [resample], 4.0)
    for begin in (5.0, 105.0):  # a first sample alone makes none at the lower rate
        for first, n in ((0, 1), (1, 127)):
            times = begin + np.arange(first, first + n) / 64
            track.add(np.full((2, n), begin, np.float32), times, track.newest)
            track.advance(-np.inf)
        found = track.cut(begin, 32)
        assert found is not None
        np.testing.assert_allclose(found, begin)
