"""Read the tables of the Empatica E4 wristband, in an archive or a folder: a start, a rate, and values.

The first two lines of ``ACC.csv``, ``BVP.csv``, ``EDA.csv``, ``TEMP.csv`` and ``HR.csv`` state the start (seconds since
1970) and the rate (Hz), once a column. The heart rate starts 10 s after the others. ``IBI.csv`` has no constant rate
and is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Signal, read_bytes, read_entry
from mpcl_plugins.sources.formats.number_lines import NumberLines, without_trailing_blanks
from mpcl_plugins.sources.formats.signal_file import Channel, Mark, SignalFile, Start, Stretch
from mpcl_plugins.sources.formats.table_lines import naming_lines

CHANNELS = {"ACC": ("x", "y", "z"), "BVP": ("BVP",), "EDA": ("EDA",), "TEMP": ("TEMP",), "HR": ("HR",)}
"""Table -> its channels."""
UNITS = {"ACC": "1/64 g", "BVP": "", "EDA": "uS", "TEMP": "degC", "HR": "bpm"}
"""Table -> its unit as the manufacturer documents it; the tables do not state it."""

_HEAD = 2  # lines above the values: the start and the rate
_TAGS = "tags.csv"  # a line a press of the button: seconds since 1970
_MOST_BYTES, _MOST_LINES = 2**27, 2**24  # of a table; the battery is empty before
_MAC = "__MACOSX"  # the folder in which macOS stores attributes of the files of an archive
_LONGEST_LINE, _EARLIEST, _HIGHEST_RATE = 256, 3e8, 1e3  # bytes, seconds since 1970, Hz


@dataclass(frozen=True)
class E4Table:
    """Hold the lines of one table, with the start and the rate that its first two lines state.

    Args:
        place: the archive or folder.
        name: ``BVP``, ``ACC`` …
        start: the time of the first sample in seconds since 1970.
        sfreq: the sampling rate in Hz.
        lines: the lines of the samples.
    """

    place: Path
    name: str
    start: float
    sfreq: float
    lines: Sequence[str]

    def samples(
        self, channels: Sequence[int] | None = None, first: int = 0, last: int | None = None
    ) -> Float64[np.ndarray, "n c"]:
        """Return the samples from ``first`` to before ``last``.

        Args:
            channels: the indices of the channels; None for all.
            first: the index of the first sample.
            last: the index behind the last sample; None for the end of the table.

        Returns:
            (n, c) values in the unit of the table, NaN where one is missing.

        Raises:
            DataError: a line has another number of cells than the table has channels, or a cell is not a number.
        """
        every = range(len(CHANNELS[self.name]))
        with naming_lines(lambda row: row + _HEAD + 1):
            cells = _cells(self.place, self.name)
            return cells.numbers(self.lines[first:last], every if channels is None else channels, first)


def read_e4_table(place: Path, name: str) -> E4Table | None:
    """Return one table of an archive or a folder, or None where it is missing or states no start and rate.

    Args:
        place: the .zip archive, whose checksums are compared, or the folder.
        name: ``ACC``, ``BVP``, ``EDA``, ``TEMP`` or ``HR``.

    Returns:
        The table.

    Raises:
        DataError: the file is damaged or too large, or the start or the rate is not one number above 0.
    """
    head, lines = (all_lines := _lines(place, f"{name}.csv"))[:_HEAD], all_lines[_HEAD:]
    if len(head) < _HEAD:
        return None
    with naming_lines(lambda row: row + 1):
        numbers = _cells(place, name).numbers(head, range(len(CHANNELS[name])))
    for number, line in zip(numbers, head, strict=True):
        if not (number == number[0]).all() or not 0 < number[0] < inf:
            raise DataError(f"'{line.strip()}' in its first two lines is not one number above 0", place, f"{name}.csv")
    return E4Table(place, name, float(numbers[0, 0]), float(numbers[1, 0]), lines)


def _cells(place: Path, name: str) -> NumberLines:
    return NumberLines(place, CHANNELS[name], table=f"{name}.csv")


def _lines(place: Path, name: str) -> list[str]:
    try:
        content = read_bytes(place / name, _MOST_BYTES) if place.is_dir() else _entry(place, name)
        if content.count(b"\n") > _MOST_LINES:
            raise ValueError(f"has more than {_MOST_LINES} lines")  # noqa: TRY301
        lines = list(without_trailing_blanks(content.decode("ascii").splitlines()))
    except FileNotFoundError:
        return []
    except Exception as error:
        raise DataError(f"cannot be read ({error})", place, name) from error
    return lines


def _entry(archive_path: Path, name: str) -> bytes:
    """Return a table at the top of an archive, or in its only folder with tables.

    Returns:
        The content; empty where there is no such table.
    """
    with ZipFile(archive_path) as archive:
        entries = {entry: PurePosixPath(entry) for entry in archive.namelist()}
        tables = [path for path in entries.values() if path.stem in CHANNELS and path.parts[0] != _MAC]
        folders = {path.parent for path in tables}
        if PurePosixPath() not in folders and len(folders) > 1:
            raise ValueError(f"holds the tables of {len(folders)} recordings: {', '.join(sorted(map(str, folders)))}")
        folder = PurePosixPath() if PurePosixPath() in folders or not folders else next(iter(folders))
        wanted = str(folder / name)
        return read_entry(archive, wanted, _MOST_BYTES) if wanted in entries else b""


def is_e4_folder(folder: Path) -> bool:
    """Return whether a folder holds tables of the wristband.

    Args:
        folder: the folder, or anything else.

    Returns:
        Whether it holds one whose first two lines are a start since 1970 and a rate.
    """
    return folder.is_dir() and any(is_e4_table(folder / f"{name}.csv") for name in CHANNELS)


def is_e4_table(file: Path) -> bool:
    """Return whether a file is a table of the wristband, by its name and its first two lines.

    Args:
        file: the file, which may be missing.

    Returns:
        Whether it is.
    """
    if file.stem not in CHANNELS or file.suffix.lower() != ".csv" or not file.is_file():
        return False
    with file.open("rb") as opened:
        head = [opened.readline(_LONGEST_LINE).split(b",") for _ in range(2)]
    try:
        start, rate = ([float(cell) for cell in line] for line in head)
    except ValueError:
        return False
    return len(set(start)) == len(set(rate)) == 1 and start[0] > _EARLIEST and 0 < rate[0] < _HIGHEST_RATE


class E4File(SignalFile):
    """Read an archive as the manufacturer's web site exports it, or the folder that it is unpacked to.

    The tables may lie in one folder of the archive.

    The parts are named like the tables: ``BVP``. Second 0 of the file is the earliest start of all tables.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        tables = (read_e4_table(path, part) for part in CHANNELS)
        self._heads = {table.name: (table.start, table.sfreq) for table in tables if table is not None}
        if not self._heads:
            raise DataError(f"holds no values of {', '.join(f'{part}.csv' for part in CHANNELS)}", path)
        self._zero = min(start for start, _ in self._heads.values())

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(
            Channel(name, number, part, sfreq, UNITS[part], rate_field=f"second line of {part}.csv")
            for part, (_, sfreq) in self._heads.items()
            for number, name in enumerate(CHANNELS[part])
        )

    @property
    def start(self) -> Start:
        return Start(self._zero)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        lines = _lines(self.path, _TAGS)
        with naming_lines(lambda row: row + 1):
            stamps = NumberLines(self.path, ("tag",), table=_TAGS).numbers(lines, [0])[:, 0] if lines else ()
        return tuple(Mark(float(stamp) - self._zero, 0.0, "") for stamp in sorted(stamps))

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        part = channels[0].part
        table = read_e4_table(self.path, part)
        if table is None:
            raise DataError("there is no such table", self.path, f"{part}.csv")
        begin = table.start - self._zero
        first, last, _ = stretch.samples(sfreq, begin).indices(len(table.lines))
        values = table.samples([channel.index for channel in channels], first, last)
        with naming_lines(lambda row: first + row + _HEAD + 1):
            return stretch.signal(values.T, sfreq, self.path, f"{part}.csv", begin)
