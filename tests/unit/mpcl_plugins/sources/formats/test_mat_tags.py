"""The tags of a MATLAB file are checked before scipy reads it: what is cut off or wrong is named by its byte."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.mat_tags import (
    HEADER,
    MATRIX,
    TAG,
    check_tags,
    is_array_head,
    read_elements,
    stored_arrays,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    savemat(tmp_path / "a.mat", {"X": np.arange(6.0).reshape(2, 3), "Y": np.ones((1, 2)) * 1j}, do_compression=False)
    return tmp_path / "a.mat"


def test_arrays_are_found_one_after_the_other(file: Path) -> None:
    with file.open("rb") as opened:
        found = list(stored_arrays(opened, "<", file))
    assert [element.kind for element in found] == [MATRIX, MATRIX]
    assert found[0].begin == HEADER + TAG
    assert found[1].begin == found[0].end + TAG
    assert found[1].end == file.stat().st_size
    check_tags(file)


def test_parts_of_an_array_are_flags_shape_name_and_values(file: Path) -> None:
    with file.open("rb") as opened:
        array = next(stored_arrays(opened, "<", file))
        parts = list(read_elements(opened, "<", array.begin, array.end, file))
    assert is_array_head(parts[:3])
    assert not is_array_head(parts[1:])
    assert parts[3].end - parts[3].begin <= 6 * 8


def test_content_of_a_small_element_is_in_its_tag() -> None:
    content = struct.pack("<HH4s", 1, 2, b"ab") + struct.pack("<II8s", 1, 5, b"hello")
    small, large = read_elements(io.BytesIO(content), "<", 0, len(content), Path("x"))
    assert (small.kind, small.begin, small.end) == (1, 4, 6)
    assert (large.kind, large.begin, large.end) == (1, 16, 21)


@pytest.mark.parametrize("order", ["<", ">"])
def test_byte_order_is_that_of_the_header(order: str, file: Path) -> None:
    if order == ">":
        content = file.read_bytes()
        file.write_bytes(content[:126] + b"MI" + content[128:])
        with pytest.raises(DataError, match="cut off or damaged: the element at byte 128"):
            check_tags(file)
    else:
        check_tags(file)


def changed(content: bytes, at: int, value: bytes) -> bytes:
    return content[:at] + value + content[at + len(value) :]


DAMAGE = {
    "cut off": (lambda c: c[:-8], "cut off or damaged: the element at byte"),
    "another kind of element": (lambda c: changed(c, HEADER, struct.pack("<I", 5)), "at byte 136 is not an array"),
    "a wrong type of values": (lambda c: changed(c, HEADER + 48, b"\x08"), "the array at byte 136 has a wrong tag"),
    "an imaginary part that is lacking": (
        lambda c: changed(c, HEADER + 17, b"\x08"), "the array at byte 136 has a wrong tag",
    ),
    "a size beyond the end": (lambda c: changed(c, HEADER + 4, b"\xff\xff\xff\x0f"), "goes beyond byte"),
    "no header": (lambda c: c[:100], "not a MATLAB file of level 5"),
    "level 7.3": (lambda c: changed(c, 0, b"MATLAB 7.3 MAT-file"), "saved as MATLAB 7.3"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named(damage: str, file: Path) -> None:
    damaged, message = DAMAGE[damage]
    file.write_bytes(damaged(file.read_bytes()))
    with pytest.raises(DataError, match=message):
        check_tags(file)
