"""Read Empatica's Avro files (EmbracePlus, schemas 6.x): ``rawData`` with one record a sensor.

Each sensor states ``timestampStart`` (microseconds since 1970, UTC) and ``samplingFrequency`` (Hz); values lie in
``values``, or in ``x``, ``y``, ``z`` as counts, which ``imuParams`` converts: by ``conversionFactor`` (from schema 6.5)
or by the ranges ``physicalMax - physicalMin`` over ``digitalMax - digitalMin``. The library fastavro (extra ``avro``)
reads them. Peaks have no constant rate and are left out. The layout is that of the manufacturer's published examples;
it was tested on generated files.
"""

import zlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Signal
from mpcl_plugins.sources.formats.optional_library import import_library
from mpcl_plugins.sources.formats.signal_file import Channel, Mark, SignalFile, Start, Stretch

SENSORS: dict[str, tuple[str, str, str]] = {
    "eda": ("EDA", "uS", "gsr"),
    "temperature": ("TEMP", "degC", "temperature"),
    "bvp": ("BVP", "", "ppg"),
    "steps": ("STEPS", "", "steps"),
}
"""Sensor -> the name of its channel, its unit, and the usual name of the modality."""
MOVEMENT: dict[str, tuple[str, str]] = {"accelerometer": ("g", "acceleration"), "gyroscope": ("deg/s", "rotation")}
"""Sensor of three axes -> its unit, and the usual name of the modality."""

_AXES = ("x", "y", "z")
_MICROSECONDS = 1e6
_MOST_BYTES = 2**28  # of a file; Empatica begins a new one every 30 minutes


class AvroFile(SignalFile):
    """Read a file; it is in memory while it is open. The parts are named like the sensors."""

    is_in_memory = True

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._fastavro: Any = import_library("fastavro", path, extra="avro")
        if (size := path.stat().st_size) > _MOST_BYTES:
            raise DataError(f"has {size} bytes, but at most {_MOST_BYTES} are read", path)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(
            Channel(name, number, sensor, self._rate(sensor), unit, rate_field="samplingFrequency", kind=kind)
            for sensor, names, unit, kind in self._sensors
            for number, name in enumerate(names)
        )

    @property
    def start(self) -> Start:
        return Start(self._zero)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        stamps = (self._raw.get("tags") or {}).get("tagsTimeMicros") or ()
        return tuple(Mark(float(stamp) / _MICROSECONDS - self._zero, 0.0, "") for stamp in sorted(stamps))

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        sensor = channels[0].part
        begin = self._begin(sensor) - self._zero
        values = self._values(sensor)
        first, last, _ = stretch.samples(sfreq, begin).indices(values.shape[1])
        return stretch.signal(values[[c.index for c in channels], first:last], sfreq, self.path, sensor, begin)

    @cached_property
    def _raw(self) -> Mapping[str, Any]:
        with self.reading_with("fastavro"), self.path.open("rb") as file:
            _check_blocks(self._fastavro.reader(file).codec, file)
            file.seek(0)
            raw = next(iter(self._fastavro.reader(file)))["rawData"]
            if not isinstance(raw, Mapping):
                raise ValueError("'rawData' is no record")  # noqa: TRY004  (the file is damaged)
            return raw

    @cached_property
    def _sensors(self) -> list[tuple[str, Sequence[str], str, str]]:
        """Return the sensors that have values: name, channels, unit, usual name of the modality."""
        known = [(sensor, (name,), unit, kind) for sensor, (name, unit, kind) in SENSORS.items()]
        known += [(sensor, _AXES, unit, kind) for sensor, (unit, kind) in MOVEMENT.items()]  # type: ignore[misc]
        found = [each for each in known if self._counts(each[0]).size]
        if not found:
            raise DataError(f"holds no values of {', '.join((*SENSORS, *MOVEMENT))}", self.path, "rawData")
        return [(sensor, names, unit, kind) for sensor, names, unit, kind in found]

    @cached_property
    def _zero(self) -> float:
        return min(self._begin(sensor) for sensor, *_ in self._sensors)

    def _begin(self, sensor: str) -> float:
        return self._number(self._raw[sensor], sensor, "timestampStart") / _MICROSECONDS

    def _rate(self, sensor: str) -> float:
        return self._number(self._raw[sensor], sensor, "samplingFrequency")

    def _counts(self, sensor: str) -> Float64[np.ndarray, "c n"]:
        record = self._raw.get(sensor) or {}
        try:
            lists = [record.get(axis) or () for axis in (_AXES if sensor in MOVEMENT else ("values",))]
            return np.array(lists, np.float64)
        except (ValueError, TypeError, AttributeError) as error:
            raise DataError(f"is no table of numbers ({error})", self.path, sensor) from None

    def _values(self, sensor: str) -> Float64[np.ndarray, "c n"]:
        counts = self._counts(sensor)
        if sensor not in MOVEMENT:
            return counts
        stated = self._raw[sensor].get("imuParams") or {}
        if stated.get("conversionFactor") is not None:
            return counts * self._number(stated, sensor, "conversionFactor")
        ends = [
            self._number(stated, sensor, f"{kind}{end}") for kind in ("physical", "digital") for end in ("Min", "Max")
        ]
        if ends[2] == ends[3]:
            raise DataError("its digital range is empty", self.path, sensor)
        return counts * (ends[1] - ends[0]) / (ends[3] - ends[2])

    def _number(self, record: Mapping[str, Any], sensor: str, name: str) -> float:
        value = record.get(name)
        if not isinstance(value, int | float) or not isfinite(value) or (name == "samplingFrequency" and value <= 0):
            raise DataError(f"states {value!r} as '{name}'", self.path, sensor)
        return float(value)


def _check_blocks(codec: str, file: BinaryIO) -> None:
    """Check that the first block, which is unpacked as a whole, does not unpack to too much.

    Args:
        codec: how blocks are packed.
        file: the file, at its first block.

    Raises:
        ValueError: the block is too large, or packed in a way that is not bounded here.
    """
    if codec not in ("null", "deflate"):
        raise ValueError(f"its blocks are packed with {codec}; pack them with deflate")
    _read_long(file)  # the number of records
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    if codec == "deflate":
        unpacking.decompress(file.read(_read_long(file)), _MOST_BYTES)
    if unpacking.unconsumed_tail:
        raise ValueError(f"unpacks to more than {_MOST_BYTES} bytes")


def _read_long(file: BinaryIO) -> int:
    """Read an integer as Avro writes it: seven bits a byte, the lowest first, twice its value.

    Returns:
        The integer; at least 0.
    """
    value, shift = 0, 0
    while shift < 64 and (byte := file.read(1)):
        value |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            break
    return 0 if value & 1 else min(value >> 1, _MOST_BYTES)
