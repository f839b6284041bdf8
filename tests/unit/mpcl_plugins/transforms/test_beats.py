"""Beats of made-up pulse waves and heart currents are found where they were put."""

import numpy as np
import pytest

from mpcl_plugins.transforms._beats import REFRACTORY, Kind, find_beats, lowest_rate


def wave(beats: np.ndarray, seconds: float, sfreq: float, width: float) -> np.ndarray:
    t = np.arange(round(seconds * sfreq)) / sfreq
    return np.exp(-0.5 * np.square((t[:, None] - beats) / width)).sum(1)


@pytest.mark.parametrize(("kind", "sfreq", "width"), [("ppg", 64.0, 0.1), ("ecg", 250.0, 0.012)])
def test_every_beat_is_found_within_half_a_sample(kind: Kind, sfreq: float, width: float) -> None:
    beats = np.array([0.9, 1.7, 2.45, 3.3, 4.05, 4.9, 5.7, 6.5])
    x = np.stack([wave(beats, 8.0, sfreq, width), wave(beats[::2], 8.0, sfreq, width)])
    row, time = find_beats(x, sfreq, kind)
    inner = (time > 0.5) & (time < 7.5)
    found = [time[inner & (row == number)] for number in (0, 1)]
    assert len(found[0]) == len(beats)
    np.testing.assert_allclose(found[0] - beats, (found[0] - beats).mean(), atol=0.6 / sfreq)
    assert len(found[1]) == len(beats[::2])


def test_flat_signal_has_no_beat() -> None:
    row, time = find_beats(np.zeros((2, 512)), 64.0, "ppg")
    assert len(row) == len(time) == 0


def test_no_two_beats_are_nearer_than_the_refractory_time() -> None:
    x = np.random.default_rng(0).normal(size=(3, 1280))
    row, time = find_beats(x, 64.0, "ppg")
    same = row[1:] == row[:-1]
    assert (np.diff(time)[same] > REFRACTORY - 1 / 64).all()
    assert (np.diff(row) >= 0).all()


def test_short_rise_is_no_beat_where_it_must_last() -> None:
    x = wave(np.array([1.0, 2.0, 3.0]), 4.0, 64.0, 0.1)[None]
    assert len(find_beats(x, 64.0, "ppg")[0]) >= 3
    assert len(find_beats(x, 64.0, "ppg", width=0.9)[0]) == 0


def test_rate_must_hold_the_band() -> None:
    assert lowest_rate("ppg") == 16.0
    assert lowest_rate("ecg") == 40.0
