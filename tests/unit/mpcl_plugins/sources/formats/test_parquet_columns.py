"""Columns of Parquet tables are numbers with NaN for null, or as pyarrow holds them."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.parquet_columns import ParquetColumns

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra 'parquet')")
pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (extra 'parquet')")


def test_numbers_are_told_from_other_values(tmp_path: Path) -> None:
    columns = {"whole": pa.array([1, None]), "text": ["a", "b"], "truth": [True, False], "part": [1.5, 2.5]}
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    table = ParquetColumns(tmp_path / "x.parquet")
    assert table.schema.names == list(columns)
    assert [table.is_number(name) for name in columns] == [True, False, False, True]
    np.testing.assert_array_equal(table.numbers("whole"), [1, np.nan])
    assert table.column("text").to_pylist() == ["a", "b"]
    with pytest.raises(DataError, match=r"x\.parquet: cannot be read"):
        table.numbers("text")
