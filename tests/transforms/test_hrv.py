"""Heart rate and its variability against the beats that were put in."""

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from feature_study import beat_times, bumps, study

from mpcl_core.interfaces.data import Modality, WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError
from mpcl_transforms.beats import find_beats
from mpcl_transforms.hrv import HRV

RATES = (50.0, 72.0, 95.0, 140.0)
SECONDS = 60.0


def pulses(sfreq: float = 64.0, jitter: float = 0.0, width: float = 0.08) -> WindowSet:
    rng = np.random.default_rng(1)
    rows = [
        bumps(beat_times(rate, SECONDS, jitter, seed=i), sfreq, SECONDS, width)
        + 0.01 * rng.standard_normal(round(SECONDS * sfreq))
        for i, rate in enumerate(RATES)
    ]
    return study(rows, sfreq, "ppg")


def reference(times: np.ndarray) -> list[float]:
    """The four measures from the beats themselves, in plain loops."""
    RR = [b - a for a, b in pairwise(times)]
    mean = sum(RR) / len(RR)
    steps = [b - a for a, b in pairwise(RR)]
    sdnn = (sum((r - mean) ** 2 for r in RR) / (len(RR) - 1)) ** 0.5
    rmssd = (sum(s**2 for s in steps) / len(steps)) ** 0.5
    return [60 / mean, 1e3 * sdnn, 1e3 * rmssd, sum(abs(s) > 0.05 for s in steps) / len(steps)]


def test_the_beats_that_were_put_in_are_found() -> None:
    windows = pulses(jitter=0.02)
    row, found = find_beats(windows.X["ppg"][:, 0].astype(np.float64), 64.0, "ppg")
    for i, rate in enumerate(RATES):
        put_in = beat_times(rate, SECONDS, 0.02, seed=i)
        assert len(put_in) == (row == i).sum()
        np.testing.assert_allclose(found[row == i], put_in, atol=0.02)


def test_measures_are_those_of_the_beats() -> None:
    out = HRV().transform(pulses(jitter=0.03)).validate()
    for i, rate in enumerate(RATES):
        rate_, sdnn, rmssd, pnn50, quality = out.X["ppg"][i, 0]
        expected = reference(beat_times(rate, SECONDS, 0.03, seed=i))
        assert rate_ == pytest.approx(expected[0], rel=0.002)
        assert sdnn == pytest.approx(expected[1], rel=0.1)
        assert rmssd == pytest.approx(expected[2], rel=0.1)
        assert pnn50 == pytest.approx(expected[3], abs=0.08)
        assert quality > 0.95


def test_a_regular_pulse_has_next_to_no_variability() -> None:
    out = HRV().transform(pulses())
    assert (out.X["ppg"][:, 0, 1:3] < 8).all()  # ms; a sample is 16 ms
    assert not out.X["ppg"][:, 0, 3].any()


def test_an_electrocardiogram_upside_down_gives_the_same() -> None:
    rows = [bumps(beat_times(rate, SECONDS), 250.0, SECONDS, 0.012) for rate in RATES]
    windows = study([*rows, *(-row for row in rows)], 250.0, "ecg")
    out = HRV(modality="ecg", kind="ecg").transform(windows)
    np.testing.assert_allclose(out.X["ecg"][:4, 0, 0], RATES, rtol=0.002)
    np.testing.assert_allclose(out.X["ecg"][4:, 0], out.X["ecg"][:4, 0], atol=1e-3)


def test_a_missed_beat_leaves_a_gap_and_no_false_variability() -> None:
    times = np.delete(beat_times(60.0, SECONDS), [20, 40])
    out = HRV().transform(study([bumps(times, 64.0, SECONDS, 0.08)], 64.0, "ppg"))
    rate, sdnn, _, _, quality = out.X["ppg"][0, 0]
    assert rate == pytest.approx(60, rel=0.005)
    assert sdnn < 8
    assert quality == pytest.approx((len(times) - 1 - 2) / SECONDS, abs=0.01)


def test_too_few_beats_are_absent_and_never_nan() -> None:
    times = (np.array([5.0]), beat_times(90.0, 10.0), np.array([2.0, 7.0]))  # the last too far apart to be a rhythm
    rows = [np.zeros(640), *(bumps(these, 64.0, 10.0, 0.08) for these in times)]
    out = HRV(beats=5).transform(study(rows, 64.0, "ppg")).validate()
    assert out.present["ppg"].tolist() == [False, False, True, False]
    assert not out.X["ppg"][[0, 1, 3]].any()


def test_every_channel_must_be_measured() -> None:
    pulse = bumps(beat_times(90.0, 20.0), 64.0, 20.0, 0.08)
    out = HRV().transform(study([np.stack([pulse, pulse]), np.stack([pulse, 0 * pulse])], 64.0, "ppg"))
    assert out.X["ppg"].shape == (2, 2, 5)
    assert out.present["ppg"].tolist() == [True, False]


def test_nothing_grows_with_the_window() -> None:
    short, long = (
        HRV().transform(study([bumps(beat_times(72.0, s, 0.02), 64.0, s, 0.08)], 64.0, "ppg")) for s in (60.0, 240.0)
    )
    np.testing.assert_allclose(short.X["ppg"][0, 0, [0, 4]], long.X["ppg"][0, 0, [0, 4]], rtol=0.05)
    np.testing.assert_allclose(short.X["ppg"][0, 0, 1:3], long.X["ppg"][0, 0, 1:3], rtol=0.4)


def test_a_row_depends_on_that_row_alone() -> None:
    windows = pulses(jitter=0.03)
    together = HRV().transform(windows).X["ppg"]
    for i in range(len(windows)):
        np.testing.assert_array_equal(HRV().transform(windows.take(np.array([i]))).X["ppg"][0], together[i])
    twice = concatenate([windows, windows.take(np.arange(4)[::-1])])
    np.testing.assert_array_equal(HRV().transform(twice).X["ppg"][4:], together[::-1])


def test_the_table_stands_beside_the_signal_under_a_new_name() -> None:
    windows = pulses()
    out = HRV(output="heart").transform(windows)
    assert out.modalities == HRV(output="heart").outputs(windows.modalities)
    assert [m.name for m in out.modalities] == list(out.X) == ["ppg", "heart"]
    np.testing.assert_array_equal(out.X["ppg"], windows.X["ppg"])
    assert out.modalities[1] == Modality("heart", 1, 5)


@pytest.mark.parametrize(
    ("modalities", "message"),
    [
        ((Modality("eeg", 1, 640, 64.0),), "no such modality. There are: eeg"),
        ((Modality("ppg", 1, 5),), "no sampled windows"),
        ((Modality("ppg", 1, 160, 16.0),), "16 Hz; beats need more than 16 Hz"),
        ((Modality("ppg", 1, 640, 64.0), Modality("heart", 1, 2)), "a modality of that name already"),
    ],
)
def test_what_cannot_be_measured_is_said(modalities: tuple[Modality, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        HRV(output="heart").outputs(modalities)


def test_real_heart_rates_agree_with_the_watch(data_dir: Path) -> None:
    from mpcl_core.engine.prepare import prepare
    from mpcl_sources.emopair import EmoPair
    from mpcl_transforms.window import Window

    windows = prepare(EmoPair(path=data_dir / "emopaircompete"), [Window(length=60.0)])
    started = time.perf_counter()
    out = HRV(output="heart").transform(windows)
    assert time.perf_counter() - started < 10
    good = out.present["heart"] & (out.X["heart"][:, 0, 4] > 0.9)
    watch, ours = windows.X["heart_rate"][good, 0].mean(1), out.X["heart"][good, 0, 0]
    assert good.mean() > 0.15  # the wrist moves
    assert np.median(np.abs(watch - ours)) < 2  # beats a minute
