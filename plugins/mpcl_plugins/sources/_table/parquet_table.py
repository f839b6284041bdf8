"""Read the columns of a Parquet table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError
from mpcl_plugins.sources._table.table_file import TableFile
from mpcl_plugins.sources.formats.number_lines import MISSING
from mpcl_plugins.sources.formats.parquet_columns import ParquetColumns


class ParquetTable(TableFile):
    """Read a Parquet table. Errors name rows counted from 0, since such a file has no lines."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._columns = ParquetColumns(path)
        names = self._columns.schema.names
        if twice := [name for name in names if names.count(name) > 1]:
            raise DataError("this column appears twice", path, twice[0])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._columns.schema.names)

    def text(self, columns: Sequence[str]) -> list[list[str]]:
        return [[_as_text(value) for value in self._columns.column(name).to_pylist()] for name in columns]

    def numbers(self, columns: Sequence[str]) -> Float64[np.ndarray, "N c"]:
        if others := [name for name in columns if not self._columns.is_number(name)]:
            kind = self._columns.schema.field(others[0]).type
            raise DataError(f"holds values of type {kind}, which are no numbers", self.path, others[0])
        values = [self._columns.numbers(name) for name in columns]
        return np.stack(values, axis=1) if values else np.empty((0, 0))

    def place(self, row: int) -> str:
        return f"row {row}"

    def error(self, message: str, column: str, row: int) -> DataError:
        return DataError(message, self.path, column, row)


def _as_text(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text.lower() in MISSING else text
