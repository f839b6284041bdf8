"""Check the chunks of an XDF file (specification 1.0) before its values are read.

A file is ``XDF:`` and chunks; a chunk is the number of bytes of its length, its length, a tag, and its content. The
library that reads the values skips what it cannot parse and returns the rest, so damage is detected here.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from mpcl_core.plugin import DataError

_MAGIC = b"XDF:"
_WIDTHS = {1: "<B", 4: "<I", 8: "<Q"}
_HEADER, _SAMPLES, _FOOTER = 2, 3, 6
_OF_STREAM = (2, 3, 4, 6)  # tags of chunks whose content begins with the number of a stream
_BYTES = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4, "double64": 8}
_STAMP = 8
_MOST_CHANNELS = 65_536


class Stream(NamedTuple):
    """Hold the header of a stream.

    Args:
        number: the number of the stream in the file.
        name: its name.
        form: the format of its values.
        sfreq: its rate in Hz; 0 where it is irregular.
        labels: the names of its channels.
        units: their units.
        fault: why it cannot be read; empty where it can.
        incomplete: how it ended too early; empty where it did not.
    """

    number: int
    name: str
    form: str
    sfreq: float
    labels: tuple[str, ...]
    units: tuple[str, ...]
    fault: str = ""
    incomplete: str = ""

    @property
    def regular(self) -> bool:
        """Return whether the stream holds numbers at a constant rate."""
        return self.is_numeric and self.sfreq > 0

    @property
    def is_numeric(self) -> bool:
        """Return whether the stream holds numbers."""
        return self.form in _BYTES


class _Chunk(NamedTuple):
    """Hold a tag, the stream's number (0 where there is none), and the range of the content."""

    tag: int
    stream: int
    begin: int
    end: int


def read_streams(path: Path) -> list[Stream]:
    """Return the streams, after a check that all their chunks are complete.

    Args:
        path: the file.

    Returns:
        The streams in the order of their headers.

    Raises:
        DataError: the file is cut off or damaged.
    """
    with path.open("rb") as file:
        try:
            return _walked(file, path.stat().st_size)
        except (ValueError, KeyError, struct.error, ParseError) as error:
            raise DataError(f"cut off, damaged, or not an XDF file ({error})", path) from error


def _walked(file: BinaryIO, size: int) -> list[Stream]:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise ValueError("it does not begin with 'XDF:'")
    found: dict[int, Stream] = {}
    samples: dict[int, int] = {}
    announced: dict[int, int] = {}
    cut = ""
    try:
        for chunk in _chunks(file, size):
            file.seek(chunk.begin)
            if chunk.tag == _HEADER:
                if chunk.stream in found:
                    raise ValueError(f"stream {chunk.stream} begins twice")
                found[chunk.stream] = _stream(chunk.stream, _xml(file, chunk))
                samples[chunk.stream] = 0
            elif chunk.tag == _SAMPLES:
                stream = found[chunk.stream]
                try:
                    samples[chunk.stream] += _count(file, chunk, stream)
                except ValueError as error:
                    found[chunk.stream] = stream._replace(fault=stream.fault or f"it is damaged ({error})")
            elif chunk.tag == _FOOTER:
                announced[chunk.stream] = int(_xml(file, chunk).findtext("sample_count", "0"))
    except _CutError as error:
        if not any(samples.values()):
            raise
        cut = f"cut off, damaged, or not an XDF file ({error})"
    for number, stream in found.items():
        if stream.fault:
            continue
        if samples[number] < announced.get(number, 0):
            raise ValueError(f"stream '{stream.name}' has fewer samples than its end announces")
        if cut or number not in announced:
            unended = f"the recorder has not ended stream '{stream.name}', of which {samples[number]} samples are there"
            found[number] = stream._replace(incomplete=cut or unended)
    return list(found.values())


class _CutError(ValueError):
    """Report that a file ends within a chunk."""


def _chunks(file: BinaryIO, size: int) -> Iterator[_Chunk]:
    begin = len(_MAGIC)
    while begin < size:
        file.seek(begin)
        try:
            length = _variable(file)
            end = file.tell() + length
            (tag,) = struct.unpack("<H", file.read(2))
            (stream,) = struct.unpack("<I", file.read(4)) if tag in _OF_STREAM else (0,)
        except struct.error as error:
            raise _CutError(str(error)) from error
        if end > size:
            raise _CutError(f"the chunk at byte {begin} goes beyond byte {size}")
        if file.tell() > end:
            raise ValueError(f"the chunk at byte {begin} is too short")
        yield _Chunk(tag, stream, file.tell(), end)
        begin = end


def _variable(file: BinaryIO) -> int:
    """Return a number that is preceded by the count of its bytes.

    Returns:
        The number.
    """
    (width,) = struct.unpack("<B", file.read(1))
    (number,) = struct.unpack(_WIDTHS[width], file.read(width))
    return int(number)


def _count(file: BinaryIO, chunk: _Chunk, stream: Stream) -> int:
    """Return the number of samples in a chunk, after a check that it has room for as many.

    Returns:
        The number.
    """
    count, room = _variable(file), chunk.end - file.tell()
    least = 1 + len(stream.labels) * _BYTES.get(stream.form, 1)
    most = count * (least + _STAMP) if stream.form in _BYTES else room
    if not count * least <= room <= most:
        raise ValueError(f"the chunk at byte {chunk.begin} announces {count} samples in {room} bytes")
    return count


def _xml(file: BinaryIO, chunk: _Chunk) -> Element:
    return fromstring(file.read(chunk.end - chunk.begin).decode())


def _stream(number: int, info: Element) -> Stream:
    count = int(info.findtext("channel_count", ""))
    if not 0 < count <= _MOST_CHANNELS:
        raise ValueError(f"stream {number} has {count} channels")
    stated = info.findall("desc/channels/channel") or [Element("channel")] * count
    fault = ""
    if len(stated) != count:
        fault = f"the stream has {count} channels, but describes {len(stated)}"
        stated = [Element("channel")] * count
    return Stream(
        number,
        info.findtext("name", "").strip(),
        info.findtext("channel_format", "").strip(),
        float(info.findtext("nominal_srate", "")),
        tuple(channel.findtext("label", "").strip() for channel in stated),
        tuple(channel.findtext("unit", "").strip() for channel in stated),
        fault,
    )
