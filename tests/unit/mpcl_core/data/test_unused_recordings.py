"""Explain why recordings give no window."""

from collections.abc import Mapping

import numpy as np

from mpcl_core.data.unused_recordings import UnusedRecording, describe_unused, explain_unused, unused_note
from mpcl_core.interfaces.data import Modality, Recording, Signal

MODALITIES = (Modality("eeg", 2, 256, 128.0, ("Fz", "marker")), Modality("gsr", 1, 8, 4.0))


def recording(signals: Mapping[str, Signal]) -> Recording:
    return Recording(dict(signals), np.array([0.5, 0.5]), "s1", "t1")


def zeros(n_chans: int, n_times: int, sfreq: float, start: float = 0.0) -> Signal:
    return Signal(np.zeros((n_chans, n_times), np.float32), sfreq, start)


def test_a_recording_shorter_than_a_window_is_named_with_both_lengths() -> None:
    unused = explain_unused(recording({"eeg": zeros(2, 100, 128.0), "gsr": zeros(1, 40, 4.0)}), MODALITIES)
    assert unused == UnusedRecording("s1", "t1", "eeg lasts 0.781 s, a window 2 s")


def test_signals_that_hardly_overlap_are_named_by_the_time_that_they_share() -> None:
    signals = {"eeg": zeros(2, 1280, 128.0), "gsr": zeros(1, 40, 4.0, start=9.0)}
    assert explain_unused(recording(signals), MODALITIES).reason == "its signals share 1 s, a window lasts 2 s"


def test_a_mostly_empty_channel_is_named() -> None:
    signal = zeros(2, 1280, 128.0)
    signal.values[1, np.arange(1280) % 64 != 0] = np.nan
    expected = "eeg is absent in every window: 'marker' is missing in 98.4 % of its samples"
    assert explain_unused(recording({"eeg": signal}), MODALITIES).reason == expected


def test_a_note_counts_recordings_and_names_lost_subjects() -> None:
    unused = [UnusedRecording("a", "0", "no signal"), UnusedRecording("b", "1", "no signal")]
    note = unused_note(unused, 5, ["b", "c"])
    assert note == "3 of 5 recordings give windows, not: a/0, b/1 (no signal). No window of subject: a."
    assert unused_note([], 5, ["b", "c"]) == ""


def test_many_recordings_are_counted() -> None:
    unused = [UnusedRecording("a", str(number), "no signal") for number in range(9)]
    assert describe_unused(unused) == "a/0, a/1, a/2, a/3, a/4 and 4 more (no signal)"
