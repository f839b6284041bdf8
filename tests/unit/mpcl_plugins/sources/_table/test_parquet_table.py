"""Parquet tables have text and numbers in their columns; other values are refused as features."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra 'parquet')")
pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (extra 'parquet')")

from mpcl_plugins.sources._table.parquet_table import ParquetTable  # noqa: E402


def test_columns_are_text_or_numbers(tmp_path: Path) -> None:
    columns = {"subject": [1, None], "day": [datetime(2021, 5, 1, 9), None], "note": [" a ", "NA"], "x": [1.5, None]}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    table = ParquetTable(tmp_path / "t.parquet")
    assert table.names == tuple(columns)
    assert table.text(["subject", "day", "note"]) == [["1", ""], ["2021-05-01 09:00:00", ""], ["a", ""]]
    np.testing.assert_array_equal(table.numbers(["subject", "x"]), [[1, 1.5], [np.nan, np.nan]])
    assert (table.place(1), table.error("no", "x", 1).row) == ("row 1", 1)
    with pytest.raises(DataError, match=r"t\.parquet, note: holds values of type string, which are no numbers"):
        table.numbers(["x", "note"])


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(DataError, match=r"t\.parquet: cannot be read"):
        ParquetTable(tmp_path / "t.parquet")
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])
    pq.write_table(twice, tmp_path / "u.parquet")
    with pytest.raises(DataError, match=r"u\.parquet, x: this column appears twice"):
        ParquetTable(tmp_path / "u.parquet")
