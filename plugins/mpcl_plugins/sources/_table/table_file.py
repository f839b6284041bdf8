"""Define what the source `table` reads of a file: columns of text and of numbers, with the place of each row."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError


class TableFile(ABC):
    """Read the columns of a table.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns.

        Raises:
            DataError: the file is damaged.
        """

    @property
    def units(self) -> dict[str, str]:
        """Return the units that the file states: column -> unit."""
        return {}

    @abstractmethod
    def text(self, columns: Sequence[str]) -> list[list[str]]:
        """Return columns as text.

        Args:
            columns: their names.

        Returns:
            The cells of each column without spaces around them; '' where one is missing.

        Raises:
            DataError: the file is damaged.
        """

    @abstractmethod
    def numbers(self, columns: Sequence[str]) -> Float64[np.ndarray, "N c"]:
        """Return columns as numbers.

        Args:
            columns: their names.

        Returns:
            (N, c) numbers, NaN where one is missing.

        Raises:
            DataError: the file is damaged, or a cell is not a number.
        """

    @abstractmethod
    def place(self, row: int) -> str:
        """Return where a row stands in the file.

        Args:
            row: counted from 0.

        Returns:
            ``line 2``, or ``row 0`` where the file has no lines.
        """

    @abstractmethod
    def error(self, message: str, column: str, row: int) -> DataError:
        """Return an error that names the place of a cell.

        Args:
            message: what is wrong.
            column: its column.
            row: its row, counted from 0.

        Returns:
            The error.
        """
