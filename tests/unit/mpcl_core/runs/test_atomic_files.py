"""Write files atomically."""

import os
from pathlib import Path

import pytest

from mpcl_core.runs.atomic_files import write_atomically, write_json


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"one")
    write_atomically(tmp_path / "a", b"two")
    write_json(tmp_path / "b.json", {"é": 1, "names": {"a": [1, 2]}})
    assert (tmp_path / "a").read_bytes() == b"two"
    assert (tmp_path / "b.json").read_text(encoding="utf-8") == '{\n "é": 1,\n "names": {"a": [1, 2]}\n}\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b.json"]


def test_failed_write_keeps_the_earlier_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_atomically(tmp_path / "a", b"one")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(tmp_path / "a", b"two")
    assert caught.value.filename == str(tmp_path / "a")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"one"]
