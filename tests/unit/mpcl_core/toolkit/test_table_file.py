"""Tables as the content of files of several formats."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.toolkit.table_file import check_table_file, format_table

COLUMNS = {
    "subject": np.array(["a", "=1+1"]),
    "seed": [0, 1],
    "share": np.array([0.1 + 0.2, np.nan]),
    "present": np.array([True, False]),
}


def test_csv_holds_full_precision_and_no_formula() -> None:
    lines = list(csv.DictReader(io.StringIO(format_table(COLUMNS, ".csv").decode())))
    assert float(lines[0]["share"]) == 0.1 + 0.2
    assert lines[1]["share"] == ""
    assert not lines[1]["subject"].startswith("=")
    assert [line["present"] for line in lines] == ["true", "false"]


def test_json_is_a_list_of_objects_with_null_for_nan() -> None:
    assert json.loads(format_table(COLUMNS, ".JSON")) == [
        {"subject": "a", "seed": 0, "share": 0.1 + 0.2, "present": True},
        {"subject": "=1+1", "seed": 1, "share": None, "present": False},
    ]


def test_parquet_keeps_types_and_values() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(format_table(COLUMNS, ".parquet")))
    assert table.to_pydict() == {
        "subject": ["a", "=1+1"],
        "seed": [0, 1],
        "share": [0.1 + 0.2, None],
        "present": [True, False],
    }


def test_unknown_formats_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end the name in \.csv, \.json, \.parquet"):
        check_table_file(tmp_path / "p.xlsx")
    with pytest.raises(UsageError, match="is no folder"):
        check_table_file(tmp_path / "none" / "p.csv")
    check_table_file(tmp_path / "p.csv")
