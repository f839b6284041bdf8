"""Parquet tables: channels, times, missing values, and damaged files."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Signal
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Start, Stretch

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra 'parquet')")
pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (extra 'parquet')")

BEGIN = datetime(2021, 5, 27, 9, 30, tzinfo=UTC)
PULSE = np.random.default_rng(0).normal(size=300)


def written(folder: Path, columns: dict[str, object]) -> Path:
    pq.write_table(pa.table(columns), folder / "x.parquet")
    return folder / "x.parquet"


def stamped(zone: str | None) -> object:
    """Return 300 time stamps at 100 Hz with a second missing after the first one."""
    seconds = np.arange(300) / 100 + np.where(np.arange(300) >= 100, 1.0, 0.0)
    return pa.array((seconds * 1e6).astype("i8") + int(BEGIN.timestamp() * 1e6), pa.timestamp("us", tz=zone))


def read(path: Path, name: str, start: float = 0.0, stop: float = np.inf, sfreq: float = 100.0) -> Signal:
    file = open_file(path)
    return file.read([channel for channel in file.channels if channel.name == name], sfreq, Stretch(start, stop))


def test_columns_have_roles(tmp_path: Path) -> None:
    path = written(tmp_path, {"time": np.arange(300) / 100, "ppg": PULSE, "mark": PULSE > 0, "note": ["a"] * 300})
    channels = open_file(path).channels
    assert [(channel.name, channel.role) for channel in channels] == [
        ("time", "times"),
        ("ppg", "signal"),
        ("mark", "events"),
        ("note", "text"),
    ]
    assert {channel.sfreq for channel in channels} == {100.0}
    np.testing.assert_allclose(read(path, "ppg", 1.0, 2.0).values[0], PULSE[100:200], rtol=1e-6)


@pytest.mark.parametrize(("zone", "clock"), [("UTC", "utc"), (None, "local")])
def test_time_stamps_give_start_and_gaps(tmp_path: Path, zone: str | None, clock: str) -> None:
    path = written(tmp_path, {"when": stamped(zone), "ppg": PULSE})
    assert open_file(path).start == Start(BEGIN.timestamp(), clock)
    signal = read(path, "ppg")
    assert np.flatnonzero(np.isnan(signal.values[0])).tolist() == list(range(100, 200))


def test_null_is_missing(tmp_path: Path) -> None:
    path = written(tmp_path, {"ppg": pa.array([1.0, None, 3.0])})
    np.testing.assert_array_equal(read(path, "ppg").values, np.array([[1, np.nan, 3]], np.float32))
    assert open_file(path).start is None


@pytest.mark.parametrize("content", [b"", b"PAR1 and nothing", b"PAR1" + b"\x00" * 64 + b"PAR1"])
def test_damaged_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"x\.parquet: cannot be read"):
        _ = open_file(tmp_path / "x.parquet").channels
