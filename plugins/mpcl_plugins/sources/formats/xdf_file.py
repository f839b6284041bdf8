"""Read XDF, as LabRecorder writes it: streams of several devices on one clock. Every regular stream is a part.

Read with pyxdf, which aligns the clocks. A stream's rate is the effective one, by its time stamps, where it differs
from the nominal one. Second 0 of the file is the first sample of all regular streams. The whole file is in memory while
it is open, because a stream's samples are scattered over it.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.plugin import DataError, Signal
from mpcl_plugins.sources.formats.clock import TOLERANCE, Grid, fit_grid, measured_rate
from mpcl_plugins.sources.formats.optional_library import import_library
from mpcl_plugins.sources.formats.signal_file import Channel, Mark, SignalFile, Stretch, Timing
from mpcl_plugins.sources.formats.xdf_chunks import read_streams

_DISORDER = 0.5  # the share of time stamps that the network may deliver out of order
_STATED = 1e-6  # how far, relatively, a nominal rate may be off


class _Samples(NamedTuple):
    """Hold a stream as it was recorded.

    Args:
        values: (T, c) samples.
        times: (T,) seconds on the clock of all streams.
    """

    values: Shaped[np.ndarray, "T c"]
    times: Float64[np.ndarray, "T"]


class XdfFile(SignalFile):
    """Read a recording; one that was not ended properly only where a recipe allows it.

    Streams without a constant rate, such as markers, cannot be read.
    """

    is_in_memory = True

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._pyxdf: Any = import_library("pyxdf", path)
        streams = read_streams(path)
        regular = [stream for stream in streams if stream.regular and not stream.fault]
        self._others = [stream for stream in streams if stream.is_numeric and stream not in regular]
        self._grids: dict[tuple[str, float], Grid] = {}
        self._streams = {stream.name: stream for stream in regular}
        if len(self._streams) < len(regular):
            raise DataError("two streams have the same name", path)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        readable = (
            Channel(
                label,
                number,
                name,
                rate,
                unit,
                tolerance,
                incomplete=stream.incomplete,
                rate_field="nominal_srate or time stamps",
                unit_field="channel description: unit",
            )
            for name, stream in self._streams.items()
            for rate, tolerance in [self._rate(name)]
            for number, (label, unit) in enumerate(zip(stream.labels, stream.units, strict=True))
        )
        faults = {stream.name: stream.fault or "it states no constant rate" for stream in self._others}
        return (*readable, *(Channel("", 0, name, fault=fault) for name, fault in faults.items()))

    def _rate(self, part: str) -> tuple[float, float]:
        """Return the nominal rate of a stream, or the effective one where its time stamps differ from it.

        Returns:
            Hz, and how far it may be off.
        """
        nominal = self._streams[part].sfreq
        if part not in self._samples:
            return nominal, _STATED
        try:
            rate = measured_rate(self._samples[part].times, self.path, part, _DISORDER)
        except DataError:  # of a stream that may not be wanted; `read` raises it
            return nominal, _STATED
        return (nominal, _STATED) if abs(rate - nominal) <= TOLERANCE * nominal else (rate, TOLERANCE)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        numbers = [stream.number for stream in read_streams(self.path) if not stream.regular]
        if not numbers or not self._begins:
            return ()
        zero, marks = min(self._begins.values()), []
        for stream in self._loaded(numbers):
            for stamp, sample in zip(stream["time_stamps"], stream["time_series"], strict=True):
                marks.append(Mark(float(stamp) - zero, 0.0, " ".join(map(str, sample)).strip()))
        return tuple(sorted(marks))

    def timing(self, channels: Sequence[Channel], sfreq: float) -> Timing:
        return self._grid(channels[0].part, sfreq).timing

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        part = channels[0].part
        clock = self._grid(part, sfreq)
        values = self._samples[part].values
        begin = self._begins[part] - min(self._begins.values())
        wanted = stretch.samples(sfreq, begin)
        rows = values[slice(*clock.rows(wanted)), [channel.index for channel in channels]]
        samples = clock.filled(rows, wanted)
        return stretch.signal(samples.T, sfreq, self.path, part, begin)

    @cached_property
    def _begins(self) -> dict[str, float]:
        """Return when each stream begins, in seconds on the clock of all."""
        begins = {}
        for part, samples in self._samples.items():
            begins[part] = float(samples.times[0])
            with suppress(DataError):  # of a stream that may not be wanted
                begins[part] += self._grid(part, self._rate(part)[0]).begin
        return begins

    def _grid(self, part: str, sfreq: float) -> Grid:
        if part not in self._samples:
            raise DataError("there are no samples", self.path, part)
        if (part, sfreq) not in self._grids:
            self._grids[part, sfreq] = fit_grid(self._samples[part].times, sfreq, self.path, part, _DISORDER)
        return self._grids[part, sfreq]

    @cached_property
    def _samples(self) -> dict[str, _Samples]:
        """Return the samples of each stream by its name; streams without any sample are left out."""
        numbers = {stream.number: name for name, stream in self._streams.items()}
        return {
            numbers[stream["info"]["stream_id"]]: _Samples(stream["time_series"], stream["time_stamps"])
            for stream in self._loaded(list(numbers))
            if len(stream["time_stamps"])
        }

    def _loaded(self, numbers: list[int]) -> list[Any]:
        """Return the streams of some numbers as pyxdf gives them.

        Returns:
            The streams.
        """
        with _complaints() as complaints:
            try:
                loaded, _ = self._pyxdf.load_xdf(str(self.path), select_streams=numbers, dejitter_timestamps=False)
            except Exception as error:
                reasons = (stream.incomplete for stream in self._streams.values())
                raise DataError(next(filter(None, reasons), f"cannot be read ({error})"), self.path) from error
        if complaints and not any(stream.incomplete for stream in self._streams.values()):
            raise DataError(f"damaged ({complaints[0]})", self.path)
        return list(loaded)


class _Collector(logging.Handler):
    """Collect log messages of level ERROR and above."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Yield the errors that pyxdf logs; it would continue with the rest."""
    logger, collector = logging.getLogger("pyxdf.pyxdf"), _Collector()
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(collector)
    try:
        yield collector.messages
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagate
