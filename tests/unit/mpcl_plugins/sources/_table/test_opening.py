"""Tables are opened by their suffix."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._table.opening import open_table
from mpcl_plugins.sources._table.text_table import TextTable
from support.feature_tables import write_table


def test_a_table_of_text_is_opened(tmp_path: Path) -> None:
    assert isinstance(open_table(write_table(tmp_path / "x.CSV")), TextTable)


@pytest.mark.parametrize(
    ("name", "message"),
    [("x.xlsx", r"Known: \.csv, \.tsv, \.parquet; save a sheet as \.csv"), ("y.csv", "no such file")],
)
def test_other_files_are_refused(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").touch()
    with pytest.raises(DataError, match=message):
        open_table(tmp_path / name)
