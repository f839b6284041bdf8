"""Read the columns of an Apache Parquet table (.parquet) with pyarrow (extra ``parquet``)."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError
from mpcl_plugins.sources.formats.optional_library import import_library


class ParquetColumns:
    """Read columns of a table.

    Args:
        path: the file.

    Raises:
        PluginError: pyarrow is not installed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.arrow: Any = import_library("pyarrow", path, extra="parquet")
        self._parquet: Any = import_library("pyarrow.parquet", path, extra="parquet")

    @cached_property
    def schema(self) -> Any:
        """Return the schema as pyarrow describes it.

        Raises:
            DataError: the file cannot be read.
        """
        with self._located():
            return self._parquet.read_schema(self.path)

    def is_number(self, name: str) -> bool:
        """Return whether a column holds numbers.

        Args:
            name: the column.

        Returns:
            Whether it does.
        """
        kind, types = self.schema.field(name).type, self.arrow.types
        return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))

    def column(self, name: str) -> Any:
        """Return a column as pyarrow holds it.

        Args:
            name: the column.

        Returns:
            Its values.

        Raises:
            DataError: the file cannot be read.
        """
        with self._located():
            return self._parquet.read_table(self.path, columns=[name]).column(0)

    def numbers(self, name: str) -> Float64[np.ndarray, "T"]:
        """Return the numbers of a column.

        Args:
            name: the column.

        Returns:
            (T,) numbers, NaN for null.

        Raises:
            DataError: the file cannot be read, or its values are no numbers.
        """
        with self._located():
            column = self.column(name).cast(self.arrow.float64())
            return np.array(column.to_numpy(zero_copy_only=False), np.float64)

    @contextmanager
    def _located(self) -> Iterator[None]:
        """Yield, and name the file in whatever the library raises."""
        try:
            yield
        except DataError:
            raise
        except Exception as error:
            raise DataError(f"cannot be read ({error})", self.path) from error
