"""Read tables of samples, comma-separated (.csv) or tab-separated (.tsv), with a header that names the channels.

A column of times (``timestamps``, ``Time [s]``, ``t``, ``lsl_timestamp``, ``unix`` …; numbers or ISO text) is compared
with the declared rate, and decides where a sample lies. Without such a name, a column whose steps are near-equal and
fit the declared rate is used. Columns that rise evenly are no signals unless a recipe names them.
An empty cell, ``n/a`` or ``nan`` is a missing value. Other delimiters, decimal commas, quotes, comments above the
header, a row of units under it, Latin-1 and UTF-16 are recognised (`table_dialect`).
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Signal
from mpcl_plugins.sources.formats.channel_roles import Role
from mpcl_plugins.sources.formats.clock import TOLERANCE, Grid, fit_grid, measured_rate
from mpcl_plugins.sources.formats.number_lines import NumberLines, is_text
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Start, Stretch, Timing
from mpcl_plugins.sources.formats.table_dialect import read_dialect
from mpcl_plugins.sources.formats.table_lines import TableLines, naming_lines
from mpcl_plugins.sources.formats.time_columns import (
    CERTAIN,
    are_times,
    has_time_name,
    is_iso,
    is_unix,
    iso_seconds,
    rises_evenly,
    seconds_per_unit,
)

_SAMPLED = 200  # rows by which columns of times are recognised

_Stamps: TypeAlias = Float64[np.ndarray, "n"]


class CsvFile(SignalFile):
    """Read a table of signals.

    Only the rows of a stretch are in memory, and the time stamps where there are any.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._dialect = read_dialect(path)
        self.header = self._dialect.header
        self._cells = NumberLines(path, self.header, self._dialect.delimiter, decimal_comma=self._dialect.decimal_comma)
        self._grids: dict[tuple[int, float], Grid] = {}
        self._read_stamps: dict[int, _Stamps] = {}
        self._lines = TableLines(path, self._dialect)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        if self._is_empty:
            raise DataError("there are no rows under the header", self.path)
        sfreq = None
        if self._times is not None:
            times = self._all_stamps(self._times)  # the first ones alone may have another rate than all
            with naming_lines(self.line_of):
                sfreq = float(f"{measured_rate(times, self.path, self.header[self._times]):.4g}")
        return tuple(
            Channel(
                name,
                number,
                sfreq=sfreq,
                unit=self._dialect.units[number],
                tolerance=TOLERANCE,
                role=self._role(number),
                rate_field="" if self._times is None else f"column '{self.header[self._times]}'",
                unit_field="header or row of units",
            )
            for number, name in enumerate(self.header)
            if name
        )

    @cached_property
    def start(self) -> Start | None:
        if self._times is None:
            return None
        first = float(self._stamps(self._times, 1)[0])
        if is_iso(self._first[self._times]):
            return Start(first, "utc" if iso_seconds(self._first[self._times][0])[1] else "local")
        return Start(first) if is_unix(first) else None

    def timing(self, channels: Sequence[Channel], sfreq: float) -> Timing:
        grid = self._grid([channel.index for channel in channels], sfreq)
        return Timing() if grid is None else grid.timing

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        columns, wanted = [channel.index for channel in channels], stretch.samples(sfreq)
        grid = self._grid(columns, sfreq)
        rows = (wanted.start, wanted.stop) if grid is None else grid.rows(wanted)
        values = self.samples(columns, *rows)
        if grid is not None:
            values = grid.filled(values, wanted)
        with naming_lines(lambda _: self.line_of(self._infinite_row(columns, *rows))):
            return stretch.signal(values.T, sfreq, self.path, channels[0].name)

    @cached_property
    def _is_empty(self) -> bool:
        with self._lines.following() as lines:
            return next(lines, None) is None

    @cached_property
    def _first(self) -> list[list[str]]:
        """Return the cells of each column in the first rows; none where a row has another number of cells."""
        with self._lines.following() as lines:
            rows = [self._cells.cells(line) for line in islice(lines, _SAMPLED)]
        if any(len(row) != len(self.header) for row in rows):
            rows = []
        return [[row[number].strip() for row in rows] for number in range(len(self.header))]

    @cached_property
    def _times(self) -> int | None:
        """Return the column of times; None where no column has such a name, or where there are no rows."""
        if self._is_empty:
            return None
        named = [number for number, name in enumerate(self.header) if has_time_name(name)]
        certain = [number for number in named if self.header[number].lower() in CERTAIN]
        return next((number for number in named if are_times(self._first[number])), certain[0] if certain else None)

    def _role(self, column: int) -> Role:
        if column == self._times or column in self._clocks:
            return "times"
        return "text" if any(map(is_text, self._first[column])) else "signal"

    @cached_property
    def _clocks(self) -> frozenset[int]:
        """Return the columns that hold times or count rows."""
        numbers = enumerate(zip(self.header, self._first, strict=True))
        return frozenset(
            number
            for number, (name, cells) in numbers
            if rises_evenly(cells) or (has_time_name(name) and are_times(cells))
        )

    def _grid(self, columns: Sequence[int], sfreq: float) -> Grid | None:
        number = self._unnamed_times(columns, sfreq) if self._times is None else self._times
        if number is None:
            return None
        if (number, sfreq) not in self._grids:
            stamps = self._all_stamps(number)
            with naming_lines(self.line_of):
                grid = fit_grid(stamps, sfreq, self.path, self.header[number])
            self._grids = {(number, sfreq): grid}
        return self._grids[number, sfreq]

    def _unnamed_times(self, columns: Sequence[int], sfreq: float) -> int | None:
        """Return the first column that rises in steps of the declared rate.

        Returns:
            Its index, or None.
        """
        for number in sorted(self._clocks - {*columns}):
            with naming_lines(self.line_of):
                rate = measured_rate(np.array(self._first[number], float), self.path, self.header[number])
            if abs(rate - sfreq) <= TOLERANCE * sfreq:
                return number
        return None

    def _all_stamps(self, column: int) -> _Stamps:
        if column not in self._read_stamps:
            self._read_stamps = {column: self._stamps(column, None)}
        return self._read_stamps[column]

    def _stamps(self, column: int, count: int | None) -> _Stamps:
        """Return the first ``count`` times of a column in seconds.

        Returns:
            (n,) seconds.
        """
        if is_iso(self._first[column]):
            with self._lines.following() as lines:
                return np.array([self._iso(line, column, row) for row, line in enumerate(islice(lines, count))])
        numbers = self.rows([column], 0, count)[:, 0]
        return numbers * seconds_per_unit(self.header[column], float(numbers[0])) if len(numbers) else numbers

    def _iso(self, line: str, column: int, row: int) -> float:
        cells = self._cells.cells(line)
        cell = cells[column] if column < len(cells) else ""
        try:
            return iso_seconds(cell)[0]
        except ValueError:
            message = f"'{cell[:50].strip()}' is not an ISO time"
            raise DataError(message, self.path, self.header[column], line=self.line_of(row)) from None

    def _infinite_row(self, columns: Sequence[int], first: int, last: int | None) -> int:
        with np.errstate(over="ignore"):
            infinite = np.isinf(self.samples(columns, first, last).astype(np.float32)).any(1)
        return first + int(np.argmax(infinite))

    def line_of(self, row: int) -> int:
        """Return the line of the file at which a row stands.

        Args:
            row: counted from 0 below the header.

        Returns:
            The line, counted from 1.
        """
        return self._lines.line_of(row)

    def samples(self, columns: Sequence[int], first: int, last: int | None) -> Float64[np.ndarray, "n c"]:
        """Return the samples of the rows ``first`` to before ``last``, NaN where one is missing.

        Args:
            columns: the indices of the c columns.
            first: the first row.
            last: the row behind the last; None for the end of the file.

        Returns:
            (n, c) values.
        """
        return self.rows(columns, first, last)

    def rows(self, columns: Sequence[int], first: int, last: int | None) -> Float64[np.ndarray, "n c"]:
        """Return the numbers in some columns of the rows ``first`` to before ``last``.

        Args:
            columns: the indices of the c columns.
            first: the first row.
            last: the row behind the last; None for the end of the file.

        Returns:
            (n, c) numbers.

        Raises:
            DataError: a line has another number of cells than the header, or a cell is not a number.
        """
        with self._lines.following(first) as lines, naming_lines(self.line_of):
            return self._cells.numbers(islice(lines, None if last is None else max(last - first, 0)), columns, first)
