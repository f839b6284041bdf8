"""Windows of several rates, against a loop over windows, modalities and samples."""

import math
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpcl_core.interfaces.data import Modality, Recording, Signal, Valence, WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms import window as module
from mpcl_plugins.transforms.window import Window
from support.cache_study import assert_same

EEG = Modality("eeg", 3, sfreq=128.0, ch_names=("Fz", "Cz", "Pz"), unit="uV")
PPG = Modality("ppg", 1, sfreq=100.0)
GSR = Modality("gsr", 2, sfreq=4.0, unit="uS")
ALL = (EEG, PPG, GSR)
Row = dict[str, Any]
LABELS = ("calm", "tense", "sad")
VALENCE = Valence(("calm",), ("tense", "sad"))


def signal(modality: Modality, seconds: float, start: float = 0.0, seed: int = 0) -> Signal:
    samples = int(seconds * (modality.sfreq or 0))
    values = np.random.default_rng(seed).standard_normal((modality.n_chans, samples), dtype=np.float32)
    return Signal(values, modality.sfreq or 0, start)


def recording(**signals: Signal) -> Recording:
    return Recording(signals, np.array([0.5, 0.3, 0.2]), "S1", "t3", "day-2", "stress", "clip-7")


def cut(window: Window, made: Recording, modalities: tuple[Modality, ...] = ALL) -> WindowSet:
    windows = window.transform(made, modalities, LABELS, VALENCE)
    if len(windows):
        windows.validate()
    return windows


def starts(made: Recording, length: float, hop: float, edges: str) -> list[float]:
    """The seconds at which windows start, one after the other."""
    begins = [one.start for one in made.signals.values()]
    ends = [one.start + one.values.shape[1] / one.sfreq for one in made.signals.values()]
    begin, end = (min(begins), max(ends)) if edges == "absent" else (max(begins), min(ends))
    found: list[float] = []
    while begin + len(found) * hop + length <= end + 1e-6 * hop:
        found.append(begin + len(found) * hop)
    if edges == "last" and found and end - (found[-1] + length) > 1e-6 * hop:
        found.append(end - length)
    return found


def by_loop(
    made: Recording, modalities: tuple[Modality, ...], length: float, hop: float, edges: str = "drop"
) -> list[Row]:
    """Window after window, sample after sample."""
    rows: list[Row] = []
    for number, start in enumerate(starts(made, length, hop, edges)):
        row: Row = {"window": number, "t_start": start}
        for modality in modalities:
            one = made.signals.get(modality.name)
            if one is None:
                continue
            n = round(length * one.sfreq)
            exact = (start - one.start) * one.sfreq
            first = max(0, min(round(exact), one.values.shape[1] - n))
            if one.values.shape[1] < n or abs(first - exact) > 0.5 + 1e-4:
                continue
            values = [[float(channel[first + i]) for i in range(n)] for channel in one.values]
            if not any(math.isnan(value) for channel in values for value in channel):
                row[modality.name] = values
        if len(row) > 2:
            rows.append(row)
    return rows


def agrees(windows: WindowSet, rows: list[Row]) -> None:
    assert windows.window.tolist() == [row["window"] for row in rows]
    np.testing.assert_allclose(windows.t_start, [row["t_start"] for row in rows])
    for modality in windows.modalities:
        name = modality.name
        assert windows.present[name].tolist() == [name in row for row in rows]
        for i, row in enumerate(rows):
            expected = row.get(name, np.zeros((modality.n_chans, modality.n_times or 0)))
            np.testing.assert_array_equal(windows.X[name][i], np.array(expected, dtype=np.float32))


def test_the_table_is_the_last_modality() -> None:
    out = Window(length=2.0).outputs(ALL)
    assert [modality.n_times for modality in out] == [256, 200, 8]
    assert [replace(modality, n_times=None) for modality in out] == list(ALL)
    assert [modality.n_times for modality in Window(length=0.3).outputs(ALL)] == [38, 30, 1]


