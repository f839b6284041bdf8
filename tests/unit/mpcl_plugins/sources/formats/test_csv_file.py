"""Tables of signals: missing values, time stamps, and faults that name column and line."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.open_file import open_file
from support.signal_reading import declare, read


def test_a_real_table_of_signals(data_dir: Path) -> None:
    path = data_dir / "neurokit" / "bio_resting_5min_100hz.csv"
    expected = np.genfromtxt(path, delimiter=",", names=True)
    signal = read(path, declare("RSP", "ECG", sfreq=100.0), 100.0, 130.0)
    np.testing.assert_allclose(signal.values, [expected["RSP"][10000:13000], expected["ECG"][10000:13000]], rtol=1e-6)


@pytest.mark.parametrize(("suffix", "mark"), [(".csv", ","), (".tsv", "\t")])
def test_a_table_with_missing_values(suffix: str, mark: str, tmp_path: Path) -> None:
    lines = [" a ,b,c", "1,2,x", "3,,x", "n/a,NaN,x", "7,1e1,x", "", ""]
    (tmp_path / f"x{suffix}").write_text("\r\n".join(lines).replace(",", mark))
    signal = read(tmp_path / f"x{suffix}", declare("b", "a"))
    np.testing.assert_array_equal(signal.values, np.array([[2, np.nan, np.nan, 10], [1, 3, np.nan, 7]], np.float32))


def stamped(path: Path, remaining: np.ndarray, sfreq: float, unit: float) -> None:
    times = 1e6 + np.round(remaining / sfreq / unit) * unit
    lines = [f"{time:.6f},{n}" for time, n in zip(times, remaining, strict=True)]
    path.write_text("\n".join(["Time,a", *lines]))


@pytest.mark.parametrize("sfreq", [4.0, 30.0, 128.0, 250.0, 512.0, 700.0, 800.0])
def test_time_stamps_that_were_rounded_to_a_millisecond_are_no_gaps(sfreq: float, tmp_path: Path) -> None:
    stamped(tmp_path / "x.csv", np.arange(3000), sfreq, 0.001)
    np.testing.assert_array_equal(read(tmp_path / "x.csv", declare("a", sfreq=sfreq)).values[0], np.arange(3000))


@pytest.mark.parametrize(("sfreq", "unit"), [(4.0, 1e-3), (30.0, 1e-3), (128.0, 1e-3), (256.0, 1e-3), (700.0, 1e-6)])
def test_rate_and_gaps_follow_from_time_stamps(sfreq: float, unit: float, tmp_path: Path) -> None:
    remaining = np.delete(np.arange(2000), [*range(500, 507), 1400])
    stamped(tmp_path / "x.csv", remaining, sfreq, unit)
    signal = read(tmp_path / "x.csv", declare("a", sfreq=sfreq))
    expected = np.full(2000, np.nan)
    expected[remaining] = remaining
    np.testing.assert_array_equal(signal.values[0], expected)
    for wrong in (2.0, 1.02, 0.5):
        with pytest.raises(DataError, match=f"but {sfreq * wrong:g} Hz were declared"):
            read(tmp_path / "x.csv", declare("a", sfreq=sfreq * wrong))


def test_a_clock_whose_rate_changes_is_read_at_the_rate_that_the_file_states(tmp_path: Path) -> None:
    times = np.cumsum(1 / np.linspace(134.3, 122.0, 7680))  # the first rows have 134 Hz, all together 128
    values = np.sin(times)
    np.savetxt(tmp_path / "x.csv", np.column_stack([times, values]), "%.6f", ",", header="time,a", comments="")
    file = open_file(tmp_path / "x.csv")
    sfreq = file.channels[1].sfreq
    assert sfreq == pytest.approx(len(times) / (times[-1] - times[0]), rel=0.01)
    signal = read(tmp_path / "x.csv", declare("a", sfreq=sfreq))
    expected = np.sin(times[0] + np.arange(signal.values.shape[1]) / sfreq)
    np.testing.assert_allclose(signal.values[0], expected, atol=0.1)  # a constant rate would be off by 0.7 s
    assert file.timing(file.channels[1:], sfreq).resampled
    with pytest.raises(DataError, match=f"declare {sfreq:g}"):
        read(tmp_path / "x.csv", declare("a", sfreq=134.3))


@pytest.mark.parametrize(("unit", "factor"), [("ms", 1e3), ("us", 1e6)])
def test_times_in_another_unit_than_seconds_are_named(unit: str, factor: float, tmp_path: Path) -> None:
    rows = "\n".join(f"{n * factor / 100},1" for n in range(900))
    (tmp_path / "x.csv").write_text(f"time,a\n{rows}")
    with pytest.raises(DataError, match=rf"its times seem to be in {unit}: write seconds, or name it time_{unit} "):
        read(tmp_path / "x.csv", declare("a"))
    (tmp_path / "x.csv").write_text(f"time_{unit},a\n{rows}")
    assert read(tmp_path / "x.csv", declare("a")).values.shape == (1, 900)


def test_local_time_at_the_end_of_summer_time_is_named(tmp_path: Path) -> None:
    stamps = [f"2021-10-31T02:{second // 60 % 60:02d}:{second % 60:02d},1" for second in range(30 * 60, 90 * 60)]
    (tmp_path / "x.csv").write_text("\n".join(["time,a", *stamps]))
    with pytest.raises(DataError, match=r"time, line 1802: the clock was set back by 3599 s \(the end of summer time"):
        read(tmp_path / "x.csv", declare("a", sfreq=1.0))


BAD_TABLES: dict[str, tuple[str, str]] = {
    "text": ("a,b\n1,2\nx,4", "a, line 3: 'x' is not a number"),
    "a row too short": ("a,b\n1,2\n4", "line 3: 1 cells, but 2 are expected"),
    "a row too long": ("a,b\n1,2\n4,5,6", "line 3: 3 cells, but 2 are expected"),
    "an empty row": ("a,b\n1,2\n\n4,5", "line 3: 1 cells, but 2 are expected"),
    "no such column": ("b,c\n1,2", "a: there is no such channel. It has: b, c"),
    "a column twice": ("a,a\n1,2", "a: 2 channels have this name"),
    "infinite": ("a,b\n1,2\n1e39,4", "a, line 3: holds an infinite value"),
    "no rows": ("a,b\n", "there are no rows under the header"),
    "no rows, with a column of times": ("time,a\n", "there are no rows under the header"),
    "nothing": ("", "there is no header"),
    "time goes back": ("time,a\n0,1\n0.01,2\n0.005,3", "time, line 4: time stamps must increase"),
    "time stands still": ("time,a\n0,1\n0,2\n0.01,3", "time, line 3: time stamps must increase"),
    "no time": ("time,a\n0,1\n,2\n0.01,3", "time, line 3: time stamps must increase"),
    "one time stamp": ("time,a\n0,1", "time: 1 time stamps are too few for a rate"),
    "a leap in time": ("time,a\n0,1\n0.01,2\n0.02,3\n1e9,4", "time, line 5: a gap of 1e"),
}


@pytest.mark.parametrize(("text", "message"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_fault_of_a_table_names_column_and_line(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "x.csv", declare("a"))
    assert str(caught.value).startswith(str(tmp_path / "x.csv"))
    assert message in str(caught.value)


def test_rows_are_counted_through_a_long_table(tmp_path: Path) -> None:
    lines = [f"{n},{n}" for n in range(40_000)]
    lines[35_000] = "35000,oops"
    (tmp_path / "x.csv").write_text("\n".join(["a,b", *lines]))
    np.testing.assert_array_equal(read(tmp_path / "x.csv", declare("a"), 300.0, 399.0).values[0], np.r_[30000:39900])
    with pytest.raises(DataError, match="b, line 35002: 'oops' is not a number"):
        read(tmp_path / "x.csv", declare("b"), 300.0)
