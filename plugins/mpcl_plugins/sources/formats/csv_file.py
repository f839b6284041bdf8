"""Read tables of samples, comma-separated (.csv) or tab-separated (.tsv), with a header that names the channels.

A column ``timestamp`` or ``time`` (seconds) is compared with the declared rate, and locates missing samples.
An empty cell, ``n/a`` or ``nan`` is a missing value.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DELIMITERS, DataError, Signal, csv_header
from mpcl_plugins.sources.formats.clock import TOLERANCE, fit_grid, measured_rate
from mpcl_plugins.sources.formats.number_lines import NumberLines, without_trailing_blanks
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Stretch

TIMES = ("timestamp", "time")
_LOOKED_AT = 1000  # rows from which a rate is measured before the file is read


class CsvFile(SignalFile):
    """Read a table of signals.

    Only the rows of a stretch are in memory, and the time stamps where there are any.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.header = csv_header(path)
        self._cells = NumberLines(path, self.header, DELIMITERS[path.suffix.lower()])
        self._times = next((number for number, name in enumerate(self.header) if name.lower() in TIMES), None)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        sfreq = None
        if self._times is not None:
            times = self.rows([self._times], 0, _LOOKED_AT)[:, 0]
            sfreq = float(f"{measured_rate(times, self.path, self.header[self._times]):.4g}")
        return tuple(
            Channel(name, number, sfreq=sfreq, tolerance=TOLERANCE)
            for number, name in enumerate(self.header)
            if name and number != self._times
        )

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        columns, wanted = [channel.index for channel in channels], stretch.samples(sfreq)
        if self._times is None:
            values = self.samples(columns, wanted.start, wanted.stop)
        else:
            times = self.rows([self._times], 0, None)[:, 0]
            clock = fit_grid(times, sfreq, self.path, self.header[self._times])
            values = clock.filled(self.samples(columns, *clock.rows(wanted)), wanted)
        return stretch.signal(values.T, sfreq, self.path, channels[0].name)

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
        """
        with self._lines() as lines:
            return self._cells.numbers(islice(lines, first, last), columns, first)

    @contextmanager
    def _lines(self) -> Iterator[Iterator[str]]:
        """Yield the lines under the header."""
        try:
            with self.path.open(encoding="utf-8-sig") as file:
                next(file)
                yield without_trailing_blanks(file)
        except UnicodeDecodeError as error:
            raise DataError(f"not a table that can be read ({error})", self.path) from error
