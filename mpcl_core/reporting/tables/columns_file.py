"""Write columns of values into a file, in the format that its ending names."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.reporting.tables.csv_files import format_value

FORMATS = (".csv", ".parquet", ".json")


def write_columns(columns: Mapping[str, np.ndarray], file: Path) -> None:
    """Write columns as ``.csv``, ``.parquet`` or ``.json`` (a list of objects).

    Args:
        columns: name -> (N,) values. NaN is an empty cell, or null.
        file: the file.

    Raises:
        UsageError: the ending names no such format, pyarrow is not installed, or the file cannot be written.
    """
    write = {".csv": _write_csv, ".parquet": _write_parquet, ".json": _write_json}.get(file.suffix.lower())
    if write is None:
        raise UsageError(
            f"{file}: the format '{file.suffix}' is unknown; name a file that ends in {', '.join(FORMATS)}"
        )
    try:
        write(columns, file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None


def _write_csv(columns: Mapping[str, np.ndarray], file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(map(format_value, columns))
        lines = zip(*(values.tolist() for values in columns.values()), strict=True)
        writer.writerows([format_value(value) for value in line] for line in lines)


def _write_parquet(columns: Mapping[str, np.ndarray], file: Path) -> None:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise UsageError(f"{file}: parquet files need pyarrow: pip install 'mpcl[parquet]'") from None
    table = arrow.table({name: arrow.array(values, from_pandas=True) for name, values in columns.items()})
    parquet.write_table(table, file)


def _write_json(columns: Mapping[str, np.ndarray], file: Path) -> None:
    lines = zip(*(values.tolist() for values in columns.values()), strict=True)
    found = [{name: _or_none(value) for name, value in zip(columns, line, strict=True)} for line in lines]
    file.write_text(json.dumps(found, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _or_none(value: Any) -> Any:
    return None if value != value else value