def test_windows_of_several_rates() -> None:
    made = recording(eeg=signal(EEG, 10), ppg=signal(PPG, 10, seed=1), gsr=signal(GSR, 10, seed=2))
    windows = cut(Window(length=2.0, hop=1.0), made)
    assert len(windows) == 9
    np.testing.assert_array_equal(windows.t_start, np.arange(9.0))
    np.testing.assert_array_equal(windows.t_stop, np.arange(9.0) + 2)
    np.testing.assert_array_equal(windows.X["eeg"][3], made.signals["eeg"].values[:, 384:640])
    np.testing.assert_array_equal(windows.X["ppg"][3], made.signals["ppg"].values[:, 300:500])
    np.testing.assert_array_equal(windows.X["gsr"][3], made.signals["gsr"].values[:, 12:20])
    assert all(present.all() for present in windows.present.values())
    agrees(windows, by_loop(made, ALL, 2.0, 1.0))


def test_the_columns_and_weights() -> None:
    windows = cut(Window(length=2.0), recording(eeg=signal(EEG, 11), ppg=signal(PPG, 11), gsr=signal(GSR, 11)))
    assert len(windows) == 5
    np.testing.assert_allclose(windows.weight, 0.2)
    np.testing.assert_array_equal(windows.D, np.tile([0.5, 0.3, 0.2], (5, 1)))
    for name, value in (("subject", "S1"), ("trial", "t3"), ("session", "day-2"), ("condition", "stress")):
        assert set(getattr(windows, name)) == {value}
    assert set(windows.stimulus) == {"clip-7"}
    assert set(windows.split) == {""}
    assert (windows.labels, windows.valence) == (LABELS, VALENCE)
    assert windows.window.tolist() == [0, 1, 2, 3, 4]


def test_windows_share_the_weight_of_their_recording() -> None:
    made = replace(recording(ppg=signal(PPG, 10)), weight=2.5)
    np.testing.assert_allclose(cut(Window(length=2.0), made, (PPG,)).weight, 0.5)


def test_signals_that_start_apart_are_aligned_in_time() -> None:
    """Every signal holds its own time, so every window must hold the same seconds in all."""
    signals = {}
    for modality, start in zip(ALL, (0.5, 0.0, 1.25), strict=True):
        rate = modality.sfreq or 0
        seconds = start + np.arange(int(9 * rate)) / rate
        signals[modality.name] = Signal(np.tile(seconds.astype(np.float32), (modality.n_chans, 1)), rate, start)
    windows = cut(Window(length=2.0, hop=0.7), recording(**signals))
    assert windows.t_start[0] == 1.25
    assert windows.t_stop[-1] <= 9.0
    assert len(windows) == 9
    for modality in ALL:
        off = windows.X[modality.name][:, 0, 0] - windows.t_start
        assert np.abs(off).max() <= 0.5 / (modality.sfreq or 0) + 1e-5


def test_incomplete_windows_are_left_out() -> None:
    for seconds, expected in ((2.0, 1), (1.99, 0), (2.99, 1), (3.0, 2), (0.0, 0)):
        assert len(cut(Window(length=2.0, hop=1.0), recording(ppg=signal(PPG, seconds)), (PPG,))) == expected


def test_decimal_seconds_lose_no_window() -> None:
    windows = cut(Window(length=0.3, hop=0.1), recording(ppg=signal(PPG, 1.2)), (PPG,))
    assert len(windows) == 10


def test_halves_that_round_up_do_not_run_over_the_end() -> None:
    """At 1 Hz a window of 3.5 s from 1.5 s on would be samples 2 to 5, but only five (0 to 4) fit before 5 s."""
    slow, fast = Modality("slow", 1, sfreq=1.0), Modality("fast", 1, sfreq=2.0)
    made = recording(slow=Signal(np.arange(5, dtype=np.float32)[None], 1.0), fast=signal(fast, 3.5, start=1.5))
    windows = cut(Window(length=3.5), made, (slow, fast))
    assert windows.t_start.tolist() == [1.5]
    assert windows.X["slow"].tolist() == [[[1, 2, 3, 4]]]


def test_a_recording_shorter_than_a_window_gives_none() -> None:
    windows = cut(Window(length=5.0), recording(eeg=signal(EEG, 3), gsr=signal(GSR, 3)))
    assert len(windows) == 0
    assert windows.X["eeg"].shape == (0, 3, 640)
    assert windows.X["ppg"].shape == (0, 1, 500)
    assert windows.D.shape == (0, 3)
    assert len(cut(Window(length=5.0), recording())) == 0


def test_an_absent_modality() -> None:
    windows = cut(Window(length=2.0), recording(eeg=signal(EEG, 6), gsr=signal(GSR, 6)))
    assert len(windows) == 3
    assert windows.X["ppg"].shape == (3, 1, 200)
    assert not windows.X["ppg"].any()
    assert [windows.present[m.name].all() for m in ALL] == [True, False, True]


