"""A model folder is complete once model.json is written, and changed files are noticed."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.runs.model_files import (
    check_model_files,
    read_model_description,
    read_model_file,
    write_model_files,
)


def test_files_are_compared_with_their_hashes(tmp_path: Path) -> None:
    write_model_files(tmp_path / "m", {"weights": b"1", "plugins/a.py": b"2"}, {"name": "main"})
    check_model_files(tmp_path / "m")
    assert read_model_description(tmp_path / "m")["name"] == "main"
    (tmp_path / "m" / "plugins" / "a.py").write_bytes(b"3")
    with pytest.raises(DataError, match="its hash differs"):
        check_model_files(tmp_path / "m")
    (tmp_path / "m" / "plugins" / "a.py").unlink()
    with pytest.raises(DataError, match=r"a\.py: is missing; copy the whole model folder again"):
        check_model_files(tmp_path / "m")


def test_folder_without_description_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not a model folder: it has no model\.json"):
        check_model_files(tmp_path)


def test_file_outside_the_folder_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lies outside the model folder"):
        read_model_file(tmp_path, "../secret", {})
