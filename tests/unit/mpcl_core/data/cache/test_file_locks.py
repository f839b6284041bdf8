"""Files that are in use are not removed."""

import sys
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.data.cache.file_locks import mark_in_use, move_aside, remove_unused


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    folder = tmp_path / "entry"
    folder.mkdir()
    np.save(folder / "X0.npy", np.arange(10))
    return folder


def test_unused_folder_is_removed(entry: Path) -> None:
    assert remove_unused(entry)
    assert list(entry.parent.iterdir()) == []
    assert not remove_unused(entry)


@pytest.mark.skipif(sys.platform == "win32", reason="no locks are needed there")
def test_file_is_in_use_while_it_is_open_or_mapped(entry: Path) -> None:
    with (entry / "X0.npy").open("rb") as file:
        mark_in_use(file)
        assert not remove_unused(entry)
        mapped = np.memmap(file, mode="r")
    assert not remove_unused(entry)
    del mapped
    assert remove_unused(entry)


def test_folder_that_is_moved_aside_frees_its_place(entry: Path) -> None:
    moved = move_aside(entry)
    assert not entry.exists()
    assert moved.name.startswith(".gone-")
    assert (moved / "X0.npy").is_file()