def test_a_dropout_makes_a_modality_absent_in_its_windows() -> None:
    made = recording(eeg=signal(EEG, 8), gsr=signal(GSR, 8))
    made.signals["eeg"].values[1, 300] = np.nan
    windows = cut(Window(length=2.0, hop=1.0), made)
    assert windows.present["eeg"].tolist() == [True, False, False, True, True, True, True]
    assert not windows.X["eeg"][1:3].any()
    assert windows.present["gsr"].all()
    assert np.isnan(made.signals["eeg"].values).sum() == 1, "the recording is left as it is"
    agrees(windows, by_loop(made, ALL, 2.0, 1.0))


def test_a_window_without_any_modality_is_left_out() -> None:
    made = recording(eeg=signal(EEG, 8), gsr=signal(GSR, 8))
    made.signals["eeg"].values[:, 256:520] = np.nan
    made.signals["gsr"].values[0, 9] = np.nan
    windows = cut(Window(length=2.0), made)
    assert windows.window.tolist() == [0, 2, 3]
    assert windows.t_start.tolist() == [0.0, 4.0, 6.0]
    np.testing.assert_allclose(windows.weight, 1 / 3)
    assert windows.present["eeg"].tolist() == [True, False, True]


def test_windows_are_copies() -> None:
    made = recording(ppg=signal(PPG, 4))
    before = made.signals["ppg"].values.copy()
    windows = cut(Window(length=2.0, hop=1.0), made, (PPG,))
    windows.X["ppg"][0] = 7
    np.testing.assert_array_equal(made.signals["ppg"].values, before)
    np.testing.assert_array_equal(windows.X["ppg"][1, 0], before[0, 100:300])


def test_a_last_window_is_moved_back_to_the_end() -> None:
    made = recording(eeg=signal(EEG, 7.5), gsr=signal(GSR, 9))
    windows = cut(Window(length=2.0, hop=1.5, edges="last"), made, (EEG, GSR))
    assert windows.t_start.tolist() == [0, 1.5, 3, 4.5, 5.5]
    assert windows.t_stop[-1] == 7.5
    assert windows.window.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(windows.weight, 0.2)
    np.testing.assert_array_equal(windows.X["eeg"][-1], made.signals["eeg"].values[:, -256:])
    np.testing.assert_array_equal(windows.X["gsr"][-1], made.signals["gsr"].values[:, 22:30])
    fitting = cut(Window(length=2.0, hop=0.5, edges="last"), made, (EEG, GSR))
    assert fitting.t_start.tolist() == np.arange(0, 5.6, 0.5).tolist(), "nothing is left, so nothing is added"
    assert len(cut(Window(length=8.0, edges="last"), made, (EEG, GSR))) == 0


def test_edges_absent_marks_modalities_that_do_not_cover_a_window() -> None:
    """A second band that was put on late and taken off early."""
    made = recording(eeg=signal(EEG, 10), gsr=signal(GSR, 5, start=2.25))
    windows = cut(Window(length=2.0, hop=1.0, edges="absent"), made, (EEG, GSR))
    assert windows.t_start.tolist() == list(range(9))
    assert windows.present["eeg"].all()
    assert windows.present["gsr"].tolist() == [False, False, False, True, True, True, False, False, False]
    np.testing.assert_array_equal(windows.X["gsr"][3], made.signals["gsr"].values[:, 3:11])
    assert len(cut(Window(length=2.0, hop=1.0), made, (EEG, GSR))) == 4


def test_half_a_sample_short_is_still_present() -> None:
    made = recording(eeg=signal(EEG, 10, start=0.003), gsr=signal(GSR, 10, start=0.12))
    windows = cut(Window(length=2.0, edges="absent"), made, (EEG, GSR))
    assert windows.t_start[0] == 0.003
    assert windows.present["gsr"].all()
    late = recording(eeg=signal(EEG, 10), gsr=signal(GSR, 10, start=0.13))
    assert not cut(Window(length=2.0, edges="absent"), late, (EEG, GSR)).present["gsr"][0]


