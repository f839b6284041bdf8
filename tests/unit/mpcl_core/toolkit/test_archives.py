"""Entries of archives are unpacked with a bound, whatever size the archive states."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.toolkit.archives import LargeEntryError, pack_arrays, parse_array, read_arrays, read_entry


def archive_of(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", content)
    return path


def test_entry_of_the_largest_size_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(archive_of(tmp_path / "a.zip", b"0" * 1000)) as archive:
        assert read_entry(archive, "a", 1000) == b"0" * 1000


def test_larger_entry_is_refused_with_size_and_limit(tmp_path: Path) -> None:
    path, message = archive_of(tmp_path / "a.zip", b"0" * 1000), "1000 bytes or more, but at most 999 are read"
    with zipfile.ZipFile(path) as archive, pytest.raises(LargeEntryError, match=message):
        read_entry(archive, "a", 999)


def test_entry_that_states_too_small_a_size_is_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.zip", b"0" * 1000)
    size = (1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (10).to_bytes(4, "little")))
    with zipfile.ZipFile(path) as archive, pytest.raises((LargeEntryError, zipfile.BadZipFile)):
        read_entry(archive, "a", 100)


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_header_that_states_more_than_there_is_is_refused() -> None:
    content = npy(np.zeros(3)).replace(b"(3,), }" + b" " * 9, b"(9999999999,), }")
    with pytest.raises(ValueError, match=r"its header states 79999999992 bytes of float64, but it holds 24"):
        parse_array(content)


def test_header_that_is_nested_deep_is_refused() -> None:
    header = b"(" * 5000
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with pytest.raises(ValueError, match="header"):
        parse_array(content)


def test_arrays_of_objects_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="objects"):
        read_arrays(tmp_path / "a.npz")


def test_arrays_are_read_by_name(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", a=np.arange(3), b=np.array(["x"]))
    assert read_arrays(tmp_path / "a.npz", ["b"])["b"].tolist() == ["x"]
    assert sorted(read_arrays(tmp_path / "a.npz")) == ["a", "b"]


def test_packed_arrays_are_read_back_and_the_same_bytes(tmp_path: Path) -> None:
    arrays = {"D": np.eye(3), "subject": np.array(["s1", "é"]), "none": np.zeros((0, 2), np.float32)}
    content = pack_arrays(arrays)
    (tmp_path / "a.npz").write_bytes(content)
    for name, values in read_arrays(tmp_path / "a.npz").items():
        assert values.dtype == arrays[name].dtype
        np.testing.assert_array_equal(values, arrays[name])
    assert pack_arrays(arrays) == content
