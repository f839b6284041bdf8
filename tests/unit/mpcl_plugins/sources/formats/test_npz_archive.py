"""Arrays of archives are read without unpickling; errors name the file and the array."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats import npz_archive
from mpcl_plugins.sources.formats.npz_archive import read_npz_array


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    np.savez(tmp_path / "a.npz", x=np.arange(6.0).reshape(2, 3), names=np.array(["é", "b"]), bad=np.array([{}], object))
    return tmp_path / "a.npz"


def test_arrays_are_read_as_they_were(archive: Path) -> None:
    np.testing.assert_array_equal(read_npz_array(archive, "x"), np.arange(6.0).reshape(2, 3))
    assert read_npz_array(archive, "names").tolist() == ["é", "b"]


def test_missing_file_and_array_are_named(archive: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_npz_array(archive.with_name("b.npz"), "x")
    with pytest.raises(DataError, match="there is no such array") as error:
        read_npz_array(archive, "y")
    assert "a.npz" in str(error.value)
    assert "y" in str(error.value)


def test_objects_are_never_unpickled(archive: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_npz_array(archive, "bad")


def test_damaged_content_is_found_by_its_checksum(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    at = content.index(np.float64(3.0).tobytes())
    content[at] ^= 1
    archive.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        read_npz_array(archive, "x")


def test_array_above_the_limit_is_refused(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz_archive, "LARGEST", 16)
    with pytest.raises(DataError, match="cannot be read"):
        read_npz_array(archive, "x")
