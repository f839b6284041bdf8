"""Test tables of devices, generated in the layouts that their makers document."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.folder import Folder
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Mark
from support.signal_reading import declare, read

OPENBCI = (
    "%OpenBCI Raw EXG Data\n%Number of channels = 2\n%Sample Rate = 200 Hz\n%Board = OpenBCI_GUI$BoardGanglionNative\n"
    "Sample Index, EXG Channel 0, EXG Channel 1, Accel Channel 0, Other, Timestamp, Marker Channel, Timestamp (Formatted)\n"
)
MUSE = (
    "TimeStamp,Delta_TP9,RAW_TP9,RAW_AF7,RAW_AF8,RAW_TP10,AUX_RIGHT,HeadBandOn,HSI_TP9,Battery,Elements\n"
    "2025-07-01 14:56:05.000,,,,,,,,,,/muse/event/connected MuseS-84AC\n"
)
POLAR = "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]\n"


def openbci(path: Path, n: int = 400) -> Path:
    rows = [
        f"{k % 256}, {k}, 1, .1, 0, {1.7e9 + k / 200:.6f}, {float(k == 50)}, 2024-01-01 10:00:00.000" for k in range(n)
    ]
    path.write_text(OPENBCI + "\n".join(rows))
    return path


def muse(path: Path, n: int = 512) -> Path:
    rows = []
    for k in range(n):
        stamp = f"2025-07-01 14:56:{5 + k / 256:06.3f}"
        rows.append(f"{stamp},0.1,{800 + k},1,2,3,4,1,1.0,85,")
        rows += [f"{stamp},,,,,,,,,,/muse/elements/blink", f"{stamp},,,,,,,,,,/Marker/2"] if k == 256 else []
    path.write_text(MUSE + "\n".join(rows))
    return path


def polar(path: Path, n: int = 260) -> Path:
    rows = [f"2026-07-26T21:56:26.765;{838432586543515816 + k * 10**9 // 130};{k / 0.13:.1f};{k}" for k in range(n)]
    path.write_text(POLAR + "\n".join(rows))
    return path


def shimmer(path: Path, delimiter: str) -> Path:
    names = ["Shimmer_40AC_Timestamp_Unix_CAL", "Shimmer_40AC_GSR_Skin_Conductance_CAL", "Shimmer_40AC_Battery_CAL"]
    lines = [
        [*names, ""],
        ["ms", "uS", "mV", ""],
        *([f"{1.6e12 + k / 0.128:.3f}", str(k), "4000", ""] for k in range(256)),
    ]
    path.write_text("\n".join([f'"sep={delimiter}"', *map(delimiter.join, lines)]))
    return path


def inputs(path: Path) -> list[tuple[str, str, str, float | None]]:
    return [(c.name, c.unit, c.kind, c.sfreq) for c in Folder.channels(path) if c.role == "signal"]


@pytest.mark.parametrize("suffix", [".txt", ".csv"])
def test_openbci_states_rate_and_marks_its_codes(suffix: str, tmp_path: Path) -> None:
    path = openbci(tmp_path / f"OpenBCI-RAW{suffix}")
    exg = [(f"EXG Channel {n}", "uV", "eeg", 200.0) for n in range(2)]
    assert inputs(path) == [*exg, ("Accel Channel 0", "g", "acceleration", 200.0)]
    assert open_file(path).marks == (Mark(0.25, 0.0, "1"),)
    signal = read(path, declare("EXG Channel 0", sfreq=200.0, unit="uV"), 1.0, 2.0)
    np.testing.assert_allclose(signal.values[0], np.arange(200, 400))


def test_event_rows_of_mind_monitor_are_no_samples(tmp_path: Path) -> None:
    path = muse(tmp_path / "muse.csv")
    raw = [(f"RAW_{name}", "uV", "eeg", 256.0) for name in ("TP9", "AF7", "AF8", "TP10")]
    assert inputs(path) == [("Delta_TP9", "bel", "band_power", 256.0), *raw, ("AUX_RIGHT", "uV", "aux", 256.0)]
    signal = read(path, declare("RAW_TP9", sfreq=256.0, unit="uV"))
    np.testing.assert_allclose(signal.values[0], 800 + np.arange(512))
    assert [(round(mark.onset, 3), mark.text) for mark in open_file(path).marks] == [(1.0, "2")]


def test_lines_of_mind_monitor_are_counted_with_its_events(tmp_path: Path) -> None:
    path = muse(tmp_path / "muse.csv")
    text = path.read_text().replace(",1100,", ",much,")
    path.write_text(text)
    line = text[: text.index(",much,")].count("\n") + 1
    with pytest.raises(DataError, match=rf"muse\.csv, RAW_TP9, line {line}: 'much' is not a number"):
        read(path, declare("RAW_TP9", sfreq=256.0, unit="uV"))


def test_clock_of_the_sensor_places_samples_of_polar(tmp_path: Path) -> None:
    path = polar(tmp_path / "Polar_H10_ECG.txt")
    assert inputs(path) == [("ecg [uV]", "uV", "ecg", 130.0)]
    signal = read(path, declare("ecg [uV]", sfreq=130.0, unit="mV"))
    np.testing.assert_allclose(signal.values[0], np.arange(260) / 1000, atol=1e-6)
    start = open_file(path).start
    assert start is not None
    assert start.clock == "local"
    (tmp_path / "HR.txt").write_text("Phone timestamp;HR [bpm];RR-interval [ms]\n2026-07-26T21:56:26.765;60;1000\n")
    with pytest.raises(DataError, match="one row a beat, but samples are expected"):
        open_file(tmp_path / "HR.txt")


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_shimmer_names_and_units_are_read(delimiter: str, tmp_path: Path) -> None:
    path = shimmer(tmp_path / "shimmer.csv", delimiter)
    assert inputs(path) == [("Shimmer_40AC_GSR_Skin_Conductance_CAL", "uS", "gsr", 128.0)]
    signal = read(path, declare("Shimmer_40AC_GSR_Skin_Conductance_CAL", sfreq=128.0, unit="uS"))
    np.testing.assert_allclose(signal.values[0], np.arange(256))


def test_other_texts_are_no_recordings(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("Recorded in May.\n")
    openbci(tmp_path / "a.txt")
    assert Folder.find_files(tmp_path) == [tmp_path / "a.txt"]
    with pytest.raises(DataError, match="only where OpenBCI's GUI or Polar Sensor Logger wrote it"):
        open_file(tmp_path / "README.txt")
