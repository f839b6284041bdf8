"""Read entries of zip archives and the arrays in them with bounds, and write archives of arrays.

A small archive can claim any size, so that nothing is unpacked without a bound.
"""

import io
import math
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from tokenize import TokenError
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo, is_zipfile

import numpy as np
from jaxtyping import Shaped
from numpy.lib import format as npy

from mpcl_core.toolkit.regular_files import regular

LARGEST_ENTRY = 2**29
"""Bytes of the largest entry that is unpacked, where the caller does not state another bound."""


class LargeEntryError(ValueError):
    """Report an entry of an archive that is larger than allowed.

    Args:
        size: its bytes, as far as they are known.
        largest: the number of bytes that are allowed.
    """

    def __init__(self, size: int, largest: int) -> None:
        super().__init__(f"unpacks to {size} bytes or more, but at most {largest} are read")


def read_entry(archive: ZipFile, name: str, largest: int = LARGEST_ENTRY) -> bytes:
    """Unpack one entry of an archive, and compare its checksum.

    The size that the archive states is checked before anything is unpacked, and the real size while it is unpacked.

    Args:
        archive: the open archive.
        name: the name of the entry.
        largest: the number of bytes that are allowed.

    Returns:
        The content.

    Raises:
        LargeEntryError: the entry is larger.
        KeyError: there is no such entry.
        OSError, ValueError, BadZipFile: the archive is damaged, or there is too little memory.

    Example:
        >>> with ZipFile(io.BytesIO(), "w") as archive:
        ...     archive.writestr("notes.txt", "calm")
        ...     read_entry(archive, "notes.txt")
        b'calm'
    """
    stated = archive.getinfo(name).file_size
    if stated > largest:
        raise LargeEntryError(stated, largest)
    try:
        with archive.open(name) as file:
            content = file.read(largest + 1)
    except MemoryError:
        raise ValueError(f"unpacks to {stated} bytes, for which there is not enough memory") from None
    except (RuntimeError, EOFError, zlib.error) as error:
        raise BadZipFile(f"cannot be unpacked: {error}") from None
    if len(content) > largest:
        raise LargeEntryError(len(content), largest)
    return content


def read_arrays(file: Path, names: Sequence[str] | None = None, largest: int = LARGEST_ENTRY) -> dict[str, np.ndarray]:
    """Read arrays of a numpy archive; nothing in it is executed.

    Args:
        file: an ``npz`` file.
        names: the names of the arrays; all where None.
        largest: the number of bytes of an array that are allowed.

    Returns:
        Name -> array.

    Raises:
        LargeEntryError: an array is larger.
        OSError, ValueError, KeyError, BadZipFile: the file is damaged or lacks an array.
    """
    if regular(file).exists() and not is_zipfile(file):
        raise BadZipFile(f"{file.name} is not an archive of arrays")
    with ZipFile(file) as archive:
        if names is None:
            names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
        return {name: parse_array(read_entry(archive, f"{name}.npy", largest)) for name in names}


def pack_arrays(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return the content of a compressed numpy archive, as ``numpy.savez_compressed`` writes it.

    Args:
        arrays: name -> array.

    Returns:
        The bytes of an ``npz`` file; the same for the same arrays. They are compressed quickly: numpy's own level
        takes twice as long to save a hundredth of the size of predictions.

    Raises:
        ValueError: an array holds objects.

    Example:
        >>> np.load(io.BytesIO(pack_arrays({"n": np.arange(3)})))["n"].tolist()
        [0, 1, 2]
    """
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        for name, values in arrays.items():
            entry = io.BytesIO()
            npy.write_array(entry, np.asanyarray(values), allow_pickle=False)
            archive.writestr(ZipInfo(f"{name}.npy"), entry.getvalue(), ZIP_DEFLATED, compresslevel=1)
    return content.getvalue()


def parse_array(content: bytes) -> Shaped[np.ndarray, "..."]:
    """Parse the content of an ``npy`` file, whose header must state as many bytes as follow.

    Args:
        content: the bytes of the file.

    Returns:
        The array.

    Raises:
        ValueError: the content is damaged, or the array holds objects.

    Example:
        >>> stream = io.BytesIO()
        >>> np.save(stream, np.arange(3))
        >>> parse_array(stream.getvalue()).tolist()
        [0, 1, 2]
    """
    shape, is_fortran, dtype, start = _parse_header(content[: _header_size(content)])
    if dtype.hasobject:
        raise ValueError("holds objects, which are not read")
    size, held = math.prod(shape) * dtype.itemsize, len(content) - start
    if size != held:
        raise ValueError(f"its header states {size} bytes of {dtype}, but it holds {held}")
    if not size:
        return np.empty(shape, dtype)
    flat = np.frombuffer(content, dtype, offset=start).copy()
    return flat.reshape(shape[::-1]).T if is_fortran else flat.reshape(shape)


def read_array_header(stream: io.BufferedIOBase) -> tuple[tuple[int, ...], "np.dtype[np.generic]"]:
    """Read the header of an ``npy`` file.

    Args:
        stream: the file; it is left behind the header.

    Returns:
        The shape and the type of the array.

    Raises:
        ValueError: the header is damaged.

    Example:
        >>> stream = io.BytesIO()
        >>> np.save(stream, np.zeros((2, 3), np.float32))
        >>> _ = stream.seek(0)
        >>> read_array_header(stream)
        ((2, 3), dtype('float32'))
    """
    shape, _, dtype = _read_header(stream)
    return shape, dtype


Header = tuple[tuple[int, ...], bool, "np.dtype[np.generic]"]
"""Shape, whether the values lie in Fortran's order, and type of an array."""


def _read_header(stream: io.BufferedIOBase) -> Header:
    read = npy.read_array_header_1_0 if npy.read_magic(stream) == (1, 0) else npy.read_array_header_2_0
    try:
        shape, is_fortran, dtype = read(stream)
    except (SyntaxError, TokenError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError(f"its header cannot be read ({type(error).__name__})") from None
    if any(not isinstance(size, int) or size < 0 for size in shape):
        raise ValueError(f"its header states the shape {shape}")
    return shape, is_fortran, dtype


def _header_size(content: bytes) -> int:
    """Return how many bytes the header of an ``npy`` file states for itself, with what stands before it.

    Returns:
        The number, which a damaged file may state wrongly.
    """
    length = slice(8, 10) if content[6:8] == b"\x01\x00" else slice(8, 12)
    return length.stop + int.from_bytes(content[length], "little")


@lru_cache(maxsize=4096)
def _parse_header(header: bytes) -> tuple[tuple[int, ...], bool, "np.dtype[np.generic]", int]:
    """Parse a header; most files of a run folder have one of few.

    Returns:
        Shape, whether the values lie in Fortran's order, type, and where the values begin.
    """
    stream = io.BytesIO(header)
    return *_read_header(stream), stream.tell()
