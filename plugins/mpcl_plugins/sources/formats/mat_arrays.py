"""The arrays of a MATLAB file of level 5, looked at one by one before scipy reads their values.

A compressed element holds one array and a checksum. scipy reads what is compressed without looking at the checksum
first, and crashes the interpreter on some wrong tags in it, so it is taken apart here.
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
    check_array,
    elements,
    leads,
    order_of,
    stored,
)

LARGEST = 2**29
"""Bytes of the largest compressed array that is read; a small file can claim any size."""
BEGINNING = 1024
"""Bytes of an array in which its name stands; MATLAB's names have at most 63 letters."""


class Head(NamedTuple):
    """An array's name and flags."""

    name: str
    flags: int


def check_compressed(path: Path, names: Collection[str]) -> None:
    """That the compressed arrays of these names are whole and built as they must be.

    Raises:
        DataError: a tag or the checksum is wrong, or an array is larger than is read.
    """
    with path.open("rb") as file:
        order = order_of(file, path)
        for element in stored(file, order, path):
            head = _head(file, order, element, path)
            if element.kind == COMPRESSED and (head is None or head.name in names):
                content = _inflated(file, order, element, path)
                check_array(io.BytesIO(content), order, Element(MATRIX, TAG, len(content)), path, element.begin)


def complex_arrays(path: Path) -> set[str]:
    """The names of the arrays with an imaginary part.

    Raises:
        DataError: the file is cut off.
    """
    with path.open("rb") as file:
        order = order_of(file, path)
        heads = [_head(file, order, element, path) for element in stored(file, order, path)]
    return {head.name for head in heads if head is not None and head.flags & COMPLEX}


def _inflated(file: io.BufferedIOBase, order: str, element: Element, path: Path) -> bytes:
    """The array in a compressed element, with its tag, no further than the tag says."""
    file.seek(element.begin)
    stream = zlib.decompressobj()
    damaged = f"damaged: the compressed array at byte {element.begin}"
    try:
        tag = stream.decompress(file.read(element.end - element.begin), TAG)
        kind, size = struct.unpack(f"{order}II", tag.ljust(TAG, b"\0"))
        if size > LARGEST:
            raise DataError(f"the array at byte {element.begin} claims {size} bytes, more than {LARGEST}", path)
        content = stream.decompress(stream.unconsumed_tail, size + 1)
    except zlib.error as error:
        raise DataError(f"{damaged} ({error})", path) from error
    if kind != MATRIX or len(content) != size or not stream.eof:
        raise DataError(f"{damaged} does not end where it says", path)
    return tag + content


def _head(file: io.BufferedIOBase, order: str, array: Element, path: Path) -> Head | None:
    """How an array begins, compressed or not; None where that is damaged."""
    compressed = array.kind == COMPRESSED
    file.seek(array.begin if compressed else array.begin - TAG)
    start = file.read(min(BEGINNING, array.end - file.tell()))
    try:
        start = zlib.decompressobj().decompress(start, BEGINNING) if compressed else start
        leading = list(islice(elements(io.BytesIO(start), order, TAG, len(start), path), len(LEADING)))
    except (zlib.error, DataError):
        return None
    if not leads(leading):
        return None
    (flags,) = struct.unpack_from(f"{order}I", start, leading[0].begin)
    return Head(start[leading[2].begin : leading[2].end].decode("latin-1"), flags)
