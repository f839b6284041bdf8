"""Check the structure of a MATLAB file of level 5 before its values are read.

A file is a header and elements; an element is a tag (type, bytes) and its content. An array is an element of
elements: flags, shape, name, values, and the imaginary part where the flags announce one. scipy does not check whether
a file ends where its last tag states, and crashes the interpreter on some wrong tags, so both are checked here.
"""

import io
import struct
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from mpcl_core.plugin import DataError

HEADER, TAG = 128, 8
ENDIAN = {b"IM": "<", b"MI": ">"}
MATRIX, COMPRESSED = 14, 15
LEADING = ({6}, {5, 6}, {1, 16})
"""The types that flags, shape and name may have: integers of 32 bits, text."""
FLAGS = 8
"""Bytes of the flags."""
NUMBERS = {1, 2, 3, 4, 5, 6, 7, 9, 12, 13}
"""The types of values: integers of 8 to 64 bits, single, double."""
NUMERIC_CLASSES = range(6, 16)
COMPLEX = 0x0800
LEVEL_7_3 = b"MATLAB 7.3"


class Element(NamedTuple):
    """Hold a type and the range of its content in the file.

    Args:
        kind: the type.
        begin: the first byte.
        end: the byte behind the last.
    """

    kind: int
    begin: int
    end: int


def check_tags(path: Path) -> None:
    """Raise an error unless the file is complete and its arrays of numbers are well formed.

    Compressed arrays are not opened.

    Args:
        path: the file.

    Raises:
        DataError: the file is cut off, or a tag is wrong.
    """
    with path.open("rb") as file:
        order = byte_order(file, path)
        for element in stored_arrays(file, order, path):
            if element.kind == MATRIX:
                check_array(file, order, element, path, element.begin)


def byte_order(file: io.BufferedIOBase, path: Path) -> str:
    """Return the byte order of a file, for `struct`.

    Args:
        file: the open file, at its beginning.
        path: its path, for errors.

    Returns:
        ``<`` or ``>``.

    Raises:
        DataError: it is not of level 5; it may be of the later level 7.3.
    """
    header = file.read(HEADER)
    if header.startswith(LEVEL_7_3):
        raise DataError(
            "saved as MATLAB 7.3 (HDF5), which is not read; save it in MATLAB with '-v7', or with scipy's savemat", path
        )
    order = ENDIAN.get(header[-2:]) if len(header) == HEADER else None
    if order is None:
        raise DataError("not a MATLAB file of level 5", path)
    return order


def stored_arrays(file: io.BufferedIOBase, order: str, path: Path) -> Iterator[Element]:
    """Yield the arrays of a file, compressed or not.

    Args:
        file: the open file.
        order: its byte order.
        path: its path.

    Yields:
        The elements.

    Raises:
        DataError: the file is cut off, or holds something else.
    """
    for element in read_elements(file, order, HEADER, path.stat().st_size, path):
        if element.kind not in (MATRIX, COMPRESSED):
            raise DataError(f"damaged: the element at byte {element.begin} is not an array", path)
        yield element


def is_array_head(leading: Sequence[Element]) -> bool:
    """Return whether these are the flags, the shape and the name of an array.

    Args:
        leading: the first elements of an array.

    Returns:
        True where their number and types fit.
    """
    kinds_fit = len(leading) == len(LEADING) and all(e.kind in k for e, k in zip(leading, LEADING, strict=True))
    return kinds_fit and leading[0].end - leading[0].begin == FLAGS


def check_array(file: io.BufferedIOBase, order: str, array: Element, path: Path, place: int) -> None:
    """Raise an error unless an array of numbers is well formed; other arrays are not checked.

    Args:
        file: the open file.
        order: its byte order.
        array: the element of the array.
        path: the path of the file, for errors.
        place: the byte where the array begins in the file, for errors.

    Raises:
        DataError: naming the byte where it begins in the file.
    """
    parts = list(islice(read_elements(file, order, array.begin, array.end, path), len(LEADING) + 3))
    leading, values = parts[: len(LEADING)], parts[len(LEADING) :]
    if is_array_head(leading):
        file.seek(leading[0].begin)
        (word,) = struct.unpack(f"{order}I", file.read(4))
        expected = 2 if word & COMPLEX else 1
        if word & 0xFF not in NUMERIC_CLASSES or (len(values) == expected and all(e.kind in NUMBERS for e in values)):
            return
    raise DataError(f"damaged: the array at byte {place} has a wrong tag", path)


def read_elements(file: io.BufferedIOBase, order: str, begin: int, end: int, path: Path) -> Iterator[Element]:
    """Yield the elements between two places of the file. The content of a small one is inside its tag.

    Args:
        file: the open file.
        order: its byte order.
        begin: the first byte.
        end: the byte behind the last.
        path: the path of the file, for errors.

    Yields:
        The elements.

    Raises:
        DataError: one goes beyond the end.
    """
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
