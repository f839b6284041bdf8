"""Compressed arrays are checked by themselves: their checksum, their size, and the tags in them."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.mat_arrays import check_compressed, complex_arrays

VALUES = {"X": np.arange(600.0).reshape(2, 300), "Y": np.ones((1, 2)) * 1j}
BEGIN = 136
"""The first byte of the first compressed array."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    savemat(tmp_path / "a.mat", VALUES, do_compression=True)
    return tmp_path / "a.mat"


def repack(file: Path, content: bytes) -> None:
    """Put another content into the first compressed array of a file."""
    old = file.read_bytes()
    (size,) = struct.unpack_from("<I", old, BEGIN - 4)
    packed = zlib.compress(content)
    file.write_bytes(old[: BEGIN - 4] + struct.pack("<I", len(packed)) + packed + old[BEGIN + size :])


def unpacked(file: Path) -> bytes:
    return zlib.decompressobj().decompress(file.read_bytes()[BEGIN:])


def test_complete_arrays_are_accepted(file: Path) -> None:
    check_compressed(file, ["X", "Y"])
    repack(file, unpacked(file))
    check_compressed(file, ["X", "Y"])


@pytest.mark.parametrize("compressed", [False, True])
def test_arrays_with_an_imaginary_part_are_found(compressed: bool, tmp_path: Path) -> None:
    savemat(tmp_path / "b.mat", VALUES, do_compression=compressed)
    assert complex_arrays(tmp_path / "b.mat") == {"Y"}


def test_wrong_checksum_is_found_only_in_arrays_that_are_read(file: Path) -> None:
    content = bytearray(file.read_bytes())
    (size,) = struct.unpack_from("<I", content, BEGIN - 4)
    content[BEGIN + size - 1] ^= 1
    file.write_bytes(content)
    with pytest.raises(DataError, match=f"damaged: the compressed array at byte {BEGIN}"):
        check_compressed(file, ["X"])
    check_compressed(file, ["Y"])


def test_array_that_ends_elsewhere_than_its_tag_states_is_refused(file: Path) -> None:
    repack(file, unpacked(file) + b"more")
    with pytest.raises(DataError, match="does not end where its tag states"):
        check_compressed(file, ["X"])


def test_wrong_tag_within_is_refused(file: Path) -> None:
    content = bytearray(unpacked(file))
    content[48] = 8  # the type of the values
    repack(file, bytes(content))
    with pytest.raises(DataError, match="has a wrong tag"):
        check_compressed(file, ["X"])


def test_array_that_claims_too_many_bytes_is_not_unpacked(file: Path) -> None:
    with pytest.raises(DataError, match="states 4848 bytes, more than 1000"):
        check_compressed(file, ["X"], largest=1000)
