"""Define a file of signals: the channels that it describes, and how a stretch is read from it."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, inf
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float32, Shaped

from mpcl_core.plugin import DataError, Signal, allocate_samples, release_samples
from mpcl_plugins.sources.formats.channel_roles import Role, find_role

_AT_ONCE = 2**22  # samples
_SLACK = 1e-6  # of a sample: a time that falls on one is not moved to the next by the rounding of decimals
_SHORT = 1.0  # seconds by which a signal may end before the stretch does: devices write whole seconds


@dataclass(frozen=True)
class Channel:
    """Describe a channel as its file does.

    Args:
        name: the name of the channel; empty where the file names none.
        index: its number in its part, from 0.
        part: the part of the file to which it belongs, where a file holds several things: the array of an archive, the
            stream of an XDF file, the table of an E4 archive. Empty where it holds one.
        sfreq: Hz; None where the file does not state it.
        unit: empty where the file does not state it.
        tolerance: how far, relatively, ``sfreq`` may be off: it is either stated, or measured from time stamps.
        role: what it holds, as far as its values show; it is an input by itself only where that is a signal.
        fault: why it cannot be read; empty where it can. Other channels are not affected.
        incomplete: how its recording ended too early; empty where it did not. A recipe may allow that.
        rate_field, unit_field: where the file states them, for errors.
        scale: by what its values are multiplied to have the declared unit.
        kind: the usual name of the modality, such as ``ecg``; empty where nothing shows it.
        is_bad: whether the file, or a table beside it, marks the channel as bad.
    """

    name: str
    index: int
    part: str = ""
    sfreq: float | None = None
    unit: str = ""
    tolerance: float = 1e-6
    role: Role = "signal"
    fault: str = ""
    incomplete: str = ""
    rate_field: str = ""
    unit_field: str = ""
    scale: float = 1.0
    kind: str = ""
    is_bad: bool = False


def known_role(channel: Channel) -> Role:
    """Return what a channel holds, by its values or else by its name.

    Args:
        channel: the channel.

    Returns:
        The role.
    """
    if channel.fault:
        return "unreadable"
    return find_role(channel.name, channel.part, channel.unit) if channel.role == "signal" else channel.role


class Start(NamedTuple):
    """Hold the absolute time of second 0 of a file.

    Args:
        seconds: since 1970.
        clock: ``utc``, or ``local`` where the file does not state its time zone.
    """

    seconds: float
    clock: Literal["utc", "local"] = "utc"


class Mark(NamedTuple):
    """Hold what a file marks in time: an annotation, a tag, a marker.

    Args:
        onset: in seconds of the file.
        duration: in seconds; 0 for a moment.
        text: the description, which may be empty.
    """

    onset: float
    duration: float
    text: str


@dataclass(frozen=True)
class Timing:
    """Hold what the time stamps of a signal have shown.

    Args:
        drift: how far the effective rate is from the declared one, in parts per million.
        resampled: whether the values are resampled to the declared rate.
        gaps: the number of gaps.
        lost: the seconds that they lost.
    """

    drift: float = 0.0
    resampled: bool = False
    gaps: int = 0
    lost: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """Hold a range of seconds of a file, counted from its first sample, the earliest of all its parts.

    Args:
        start: the first second.
        stop: where it ends, not included; infinite for the end of the file.
    """

    start: float = 0.0
    stop: float = inf

    def samples(self, sfreq: float, begin: float = 0.0) -> slice:
        """Return the samples of a signal that fall into the stretch.

        Args:
            sfreq: the signal's rate in Hz.
            begin: when its first sample was taken, in seconds of the file.

        Returns:
            A range of samples.
        """
        first = max(ceil((self.start - begin) * sfreq - _SLACK), 0)
        return slice(first, None if self.stop == inf else max(ceil((self.stop - begin) * sfreq - _SLACK), 0))

    def signal(
        self, values: Shaped[np.ndarray, "c T"], sfreq: float, path: Path, field: str, begin: float = 0.0
    ) -> Signal:
        """Return the signal whose `samples` these values are.

        Args:
            values: (c, T) numbers of any type.
            sfreq: the rate in Hz, as in `samples`.
            path: the file, for errors.
            field: the name of the signal, for errors.
            begin: as in `samples`.

        Returns:
            The signal, its start relative to that of the stretch.

        Raises:
            DataError: there are none, they end before the stretch does, or one is infinite.
        """
        first = self.samples(sfreq, begin).start
        end = begin + (first + values.shape[1]) / sfreq
        if not values.shape[1]:
            where = f"from {self.start:g} s on" if self.stop == inf else f"between {self.start:g} s and {self.stop:g} s"
            raise DataError(f"there is no sample {where}", path, field)
        if self.stop != inf and end < self.stop - _SHORT:
            raise DataError(f"ends at {end:.6g} s, before {self.stop:g} s", path, field)
        return Signal(_single(values, path, field), sfreq, begin + first / sfreq - self.start)


class SignalFile(ABC):
    """Read a file a stretch at a time. It is not open in between.

    Args:
        path: the file.

    Raises:
        DataError: the file is missing or damaged.
    """

    relative_start = 0.0
    """Seconds from the start of the recording, for files that state that instead of an absolute time."""
    is_in_memory = False
    """Whether all its content is in memory while it is open."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise DataError("no such file", path)
        self.path = path

    @property
    @abstractmethod
    def channels(self) -> tuple[Channel, ...]:
        """Return everything that can be read from the file.

        Raises:
            DataError: the file is damaged.
        """

    @property
    def start(self) -> Start | None:
        """Return the absolute time of second 0; None where the file does not state it.

        Raises:
            DataError: the file is damaged.
        """
        return None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return what the file marks in time, in order; empty where it marks nothing.

        Raises:
            DataError: the file is damaged.
        """
        return ()

    def timing(self, channels: Sequence[Channel], sfreq: float) -> Timing:
        """Return the drift and the gaps of some channels of one part, by their time stamps.

        Args:
            channels: entries of ``channels``.
            sfreq: their declared rate in Hz.

        Returns:
            The timing; without drift or gaps where the file has no time stamps.

        Raises:
            DataError: the file is damaged.
        """
        return Timing()

    @abstractmethod
    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        """Return a stretch of some channels of one part; NaN where the file has a gap.

        Args:
            channels: entries of ``channels``, in the wanted order.
            sfreq: their rate in Hz, for files that do not state it.
            stretch: the seconds.

        Returns:
            The signal.

        Raises:
            DataError: the file is damaged, or has no such seconds.
        """

    @contextmanager
    def reading_with(self, library: str) -> Iterator[None]:
        """Silence the warnings of the library that reads the file, and name the file in its errors.

        Args:
            library: its name.

        Yields:
            Nothing.

        Raises:
            DataError: the library raised an error.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except Exception as error:
            raise DataError(f"{library} cannot read it ({error})", self.path) from error


def _single(values: Shaped[np.ndarray, "c T"], path: Path, field: str) -> Float32[np.ndarray, "c T"]:
    is_single = values.dtype == np.float32 and values.flags.c_contiguous
    single = values if is_single else allocate_samples(*values.shape)
    step = max(_AT_ONCE // len(values), 1)
    for first in range(0, values.shape[1], step):
        with np.errstate(over="ignore", invalid="ignore"):
            block = values[:, first : first + step].astype(np.float32, copy=False)
        if len(bad := np.flatnonzero(np.isinf(block).any(0))):
            raise DataError("holds an infinite value", path, field, first + int(bad[0]))
        if not is_single:
            single[:, first : first + step] = block
        release_samples(single)
    return single
