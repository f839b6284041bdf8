"""Archives of the Empatica E4 wristband: a table for each signal, with its start, its rate, and its values.

The first two lines of ``ACC.csv``, ``BVP.csv``, ``EDA.csv``, ``TEMP.csv`` and ``HR.csv`` state start (seconds since
1970) and rate (Hz), once a column. Second 0 of the archive is the earliest start (HR starts 10 s after the others).
``IBI.csv`` has no constant rate and is left out.
"""

from collections.abc import Sequence
from functools import cached_property
from math import inf
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from mpcl_core.plugin import DataError, Signal
from mpcl_plugins.sources.formats.numbers_in_text import Cells
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Stretch

CHANNELS = {"ACC": ("x", "y", "z"), "BVP": ("BVP",), "EDA": ("EDA",), "TEMP": ("TEMP",), "HR": ("HR",)}
UNITS = {"ACC": "1/64 g", "BVP": "", "EDA": "uS", "TEMP": "degC", "HR": "bpm"}
"""What the maker documents; the tables do not say it."""

_LONGEST = 2**28  # bytes of a table; the battery is empty before


class _Head(NamedTuple):
    """When a table starts (seconds since 1970), and its rate in Hz."""

    start: float
    sfreq: float


class E4File(SignalFile):
    """An archive as the wristband's web site gives it out. The parts are named as the tables: ``BVP``."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        first = {part: self._lines(part)[:2] for part in CHANNELS}
        self._heads = {part: self._head(part, lines) for part, lines in first.items() if len(lines) == 2}
        if not self._heads:
            raise DataError(f"holds no values of {', '.join(f'{part}.csv' for part in CHANNELS)}", path)
        self._zero = min(head.start for head in self._heads.values())

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(
            Channel(name, number, part, head.sfreq, UNITS[part])
            for part, head in self._heads.items()
            for number, name in enumerate(CHANNELS[part])
        )

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        part = channels[0].part
        begin, lines = self._heads[part].start - self._zero, self._lines(part)[2:]
        first, last, _ = stretch.samples(sfreq, begin).indices(len(lines))
        cells = Cells(self.path, [f"{part}.csv {name}" for name in CHANNELS[part]])
        values = cells.numbers(lines[first:last], [channel.index for channel in channels], first)
        return stretch.signal(values.T, sfreq, self.path, f"{part}.csv", begin)

    def _lines(self, part: str) -> list[str]:
        """The lines of a table whose checksum is right; none where there is no such table."""
        name = f"{part}.csv"
        try:
            with ZipFile(self.path) as archive:
                content = archive.open(name).read(_LONGEST) if name in archive.namelist() else b""
            lines = content.decode("ascii").splitlines()
        except Exception as error:
            raise DataError(f"cannot be read ({error})", self.path, name) from error
        if len(content) == _LONGEST:
            raise DataError(f"has {_LONGEST} bytes or more, which are too many", self.path, name)
        return lines

    def _head(self, part: str, lines: Sequence[str]) -> _Head:
        start, sfreq = Cells(self.path, CHANNELS[part]).numbers(lines, range(len(CHANNELS[part])))
        for number, line in zip((start, sfreq), lines, strict=True):
            if not (number == number[0]).all() or not 0 < number[0] < inf:
                raise DataError(f"'{line.strip()}' in its head is not one number above 0", self.path, f"{part}.csv")
        return _Head(float(start[0]), float(sfreq[0]))
