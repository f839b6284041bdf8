"""Read NumPy archives; every array of numbers, (c, T) or (T,), is a part.

The arrays ``eeg_sfreq`` (Hz), ``eeg_unit`` and ``eeg_ch_names`` may describe an array ``eeg``.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from mpcl_core.plugin import DataError, Signal, read_array_header
from mpcl_plugins.sources.formats.npz_archive import read_npz_array
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Stretch

_ABOUT = ("_sfreq", "_unit", "_ch_names")
_MOST_CHANNELS = 65_536
_HEADER = 2**16  # bytes in which the header of an array ends


class NpzFile(SignalFile):
    """Read an archive as ``numpy.savez`` writes it. An array is read completely, and released after use."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self._shapes = dict(_shapes(path))
        except Exception as error:
            raise DataError(f"cannot be read ({error})", path) from error

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        parts = [name for name in self._shapes if not name.endswith(_ABOUT)]
        return tuple(channel for part in parts for channel in self._of_part(part))

    def _of_part(self, part: str) -> list[Channel]:
        shape = self._shapes[part]
        if len(shape) not in (1, 2):
            return [Channel("", 0, part, fault=f"the array is {shape}, but (channels, samples) is expected")]
        count = shape[0] if len(shape) == 2 else 1
        sfreq, unit, names = self._sfreq(part), self._text(f"{part}_unit"), self._text(f"{part}_ch_names")
        if names and len(names) != count:
            raise DataError(f"{len(names)} names for {count} channels", self.path, f"{part}_ch_names")
        stated = names or [""] * count
        rate, of = f"array '{part}_sfreq'", f"array '{part}_unit'"
        return [
            Channel(name, number, part, sfreq, "".join(unit[:1]), rate_field=rate, unit_field=of)
            for number, name in enumerate(stated)
        ]

    def _sfreq(self, part: str) -> float | None:
        name = f"{part}_sfreq"
        if name not in self._shapes:
            return None
        value = read_npz_array(self.path, name)
        if value.size != 1 or value.dtype.kind not in "iuf":
            raise DataError(f"{value.dtype} of shape {value.shape}, but one number is expected", self.path, name)
        return float(value.item())

    def _text(self, name: str) -> list[str]:
        if name not in self._shapes:
            return []
        value = read_npz_array(self.path, name)
        if value.dtype.kind != "U":
            raise DataError(f"{value.dtype}, but text is expected", self.path, name)
        return [str(text) for text in value.ravel()]

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        part = channels[0].part
        values = np.atleast_2d(read_npz_array(self.path, part))
        if values.shape[1:] != self._shapes[part][-1:]:
            raise DataError(f"shape {values.shape}, which differs from its header", self.path, part)
        rows = values[[channel.index for channel in channels], stretch.samples(sfreq)]
        return stretch.signal(rows, sfreq, self.path, part)


def _shapes(path: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the shapes of the arrays that may be signals or describe one.

    Yields:
        The name and the shape.
    """
    with ZipFile(path) as archive:
        for entry in archive.namelist():
            if not entry.endswith(".npy"):
                continue
            with archive.open(entry) as file:
                shape, dtype = read_array_header(BytesIO(file.read(_HEADER)))
            name = entry.removesuffix(".npy")
            if name.endswith(_ABOUT) or dtype.kind in "iuf":
                if len(shape) == 2 and shape[0] > _MOST_CHANNELS:
                    raise ValueError(f"{name} is of shape {shape}, but (channels, samples) is expected")
                yield name, shape
