"""Files are read again only where they changed."""

import hashlib
import os
from pathlib import Path

import pytest

from mpcl_core.data.cache import file_hashes
from mpcl_core.data.cache.file_hashes import FileHashes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data" / "b").mkdir(parents=True)
    (tmp_path / "data" / "a.txt").write_text("one")
    (tmp_path / "data" / "b" / "c.txt").write_text("two")
    return tmp_path / "data"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_files_of_a_folder_have_relative_names(folder: Path, tmp_path: Path) -> None:
    found = FileHashes(tmp_path / "tables").compute({"x": folder, "y": folder / "a.txt", "z": tmp_path / "none"})
    assert found == {"x": {"a.txt": sha256("one"), "b/c.txt": sha256("two")}, "y": {"a.txt": sha256("one")}, "z": {}}


def test_settled_file_is_not_read_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_hashes, "SETTLING_TIME", -60.0)
    hashes = FileHashes(tmp_path / "tables")
    first = hashes.compute({"x": folder})
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("a file is read"))
    monkeypatch.setattr(file_hashes.checksummed_json, "write", lambda *_: pytest.fail("a table is written"))
    assert hashes.compute({"x": folder}) == first


def test_changed_file_is_read_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_hashes, "SETTLING_TIME", -60.0)
    hashes = FileHashes(tmp_path / "tables")
    hashes.compute({"x": folder})
    (folder / "a.txt").write_text("new")
    os.utime(folder / "a.txt", ns=(1, 1))
    assert hashes.compute({"x": folder})["x"]["a.txt"] == sha256("new")


def test_file_that_may_still_change_is_not_entered(folder: Path, tmp_path: Path) -> None:
    FileHashes(tmp_path / "tables").compute({"x": folder})
    assert all("a.txt" not in table.read_text() for table in (tmp_path / "tables").glob("*.json"))


def test_folder_for_tables_that_cannot_be_made_is_no_error(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file")
    assert FileHashes(tmp_path / "tables").compute({"x": folder / "a.txt"}) == {"x": {"a.txt": sha256("one")}}
