"""Format columns of values as a table file: CSV, JSON or Parquet, as the ending of the file states."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.toolkit.printable import cell_text

Columns = Mapping[str, Sequence[Any] | np.ndarray]
"""Name -> values, all of one length."""


def check_table_file(path: Path) -> None:
    """Raise an error unless a table can be written to a file.

    Args:
        path: the file.

    Raises:
        UsageError: its ending names no format, or its folder does not exist.
    """
    if path.suffix.lower() not in _FORMATS:
        raise UsageError(f"{path}: '{path.suffix}' is no format of a table; end the name in {', '.join(_FORMATS)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder")


def format_table(columns: Columns, suffix: str) -> bytes:
    r"""Return a table as the content of a file.

    Args:
        columns: name -> N values. NaN is an empty cell, or null.
        suffix: ``.csv``, ``.json`` (a list of objects) or ``.parquet``.

    Returns:
        The content.

    Raises:
        UsageError: a Parquet file is wanted, and pyarrow is not installed.

    Example:
        >>> format_table({"subject": ["s01"], "joy": [0.5]}, ".csv")
        b'subject,joy\ns01,0.5\n'
    """
    plain = {
        name: [_or_none(value) for value in (values.tolist() if isinstance(values, np.ndarray) else values)]
        for name, values in columns.items()
    }
    return _FORMATS[suffix.lower()](plain)


def csv_cell(value: Any) -> Any:
    """Format a value as a cell of a CSV file.

    Args:
        value: text, a number, a truth value or None.

    Returns:
        Text that no program takes for a formula, ``true`` or ``false``, '' for None and NaN, else the value.
    """
    if isinstance(value, str):
        return cell_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if _or_none(value) is None else value


def _or_none(value: Any) -> Any:
    return None if value != value else value


def _csv(columns: Mapping[str, list[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(csv_cell, columns))
    writer.writerows(map(csv_cell, row) for row in zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _json(columns: Mapping[str, list[Any]]) -> bytes:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return (json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _parquet(columns: Mapping[str, list[Any]]) -> bytes:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError("a .parquet file needs pyarrow: pip install 'mpcl[parquet]'; or name a .csv file") from None
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(dict(columns)), content)
    return content.getvalue()


_FORMATS: Mapping[str, Callable[[Mapping[str, list[Any]]], bytes]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
}
