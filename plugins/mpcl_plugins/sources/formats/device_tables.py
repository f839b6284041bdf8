"""Read the text tables of OpenBCI, Mind Monitor (Muse), Polar Sensor Logger and Shimmer's Consensys.

Each is a table as `csv_file` reads it, with names, times and units of its own:

- OpenBCI GUI 5 and later (docs.openbci.com, *Data Format*): a ``.txt`` or ``.csv`` with comments (``%OpenBCI Raw EXG
  Data``, ``%Sample Rate = 250 Hz``) above the names. ``EXG Channel N`` are in microvolts, accelerometers in g;
  ``Timestamp`` is in seconds since 1970; ``Marker Channel`` holds codes.
- Mind Monitor (mind-monitor.com, *Technical Manual*): a ``.csv``. ``TimeStamp`` is local time; ``RAW_…`` and ``AUX…``
  are in microvolts; ``Delta_…`` to ``Gamma_…`` are logarithms of band power (bel), made by the app; ``HSI_…`` and
  ``HeadBandOn`` state the fit. A row whose ``Elements`` alone is filled is an event (a blink, a marker) and no sample.
- Polar Sensor Logger (Happonen; its page in the app store states the columns): a ``.txt`` with semicolons.
  ``sensor timestamp [ns]`` is the sensor's own clock and decides where a sample lies; ``Phone timestamp`` is when the
  phone received a packet, and states the start only. Units stand in brackets.
- Consensys (Shimmer, *Consensys User Guide*): a ``.csv`` with a line ``sep=``, names such as
  ``Shimmer_40AC_GSR_Skin_Conductance_CAL`` and a row of units; ``…_Timestamp_Unix_CAL`` is in milliseconds.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from mpcl_core.plugin import DataError
from mpcl_plugins.sources.formats.channel_roles import Role
from mpcl_plugins.sources.formats.csv_file import CsvFile
from mpcl_plugins.sources.formats.signal_file import Channel, Mark, Start
from mpcl_plugins.sources.formats.table_lines import TableLines
from mpcl_plugins.sources.formats.time_columns import iso_seconds
from mpcl_plugins.sources.formats.trigger_codes import find_codes

_RATE = re.compile(r"%\s*Sample Rate\s*=\s*([\d.]+)", re.IGNORECASE)
_BEGINNING = 4096  # bytes in which the comments of a file stand
_SENSOR_TIME, _PHONE_TIME = "sensor timestamp [ns]", "Phone timestamp"
_IN_BRACKETS = re.compile(r"\[([^\]]+)\]\s*\Z")


class OpenBciFile(CsvFile):
    """Read a table of the OpenBCI GUI."""

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(map(self._described, super().channels))

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        if "Marker Channel" not in self.header:
            return ()
        codes = self.rows([self.header.index("Marker Channel")], 0, None)[:, 0]
        return tuple(find_codes(codes.round().astype(int), self._rate))

    @cached_property
    def _rate(self) -> float:
        with self.path.open("rb") as file:
            found = _RATE.search(file.read(_BEGINNING).decode("latin-1"))
        if found is None:
            raise DataError("no 'Sample Rate' is stated above the names of the columns", self.path)
        return float(found[1])

    def _described(self, channel: Channel) -> Channel:
        stated: dict[str, tuple[Role, str, str]] = {
            "EXG": ("signal", "uV", "eeg"),
            "Accel": ("signal", "g", "acceleration"),
            "Analog": ("signal", "", "analog"),
            "Digital": ("events", "", ""),
            "Marker": ("events", "", ""),
            "Timestamp": ("times", "", ""),
        }
        role, unit, kind = stated.get(channel.name.partition(" ")[0], ("numbering", "", ""))
        field = "comment '%Sample Rate'"
        return replace(channel, role=role, unit=unit, kind=kind, sfreq=self._rate, rate_field=field)


class MindMonitorFile(CsvFile):
    """Read a table of Mind Monitor without its rows of events."""

    _KINDS: Mapping[str, tuple[str, str]] = {
        "RAW": ("uV", "eeg"),
        "AUX": ("uV", "aux"),
        "Accelerometer": ("g", "acceleration"),
        "Gyro": ("deg/s", "gyroscope"),
        "PPG": ("", "ppg"),
        **dict.fromkeys(("Delta", "Theta", "Alpha", "Beta", "Gamma"), ("bel", "band_power")),
    }

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._all_lines, self._lines = self._lines, TableLines(path, self._dialect, _is_sample)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(map(self._described, super().channels))

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        first = iso_seconds(self._first[0][0])[0] if self._first[0] else 0.0
        with self._all_lines.following() as lines:
            rows = [line.rstrip().split(",") for line in lines if "/Marker" in line]
        return tuple(Mark(iso_seconds(row[0])[0] - first, 0.0, row[-1].rpartition("/")[2]) for row in rows)

    def _described(self, channel: Channel) -> Channel:
        if channel.role == "text" or channel.name == "TimeStamp":
            return channel
        unit, kind = self._KINDS.get(channel.name.partition("_")[0], ("", ""))
        return replace(channel, role="signal" if kind else "numbering", unit=unit, kind=kind)


class PolarFile(CsvFile):
    """Read a table of Polar Sensor Logger.

    Raises:
        DataError: it holds one value a beat rather than samples.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if _SENSOR_TIME not in self.header or any("RR-int" in name or "PP-int" in name for name in self.header):
            raise DataError("has one row a beat, but samples are expected: take the file of ECG, PPG or ACC", path)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(map(self._described, super().channels))

    @cached_property
    def start(self) -> Start | None:
        first = self._first[self.header.index(_PHONE_TIME)]
        return Start(iso_seconds(first[0])[0], "local") if first else None

    @cached_property
    def _times(self) -> int | None:
        return self.header.index(_SENSOR_TIME)

    def _described(self, channel: Channel) -> Channel:
        found = _IN_BRACKETS.search(channel.name)
        is_time = "timestamp" in channel.name.lower()
        name, unit = channel.name.lower(), found[1] if found and not is_time else ""
        kind = "ecg" if name.startswith("ecg") else "ppg" if name.startswith(("channel", "ambient")) else ""
        kind = kind or {"mg": "acceleration", "dps": "gyroscope", "G": "magnetometer"}.get(unit, "")
        return replace(channel, role="times" if is_time else "signal", unit=unit, kind=kind)


