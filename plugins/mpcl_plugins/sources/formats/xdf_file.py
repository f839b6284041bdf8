"""Read XDF, as LabRecorder writes it: streams of several devices on one clock. Every regular stream is a part.

Read with pyxdf, which aligns the clocks and removes the jitter of time stamps; where it finds an interruption, samples
are missing. Second 0 of the file is the first sample of all regular streams. The whole file is in memory while it is
open, because a stream's samples are scattered over it.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.plugin import DataError, Signal
from mpcl_plugins.sources.formats.clock import fit_grid
from mpcl_plugins.sources.formats.optional_library import import_library
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Stretch
from mpcl_plugins.sources.formats.xdf_chunks import read_streams

_BREAK = 2  # intervals; an interruption is one that also lasts a second


class _Samples(NamedTuple):
    """Hold a stream as it was recorded.

    Args:
        values: (T, c) samples.
        times: (T,) seconds on the clock of all streams.
    """

    values: Shaped[np.ndarray, "T c"]
    times: Float64[np.ndarray, "T"]


class XdfFile(SignalFile):
    """Read a recording that was ended properly. Streams without a constant rate (markers) are left out."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._pyxdf: Any = import_library("pyxdf", path)
        regular = [stream for stream in read_streams(path) if stream.regular]
        self._streams = {stream.name: stream for stream in regular}
        if len(self._streams) < len(regular):
            raise DataError("two streams have the same name", path)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(
            Channel(label, number, name, stream.sfreq, unit)
            for name, stream in self._streams.items()
            for number, (label, unit) in enumerate(zip(stream.labels, stream.units, strict=True))
        )

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        part = channels[0].part
        if part not in self._samples:
            raise DataError("there are no samples", self.path, part)
        values, times = self._samples[part]
        begin = float(times[0] - min(samples.times[0] for samples in self._samples.values()))
        clock = fit_grid(times, sfreq, self.path, part)
        wanted = stretch.samples(sfreq, begin)
        rows = values[slice(*clock.rows(wanted)), [channel.index for channel in channels]]
        samples = clock.filled(rows, wanted)
        return stretch.signal(samples.T, sfreq, self.path, part, begin)

    @cached_property
    def _samples(self) -> dict[str, _Samples]:
        """Return the samples of each stream by its name; streams without any sample are left out."""
        numbers = {stream.number: name for name, stream in self._streams.items()}
        with _complaints() as complaints:
            try:
                loaded, _ = self._pyxdf.load_xdf(
                    str(self.path), select_streams=list(numbers), jitter_break_threshold_samples=_BREAK
                )
            except Exception as error:
                raise DataError(f"cannot be read ({error})", self.path) from error
        if complaints:
            raise DataError(f"damaged ({complaints[0]})", self.path)
        return {
            numbers[stream["info"]["stream_id"]]: _Samples(stream["time_series"], stream["time_stamps"])
            for stream in loaded
            if len(stream["time_stamps"])
        }


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
