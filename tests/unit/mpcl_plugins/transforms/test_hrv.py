"""Heart rate and its variability against the beats that were put in."""

import time
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms._beats import _lasting, find_beats
from mpcl_plugins.transforms.hrv import HRV
from support.feature_study import beat_times, bumps, study

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


def test_simulated_beats_are_found() -> None:
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


def test_measures_do_not_grow_with_the_window() -> None:
    short, long = (
        HRV().transform(study([bumps(beat_times(72.0, s, 0.02), 64.0, s, 0.08)], 64.0, "ppg")) for s in (60.0, 240.0)
    )
    np.testing.assert_allclose(short.X["ppg"][0, 0, [0, 4]], long.X["ppg"][0, 0, [0, 4]], rtol=0.05)
    np.testing.assert_allclose(short.X["ppg"][0, 0, 1:3], long.X["ppg"][0, 0, 1:3], rtol=0.4)


def test_a_window_depends_on_itself_alone() -> None:
    windows = pulses(jitter=0.03)
    joint = HRV().transform(windows).X["ppg"]
    for i in range(len(windows)):
        np.testing.assert_array_equal(HRV().transform(windows.take(np.array([i]))).X["ppg"][0], joint[i])
    twice = concatenate([windows, windows.take(np.arange(4)[::-1])])
    np.testing.assert_array_equal(HRV().transform(twice).X["ppg"][4:], joint[::-1])


def test_a_table_with_a_new_name_is_added_beside_the_signal() -> None:
    windows = pulses()
    out = HRV(output="heart").transform(windows)
    assert out.modalities == HRV(output="heart").outputs(windows.modalities)
    assert [m.name for m in out.modalities] == list(out.X) == ["ppg", "heart"]
    np.testing.assert_array_equal(out.X["ppg"], windows.X["ppg"])
    assert out.modalities[1] == Modality("heart", 1, 5)


def test_measures_follow_the_order_of_the_features() -> None:
    windows = pulses(jitter=0.03)
    complete = HRV().transform(windows).X["ppg"][:, 0]
    chosen = HRV(features=("quality", "pnn20", "rate")).transform(windows).validate().X["ppg"][:, 0]
    np.testing.assert_array_equal(chosen[:, [2, 0]], complete[:, [0, 4]])
    for i, rate in enumerate(RATES):
        RR = np.diff(beat_times(rate, SECONDS, 0.03, seed=i))
        assert chosen[i, 1] == pytest.approx(np.mean(np.abs(np.diff(RR)) > 0.02), abs=0.12)
    for features in ((), ("rate", "rate")):
        with pytest.raises(ValueError, match="features is"):
            HRV(features=features)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"width is -0\.1 s"):
        HRV(width=-0.1)


def test_width_requires_beats_to_last() -> None:
    """Which leaves a pulse as it is, and takes what is too short to be one out of noise."""
    times = beat_times(60.0, SECONDS)
    pulse = bumps(times, 64.0, SECONDS, 0.08)
    rows = np.stack([pulse, np.random.default_rng(0).standard_normal(len(pulse))])
    every, lasting = ((row, time) for row, time in (find_beats(rows, 64.0, "ppg", width) for width in (0.0, 0.111)))
    np.testing.assert_array_equal(lasting[1][lasting[0] == 0], every[1][every[0] == 0])
    np.testing.assert_allclose(lasting[1][lasting[0] == 0], times, atol=0.02)
    assert (lasting[0] == 1).sum() < 0.95 * (every[0] == 1).sum()


def test_long_stretches_are_those_of_a_loop() -> None:
    rng = np.random.default_rng(0)
    raised = rng.random((7, 200)) < 0.7
    raised[0], raised[1], raised[2, :50], raised[3, -50:] = True, False, True, True
    for samples in (0, 1, 2, 3, 7, 200, 201):
        expected = np.zeros_like(raised)
        for i, row in enumerate(raised):
            start = 0
            for value, group in groupby(row.tolist()):
                length = len(list(group))
                expected[i, start : start + length] = value and length >= samples
                start += length
        np.testing.assert_array_equal(_lasting(raised, samples), expected)


