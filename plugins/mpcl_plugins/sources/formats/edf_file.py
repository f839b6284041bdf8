"""Read EDF and BDF (Kemp et al., 1992; Kemp & Olivan, 2003), whose header states every channel's rate and unit.

Read with pyedflib, channel by channel at its own rate and in its own unit. A file that is cut off is detected here,
because the library would print a line of its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mpcl_core.plugin import DataError, Signal, allocate_samples, release_samples
from mpcl_plugins.sources.formats.optional_library import import_library
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Start, Stretch

_AT_ONCE = 2**20  # samples of a channel
_HEADER, _PER_CHANNEL, _SAMPLES = 256, 256, 216  # bytes: header, that of a channel, where in the latter samples stand


class EdfFile(SignalFile):
    """Read a continuous EDF or BDF file; one with interruptions (EDF+D) is refused."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._pyedflib: Any = import_library("pyedflib", path)
        _check_length(path)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        with self._opened() as reader:
            return tuple(
                Channel(
                    reader.getLabel(number).strip(),
                    number,
                    sfreq=float(reader.getSampleFrequency(number)),
                    unit=reader.getPhysicalDimension(number).strip(),
                )
                for number in range(reader.signals_in_file)
            )

    @cached_property
    def start(self) -> Start | None:
        with self._opened() as reader:
            begin = reader.getStartdatetime()
        return Start(begin.replace(tzinfo=UTC).timestamp(), "local")

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        numbers = [channel.index for channel in channels]
        with self._opened() as reader:
            total = min(int(reader.getNSamples()[number]) for number in numbers)
            first, last, _ = stretch.samples(sfreq).indices(total)
            values = allocate_samples(len(numbers), max(last - first, 0))
            with np.errstate(over="ignore"):
                for begin in range(0, values.shape[1], _AT_ONCE):
                    count = min(_AT_ONCE, values.shape[1] - begin)
                    for row, number in enumerate(numbers):
                        values[row, begin : begin + count] = reader.readSignal(number, first + begin, count)
                        release_samples(values)
        return stretch.signal(values, sfreq, self.path, channels[0].name)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        mode = self._pyedflib.DO_NOT_READ_ANNOTATIONS
        try:
            with self._pyedflib.EdfReader(str(self.path), annotations_mode=mode) as reader:
                yield reader
        except Exception as error:
            raise DataError(f"cannot be read ({error})", self.path) from error


def _check_length(path: Path) -> None:
    with path.open("rb") as file:
        try:
            stated = _stated_length(file)
        except ValueError as error:
            raise DataError("not an EDF or BDF file that can be read: its header is damaged", path) from error
    if (size := path.stat().st_size) != stated:
        raise DataError(f"cut off or damaged: {size} bytes, but its header announces {stated}", path)


def _stated_length(file: BinaryIO) -> int:
    header = file.read(_HEADER)
    n_channels, n_records = int(header[252:256]), int(header[236:244])
    channels = file.read(n_channels * _PER_CHANNEL)[n_channels * _SAMPLES :]
    samples = [int(channels[8 * number : 8 * number + 8]) for number in range(n_channels)]
    width = 3 if header[:1] == b"\xff" else 2
    return _HEADER + n_channels * _PER_CHANNEL + n_records * width * sum(samples)
