"""Test that the files of a recording are put on one clock: an event of all files is at one second."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Recording, SignalClock
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._folder.clock import TimedSignal, find_channel_notes
from mpcl_plugins.sources._folder.declared import Declared
from mpcl_plugins.sources.folder import Folder
from mpcl_plugins.sources.formats.signal_file import Timing
from support.folder_study import e4, edf, xdf, xdf_stream

UNIX = 1.7e9
EEG = Declared(channels=("Fz",), sfreq=128.0)
PPG = Declared(channels=("BVP",), sfreq=64.0)


def table(path: Path, name: str, first: float, last: float, event: float, sfreq: float) -> None:
    """A table with Unix stamps of an exact clock, and a step at the event."""
    times = first + np.arange(round((last - first) * sfreq)) / sfreq
    np.savetxt(path, np.stack([times, times >= event - 1e-6], 1), "%.6f", ",", header=f"timestamp,{name}", comments="")


def study(folder: Path, cells: str, *more: str, eeg: Declared = EEG, ppg: Declared = PPG) -> Folder:
    head = ",".join(["subject,trial,eeg,ppg,happy,sad", *(cell.split("=")[0] for cell in more)])
    row = ",".join([f"s1,1,{cells},1,2", *(cell.split("=")[1] for cell in more)])
    (folder / "m.csv").write_text(f"{head}\n{row}\n")
    return Folder(path=folder / "m.csv", modalities={"eeg": eeg, "ppg": ppg}, labels=("happy", "sad"))


def events(source: Folder) -> dict[str, float]:
    (recording,) = source.load()
    assert isinstance(recording, Recording)
    return {
        name: signal.start + float(np.argmax(signal.values[0] > 0.5)) / signal.sfreq
        for name, signal in recording.signals.items()
    }


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    table(tmp_path / "e.csv", "Fz", UNIX, UNIX + 60, UNIX + 30, 128.0)
    table(tmp_path / "p.csv", "BVP", UNIX + 12, UNIX + 72, UNIX + 30, 64.0)
    return tmp_path


def test_tables_with_unix_stamps_start_as_far_apart_as_these(tables: Path) -> None:
    source = study(tables, "e.csv,p.csv")
    assert events(source) == {"eeg": 30.0, "ppg": 30.0}
    assert source.clocks == (SignalClock("p.csv", "ppg", 12.0),)
    assert len(source.notes) == 1


def test_stretch_counts_from_first_start(tables: Path) -> None:
    assert events(study(tables, "e.csv,p.csv", "start=25", "stop=40")) == {"eeg": 5.0, "ppg": 5.0}
    assert events(study(tables, "e.csv,p.csv", "start=5", "stop=40")) == {"eeg": 25.0, "ppg": 25.0}


def test_relative_clock_starts_files_at_once(tables: Path) -> None:
    source = study(tables, "e.csv,p.csv", "clock=relative")
    assert events(source) == {"eeg": 30.0, "ppg": 18.0}
    assert source.clocks == ()
    with pytest.raises(DataError, match=r"clock, line 2: 'sundial' is neither 'relative' nor a time zone"):
        events(study(tables, "e.csv,p.csv", "clock=sundial"))


def test_clocks_are_the_same_before_loading(tables: Path) -> None:
    loaded = study(tables, "e.csv,p.csv")
    events(loaded)
    assert study(tables, "e.csv,p.csv").clocks == loaded.clocks


def test_file_without_absolute_time_starts_with_the_first(tables: Path) -> None:
    np.savez(tables / "p.npz", ppg=(np.arange(60 * 64) >= 30 * 64).astype(float))
    assert events(study(tables, "e.csv,p.npz")) == {"eeg": 30.0, "ppg": 30.0}


def test_files_without_common_time_are_refused(tables: Path) -> None:
    table(tables / "p.csv", "BVP", UNIX + 3600, UNIX + 3660, UNIX + 3630, 64.0)
    with pytest.raises(
        DataError, match=r"line 2: .*p\.csv: starts 3600 s after .*e\.csv .* 'relative' into the column"
    ):
        events(study(tables, "e.csv,p.csv"))


def test_headers_of_edf_files_are_compared(tmp_path: Path) -> None:
    for name, channel, rate, event in (("e", "Fz", 128, 30), ("p", "BVP", 64, 18)):
        values = (np.arange(rate * 60) >= event * rate).astype(float)
        edf(tmp_path / f"{name}.edf", {channel: values}, {channel: rate}, {channel: ""})
    late = (tmp_path / "p.edf").read_bytes().replace(b"00.00.00", b"00.00.12", 1)
    (tmp_path / "p.edf").write_bytes(late)
    assert events(study(tmp_path, "e.edf,p.edf")) == {"eeg": 30.0, "ppg": 30.0}


def test_wristband_is_aligned_with_table(tables: Path) -> None:
    values = (np.arange(64 * 60) >= 64 * 18).astype(float)[:, None]
    e4(tables / "p.zip", {"BVP": (UNIX + 12, 64.0, values)})
    source = study(tables, "e.csv,p.zip", ppg=PPG.model_copy(update={"part": "BVP"}))
    assert events(source) == {"eeg": 30.0, "ppg": 30.0}


def test_local_time_and_utc_are_not_compared(tables: Path) -> None:
    edf(tables / "e.edf", {"Fz": np.zeros(128 * 60)}, {"Fz": 128}, {"Fz": ""})
    assert "some state UTC, others local time" in " ".join(study(tables, "e.edf,p.csv").notes)


def test_gaps_and_their_seconds_are_counted(tables: Path) -> None:
    lines = (tables / "p.csv").read_text().splitlines(keepends=True)
    (tables / "p.csv").write_text("".join(lines[:1001] + lines[1641:]))
    (clock,) = study(tables, "e.csv,p.csv").clocks
    assert (clock.file, clock.offset, clock.is_resampled, clock.gaps) == ("p.csv", 12.0, False, 1)
    assert clock.lost == pytest.approx(10)


DRIFT = 1 + 200e-6
EVENT = 3500.0  # s after the first start; the second device starts 2 s later


def test_event_is_at_one_second_in_two_edf_files_whose_rates_differ_by_200_ppm(tmp_path: Path) -> None:
    for name, channel, rate, begin in (("e", "Fz", 64, 0.0), ("p", "BVP", 32, 2.0)):
        values = (np.arange(rate * 3600) / rate * 0.9998 + begin >= EVENT).astype(float)
        edf(tmp_path / f"{name}.edf", {channel: values}, {channel: rate}, {channel: ""})
    content = (tmp_path / "e.edf").read_bytes()
    (tmp_path / "e.edf").write_bytes(content[:244] + b"0.9998  " + content[252:])
    late = (tmp_path / "p.edf").read_bytes().replace(b"00.00.00", b"00.00.02", 1)
    (tmp_path / "p.edf").write_bytes(late[:244] + b"0.9998  " + late[252:])
    eeg = EEG.model_copy(update={"sfreq": 64 / 0.9998})
    ppg = PPG.model_copy(update={"sfreq": 32 / 0.9998})
    found = events(study(tmp_path, "e.edf,p.edf", eeg=eeg, ppg=ppg))
    assert found == {"eeg": pytest.approx(EVENT, abs=1 / 64), "ppg": pytest.approx(EVENT, abs=1 / 32)}
    with pytest.raises(
        DataError, match=r"64\.0128 Hz in the file, but 64 Hz were declared; declare 64\.0128 .*duration of a record"
    ):
        events(study(tmp_path, "e.edf,p.edf", eeg=EEG.model_copy(update={"sfreq": 64.0}), ppg=ppg))


@pytest.mark.slow
def test_event_is_at_one_second_in_wristband_and_drifting_table(tmp_path: Path) -> None:
    table(tmp_path / "e.csv", "Fz", UNIX, UNIX + 3600, UNIX + EVENT, 32.0 * DRIFT)
    e4(tmp_path / "w.zip", {"BVP": (UNIX + 2, 64.0, (np.arange(64 * 3598) / 64 + 2 >= EVENT).astype(float)[:, None])})
    eeg, ppg = EEG.model_copy(update={"sfreq": 32.0}), PPG.model_copy(update={"part": "BVP"})
    source = study(tmp_path, "e.csv,w.zip", eeg=eeg, ppg=ppg)
    assert events(source) == {"eeg": pytest.approx(EVENT, abs=1 / 32), "ppg": pytest.approx(EVENT, abs=1 / 32)}
    assert [(clock.modality, round(clock.drift)) for clock in source.clocks] == [("eeg", 200), ("ppg", 0)]


@pytest.mark.slow
def test_event_is_at_one_second_over_an_hour_of_drift(tmp_path: Path) -> None:
    event = 3590.0
    table(tmp_path / "e.csv", "Fz", UNIX, UNIX + 3600, UNIX + event, 128.0)
    table(tmp_path / "p.csv", "BVP", UNIX + 2, UNIX + 3602, UNIX + event, 64.0 * (1 + 200e-6))
    source = study(tmp_path, "e.csv,p.csv")
    found = events(source)
    assert found["eeg"] == event
    assert found["ppg"] == pytest.approx(event, abs=1 / 64)
    (clock,) = source.clocks
    assert (round(clock.drift), clock.is_resampled, clock.offset) == (200, True, pytest.approx(2))


@pytest.mark.slow
def test_streams_of_one_file_do_not_drift_apart(tmp_path: Path) -> None:
    streams = []
    for number, (name, rate, drift) in enumerate([("amp", 32, 200e-6), ("wrist", 4, 0.0)], 1):
        times = 500 + np.arange(int(3600 * rate)) / (rate * (1 + drift))
        values = (times >= 500 + 3500).astype(np.float32)[:, None]
        streams.append(xdf_stream(number, name, rate, values, times, [name]))
    xdf(tmp_path / "x.xdf", *streams)
    eeg = Declared(channels=("amp",), sfreq=32.0, part="amp")
    ppg = Declared(channels=("wrist",), sfreq=4.0, part="wrist")
    found = events(study(tmp_path, "x.xdf,x.xdf", eeg=eeg, ppg=ppg))
    assert found == {"eeg": pytest.approx(3500, abs=1 / 16), "ppg": pytest.approx(3500, abs=1 / 4)}


def test_effective_rate_of_stream_may_be_declared(tmp_path: Path) -> None:
    times = 100 + np.arange(2480) / 248
    xdf(tmp_path / "x.xdf", xdf_stream(1, "amp", 256, np.ones((2480, 1)), times, ["Fz"], unit=""))
    wrong, right = (Declared(channels=("Fz",), sfreq=sfreq) for sfreq in (256.0, 248.0))
    (recording,) = study(tmp_path, "x.xdf,x.xdf", eeg=right, ppg=right).load()
    assert isinstance(recording, Recording)
    assert recording.signals["eeg"].values.shape == (1, 2480)
    with pytest.raises(DataError, match="248 Hz in the file, but 256 Hz were declared"):
        list(study(tmp_path, "x.xdf,x.xdf", eeg=right, ppg=wrong).load())


@pytest.mark.parametrize("zone", ["+02:00", "Europe/Berlin"])
def test_local_time_is_compared_with_utc_where_the_zone_is_stated(zone: str, tmp_path: Path) -> None:
    event = np.arange(60 * 128) >= 30 * 128
    edf(tmp_path / "e.edf", {"Fz": 100.0 * event}, {"Fz": 128}, {"Fz": "uV"})  # 2020-01-01 00:00 local time
    begin = 1577836800 - (7200 if zone == "+02:00" else 3600)
    pulse = (np.arange(60 * 64) >= 18 * 64).astype(float)[:, None]
    e4(tmp_path / "w.zip", {"BVP": (begin + 12, 64.0, pulse)})
    source = study(tmp_path, "e.edf,w.zip", f"clock={zone}", ppg=PPG.model_copy(update={"part": "BVP"}))
    assert events(source) == {"eeg": 30.0, "ppg": 30.0}
    assert source.clocks == (SignalClock("w.zip", "ppg", 12.0),)


@pytest.mark.slow
def test_event_is_at_one_second_in_wristband_and_fif_file_over_an_hour(tmp_path: Path) -> None:
    mne = pytest.importorskip("mne")
    sfreq, event = 32.0 * DRIFT, EVENT  # the amplifier states its effective rate
    values = 1e-6 * (np.arange(3600 * 32) / sfreq >= event)[None]
    raw = mne.io.RawArray(values, mne.create_info(["Fz"], sfreq, "eeg"), verbose="error")
    raw.set_meas_date(UNIX)
    raw.save(tmp_path / "e_raw.fif", verbose="error")
    pulse = (np.arange(3590 * 64) / 64 + 5.5 >= event).astype(float)[:, None]
    e4(tmp_path / "w.zip", {"BVP": (UNIX + 5.5, 64.0, pulse)})
    eeg = EEG.model_copy(update={"sfreq": sfreq, "unit": "uV"})
    source = study(tmp_path, "e_raw.fif,w.zip", ppg=PPG.model_copy(update={"part": "BVP"}), eeg=eeg)
    assert events(source) == {"eeg": pytest.approx(event, abs=1 / 32), "ppg": pytest.approx(event, abs=1 / 32)}


def test_other_spellings_and_bad_channels_are_stated() -> None:
    signals = [
        TimedSignal(Path(f"{n}.edf"), "eeg", 0.0, Timing(), renamed=(("Fp1", "EEG Fp1-Ref"),), bad=("Cz",) * (n == 1))
        for n in (1, 2)
    ]
    renamed, bad = find_channel_notes(signals)
    assert renamed == "eeg: channels of 2 of its files are spelled otherwise; 'EEG Fp1-Ref' was taken for 'Fp1'."
    assert bad.startswith("eeg: files mark channels as bad, which are read all the same: Cz in 1. ")
    assert find_channel_notes([TimedSignal(Path("1.edf"), "eeg", 0.0, Timing())]) == []
