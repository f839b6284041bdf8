"""A table states no units unless its kind does."""

from pathlib import Path

import pytest


def test_units_are_unknown_by_default(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra 'parquet')")
    from pyarrow import parquet

    from mpcl_plugins.sources._table.opening import open_table

    parquet.write_table(pa.table({"x": [1.0]}), tmp_path / "t.parquet")
    assert open_table(tmp_path / "t.parquet").units == {}
