"""Write all files of a scaffold or none."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.files import check_absent, write_all


def test_all_files_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    write_all({folder / "a.py": "1", folder / "b.yaml": "ä"}, folder)
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == {"a.py": "1", "b.yaml": "ä"}


def test_existing_file_is_left_alone_and_no_other_is_written(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(UsageError, match="b exists and is not overwritten"):
        write_all({tmp_path / "a": "1", tmp_path / "b": "2"})
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_text() == "mine"


def test_existing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not overwritten"):
        write_all({tmp_path / "a": "1"}, tmp_path)


def test_failed_write_removes_the_files_before_it_and_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with pytest.raises(UsageError, match="cannot be written: No such file or directory"):
        write_all({folder / "a": "1", folder / "absent" / "b": "2"}, folder)
    assert list(tmp_path.iterdir()) == []


def test_error_that_is_not_of_the_system_is_raised_after_the_clean_up(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_all({tmp_path / "a": "1", tmp_path / "b": "\ud800"})
    assert list(tmp_path.iterdir()) == []


def test_broken_link_counts_as_existing(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "absent")
    with pytest.raises(UsageError, match="link exists"):
        check_absent([tmp_path / "free", link])
