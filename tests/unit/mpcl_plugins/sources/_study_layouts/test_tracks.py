"""Test that arrays of studies become signals."""

import numpy as np

from mpcl_plugins.sources._study_layouts.tracks import Track, list_modalities, make_signals

TRACKS = {"eeg": Track(("a", "b"), 4.0, "uV", is_zero_missing=True), "ppg": Track(("p",), 2.0)}


def test_last_seconds_are_kept_at_each_rate() -> None:
    found = {"eeg": np.arange(1.0, 41).reshape(2, 20), "ppg": np.arange(10.0)[None]}
    signals = make_signals(found, TRACKS, 2.0)
    assert signals["eeg"].values.tolist() == [list(range(13, 21)), list(range(33, 41))]
    assert signals["ppg"].values.tolist() == [[6, 7, 8, 9]]


def test_zeros_are_missing_where_a_track_says_so() -> None:
    values = np.array([[0.0, 0, 1], [0, 2, 3]])
    assert np.isnan(make_signals({"eeg": values}, TRACKS, 9.0)["eeg"].values[:, 0]).all()
    assert make_signals({"ppg": np.zeros((1, 4))}, TRACKS, 9.0)["ppg"].values.tolist() == [[0] * 4]


def test_modalities_without_samples_are_absent() -> None:
    assert make_signals({"eeg": np.zeros((2, 8)), "ppg": None}, TRACKS, 9.0) == {}


def test_modalities_have_channels_rate_and_unit() -> None:
    eeg, ppg = list_modalities(TRACKS)
    assert (eeg.name, eeg.n_chans, eeg.n_times, eeg.sfreq, eeg.ch_names, eeg.unit) == (
        "eeg",
        2,
        None,
        4.0,
        ("a", "b"),
        "uV",
    )
    assert ppg.unit == ""
