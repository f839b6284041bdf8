"""Find the cache, list its entries and clear it."""

import os
import sys
from pathlib import Path

import pytest

from mpcl_core.data.cache import checksummed_json
from mpcl_core.data.cache.file_locks import mark_in_use
from mpcl_core.data.cache.location import (
    FILE_HASHES_FOLDER,
    METADATA_FILE,
    WINDOWS_FOLDER,
    clear,
    find_root,
    list_entries,
)

DAY = 86400


def make_entry(root: Path, name: str, size: int = 1000, used: float = 0.0) -> Path:
    folder = root / WINDOWS_FOLDER / name
    folder.mkdir(parents=True)
    (folder / "X0.npy").write_bytes(bytes(size))
    checksummed_json.write(folder / METADATA_FILE, {"recipe": name})
    os.utime(folder / METADATA_FILE, (used, used))
    return folder


def names(root: Path) -> list[str]:
    return [entry.folder.name for entry in list_entries(root)]


def test_environment_names_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "own"))
    assert find_root() == tmp_path / "own"
    monkeypatch.delenv("MPCL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "shared"))
    assert find_root() == tmp_path / "shared" / "mpcl"


def test_user_without_home_directory_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError

    monkeypatch.delenv("MPCL_CACHE", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(OSError, match="no home directory; set MPCL_CACHE"):
        find_root()


def test_entries_are_listed_with_the_last_used_first(tmp_path: Path) -> None:
    for name, used in (("a", 10.0), ("b", 30.0), ("c", 20.0)):
        make_entry(tmp_path, name, used=used)
    assert names(tmp_path) == ["b", "c", "a"]
    (entry, *_) = list_entries(tmp_path)
    assert entry.about == {"recipe": "b"}
    assert entry.size > 1000
    assert names(tmp_path / "absent") == []


def test_damaged_entries_and_leftovers_are_always_removed(tmp_path: Path) -> None:
    make_entry(tmp_path, "good")
    (make_entry(tmp_path, "damaged") / METADATA_FILE).write_text("{")
    leftover = make_entry(tmp_path, ".partial-1")
    assert [entry.folder.name for entry in clear(tmp_path, None, None, everything=False).removed] == ["damaged"]
    assert names(tmp_path) == ["good"]
    assert not leftover.exists()


def test_longest_unused_entries_are_removed_by_size(tmp_path: Path) -> None:
    for number, name in enumerate("abc"):
        make_entry(tmp_path, name, size=10_000, used=float(number))
    clear(tmp_path, None, 21_000.0, everything=False)
    assert names(tmp_path) == ["c", "b"]


def test_entries_are_removed_by_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 10.0 * DAY)
    make_entry(tmp_path, "old", used=1.0 * DAY)
    make_entry(tmp_path, "new", used=9.0 * DAY)
    clear(tmp_path, 5.0, None, everything=False)
    assert names(tmp_path) == ["new"]


@pytest.mark.skipif(sys.platform == "win32", reason="no locks are needed there")
def test_entry_in_use_is_not_removed(tmp_path: Path) -> None:
    folder = make_entry(tmp_path, "a")
    with (folder / "X0.npy").open("rb") as file:
        mark_in_use(file)
        result = clear(tmp_path, None, None, everything=True)
    assert [entry.folder for entry in result.in_use] == [folder]
    assert names(tmp_path) == ["a"]
    assert clear(tmp_path, None, None, everything=True).removed
    assert names(tmp_path) == []


def test_hashes_of_files_that_no_longer_exist_are_removed(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1")
    (tmp_path / FILE_HASHES_FOLDER).mkdir()
    for name, path in (("used", tmp_path / "data.csv"), ("unused", tmp_path / "gone.csv")):
        checksummed_json.write(tmp_path / FILE_HASHES_FOLDER / f"{name}.json", {"paths": [str(path)]})
    clear(tmp_path, None, None, everything=False)
    assert [path.stem for path in (tmp_path / FILE_HASHES_FOLDER).iterdir()] == ["used"]
