"""Check the compressed arrays of a MATLAB file of level 5 one by one, before scipy reads their values.

A compressed element holds one array and a checksum. scipy reads what is compressed without comparing the checksum
first, and crashes the interpreter on some wrong tags in it, so it is parsed here.
"""

import io
import struct
import zlib
from collections.abc import Collection
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from mpcl_core.plugin import DataError
from mpcl_plugins.sources.formats.mat_tags import (
    COMPLEX,
    COMPRESSED,
    LEADING,
    MATRIX,
    TAG,
    Element,
    byte_order,
    check_array,
    is_array_head,
    read_elements,
    stored_arrays,
)

LARGEST = 2**29
"""Bytes of the largest compressed array that is read; a small file can claim any size."""
BEGINNING = 1024
"""Bytes of an array in which its name stands; MATLAB's names have at most 63 letters."""


class Head(NamedTuple):
    """Hold an array's name and flags."""

    name: str
    flags: int


def check_compressed(path: Path, names: Collection[str], largest: int | None = None) -> None:
    """Raise an error unless the compressed arrays of these names are complete and well formed.

    Args:
        path: the file.
        names: the names of the arrays.
        largest: bytes of the largest array that is read; `LARGEST` where it is None.

    Raises:
        DataError: a tag or the checksum is wrong, or an array is larger than the limit.
    """
    with path.open("rb") as file:
        order = byte_order(file, path)
        for element in stored_arrays(file, order, path):
            head = _head(file, order, element, path)
            if element.kind == COMPRESSED and (head is None or head.name in names):
                content = _inflated(file, order, element, path, LARGEST if largest is None else largest)
                check_array(io.BytesIO(content), order, Element(MATRIX, TAG, len(content)), path, element.begin)


def complex_arrays(path: Path) -> set[str]:
    """Return the names of the arrays with an imaginary part.

    Args:
        path: the file.

    Returns:
        The names.

    Raises:
        DataError: the file is cut off.
    """
    with path.open("rb") as file:
        order = byte_order(file, path)
        heads = [_head(file, order, element, path) for element in stored_arrays(file, order, path)]
    return {head.name for head in heads if head is not None and head.flags & COMPLEX}


def _inflated(file: io.BufferedIOBase, order: str, element: Element, path: Path, largest: int) -> bytes:
    """Return the array in a compressed element, with its tag, no further than the tag states.

    Returns:
        Bytes of an uncompressed element.
    """
    file.seek(element.begin)
    stream = zlib.decompressobj()
    damaged = f"damaged: the compressed array at byte {element.begin}"
    try:
        tag = stream.decompress(file.read(element.end - element.begin), TAG)
        kind, size = struct.unpack(f"{order}II", tag.ljust(TAG, b"\0"))
        if size > largest:
            raise DataError(f"the array at byte {element.begin} states {size} bytes, more than {largest}", path)
        content = stream.decompress(stream.unconsumed_tail, size + 1)
    except zlib.error as error:
        raise DataError(f"{damaged} ({error})", path) from error
    if kind != MATRIX or len(content) != size or not stream.eof:
        raise DataError(f"{damaged} does not end where its tag states", path)
    return tag + content


def _head(file: io.BufferedIOBase, order: str, array: Element, path: Path) -> Head | None:
    """Return the name and flags of an array, compressed or not, or None where its beginning is damaged.

    Returns:
        The head.
    """
    compressed = array.kind == COMPRESSED
    file.seek(array.begin if compressed else array.begin - TAG)
    start = file.read(min(BEGINNING, array.end - file.tell()))
    try:
        start = zlib.decompressobj().decompress(start, BEGINNING) if compressed else start
        leading = list(islice(read_elements(io.BytesIO(start), order, TAG, len(start), path), len(LEADING)))
    except (zlib.error, DataError):
        return None
    if not is_array_head(leading):
        return None
    (flags,) = struct.unpack_from(f"{order}I", start, leading[0].begin)
    return Head(start[leading[2].begin : leading[2].end].decode("latin-1"), flags)