def test_signals_that_do_not_overlap_share_no_window() -> None:
    made = recording(eeg=signal(EEG, 3), gsr=signal(GSR, 3, start=4.0))
    assert len(cut(Window(length=1.0), made, (EEG, GSR))) == 0
    windows = cut(Window(length=1.0, edges="absent"), made, (EEG, GSR))
    assert windows.window.tolist() == [0, 1, 2, 4, 5, 6], "in the fourth second there is nothing"
    assert windows.present["eeg"].tolist() == [True] * 3 + [False] * 3


@given(
    rates=st.lists(st.sampled_from([1.0, 3.5, 4.0, 7.3, 32.0, 64.0]), min_size=1, max_size=3),
    data=st.data(),
    length=st.sampled_from([1.0, 1.5, 2.0, 3.3]),
    hop=st.sampled_from([0.3, 0.5, 1.0, 2.0, 4.0]),
    edges=st.sampled_from(["drop", "last", "absent"]),
)
@settings(deadline=None, max_examples=80)
def test_any_rates_and_starts_equal_the_loop(
    rates: list[float], data: st.DataObject, length: float, hop: float, edges: str
) -> None:
    modalities = tuple(Modality(f"m{i}", 2, sfreq=rate) for i, rate in enumerate(rates))
    signals = {}
    for seed, modality in enumerate(modalities):
        start = data.draw(st.sampled_from([0.0, 0.1, 0.125, 0.37, 1.0]))
        one = signal(modality, data.draw(st.floats(0, 9)), start, seed)
        if data.draw(st.booleans()) and one.values.size:
            one.values[0, data.draw(st.integers(0, one.values.shape[1] - 1))] = np.nan
        signals[modality.name] = one
    made = recording(**signals)
    window = Window(length=length, hop=hop, edges=edges)  # type: ignore[arg-type]
    agrees(cut(window, made, modalities), by_loop(made, modalities, length, hop, edges))


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_bad_lengths(value: float) -> None:
    with pytest.raises(ValueError, match=f"length is {value}"):
        Window(length=value)
    with pytest.raises(ValueError, match=f"hop is {value}"):
        Window(length=1.0, hop=value)


def test_modalities_that_cannot_be_cut() -> None:
    with pytest.raises(DataError, match=r"gsr: a window of 0\.1 s holds no sample at 4 Hz"):
        Window(length=0.1).outputs(ALL)
    with pytest.raises(DataError, match="face: has no sampling rate"):
        Window(length=1.0).outputs((Modality("face", 1, 32),))


def test_a_signal_that_differs_from_its_modality_is_refused() -> None:
    slow = Signal(signal(PPG, 4).values, 64.0)
    with pytest.raises(DataError, match=r"ppg: 64.0 Hz in trial 't3' of subject 'S1', but 100.0 were declared"):
        cut(Window(length=1.0), recording(ppg=slow))
    with pytest.raises(DataError, match=r"ppg: 3 channels .* but 1 were declared"):
        cut(Window(length=1.0), recording(ppg=Signal(signal(EEG, 4).values, 100.0)))


def test_more_than_a_million_windows_of_a_recording_are_refused() -> None:
    made = recording(gsr=signal(ALL[-1], 10.0))
    with pytest.raises(DataError, match=r"a hop of 1e-09 s makes .*e\+09 windows of one recording"):
        cut(Window(length=1.0, hop=1e-9), made)


@pytest.mark.parametrize("edges", ["drop", "last", "absent"])
def test_windows_in_parts_are_those_at_once(
    edges: Literal["drop", "last", "absent"], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    signals = {name: Signal(rng.normal(size=(1, n)).astype(np.float32), rate) for name, n, rate in PARTS}
    signals["a"].values[0, 100:140] = np.nan
    made = Recording(signals, np.array([0.5, 0.5]), "s1", "t1", weight=3.0)
    modalities = tuple(Modality(name, 1, None, rate) for name, _, rate in PARTS)
    transform = Window(length=2.0, hop=1.5, edges=edges)
    at_once = transform.transform(made, modalities, ("x", "y"), None)
    monkeypatch.setattr(module, "_SAMPLES", 100)
    n, parts = transform.transform_in_parts(made, modalities, ("x", "y"), None)
    found = list(parts)
    assert len(found) > 2
    assert n == len(at_once) == sum(map(len, found))
    assert_same(concatenate(found), at_once)
    assert_same(transform.transform(made, modalities, ("x", "y"), None), at_once)
    assert at_once.weight.sum() == pytest.approx(3.0)


PARTS = (("a", 320, 16.0), ("b", 70, 4.0))
