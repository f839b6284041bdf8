"""Parse the header of EDF and BDF (Kemp et al., 1992; Kemp & Olivan, 2003), channel by channel.

The usual library refuses a file for a fault of any channel or field, and in words of its own. Here a fault of a channel
concerns that channel only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

from mpcl_core.plugin import DataError

_HEADER, _PER_CHANNEL = 256, 256  # bytes
_WIDTHS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)  # of the fields of a channel
_MOST_CHANNELS = 4096
_CENTURY = 85  # years from here on are those of the 20th century


@dataclass(frozen=True)
class EdfChannel:
    """Hold what the header states of a channel.

    Args:
        label: its name.
        unit: its unit.
        gain: of a digital step, in the unit.
        offset: added to a digital value before it is multiplied.
        n_samples: in a record.
        begin: the first byte in a record.
        fault: why it cannot be read; empty where it can.
    """

    label: str
    unit: str
    gain: float
    offset: float
    n_samples: int
    begin: int
    fault: str = ""

    @property
    def is_annotations(self) -> bool:
        """Return whether the channel holds annotations."""
        return self.label in ("EDF Annotations", "BDF Annotations")


@dataclass(frozen=True)
class EdfHeader:
    """Hold the header of a file.

    Args:
        start: the stated local time in seconds since 1970; None where no date is stated.
        is_interrupted: whether records may not follow each other (EDF+D).
        n_bytes: the length of the header.
        n_records: the number of records that are there.
        seconds: how long a record lasts.
        width: bytes of a sample.
        record: bytes of a record.
        channels: the channels, with those of annotations.
        incomplete: how the file's length differs from what is announced; empty where it does not.
    """

    start: float | None
    is_interrupted: bool
    n_bytes: int
    n_records: int
    seconds: float
    width: int
    record: int
    channels: tuple[EdfChannel, ...]
    incomplete: str


def read_edf_header(path: Path) -> EdfHeader:
    """Return the header of a file.

    Args:
        path: the file.

    Returns:
        The header.

    Raises:
        DataError: it is damaged.
    """
    with path.open("rb") as file:
        general = file.read(_HEADER)
        try:
            n_channels = int(general[252:256])
            if len(general) < _HEADER or not 0 < n_channels <= _MOST_CHANNELS:
                raise ValueError(f"{n_channels} channels")  # noqa: TRY301
            of_channels = file.read(n_channels * _PER_CHANNEL)
            return _parsed(general, of_channels, n_channels, path.stat().st_size)
        except ValueError as error:
            raise DataError("not an EDF or BDF file that can be read: its header is damaged", path) from error


def _parsed(general: bytes, of_channels: bytes, n_channels: int, size: int) -> EdfHeader:
    if len(of_channels) < n_channels * _PER_CHANNEL:
        raise ValueError("the header is cut off")
    width = 3 if general[:1] == b"\xff" else 2
    seconds = _number(general[244:252])
    fields = _fields(of_channels, n_channels)
    n_samples = [int(text) for text in fields[8]]
    if min(n_samples) < 0 or not sum(n_samples) or seconds < 0:
        raise ValueError("no samples")
    begins = [width * before for before in accumulate([0, *n_samples])]
    channels = tuple(
        _channel([field[number] for field in fields], n_samples[number], begins[number], seconds)
        for number in range(n_channels)
    )
    n_bytes, stated = _HEADER + n_channels * _PER_CHANNEL, int(general[236:244])
    n_records, left = divmod(size - n_bytes, begins[-1])
    announced = n_bytes + stated * begins[-1]
    incomplete = ""
    if stated < 0 and left:
        incomplete = (
            f"not ended by the recorder: it announces {stated} records, {n_records} and a part of one are there"
        )
    elif stated >= 0 and size != announced:
        incomplete = f"cut off or damaged: {size} bytes, but its header announces {announced}"
    kind = general[192:236].decode("latin-1")
    n_whole = min(n_records, stated) if stated >= 0 else n_records
    start, is_interrupted = _start(general[168:184].decode("latin-1")), kind[:5] in ("EDF+D", "BDF+D")
    return EdfHeader(start, is_interrupted, n_bytes, n_whole, seconds, width, begins[-1], channels, incomplete)


def _fields(of_channels: bytes, n_channels: int) -> list[list[str]]:
    """Return the texts of each field, one a channel.

    Returns:
        (field, channel) texts without spaces around them.
    """
    edges = [n_channels * before for before in accumulate([0, *_WIDTHS])]
    return [
        [
            of_channels[edge + width * i : edge + width * (i + 1)].decode("latin-1").strip("\0 ")
            for i in range(n_channels)
        ]
        for edge, width in zip(edges, _WIDTHS, strict=False)
    ]


def _channel(texts: Sequence[str], n_samples: int, begin: int, seconds: float) -> EdfChannel:
    label, unit = texts[0], texts[2]
    try:
        low, high, lowest, highest = (_number(text.encode("latin-1")) for text in texts[3:7])
    except ValueError:
        return EdfChannel(label, unit, 0.0, 0.0, n_samples, begin, "its minimum or maximum is no number")
    fault = ""
    if low == high:
        fault = f"its physical minimum and maximum are both {low:g}"
    elif lowest >= highest:
        fault = f"its digital minimum {lowest:g} is not below its maximum {highest:g}"
    elif not n_samples or not seconds:
        fault = f"a record holds {n_samples} samples of it and lasts {seconds:g} s, so that it has no rate"
    if fault:
        return EdfChannel(label, unit, 0.0, 0.0, n_samples, begin, fault)
    gain = (high - low) / (highest - lowest)
    return EdfChannel(label, unit, gain, high / gain - highest, n_samples, begin)


def _number(text: bytes) -> float:
    return float(text.strip(b"\0 ").replace(b",", b"."))


def _start(text: str) -> float | None:
    """Return the time of ``dd.mm.yyhh.mm.ss`` in seconds since 1970, or None where it is none.

    Returns:
        Seconds of local time.
    """
    try:
        day, month, year = (int(part) for part in text[:8].split("."))
        hour, minute, second = (int(part) for part in text[8:].split("."))
        century = 1900 if year >= _CENTURY else 2000
        return datetime(century + year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None
