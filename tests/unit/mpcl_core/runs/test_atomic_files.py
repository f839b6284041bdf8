"""Write files atomically."""

import os
from pathlib import Path

import pytest

from mpcl_core.runs.atomic_files import wait_for_disk, write_atomically, write_json, write_unsynced


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"one")
    write_atomically(tmp_path / "a", b"two")
    write_json(tmp_path / "b.json", {"é": 1, "names": {"a": [1, 2]}})
    assert (tmp_path / "a").read_bytes() == b"two"
    assert (tmp_path / "b.json").read_text(encoding="utf-8") == '{\n "é": 1,\n "names": {"a": [1, 2]}\n}\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b.json"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names of open files are asked of Linux")
def test_disk_is_waited_for_by_file_or_once_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    )
    write_atomically(tmp_path / "a", b"one")
    assert synced == [str(tmp_path / "a.partial")]
    (tmp_path / "inner").mkdir()
    write_unsynced(tmp_path / "inner" / "b", b"two")
    assert len(synced) == 1
    wait_for_disk(tmp_path)
    assert sorted(synced[1:]) == [str(tmp_path / name) for name in ("a", "inner/b")]


def test_failed_write_keeps_the_earlier_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_atomically(tmp_path / "a", b"one")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(tmp_path / "a", b"two")
    assert caught.value.filename == str(tmp_path / "a")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"one"]
