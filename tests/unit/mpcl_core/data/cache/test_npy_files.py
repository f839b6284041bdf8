"""Files of windows grow as they are written, and are mapped only as they were written."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.data.cache.npy_files import DamagedFileError, NpyWriter, map_npy


def written(path: Path, parts: list[np.ndarray]) -> str:
    with path.open("wb") as file:
        writer = NpyWriter(file, parts[0].shape[1:])
        for part in parts:
            writer.append(part)
        writer.finish()
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("sizes", [[0], [3], [1, 0, 4, 2]])
def test_parts_become_one_array_that_numpy_reads(tmp_path: Path, sizes: list[int]) -> None:
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(n, 2, 5)).astype(np.float32) for n in sizes]
    written(tmp_path / "x.npy", parts)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), np.concatenate(parts))


def test_mapped_array_is_read_only_and_equal(tmp_path: Path) -> None:
    values = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    mapped = map_npy(tmp_path / "x.npy", written(tmp_path / "x.npy", [values]))
    np.testing.assert_array_equal(mapped, values)
    with pytest.raises(ValueError, match="read-only"):
        mapped[0] = 1


def test_values_are_stored_in_rows_whatever_their_layout(tmp_path: Path) -> None:
    values = np.arange(12, dtype=np.float32).reshape(3, 4).T
    written(tmp_path / "x.npy", [values])
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), values)


def test_changed_file_is_refused(tmp_path: Path) -> None:
    sha256 = written(tmp_path / "x.npy", [np.ones((2, 3), np.float32)])
    content = bytearray((tmp_path / "x.npy").read_bytes())
    content[-1] ^= 1
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"x\.npy is not what was written"):
        map_npy(tmp_path / "x.npy", sha256)


def test_missing_file_and_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        map_npy(tmp_path / "none", "")
    with pytest.raises((OSError, ValueError)):
        map_npy(tmp_path, "")
