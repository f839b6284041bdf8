"""The kind of a file follows from its name and its header."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.open_file import open_file


def test_one_table_of_a_wristband_is_refused(tmp_path: Path) -> None:
    (tmp_path / "EDA.csv").write_text("1486648571.000000\n4.000000\n1.5\n")
    with pytest.raises(DataError, match="a table of an Empatica E4; state its folder"):
        open_file(tmp_path / "EDA.csv")


def test_an_unknown_kind_names_the_known(tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_text("")
    with pytest.raises(DataError, match=r"no known kind of file. Known: \.csv, .*\.xdf, \.zip"):
        open_file(tmp_path / "x.docx")
