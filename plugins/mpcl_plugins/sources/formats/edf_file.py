"""Read EDF and BDF (Kemp et al., 1992; Kemp & Olivan, 2003), whose header states every channel's rate and unit.

Each channel is read at its own rate and in its own unit. In an interrupted file (EDF+D) records lie where their own
times say, and the time between them is missing.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int64, UInt8

from mpcl_core.plugin import DataError, Signal, allocate_samples, release_samples
from mpcl_plugins.sources.formats.channel_roles import find_role
from mpcl_plugins.sources.formats.edf_annotations import parse_annotations
from mpcl_plugins.sources.formats.edf_header import EdfChannel, read_edf_header
from mpcl_plugins.sources.formats.signal_file import Channel, Mark, SignalFile, Start, Stretch, Timing
from mpcl_plugins.sources.formats.trigger_codes import find_codes

_AT_ONCE = 2**23  # bytes
_TOLERANCE = 5e-6  # of a rate, relatively: the header has eight characters for the length of a record


class EdfFile(SignalFile):
    """Read an EDF or BDF file a few records at a time."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._header = read_edf_header(path)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        header = self._header
        return tuple(
            Channel(
                channel.label,
                number,
                sfreq=None if channel.fault else channel.n_samples / header.seconds,
                unit=channel.unit,
                tolerance=_TOLERANCE,
                fault=channel.fault,
                incomplete=header.incomplete,
                rate_field="header: number of samples in a record / duration of a record",
                unit_field="header: physical dimension",
            )
            for number, channel in enumerate(header.channels)
            if not channel.is_annotations
        )

    @cached_property
    def start(self) -> Start | None:
        begin = self._header.start
        fraction = float(self._onsets[0]) if self._onsets is not None and len(self._onsets) else 0.0
        return None if begin is None else Start(begin + fraction, "local")

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        first = float(self._onsets[0]) if self._onsets is not None and len(self._onsets) else 0.0
        found = []
        for channel in self._header.channels:
            end = channel.begin + channel.n_samples * self._header.width
            records = self._records(0, self._header.n_records) if channel.is_annotations else ()
            for _, block in records:
                found += [mark for record in block for mark in parse_annotations(record[channel.begin : end].tobytes())]
        return tuple(sorted(mark._replace(onset=mark.onset - first) for mark in found)) or tuple(self._codes())

    def _codes(self) -> list[Mark]:
        """Return the codes of the status and trigger channels.

        Returns:
            The marks in order.
        """
        marks = []
        for channel in self._header.channels:
            is_readable = not channel.is_annotations and not channel.fault
            if is_readable and find_role(channel.label, unit=channel.unit) == "events":
                blocks = [self._digital(channel, records) for _, records in self._records(0, self._header.n_records)]
                codes = np.concatenate(blocks).ravel() if blocks else np.zeros(0)
                places = (self._begins(channel)[:, None] + np.arange(channel.n_samples)).ravel()
                rounded = np.rint(codes if self._header.width == 3 else (codes + channel.offset) * channel.gain)
                marks += find_codes(rounded.astype(np.int64), channel.n_samples / self._header.seconds, places)
        return sorted(marks)

    def timing(self, channels: Sequence[Channel], sfreq: float) -> Timing:
        begins = self._begins(self._header.channels[channels[0].index])
        lost = np.diff(begins) - self._header.channels[channels[0].index].n_samples
        return Timing(gaps=int(np.count_nonzero(lost)), lost=float(lost.sum() / sfreq))

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        wanted = [self._header.channels[channel.index] for channel in channels]
        begins, size = self._begins(wanted[0]), wanted[0].n_samples
        total = int(begins[-1]) + size if len(begins) else 0
        first, last, _ = stretch.samples(sfreq).indices(total)
        values = allocate_samples(len(wanted), max(last - first, 0))
        is_whole = total == len(begins) * size
        if not is_whole:
            values[:] = np.nan
        start, stop = np.searchsorted(begins + size, first, "right"), np.searchsorted(begins, last)
        for number, records in self._records(int(start), int(stop)):
            at = (begins[number : number + len(records), None] + np.arange(size)).ravel() - first
            inside = (at >= 0) & (at < values.shape[1])
            for row, channel in enumerate(wanted):
                samples = self._samples(channel, records).ravel()
                with np.errstate(over="ignore"):
                    values[row, at[inside]] = samples[inside]
            release_samples(values)
        return stretch.signal(values, sfreq, self.path, channels[0].name)

    def _records(self, start: int, stop: int) -> Iterator[tuple[int, UInt8[np.ndarray, "r b"]]]:
        """Yield some records at a time.

        Yields:
            The number of the first of them, and their (r, b) bytes.
        """
        header = self._header
        step = max(_AT_ONCE // header.record, 1)
        with self.path.open("rb") as file:
            file.seek(header.n_bytes + start * header.record)
            for number in range(start, stop, step):
                count = min(step, stop - number)
                yield number, np.fromfile(file, np.uint8, count * header.record).reshape(count, header.record)

    def _samples(self, channel: EdfChannel, records: UInt8[np.ndarray, "r b"]) -> Float64[np.ndarray, "r n"]:
        """Return the samples of a channel in its unit.

        Returns:
            (r, n) samples of each record.
        """
        samples: Float64[np.ndarray, "r n"] = (self._digital(channel, records) + channel.offset) * channel.gain
        return samples

    def _digital(self, channel: EdfChannel, records: UInt8[np.ndarray, "r b"]) -> Float64[np.ndarray, "r n"]:
        """Return the samples of a channel as the file stores them.

        Returns:
            (r, n) whole numbers of each record.
        """
        width = self._header.width
        raw = np.ascontiguousarray(records[:, channel.begin : channel.begin + channel.n_samples * width])
        if width == 2:
            return raw.view("<i2").astype(np.float64)
        wide = np.zeros((len(raw), channel.n_samples, 4), np.uint8)
        wide[:, :, 1:] = raw.reshape(len(raw), channel.n_samples, 3)
        digital: Float64[np.ndarray, "r n"] = (wide.view("<i4")[:, :, 0] >> 8).astype(np.float64)
        return digital

    def _begins(self, channel: EdfChannel) -> Int64[np.ndarray, "R"]:
        """Return the sample of a channel at which each record begins.

        Returns:
            (R,) numbers that rise by the samples of a record, or more at a gap.
        """
        every = np.arange(self._header.n_records, dtype=np.int64) * channel.n_samples
        if not self._header.is_interrupted:
            return every
        if self._onsets is None:
            raise DataError("is interrupted (EDF+D), but has no annotations with the times of its records", self.path)
        sfreq = channel.n_samples / self._header.seconds
        begins: Int64[np.ndarray, R] = np.rint((self._onsets - self._onsets[:1]) * sfreq).astype(np.int64)
        if (np.diff(begins) < channel.n_samples).any():
            row = int(np.argmax(np.diff(begins) < channel.n_samples)) + 1
            raise DataError(f"record {row} begins before the one before it ends", self.path)
        return begins

    @cached_property
    def _onsets(self) -> Float64[np.ndarray, "R"] | None:
        """Return when each record begins, in seconds by its first annotation; None without annotations."""
        channel = next((channel for channel in self._header.channels if channel.is_annotations), None)
        if channel is None:
            return None
        stop = self._header.n_records if self._header.is_interrupted else min(self._header.n_records, 1)
        size, onsets = channel.n_samples * self._header.width, []
        for _, records in self._records(0, stop):
            for record in records:
                text = record[channel.begin : channel.begin + size].tobytes().partition(b"\x14")[0]
                try:
                    onsets.append(float(text))
                except ValueError:
                    return None
        return np.array(onsets)
