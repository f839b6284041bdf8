"""The structure of a MATLAB file of level 5, checked before its values are read.

A file is a header and elements; an element is a tag (type, bytes) and what it announces. An array is an element of
elements: flags, shape, name, values, and the imaginary part where the flags say so. scipy does not look whether a
file ends where its last tag says, and crashes the interpreter on some wrong tags, so both are looked at here.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mpcl_core.interfaces.errors import DataError

HEADER, TAG = 128, 8
ENDIAN = {b"IM": "<", b"MI": ">"}
MATRIX, COMPRESSED = 14, 15
NUMBERS = {1, 2, 3, 4, 5, 6, 7, 9, 12, 13}
"""The types of values: integers of 8 to 64 bits, single, double."""
NUMERIC_CLASSES = range(6, 16)
COMPLEX = 0x0800


class Element(NamedTuple):
    """A type, and where its content begins and ends in the file."""

    kind: int
    begin: int
    end: int


def check_tags(path: Path) -> None:
    """That the file is whole and its arrays of numbers are built as they must be.

    Raises:
        DataError: it is cut off, or a tag is wrong.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        order = ENDIAN.get(file.read(HEADER)[-2:])
        if order is None:
            raise DataError("not a MATLAB file of level 5", path)
        for element in _elements(file, order, HEADER, size, path):
            if element.kind == MATRIX:
                _check_array(file, order, element, path)


def _check_array(file: BinaryIO, order: str, array: Element, path: Path) -> None:
    flags, *parts = list(_elements(file, order, array.begin, array.end, path)) or [array]
    file.seek(flags.begin)
    (word,) = struct.unpack(f"{order}I", file.read(4))
    if word & 0xFF not in NUMERIC_CLASSES:
        return
    expected = 4 if word & COMPLEX else 3
    if len(parts) != expected or any(part.kind not in NUMBERS for part in parts):
        raise DataError(f"damaged: the array at byte {array.begin} has a wrong tag", path)


def _elements(file: BinaryIO, order: str, begin: int, end: int, path: Path) -> Iterator[Element]:
    """The elements between two places of the file. The content of a small one stands in its tag."""
    while begin < end:
        file.seek(begin)
        kind, size = struct.unpack(f"{order}II", file.read(TAG).ljust(TAG, b"\0"))
        small = kind >> 16
        first = begin + TAG // 2 if small else begin + TAG
        element = Element(kind & 0xFFFF, first, first + (small or size))
        if max(element.end, begin + TAG) > end:
            raise DataError(f"cut off or damaged: the element at byte {begin} goes beyond byte {end}", path)
        yield element
        padded = 1 if element.kind == COMPRESSED else TAG
        begin = begin + TAG if small else element.end + -size % padded