@pytest.mark.parametrize(
    ("modalities", "message"),
    [
        ((Modality("eeg", 1, 640, 64.0),), "no such modality. There are: eeg"),
        ((Modality("ppg", 1, 5),), "no windows of samples"),
        ((Modality("ppg", 1, 160, 16.0),), "16 Hz; beats need more than 16 Hz"),
        ((Modality("ppg", 1, 640, 64.0), Modality("heart", 1, 2)), "already a modality of that name"),
    ],
)
def test_unmeasurable_signals_are_refused(modalities: tuple[Modality, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        HRV(output="heart").outputs(modalities)


@pytest.mark.slow
def test_real_heart_rates_agree_with_the_watch(data_dir: Path) -> None:
    from mpcl_core.data.prepare import prepare
    from mpcl_plugins.sources.emopair import EmoPair
    from mpcl_plugins.transforms.window import Window

    windows = prepare(EmoPair(path=data_dir / "emopaircompete"), [Window(length=60.0)])
    started = time.perf_counter()
    out = HRV(output="heart").transform(windows)
    assert time.perf_counter() - started < 10
    good = out.present["heart"] & (out.X["heart"][:, 0, 4] > 0.9)
    watch, ours = windows.X["heart_rate"][good, 0].mean(1), out.X["heart"][good, 0, 0]
    assert good.mean() > 0.15  # the wrist moves
    assert np.median(np.abs(watch - ours)) < 2  # beats a minute


def real_pulses(data_dir: Path) -> np.ndarray:
    """The first five minutes of the first long enough segment of six people, 64 Hz."""
    from mpcl_plugins.sources.emopair import EmoPair

    found: dict[str, np.ndarray] = {}
    for recording in EmoPair(path=data_dir / "emopaircompete").load():
        x = recording.signals["ppg"].values[0]
        if len(x) >= 300 * 64 and len(found) < 6:
            found.setdefault(recording.subject, x[: 300 * 64].astype(np.float64))
    return np.stack(list(found.values()))


def test_on_a_real_resting_pulse_it_is_what_neurokit_finds(data_dir: Path) -> None:
    """NeuroKit2 0.2.13: clean, findpeaks, hrv_time. Its beats lie on samples, 10 ms apart, which its pNN shows."""
    path = data_dir / "neurokit" / "bio_resting_5min_100hz.csv"
    x = np.loadtxt(path, delimiter=",", skiprows=1)[:, 1]
    for width in (0.0, 0.111):
        assert len(find_beats(x[None], 100.0, "ppg", width)[0]) == 432
        heart = HRV(features=("rate", "sdnn", "rmssd", "pnn50", "pnn20"), width=width)
        found = heart.transform(study([x], 100.0, "ppg")).X["ppg"][0, 0]
        assert found[0] == pytest.approx(86.36986, rel=1e-4)
        np.testing.assert_allclose(found[1:3], [49.3806, 39.1598], rtol=5e-3)
        np.testing.assert_allclose(found[3:], [0.1206, 0.5058], atol=0.11)
        np.testing.assert_allclose(found[3:], [0.1462, 0.6009], atol=0.011)  # given our beats, to 1 ms


def test_on_a_real_electrocardiogram_there_are_as_many_beats_as_neurokit_finds(data_dir: Path) -> None:
    path = data_dir / "neurokit" / "bio_resting_5min_100hz.csv"
    x = np.loadtxt(path, delimiter=",", skiprows=1)[None, :, 0]
    assert len(find_beats(x, 100.0, "ecg", 0.097)[0]) == pytest.approx(431, rel=0.01)
    found = HRV(modality="ecg", kind="ecg").transform(study([x], 100.0, "ecg")).X["ecg"][0, 0]
    assert found[0] == pytest.approx(86.37, rel=1e-3)  # the pulse at the same time


def test_on_real_wrists_there_are_as_many_beats_as_neurokit_finds(data_dir: Path) -> None:
    """NeuroKit2 0.2.13: clean, findpeaks; it takes no beat shorter than 0.111 s."""
    theirs = np.array([366, 376, 331, 322, 350, 354])
    x = real_pulses(data_dir)
    ours = np.bincount(find_beats(x, 64.0, "ppg", 0.111)[0], minlength=6)
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.01)
    np.testing.assert_allclose(ours, theirs, rtol=0.015)
    more = np.bincount(find_beats(x, 64.0, "ppg")[0], minlength=6)
    assert more.sum() == pytest.approx(1.066 * theirs.sum(), rel=0.01)  # without that rule
