"""A condition is cut out of a signal on the session's clock; what no sensor can measure is missing."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.sources._wesad.tracks import CHANNELS, CHEST, Channel, Track, cut_tracks, make_track

TRACK = Track(np.arange(20.0)[None], sfreq=4.0, start=10.0)


@pytest.mark.parametrize(
    ("begin", "end", "values", "start"),
    [
        (11.0, 12.0, [4, 5, 6, 7], 0.0),
        (11.1, 11.6, [5, 6], 0.15),
        (9.0, 10.5, [0, 1], 1.0),
        (14.5, 99.0, [18, 19], 0.0),
    ],
)
def test_samples_are_those_from_the_beginning_to_before_the_end(
    begin: float, end: float, values: list[float], start: float
) -> None:
    signal = TRACK.cut(begin, end)
    assert signal is not None
    assert signal.values.tolist() == [values]
    assert signal.start == pytest.approx(start)
    assert signal.values.dtype == np.float32


@pytest.mark.parametrize(("begin", "end"), [(0.0, 9.9), (15.0, 20.0), (12.0, 11.0)])
def test_condition_without_samples_has_no_signal(begin: float, end: float) -> None:
    assert TRACK.cut(begin, end) is None
    assert cut_tracks({"a": TRACK}, begin, end) == {}


def test_each_signal_is_cut_at_its_own_rate() -> None:
    found = cut_tracks({"slow": TRACK, "fast": Track(np.zeros((2, 100)), 20.0, 10.0)}, 11.0, 12.0)
    assert {name: signal.values.shape for name, signal in found.items()} == {"slow": (1, 4), "fast": (2, 20)}


def test_values_are_scaled_and_those_out_of_bounds_are_missing() -> None:
    channel = Channel(Modality("temperature", 1, sfreq=4.0), "wrist", "TEMP", scale=2.0, low=-40.0, high=115.0)
    track = make_track(np.array([[60.0], [240.0], [-100.0], [np.inf]]), channel, 3.0)
    np.testing.assert_array_equal(track.values, [[30.0, np.nan, np.nan, np.nan]])
    assert (track.sfreq, track.start) == (4.0, 3.0)


def test_signals_without_a_rate_are_those_of_the_chest() -> None:
    assert make_track(np.zeros((3, 2)), Channel(Modality("x", 2), "chest", "X"), 0.0).sfreq == CHEST


def test_names_of_modalities_are_those_of_their_channels() -> None:
    assert all(name == channel.modality.name for name, channel in CHANNELS.items())
    assert {name for name, channel in CHANNELS.items() if channel.device == "chest"} == {
        name for name in CHANNELS if name.startswith("chest_")
    }
