"""Columns in files of several formats."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.reporting.tables.columns_file import write_columns

COLUMNS = {
    "subject": np.array(["a", "=1+1"]),
    "seed": np.array([0, 1]),
    "share": np.array([0.1 + 0.2, np.nan]),
}


def test_csv_holds_full_precision_and_no_formula(tmp_path: Path) -> None:
    write_columns(COLUMNS, tmp_path / "p.csv")
    with (tmp_path / "p.csv").open(newline="", encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert float(lines[0]["share"]) == 0.1 + 0.2
    assert lines[1]["share"] == ""
    assert not lines[1]["subject"].startswith("=")


def test_json_is_a_list_of_objects_with_null_for_nan(tmp_path: Path) -> None:
    write_columns(COLUMNS, tmp_path / "p.json")
    assert json.loads((tmp_path / "p.json").read_text(encoding="utf-8")) == [
        {"subject": "a", "seed": 0, "share": 0.1 + 0.2},
        {"subject": "=1+1", "seed": 1, "share": None},
    ]


def test_parquet_keeps_types_and_values(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_columns(COLUMNS, tmp_path / "p.parquet")
    assert parquet.read_table(tmp_path / "p.parquet").to_pydict() == {
        "subject": ["a", "=1+1"],
        "seed": [0, 1],
        "share": [0.1 + 0.2, None],
    }


def test_unknown_formats_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.csv, \.parquet, \.json"):
        write_columns(COLUMNS, tmp_path / "p.xlsx")
    with pytest.raises(UsageError, match="cannot be written"):
        write_columns(COLUMNS, tmp_path / "none" / "p.csv")
