"""Open a feature table by its suffix."""

from collections.abc import Mapping
from pathlib import Path

from mpcl_core.plugin import DataError
from mpcl_plugins.sources._table.parquet_table import ParquetTable
from mpcl_plugins.sources._table.table_file import TableFile
from mpcl_plugins.sources._table.text_table import TextTable

KINDS: Mapping[str, type[TableFile]] = {".csv": TextTable, ".tsv": TextTable, ".parquet": ParquetTable}
"""Suffix -> what reads such a file."""


def open_table(path: Path) -> TableFile:
    """Open a table.

    Args:
        path: the file.

    Returns:
        A reader of its columns.

    Raises:
        DataError: the file is missing, of no known kind or damaged, or a column appears twice.
        PluginError: the library that reads it is not installed.
    """
    if path.suffix.lower() not in KINDS:
        raise DataError(f"no known kind of table. Known: {', '.join(KINDS)}; save a sheet as .csv", path)
    if not path.is_file():
        raise DataError("no such file", path)
    return KINDS[path.suffix.lower()](path)
