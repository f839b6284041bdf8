"""People are the folders S2, S3 and so on, by number."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._wesad.people import folders


def test_folders_of_people_come_by_number(tmp_path: Path) -> None:
    for name in ("S10", "S2", "S3", "S", "S2x", "T4"):
        (tmp_path / name).mkdir()
    (tmp_path / "S5").write_text("a file")
    assert [folder.name for folder in folders(tmp_path)] == ["S2", "S3", "S10"]


def test_folder_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no folder of a person \(S2, S3 \.\.\.\)"):
        folders(tmp_path)
