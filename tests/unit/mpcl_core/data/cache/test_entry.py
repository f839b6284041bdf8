"""Write an entry of the cache part by part, and read it again."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.data.cache.entry import CacheError, EntryWriter, cache_errors, read_entry
from mpcl_core.data.cache.location import METADATA_FILE
from mpcl_core.data.cache.npy_files import DamagedFileError
from mpcl_core.interfaces.data import WindowSet
from support.cache_study import assert_same

WINDOWS = testing.study()


def write(root: Path, windows: WindowSet = WINDOWS, *, replace_damaged: bool = False) -> Path:
    entry = root / "key"
    with EntryWriter(root, "source 'x'") as writer:
        for indices in np.array_split(np.arange(len(windows)), 3):
            writer.append(windows.take(indices))
        writer.commit(entry, {"recipe": "r"}, replace_damaged)
    return entry


def test_windows_survive_the_round_trip(tmp_path: Path) -> None:
    read = read_entry(write(tmp_path))
    assert_same(read, WINDOWS)
    assert not any(values.flags.writeable for values in read.X.values())
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_writer_without_commit_leaves_no_file(tmp_path: Path) -> None:
    with EntryWriter(tmp_path, "source 'x'") as writer:
        writer.append(WINDOWS)
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_first_of_two_writers_keeps_its_entry(tmp_path: Path) -> None:
    entry = write(tmp_path)
    made = (entry / METADATA_FILE).stat().st_ino
    write(tmp_path)
    assert (entry / METADATA_FILE).stat().st_ino == made
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("file", [METADATA_FILE, "columns.npz", "X0.npy"])
def test_changed_file_is_detected_and_replaced(file: str, tmp_path: Path) -> None:
    entry = write(tmp_path)
    content = bytearray((entry / file).read_bytes())
    content[len(content) // 2] ^= 1
    (entry / file).write_bytes(content)
    with pytest.raises(DamagedFileError):
        read_entry(entry)
    write(tmp_path, replace_damaged=True)
    assert_same(read_entry(entry), WINDOWS)


def test_missing_signals_are_an_error(tmp_path: Path) -> None:
    entry = write(tmp_path)
    (entry / "X0.npy").unlink()
    with pytest.raises(OSError, match="X0"):
        read_entry(entry)


def test_system_errors_become_cache_errors() -> None:
    with pytest.raises(CacheError, match="disk full"), cache_errors():
        raise OSError("disk full")
