"""Test which columns of a table are taken for times, and how their cells are read."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Stretch

SFREQ = 64.0
N = 640
EVENT = 320


def table(path: Path, name: str, cells: list[str]) -> Path:
    """A table of a step at sample 320 of 640, of which 64 samples are lost at 100."""
    taken = np.delete(np.arange(N), np.s_[100:164])
    lines = [f"{cells[k]},{int(k >= EVENT)}" for k in taken]
    path.write_text("\n".join([f"{name},a", *lines]))
    return path


def seconds(first: float = 0.0, scale: float = 1.0, digits: int = 6) -> list[str]:
    return [f"{(first + k / SFREQ) * scale:.{digits}f}" for k in range(N)]


STAMPS = np.datetime64("2021-03-04T05:06:07", "us") + (np.arange(N) * 1e6 / SFREQ).astype("timedelta64[us]")
COLUMNS: dict[str, list[str]] = {
    "timestamps": seconds(1.6e9, digits=3),
    "Time": seconds(),
    "t": seconds(),
    "Time [s]": seconds(),
    "time_ms": seconds(scale=1e3),
    "lsl_timestamp": seconds(5e4),
    "unix": seconds(1.6e9),
    "UnixTimestamp": seconds(1.6e9, scale=1e3, digits=3),
    "datetime": [str(stamp) for stamp in STAMPS],
    "DateTime (UTC)": [f"{stamp}+00:00" for stamp in STAMPS],
    "whatever": seconds(),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_column_of_times_locates_samples_and_is_no_signal(name: str, tmp_path: Path) -> None:
    file = open_file(table(tmp_path / "x.csv", name, COLUMNS[name]))
    signals = [channel for channel in file.channels if channel.role == "signal"]
    assert [channel.name for channel in signals] == ["a"]
    values = file.read(signals, SFREQ, Stretch()).values[0]
    assert np.isnan(values).sum() == 64
    assert np.isnan(values[100:164]).all()
    assert np.nanargmax(values) == EVENT


def test_half_of_real_rate_is_refused(tmp_path: Path) -> None:
    file = open_file(table(tmp_path / "x.csv", "timestamps", COLUMNS["timestamps"]))
    with pytest.raises(DataError, match="have 64 Hz, but 32 Hz were declared"):
        file.read(file.channels, SFREQ / 2, Stretch())


def test_signal_with_name_of_time_is_signal(tmp_path: Path) -> None:
    cells = [f"{np.sin(k):.3f}" for k in range(N)]
    assert [c.role for c in open_file(table(tmp_path / "x.csv", "t", cells)).channels] == ["signal", "signal"]


def test_absolute_times_have_start(tmp_path: Path) -> None:
    starts = {name: open_file(table(tmp_path / "x.csv", name, cells)).start for name, cells in COLUMNS.items()}
    assert starts["UnixTimestamp"] == (1.6e9, "utc")
    assert starts["datetime"] == (1614834367.0, "local")
    assert starts["DateTime (UTC)"] == (1614834367.0, "utc")
    assert starts["t"] is starts["lsl_timestamp"] is starts["whatever"] is None
