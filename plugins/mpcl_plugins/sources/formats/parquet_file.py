"""Read Apache Parquet tables (.parquet), a column a channel, with pyarrow (extra ``parquet``).

A column of time stamps, or of numbers with a usual name for times (``timestamp``, ``time``, ``t`` …), decides where a
sample lies, as in .csv tables. Null is a missing value. Nested columns and text are no signals.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Signal
from mpcl_plugins.sources.formats.channel_roles import Role
from mpcl_plugins.sources.formats.clock import TOLERANCE, Grid, fit_grid, measured_rate
from mpcl_plugins.sources.formats.parquet_columns import ParquetColumns
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Start, Stretch, Timing
from mpcl_plugins.sources.formats.time_columns import has_time_name, is_unix, seconds_per_unit

_NANOSECONDS = 1e9


class ParquetFile(SignalFile):
    """Read a table of signals. The wanted columns are in memory while it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._columns = ParquetColumns(path)
        self._grids: dict[float, Grid] = {}

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        sfreq, source = None, f"column '{self._times}'"
        if self._stamps is not None:
            sfreq = float(f"{measured_rate(self._stamps, self.path, self._times):.4g}")
        return tuple(
            Channel(field.name, number, sfreq=sfreq, tolerance=TOLERANCE, role=self._role(field), rate_field=source)
            for number, field in enumerate(self._columns.schema)
        )

    @cached_property
    def start(self) -> Start | None:
        if self._stamps is None or not len(self._stamps):
            return None
        kind = self._columns.schema.field(self._times).type
        first = float(self._stamps[0])
        if self._columns.arrow.types.is_timestamp(kind):
            return Start(first, "utc" if kind.tz else "local")
        return Start(first) if is_unix(first) else None

    def timing(self, channels: Sequence[Channel], sfreq: float) -> Timing:
        grid = self._grid(sfreq)
        return Timing() if grid is None else grid.timing

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        wanted, grid = stretch.samples(sfreq), self._grid(sfreq)
        rows = wanted if grid is None else slice(*grid.rows(wanted))
        values = np.stack([self._columns.numbers(channel.name)[rows] for channel in channels], axis=1)
        samples = values if grid is None else grid.filled(values, wanted)
        return stretch.signal(samples.T, sfreq, self.path, channels[0].name)

    @cached_property
    def _times(self) -> str:
        """Return the name of the column of times; '' where there is none."""
        types = self._columns.arrow.types
        stamps = [field.name for field in self._columns.schema if types.is_timestamp(field.type)]
        named = [
            field.name
            for field in self._columns.schema
            if has_time_name(field.name) and self._columns.is_number(field.name)
        ]
        return next(iter((*stamps, *named)), "")

    @cached_property
    def _stamps(self) -> Float64[np.ndarray, "T"] | None:
        """Return the times in seconds; None where there is no column of times."""
        if not self._times:
            return None
        if self._columns.arrow.types.is_timestamp(self._columns.schema.field(self._times).type):
            column = (
                self._columns.column(self._times)
                .cast(self._columns.arrow.timestamp("ns"))
                .cast(self._columns.arrow.int64())
            )
            return np.asarray(column.to_numpy() / _NANOSECONDS, np.float64)
        numbers = self._columns.numbers(self._times)
        return numbers * seconds_per_unit(self._times, float(numbers[0])) if len(numbers) else numbers

    def _grid(self, sfreq: float) -> Grid | None:
        if self._stamps is None:
            return None
        if sfreq not in self._grids:
            self._grids = {sfreq: fit_grid(self._stamps, sfreq, self.path, self._times)}
        return self._grids[sfreq]

    def _role(self, field: Any) -> Role:
        if field.name == self._times:
            return "times"
        if self._columns.arrow.types.is_boolean(field.type):
            return "events"
        return "signal" if self._columns.is_number(field.name) else "text"