class ShimmerFile(CsvFile):
    """Read a table of Consensys."""

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(map(self._described, super().channels))

    def _described(self, channel: Channel) -> Channel:
        words = set(channel.name.split("_"))
        if "Timestamp" in words or "TimestampSync" in words:
            return replace(channel, role="times")
        if words & {"Battery", "Status", "Resistance", "Range", "Temperature"}:  # resistance doubles conductance
            return replace(channel, role="numbering")
        kinds = {"GSR": "gsr", "ECG": "ecg", "EMG": "emg", "PPG": "ppg", "Accel": "acceleration", "Gyro": "gyroscope"}
        kind = next((kind for word, kind in kinds.items() if word in words), "")
        return replace(channel, role="signal", kind=kind, unit=channel.unit.replace("m/(s^2)", "m/s2"))


def find_device(path: Path, header: tuple[str, ...]) -> Callable[[Path], CsvFile] | None:
    """Return the reader of a device's table.

    Args:
        path: the table.
        header: the names of its columns.

    Returns:
        The reader; None where the table is of no known device.
    """
    if "EXG Channel 0" in header:
        return OpenBciFile
    if {"TimeStamp", "RAW_TP9"} <= set(header):
        return MindMonitorFile
    if _PHONE_TIME in header:
        return PolarFile
    is_shimmer = any(name.endswith("_CAL") and "Timestamp" in name for name in header)
    return ShimmerFile if is_shimmer else None


def is_device_text(path: Path) -> bool:
    """Return whether a .txt file is a table of OpenBCI or Polar Sensor Logger, by its first bytes.

    Args:
        path: the file.

    Returns:
        Whether it is.
    """
    with path.open("rb") as file:
        return file.read(len(_PHONE_TIME)).startswith((b"%OpenBCI", _PHONE_TIME.encode()))


def _is_sample(line: str) -> bool:
    cells = line.strip().split(",")
    return not cells[-1].startswith("/") or any(cell.strip() for cell in cells[1:-1])
