"""Read records of PhysioNet's WFDB format (Moody et al., *WFDB software package*): a header .hea and its .dat files.

Specification: physionet.org/physiotools/wag/header-5.htm. The library wfdb (extra ``wfdb``) reads them. Signals that
are sampled several times a frame keep their own rate; a sample that the record marks as invalid is missing, and so are
the gaps of a record of several segments. The time of the header is local time.
"""

from collections.abc import Sequence
from datetime import UTC
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.plugin import DataError, Signal
from mpcl_plugins.sources.formats.optional_library import import_library
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Start, Stretch

_NO_UNIT = ("NU", "adu", "")
"""What records write for a signal without a unit."""


class WfdbFile(SignalFile):
    """Read a record a stretch at a time."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._wfdb: Any = import_library("wfdb", path, extra="wfdb")

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        names, units = self._header.sig_name or (), self._header.units or ()
        return tuple(
            Channel(
                name,
                number,
                sfreq=float(self._header.fs) * self._per_frame[number],
                unit="" if unit in _NO_UNIT else unit,
                rate_field="record line of the header: sampling frequency",
                unit_field="signal line of the header: units",
            )
            for number, (name, unit) in enumerate(zip(names, units, strict=True))
        )

    @cached_property
    def start(self) -> Start | None:
        begin = self._header.base_datetime
        return None if begin is None else Start(begin.replace(tzinfo=UTC).timestamp(), "local")

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        numbers = [channel.index for channel in channels]
        sizes = {self._per_frame[number] for number in numbers}
        if len(sizes) > 1:
            raise DataError("the channels of a modality have several rates", self.path, channels[0].name)
        size, rate = sizes.pop(), float(channels[0].sfreq or sfreq)
        first, last, _ = stretch.samples(rate).indices(int(self._header.sig_len) * size)
        values = np.empty((len(numbers), 0))
        if last > first:
            frames = first // size, -(-last // size)
            with self.reading_with("wfdb"):
                record = self._wfdb.rdrecord(
                    self._name, *frames, channels=numbers, smooth_frames=False, return_res=64, m2s=True
                )
            found = record.e_p_signal if record.e_p_signal is not None else list(record.p_signal.T)
            begin = first - frames[0] * size
            values = np.stack([np.asarray(signal)[begin : begin + last - first] for signal in found])
        return stretch.signal(values, rate, self.path, channels[0].name)

    @property
    def _name(self) -> str:
        """Return the record's name as the library takes it: the path without the suffix."""
        return str(self.path.with_suffix(""))

    @cached_property
    def _header(self) -> Any:
        with self.reading_with("wfdb"):
            header = self._wfdb.rdheader(self._name, rd_segments=True)
            if getattr(header, "segments", None):
                header.sig_name, header.units = header.get_sig_name(), _segment_units(header)
            return header

    @cached_property
    def _per_frame(self) -> list[int]:
        sizes = getattr(self._header, "samps_per_frame", None) or [1] * len(self._header.sig_name or ())
        return [int(size or 1) for size in sizes]


def list_record(path: Path) -> list[Path]:
    """Return the header of a record and the files with its signals.

    Args:
        path: the header.

    Returns:
        The files of the same name, in order.
    """
    return sorted({path, *path.parent.glob(f"{path.stem}*.dat"), *path.parent.glob(f"{path.stem}*.hea")})


def _segment_units(header: Any) -> list[str]:
    units = {
        name: unit
        for segment in header.segments
        if segment is not None and segment.sig_name
        for name, unit in zip(segment.sig_name, segment.units, strict=True)
    }
    return [units.get(name, "") for name in header.sig_name]
