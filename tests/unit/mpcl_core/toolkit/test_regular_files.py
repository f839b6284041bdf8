"""Files that cannot be opened without waiting are refused."""

import os
from pathlib import Path

import pytest

from mpcl_core.toolkit.archives import read_arrays
from mpcl_core.toolkit.bounded_json import read_json
from mpcl_core.toolkit.regular_files import regular


def test_files_and_missing_files_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    assert regular(tmp_path / "a").exists()
    assert not regular(tmp_path / "b").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        for read in (regular, read_json, read_arrays):
            with pytest.raises(ValueError, match="is not a regular file"):
                read(path)
